/* monitor.c  Exposed pay, full-time equivalents, activities and occupations by tier of evidence and class. Source:
 * monitor.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/monitor.h"

#include "core/random.h"
#include "core/text.h"
#include "tasks/frames.h"
#include "tasks/scoring.h"

#include <math.h>

struct pgdp_monitor {
    pgdp_allocator allocator;
    pgdp_frame *tiers, *activities, *occupations, *headline;
};

/** What was read, with the links of each activity. */
typedef struct board {
    const pgdp_task_list *list;
    pg_evidence *items; /**< [n_activities] */
    pg_by_activity links;
    bool *seen; /**< [n_occupations] room to count each once */
} board;

/** Amounts of a set of activities. */
typedef struct amount {
    double activities, occupations, fte, wage_bill, token_cost;
} amount;

static bool counts(const pg_evidence *e, size_t tier, size_t class)
{
    return e->n_pieces > 0 && e->tier >= tier && (class == PGDP_N_CLASSES || e->class == class);
}

/** Occupations with a task among activities of a tier or above and a class (PGDP_N_CLASSES: any). */
static double count_occupations(board *b, size_t tier, size_t class)
{
    double n = 0;
    for (size_t o = 0; o < b->list->n_occupations; o++)
        b->seen[o] = false;
    for (size_t a = 0; a < b->list->n_activities; a++) {
        if (!counts(&b->items[a], tier, class)) continue;
        for (size_t k = b->links.first[a]; k < b->links.first[a + 1]; k++) {
            bool *seen = &b->seen[b->list->occupation[b->links.task[k]]];
            n += *seen ? 0 : 1;
            *seen = true;
        }
    }
    return n;
}

static amount amount_of(board *b, size_t tier, size_t class)
{
    amount sum = { .occupations = count_occupations(b, tier, class) };
    for (size_t a = 0; a < b->list->n_activities; a++) {
        const pg_evidence *e = &b->items[a];
        if (!counts(e, tier, class)) continue;
        sum.activities += 1;
        sum.fte += e->fte;
        sum.wage_bill += e->wage_bill;
        sum.token_cost += isnan(e->token_cost) ? 0 : e->token_cost;
    }
    return sum;
}

/** Pay, heads, tasks and occupations of every activity with evidence. */
static void weigh(board *b)
{
    for (size_t a = 0; a < b->list->n_activities; a++) {
        pg_evidence *e = &b->items[a];
        for (size_t o = 0; o < b->list->n_occupations; o++)
            b->seen[o] = false;
        for (size_t k = b->links.first[a]; k < b->links.first[a + 1] && e->n_pieces > 0; k++) {
            bool *seen = &b->seen[b->list->occupation[b->links.task[k]]];
            e->n_tasks++;
            e->n_occupations += *seen ? 0 : 1;
            *seen = true;
            e->fte += b->list->link_employment[b->links.link[k]];
            e->wage_bill += b->list->link_wage_bill[b->links.link[k]];
        }
    }
}

static double sum_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

enum {
    TIER,
    TIER_NAME,
    CLASS,
    ACTIVITIES,
    OCCUPATIONS,
    FTE,
    HOURS,
    WAGE_BILL,
    SHARE,
    TOKEN_COST,
    SAVING,
    N_TIER_COLUMNS
};
static const pgdp_column tier_columns[N_TIER_COLUMNS] = {
    [TIER] = PG_REAL_COLUMN("tier", "at least"),
    [TIER_NAME] = PG_TEXT_COLUMN("tier_name"),
    [CLASS] = PG_TEXT_COLUMN("class"),
    [ACTIVITIES] = PG_REAL_COLUMN("activities", "activities"),
    [OCCUPATIONS] = PG_REAL_COLUMN("occupations", "occupations"),
    [FTE] = PG_REAL_COLUMN("fte", "heads"),
    [HOURS] = PG_REAL_COLUMN("hours", "hours a year"),
    [WAGE_BILL] = PG_REAL_COLUMN("wage_bill_usd", "usd a year"),
    [SHARE] = PG_REAL_COLUMN("share", "share"),
    [TOKEN_COST] = PG_REAL_COLUMN("token_cost_usd", "usd a year"),
    [SAVING] = PG_REAL_COLUMN("saving_usd", "usd a year"),
};

