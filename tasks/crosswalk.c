/* crosswalk.c  An occupation-level table in another classification: amounts split and added up exactly, measures kept
 * and averaged. Source: measures.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/crosswalk.h"

#include "core/text.h"
#include "tasks/allocate.h"
#include "tasks/frames.h"

#include <math.h>
#include <string.h>

enum { CODE, TITLE, N_FROM, N_OWN };
enum { SPLIT, BEFORE, AFTER, UNMATCHED, N_AMOUNT_COLUMNS };
enum { SIDE, LOST, WEIGHT, SHARE, N_LOST_COLUMNS };
static const pgdp_column score_columns[N_OWN] = {
    [CODE] = PG_TEXT_COLUMN("code"),
    [TITLE] = PG_TEXT_COLUMN("title"),
    [N_FROM] = PG_REAL_COLUMN("n_from", "codes"),
};
static const pgdp_column amount_columns[N_AMOUNT_COLUMNS] = {
    [SPLIT] = PG_TEXT_COLUMN("column"),
    [BEFORE] = PG_REAL_COLUMN("before", ""),
    [AFTER] = PG_REAL_COLUMN("after", ""),
    [UNMATCHED] = PG_REAL_COLUMN("unmatched", ""),
};
static const pgdp_column lost_columns[N_LOST_COLUMNS] = {
    [SIDE] = PG_TEXT_COLUMN("side"),
    [LOST] = PG_TEXT_COLUMN("code"),
    [WEIGHT] = PG_REAL_COLUMN("weight", ""),
    [SHARE] = PG_REAL_COLUMN("share", "share"),
};

/** One column on its way. */
typedef struct moved {
    double *sum, *weight; /**< [n_targets] amount or mean so far, and the weight in it */
    double *plain, *n;    /**< [n_targets] unweighted mean so far, and the codes in it */
    double before, after, unmatched;
} moved;

/**
 * The largest power of two of which fewer than 2^52 make the column's total: in it, every sum is exact in any order.
 * Whole numbers and binary fractions that fit are not rounded at all.
 */
static double unit_of(const double *x, size_t n)
{
    double total = 0;
    int exponent;
    for (size_t i = 0; i < n; i++)
        total += isnan(x[i]) ? 0 : x[i];
    (void)frexp(total, &exponent);
    return total > 0 ? ldexp(1, exponent - 52) : 1;
}

static pgdp_status move_amount(pgdp_ctx *ctx, const pg_walk *w, const double *x, moved *m)
{
    const double unit = unit_of(x, w->n_walkers);
    double *shares, *parts;
    PG_TRY_ALLOC(ctx, shares, pg_arena_alloc(&ctx->scratch, w->n_links, sizeof *shares));
    PG_TRY_ALLOC(ctx, parts, pg_arena_alloc(&ctx->scratch, w->n_links, sizeof *parts));
    for (size_t l = 0; l < w->n_links; l++)
        shares[l] = w->links[l].share;
    for (size_t i = 0; i < w->n_walkers; i++) {
        const pg_walker *p = &w->walkers[i];
        if (isnan(x[p->row])) continue;
        const double amount = pg_round_to_unit(x[p->row], unit);
        m->before += amount;
        if (p->end == p->first) {
            m->unmatched += amount;
            continue;
        }
        PG_TRY(pg_allocate(ctx, amount, unit, shares + p->first, p->end - p->first, parts + p->first));
        for (size_t l = p->first; l < p->end; l++) {
            m->sum[w->links[l].target] += parts[l];
            m->n[w->links[l].target] += 1;
        }
    }
    for (size_t t = 0; t < w->n_targets; t++)
        m->after += m->sum[t];
    return PGDP_OK;
}

/* Running means: one code alone keeps its number to the last bit, and so do equal ones. */
static void add_to_mean(double x, double weight, double *mean, double *sum_of_weights)
{
    if (!(weight > 0)) return;
    *sum_of_weights += weight;
    *mean += weight / *sum_of_weights * (x - *mean);
}

