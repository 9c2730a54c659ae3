/* denton.c  Movement-preserving disaggregation, and how shocks reach low periods. Source: Denton (1971), J. Am. Stat.
 * Assoc. 66(333); Cholette (1984), Survey Methodology 10(1) (no start is given). SPDX-License-Identifier:
 * GPL-3.0-or-later
 *
 * With x = z u (additive: x = z + u) and u_h = u_(h-1) + w_h, least |w|^2 such that C x = low. u = a 1 + L w with a
 * free, so M w + a b = low with M = C diag(z) L, b = C z; hence w = M'g, (M M') g = low - a b and b'g = 0: one Cholesky
 * factor of the size of the low series. */
#include "stats/calendar.h"
#include "stats/linalg.h"

#include <math.h>
#include <string.h>

enum { REFINEMENTS = 3 };

double pg_link_weight(const pg_link *link, size_t i, size_t h)
{
    const size_t place = h - link->first[i]; /* wraps around before the first */
    if (place >= link->parts) return 0;
    switch (link->how) {
    case PGDP_AGGREGATE_SUM:
        return 1;
    case PGDP_AGGREGATE_MEAN:
        return 1 / (double)link->parts;
    case PGDP_AGGREGATE_FIRST:
        return place == 0;
    default:
        return place == link->parts - 1;
    }
}

double pg_link_sum(const pg_link *link, size_t i, const double *high)
{
    double sum = 0;
    for (size_t h = link->first[i]; h < link->first[i] + link->parts; h++)
        sum += pg_link_weight(link, i, h) * high[h];
    return sum;
}

pgdp_status pg_link_carry(pgdp_ctx *ctx, const pg_link *link, const double *z, double rho, double **out)
{
    const size_t n = link->n_low;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n * link->n_high, sizeof **out));
    for (size_t i = 0; i < n; i++) {
        double carried = 0;
        for (size_t h = link->first[i] + link->parts; h-- > 0;) {
            carried = rho * carried + pg_link_weight(link, i, h) * (z == NULL ? 1 : z[h]);
            (*out)[i + h * n] = carried;
        }
    }
    return PGDP_OK;
}

typedef struct denton {
    const pg_link *link;
    const double *z;  /* multiplies u; NULL: ones */
    pg_matrix carry;  /* M, without the shock that is the free start */
    pg_matrix factor; /* of M M' */
    double *b, *of_b; /* C z, (M M')^-1 b */
    double *g;
} denton;

static pgdp_status factorise(pgdp_ctx *ctx, denton *d)
{
    const size_t n = d->link->n_low, m = d->link->n_high;
    double *carry;
    PG_TRY(pg_link_carry(ctx, d->link, d->z, 1, &carry));
    d->carry = pg_matrix_of(carry + n, n, m - 1);
    d->factor = pg_matrix_new(&ctx->scratch, n, n);
    if (d->factor.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, d->b, pg_arena_alloc(&ctx->scratch, n, sizeof *d->b));
    PG_TRY_ALLOC(ctx, d->of_b, pg_arena_alloc(&ctx->scratch, n, sizeof *d->of_b));
    PG_TRY_ALLOC(ctx, d->g, pg_arena_alloc(&ctx->scratch, n, sizeof *d->g));
    pg_times_transposed(d->carry, d->carry, d->factor);
    memcpy(d->b, carry, n * sizeof *d->b);
    memcpy(d->of_b, d->b, n * sizeof *d->b);
    if (!pg_cholesky(d->factor))
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "disaggregation: the indicator does not move the low series in every period (zeros?); leave it "
                       "out or take denton_additive");
    pg_cholesky_solve(d->factor, d->of_b);
    return PGDP_OK;
}

static double product(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* u += the least movement that takes C z u from where it is to `wanted`. */
static void move(denton *d, const double *wanted, double *u)
{
    const size_t n = d->link->n_low, m = d->link->n_high;
    for (size_t i = 0; i < n; i++) {
        double have = 0;
        for (size_t h = d->link->first[i]; h < d->link->first[i] + d->link->parts; h++)
            have += pg_link_weight(d->link, i, h) * (d->z == NULL ? 1 : d->z[h]) * u[h];
        d->g[i] = wanted[i] - have;
    }
    pg_cholesky_solve(d->factor, d->g);
    const double a = product(d->b, d->g, n) / product(d->b, d->of_b, n);
    for (size_t i = 0; i < n; i++)
        d->g[i] -= a * d->of_b[i];
    double level = a;
    for (size_t h = 0; h < m; h++) {
        if (h > 0) level += product(d->carry.x + (h - 1) * n, d->g, n);
        u[h] += level;
    }
}

pgdp_status pg_denton(pgdp_ctx *ctx, const pg_link *link, const double *low, const double *z, bool proportional,
                      double *out)
{
    denton d = { .link = link, .z = proportional ? z : NULL };
    const double *const base = proportional ? NULL : z;
    double *wanted;
    PG_TRY(factorise(ctx, &d));
    PG_TRY_ALLOC(ctx, wanted, pg_arena_alloc(&ctx->scratch, link->n_low, sizeof *wanted));
    for (size_t i = 0; i < link->n_low; i++)
        wanted[i] = low[i] - (base == NULL ? 0 : pg_link_sum(link, i, base));
    memset(out, 0, link->n_high * sizeof *out);
    for (int i = 0; i < REFINEMENTS; i++)
        move(&d, wanted, out);
    for (size_t h = 0; h < link->n_high; h++)
        out[h] = d.z != NULL ? out[h] * d.z[h] : out[h] + (base == NULL ? 0 : base[h]);
    return PGDP_OK;
}
