/* made.h  Tables and batches that the bench programs make for themselves.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_MADE_H
#define BENCH_MADE_H

#include "pgdp/batch.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { MADE_NAME = 24, MADE_TEXT = 256 };

/** Draw j of row i: splitmix64 (Steele, Lea & Flood 2014) as a counter. */
static inline double made_uniform(uint64_t i, uint64_t j)
{
    uint64_t z = (i * 1024 + j + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/** What is made: y, x1 ... xk, g of so many levels, h of 1000 and f of ten; the last of the x lack a share of their
 * rows. */
typedef struct made {
    size_t n, k, n_levels, n_holes;
    double share;
} made;

static inline pgdp_frame *made_frame(pgdp_ctx *ctx, const made *m)
{
    pgdp_frame *frame;
    size_t index;
    if (pgdp_frame_new(ctx, &frame) != PGDP_OK) exit(5);
    for (size_t j = 0; j < m->k + 4; j++) {
        char name[MADE_NAME];
        snprintf(name, sizeof name, "x%zu", j);
        static const char *const last[] = { "g", "h", "f" };
        const char *own = j == 0 ? "y" : j > m->k ? last[j - m->k - 1] : name;
        if (pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = own, .type = PGDP_REAL }, &index) != PGDP_OK)
            exit(5);
    }
    for (size_t i = 0; i < m->n; i++) {
        double y = made_uniform(i, 900);
        if (pgdp_frame_add_row(ctx, frame) != PGDP_OK) exit(5);
        for (size_t j = 1; j <= m->k; j++) {
            const double x = made_uniform(i, j);
            const bool lacks = j > m->k - m->n_holes && made_uniform(i, 100 + j) < m->share;
            y += x / (double)j;
            pgdp_frame_set_real(frame, j, lacks ? (double)NAN : x);
        }
        pgdp_frame_set_real(frame, m->k + 1, floor(made_uniform(i, 901) * (double)m->n_levels));
        pgdp_frame_set_real(frame, m->k + 2, floor(made_uniform(i, 902) * 1000));
        pgdp_frame_set_real(frame, m->k + 3, floor(made_uniform(i, 901) * 10));
        pgdp_frame_set_real(frame, 0, y);
    }
    return frame;
}

/** Is xj among the controls of a model? */
typedef bool (*made_has)(size_t model, size_t j);

/** Models of y on x1, those of x2 ... xk that each has, and the terms that all have; NULL: none. */
typedef struct made_models {
    size_t n, k;
    made_has has;
    const char *errors, *always;
} made_models;

static inline pgdp_status made_batch(pgdp_ctx *ctx, const pgdp_frame *frame, const made_models *models,
                                     pgdp_batch **out)
{
    const size_t n = models->n;
    char(*texts)[MADE_TEXT] = calloc(n, sizeof *texts);
    pgdp_batch_option *controls = calloc(n, sizeof *controls);
    if (texts == NULL || controls == NULL) exit(5);
    for (size_t m = 0; m < n; m++) {
        size_t at = 0;
        for (size_t j = 2; j <= models->k; j++)
            if (models->has(m, j))
                at += (size_t)snprintf(texts[m] + at, MADE_TEXT - at, "%sx%zu", at > 0 ? " + " : "", j);
        controls[m].text = at > 0 ? texts[m] : NULL;
    }
    const pgdp_batch_option outcome = { .text = "y" }, focal = { .text = "x1" }, vcov = { .text = models->errors };
    const pgdp_batch_request request = { .always = models->always,
                                         .choices[PGDP_BATCH_OUTCOME] = { &outcome, 1 },
                                         .choices[PGDP_BATCH_FOCAL] = { &focal, 1 },
                                         .choices[PGDP_BATCH_CONTROLS] = { controls, n },
                                         .choices[PGDP_BATCH_VCOV] = { &vcov, 1 } };
    const pgdp_status status = pgdp_batch_new(ctx, frame, &request, out);
    free(controls);
    free(texts);
    return status;
}

#endif