/* A target whose codes all weigh nothing (no employment) takes their plain mean. */
static void move_measure(const pg_walk *w, const double *x, moved *m)
{
    for (size_t i = 0; i < w->n_walkers; i++) {
        const pg_walker *p = &w->walkers[i];
        for (size_t l = p->first; l < p->end && !isnan(x[p->row]); l++) {
            const size_t t = w->links[l].target;
            add_to_mean(x[p->row], p->weight * w->links[l].share, &m->sum[t], &m->weight[t]);
            add_to_mean(x[p->row], 1, &m->plain[t], &m->n[t]);
        }
    }
    for (size_t t = 0; t < w->n_targets; t++)
        if (!(m->weight[t] > 0)) m->sum[t] = m->plain[t];
}

static bool is_amount(const pgdp_crosswalk *how, const char *name)
{
    for (size_t k = 0; how->amounts != NULL && how->amounts[k] != NULL; k++)
        if (pg_streq(how->amounts[k], name)) return true;
    return false;
}

/** A column's numbers at the targets. */
static pgdp_status move_column(pgdp_ctx *ctx, const pg_walk *w, size_t column, moved *m)
{
    static const double range[2] = { 0, 1e300 };
    const char *name = pgdp_frame_column(w->table.frame, column)->name;
    const double *x = pgdp_frame_reals(w->table.frame, column);
    double **const rooms[] = { &m->sum, &m->weight, &m->plain, &m->n };
    for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++)
        PG_TRY_ALLOC(ctx, *rooms[k], pg_arena_alloc(&ctx->scratch, w->n_targets, sizeof(double)));
    if (!is_amount(w->how, name)) {
        move_measure(w, x, m);
        return PGDP_OK;
    }
    PG_TRY(pg_numbers_known(ctx, w->table, name, range, &x));
    return move_amount(ctx, w, x, m);
}

/** The targets that some row of the table goes to, with the number of these rows. */
static pgdp_status count_sources(pgdp_ctx *ctx, const pg_walk *w, double **n_from, const char ***title)
{
    PG_TRY_ALLOC(ctx, *n_from, pg_arena_alloc(&ctx->scratch, w->n_targets, sizeof **n_from));
    PG_TRY_ALLOC(ctx, *title, pg_arena_alloc(&ctx->scratch, w->n_targets, sizeof **title));
    for (size_t i = 0; i < w->n_walkers; i++)
        for (size_t l = w->walkers[i].first; l < w->walkers[i].end; l++) {
            (*n_from)[w->links[l].target] += 1;
            (*title)[w->links[l].target] = w->links[l].title;
        }
    return PGDP_OK;
}

static pgdp_status fill_scores(pgdp_ctx *ctx, const pg_walk *w, const moved *columns, size_t n, pgdp_frame *out)
{
    double *n_from;
    const char **title;
    PG_TRY(count_sources(ctx, w, &n_from, &title));
    for (size_t t = 0; t < w->n_targets; t++) {
        if (!(n_from[t] > 0)) continue;
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, CODE, w->target[t]));
        if (title[t] != NULL) PG_TRY(pg_set_text(ctx, out, TITLE, title[t]));
        pgdp_frame_set_real(out, N_FROM, n_from[t]);
        for (size_t j = 0; j < n; j++)
            if (columns[j].n[t] > 0) pgdp_frame_set_real(out, N_OWN + j, columns[j].sum[t]);
    }
    return PGDP_OK;
}

static pgdp_status add_lost(pgdp_ctx *ctx, const char *side, const char *code, const double weight[2], pgdp_frame *out)
{
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, SIDE, side));
    PG_TRY(pg_set_text(ctx, out, LOST, code));
    for (size_t k = 0; k < 2 && weight != NULL; k++)
        pgdp_frame_set_real(out, WEIGHT + k, weight[k]);
    return PGDP_OK;
}

