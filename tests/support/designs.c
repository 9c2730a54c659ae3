/* designs.c  Designs for tests of estimators: designs.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/designs.h"

#include "core/random.h"
#include "core/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[PGT_MAX_TERMS] = { "(Intercept)", "x1", "x2", "x3", "x4",  "x5",
                                                  "x6",          "x7", "x8", "x9", "x10", "x11" };

pgt_design pgt_design_new(size_t n, size_t n_terms, uint32_t seed)
{
    pg_random random = pg_random_stream(seed, "design", 0);
    pgt_design t = { .y = calloc(n + 1, sizeof *t.y), .x = calloc(n * n_terms + 1, sizeof *t.x) };
    t.n_columns = n_terms;
    t.w = calloc(n + 1, sizeof *t.w);
    t.cluster = calloc(n + 1, sizeof *t.cluster);
    t.other = calloc(n + 1, sizeof *t.other);
    t.clusters = calloc(2, sizeof *t.clusters);
    t.clusters[0] = t.cluster;
    t.clusters[1] = t.other;
    for (size_t i = 0; i < n; i++) {
        double mean = 0;
        for (size_t j = 0; j < n_terms; j++) {
            const double z = pg_random_normal(&random);
            t.x[i + j * n] = j == 0 ? 1 : 2.385 * (double)j + (1 + (double)j / 3) * z;
            mean += t.x[i + j * n] * (0.75 - 0.3 * (double)j);
        }
        const double spread = n_terms > 1 ? 0.5 + 0.25 * fabs(t.x[i + n]) : 1;
        t.y[i] = mean + spread * pg_random_normal(&random);
        t.w[i] = 0.5 + 2 * pg_random_uniform(&random);
        t.cluster[i] = pg_random_index(&random, 17);
        t.other[i] = pg_random_index(&random, 11);
    }
    t.d = (pgdp_design){
        .y = { t.y, n }, .x = { t.x, n, n_terms }, .terms = names, .constant = 0, .cluster = t.clusters
    };
    return t;
}

void pgt_design_free(pgt_design *t)
{
    free(t->y);
    free(t->x);
    free(t->w);
    free(t->cluster);
    free(t->other);
    free(t->clusters);
    if (t->roles == NULL) return;
    free(t->roles->z);
    free(t->roles->places);
    free(t->roles->entity);
    free(t->roles->period);
    free(t->roles);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

void pgt_make_categories(pgt_design *t, size_t n_categories)
{
    const size_t n = t->d.y.n;
    double *sorted = calloc(n, sizeof *sorted);
    memcpy(sorted, t->y, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t i = 0; i < n; i++) {
        double category = 0;
        for (size_t c = 1; c < n_categories; c++)
            category += t->y[i] > sorted[c * c * n / (n_categories * n_categories)]; /* uneven shares */
        t->y[i] = category;
    }
    free(sorted);
}

void pgt_drop_constant(pgt_design *t)
{
    t->d.x = (pgdp_mat){ t->x + t->d.y.n, t->d.y.n, t->d.x.n_cols - 1 };
    t->d.terms++;
    t->d.constant = PGDP_NONE;
}

void pgt_use_weights(pgt_design *t, pgdp_weights kind)
{
    t->d.weights = (pgdp_vec){ t->w, t->d.y.n };
    t->d.weight_kind = kind;
    for (size_t i = 0; i < t->d.y.n && kind == PGDP_FREQUENCY; i++)
        t->w[i] = ceil(t->w[i]);
}

static void permute(double *x, size_t n)
{
    double *copy = calloc(n, sizeof *copy);
    memcpy(copy, x, n * sizeof *copy);
    for (size_t i = 0; i < n; i++)
        x[i] = copy[(7 * i + 3) % n];
    free(copy);
}

void pgt_permute(pgt_design *t)
{
    const size_t n = t->d.y.n;
    const size_t n_columns = t->d.x.n_cols + (t->d.constant == PGDP_NONE);
    permute(t->y, n);
    permute(t->w, n);
    for (size_t j = 0; j < n_columns; j++)
        permute(t->x + j * n, n);
}

/* value = sum of b_j x_j; the jacobian is x. */
static pgdp_status linear_mean(pgdp_ctx *ctx, const void *user, const double *b, size_t first, size_t n, double *value,
                               double *jacobian)
{
    const pgt_roles *r = user;
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        value[i] = 0;
        for (size_t j = 0; j < r->mean.n_parameters; j++) {
            const double x = r->x[first + i + j * r->n];
            value[i] += b[j] * x;
            if (jacobian != NULL) jacobian[i + j * n] = x;
        }
    }
    return PGDP_OK;
}

