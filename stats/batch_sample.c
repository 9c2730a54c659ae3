/* batch_sample.c  The rows of one group of models and the columns over them: batch_sample.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch_sample.h"

#include "core/parallel.h"
#include "stats/batch_collinear.h"
#include "stats/batch_family.h"

#include <math.h>
#include <string.h>

enum {
    MOST_COLUMNS = 4000, /* cross-products of more take more memory than one model's columns */
    ROWS = 8192          /* of a block, of which every thread has a copy */
};

pgdp_status pg_batch_levels(pgdp_ctx *ctx, const pg_batch_sample *s, uint32_t source, const size_t **out, size_t *n)
{
    const pg_batch_source *from = &s->batch->sources[source];
    size_t *level, *number;
    PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&ctx->scratch, s->rows.n, sizeof *level));
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, from->n_levels, sizeof *number));
    *n = 0;
    for (size_t i = 0; i < s->rows.n; i++) {
        size_t *at = &number[from->level[s->rows.kept[i]]];
        if (*at == 0) *at = ++*n;
        level[i] = *at - 1;
    }
    *out = level;
    return PGDP_OK;
}

static pgdp_status gather(pgdp_ctx *ctx, const pg_batch_sample *s, const double *values, double **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, s->rows.n, sizeof **out));
    for (size_t i = 0; i < s->rows.n; i++)
        (*out)[i] = values[s->rows.kept[i]];
    return PGDP_OK;
}

static pgdp_status find_effects(pgdp_ctx *ctx, pg_batch_sample *s)
{
    const pg_batch_effects *e = &s->batch->effects[s->group->effects];
    pgdp_effect *effects;
    PG_TRY_ALLOC(ctx, effects, pg_arena_alloc(&ctx->scratch, e->n, sizeof *effects));
    for (size_t i = 0; i < e->n; i++) {
        double *slope = NULL;
        effects[i].name = e->items[i].name;
        PG_TRY(pg_batch_levels(ctx, s, e->items[i].level, &effects[i].level, &effects[i].n_levels));
        if (e->items[i].slope != UINT32_MAX)
            PG_TRY(gather(ctx, s, s->batch->sources[e->items[i].slope].values, &slope));
        effects[i].slope = slope;
    }
    s->design = (pgdp_design){ .constant = PGDP_NONE, .effects = e->n > 0 ? effects : NULL, .n_effects = e->n };
    s->design.y.n = s->rows.n;
    return PGDP_OK;
}

static pgdp_status drop_singletons(pgdp_ctx *ctx, pg_batch_sample *s)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    bool *drop;
    size_t n = 0;
    if (s->batch->effects[s->group->effects].n == 0 || s->batch->request.keep_singletons) return PGDP_OK;
    PG_TRY(find_effects(ctx, s));
    PG_TRY_ALLOC(ctx, drop, pg_arena_alloc(&ctx->scratch, s->rows.n, sizeof *drop));
    PG_TRY(pg_singletons(ctx, s->design.effects, s->design.n_effects, s->rows.n, drop, &n));
    if (n > 0) pg_rows_drop(&s->rows, drop, PG_ROW_SINGLETON, &s->dropped);
    pg_arena_rewind(&ctx->scratch, mark);
    if (s->rows.n > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS, "every row is alone in a level of an absorbed effect");
}

pgdp_status pg_batch_measure(pgdp_ctx *ctx, pg_batch_sample *s)
{
    PG_TRY(find_effects(ctx, s));
    s->nobs = (double)s->rows.n;
    if (s->batch->weights == NULL) return PGDP_OK;
    PG_TRY(gather(ctx, s, s->batch->weights, &s->weight));
    if (s->batch->weight_kind == PGDP_FREQUENCY) s->nobs = pg_sum(s->weight, s->rows.n);
    return PGDP_OK;
}

