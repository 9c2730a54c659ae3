/* sparse.c  The door to CHOLMOD. Source: Davis (2006), Direct Methods for Sparse Linear Systems; Chen, Davis, Hager &
 * Rajamanickam (2008), ACM Trans. Math. Softw. 35(3). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CHOLMOD's memory is its own and nothing of it outlives a call: order and factor are copied to the arena, whose
 * rewinding no other library would hear of. Its allocator is a global of the process, which a library leaves alone. */
#include "stats/sparse.h"

#include "stats/linalg.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include <suitesparse/cholmod.h>

/* The upper triangle as CHOLMOD sees it; the arrays stay the arena's. */
static cholmod_sparse view_of(const pg_sparse *s)
{
    return (cholmod_sparse){ .nrow = s->n,
                             .ncol = s->n,
                             .nzmax = (size_t)s->start[s->n],
                             .p = s->start,
                             .i = s->row,
                             .x = s->value,
                             .stype = 1,
                             .itype = CHOLMOD_INT,
                             .xtype = s->value == NULL ? CHOLMOD_PATTERN : CHOLMOD_REAL,
                             .dtype = CHOLMOD_DOUBLE,
                             .sorted = 1,
                             .packed = 1 };
}

static void open_common(cholmod_common *c)
{
    cholmod_start(c);
    c->print = 0;
    c->error_handler = NULL;
    c->try_catch = 1; /* no message either */
    c->nmethods = 1;
    c->method[0].ordering = CHOLMOD_AMD;
    c->final_asis = 0; /* one form of factor, whatever way it was found */
    c->final_ll = 0;
    c->final_super = 0;
    c->final_pack = 1;
    c->final_monotonic = 1;
}

static pgdp_status fail_of(pgdp_ctx *ctx, const cholmod_common *c)
{
    if (c->status == CHOLMOD_OUT_OF_MEMORY) return pg_no_memory(ctx);
    return pg_fail(ctx, PGDP_NUMERICAL, "the sparse system of the absorbed effects could not be factored (status %d)",
                   c->status);
}

pgdp_status pg_sparse_order(pgdp_ctx *ctx, pg_sparse *s)
{
    cholmod_common c;
    cholmod_sparse a = view_of(s);
    PG_TRY_ALLOC(ctx, s->order, pg_arena_alloc(&ctx->scratch, s->n, sizeof *s->order));
    open_common(&c);
    c.supernodal = CHOLMOD_SIMPLICIAL;
    cholmod_factor *f = cholmod_analyze(&a, &c);
    const pgdp_status status = f == NULL ? fail_of(ctx, &c) : PGDP_OK;
    if (f != NULL) {
        memcpy(s->order, f->Perm, s->n * sizeof *s->order);
        s->flops = c.fl;
        s->n_factor = c.lnz < (double)INT_MAX ? (size_t)c.lnz : (size_t)INT_MAX;
    }
    cholmod_free_factor(&f, &c);
    cholmod_finish(&c);
    return status;
}

pgdp_status pg_sparse_reserve(pgdp_ctx *ctx, pg_sparse *s)
{
    PG_TRY_ALLOC(ctx, s->l_start, pg_arena_alloc(&ctx->scratch, s->n + 1, sizeof *s->l_start));
    PG_TRY_ALLOC(ctx, s->l_row, pg_arena_alloc(&ctx->scratch, s->n_factor, sizeof *s->l_row));
    PG_TRY_ALLOC(ctx, s->l_value, pg_arena_alloc(&ctx->scratch, s->n_factor, sizeof *s->l_value));
    PG_TRY_ALLOC(ctx, s->inverse, pg_arena_alloc(&ctx->scratch, s->n, sizeof *s->inverse));
    return PGDP_OK;
}

/* L D L' in CHOLMOD's form (D stands at the head of each column) to ours; the column of a pivot passed over is rounding
 * and goes. @return false: it does not fit */
