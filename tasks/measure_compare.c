/* measure_compare.c  Measures by occupation beside each other: how far they agree, and where they disagree most.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "tasks/association.h"
#include "tasks/frames.h"
#include "tasks/measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** One measure by occupation. */
typedef struct column {
    const char *name;
    double *x; /* [room] by occupation, NaN where it has none */
} column;
typedef struct join {
    pg_map occupations; /* by the first seven characters */
    const char **soc, **title;
    size_t room; /* occupations there may be */
    column *columns;
    size_t n_columns;
} join;

static size_t first_text(const pgdp_frame *frame)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++)
        if (pgdp_frame_column(frame, j)->type == PGDP_TEXT) return j;
    return PGDP_NONE;
}

/** The occupation of each row, made when new. */
static pgdp_status place_rows(pgdp_ctx *ctx, join *j, const pgdp_measure_table *t, size_t *at)
{
    static const char *const titles[] = { "title", "Title", "Occupation Title" };
    const size_t code = first_text(t->frame);
    const char *key;
    if (code == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no column of text, expected occupation codes", t->name);
    for (size_t i = 0; i < pgdp_frame_n_rows(t->frame); i++) {
        PG_TRY(pg_table_key(ctx, (pg_table){ t->frame, t->name }, code, i, &key));
        PG_TRY(pg_soc_of(ctx, key, &key));
        at[i] = pg_map_find(&j->occupations, key, strlen(key));
        if (at[i] == PGDP_NONE) {
            at[i] = j->occupations.n;
            j->soc[at[i]] = key;
            if (!pg_map_put(&j->occupations, key, strlen(key), at[i])) return pg_no_memory(ctx);
        }
        for (size_t k = 0; k < 3 && j->title[at[i]] == NULL; k++) {
            const size_t title = pgdp_frame_find(t->frame, titles[k]);
            if (title != PGDP_NONE && pgdp_frame_column(t->frame, title)->type == PGDP_TEXT)
                j->title[at[i]] = pgdp_frame_text(t->frame, title, i);
        }
    }
    return PGDP_OK;
}

/** The mean over an occupation's rows that have the measure. */
static pgdp_status add_column(pgdp_ctx *ctx, join *j, const pgdp_measure_table *t, size_t from, const size_t *at)
{
    column *c = &j->columns[j->n_columns++];
    const double *x = pgdp_frame_reals(t->frame, from);
    double *n;
    PG_TRY_ALLOC(ctx, c->name,
                 pg_arena_printf(&ctx->scratch, "%s.%s", t->name, pgdp_frame_column(t->frame, from)->name));
    PG_TRY_ALLOC(ctx, c->x, pg_arena_alloc(&ctx->scratch, j->room, sizeof *c->x));
    PG_TRY_ALLOC(ctx, n, pg_arena_alloc(&ctx->scratch, j->room, sizeof *n));
    for (size_t i = 0; i < pgdp_frame_n_rows(t->frame); i++) {
        if (isnan(x[i])) continue;
        c->x[at[i]] += x[i];
        n[at[i]] += 1;
    }
    for (size_t o = 0; o < j->room; o++)
        c->x[o] = n[o] > 0 ? c->x[o] / n[o] : (double)NAN;
    return PGDP_OK;
}

static pgdp_status read_tables(pgdp_ctx *ctx, const pgdp_measure_table *tables, join *j)
{
    size_t n_columns = 0;
    for (const pgdp_measure_table *t = tables; t->name != NULL; t++) {
        j->room += pgdp_frame_n_rows(t->frame);
        n_columns += pgdp_frame_n_columns(t->frame);
    }
    pg_map_init(&j->occupations, &ctx->scratch);
    PG_TRY_ALLOC(ctx, j->soc, pg_arena_alloc(&ctx->scratch, j->room, sizeof *j->soc));
    PG_TRY_ALLOC(ctx, j->title, pg_arena_alloc(&ctx->scratch, j->room, sizeof *j->title));
    PG_TRY_ALLOC(ctx, j->columns, pg_arena_alloc(&ctx->scratch, n_columns, sizeof *j->columns));
    for (const pgdp_measure_table *t = tables; t->name != NULL; t++) {
        size_t *at, *numbers, n;
        PG_TRY_ALLOC(ctx, at, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(t->frame), sizeof *at));
        PG_TRY(place_rows(ctx, j, t, at));
        PG_TRY(pg_number_columns(ctx, t->frame, &numbers, &n));
        for (size_t k = 0; k < n; k++)
            PG_TRY(add_column(ctx, j, t, numbers[k], at));
    }
    if (j->n_columns >= 2) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS, "found %zu columns of numbers in all, expected two measures or more",
                   j->n_columns);
}

static const pgdp_column measure_columns[] = { PG_TEXT_COLUMN("measure"), PG_REAL_COLUMN("n", "occupations"),
                                               PG_REAL_COLUMN("mean", ""), PG_REAL_COLUMN("sd", "") };

static pgdp_status fill_measures(pgdp_ctx *ctx, const join *j, pgdp_frame *out)
{
    for (size_t c = 0; c < j->n_columns; c++) {
        double n = 0, mean = 0, squares = 0;
        for (size_t o = 0; o < j->room; o++) {
            if (isnan(j->columns[c].x[o])) continue;
            n += 1;
            const double step = j->columns[c].x[o] - mean;
            mean += step / n;
            squares += step * (j->columns[c].x[o] - mean);
        }
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, 0, j->columns[c].name));
        pgdp_frame_set_real(out, 1, n);
        if (n > 0) pgdp_frame_set_real(out, 2, mean);
        if (n > 1) pgdp_frame_set_real(out, 3, sqrt(squares / (n - 1)));
    }
    return PGDP_OK;
}