/* As pg_design_build() finds them. */
pgdp_status pg_batch_find_rows(pgdp_ctx *ctx, pg_batch_sample *s)
{
    const pgdp_batch *b = s->batch;
    const pgdp_batch_options *samples = &b->request.choices[PGDP_BATCH_SAMPLE];
    PG_TRY(pg_rows_init(ctx, &b->scope, samples->n == 0 ? NULL : samples->items[s->group->sample].text, &s->rows));
    for (size_t i = 0; i < s->group->n_needs; i++)
        PG_TRY(pg_batch_need(ctx, b, s->group->needs[i], &s->rows));
    if (b->entity_column != PGDP_NONE) pg_rows_need_cells(&s->rows, b->frame, b->entity_column);
    if (b->time_column != PGDP_NONE) pg_rows_need_cells(&s->rows, b->frame, b->time_column);
    if (b->weights != NULL) PG_TRY(pg_rows_need_weights(ctx, &s->rows, b->weights, b->weight_kind));
    PG_TRY(pg_rows_close(ctx, &s->rows, &s->dropped));
    if (b->time_column != PGDP_NONE) PG_TRY(pg_rows_sort(ctx, b->frame, b->entity_column, b->time_column, &s->rows));
    PG_TRY(drop_singletons(ctx, s));
    return pg_batch_measure(ctx, s);
}

/* Columns of a term that depends on the rows: the last of its terms, the others only decide which levels are redundant.
 */
static pgdp_status fill_term(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_source *from, pg_filled *out)
{
    pg_columns columns;
    pg_filled before = { .x.n_cols = 0 };
    const pg_terms margins = { from->terms.items, from->terms.n - 1 };
    PG_TRY(pg_columns_find(ctx, &s->batch->scope, &margins, false, true, &columns));
    if (margins.n > 0) PG_TRY(pg_columns_fill(ctx, &columns, &s->rows, &before));
    PG_TRY(pg_columns_find(ctx, &s->batch->scope, &from->terms, false, true, &columns));
    PG_TRY(pg_columns_fill(ctx, &columns, &s->rows, out));
    out->x.x += before.x.n_cols * s->rows.n;
    out->x.n_cols -= before.x.n_cols;
    out->names += before.x.n_cols;
    return PGDP_OK;
}

/* Columns of all levels that rows of the sample have, whichever a group of these rows leaves out. */
static pgdp_status fill_every_level(pgdp_ctx *ctx, const pg_batch_sample *s, uint32_t source, pg_filled *out)
{
    const pg_batch_source *from = &s->batch->sources[source];
    const pg_terms last = { from->terms.items + from->terms.n - 1, 1 };
    pg_rows lacking, having = s->rows;
    pg_columns columns;
    pg_filled filled;
    size_t *kept, *place;
    double *x;
    PG_TRY_ALLOC(ctx, kept, pg_arena_alloc(&ctx->scratch, s->rows.n, sizeof *kept));
    PG_TRY_ALLOC(ctx, place, pg_arena_alloc(&ctx->scratch, s->rows.n, sizeof *place));
    PG_TRY(pg_rows_init(ctx, &s->batch->scope, NULL, &lacking));
    PG_TRY(pg_batch_need(ctx, s->batch, source, &lacking));
    having.kept = kept;
    having.n = 0;
    for (size_t i = 0; i < s->rows.n; i++) {
        if (lacking.state[s->rows.kept[i]] != PG_ROW_KEPT) continue;
        place[having.n] = i;
        kept[having.n++] = s->rows.kept[i];
    }
    PG_TRY(pg_columns_find(ctx, &s->batch->scope, &last, false, false, &columns));
    PG_TRY(pg_columns_fill(ctx, &columns, &having, &filled));
    const size_t n = filled.x.n_cols;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, s->rows.n * n, sizeof *x));
    for (size_t i = 0; i < s->rows.n * n; i++)
        x[i] = (double)NAN;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < having.n; i++)
            x[place[i] + j * s->rows.n] = filled.x.x[i + j * having.n];
    *out = (pg_filled){ .x = { x, s->rows.n, n }, .names = filled.names };
    return PGDP_OK;
}

