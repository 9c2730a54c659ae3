/* stream.c  Formula and block to columns, and the pass that finds levels: stream.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/stream.h"

#include "core/spread.h"
#include "core/text.h"

#include <string.h>

enum { WAVE = 16 }; /* blocks whose keys stand in memory at once */

/* The rows of one block that are used. */
typedef struct opened {
    pg_found found;
    pg_rows rows;
} opened;

static pgdp_status open_rows(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, size_t block, opened *out)
{
    pgdp_dropped dropped;
    PG_TRY(pg_design_find(ctx, frame, s->formula, &s->request, &out->found));
    PG_TRY(pg_rows_init(ctx, &out->found.scope, s->request.spec->subset, &out->rows));
    out->rows.first = block * PGDP_BLOCK_ROWS;
    out->rows.known = &s->known;
    PG_TRY(pg_design_need(ctx, &out->found, &out->rows));
    const pgdp_status status = pg_rows_close(ctx, &out->rows, &dropped);
    if (status == PGDP_TOO_FEW_OBS) { /* of this block: others may have rows */
        s->dropped[block] = dropped;
        s->kept[block] = 0;
        return PGDP_OK;
    }
    s->dropped[block] = dropped;
    s->kept[block] = out->rows.n;
    return status;
}

size_t pg_stream_count(const pg_stream *s, pgdp_dropped *dropped)
{
    const size_t n_blocks = pgdp_table_n_blocks(s->table);
    size_t n = 0;
    *dropped = (pgdp_dropped){ 0 };
    for (size_t b = 0; b < n_blocks; b++) {
        dropped->missing += s->dropped[b].missing;
        dropped->zero_weight += s->dropped[b].zero_weight;
        dropped->subset += s->dropped[b].subset;
        n += s->kept[b];
    }
    return n;
}

/* The keys of the clusters' columns, row by row: [n x width]. */
static pgdp_status cell_keys(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, const pg_rows *rows,
                             double **out)
{
    const size_t width = s->cell_keys.width, n = rows->n;
    double *one;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n * width, sizeof **out));
    if (width == 1) {
        pg_known_keys(frame, (pg_known_key){ s->cluster_columns[0], 0 }, rows->kept, n, *out);
        return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, one, pg_arena_alloc(&ctx->scratch, n, sizeof *one));
    for (size_t c = 0; c < width; c++) {
        pg_known_keys(frame, (pg_known_key){ s->cluster_columns[c], 0 }, rows->kept, n, one);
        for (size_t i = 0; i < n; i++)
            (*out)[i * width + c] = one[i];
    }
    return PGDP_OK;
}

/* What the survey leaves of a block: numbers of rows by what became of them, then of keys in each set, then the keys. */
enum { MISSING, ZERO_WEIGHT, SUBSET, KEPT, COUNTS };

static size_t n_sets(const pg_stream *s)
{
    return s->known.n + (s->cell_keys.width > 0);
}

static size_t width_of(const pg_stream *s, size_t set)
{
    return set < s->known.n ? 1 : s->cell_keys.width;
}

static size_t slot_length(const pg_stream *s)
{
    size_t length = COUNTS + n_sets(s);
    for (size_t i = 0; i < n_sets(s); i++)
        length += width_of(s, i) * PGDP_BLOCK_ROWS;
    return length;
}

/* Distinct keys among n, by first appearance, to `out`; neighbours are often the same. */
static pgdp_status distinct(pgdp_ctx *ctx, const double *keys, size_t n, size_t width, double *out, double *count)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const size_t bytes = width * sizeof *keys;
    pg_key_set set;
    size_t index;
    pg_key_set_init(&set, &ctx->scratch, width);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || memcmp(keys + i * width, keys + (i - 1) * width, bytes) != 0)
            PG_TRY(pg_key_set_add(ctx, &set, keys + i * width, &index));
    if (set.n > 0) memcpy(out, set.keys, set.n * bytes);
    *count = (double)set.n;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status survey_frame(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, size_t block, double *slot)
{
    opened o;
    double *keys, *to = slot + COUNTS + n_sets(s);
    PG_TRY(open_rows(ctx, s, frame, block, &o));
    slot[MISSING] = (double)s->dropped[block].missing;
    slot[ZERO_WEIGHT] = (double)s->dropped[block].zero_weight;
    slot[SUBSET] = (double)s->dropped[block].subset;
    slot[KEPT] = (double)s->kept[block];
    for (size_t i = 0; i < n_sets(s); i++) {
        if (i < s->known.n) {
            PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, o.rows.n, sizeof *keys));
            pg_known_keys(frame, s->known.items[i].key, o.rows.kept, o.rows.n, keys);
        } else {
            PG_TRY(cell_keys(ctx, s, frame, &o.rows, &keys));
        }
        PG_TRY(distinct(ctx, keys, o.rows.n, width_of(s, i), to, &slot[COUNTS + i]));
        to += width_of(s, i) * PGDP_BLOCK_ROWS;
    }
    return PGDP_OK;
}

