/* graphs.c  Absorbed effects on graphs of levels that are hard: what is chosen, beside conjugate gradients alone and
 * LSMR on all levels (Fong & Saunders 2011, SIAM J. Sci. Comput. 33(5), algorithm LSMR) and on those that are left once
 * the largest effect is eliminated. graphs [SCALE]. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/random.h"
#include "stats/absorb_sorted.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_EFFECTS = 4, MOST_STEPS = 3000 };
static const double tolerance = 1e-14;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *zeros(size_t n, size_t size)
{
    void *p = calloc(n > 0 ? n : 1, size);
    if (p == NULL) exit(5);
    return p;
}

/* Rows of workers, firms and a third level. */
typedef struct graph {
    const char *name;
    size_t n, room, n_workers, n_effects;
    size_t *level[3];
    double *y, *slope;
    pgdp_effect effect[MOST_EFFECTS];
} graph;

static pg_random random_of;

static graph start(const char *name, size_t room)
{
    graph g = { .name = name, .room = room };
    for (size_t e = 0; e < 3; e++)
        g.level[e] = zeros(room, sizeof(size_t));
    g.y = zeros(room, sizeof *g.y);
    g.slope = zeros(room, sizeof *g.slope);
    return g;
}

/* A worker with two rows at each of two firms. */
static void move(graph *g, size_t from, size_t to)
{
    for (size_t k = 0; k < 4 && g->n < g->room; k++, g->n++) {
        g->level[0][g->n] = g->n_workers;
        g->level[1][g->n] = k < 2 ? from : to;
    }
    g->n_workers++;
}

/* Levels in use numbered anew; an outcome that depends on them. */
static void finish(graph *g, size_t n_effects)
{
    g->n_effects = n_effects;
    for (size_t e = 0; e < n_effects; e++) {
        size_t *level = g->level[e], most = 0, used = 0;
        for (size_t i = 0; i < g->n; i++)
            most = level[i] > most ? level[i] : most;
        size_t *number = zeros(most + 1, sizeof *number);
        for (size_t i = 0; i < g->n; i++)
            number[level[i]] = 1;
        for (size_t l = 0; l <= most; l++)
            if (number[l] > 0) number[l] = ++used;
        for (size_t i = 0; i < g->n; i++)
            level[i] = number[level[i]] - 1;
        free(number);
        g->effect[e] = (pgdp_effect){ .name = "effect", .level = level, .n_levels = used };
    }
    for (size_t i = 0; i < g->n; i++)
        g->y[i] = pg_random_normal(&random_of) + sin((double)g->level[0][i]) + cos(1e-3 * (double)g->level[1][i]);
}

static graph chain(size_t n_firms)
{
    graph g = start("chain of firms, one mover each", 8 * n_firms);
    for (size_t f = 0; f < n_firms; f++) {
        move(&g, f, (f + 1) % n_firms);
        move(&g, f, f);
    }
    finish(&g, 2);
    return g;
}

static graph grid(const char *name, size_t a, size_t b, size_t c)
{
    graph g = start(name, 12 * a * b * c);
    for (size_t i = 0; i < a * b * c; i++) {
        if (i / (b * c) + 1 < a) move(&g, i, i + b * c);
        if (i / c % b + 1 < b) move(&g, i, i + c);
        if (i % c + 1 < c) move(&g, i, i + 1);
    }
    finish(&g, 2);
    return g;
}

/* Each firm joins a few, mostly those that have many movers already. */
static graph power_law(size_t n_firms, size_t n_moves)
{
    graph g = start("power law", 4 * n_firms * n_moves);
    for (size_t f = 1; f < n_firms; f++) {
        for (size_t k = 0; k < n_moves; k++) {
            const bool copy = g.n > 0 && pg_random_uniform(&random_of) < 0.9;
            move(&g, f, copy ? g.level[1][pg_random_index(&random_of, g.n)] : pg_random_index(&random_of, f));
        }
    }
    finish(&g, 2);
    return g;
}

