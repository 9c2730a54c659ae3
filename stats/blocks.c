/* blocks.c  Blocks of rows of a matrix in memory: blocks.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/blocks.h"

#include "core/parallel.h"

static pgdp_status fill(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out)
{
    (void)ctx;
    const pg_matrix_blocks *of = user;
    const pg_range range = pg_block_range(of->x.n_rows, PGDP_BLOCK_ROWS, block);
    const size_t n = range.end - range.first;
    *out = (pg_block_rows){ .n = n, .x = { of->x.x + range.first, n, of->x.n_cols, of->x.stride } };
    if (of->weight != NULL) out->weight = of->weight + range.first;
    if (of->cell != NULL) out->cell = of->cell + range.first;
    return PGDP_OK;
}

pg_blocks pg_blocks_of_matrix(const pg_matrix_blocks *of, const char *const *names, pgdp_weights kind,
                              const pg_cells *cells)
{
    return (pg_blocks){ .n_blocks = pg_n_blocks(of->x.n_rows, PGDP_BLOCK_ROWS),
                        .n_cols = of->x.n_cols,
                        .names = names,
                        .weight_kind = kind,
                        .cells = cells,
                        .fill = fill,
                        .user = of };
}
