/* effects.h  Designs with absorbed effects, and the same models with a dummy column for every level.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_EFFECTS_H
#define PGT_EFFECTS_H

#include "core/random.h"
#include "pgdp/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PGT_MOST_EFFECTS = 5, PGT_MOST_COLUMNS = 400 };
static const char *const pgt_effect_names[] = { "e1", "e2", "e3", "e4", "e5" };

/** Unbalanced levels at random; regressors and outcome depend on them. */
typedef struct pgt_effects {
    pgdp_design d;
    double *y, *x, *w, *slope;
    size_t *level[PGT_MOST_EFFECTS];
    pgdp_effect effect[PGT_MOST_EFFECTS];
    const char *terms[PGT_MOST_COLUMNS];
    size_t *cluster;
    const size_t *clusters[1];
} pgt_effects;

/** Levels in use are numbered anew, from 0, so that none is empty. */
static inline size_t pgt_relabel(size_t *level, size_t n, size_t n_levels)
{
    size_t *number = calloc(n_levels, sizeof *number), used = 0;
    for (size_t i = 0; i < n; i++)
        number[level[i]] = 1;
    for (size_t l = 0; l < n_levels; l++)
        if (number[l] > 0) number[l] = ++used;
    for (size_t i = 0; i < n; i++)
        level[i] = number[level[i]] - 1;
    free(number);
    return used;
}

/** n rows, k regressors; n_levels ends with 0. Few rows stand in the high levels. */
static inline pgt_effects *pgt_effects_new(size_t n, size_t k, const size_t *n_levels, uint32_t seed)
{
    pg_random random = pg_random_stream(seed, "effects", 0);
    pgt_effects *t = calloc(1, sizeof *t);
    t->y = calloc(n, sizeof *t->y);
    t->x = calloc(n * k, sizeof *t->x);
    t->w = calloc(n, sizeof *t->w);
    t->slope = calloc(n, sizeof *t->slope);
    t->cluster = calloc(n, sizeof *t->cluster);
    size_t n_effects = 0;
    for (; n_levels[n_effects] > 0; n_effects++) {
        size_t *level = t->level[n_effects] = calloc(n, sizeof *level);
        for (size_t i = 0; i < n; i++)
            level[i] = (size_t)((double)n_levels[n_effects] * pow(pg_random_uniform(&random), 1.5));
        t->effect[n_effects] = (pgdp_effect){ .name = pgt_effect_names[n_effects],
                                              .level = level,
                                              .n_levels = pgt_relabel(level, n, n_levels[n_effects]) };
    }
    for (size_t i = 0; i < n; i++) {
        double part = 0;
        for (size_t e = 0; e < n_effects; e++)
            part += sin(1.7 * (double)t->level[e][i] + (double)e);
        t->y[i] = 0.7 * part + pg_random_normal(&random);
        for (size_t j = 0; j < k; j++) {
            t->x[i + j * n] = 2.385 + 0.5 * part + (1 + (double)j) * pg_random_normal(&random);
            t->y[i] += (0.6 - 0.25 * (double)j) * t->x[i + j * n];
        }
        t->w[i] = 0.25 + 2 * pg_random_uniform(&random);
        t->slope[i] = 1.5 + pg_random_normal(&random);
        t->cluster[i] = pg_random_index(&random, 23);
    }
    for (size_t j = 0; j < PGT_MOST_COLUMNS; j++)
        t->terms[j] = j == 0 ? "x1" : j == 1 ? "x2" : j == 2 ? "x3" : "dummy";
    t->clusters[0] = t->cluster;
    t->d = (pgdp_design){ .y = { t->y, n },
                          .x = { t->x, n, k },
                          .terms = t->terms,
                          .constant = PGDP_NONE,
                          .cluster = t->clusters,
                          .effects = t->effect,
                          .n_effects = n_effects };
    return t;
}

static inline void pgt_effects_free(pgt_effects *t)
{
    for (size_t e = 0; e < PGT_MOST_EFFECTS; e++)
        free(t->level[e]);
    free(t->y);
    free(t->x);
    free(t->w);
    free(t->slope);
    free(t->cluster);
    free(t);
}

/** Effect e becomes, or gets beside it, the slopes of `slope` by its levels. */
static inline void pgt_add_slope(pgt_effects *t, size_t e)
{
    t->effect[t->d.n_effects] = t->effect[e];
    t->effect[t->d.n_effects].slope = t->slope;
    t->d.n_effects++;
}

static inline void pgt_effects_weigh(pgt_effects *t, pgdp_weights kind)
{
    for (size_t i = 0; i < t->d.y.n && kind == PGDP_FREQUENCY; i++)
        t->w[i] = ceil(t->w[i]);
    t->d.weights = (pgdp_vec){ t->w, t->d.y.n };
    t->d.weight_kind = kind;
}

/** The same model with a column a level, the first of each later intercept left out; free(d.x.x) via *memory. */
static inline pgdp_design pgt_dummies(const pgt_effects *t, double **memory)
{
    const size_t n = t->d.y.n;
    pgdp_design d = t->d;
    size_t k = d.x.n_cols, first = PGDP_NONE;
    double *x = calloc(n * PGT_MOST_COLUMNS, sizeof *x);
    memcpy(x, d.x.x, n * k * sizeof *x);
    for (size_t e = 0; e < d.n_effects; e++) {
        const pgdp_effect *effect = &d.effects[e];
        for (size_t l = 0; l < effect->n_levels; l++) {
            if (l == 0 && effect->slope == NULL && first != PGDP_NONE) continue;
            for (size_t i = 0; i < n; i++)
                if (effect->level[i] == l) x[i + k * n] = effect->slope == NULL ? 1 : effect->slope[i];
            k++;
        }
        if (effect->slope == NULL && first == PGDP_NONE) first = e;
    }
    d.x = (pgdp_mat){ x, n, k };
    d.effects = NULL;
    d.n_effects = 0;
    *memory = x;
    return d;
}

#endif