static graph regions(size_t n_regions, size_t n_firms)
{
    graph g = start("regions in a chain, few move between", 4 * n_regions * (2 * n_firms + n_firms / 50));
    for (size_t r = 0; r < n_regions; r++) {
        for (size_t k = 0; k < 2 * n_firms; k++)
            move(&g, r * n_firms + pg_random_index(&random_of, n_firms),
                 r * n_firms + pg_random_index(&random_of, n_firms));
        for (size_t k = 0; k < n_firms / 50 && r + 1 < n_regions; k++)
            move(&g, r * n_firms + pg_random_index(&random_of, n_firms),
                 (r + 1) * n_firms + pg_random_index(&random_of, n_firms));
    }
    finish(&g, 2);
    return g;
}

static graph near_nested(size_t n)
{
    const size_t n_firms = n / 200;
    graph g = start("three effects, near nested", n);
    for (g.n = 0; g.n < n; g.n++) {
        const size_t worker = g.n / 8, home = worker * 7919 % n_firms;
        const bool moved = pg_random_uniform(&random_of) < 0.05, odd = pg_random_uniform(&random_of) < 0.001;
        g.level[0][g.n] = worker;
        g.level[1][g.n] = moved ? pg_random_index(&random_of, n_firms) : home;
        g.level[2][g.n] = odd ? pg_random_index(&random_of, n_firms / 5) : g.level[1][g.n] / 5;
    }
    finish(&g, 3);
    return g;
}

static graph at_random(size_t n)
{
    graph g = start("three effects at random", n);
    for (g.n = 0; g.n < n; g.n++) {
        g.level[0][g.n] = pg_random_index(&random_of, n / 10);
        g.level[1][g.n] = pg_random_index(&random_of, n / 50);
        g.level[2][g.n] = pg_random_index(&random_of, n / 300);
    }
    finish(&g, 3);
    return g;
}

/* Years about 2000 as slopes of workers and firms; spreads differ by 1e4. */
static graph slopes(size_t n)
{
    graph g = start("slopes of another size in each level", n);
    for (g.n = 0; g.n < n; g.n++) {
        const size_t worker = g.n / 10;
        g.level[0][g.n] = worker;
        g.level[1][g.n] = (worker / 50 + (pg_random_uniform(&random_of) < 0.05)) % (n / 500);
        g.slope[g.n] = 2000 + (double)(g.n % 10) * pow(10, (double)(worker % 5) - 2);
    }
    finish(&g, 2);
    for (size_t e = 0; e < 2; e++) {
        g.effect[2 + e] = g.effect[e];
        g.effect[2 + e].slope = g.slope;
    }
    g.n_effects = 4;
    return g;
}

/* A = Q of all groups, or M_0 Q_r over the roots of the diagonal of S. */
typedef struct linear_map {
    const pg_absorber *a;
    bool eliminated;
    size_t n_columns;
    double *scaled;
} linear_map;

static double element(const pg_absorber *a, size_t g, size_t k, size_t level, size_t i)
{
    const pg_effect_group *group = &a->groups[g];
    return group->unit != NULL ? group->unit[level] : group->basis[i + k * a->n_rows];
}

/* u += Q_g c, or c += Q_g' u */
static void apply_group(const pg_absorber *a, size_t g, bool transposed, double *c, double *u)
{
    const size_t m = a->groups[g].n_columns;
    for (size_t l = 0; l < a->groups[0].n_levels; l++) {
        for (size_t i = a->start[l]; i < a->start[l + 1]; i++) {
            const size_t level = pg_absorber_level(a, g, l, i);
            for (size_t k = 0; k < m; k++) {
                const double q = element(a, g, k, level, i);
                if (transposed)
                    c[level * m + k] += q * u[i];
                else
                    u[i] += q * c[level * m + k];
            }
        }
    }
}

/* u <- M_0 u; c is room for group 0 */
static void eliminate(const pg_absorber *a, double *c, double *u)
{
    const size_t n = a->groups[0].n_levels * a->groups[0].n_columns;
    memset(c, 0, n * sizeof *c);
    apply_group(a, 0, true, c, u);
    for (size_t j = 0; j < n; j++)
        c[j] = -c[j];
    apply_group(a, 0, false, c, u);
}

