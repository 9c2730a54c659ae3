/* conformal.c  Sets of neighbouring grades that hold a task's grade at a stated rate, whatever the model's faults.
 * Source: Romano, Sesia & Candes (2020), NeurIPS 33 (adaptive sets); Vovk (2015), Ann. Math. Artif. Intell. 74
 * (cross-conformal); Dunn, Wasserman & Ramdas (2023), JASA 118 (groups). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A task's score is the mass that the levels around the mode have, the likelier neighbour first, before its grade is
 * among them: 0 when it is the mode. Scores are out of fold, and whole units are exchangeable, not tasks: of K units
 * the bound is the quantile (1 + 1/K) level. */
#include <math.h>
#include <stdlib.h>

#include "tasks/validation.h"

enum { UNITS, LEVEL, MASS, COVERAGE, LOW, HIGH, MEAN_SIZE, SINGLE, N_CONFORMAL };
static const pgdp_column columns[N_CONFORMAL] = {
    [UNITS] = PG_TEXT_COLUMN("new"),
    [LEVEL] = PG_REAL_COLUMN("level", "share"),
    [MASS] = PG_REAL_COLUMN("mass", "share"),
    [COVERAGE] = PG_REAL_COLUMN("coverage", "share"),
    [LOW] = PG_REAL_COLUMN("conf_low", "share"),
    [HIGH] = PG_REAL_COLUMN("conf_high", "share"),
    [MEAN_SIZE] = PG_REAL_COLUMN("mean_size", "grades"),
    [SINGLE] = PG_REAL_COLUMN("single", "share"),
};

/* One level more; its index. */
static size_t widen(const double *shares, size_t n_levels, size_t *low, size_t *high)
{
    const bool down = *low > 0 && (*high + 1 == n_levels || shares[*low - 1] >= shares[*high + 1]);
    return down ? --*low : ++*high;
}

static size_t mode_of(const double *shares, size_t n_levels)
{
    size_t mode = 0;
    for (size_t k = 1; k < n_levels; k++)
        if (shares[k] > shares[mode]) mode = k;
    return mode;
}

void pg_conformal_set(const double *shares, size_t n_levels, double mass, size_t *low, size_t *high)
{
    *low = *high = mode_of(shares, n_levels);
    double inside = shares[*low];
    while (inside <= mass && *high - *low + 1 < n_levels)
        inside += shares[widen(shares, n_levels, low, high)];
}

static double score_of(const double *shares, size_t n_levels, size_t grade)
{
    size_t low = mode_of(shares, n_levels), high = low;
    double inside = 0, last = shares[low];
    while (grade < low || grade > high) {
        inside += last;
        last = shares[widen(shares, n_levels, &low, &high)];
    }
    return inside;
}

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* Scores of the graded tasks; the unit and the fold of each. */
typedef struct scores {
    const pg_validation *v;
    double *score, *sorted;
    size_t *task, n, n_units;
} scores;

static void gather_shares(const scores *c, size_t i, double *share)
{
    const pgdp_scoring *s = c->v->s;
    for (size_t k = 0; k < s->n_levels; k++)
        share[k] = c->v->shares[c->task[i] + k * s->list->n_tasks];
}

static size_t unit_of(const pg_validation *v, size_t task)
{
    const pgdp_task_list *list = v->s->list;
    return v->regime == PG_NEW_ACTIVITY ? list->activity[list->first_link[task]] : list->occupation[task];
}

static pgdp_status collect(pgdp_ctx *ctx, const pg_validation *v, scores *c)
{
    const pgdp_scoring *s = v->s;
    double share[PG_MAX_GRADES] = { 0 };
    bool *seen;
    *c = (scores){ .v = v };
    PG_TRY_ALLOC(ctx, c->score, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *c->score));
    PG_TRY_ALLOC(ctx, c->sorted, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *c->sorted));
    PG_TRY_ALLOC(ctx, c->task, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *c->task));
    PG_TRY_ALLOC(ctx, seen, pg_arena_alloc(&ctx->scratch, s->list->n_tasks + 1, sizeof *seen));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->grades[i] < 0) continue;
        c->task[c->n] = i;
        gather_shares(c, c->n, share);
        c->score[c->n++] = score_of(share, s->n_levels, (size_t)s->grades[i]);
        c->n_units += seen[unit_of(v, i)] ? 0 : 1;
        seen[unit_of(v, i)] = true;
    }
    return PGDP_OK;
}