static pgdp_status add_columns(pgdp_ctx *ctx, pg_batch_sample *s, uint32_t source, size_t *room)
{
    const pg_batch_source *from = &s->batch->sources[source];
    pg_filled filled = { .x = { NULL, s->rows.n, 1 }, .names = &from->name };
    if (from->kind == PG_BATCH_TERM)
        PG_TRY(s->every_level ? fill_every_level(ctx, s, source, &filled) : fill_term(ctx, s, from, &filled));
    const size_t n = filled.x.n_cols;
    if (s->n_columns + n > MOST_COLUMNS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the models of a group name more than %d columns", (int)MOST_COLUMNS);
    if (s->n_columns + n > *room) {
        const size_t more = 2 * (s->n_columns + n);
        PG_TRY_ALLOC(ctx, s->columns, pg_arena_grow(&ctx->scratch, s->columns, *room, more, sizeof *s->columns));
        *room = more;
    }
    s->first[source] = (uint32_t)s->n_columns;
    s->count[source] = (uint32_t)n;
    for (size_t j = 0; j < n; j++) {
        const double *own = filled.x.x != NULL ? filled.x.x + j * s->rows.n : NULL;
        s->columns[s->n_columns++] =
            (pg_batch_column){ .of_frame = from->values,
                               .own = own,
                               .name = filled.names[j],
                               .whole = own == NULL ? from->whole : pg_batch_is_whole(own, s->rows.n),
                               .left = 1 };
    }
    return PGDP_OK;
}

pgdp_status pg_batch_find_columns(pgdp_ctx *ctx, pg_batch_sample *s, bool *outcome)
{
    const pgdp_batch *b = s->batch;
    bool *used;
    size_t room = 64;
    PG_TRY_ALLOC(ctx, used, pg_arena_alloc(&ctx->scratch, b->n_sources, sizeof *used));
    PG_TRY_ALLOC(ctx, s->first, pg_arena_alloc(&ctx->scratch, b->n_sources, sizeof *s->first));
    PG_TRY_ALLOC(ctx, s->count, pg_arena_alloc(&ctx->scratch, b->n_sources, sizeof *s->count));
    PG_TRY_ALLOC(ctx, s->columns, pg_arena_alloc(&ctx->scratch, room, sizeof *s->columns));
    for (size_t m = 0; m < s->group->n_models; m++) {
        const pg_batch_formula *f = &b->formulas[b->models[s->group->models[m]].formula];
        used[f->outcome] = outcome[f->outcome] = true;
        for (size_t i = 0; i < f->n_exogenous + f->n_endogenous + f->n_instruments; i++)
            used[f->terms[i]] = true;
    }
    s->columns[s->n_columns++] = (pg_batch_column){ .name = "(Intercept)", .left = 1 };
    for (uint32_t i = 0; i < b->n_sources; i++)
        if (used[i]) PG_TRY(add_columns(ctx, s, i, &room));
    PG_TRY_ALLOC(ctx, s->names, pg_arena_alloc(&ctx->scratch, s->n_columns, sizeof *s->names));
    for (size_t j = 0; j < s->n_columns; j++)
        s->names[j] = s->columns[j].name;
    return PGDP_OK;
}

static double sum_of_squares(const pg_batch_sample *s, const double *x, double mean)
{
    double sum = 0;
    for (size_t first = 0; first < s->rows.n; first += 4096) { /* parts, so that long columns lose no digits */
        const size_t end = first + 4096 < s->rows.n ? first + 4096 : s->rows.n;
        double part = 0;
        for (size_t i = first; i < end; i++)
            part += (s->weight == NULL ? 1 : s->weight[i]) * (x[i] - mean) * (x[i] - mean);
        sum += part;
    }
    return sum;
}

static double mean_of(const pg_batch_sample *s, const double *x)
{
    double sum = 0, weights = 0;
    for (size_t first = 0; first < s->rows.n; first += 4096) {
        const size_t end = first + 4096 < s->rows.n ? first + 4096 : s->rows.n;
        double part = 0, part_weights = 0;
        for (size_t i = first; i < end; i++) {
            part += (s->weight == NULL ? 1 : s->weight[i]) * x[i];
            part_weights += s->weight == NULL ? 1 : s->weight[i];
        }
        sum += part;
        weights += part_weights;
    }
    return sum / weights;
}

/* What the effects leave of every column, all at once. */
static pgdp_status absorb(pgdp_ctx *ctx, pg_batch_sample *s, const bool *outcome)
{
    pg_absorber *absorber;
    double **columns;
    bool is_bound;
    if (s->design.n_effects == 0) return PGDP_OK;
    PG_TRY(pg_absorber_new(ctx, s->design.effects, s->design.n_effects, s->rows.n, s->weight, &absorber));
    s->n_absorbed = pg_absorber_rank(absorber, &is_bound);
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, s->n_columns, sizeof *columns));
    for (size_t j = 1; j < s->n_columns; j++) {
        pg_batch_column *c = &s->columns[j];
        if (c->own == NULL)
            PG_TRY(gather(ctx, s, c->of_frame, &columns[j]));
        else
            PG_TRY_ALLOC(ctx, columns[j], pg_arena_alloc(&ctx->scratch, s->rows.n, sizeof **columns));
        if (c->own != NULL) memcpy(columns[j], c->own, s->rows.n * sizeof *c->own);
        c->before = c->own;
        c->own = columns[j];
        c->left = sum_of_squares(s, c->own, 0);
    }
    for (uint32_t i = 0; i < s->batch->n_sources; i++) {
        pg_batch_column *c = &s->columns[s->first[i]];
        if (!outcome[i]) continue;
        c->total = sum_of_squares(s, c->own, mean_of(s, c->own));
        c->raw = sum_of_squares(s, c->own, 0);
    }
    PG_TRY(pg_absorb(ctx, absorber, columns + 1, s->n_columns - 1, 0, NULL));
    for (size_t j = 1; j < s->n_columns; j++) {
        pg_batch_column *c = &s->columns[j];
        c->left = c->left > 0 ? sqrt(sum_of_squares(s, c->own, 0) / c->left) : 0;
    }
    return PGDP_OK;
}