/* One wave of blocks. */
typedef struct surveying {
    const pg_stream *stream;
    size_t first;
} surveying;

static pgdp_status survey_block(pgdp_ctx *ctx, void *user, size_t item, void *out)
{
    const surveying *w = user;
    pgdp_frame *frame;
    PG_TRY(pgdp_table_block(ctx, w->stream->table, w->first + item, &frame));
    const pgdp_status status = survey_frame(ctx, w->stream, frame, w->first + item, out);
    pgdp_frame_free(frame);
    return status;
}

/* Keys in the order of blocks, so that first appearance is that of the rows. */
static pgdp_status merge(pgdp_ctx *ctx, pg_stream *s, size_t block, const double *slot)
{
    const double *keys = slot + COUNTS + n_sets(s);
    s->dropped[block] = (pgdp_dropped){ .missing = (size_t)slot[MISSING],
                                        .zero_weight = (size_t)slot[ZERO_WEIGHT],
                                        .subset = (size_t)slot[SUBSET] };
    s->kept[block] = (size_t)slot[KEPT];
    for (size_t i = 0; i < n_sets(s); i++) {
        pg_key_set *set = i < s->known.n ? &s->known.items[i].set : &s->cell_keys;
        for (size_t k = 0, index; k < (size_t)slot[COUNTS + i]; k++)
            PG_TRY(pg_key_set_add(ctx, set, keys + k * set->width, &index));
        keys += set->width * PGDP_BLOCK_ROWS;
    }
    return PGDP_OK;
}

static pgdp_status survey(pgdp_ctx *ctx, pg_stream *s)
{
    const size_t n_blocks = pgdp_table_n_blocks(s->table), length = slot_length(s);
    double *slots;
    PG_TRY_ALLOC(ctx, slots, pg_arena_alloc(&ctx->scratch, length * (n_blocks < WAVE ? n_blocks : WAVE), sizeof *slots));
    for (size_t first = 0; first < n_blocks; first += WAVE) {
        surveying w = { s, first };
        const size_t n = n_blocks - first < WAVE ? n_blocks - first : WAVE;
        PG_TRY(pg_spread(ctx, NULL, n, length * sizeof *slots, survey_block, &w, slots));
        for (size_t b = 0; b < n; b++)
            PG_TRY(merge(ctx, s, first + b, slots + b * length));
    }
    return PGDP_OK;
}

/* Every factor's column, each once. */
static pgdp_status list_factors(pgdp_ctx *ctx, const pg_found *f, pg_stream *s)
{
    const pg_columns *const parts[] = { &f->exogenous, &f->endogenous, &f->instruments };
    const pg_part *part;
    size_t most = 0, column;
    for (size_t p = 0; p < 3; p++)
        for (size_t i = 0; pg_columns_factor(parts[p], i, &part, &column); i++)
            most++;
    PG_TRY_ALLOC(ctx, s->known.items, pg_arena_alloc(&ctx->scratch, most, sizeof *s->known.items));
    for (size_t p = 0; p < 3; p++) {
        for (size_t i = 0; pg_columns_factor(parts[p], i, &part, &column); i++) {
            const pg_known_key key = { column, pg_part_width(part) };
            const bool numeric = pgdp_frame_column(f->scope.frame, column)->type == PGDP_REAL;
            if ((key.width > 0 && !numeric) || pg_known_find(&s->known, key) != NULL) continue;
            pg_known_column *to = &s->known.items[s->known.n++];
            to->key = key;
            pg_key_set_init(&to->set, &ctx->scratch, 1);
        }
    }
    return PGDP_OK;
}

static pgdp_status list_clusters(pgdp_ctx *ctx, const pg_found *f, pg_stream *s)
{
    size_t width = 0;
    for (size_t i = 0; i < f->n_clusters; i++)
        width += f->clusters[i].n_columns;
    pg_key_set_init(&s->cell_keys, &ctx->scratch, width);
    PG_TRY_ALLOC(ctx, s->cluster_columns, pg_arena_alloc(&ctx->scratch, width, sizeof(size_t)));
    for (size_t i = 0, at = 0; i < f->n_clusters; i++)
        for (size_t c = 0; c < f->clusters[i].n_columns; c++)
            s->cluster_columns[at++] = f->clusters[i].columns[c];
    return PGDP_OK;
}