static bool copy_factor(const cholmod_factor *f, double tol, pg_sparse *s)
{
    const int *start = f->p, *row = f->i, *count = f->nz, *order = f->Perm;
    const double *value = f->x;
    size_t n = 0;
    for (size_t j = 0; j < s->n; j++) {
        const double pivot = value[start[j]];
        const bool kept = pivot > tol;
        s->order[j] = order[j];
        s->inverse[j] = kept ? 1 / pivot : 0;
        s->l_start[j] = (int)n;
        for (int t = 1; t < count[j] && kept; t++) {
            if (!(fabs(value[start[j] + t]) > 0)) continue; /* of supernodes put together */
            if (n == s->n_factor) return false;
            s->l_row[n] = row[start[j] + t];
            s->l_value[n++] = value[start[j] + t];
        }
    }
    s->l_start[s->n] = (int)n;
    return true;
}

/* One try, as supernodes or by rows, of the matrix with `shift` more on its diagonal. */
static pgdp_status factor(pgdp_ctx *ctx, pg_sparse *s, double tol, double shift, bool by_rows, bool *done)
{
    double beta[2] = { shift, 0 };
    cholmod_common c;
    cholmod_sparse a = view_of(s);
    open_common(&c);
    c.supernodal = by_rows ? CHOLMOD_SIMPLICIAL : CHOLMOD_AUTO;
    c.method[0].ordering = CHOLMOD_GIVEN;
    /* A pivot at rounding becomes tol, and elements below it, rounding too, do no harm: y^2 / tol is nothing. */
    c.dbound = tol;
    cholmod_factor *f = cholmod_analyze_p(&a, s->order, NULL, 0, &c);
    if (f != NULL) (void)cholmod_factorize_p(&a, beta, NULL, 0, f, &c);
    *done = f != NULL && c.status >= CHOLMOD_OK && c.status != CHOLMOD_NOT_POSDEF && f->minor == f->n;
    pgdp_status status = PGDP_OK;
    if (f == NULL || c.status < CHOLMOD_OK)
        status = fail_of(ctx, &c);
    else if (*done)
        *done = !f->is_super && !f->is_ll && copy_factor(f, tol * (1 + 1e-9), s);
    cholmod_free_factor(&f, &c);
    cholmod_finish(&c);
    return status;
}

pgdp_status pg_sparse_factor(pgdp_ctx *ctx, pg_sparse *s, double tol, bool definite)
{
    const double shift = 1e-12, large = 1e9; /* of pivots that vanish, for BLAS; of operations that are worth it */
    bool done = false;
    pg_blas_single_thread();
    if (definite || s->flops > large) PG_TRY(factor(ctx, s, tol, definite ? 0 : shift, false, &done));
    if (!done) PG_TRY(factor(ctx, s, tol, 0, true, &done));
    return done ? PGDP_OK : pg_fail(ctx, PGDP_NUMERICAL, "the sparse system of the absorbed effects has no factor");
}

/* L z = b, D, L'x = z on z in the order of elimination. */
static inline void solve_lanes(const pg_sparse *s, double *z, size_t lanes)
{
    for (size_t j = 0; j < s->n; j++) {
        const double *zj = z + j * lanes;
        for (int t = s->l_start[j]; t < s->l_start[j + 1]; t++) {
            double *to = z + (size_t)s->l_row[t] * lanes;
            for (size_t v = 0; v < lanes; v++)
                to[v] -= s->l_value[t] * zj[v];
        }
    }
    for (size_t j = s->n; j-- > 0;) {
        double *zj = z + j * lanes;
        for (size_t v = 0; v < lanes; v++)
            zj[v] *= s->inverse[j];
        for (int t = s->l_start[j]; t < s->l_start[j + 1]; t++) {
            const double *from = z + (size_t)s->l_row[t] * lanes;
            for (size_t v = 0; v < lanes; v++)
                zj[v] -= s->l_value[t] * from[v];
        }
    }
}

void pg_sparse_solve(const pg_sparse *s, double *x, size_t lanes, double *work)
{
    for (size_t j = 0; j < s->n; j++)
        memcpy(work + j * lanes, x + (size_t)s->order[j] * lanes, lanes * sizeof *x);
    if (lanes == 4)
        solve_lanes(s, work, 4);
    else
        solve_lanes(s, work, lanes);
    for (size_t j = 0; j < s->n; j++)
        memcpy(x + (size_t)s->order[j] * lanes, work + j * lanes, lanes * sizeof *x);
}
