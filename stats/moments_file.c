/* moments_file.c  Public moments to bytes and back, to the bit: layout in docs/moments.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/hash.h"
#include "stats/moments_labels.h"

#include <math.h>
#include <string.h>

enum { MAGIC_BYTES = 8, CHECK_BYTES = PG_SHA256_HEX - 1 };
static const char magic[MAGIC_BYTES + 1] = "pgdpmom1", magic_absorbed[MAGIC_BYTES + 1] = "pgdpmom2";

/* Where bytes go; at NULL: they are counted alone. */
typedef struct writing {
    unsigned char *at;
    size_t n;
} writing;

static void put_bytes(writing *w, const void *bytes, size_t n)
{
    if (w->at != NULL) memcpy(w->at + w->n, bytes, n);
    w->n += n;
}

/* Little-endian, whatever the machine. */
static void put_whole(writing *w, uint64_t value)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i) & 0xff);
    put_bytes(w, bytes, sizeof bytes);
}

static void put_real(writing *w, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_whole(w, bits);
}

static void put_text(writing *w, const char *text)
{
    put_whole(w, strlen(text));
    put_bytes(w, text, strlen(text));
}

static void put_effects(writing *w, const pgdp_moments *h)
{
    const pg_moments_effects *e = h->effects;
    const size_t dims = h->m->cells.n_dims;
    put_whole(w, h->dropped.singletons);
    put_whole(w, e->n);
    put_whole(w, e->rank);
    put_whole(w, e->rank_is_bound);
    put_real(w, e->residual);
    put_text(w, e->solver);
    for (size_t i = 0; i < e->n; i++) {
        put_text(w, e->names[i]);
        put_whole(w, e->slope[i]);
        for (size_t d = 0; d < dims; d++)
            put_whole(w, e->nested[i * dims + d]);
        put_whole(w, e->n_levels[i]);
        for (size_t l = 0; l < e->n_levels[i]; l++)
            put_whole(w, e->level[i][l]);
    }
    for (size_t j = 0; j < h->m->n_cols; j++) {
        put_real(w, e->mean[j]);
        put_real(w, e->total[j]);
    }
}

static void put_all(writing *w, const pgdp_moments *h)
{
    const pg_moments *m = h->m;
    const size_t k = m->n_cols, n = m->cells.n_cells;
    const uint64_t head[] = { k,
                              n,
                              m->cells.n_dims,
                              m->n_rows,
                              (uint64_t)m->weight_kind,
                              h->dropped.missing,
                              h->dropped.zero_weight,
                              h->dropped.subset };
    put_bytes(w, h->effects == NULL ? magic : magic_absorbed, MAGIC_BYTES);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        put_whole(w, head[i]);
    put_real(w, m->sum_weights);
    put_text(w, h->weights);
    for (size_t j = 0; j < k; j++) {
        put_text(w, m->names[j]);
        put_real(w, m->shift[j]);
    }
    for (size_t d = 0; d < m->cells.n_dims; d++) {
        put_text(w, h->dimensions[d].name);
        put_whole(w, (uint64_t)h->dimensions[d].order);
        put_whole(w, m->cells.n_groups[d]);
        for (size_t g = 0; g < m->cells.n_groups[d]; g++)
            put_text(w, h->dimensions[d].labels[g]);
        for (size_t c = 0; c < n; c++)
            put_whole(w, m->cells.group[d][c]);
    }
    if (h->effects != NULL) put_effects(w, h);
    for (size_t c = 0; c < n; c++) {
        put_whole(w, m->cell_rows[c]);
        put_real(w, m->cell_logs[c]);
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i <= j; i++)
                put_real(w, m->cross[i + (j + c * k) * k]);
    }
}