/* The group of every cell in each clustering: its own columns' part of the key. */
static pgdp_status number_groups(pgdp_ctx *ctx, const pg_found *f, pg_stream *s)
{
    const uint32_t **groups;
    size_t *n_groups, at = 0;
    s->cells = (pg_cells){ .n_cells = s->cell_keys.n, .n_dims = f->n_clusters };
    if (s->cell_keys.n > UINT32_MAX)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "vcov: found more than 4294967295 combinations of clusters");
    PG_TRY_ALLOC(ctx, groups, pg_arena_alloc(&ctx->scratch, f->n_clusters, sizeof *groups));
    PG_TRY_ALLOC(ctx, n_groups, pg_arena_alloc(&ctx->scratch, f->n_clusters, sizeof *n_groups));
    for (size_t d = 0; d < f->n_clusters; d++) {
        pg_key_set set;
        uint32_t *group;
        pg_key_set_init(&set, &ctx->scratch, f->clusters[d].n_columns);
        PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&ctx->scratch, s->cells.n_cells, sizeof *group));
        for (size_t c = 0, index; c < s->cells.n_cells; c++) {
            PG_TRY(pg_key_set_add(ctx, &set, s->cell_keys.keys + c * s->cell_keys.width + at, &index));
            group[c] = (uint32_t)index;
        }
        groups[d] = group;
        n_groups[d] = set.n;
        at += f->clusters[d].n_columns;
    }
    s->cells.group = groups;
    s->cells.n_groups = n_groups;
    return pg_key_set_close(ctx, &s->cell_keys);
}

/* Names and numbers of columns, from a block without rows. */
static pgdp_status name_columns(pgdp_ctx *ctx, const pg_found *f, pg_stream *s)
{
    const pg_columns *const parts[] = { &f->exogenous, &f->endogenous, &f->instruments };
    const pg_rows none = { .known = &s->known };
    size_t n[3];
    for (size_t i = 0; i < 3; i++)
        PG_TRY(pg_columns_size(ctx, parts[i], &none, &n[i]));
    s->constant = f->exogenous.constant;
    s->n_terms = n[0] - s->constant;
    s->n_endogenous = n[1];
    s->n_instruments = n[2];
    s->n_cols = 2 + s->n_terms + n[1] + n[2];
    PG_TRY_ALLOC(ctx, s->names, pg_arena_alloc(&ctx->scratch, s->n_cols, sizeof *s->names));
    s->names[0] = "(Intercept)";
    const char **to = s->names + !s->constant;
    for (size_t i = 0; i < 3; to += n[i++])
        PG_TRY(pg_columns_name(ctx, parts[i], to));
    PG_TRY_ALLOC(ctx, *to, pg_expr_text(&ctx->scratch, s->formula->outcome));
    return PGDP_OK;
}

static bool has_basis(const pg_terms *terms)
{
    for (size_t i = 0; i < terms->n; i++)
        for (size_t k = 0; k < terms->items[i].n_parts; k++)
            if (terms->items[i].parts[k].kind == PG_PART_BASIS) return true;
    return false;
}

const char *pg_stream_refuses(const pg_formula *formula, const pg_design_request *request)
{
    static const char *const methods[] = { "ols", "iv", "liml", "ridge" },
                             *const vcovs[] = { "iid", "HC0", "HC1", "HC2", "HC3", "cluster" };
    const pgdp_regression_spec *spec = request->spec;
    const char *method = request->estimator->name, *vcov = request->vcov->vcov->name;
    bool linear = false, known = false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        linear = linear || pg_streq(method, methods[i]);
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++)
        known = known || pg_streq(vcov, vcovs[i]);
    if (!linear) return "a method other than ols, iv, liml and ridge";
    if (!known) return "a covariance other than iid, HC0 to HC3 and cluster";
    if (spec->panel != NULL) return "a panel";
    if (formula->n_effects > 0) return "absorbed effects";
    if (has_basis(&formula->terms) || has_basis(&formula->endogenous) || has_basis(&formula->instruments))
        return "poly()";
    if (spec->rows) return "fitted values by row";
    if (spec->margins != NULL) return "marginal effects";
    if (spec->diagnostics != NULL && !pg_streq(spec->diagnostics, "none")) return "diagnostics that look at rows";
    for (const pgdp_setting *o = spec->settings; o != NULL && o->name != NULL; o++)
        if (pg_streq(o->name, "precision") && pg_streq(o->value, "extended")) return "extended precision";
    return NULL;
}

