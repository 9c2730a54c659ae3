/* moments.c  One pass over blocks of rows to cross-products by cell: moments.h. Source: Chan, Golub & LeVeque (1983),
 * Am. Stat. 37(3), section 3 (shifted sums, added in pairs). SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/moments.h"

#include "core/parallel.h"
#include "core/spread.h"

#include <math.h>
#include <string.h>

enum {
    MOST_LEAVES = 32,
    FEWEST_LEAVES = 2,
    LEAF_BYTES = 64 << 20, /* of all leaves together, at most ... */
    LEAF_PART = 20,        /* ... and the part of the rows' bytes that they may take */
    TILE = 1024,           /* rows shifted at once where there are no cells: they stay in the second-level cache */
    PAD = 8                /* rows added to a stride, so that columns do not fall on the same lines of the cache */
};

static size_t triangle(size_t n_cols)
{
    return n_cols * (n_cols + 1) / 2;
}

size_t pg_moments_size(size_t n_cols, size_t n_cells)
{
    return n_cells * ((n_cols * n_cols + 1) * sizeof(double) + sizeof(size_t)) + n_cols * n_cols * sizeof(double);
}

/* A leaf is an array of doubles: the sum of weights, rows of each cell, sums of logarithms of weights of each cell,
 * then each cell's triangle by columns. Counts are exact below 2^53. */

static size_t leaf_length(size_t n_cols, size_t n_cells)
{
    return 1 + n_cells * (2 + triangle(n_cols));
}

/* A pass; work is each leaf's own. */
typedef struct passing {
    const pg_blocks *blocks;
    const double *shift;
    size_t n_cells, n_leaves;
} passing;
typedef struct work {
    pg_matrix rows;   /* [most_rows (or TILE) + PAD x n_cols] sqrt(w) (x - shift), by cell */
    pg_matrix square; /* [n_cols x n_cols] */
    double *root;     /* [most_rows] of weights */
    uint32_t *order;  /* [most_rows] rows by cell */
    size_t *start;    /* [n_cells + 1] */
} work;

static size_t most_rows(const pg_blocks *b)
{
    return b->most_rows > 0 ? b->most_rows : PGDP_BLOCK_ROWS;
}

static pgdp_status work_new(pgdp_ctx *ctx, const passing *p, work *w)
{
    const size_t k = p->blocks->n_cols, most = most_rows(p->blocks), n = p->blocks->cells != NULL ? most : TILE;
    w->rows = pg_matrix_new(&ctx->scratch, n + PAD, k);
    w->square = pg_matrix_new(&ctx->scratch, k, k);
    if (w->rows.x == NULL || w->square.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, w->root, pg_arena_alloc(&ctx->scratch, most, sizeof *w->root));
    PG_TRY_ALLOC(ctx, w->order, pg_arena_alloc(&ctx->scratch, most, sizeof *w->order));
    PG_TRY_ALLOC(ctx, w->start, pg_arena_alloc(&ctx->scratch, p->n_cells + 1, sizeof *w->start));
    return PGDP_OK;
}

/* Rows by cell, those of a cell in their order: start[c] is where cell c begins. */
static void sort_by_cell(const pg_block_rows *b, size_t n_cells, work *w)
{
    memset(w->start, 0, (n_cells + 1) * sizeof *w->start);
    for (size_t i = 0; i < b->n; i++)
        w->start[b->cell[i]]++;
    for (size_t c = 0, sum = 0; c <= n_cells; c++) {
        sum += w->start[c];
        w->start[c] = sum; /* the end, which filling from behind turns into the beginning */
    }
    for (size_t i = b->n; i-- > 0;)
        w->order[--w->start[b->cell[i]]] = (uint32_t)i;
}

/* n rows, order[0], order[1], ... (NULL: first, first + 1, ...), less the shift, times the roots of their weights. */
static void shift_rows(const passing *p, const pg_block_rows *b, const uint32_t *order, size_t first, size_t n,
                       const work *w)
{
    for (size_t j = 0; j < b->x.n_cols; j++) {
        const double *x = b->x.x + j * b->x.stride + first;
        const double s = p->shift[j], *root = w->root + first;
        double *to = w->rows.x + j * w->rows.stride;
        if (order == NULL)
            for (size_t i = 0; i < n; i++)
                to[i] = x[i] - s;
        else
            for (size_t i = 0; i < n; i++)
                to[i] = x[order[i]] - s;
        for (size_t i = 0; i < n && b->weight != NULL; i++)
            to[i] *= root[order == NULL ? i : order[i]];
    }
}

static void add_triangle(pg_matrix square, double *packed)
{
    for (size_t j = 0; j < square.n_cols; j++)
        for (size_t i = 0; i <= j; i++)
            *packed++ += square.x[i + j * square.stride];
}