static pgdp_status fill_tiers(pgdp_ctx *ctx, board *b, pgdp_monitor *m)
{
    const double all = sum_of(b->list->wage_bill, b->list->n_tasks);
    PG_TRY(pg_frame_of(ctx, tier_columns, N_TIER_COLUMNS, PGDP_N_TIERS * (PGDP_N_CLASSES + 1), &m->tiers));
    for (size_t t = 0; t < PGDP_N_TIERS; t++)
        for (size_t c = 0; c <= PGDP_N_CLASSES; c++) {
            const amount sum = amount_of(b, t, c);
            const double values[N_TIER_COLUMNS] = { [TIER] = (double)t,
                                                    [ACTIVITIES] = sum.activities,
                                                    [OCCUPATIONS] = sum.occupations,
                                                    [FTE] = sum.fte,
                                                    [HOURS] = sum.fte * PG_HOURS_A_YEAR,
                                                    [WAGE_BILL] = sum.wage_bill,
                                                    [SHARE] = sum.wage_bill / all,
                                                    [TOKEN_COST] = sum.token_cost,
                                                    [SAVING] = sum.wage_bill - sum.token_cost };
            PG_TRY(pgdp_frame_add_row(ctx, m->tiers));
            PG_TRY(pg_set_text(ctx, m->tiers, TIER_NAME, pgdp_tier_names()[t]));
            PG_TRY(pg_set_text(ctx, m->tiers, CLASS, c == PGDP_N_CLASSES ? "all" : pgdp_class_names()[c]));
            for (size_t j = 0; j < N_TIER_COLUMNS; j++)
                if (tier_columns[j].type == PGDP_REAL) pgdp_frame_set_real(m->tiers, j, values[j]);
        }
    return PGDP_OK;
}

enum {
    DWA,
    TITLE,
    DWA_TIER,
    DWA_CLASS,
    URL,
    DATE,
    PIECES,
    TASKS,
    DWA_OCCUPATIONS,
    DWA_FTE,
    DWA_BILL,
    DWA_COST,
    N_DWA_COLUMNS
};
static const pgdp_column dwa_columns[N_DWA_COLUMNS] = {
    [DWA] = PG_TEXT_COLUMN("dwa_id"),
    [TITLE] = PG_TEXT_COLUMN("title"),
    [DWA_TIER] = PG_REAL_COLUMN("tier", "tier"),
    [DWA_CLASS] = PG_TEXT_COLUMN("class"),
    [URL] = PG_TEXT_COLUMN("url"),
    [DATE] = PG_TEXT_COLUMN("date"),
    [PIECES] = PG_REAL_COLUMN("pieces", "pieces of evidence"),
    [TASKS] = PG_REAL_COLUMN("tasks", "tasks"),
    [DWA_OCCUPATIONS] = PG_REAL_COLUMN("occupations", "occupations"),
    [DWA_FTE] = PG_REAL_COLUMN("fte", "heads"),
    [DWA_BILL] = PG_REAL_COLUMN("wage_bill_usd", "usd a year"),
    [DWA_COST] = PG_REAL_COLUMN("token_cost_usd", "usd a year"),
};