pgdp_status pg_stream_new(pgdp_ctx *ctx, const pgdp_table *table, const pg_formula *formula,
                          const pg_design_request *request, pg_stream *s)
{
    const size_t n_blocks = pgdp_table_n_blocks(table);
    const char *refusal = pg_stream_refuses(formula, request);
    pg_found f;
    *s = (pg_stream){ .table = table, .formula = formula, .request = *request };
    s->request.by_block = true;
    if (refusal != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "found %s, which needs all rows at once and not a table by blocks; load the table or leave it "
                       "out",
                       refusal);
    PG_TRY_ALLOC(ctx, s->dropped, pg_arena_alloc(&ctx->scratch, n_blocks, sizeof *s->dropped));
    PG_TRY_ALLOC(ctx, s->kept, pg_arena_alloc(&ctx->scratch, n_blocks, sizeof *s->kept));
    PG_TRY(pg_design_find(ctx, pgdp_table_head(table), formula, &s->request, &f));
    s->weight_kind = f.weight_kind;
    PG_TRY(list_factors(ctx, &f, s));
    PG_TRY(list_clusters(ctx, &f, s));
    /* one process alone counts the rows left out while it fills the blocks */
    if (n_sets(s) > 0 || pg_n_ranks(ctx) > 1) {
        pgdp_dropped dropped;
        PG_TRY(survey(ctx, s));
        if (pg_stream_count(s, &dropped) == 0) return pg_rows_refuse(ctx, pgdp_table_n_rows(table), &dropped);
    }
    for (size_t i = 0; i < s->known.n; i++)
        PG_TRY(pg_known_close(ctx, pgdp_table_head(table), &s->known.items[i]));
    PG_TRY(number_groups(ctx, &f, s));
    return name_columns(ctx, &f, s);
}

static pgdp_status gather(pgdp_ctx *ctx, const double *values, const pg_rows *rows, double **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, rows->n, sizeof **out));
    for (size_t i = 0; i < rows->n; i++)
        (*out)[i] = values[rows->kept[i]];
    return PGDP_OK;
}

static pgdp_status fill_cells(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, const pg_rows *rows,
                              pg_block_rows *out)
{
    uint32_t *cell;
    double *keys;
    if (s->cell_keys.width == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, cell, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *cell));
    PG_TRY(cell_keys(ctx, s, frame, rows, &keys));
    for (size_t i = 0; i < rows->n; i++) {
        const size_t at = pg_key_set_find(&s->cell_keys, keys + i * s->cell_keys.width);
        if (at == PGDP_NONE)
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "a block of the table changed while it was read");
        cell[i] = (uint32_t)at;
    }
    out->cell = cell;
    return PGDP_OK;
}

static pgdp_status fill_frame(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, size_t block, bool cells,
                              pg_block_rows *out)
{
    opened o;
    double *x, *weight = NULL;
    size_t n_columns;
    PG_TRY(open_rows(ctx, s, frame, block, &o));
    const size_t n = o.rows.n;
    const pg_columns *const parts[] = { &o.found.exogenous, &o.found.endogenous, &o.found.instruments };
    *out = (pg_block_rows){ .n = n };
    if (n == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, s->n_cols).x);
    out->x = pg_matrix_of(x, n, s->n_cols);
    for (size_t i = 0; i < n && !s->constant; i++)
        x[i] = 1;
    if (!s->constant) x += n;
    for (size_t i = 0; i < 3; i++) {
        PG_TRY(pg_columns_size(ctx, parts[i], &o.rows, &n_columns));
        pg_columns_write(parts[i], &o.rows, x, NULL);
        x += n * n_columns;
    }
    if (pg_rows_are_all(&o.rows)) memcpy(x, o.found.outcome, n * sizeof *x);
    for (size_t i = 0; i < n && !pg_rows_are_all(&o.rows); i++)
        x[i] = o.found.outcome[o.rows.kept[i]];
    if (o.found.weights != NULL) PG_TRY(gather(ctx, o.found.weights, &o.rows, &weight));
    out->weight = weight;
    return cells ? fill_cells(ctx, s, frame, &o.rows, out) : PGDP_OK;
}

pgdp_status pg_stream_rows(pgdp_ctx *ctx, const pg_stream *s, size_t block, bool cells, pg_block_rows *out)
{
    pgdp_frame *frame;
    PG_TRY(pgdp_table_block(ctx, s->table, block, &frame));
    const pgdp_status status = fill_frame(ctx, s, frame, block, cells, out);
    pgdp_frame_free(frame);
    return status;
}

static pgdp_status fill(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out)
{
    return pg_stream_rows(ctx, user, block, false, out);
}

pg_blocks pg_stream_blocks(const pg_stream *s)
{
    return (pg_blocks){ .n_blocks = pgdp_table_n_blocks(s->table),
                        .n_cols = s->n_cols,
                        .names = s->names,
                        .weight_kind = s->weight_kind,
                        .fill = fill,
                        .user = s };
}