/* Counts and shares of the latent y. */
static void make_positive(pgt_design *t, bool shares)
{
    const size_t n = t->d.y.n;
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += t->y[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (t->y[i] - mean) * (t->y[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double z = n > 1 ? (t->y[i] - mean) / sqrt(square) : 0;
        t->y[i] = shares ? 1 / (1 + exp(-z)) : floor(exp(1 + 0.9 * z));
    }
}

/* Pointers of the design to arrays that have moved. */
static void tie(pgt_design *t)
{
    pgt_roles *r = t->roles;
    const size_t n = t->d.y.n;
    r->x = t->x;
    r->n = n;
    if (t->d.z.n_cols > 0) t->d.z = (pgdp_mat){ r->z, n, 3 };
    if (t->d.entity != NULL) t->d.entity = r->entity;
    if (t->d.period != NULL) t->d.period = r->period;
    r->effect.level = t->other;
}

static void make_roles(pgt_design *t, uint32_t seed)
{
    static const double start[4];
    static const char *const parameters[] = { "b0", "b1", "b2", "b3" };
    const size_t n = t->d.y.n;
    pg_random random = pg_random_stream(seed, "roles", 0);
    pgt_roles *r = t->roles = calloc(1, sizeof *r);
    r->z = calloc(3 * n + 1, sizeof *r->z);
    r->places = calloc(2 * n + 1, sizeof *r->places);
    r->entity = calloc(n + 1, sizeof *r->entity);
    r->period = calloc(n + 1, sizeof *r->period);
    for (size_t i = 0, in = 0; i < n; i++, in++) {
        const double x2 = t->x[i + 2 * n], x3 = t->x[i + 3 * n];
        for (size_t j = 0; j < 3; j++)
            r->z[i + j * n] = (j != 1 ? x2 : 0) + (j == 1 ? x3 : 0.4 * x3 * (double)j) + pg_random_normal(&random);
        r->places[i] = 40 + 5 * pg_random_uniform(&random);
        r->places[i + n] = -100 + 5 * pg_random_uniform(&random);
        const size_t before = i == 0 ? 0 : r->entity[i - 1];
        if (i > 0) r->entity[i] = before + (in == 5 + before % 3);
        if (i > 0 && r->entity[i] > before) in = 0;
        r->period[i] = 1990 + (int32_t)in + (r->entity[i] % 5 == 0 && in > 3);
    }
    r->effect = (pgdp_effect){ .name = "other", .n_levels = 11 };
    r->mean = (pgdp_mean){ parameters, start, 4, linear_mean, r };
    r->endogenous[0] = 2;
    r->endogenous[1] = 3;
    tie(t);
}

static void make_outcome(pgt_design *t, const pgdp_estimator *e)
{
    if (e->outcome == PGDP_OUTCOME_BINARY) pgt_make_categories(t, 2);
    if (e->outcome == PGDP_OUTCOME_ORDERED || e->outcome == PGDP_OUTCOME_CATEGORY) pgt_make_categories(t, 3);
    if (e->outcome == PGDP_OUTCOME_NUMBER && e->likelihood) make_positive(t, pg_streq(e->name, "fraclogit"));
    if (e->outcome == PGDP_OUTCOME_ORDERED) pgt_drop_constant(t);
}

pgt_design pgt_design_for(const pgdp_estimator *e, size_t n)
{
    static const char *const instruments[] = { "z1", "z2", "z3" };
    pgt_design t = pgt_design_new(n, 4, 71);
    make_roles(&t, 71);
    make_outcome(&t, e);
    pgt_roles *r = t.roles;
    if (e->instrumental) {
        t.d.endogenous = r->endogenous;
        t.d.n_endogenous = 2;
        t.d.z = (pgdp_mat){ r->z, n, 3 };
        t.d.instruments = instruments;
    }
    if (e->panel) {
        t.d.entity = r->entity;
        t.d.period = r->period;
        memcpy(t.cluster, r->entity, n * sizeof *t.cluster);
        for (size_t i = 0; i < n; i++) /* an effect of the entity that goes with x1 */
            t.y[i] += 0.6 * sin(3.7 * (double)r->entity[i]) + 0.1 * t.x[i + n];
    }
    if (e->nonlinear) {
        t.d.mean = &r->mean;
        t.d.x = (pgdp_mat){ t.x, n, 0 };
        t.d.constant = PGDP_NONE;
    }
    return t;
}

void pgt_use_effect(pgt_design *t)
{
    t->d.effects = &t->roles->effect;
    t->d.n_effects = 1;
    if (t->d.constant == PGDP_NONE) return;
    pgt_drop_constant(t);
    for (size_t j = 0; j < 2; j++)
        t->roles->endogenous[j]--;
}

const char *pgt_use_vcov(pgt_design *t, const pgdp_vcov *v)
{
    static const char *const words[][2] = { { "wild", "wild(B=99)" },
                                            { "bootstrap", "bootstrap(B=19)" },
                                            { "ri", "ri(B=49, treatment=x1)" },
                                            { "conley", "conley(km=90, lat=lat, lon=lon)" } };
    pgt_roles *r = t->roles;
    const bool panel = t->d.entity != NULL && t->d.period != NULL;
    const size_t n = t->d.y.n;
    t->d.n_clusterings = v->clusters && v->columns == NULL;
    if (!panel) t->d.period = pg_streq(v->name, "dk") ? r->period : NULL;
    if (!panel && pg_streq(v->name, "arellano"))
        t->d.entity = r->entity;
    else if (!panel)
        t->d.entity = NULL;
    t->d.n_columns = 0;
    for (size_t j = 0; v->columns != NULL && v->columns[j] != NULL; j++, t->d.n_columns++)
        r->columns[j] = pg_streq(v->columns[j], "treatment") ? t->x + n : r->places + j * n;
    t->d.columns = r->columns;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (pg_streq(words[i][0], v->name)) return words[i][1];
    return v->name;
}

/* Rows of columns of elements of `size` bytes, in place of the old. */
static void *taken(void *old, size_t n_old, size_t n_cols, size_t size, const size_t *rows, size_t n)
{
    char *to = calloc(n * n_cols + 1, size);
    for (size_t j = 0; j < n_cols; j++)
        for (size_t i = 0; i < n; i++)
            memcpy(to + (i + j * n) * size, (const char *)old + (rows[i] + j * n_old) * size, size);
    free(old);
    return to;
}

void pgt_take_rows(pgt_design *t, const size_t *rows, size_t n)
{
    const size_t old = t->d.y.n;
    const bool dropped = t->d.terms != names;
    pgt_roles *r = t->roles;
    t->y = taken(t->y, old, 1, sizeof *t->y, rows, n);
    t->w = taken(t->w, old, 1, sizeof *t->w, rows, n);
    t->x = taken(t->x, old, t->n_columns, sizeof *t->x, rows, n);
    t->clusters[0] = t->cluster = taken(t->cluster, old, 1, sizeof *t->cluster, rows, n);
    t->clusters[1] = t->other = taken(t->other, old, 1, sizeof *t->other, rows, n);
    r->z = taken(r->z, old, 3, sizeof *r->z, rows, n);
    r->places = taken(r->places, old, 2, sizeof *r->places, rows, n);
    r->entity = taken(r->entity, old, 1, sizeof *r->entity, rows, n);
    r->period = taken(r->period, old, 1, sizeof *r->period, rows, n);
    t->d.y = (pgdp_vec){ t->y, n };
    t->d.x = (pgdp_mat){ t->x + (dropped ? n : 0), n, t->d.x.n_cols };
    if (t->d.weights.n > 0) t->d.weights = (pgdp_vec){ t->w, n };
    tie(t);
}

void pgt_reorder(pgt_design *t)
{
    const size_t n = t->d.y.n;
    const bool panel = t->d.entity != NULL && t->d.period != NULL;
    size_t *rows = calloc(n + 1, sizeof *rows), to = 0;
    for (size_t i = 0; i < n; i++)
        rows[i] = (7 * i + 3) % n;
    for (size_t end = n, first = n; panel && end > 0; end = first) {
        for (first = end - 1; first > 0 && t->roles->entity[first - 1] == t->roles->entity[first];)
            first--;
        for (size_t i = first; i < end; i++)
            rows[to++] = i;
    }
    pgt_take_rows(t, rows, n);
    free(rows);
}

const pgdp_setting *pgt_settings_for(const pgdp_estimator *e)
{
    static const pgdp_setting stated[] = { { "lambda", "0.1" }, { NULL, NULL } };
    for (const pgdp_option *o = e->options; o->name != NULL; o++)
        if (pg_streq(o->name, "lambda") && o->initial < 0) return stated;
    return NULL;
}