static double root_of(const linear_map *o, size_t j)
{
    return o->a->diagonal[j] > 0 ? 1 / sqrt(o->a->diagonal[j]) : 0;
}

/* u = A v, or v = A'u; u is changed by the latter */
static void apply(const linear_map *o, bool transposed, double *v, double *u)
{
    const pg_absorber *a = o->a;
    double *rest = o->eliminated ? o->scaled : v + a->groups[0].n_levels * a->groups[0].n_columns;
    if (transposed)
        memset(v, 0, o->n_columns * sizeof *v);
    else
        memset(u, 0, a->n_rows * sizeof *u);
    for (size_t j = 0; j < a->n_rest && o->eliminated; j++)
        rest[j] = transposed ? 0 : v[j] * root_of(o, j);
    if (o->eliminated && transposed) eliminate(a, o->scaled + a->n_rest, u);
    for (size_t g = 1; g < a->n_groups; g++)
        apply_group(a, g, transposed, rest + a->groups[g].first, u);
    if (!o->eliminated) apply_group(a, 0, transposed, v, u);
    if (o->eliminated && !transposed) eliminate(a, o->scaled + a->n_rest, u);
    for (size_t j = 0; j < a->n_rest && o->eliminated && transposed; j++)
        v[j] = rest[j] * root_of(o, j);
}

/* x / |x|; @return the norm */
static double normalise(double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    sum = sqrt(sum);
    for (size_t i = 0; i < n && sum > 0; i++)
        x[i] /= sum;
    return sum;
}

/* to = x - factor to */
static void turn(const double *x, double factor, size_t n, double *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = x[i] - factor * to[i];
}

/* min |A x - y|. @return steps; more than MOST_STEPS: not done */
static size_t lsmr(const linear_map *o, const double *y, double *x)
{
    const size_t n = o->a->n_rows, p = o->n_columns;
    double *u = zeros(n, sizeof *u), *au = zeros(n, sizeof *u), *v = zeros(p, sizeof *v), *av = zeros(p, sizeof *v),
           *h = zeros(p, sizeof *h), *hbar = zeros(p, sizeof *h);
    double rho = 1, rhobar = 1, cbar = 1, sbar = 0;
    memcpy(u, y, n * sizeof *u);
    double beta = normalise(u, n);
    memcpy(au, u, n * sizeof *u);
    apply(o, true, v, au);
    double alpha = normalise(v, p), alphabar = alpha, zetabar = alpha * beta;
    const double enough = tolerance * zetabar;
    size_t steps = 0;
    memcpy(h, v, p * sizeof *h);
    while (fabs(zetabar) > enough && steps++ < MOST_STEPS) {
        apply(o, false, v, au);
        turn(au, alpha, n, u);
        beta = normalise(u, n);
        memcpy(au, u, n * sizeof *u);
        apply(o, true, av, au);
        turn(av, beta, p, v);
        alpha = normalise(v, p);
        const double rho_before = rho, rhobar_before = rhobar;
        rho = hypot(alphabar, beta);
        const double theta = beta / rho * alpha, thetabar = sbar * rho;
        alphabar = alphabar / rho * alpha;
        rhobar = hypot(cbar * rho, theta);
        cbar = cbar * rho / rhobar;
        sbar = theta / rhobar;
        const double zeta = cbar * zetabar;
        zetabar = -sbar * zetabar;
        turn(h, thetabar * rho / (rho_before * rhobar_before), p, hbar);
        for (size_t j = 0; j < p; j++)
            x[j] += zeta / (rho * rhobar) * hbar[j];
        turn(v, theta / rho, p, h);
    }
    free(u), free(au), free(v), free(av), free(h), free(hbar);
    return steps;
}