/* packed += the products of rows [first, end) of the work. BLAS is the faster even where these are three. */
static void add_products(const work *w, size_t first, size_t end, double *packed)
{
    pg_gram((pg_matrix){ w->rows.x + first, end - first, w->square.n_cols, w->rows.stride }, w->square);
    add_triangle(w->square, packed);
}

/* All rows of a block are one cell. */
static void add_whole(const passing *p, const pg_block_rows *b, const work *w, double *packed)
{
    const size_t k = w->square.n_cols;
    memset(w->square.x, 0, k * k * sizeof *w->square.x);
    for (size_t first = 0; first < b->n; first += TILE) {
        const size_t n = b->n - first < TILE ? b->n - first : TILE;
        shift_rows(p, b, NULL, first, n, w);
        pg_add_gram((pg_matrix){ w->rows.x, n, k, w->rows.stride }, w->square);
    }
    add_triangle(w->square, packed);
}

static void add_block(const passing *p, const pg_block_rows *b, work *w, double *leaf)
{
    const size_t size = triangle(w->square.n_cols);
    double *const rows = leaf + 1, *const logs = rows + p->n_cells, *const packed = logs + p->n_cells;
    leaf[0] += b->weight == NULL ? (double)b->n : pg_sum(b->weight, b->n);
    for (size_t i = 0; i < b->n && b->weight != NULL; i++) {
        w->root[i] = sqrt(b->weight[i]);
        logs[b->cell == NULL ? 0 : b->cell[i]] += log(b->weight[i]);
    }
    if (b->cell == NULL) {
        rows[0] += (double)b->n;
        add_whole(p, b, w, packed);
        return;
    }
    sort_by_cell(b, p->n_cells, w);
    shift_rows(p, b, w->order, 0, b->n, w);
    for (size_t c = 0; c < p->n_cells; c++) {
        const size_t first = w->start[c], end = w->start[c + 1];
        if (first == end) continue;
        rows[c] += (double)(end - first);
        add_products(w, first, end, packed + c * size);
    }
}

static pgdp_status run_leaf(pgdp_ctx *ctx, void *user, size_t item, void *out)
{
    const passing *p = user;
    const size_t n = p->blocks->n_blocks;
    work w;
    PG_TRY(work_new(ctx, p, &w));
    for (size_t block = item * n / p->n_leaves; block < (item + 1) * n / p->n_leaves; block++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_block_rows rows = { 0 };
        PG_TRY(p->blocks->fill(ctx, p->blocks->user, block, &rows));
        if (rows.n > 0) add_block(p, &rows, &w, out);
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* The means of the first block that has rows: near enough to those of all that no products lose digits to them. */
static pgdp_status find_shift(pgdp_ctx *ctx, const pg_blocks *b, double *shift)
{
    for (size_t block = 0; block < b->n_blocks; block++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_block_rows rows = { 0 };
        PG_TRY(b->fill(ctx, b->user, block, &rows));
        const double weight = rows.weight == NULL ? (double)rows.n : pg_sum(rows.weight, rows.n);
        for (size_t j = 1; j < b->n_cols && rows.n > 0; j++) {
            const double *x = rows.x.x + j * rows.x.stride;
            shift[j] = (rows.weight == NULL ? pg_sum(x, rows.n) : pg_dot(x, rows.weight, rows.n)) / weight;
            if (!isfinite(shift[j])) shift[j] = 0;
        }
        pg_arena_rewind(&ctx->scratch, mark);
        if (rows.n > 0) return PGDP_OK;
    }
    return PGDP_OK;
}

static pgdp_status copy_cells(pgdp_ctx *ctx, const pg_cells *from, pg_moments *m)
{
    const uint32_t **groups;
    size_t *n_groups;
    m->cells = (pg_cells){ .n_cells = from == NULL ? 1 : from->n_cells, .n_dims = from == NULL ? 0 : from->n_dims };
    PG_TRY_ALLOC(ctx, groups, pg_arena_alloc(&m->arena, m->cells.n_dims, sizeof *groups));
    PG_TRY_ALLOC(ctx, n_groups, pg_arena_alloc(&m->arena, m->cells.n_dims, sizeof *n_groups));
    for (size_t d = 0; d < m->cells.n_dims; d++) {
        uint32_t *group;
        PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&m->arena, m->cells.n_cells, sizeof *group));
        memcpy(group, from->group[d], m->cells.n_cells * sizeof *group);
        groups[d] = group;
        n_groups[d] = from->n_groups[d];
    }
    m->cells.group = groups;
    m->cells.n_groups = n_groups;
    return PGDP_OK;
}