static pgdp_status write_all(pgdp_ctx *ctx, const pgdp_moments *h, const pgdp_sink *sink)
{
    writing w = { 0 };
    char check[PG_SHA256_HEX];
    unsigned char *bytes;
    put_all(&w, h);
    PG_TRY_ALLOC(ctx, bytes, pg_arena_alloc(&ctx->scratch, w.n, 1));
    w = (writing){ .at = bytes };
    put_all(&w, h);
    PG_TRY(pg_sha256(ctx, bytes, w.n, check));
    PG_TRY(sink->write(sink->user, bytes, w.n));
    return sink->write(sink->user, check, CHECK_BYTES);
}

pgdp_status pgdp_moments_write(pgdp_ctx *ctx, const pgdp_moments *h, const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = write_all(ctx, h, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

/* What is left of the bytes; `failed` once they end too soon or hold what cannot be. */
typedef struct reading {
    pgdp_ctx *ctx;
    const unsigned char *at;
    size_t n;
    bool failed;
} reading;

static const unsigned char *take(reading *r, size_t n)
{
    const unsigned char *at = r->at;
    if (n > r->n) r->failed = true;
    if (r->failed) return NULL;
    r->at += n;
    r->n -= n;
    return at;
}

static uint64_t take_whole(reading *r)
{
    const unsigned char *bytes = take(r, 8);
    uint64_t value = 0;
    for (size_t i = 0; i < 8 && bytes != NULL; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static double take_real(reading *r)
{
    const uint64_t bits = take_whole(r);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) r->failed = true;
    return value;
}

/* How many things of at least `size` bytes each follow: no more than there are bytes for. */
static size_t take_count(reading *r, size_t size)
{
    const uint64_t n = take_whole(r);
    if (n > r->n / size) r->failed = true;
    return r->failed ? 0 : (size_t)n;
}

static pgdp_status take_text(reading *r, const char **out)
{
    const size_t n = take_count(r, 1);
    const unsigned char *bytes = take(r, n);
    *out = "";
    if (bytes != NULL) PG_TRY_ALLOC(r->ctx, *out, pg_arena_strndup(&r->ctx->scratch, (const char *)bytes, n));
    return PGDP_OK;
}

/* All but the products, in the context's scratch. */
typedef struct head {
    size_t n_cols, n_rows;
    uint64_t weight_kind;
    pgdp_dropped dropped;
    double sum_weights, *shift;
    const char *weights, **names;
    pg_cells cells;
    pg_dimension *dimensions;
    pg_moments_effects effects;
} head;

static pgdp_status take_dimension(reading *r, head *h, size_t d, uint32_t *group, size_t *n_groups)
{
    const char **labels;
    PG_TRY(take_text(r, &h->dimensions[d].name));
    const uint64_t order = take_whole(r);
    h->dimensions[d].order = (pg_group_order)order;
    *n_groups = take_count(r, 8);
    if (order > PG_BY_SIZE) r->failed = true;
    PG_TRY_ALLOC(r->ctx, labels, pg_arena_alloc(&r->ctx->scratch, *n_groups, sizeof *labels));
    for (size_t g = 0; g < *n_groups; g++)
        PG_TRY(take_text(r, &labels[g]));
    h->dimensions[d].labels = labels;
    for (size_t c = 0; c < h->cells.n_cells && !r->failed; c++) {
        const uint64_t value = take_whole(r);
        if (value >= *n_groups) r->failed = true;
        group[c] = (uint32_t)value;
    }
    return PGDP_OK;
}

static pgdp_status take_effect(reading *r, size_t dims, const char **name, bool *flags, const uint64_t **level,
                               size_t *n_levels)
{
    uint64_t *to;
    PG_TRY(take_text(r, name));
    for (size_t d = 0; d <= dims; d++)
        flags[d] = take_whole(r) != 0;
    *n_levels = take_count(r, 8);
    PG_TRY_ALLOC(r->ctx, to, pg_arena_alloc(&r->ctx->scratch, *n_levels, sizeof *to));
    for (size_t l = 0; l < *n_levels; l++) {
        to[l] = take_whole(r);
        if (l > 0 && to[l] < to[l - 1]) r->failed = true;
    }
    *level = to;
    return PGDP_OK;
}

static pgdp_status take_effects(reading *r, head *h)
{
    pg_arena *a = &r->ctx->scratch;
    pg_moments_effects *e = &h->effects;
    const size_t dims = h->cells.n_dims;
    const char **names;
    const uint64_t **level;
    size_t *n_levels;
    bool *flags, *slope, *nested;
    double *mean, *total;
    h->dropped.singletons = (size_t)take_whole(r);
    e->n = take_count(r, 24);
    e->rank = (size_t)take_whole(r);
    e->rank_is_bound = take_whole(r) != 0;
    e->residual = take_real(r);
    PG_TRY(take_text(r, &e->solver));
    PG_TRY_ALLOC(r->ctx, names, pg_arena_alloc(a, e->n, sizeof *names));
    PG_TRY_ALLOC(r->ctx, level, pg_arena_alloc(a, e->n, sizeof *level));
    PG_TRY_ALLOC(r->ctx, n_levels, pg_arena_alloc(a, e->n, sizeof *n_levels));
    PG_TRY_ALLOC(r->ctx, flags, pg_arena_alloc(a, dims + 1, sizeof *flags));
    PG_TRY_ALLOC(r->ctx, slope, pg_arena_alloc(a, e->n, sizeof *slope));
    PG_TRY_ALLOC(r->ctx, nested, pg_arena_alloc(a, e->n * dims, sizeof *nested));
    PG_TRY_ALLOC(r->ctx, mean, pg_arena_alloc(a, h->n_cols, sizeof *mean));
    PG_TRY_ALLOC(r->ctx, total, pg_arena_alloc(a, h->n_cols, sizeof *total));
    for (size_t i = 0; i < e->n; i++) {
        PG_TRY(take_effect(r, dims, &names[i], flags, &level[i], &n_levels[i]));
        slope[i] = flags[0];
        memcpy(nested + i * dims, flags + 1, dims * sizeof *nested);
    }
    for (size_t j = 0; j < h->n_cols; j++) {
        mean[j] = take_real(r);
        total[j] = take_real(r);
    }
    if (e->n == 0) r->failed = true;
    e->names = names;
    e->level = level;
    e->n_levels = n_levels;
    e->slope = slope;
    e->nested = nested;
    e->mean = mean;
    e->total = total;
    return PGDP_OK;
}

static pgdp_status take_head(reading *r, bool absorbed, head *h)
{
    pg_arena *a = &r->ctx->scratch;
    uint32_t **group;
    size_t *n_groups;
    h->n_cols = take_count(r, 16);
    h->cells.n_cells = take_count(r, 16);
    h->cells.n_dims = take_count(r, 24);
    h->n_rows = (size_t)take_whole(r);
    h->weight_kind = take_whole(r);
    h->dropped.missing = (size_t)take_whole(r);
    h->dropped.zero_weight = (size_t)take_whole(r);
    h->dropped.subset = (size_t)take_whole(r);
    h->sum_weights = take_real(r);
    if (h->n_cols == 0 || h->cells.n_cells == 0 || h->weight_kind > PGDP_PROBABILITY) r->failed = true;
    PG_TRY(take_text(r, &h->weights));
    PG_TRY_ALLOC(r->ctx, h->names, pg_arena_alloc(a, h->n_cols, sizeof *h->names));
    PG_TRY_ALLOC(r->ctx, h->shift, pg_arena_alloc(a, h->n_cols, sizeof *h->shift));
    for (size_t j = 0; j < h->n_cols; j++) {
        PG_TRY(take_text(r, &h->names[j]));
        h->shift[j] = take_real(r);
    }
    PG_TRY_ALLOC(r->ctx, h->dimensions, pg_arena_alloc(a, h->cells.n_dims, sizeof *h->dimensions));
    PG_TRY_ALLOC(r->ctx, group, pg_arena_alloc(a, h->cells.n_dims, sizeof *group));
    PG_TRY_ALLOC(r->ctx, n_groups, pg_arena_alloc(a, h->cells.n_dims, sizeof *n_groups));
    for (size_t d = 0; d < h->cells.n_dims; d++) {
        PG_TRY_ALLOC(r->ctx, group[d], pg_arena_alloc(a, h->cells.n_cells, sizeof **group));
        PG_TRY(take_dimension(r, h, d, group[d], &n_groups[d]));
    }
    h->cells.group = (const uint32_t *const *)group;
    h->cells.n_groups = n_groups;
    if (absorbed) PG_TRY(take_effects(r, h));
    if (h->n_cols > 0 && r->n / (4 * h->n_cols * (h->n_cols + 1)) < h->cells.n_cells) r->failed = true;
    return PGDP_OK;
}

static void take_products(reading *r, const head *h, pg_moments *m)
{
    const size_t k = m->n_cols;
    for (size_t c = 0; c < m->cells.n_cells; c++) {
        m->cell_rows[c] = (size_t)take_whole(r);
        m->cell_logs[c] = take_real(r);
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i <= j; i++)
                m->cross[j + (i + c * k) * k] = m->cross[i + (j + c * k) * k] = take_real(r);
    }
    memcpy(m->shift, h->shift, k * sizeof *m->shift);
    m->n_rows = h->n_rows;
    m->sum_weights = h->sum_weights;
    m->weight_kind = (pgdp_weights)h->weight_kind;
    pg_moments_set_total(m);
}

static pgdp_status damaged(pgdp_ctx *ctx, const char *label, const char *found)
{
    return pg_fail(ctx, PGDP_PARSE, "%s: found %s, expected moments as written by this program; make them again", label,
                   found);
}

static pgdp_status read_all(reading *r, const char *label, bool absorbed, pgdp_moments **out)
{
    head h = { 0 };
    pg_moments *m;
    pgdp_moments *moments;
    PG_TRY(take_head(r, absorbed, &h));
    if (r->failed) return damaged(r->ctx, label, "counts that do not fit together");
    PG_TRY(pg_moments_new(r->ctx, h.names, h.n_cols, &h.cells, &m));
    take_products(r, &h, m);
    PG_TRY(pg_labelled_new(r->ctx, m, h.weights, &moments));
    moments->dropped = h.dropped;
    pgdp_status status = pg_labelled_set(r->ctx, h.dimensions, moments);
    if (status == PGDP_OK && absorbed) status = pg_labelled_absorb(r->ctx, &h.effects, moments);
    if (status == PGDP_OK && (r->failed || r->n > 0)) status = damaged(r->ctx, label, "products that do not fit");
    if (status == PGDP_OK)
        *out = moments;
    else
        pgdp_moments_free(moments);
    return status;
}

pgdp_status pgdp_moments_read(pgdp_ctx *ctx, const char *label, const unsigned char *bytes, size_t n,
                              pgdp_moments **out)
{
    char check[PG_SHA256_HEX];
    if (n < MAGIC_BYTES + CHECK_BYTES) return damaged(ctx, label, "other bytes");
    const bool absorbed = memcmp(bytes, magic_absorbed, MAGIC_BYTES) == 0;
    if (!absorbed && memcmp(bytes, magic, MAGIC_BYTES) != 0) return damaged(ctx, label, "other bytes");
    const size_t n_checked = n - CHECK_BYTES;
    PG_TRY(pg_sha256(ctx, bytes, n_checked, check));
    if (memcmp(bytes + n_checked, check, CHECK_BYTES) != 0)
        return damaged(ctx, label, "a checksum that is not that of the bytes (cut short or changed)");
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    reading r = { .ctx = ctx, .at = bytes + MAGIC_BYTES, .n = n_checked - MAGIC_BYTES };
    const pgdp_status status = read_all(&r, label, absorbed, out);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