/* Largest |Q'x| of a level relative to |Q|'|y|, as stats/absorb_walk.c has it but for its twice the precision. */
static double left_in_levels(const pg_absorber *a, const double *y, double *x)
{
    double worst = 0;
    for (size_t g = 0; g < a->n_groups; g++) {
        const size_t m = a->groups[g].n_columns, p = a->groups[g].n_levels * m;
        double *sum = zeros(p, sizeof *sum), *size = zeros(p, sizeof *size);
        apply_group(a, g, true, sum, x);
        for (size_t l = 0; l < a->groups[0].n_levels; l++)
            for (size_t i = a->start[l]; i < a->start[l + 1]; i++)
                for (size_t k = 0, level = pg_absorber_level(a, g, l, i); k < m; k++)
                    size[level * m + k] += fabs(element(a, g, k, level, i) * y[i]);
        for (size_t j = 0; j < p; j++)
            if (size[j] > 0) worst = fmax(worst, fabs(sum[j]) / size[j]);
        free(sum), free(size);
    }
    return worst;
}

static void by_lsmr(const pg_absorber *a, const double *y, bool eliminated)
{
    const double before = seconds();
    const size_t n_first = a->groups[0].n_levels * a->groups[0].n_columns;
    linear_map o = { a, eliminated, a->n_rest + (eliminated ? 0 : n_first),
                     zeros(a->n_rest + n_first, sizeof(double)) };
    double *x = zeros(o.n_columns, sizeof *x), *left = zeros(a->n_rows, sizeof *left),
           *fit = zeros(a->n_rows, sizeof *fit), *sorted = zeros(a->n_rows, sizeof *sorted);
    for (size_t i = 0; i < a->n_rows; i++)
        left[i] = sorted[i] = y[a->order[i]];
    if (eliminated) eliminate(a, o.scaled + a->n_rest, left);
    const size_t steps = lsmr(&o, left, x);
    apply(&o, false, x, fit);
    for (size_t i = 0; i < a->n_rows; i++)
        left[i] -= fit[i];
    const double took = seconds() - before;
    printf(" | %s%zu steps, %.1f s, %.0e", steps > MOST_STEPS ? "> " : "", steps > MOST_STEPS ? MOST_STEPS : steps,
           took, left_in_levels(a, sorted, left));
    free(x), free(left), free(fit), free(sorted), free(o.scaled);
}

static void run(graph g)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_absorber *a;
    pg_absorption how = { 0 };
    double *y = zeros(g.n, sizeof *y), before = seconds();
    memcpy(y, g.y, g.n * sizeof *y);
    if (pg_absorber_new(ctx, g.effect, g.n_effects, g.n, NULL, &a) != PGDP_OK) exit(5);
    const bool done = pg_absorb(ctx, a, &y, 1, 0, &how) == PGDP_OK;
    printf("| %s, %zu rows, %zu left | %s%s, %.1f s, %.0e", g.name, g.n, a->n_rest, done ? how.solver : "refused",
           how.fell_back ? " after gradients" : "", seconds() - before, how.residual);
    const pg_solver gradients = { .most_steps = MOST_STEPS };
    pg_absorbed column = { .from = g.y, .column = y }, *list = &column;
    before = seconds();
    if (pg_absorb_columns(ctx, a, &gradients, tolerance, &list, 1) != PGDP_OK) exit(5);
    printf(" | %s%zu steps, %.1f s, %.0e", column.converged ? "" : "> ", column.iterations, seconds() - before,
           column.residual);
    by_lsmr(a, g.y, true);
    by_lsmr(a, g.y, false);
    printf(" |\n");
    (void)fflush(stdout);
    for (size_t e = 0; e < 3; e++)
        free(g.level[e]);
    free(y), free(g.y), free(g.slope);
    pgdp_ctx_free(ctx);
}

int main(int argc, char **argv)
{
    const double scale = argc > 1 ? strtod(argv[1], NULL) : 1;
    const size_t side = (size_t)(150 * sqrt(scale)), n = (size_t)(2e5 * scale);
    random_of = pg_random_stream(1, "graphs", 0);
    printf("| graph | chosen | conjugate gradients | LSMR, eliminated | LSMR |\n|---|---|---|---|---|\n");
    run(chain(n / 8));
    run(grid("grid", side, side, 1));
    run(grid("bar", n / 1200, 10, 10));
    run(power_law(n / 16, 4));
    run(regions(20, n / 160));
    run(near_nested(n));
    run(at_random(n));
    run(slopes(n));
    return 0;
}