/* The bound by tasks outside a fold (PGDP_NONE: by all). 1: no bound below the whole scale holds at this level. */
static double bound(const scores *c, double level, size_t fold)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (c->v->fold[c->task[i]] != fold) c->sorted[n++] = c->score[i];
    qsort(c->sorted, n, sizeof *c->sorted, by_value);
    const double at = ceil(level * (1 + 1 / (double)c->n_units) * (double)n);
    return at > (double)n || n == 0 ? 1 : c->sorted[(size_t)fmax(at, 1) - 1];
}

/* Tasks of each fold in sets by the other folds; errors of tasks of one unit add up. */
static pgdp_status measure(pgdp_ctx *ctx, const scores *c, double level, double *values)
{
    const pgdp_scoring *s = c->v->s;
    double *inside, *n, share[PG_MAX_GRADES] = { 0 }, size = 0, single = 0, covered = 0, meat = 0;
    size_t low, high;
    PG_TRY_ALLOC(ctx, inside, pg_arena_alloc(&ctx->scratch, s->list->n_tasks + 1, sizeof *inside));
    PG_TRY_ALLOC(ctx, n, pg_arena_alloc(&ctx->scratch, s->list->n_tasks + 1, sizeof *n));
    for (size_t f = 0; f < c->v->n_folds; f++) {
        const double mass = bound(c, level, f);
        for (size_t i = 0; i < c->n; i++) {
            if (c->v->fold[c->task[i]] != f) continue;
            gather_shares(c, i, share);
            pg_conformal_set(share, s->n_levels, mass, &low, &high);
            const size_t grade = (size_t)s->grades[c->task[i]];
            const double is_in = grade >= low && grade <= high ? 1 : 0;
            size += (double)(high - low + 1);
            single += low == high ? 1 : 0;
            covered += is_in;
            inside[unit_of(c->v, c->task[i])] += is_in;
            n[unit_of(c->v, c->task[i])] += 1;
        }
    }
    const double total = (double)c->n, coverage = covered / total;
    for (size_t u = 0; u <= s->list->n_tasks; u++)
        meat += pow(inside[u] - coverage * n[u], 2);
    const double error = sqrt(meat) / total, z = pgdp_normal_upper_quantile((1 - s->request.conf_level) / 2);
    const double out[] = { level,
                           bound(c, level, PGDP_NONE),
                           coverage,
                           fmax(coverage - z * error, 0),
                           fmin(coverage + z * error, 1),
                           size / total,
                           single / total };
    for (size_t k = 0; k < N_CONFORMAL - LEVEL; k++)
        values[k] = out[k];
    return PGDP_OK;
}

pgdp_status pg_write_conformal(pgdp_ctx *ctx, pgdp_scoring *s)
{
    static const char *const units[PG_N_REGIMES] = { "occupations", "activities" };
    const double levels[] = { 0.5, 0.8, 0.9, s->request.conf_level };
    PG_TRY(pg_frame_of(ctx, columns, N_CONFORMAL, 8, &s->conformal));
    for (size_t r = 0; r < PG_N_REGIMES; r++) {
        scores c;
        PG_TRY(collect(ctx, &s->validation[r], &c));
        for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
            double values[N_CONFORMAL];
            if (l < 3 && fabs(levels[l] - levels[3]) < 1e-9) continue;
            PG_TRY(measure(ctx, &c, levels[l], values));
            PG_TRY(pgdp_frame_add_row(ctx, s->conformal));
            PG_TRY(pg_set_text(ctx, s->conformal, UNITS, units[r]));
            for (size_t k = LEVEL; k < N_CONFORMAL; k++)
                pgdp_frame_set_real(s->conformal, k, values[k - LEVEL]);
            if (r == PG_NEW_OCCUPATION && l == 3) s->set_mass = values[MASS - LEVEL];
        }
    }
    return PGDP_OK;
}