static pgdp_status fill_activities(pgdp_ctx *ctx, const board *b, pgdp_monitor *m)
{
    PG_TRY(pg_frame_of(ctx, dwa_columns, N_DWA_COLUMNS, 0, &m->activities));
    for (size_t a = 0; a < b->list->n_activities; a++) {
        const pg_evidence *e = &b->items[a];
        if (e->n_pieces == 0) continue;
        PG_TRY(pgdp_frame_add_row(ctx, m->activities));
        PG_TRY(pg_set_text(ctx, m->activities, DWA, b->list->activities[a].id[PG_DWA]));
        PG_TRY(pg_set_text(ctx, m->activities, TITLE, b->list->activities[a].title[PG_DWA]));
        PG_TRY(pg_set_text(ctx, m->activities, DWA_CLASS, pgdp_class_names()[e->class]));
        if (e->url != NULL) PG_TRY(pg_set_text(ctx, m->activities, URL, e->url));
        PG_TRY(pg_set_text(ctx, m->activities, DATE, e->date));
        pgdp_frame_set_real(m->activities, DWA_TIER, (double)e->tier);
        pgdp_frame_set_real(m->activities, PIECES, (double)e->n_pieces);
        pgdp_frame_set_real(m->activities, TASKS, (double)e->n_tasks);
        pgdp_frame_set_real(m->activities, DWA_OCCUPATIONS, (double)e->n_occupations);
        pgdp_frame_set_real(m->activities, DWA_FTE, e->fte);
        pgdp_frame_set_real(m->activities, DWA_BILL, e->wage_bill);
        pgdp_frame_set_real(m->activities, DWA_COST, e->token_cost);
    }
    return PGDP_OK;
}

enum { ONET_SOC, OCCUPATION_TITLE, BILL, EXPOSED, EXPOSED_SHARE, N_OCCUPATION_COLUMNS };
static const pgdp_column occupation_columns[N_OCCUPATION_COLUMNS] = {
    [ONET_SOC] = PG_TEXT_COLUMN("onet_soc"),
    [OCCUPATION_TITLE] = PG_TEXT_COLUMN("title"),
    [BILL] = PG_REAL_COLUMN("wage_bill_usd", "usd a year"),
    [EXPOSED] = PG_REAL_COLUMN("exposed_usd", "usd a year"),
    [EXPOSED_SHARE] = PG_REAL_COLUMN("share", "share"),
};

static pgdp_status fill_occupations(pgdp_ctx *ctx, const board *b, size_t tier, pgdp_monitor *m)
{
    const pgdp_task_list *list = b->list;
    PG_TRY(pg_frame_of(ctx, occupation_columns, N_OCCUPATION_COLUMNS, list->n_occupations, &m->occupations));
    for (size_t o = 0; o < list->n_occupations; o++) {
        double bill = 0, exposed = 0;
        for (size_t i = list->occupations[o].first; i < list->occupations[o].end; i++) {
            bill += list->wage_bill[i];
            for (size_t l = list->first_link[i]; l < list->first_link[i + 1]; l++) {
                const size_t a = list->activity[l];
                const bool in = a < list->n_activities && counts(&b->items[a], tier, PGDP_N_CLASSES);
                exposed += in ? list->link_wage_bill[l] : 0;
            }
        }
        PG_TRY(pgdp_frame_add_row(ctx, m->occupations));
        PG_TRY(pg_set_text(ctx, m->occupations, ONET_SOC, list->occupations[o].onet_soc));
        PG_TRY(pg_set_text(ctx, m->occupations, OCCUPATION_TITLE, list->occupations[o].title));
        pgdp_frame_set_real(m->occupations, BILL, bill);
        pgdp_frame_set_real(m->occupations, EXPOSED, exposed);
        pgdp_frame_set_real(m->occupations, EXPOSED_SHARE, bill > 0 ? exposed / bill : (double)NAN);
    }
    return PGDP_OK;
}

enum { DEFINITION, HEADLINE_SHARE, LOW, HIGH, N, OF, N_HEADLINE_COLUMNS };
static const pgdp_column headline_columns[N_HEADLINE_COLUMNS] = {
    [DEFINITION] = PG_TEXT_COLUMN("definition"), [HEADLINE_SHARE] = PG_REAL_COLUMN("share", "share"),
    [LOW] = PG_REAL_COLUMN("conf_low", "share"), [HIGH] = PG_REAL_COLUMN("conf_high", "share"),
    [N] = PG_REAL_COLUMN("n", "activities"),     [OF] = PG_REAL_COLUMN("of", "activities"),
};