static const pgdp_column pair_columns[] = { PG_TEXT_COLUMN("a"),
                                            PG_TEXT_COLUMN("b"),
                                            PG_REAL_COLUMN("n", "occupations"),
                                            PG_REAL_COLUMN("agreement", "share"),
                                            PG_REAL_COLUMN("pearson", ""),
                                            PG_REAL_COLUMN("spearman", ""),
                                            PG_REAL_COLUMN("kendall", "") };

static pgdp_status add_pair(pgdp_ctx *ctx, const join *j, const column *a, const column *b, pgdp_frame *out)
{
    pg_association s;
    PG_TRY(pg_associate(ctx, a->x, b->x, j->room, &s));
    const double cells[] = { s.n, s.agreement, s.pearson, s.spearman, s.kendall };
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, 0, a->name));
    PG_TRY(pg_set_text(ctx, out, 1, b->name));
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
        pgdp_frame_set_real(out, 2 + k, cells[k]);
    return PGDP_OK;
}

static const pgdp_column gap_columns[] = { PG_TEXT_COLUMN("a"),
                                           PG_TEXT_COLUMN("b"),
                                           PG_REAL_COLUMN("place", ""),
                                           PG_TEXT_COLUMN("soc"),
                                           PG_TEXT_COLUMN("title"),
                                           PG_REAL_COLUMN("rank_a", "share"),
                                           PG_REAL_COLUMN("rank_b", "share"),
                                           PG_REAL_COLUMN("gap", "share") };
/** One occupation's places in two orders. */
typedef struct gap {
    const char *soc, *title;
    double rank_a, rank_b;
} gap;

static int by_gap(const void *a, const void *b)
{
    const gap *p = a, *q = b;
    const double x = fabs(p->rank_a - p->rank_b), y = fabs(q->rank_a - q->rank_b);
    if (x < y || x > y) return x > y ? -1 : 1;
    return strcmp(p->soc, q->soc);
}

static pgdp_status add_gaps(pgdp_ctx *ctx, const join *j, const column *const pair[2], size_t top, pgdp_frame *out)
{
    double *x[2], *rank[2];
    gap *gaps;
    size_t n = 0;
    for (size_t m = 0; m < 2; m++) {
        PG_TRY_ALLOC(ctx, x[m], pg_arena_alloc(&ctx->scratch, j->room, sizeof *x[m]));
        PG_TRY_ALLOC(ctx, rank[m], pg_arena_alloc(&ctx->scratch, j->room, sizeof *rank[m]));
        for (size_t o = 0; o < j->room; o++)
            x[m][o] = isnan(pair[0]->x[o]) || isnan(pair[1]->x[o]) ? (double)NAN : pair[m]->x[o];
        PG_TRY(pg_rank_shares(ctx, x[m], j->room, rank[m]));
    }
    PG_TRY_ALLOC(ctx, gaps, pg_arena_alloc(&ctx->scratch, j->room, sizeof *gaps));
    for (size_t o = 0; o < j->room; o++)
        if (!isnan(rank[0][o])) gaps[n++] = (gap){ j->soc[o], j->title[o], rank[0][o], rank[1][o] };
    qsort(gaps, n, sizeof *gaps, by_gap);
    for (size_t k = 0; k < n && k < top; k++) {
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, 0, pair[0]->name));
        PG_TRY(pg_set_text(ctx, out, 1, pair[1]->name));
        pgdp_frame_set_real(out, 2, (double)(k + 1));
        PG_TRY(pg_set_text(ctx, out, 3, gaps[k].soc));
        if (gaps[k].title != NULL) PG_TRY(pg_set_text(ctx, out, 4, gaps[k].title));
        pgdp_frame_set_real(out, 5, gaps[k].rank_a);
        pgdp_frame_set_real(out, 6, gaps[k].rank_b);
        pgdp_frame_set_real(out, 7, gaps[k].rank_a - gaps[k].rank_b);
    }
    return PGDP_OK;
}

pgdp_status pg_measures_compare(pgdp_ctx *ctx, const pgdp_measure_table *tables, size_t top, pgdp_measurement *out)
{
    join j = { .room = 0 };
    pgdp_frame *measures, *pairs, *gaps;
    PG_TRY(read_tables(ctx, tables, &j));
    PG_TRY(pg_measurement_add(ctx, out, "measures", measure_columns, 4, &measures));
    PG_TRY(pg_measurement_add(ctx, out, "pairs", pair_columns, 7, &pairs));
    PG_TRY(pg_measurement_add(ctx, out, "gaps", gap_columns, 8, &gaps));
    PG_TRY(fill_measures(ctx, &j, measures));
    for (size_t a = 0; a < j.n_columns; a++)
        for (size_t b = a + 1; b < j.n_columns; b++) {
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            PG_TRY(add_pair(ctx, &j, &j.columns[a], &j.columns[b], pairs));
            PG_TRY(add_gaps(ctx, &j, (const column *const[2]){ &j.columns[a], &j.columns[b] }, top, gaps));
            pg_arena_rewind(&ctx->scratch, mark);
        }
    return PGDP_OK;
}