static void fill_column(const pg_batch_sample *s, size_t column, pg_range rows, double *out)
{
    const pg_batch_column *c = &s->columns[column];
    if (column == 0) {
        for (size_t i = rows.first; i < rows.end; i++)
            *out++ = 1;
    } else if (s->drawn != NULL) {
        for (size_t i = rows.first; i < rows.end; i++)
            *out++ = c->own != NULL ? c->own[s->drawn[i]] : c->of_frame[s->rows.kept[s->drawn[i]]];
    } else if (c->own != NULL) {
        memcpy(out, c->own + rows.first, (rows.end - rows.first) * sizeof *out);
    } else {
        for (size_t i = rows.first; i < rows.end; i++)
            *out++ = c->of_frame[s->rows.kept[i]];
    }
}

static pgdp_status fill(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out)
{
    const pg_batch_sample *s = user;
    const pg_range rows = pg_block_range(s->rows.n, ROWS, block);
    const size_t n = rows.end - rows.first;
    double *x;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n * s->n_columns, sizeof *x));
    for (size_t j = 0; j < s->n_columns; j++)
        fill_column(s, j, rows, x + j * n);
    *out = (pg_block_rows){ .n = n, .x = pg_matrix_of(x, n, s->n_columns) };
    if (s->weight != NULL) out->weight = s->weight + rows.first;
    if (s->cell != NULL) out->cell = s->cell + rows.first;
    return PGDP_OK;
}

pg_blocks pg_batch_blocks(const pg_batch_sample *s, bool cells)
{
    return (pg_blocks){ .n_blocks = pg_n_blocks(s->rows.n, ROWS),
                        .n_cols = s->n_columns,
                        .most_rows = ROWS,
                        .names = s->names,
                        .weight_kind = s->batch->weight_kind,
                        .cells = cells && s->cell != NULL ? &s->cells : NULL,
                        .fill = fill,
                        .user = s };
}

pgdp_status pg_batch_sample_new(pgdp_ctx *ctx, const pgdp_batch *b, size_t group, pg_batch_sample *out)
{
    bool *outcome, shared;
    double *none = NULL;
    *out = (pg_batch_sample){ .batch = b, .group = &b->groups[group] };
    PG_TRY_ALLOC(ctx, out->findings, pg_arena_alloc(&ctx->scratch, 1, sizeof *out->findings));
    PG_TRY_ALLOC(ctx, outcome, pg_arena_alloc(&ctx->scratch, b->n_sources, sizeof *outcome));
    PG_TRY(pg_batch_share(ctx, out, outcome, &shared));
    if (shared) return PGDP_OK;
    PG_TRY(pg_batch_find_rows(ctx, out));
    PG_TRY(pg_batch_find_columns(ctx, out, outcome));
    PG_TRY(absorb(ctx, out, outcome));
    PG_TRY(pg_batch_find_cells(ctx, out));
    PG_TRY(pg_batch_find_clusters(ctx, out));
    const pg_blocks blocks = pg_batch_blocks(out, true);
    if (out->design.n_effects > 0) /* what they leave has mean 0 */
        PG_TRY_ALLOC(ctx, none, pg_arena_alloc(&ctx->scratch, out->n_columns, sizeof *none));
    return pg_moments_pass(ctx, &blocks, none, &out->moments);
}