/** Brown, Cai & DasGupta (2001), Statist. Sci. 16(2), section 4.1.2: Jeffreys' interval, closed at 0 and n. */
static pgdp_status add_headline(pgdp_ctx *ctx, pgdp_monitor *m, const char *definition, double n, double of)
{
    const double low = n > 0 ? pg_quantile_beta(0.025, n + 0.5, of - n + 0.5) : 0;
    const double high = n < of ? pg_quantile_beta(0.975, n + 0.5, of - n + 0.5) : 1;
    PG_TRY(pgdp_frame_add_row(ctx, m->headline));
    PG_TRY(pg_set_text(ctx, m->headline, DEFINITION, definition));
    const double values[] = { n / of, low, high, n, of };
    for (size_t j = HEADLINE_SHARE; j < N_HEADLINE_COLUMNS; j++)
        pgdp_frame_set_real(m->headline, j, values[j - HEADLINE_SHARE]);
    return PGDP_OK;
}

static pgdp_status fill_headline(pgdp_ctx *ctx, board *b, size_t tier, pgdp_monitor *m)
{
    const double of = (double)b->list->n_activities;
    const double any = amount_of(b, tier, PGDP_N_CLASSES).activities;
    const double beyond = any - amount_of(b, tier, 0).activities;
    const char *words;
    PG_TRY(pg_frame_of(ctx, headline_columns, N_HEADLINE_COLUMNS, 2, &m->headline));
    PG_TRY_ALLOC(ctx, words,
                 pg_arena_printf(&ctx->scratch, "activities with evidence of tier %zu (%s) or above, of any class",
                                 tier, pgdp_tier_names()[tier]));
    PG_TRY(add_headline(ctx, m, words, any, of));
    PG_TRY_ALLOC(
        ctx, words,
        pg_arena_printf(&ctx->scratch,
                        "activities with evidence of tier %zu or above, class mixed or replacement: AI can do it now",
                        tier));
    return add_headline(ctx, m, words, beyond, of);
}

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *evidence, size_t tier, board *b, pgdp_monitor *m)
{
    if (tier >= PGDP_N_TIERS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found tier %zu, expected one from 0 to %d", tier, PGDP_N_TIERS - 1);
    PG_TRY_ALLOC(ctx, b->items, pg_arena_alloc(&ctx->scratch, b->list->n_activities, sizeof *b->items));
    PG_TRY_ALLOC(ctx, b->seen, pg_arena_alloc(&ctx->scratch, b->list->n_occupations, sizeof *b->seen));
    PG_TRY(pg_evidence_read(ctx, b->list, evidence, b->items));
    PG_TRY(pg_group_links(ctx, b->list, &b->links));
    weigh(b);
    PG_TRY(fill_tiers(ctx, b, m));
    PG_TRY(fill_activities(ctx, b, m));
    PG_TRY(fill_occupations(ctx, b, tier, m));
    return fill_headline(ctx, b, tier, m);
}

pgdp_status pgdp_monitor_new(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_frame *evidence, size_t tier,
                             pgdp_monitor **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    board b = { .list = list };
    pgdp_monitor *m;
    PG_TRY_ALLOC(ctx, m, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *m));
    *m = (pgdp_monitor){ .allocator = ctx->allocator };
    const pgdp_status status = run(ctx, evidence, tier, &b, m);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = m;
    else
        pgdp_monitor_free(m);
    return status;
}

void pgdp_monitor_free(pgdp_monitor *monitor)
{
    if (monitor == NULL) return;
    const pgdp_allocator allocator = monitor->allocator;
    pgdp_frame_free(monitor->tiers);
    pgdp_frame_free(monitor->activities);
    pgdp_frame_free(monitor->occupations);
    pgdp_frame_free(monitor->headline);
    allocator.realloc(allocator.user, monitor, 0);
}

const pgdp_frame *pgdp_monitor_tiers(const pgdp_monitor *monitor)
{
    return monitor->tiers;
}

const pgdp_frame *pgdp_monitor_activities(const pgdp_monitor *monitor)
{
    return monitor->activities;
}

const pgdp_frame *pgdp_monitor_occupations(const pgdp_monitor *monitor)
{
    return monitor->occupations;
}

const pgdp_frame *pgdp_monitor_headline(const pgdp_monitor *monitor)
{
    return monitor->headline;
}
