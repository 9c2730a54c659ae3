/* evidence.c  Pieces of evidence to the strongest one of each activity. Source: Spittler & Patel (2026), "AI Dark
 * Output", SemiAnalysis: tiers T0 to T6. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/map.h"
#include "core/text.h"
#include "tasks/monitor.h"

#include <math.h>
#include <string.h>

static const char *const tiers[] = { "unverified",
                                     "AI self-assessment",
                                     "adversarial AI evaluation",
                                     "professional endorsement",
                                     "production deployment",
                                     "adjudicated",
                                     "insured",
                                     NULL };
static const char *const classes[] = { "augmentation", "mixed", "replacement", NULL };

const char *const *pgdp_tier_names(void)
{
    return tiers;
}

const char *const *pgdp_class_names(void)
{
    return classes;
}

/** Amounts that may be known: their columns, PGDP_NONE where there is none. */
enum { RUNS, TOKENS, PRICE, N_AMOUNTS };
static const char *const amounts[N_AMOUNTS] = { "runs", "tokens", "usd_per_million" };

typedef struct reader {
    pgdp_ctx *ctx;
    pg_table table;
    const pgdp_task_list *list;
    pg_map activity; /**< by dwa_id */
    size_t dwa, class, url, date;
    const double *tier, *amount[N_AMOUNTS]; /**< [n_rows]; an amount NULL: no such column */
} reader;

static pgdp_status open_columns(pgdp_ctx *ctx, const pgdp_frame *frame, reader *r)
{
    PG_TRY(pg_table_given(ctx, r->table));
    PG_TRY(pg_table_texts(ctx, r->table, "dwa_id", &r->dwa));
    PG_TRY(pg_table_reals(ctx, r->table, "tier", &r->tier));
    PG_TRY(pg_table_texts(ctx, r->table, "class", &r->class));
    PG_TRY(pg_table_texts(ctx, r->table, "url", &r->url));
    r->date = pgdp_frame_find(frame, "date");
    if (r->date == PGDP_NONE || pgdp_frame_column(frame, r->date)->type == PGDP_REAL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "evidence: found no column date of dates such as 2026-05-29, expected one");
    for (size_t a = 0; a < N_AMOUNTS; a++)
        if (pgdp_frame_find(frame, amounts[a]) != PGDP_NONE)
            PG_TRY(pg_table_reals(ctx, r->table, amounts[a], &r->amount[a]));
    return PGDP_OK;
}

static pgdp_status index_activities(pgdp_ctx *ctx, reader *r)
{
    pg_map_init(&r->activity, &ctx->scratch);
    for (size_t a = 0; a < r->list->n_activities; a++) {
        const char *id = r->list->activities[a].id[PG_DWA];
        if (!pg_map_put(&r->activity, id, strlen(id), a)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static pgdp_status find_activity(const reader *r, size_t row, size_t *out)
{
    const char *id;
    PG_TRY(pg_table_key(r->ctx, r->table, r->dwa, row, &id));
    *out = pg_map_find(&r->activity, id, strlen(id));
    if (*out != PGDP_NONE) return PGDP_OK;
    return pg_fail(
        r->ctx, PGDP_PARSE,
        "evidence: row %zu, column dwa_id: found \"%.60s\", expected a detailed work activity of the task list; "
        "check the release of O*NET",
        row + 1, id);
}

static pgdp_status find_class(const reader *r, size_t row, size_t *out)
{
    const char *name;
    PG_TRY(pg_table_key(r->ctx, r->table, r->class, row, &name));
    for (*out = 0; *out < PGDP_N_CLASSES; (*out)++)
        if (pg_streq(classes[*out], name)) return PGDP_OK;
    return pg_fail(r->ctx, PGDP_PARSE,
                   "evidence: row %zu, column class: found \"%.60s\", expected augmentation, mixed or replacement",
                   row + 1, name);
}

static pgdp_status find_tier(const reader *r, size_t row, size_t *out)
{
    for (*out = 0; *out < PGDP_N_TIERS; (*out)++)
        if (r->tier[row] <= (double)*out && r->tier[row] >= (double)*out) return PGDP_OK;
    return pg_fail(r->ctx, PGDP_PARSE, "evidence: row %zu, column tier: found no whole number from 0 to 6", row + 1);
}

/** Text of a date, which sorts as it reads; "" where it is missing. */
static pgdp_status date_of(const reader *r, size_t row, const char **out)
{
    const pgdp_frame *frame = r->table.frame;
    const pgdp_column *column = pgdp_frame_column(frame, r->date);
    char text[16] = "";
    *out = NULL;
    if (column->type == PGDP_TEXT) {
        *out = pgdp_frame_text(frame, r->date, row);
    } else if (pgdp_frame_periods(frame, r->date)[row] != PGDP_MISSING_PERIOD) {
        pgdp_period_format((pgdp_period){ column->frequency, pgdp_frame_periods(frame, r->date)[row] }, text);
        PG_TRY_ALLOC(r->ctx, *out, pg_arena_strdup(&r->ctx->scratch, text));
    }
    if (*out != NULL) return PGDP_OK;
    return pg_fail(r->ctx, PGDP_PARSE, "evidence: row %zu, column date: found nothing, expected a date", row + 1);
}

/** usd a year: runs, tokens a run, usd a million tokens; NaN where one is not known. */
static pgdp_status cost_of(const reader *r, size_t row, double *out)
{
    *out = 1e-6;
    for (size_t a = 0; a < N_AMOUNTS; a++) {
        const double value = r->amount[a] == NULL ? (double)NAN : r->amount[a][row];
        if (value < 0)
            return pg_fail(r->ctx, PGDP_PARSE, "evidence: row %zu, column %s: found a number below 0", row + 1,
                           amounts[a]);
        *out *= value;
    }
    return PGDP_OK;
}

/** Is the new piece stronger, or as strong and newer? */
static bool outranks(const pg_evidence *new, const pg_evidence *old)
{
    if (old->n_pieces == 0 || new->tier != old->tier) return old->n_pieces == 0 || new->tier > old->tier;
    return strcmp(new->date, old->date) > 0;
}

pgdp_status pg_evidence_read(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_frame *frame, pg_evidence *items)
{
    reader r = { .ctx = ctx, .table = { frame, "evidence" }, .list = list };
    PG_TRY(open_columns(ctx, frame, &r));
    PG_TRY(index_activities(ctx, &r));
    for (size_t row = 0; row < pgdp_frame_n_rows(frame); row++) {
        pg_evidence piece = { .row = row };
        size_t a;
        PG_TRY(find_activity(&r, row, &a));
        PG_TRY(find_tier(&r, row, &piece.tier));
        PG_TRY(find_class(&r, row, &piece.class));
        PG_TRY(date_of(&r, row, &piece.date));
        PG_TRY(cost_of(&r, row, &piece.token_cost));
        piece.url = pgdp_frame_text(frame, r.url, row);
        piece.n_pieces = items[a].n_pieces;
        if (items[a].n_pieces > 0 && items[a].tier == piece.tier && pg_streq(items[a].date, piece.date) &&
            items[a].class != piece.class)
            return pg_fail(
                ctx, PGDP_PARSE,
                "evidence: rows %zu and %zu: found two pieces of tier %zu of %s that differ in class, expected "
                "one; leave one out or date them",
                items[a].row + 1, row + 1, piece.tier, list->activities[a].id[PG_DWA]);
        if (outranks(&piece, &items[a])) items[a] = piece;
        items[a].n_pieces++;
    }
    return PGDP_OK;
}
