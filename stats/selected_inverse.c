/* selected_inverse.c  The diagonal of a sparse inverse from its factor, without the rest of it.
 * Source: Takahashi, Fagan & Chin (1973); Erisman & Tinney (1975), Comm. ACM 18(3), 177-179.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With A = L D L' and Z = A^-1: Z = D^-1 L^-1 + (I - L') Z. Columns of Z from the last to the first, each only where L
 * is not zero, need no other elements than those. */
#include "stats/mixed.h"

#include <string.h>

pgdp_status pg_sparse_inverse_diagonal(pgdp_ctx *ctx, const pg_sparse *s, double *diagonal)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *z, *at, *column, *sum; /* of L's pattern; [n] diagonal, L's column and sums by row */
    PG_TRY_ALLOC(ctx, z, pg_arena_alloc(&ctx->scratch, (size_t)s->l_start[s->n] + 1, sizeof *z));
    PG_TRY_ALLOC(ctx, at, pg_arena_alloc(&ctx->scratch, s->n, sizeof *at));
    PG_TRY_ALLOC(ctx, column, pg_arena_alloc(&ctx->scratch, s->n, sizeof *column));
    PG_TRY_ALLOC(ctx, sum, pg_arena_alloc(&ctx->scratch, s->n, sizeof *sum));
    for (size_t j = s->n; j-- > 0;) {
        const int first = s->l_start[j], end = s->l_start[j + 1];
        for (int t = first; t < end; t++) {
            column[s->l_row[t]] = s->l_value[t];
            sum[s->l_row[t]] = 0;
        }
        for (int t = first; t < end; t++) {
            const int k = s->l_row[t];
            double own = at[k] * s->l_value[t];
            for (int u = s->l_start[k]; u < s->l_start[k + 1]; u++) {
                own += z[u] * column[s->l_row[u]];
                sum[s->l_row[u]] += z[u] * s->l_value[t];
            }
            sum[k] += own;
        }
        at[j] = s->inverse[j];
        for (int t = first; t < end; t++) {
            z[t] = -sum[s->l_row[t]];
            at[j] -= s->l_value[t] * z[t];
            column[s->l_row[t]] = 0;
        }
    }
    for (size_t j = 0; j < s->n; j++)
        diagonal[s->order[j]] = at[j];
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
