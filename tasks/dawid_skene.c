/* dawid_skene.c  Labels that are not seen, and graders that err each in their own way. Source: Dawid & Skene (1979),
 * "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28(1), 20-28,
 * equations 2.3 to 2.5. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/agreement.h"

#include <float.h>
#include <math.h>

enum { MOST_ITERATIONS = 10000 };
static const double TOLERANCE = 1e-12; /* of the log-likelihood, relative */

/** The first guess: the share of a task's grades that say so. */
static void majority(const pg_grades *g, pg_latent *m)
{
    const size_t q = g->n_levels;
    for (size_t i = 0; i < g->n_tasks; i++) {
        double n = 0;
        for (size_t j = 0; j < g->n_graders; j++) {
            const unsigned char given = g->grade[i * g->n_graders + j];
            if (given == PG_UNGRADED) continue;
            m->posterior[i * q + given] += 1;
            n += 1;
        }
        for (size_t k = 0; k < q; k++)
            m->posterior[i * q + k] /= n;
    }
}

/** Rows of a square of counts to shares; a row without counts says nothing: equal shares. */
static void shares_of_rows(double *x, size_t q)
{
    for (size_t k = 0; k < q; k++) {
        double sum = 0;
        for (size_t l = 0; l < q; l++)
            sum += x[k + l * q];
        for (size_t l = 0; l < q; l++)
            x[k + l * q] = sum > 0 ? x[k + l * q] / sum : 1 / (double)q;
    }
}

/** Equations 2.3 and 2.4: error rates and prior given the labels' probabilities. */
static void maximise(const pg_grades *g, pg_latent *m)
{
    const size_t q = g->n_levels;
    for (size_t i = 0; i < g->n_graders * q * q; i++)
        m->confusion[i] = 0;
    for (size_t k = 0; k < q; k++)
        m->prior[k] = 0;
    for (size_t i = 0; i < g->n_tasks; i++) {
        for (size_t k = 0; k < q; k++)
            m->prior[k] += m->posterior[i * q + k] / (double)g->n_tasks;
        for (size_t j = 0; j < g->n_graders; j++) {
            const unsigned char given = g->grade[i * g->n_graders + j];
            for (size_t k = 0; k < q && given != PG_UNGRADED; k++)
                m->confusion[j * q * q + k + given * q] += m->posterior[i * q + k];
        }
    }
    for (size_t j = 0; j < g->n_graders; j++)
        shares_of_rows(m->confusion + j * q * q, q);
}

/** Equation 2.5: labels' probabilities given the error rates; sets log_lik. Logarithms are tabled beforehand. */
static void expect(const pg_grades *g, const double *log_prior, const double *log_confusion, pg_latent *m)
{
    const size_t q = g->n_levels;
    m->log_lik = 0;
    for (size_t i = 0; i < g->n_tasks; i++) {
        double *p = m->posterior + i * q, most = -HUGE_VAL, sum = 0;
        for (size_t k = 0; k < q; k++) {
            p[k] = log_prior[k];
            for (size_t j = 0; j < g->n_graders; j++) {
                const unsigned char given = g->grade[i * g->n_graders + j];
                if (given != PG_UNGRADED) p[k] += log_confusion[j * q * q + k + given * q];
            }
            most = fmax(most, p[k]);
        }
        for (size_t k = 0; k < q; k++) {
            p[k] = exp(p[k] - most);
            sum += p[k];
        }
        for (size_t k = 0; k < q; k++)
            p[k] /= sum;
        m->log_lik += most + log(fmax(sum, 1)); /* the largest term is 1 */
    }
}

pgdp_status pg_dawid_skene(pgdp_ctx *ctx, pg_arena *arena, const pg_grades *g, pg_latent *m)
{
    const size_t q = g->n_levels, n = g->n_graders * q * q;
    double *log_prior, *log_confusion, before = -DBL_MAX;
    *m = (pg_latent){ 0 };
    PG_TRY_ALLOC(ctx, m->posterior, pg_arena_alloc(arena, g->n_tasks * q, sizeof(double)));
    PG_TRY_ALLOC(ctx, m->prior, pg_arena_alloc(arena, q, sizeof(double)));
    PG_TRY_ALLOC(ctx, m->confusion, pg_arena_alloc(arena, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, log_prior, pg_arena_alloc(&ctx->scratch, q, sizeof(double)));
    PG_TRY_ALLOC(ctx, log_confusion, pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    majority(g, m);
    for (m->iterations = 1; m->iterations <= MOST_ITERATIONS; m->iterations++) {
        maximise(g, m);
        for (size_t k = 0; k < q; k++)
            log_prior[k] = log(m->prior[k]);
        for (size_t i = 0; i < n; i++)
            log_confusion[i] = log(m->confusion[i]);
        expect(g, log_prior, log_confusion, m);
        if (m->log_lik - before <= TOLERANCE * (1 + fabs(m->log_lik))) return PGDP_OK;
        before = m->log_lik;
    }
    return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                   "latent classes: found no end after %d steps, expected fewer; grade more tasks by several graders",
                   (int)MOST_ITERATIONS);
}
