/* rubric.h  A rubric as data: items, labels from lowest to highest, their meanings and values.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_RUBRIC_H
#define PG_RUBRIC_H

#include "core/hash.h"
#include "pgdp/grading.h"

enum { PG_MOST_ITEMS = 64, PG_MOST_LABELS = 64, PG_MOST_NAME = 60 };

typedef struct pg_rubric_level {
    const char *label, *meaning;
    double value; /**< NaN: none */
} pg_rubric_level;
typedef struct pg_rubric_item {
    const char *name, *question;
    const pg_rubric_level *levels; /**< [n_levels]; items may share them */
    size_t n_levels;
    const char *const *labels; /**< the same, NULL-ended; made by pg_rubric_seal() */
    const double *values;      /**< [n_levels], likewise */
} pg_rubric_item;
/** Everything lies in the arena, which holds the rubric too. */
struct pgdp_rubric {
    pg_arena arena;
    const char *path; /**< for messages */
    const char *name, *title, *source;
    const char *instructions; /**< NULL: none */
    pg_rubric_item *items;    /**< [n_items] */
    size_t n_items;
    const char *text; /**< the canonical form, JSON */
    char sha256[PG_SHA256_HEX];
};

/** An empty rubric to be filled; freed with pgdp_rubric_free(). */
pgdp_status pg_rubric_new(pgdp_ctx *ctx, const char *path, pgdp_rubric **out);
/** Check it, make labels, canonical form and hash. @return PARSE (names item and level) */
pgdp_status pg_rubric_seal(pgdp_ctx *ctx, pgdp_rubric *rubric);
/** Do all items have the same levels? */
bool pg_rubric_shares_levels(const pgdp_rubric *rubric);

#endif
