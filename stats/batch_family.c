/* batch_family.c  The sample of one group from the moments of its family: batch_family.h. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "stats/batch_family.h"

#include <string.h>

void pg_batch_family_init(pg_batch_family *f, const pgdp_allocator *allocator)
{
    *f = (pg_batch_family){ .first = UINT32_MAX };
    pg_arena_init(&f->arena, allocator);
}

void pg_batch_family_clear(pg_batch_family *f)
{
    pg_arena arena = f->arena;
    pg_moments_free(f->moments);
    pg_arena_free(&arena);
    *f = (pg_batch_family){ .arena = arena, .first = UINT32_MAX };
}

/* A group's rows: of all its patterns, and of those whose moments are not stored. */
typedef struct chosen {
    const pg_batch_family *family;
    const bool *complete; /* [n_patterns] for the group */
    uint32_t *number;     /* [n_units] 1 + the group's cell; 0: none */
    size_t *rest, n_rest; /* [n_rest] of the group's rows, those of patterns that are not stored; their cells */
    uint32_t *rest_cell;
} chosen;

static pgdp_status choose_patterns(pgdp_ctx *ctx, const pg_batch_family *f, const pg_batch_group *g, chosen *c,
                                   size_t *n, size_t *n_rest)
{
    const uint64_t mask = pg_batch_family_mask(f, g);
    bool *complete;
    *n = *n_rest = 0;
    PG_TRY_ALLOC(ctx, complete, pg_arena_alloc(&ctx->scratch, f->n_patterns, sizeof *complete));
    for (size_t q = 0; q < f->n_patterns; q++) {
        complete[q] = (f->lacks[q] & mask) == 0;
        if (complete[q]) *n += f->n_of[q];
        if (complete[q] && !f->stored[q]) *n_rest += f->n_of[q];
    }
    c->complete = complete;
    if (*n > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS, "every row lacks a column of the model");
}

/* Rows and their cells, in the order of the family's. */
static pgdp_status find_rows(pgdp_ctx *ctx, pg_batch_sample *s, chosen *c)
{
    const pg_batch_family *f = c->family;
    size_t n, at = 0, at_rest = 0, *kept;
    PG_TRY(choose_patterns(ctx, f, s->group, c, &n, &c->n_rest));
    PG_TRY_ALLOC(ctx, kept, pg_arena_alloc(&ctx->scratch, n, sizeof *kept));
    PG_TRY_ALLOC(ctx, s->cell, pg_arena_alloc(&ctx->scratch, n, sizeof *s->cell));
    PG_TRY_ALLOC(ctx, c->rest, pg_arena_alloc(&ctx->scratch, c->n_rest, sizeof *c->rest));
    PG_TRY_ALLOC(ctx, c->rest_cell, pg_arena_alloc(&ctx->scratch, c->n_rest, sizeof *c->rest_cell));
    PG_TRY_ALLOC(ctx, c->number, pg_arena_alloc(&ctx->scratch, f->units.n_cells, sizeof *c->number));
    s->cells = (pg_cells){ .n_cells = 0, .n_dims = f->units.n_dims };
    for (size_t i = 0; i < f->n_rows; i++) {
        if (!c->complete[f->pattern[i]]) continue;
        uint32_t *number = &c->number[f->unit[i]];
        if (*number == 0) *number = (uint32_t)++s->cells.n_cells;
        kept[at] = f->row[i];
        s->cell[at++] = *number - 1;
        if (f->stored[f->pattern[i]]) continue;
        c->rest[at_rest] = at - 1;
        c->rest_cell[at_rest++] = *number - 1;
    }
    s->rows = (pg_rows){ .n_all = pgdp_frame_n_rows(s->batch->frame), .kept = kept, .n = n };
    return PGDP_OK;
}

/* Clusters of the group's cells, numbered by first appearance. */
static pgdp_status find_cells(pgdp_ctx *ctx, pg_batch_sample *s, const chosen *c)
{
    const pg_cells *units = &c->family->units;
    uint32_t **group;
    size_t *n_groups;
    s->dims = c->family->dims;
    if (units->n_dims == 0) s->cell = NULL;
    PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&ctx->scratch, units->n_dims, sizeof *group));
    PG_TRY_ALLOC(ctx, n_groups, pg_arena_alloc(&ctx->scratch, units->n_dims, sizeof *n_groups));
    for (size_t d = 0; d < units->n_dims; d++) {
        uint32_t *number, *of;
        PG_TRY_ALLOC(ctx, group[d], pg_arena_alloc(&ctx->scratch, s->cells.n_cells, sizeof **group));
        PG_TRY_ALLOC(ctx, of, pg_arena_alloc(&ctx->scratch, s->cells.n_cells, sizeof *of));
        PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, units->n_cells, sizeof *number));
        for (size_t u = 0; u < units->n_cells; u++)
            if (c->number[u] > 0) of[c->number[u] - 1] = units->group[d][u];
        for (size_t i = 0; i < s->cells.n_cells; i++) {
            if (number[of[i]] == 0) number[of[i]] = (uint32_t)++n_groups[d];
            group[d][i] = number[of[i]] - 1;
        }
    }
    s->cells.group = (const uint32_t *const *)group;
    s->cells.n_groups = n_groups;
    return PGDP_OK;
}