static pgdp_status fill_new(pgdp_ctx *ctx, const char *const *names, size_t n_cols, const pg_cells *cells,
                            pg_moments *m)
{
    PG_TRY_ALLOC(ctx, m->names, pg_arena_alloc(&m->arena, n_cols, sizeof *m->names));
    for (size_t j = 0; j < n_cols; j++)
        PG_TRY_ALLOC(ctx, m->names[j], pg_arena_strdup(&m->arena, names[j]));
    PG_TRY_ALLOC(ctx, m->shift, pg_arena_alloc(&m->arena, n_cols, sizeof *m->shift));
    PG_TRY(copy_cells(ctx, cells, m));
    PG_TRY_ALLOC(ctx, m->cell_rows, pg_arena_alloc(&m->arena, m->cells.n_cells, sizeof *m->cell_rows));
    PG_TRY_ALLOC(ctx, m->cell_logs, pg_arena_alloc(&m->arena, m->cells.n_cells, sizeof *m->cell_logs));
    PG_TRY_ALLOC(ctx, m->total, pg_matrix_new(&m->arena, n_cols, n_cols).x);
    PG_TRY_ALLOC(ctx, m->cross, pg_arena_alloc(&m->arena, m->cells.n_cells, n_cols * n_cols * sizeof(double)));
    return PGDP_OK;
}

pgdp_status pg_moments_new(pgdp_ctx *ctx, const char *const *names, size_t n_cols, const pg_cells *cells,
                           pg_moments **out)
{
    pg_moments *m;
    PG_TRY_ALLOC(ctx, m, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *m));
    *m = (pg_moments){ .allocator = ctx->allocator, .n_cols = n_cols };
    pg_arena_init(&m->arena, &ctx->allocator);
    const pgdp_status status = fill_new(ctx, names, n_cols, cells, m);
    if (status == PGDP_OK)
        *out = m;
    else
        pg_moments_free(m);
    return status;
}

void pg_moments_free(pg_moments *m)
{
    if (m == NULL) return;
    const pgdp_allocator allocator = m->allocator;
    pg_arena_free(&m->arena);
    allocator.realloc(allocator.user, m, 0);
}

void pg_moments_set_total(pg_moments *m)
{
    const size_t square = m->n_cols * m->n_cols;
    memset(m->total, 0, square * sizeof *m->total);
    m->sum_log_weights = pg_sum(m->cell_logs, m->cells.n_cells);
    for (size_t c = 0; c < m->cells.n_cells; c++)
        for (size_t i = 0; i < square; i++)
            m->total[i] += m->cross[c * square + i];
}

static void add_leaf(const double *leaf, pg_moments *m)
{
    const size_t k = m->n_cols;
    const double *rows = leaf + 1, *logs = rows + m->cells.n_cells, *packed = logs + m->cells.n_cells;
    m->sum_weights += leaf[0];
    for (size_t c = 0; c < m->cells.n_cells; c++) {
        m->n_rows += (size_t)rows[c];
        m->cell_rows[c] += (size_t)rows[c];
        m->cell_logs[c] += logs[c];
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i <= j; i++)
                m->cross[c * k * k + i + j * k] += *packed++;
    }
}

/* How many leaves of a length share the pass: as many as take little memory beside the rows. */
static size_t count_leaves(const pg_blocks *b, size_t length)
{
    const size_t rows = b->n_blocks * most_rows(b) * b->n_cols * sizeof(double) / LEAF_PART, most = LEAF_BYTES;
    const size_t fitting = (rows < most ? rows : most) / (length * sizeof(double));
    const size_t n = fitting < FEWEST_LEAVES ? FEWEST_LEAVES : fitting > MOST_LEAVES ? MOST_LEAVES : fitting;
    return n < b->n_blocks ? n : b->n_blocks > 0 ? b->n_blocks : 1;
}

static pgdp_status run(pgdp_ctx *ctx, const pg_blocks *b, const double *shift, pg_moments *m)
{
    const size_t length = leaf_length(m->n_cols, m->cells.n_cells);
    passing p = { b, m->shift, m->cells.n_cells, count_leaves(b, length) };
    double *leaves;
    m->weight_kind = b->weight_kind;
    if (shift == NULL)
        PG_TRY(find_shift(ctx, b, m->shift));
    else
        memcpy(m->shift, shift, m->n_cols * sizeof *shift);
    PG_TRY_ALLOC(ctx, leaves, pg_arena_alloc(&ctx->scratch, p.n_leaves * length, sizeof *leaves));
    PG_TRY(pg_spread(ctx, "moments", p.n_leaves, length * sizeof *leaves, run_leaf, &p, leaves));
    for (size_t l = 0; l < p.n_leaves; l++)
        add_leaf(leaves + l * length, m);
    for (size_t c = 0; c < m->cells.n_cells; c++)
        pg_copy_upper(pg_matrix_of(m->cross + c * m->n_cols * m->n_cols, m->n_cols, m->n_cols));
    pg_moments_set_total(m);
    return PGDP_OK;
}

pgdp_status pg_moments_pass(pgdp_ctx *ctx, const pg_blocks *blocks, const double *shift, pg_moments **out)
{
    pg_moments *m;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_moments_new(ctx, blocks->names, blocks->n_cols, blocks->cells, &m));
    pg_blas_single_thread();
    const pgdp_status status = run(ctx, blocks, shift, m);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = m;
    else
        pg_moments_free(m);
    return status;
}
