/* stream_survey.c  The pass over a table that finds the levels of factors and the cells of clusters: stream.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/spread.h"
#include "stats/stream.h"

#include <string.h>

enum { WAVE = 16 }; /* blocks whose keys stand in memory at once */

/* What the survey leaves of a block: numbers of rows by what became of them, then of keys in each set, then the keys.
 */
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

static void put_counts(const pg_stream *s, size_t block, double *slot)
{
    slot[MISSING] = (double)s->dropped[block].missing;
    slot[ZERO_WEIGHT] = (double)s->dropped[block].zero_weight;
    slot[SUBSET] = (double)s->dropped[block].subset;
    slot[KEPT] = (double)s->kept[block];
}

static void take_counts(const pg_stream *s, size_t block, const double *slot)
{
    s->dropped[block] = (pgdp_dropped){ .missing = (size_t)slot[MISSING],
                                        .zero_weight = (size_t)slot[ZERO_WEIGHT],
                                        .subset = (size_t)slot[SUBSET] };
    s->kept[block] = (size_t)slot[KEPT];
}

static pgdp_status survey_frame(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, size_t block, double *slot)
{
    pg_opened o;
    double *keys, *to = slot + COUNTS + n_sets(s);
    PG_TRY(pg_stream_open(ctx, s, frame, block, &o));
    put_counts(s, block, slot);
    for (size_t i = 0; i < n_sets(s); i++) {
        if (i < s->known.n) {
            PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, o.rows.n, sizeof *keys));
            pg_known_keys(frame, s->known.items[i].key, o.rows.kept, o.rows.n, keys);
        } else {
            PG_TRY(pg_stream_cell_keys(ctx, s, frame, &o.rows, &keys));
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
    take_counts(s, block, slot);
    for (size_t i = 0; i < n_sets(s); i++) {
        pg_key_set *set = i < s->known.n ? &s->known.items[i].set : &s->cell_keys;
        for (size_t k = 0, index; k < (size_t)slot[COUNTS + i]; k++)
            PG_TRY(pg_key_set_add(ctx, set, keys + k * set->width, &index));
        keys += set->width * PGDP_BLOCK_ROWS;
    }
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, pg_stream *s)
{
    const size_t n_blocks = pgdp_table_n_blocks(s->table), length = slot_length(s);
    double *slots;
    PG_TRY_ALLOC(ctx, slots,
                 pg_arena_alloc(&ctx->scratch, length * (n_blocks < WAVE ? n_blocks : WAVE), sizeof *slots));
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

pgdp_status pg_stream_survey(pgdp_ctx *ctx, const pg_found *found, pg_stream *s)
{
    const pgdp_frame *head = pgdp_table_head(s->table);
    PG_TRY(list_factors(ctx, found, s));
    PG_TRY(list_clusters(ctx, found, s));
    if (n_sets(s) > 0) { /* else the rows left out are counted while the blocks are filled */
        pgdp_dropped dropped;
        PG_TRY(run(ctx, s));
        if (pg_stream_count(s, &dropped) == 0) return pg_rows_refuse(ctx, pgdp_table_n_rows(s->table), &dropped);
    }
    for (size_t i = 0; i < s->known.n; i++)
        PG_TRY(pg_known_close(ctx, head, &s->known.items[i]));
    return number_groups(ctx, found, s);
}

/* The counts that one rank has: an item is a rank. */
static pgdp_status copy_counts(pgdp_ctx *ctx, void *user, size_t rank, void *out)
{
    const pg_stream *s = user;
    double *counts = out;
    (void)ctx, (void)rank;
    for (size_t b = 0; b < pgdp_table_n_blocks(s->table); b++)
        put_counts(s, b, counts + b * COUNTS);
    return PGDP_OK;
}

static bool is_counted(const double *slot)
{
    return slot[MISSING] + slot[ZERO_WEIGHT] + slot[SUBSET] + slot[KEPT] > 0;
}

pgdp_status pg_stream_share_counts(pgdp_ctx *ctx, pg_stream *s)
{
    const size_t n_blocks = pgdp_table_n_blocks(s->table), n_ranks = pg_n_ranks(ctx);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *counts;
    if (!pg_meets(ctx)) return PGDP_OK;
    PG_TRY_ALLOC(ctx, counts, pg_arena_alloc(&ctx->scratch, n_ranks * n_blocks, COUNTS * sizeof *counts));
    PG_TRY(pg_spread(ctx, NULL, n_ranks, n_blocks * COUNTS * sizeof *counts, copy_counts, s, counts));
    for (size_t i = 0; i < n_ranks * n_blocks; i++)
        if (is_counted(counts + i * COUNTS)) take_counts(s, i % n_blocks, counts + i * COUNTS);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