/* The family's column of each of the group's: a factor's by name, since the group may leave some of its levels out. */
static pgdp_status match_columns(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_family *f, size_t **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, s->n_columns, sizeof **out));
    for (size_t i = 0; i < s->batch->n_sources; i++)
        for (size_t j = s->first[i]; j < s->first[i] + s->count[i]; j++) {
            size_t at = f->column[i];
            const size_t end = at + f->n_columns[i];
            while (s->batch->sources[i].kind == PG_BATCH_TERM && at < end && !pg_streq(f->names[at], s->names[j]))
                at++;
            if (at == end) return pg_fail(ctx, PGDP_NOT_FOUND, "the family of the models lacks %s", s->names[j]);
            (*out)[j] = at;
        }
    return PGDP_OK;
}

static void add_stored(const chosen *c, const size_t *column, pg_moments *m)
{
    const pg_batch_family *f = c->family;
    const pg_moments *from = f->moments;
    const size_t p = m->n_cols, all = from->n_cols;
    for (size_t j = 0; j < p; j++)
        m->shift[j] = from->shift[column[j]];
    for (size_t i = 0; i < from->cells.n_cells; i++) {
        if (!c->complete[f->cell_pattern[i]]) continue;
        const size_t cell = c->number[f->cell_unit[i]] - 1;
        const double *x = from->cross + i * all * all;
        double *to = m->cross + cell * p * p;
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++)
                to[k + j * p] += x[column[k] + column[j] * all];
        m->cell_rows[cell] += from->cell_rows[i];
        m->cell_logs[cell] += from->cell_logs[i];
    }
}

/* The rows of patterns that are not stored. */
static pgdp_status add_rest(pgdp_ctx *ctx, const pg_batch_sample *s, const chosen *c, pg_moments *m)
{
    pg_batch_sample few = *s;
    pg_moments *rest;
    if (c->n_rest == 0) return PGDP_OK;
    few.rows.n = c->n_rest;
    few.drawn = c->rest;
    few.cell = s->cells.n_dims == 0 ? NULL : c->rest_cell;
    if (s->weight != NULL) PG_TRY_ALLOC(ctx, few.weight, pg_arena_alloc(&ctx->scratch, c->n_rest, sizeof *few.weight));
    for (size_t i = 0; i < c->n_rest && s->weight != NULL; i++)
        few.weight[i] = s->weight[c->rest[i]];
    const pg_blocks blocks = pg_batch_blocks(&few, true);
    PG_TRY(pg_moments_pass(ctx, &blocks, m->shift, &rest));
    for (size_t i = 0; i < m->cells.n_cells * m->n_cols * m->n_cols; i++)
        m->cross[i] += rest->cross[i];
    for (size_t i = 0; i < m->cells.n_cells; i++) {
        m->cell_rows[i] += rest->cell_rows[i];
        m->cell_logs[i] += rest->cell_logs[i];
    }
    pg_moments_free(rest);
    return PGDP_OK;
}

static pgdp_status add_up(pgdp_ctx *ctx, const pg_batch_sample *s, const chosen *c, pg_moments *m)
{
    size_t *column;
    PG_TRY(match_columns(ctx, s, c->family, &column));
    add_stored(c, column, m);
    PG_TRY(add_rest(ctx, s, c, m));
    m->weight_kind = s->batch->weight_kind;
    m->n_rows = s->rows.n;
    pg_moments_set_total(m);
    m->sum_weights = m->total[0];
    return PGDP_OK;
}

static pgdp_status derive(pgdp_ctx *ctx, pg_batch_sample *s, bool *outcome)
{
    chosen c = { .family = s->batch->family };
    PG_TRY(find_rows(ctx, s, &c));
    PG_TRY(find_cells(ctx, s, &c));
    PG_TRY(pg_batch_measure(ctx, s));
    PG_TRY(pg_batch_find_columns(ctx, s, outcome));
    PG_TRY(pg_batch_find_clusters(ctx, s));
    PG_TRY(pg_moments_new(ctx, s->names, s->n_columns, s->cells.n_dims == 0 ? NULL : &s->cells, &s->moments));
    const pgdp_status status = add_up(ctx, s, &c, s->moments);
    if (status == PGDP_OK) return PGDP_OK;
    pg_moments_free(s->moments);
    s->moments = NULL;
    return status;
}

pgdp_status pg_batch_share(pgdp_ctx *ctx, pg_batch_sample *s, bool *outcome, bool *shared)
{
    const pgdp_batch *b = s->batch;
    const uint32_t first = s->group->family;
    pg_batch_family *f = b->family;
    *shared = false;
    if (first + 1 >= b->n_groups || b->groups[first + 1].family != first) return PGDP_OK;
    if (f->first != first) {
        pg_batch_family_clear(f);
        f->first = first;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const pgdp_status status = pg_batch_family_find(ctx, b, f);
        pg_arena_rewind(&ctx->scratch, mark);
        if (status == PGDP_NO_MEMORY) pg_batch_family_clear(f);
        if (status == PGDP_NO_MEMORY) return status;
    }
    *shared = f->pays && f->moments != NULL;
    return *shared ? derive(ctx, s, outcome) : PGDP_OK;
}