static pgdp_status fill_unmatched(pgdp_ctx *ctx, const pg_walk *w, pgdp_frame *out)
{
    double all = 0;
    for (size_t i = 0; i < w->n_walkers; i++)
        all += w->walkers[i].weight;
    for (size_t i = 0; i < w->n_walkers; i++) {
        const pg_walker *p = &w->walkers[i];
        const double weight[2] = { p->weight, p->weight / all };
        if (p->end == p->first) PG_TRY(add_lost(ctx, "table without crosswalk", p->code, weight, out));
    }
    for (size_t l = 0, i = 0; l < w->n_links; l++) {
        if (l > 0 && strcmp(w->links[l - 1].from, w->links[l].from) == 0) continue;
        while (i < w->n_walkers && strcmp(w->walkers[i].code, w->links[l].from) < 0)
            i++;
        if (i < w->n_walkers && strcmp(w->walkers[i].code, w->links[l].from) == 0) continue;
        PG_TRY(add_lost(ctx, "crosswalk without table", w->links[l].from, NULL, out));
    }
    return PGDP_OK;
}

static pgdp_status fill_amounts(pgdp_ctx *ctx, const char *name, const moved *m, pgdp_frame *out)
{
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, SPLIT, name));
    pgdp_frame_set_real(out, BEFORE, m->before);
    pgdp_frame_set_real(out, AFTER, m->after);
    pgdp_frame_set_real(out, UNMATCHED, m->unmatched);
    return PGDP_OK;
}

/** The table's columns of numbers that are carried: all but the count of an earlier crosswalk. Amounts must be among
 * them. */
static pgdp_status carried(pgdp_ctx *ctx, const pg_walk *w, size_t **column, size_t *n)
{
    size_t n_all;
    const double *x;
    PG_TRY(pg_number_columns(ctx, w->table.frame, column, &n_all));
    *n = 0;
    for (size_t j = 0; j < n_all; j++)
        if (!pg_streq(pgdp_frame_column(w->table.frame, (*column)[j])->name, score_columns[N_FROM].name))
            (*column)[(*n)++] = (*column)[j];
    for (size_t k = 0; w->how->amounts != NULL && w->how->amounts[k] != NULL; k++)
        PG_TRY(pg_table_reals(ctx, w->table, w->how->amounts[k], &x));
    return PGDP_OK;
}

pgdp_status pg_crosswalk_apply(pgdp_ctx *ctx, const pgdp_frame *table, const pgdp_frame *by, const pgdp_crosswalk *how,
                               pgdp_measurement *out)
{
    pg_walk w = { .table = { table, "table" }, .by = { by, "crosswalk" }, .how = how };
    pgdp_frame *scores, *amounts, *unmatched;
    size_t *column, n;
    moved *columns;
    PG_TRY(carried(ctx, &w, &column, &n));
    PG_TRY(pg_walk_read(ctx, &w));
    PG_TRY(pg_measurement_add(ctx, out, "scores", score_columns, N_OWN, &scores));
    PG_TRY(pg_measurement_add(ctx, out, "amounts", amount_columns, N_AMOUNT_COLUMNS, &amounts));
    PG_TRY(pg_measurement_add(ctx, out, "unmatched", lost_columns, N_LOST_COLUMNS, &unmatched));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, n, sizeof *columns));
    for (size_t j = 0; j < n; j++) {
        const pgdp_column *about = pgdp_frame_column(table, column[j]);
        PG_TRY(pgdp_frame_add_column(ctx, scores, about, NULL));
        PG_TRY(move_column(ctx, &w, column[j], &columns[j]));
        if (is_amount(how, about->name)) PG_TRY(fill_amounts(ctx, about->name, &columns[j], amounts));
    }
    PG_TRY(fill_scores(ctx, &w, columns, n, scores));
    return fill_unmatched(ctx, &w, unmatched);
}
