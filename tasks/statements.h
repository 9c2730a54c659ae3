/* statements.h  What tasks say: their statements as hashed n-grams, and the one column that a scoring model gets of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STATEMENTS_H
#define PG_STATEMENTS_H

#include "tasks/validation.h"

/** Words of a text: code points [first[w], first[w + 1]) of word w; composed, compatible, case folded. */
typedef struct pg_words {
    const int32_t *codes;
    size_t *first, n;
} pg_words;
/** In scratch; utf8 [n] bytes. @return PARSE (not UTF-8), NO_MEMORY */
pgdp_status pg_text_words(pgdp_ctx *ctx, const char *utf8, size_t n, pg_words *out);

enum { PG_HASHED = 1 << 16 };
/**
 * Hashed n-grams, sparse by rows: cells [first[i], first[i + 1]) of row i, columns rising. A cell is the sum over the
 * n-grams of its column of sign (1 + log count): signs make products of rows unbiased in spite of collisions.
 * Source: Weinberger, Dasgupta, Langford, Smola & Attenberg (2009), ICML, section 3.
 */
typedef struct pg_hashed {
    size_t n;
    const size_t *first;
    const uint16_t *column;
    const float *value;
} pg_hashed;
/** The hash of an n-gram of code points: its column in the upper bits, its sign in the lowest. */
uint64_t pg_ngram_hash(uint32_t kind, const int32_t *codes, size_t n);
static inline size_t pg_hash_column(uint64_t hash)
{
    return (size_t)(hash >> 48);
}
static inline double pg_hash_sign(uint64_t hash)
{
    return (hash & 1) != 0 ? 1 : -1;
}
/** Words, pairs of words, and 3 to 5 letters of a word between blanks, of n texts (NULL: none). Arrays in the arena.
 * @return PARSE (not UTF-8), NO_MEMORY */
pgdp_status pg_hash_texts(pgdp_ctx *ctx, pg_arena *arena, const char *const *texts, size_t n, pg_hashed *out);

/**
 * Ridge regression of y on rows of TF-IDF with length 1, intercept mean(y): |y - mean - A w|^2 + penalty |w|^2. The
 * inverse document frequencies, log((1 + n) / (1 + n_j)) + 1, are those of the rows learnt from.
 * Source: Sparck Jones (1972), J. Documentation 28; Hestenes & Stiefel (1952), J. Res. NBS 49, for the solution.
 */
typedef struct pg_text_ridge {
    double mean;
    double *idf, *weight; /**< [PG_HASHED]; weight: of cells before idf, w times idf */
} pg_text_ridge;
/** In scratch. rows [n] of the cells, y [n]. */
pgdp_status pg_text_ridge_learn(pgdp_ctx *ctx, const pg_hashed *cells, const size_t *rows, const double *y, size_t n,
                                pg_text_ridge *out);
double pg_text_ridge_forecast(const pg_text_ridge *ridge, const pg_hashed *cells, size_t row); /**< NaN: no text */

enum { PG_TEXT_BLOCKS = 2 };
/** What the scoring knows of its tasks' texts; blocks hold whole units of a regime as its folds do. */
typedef struct pg_statements {
    pg_hashed cells; /**< a row a task */
    pg_validation blocks[PG_N_REGIMES];
} pg_statements;
/** Find the request's texts and hash them: s->statements, NULL when it asks for none.
 * @return NOT_FOUND (column, or no task has a text), SHAPE_MISMATCH (two of one task), PARSE (not UTF-8) */
pgdp_status pg_statements_read(pgdp_ctx *ctx, pgdp_scoring *s);
/**
 * The grade that the text alone forecasts, [n_tasks]; NaN: no text. A task that is learnt from is forecast by what the
 * other blocks teach, any other by all of them, and none by what is held out: so the model that has it as a column
 * learns how good such forecasts are. Source: Wolpert (1992), Neural Networks 5, 241-259; Breiman (1996), Machine
 * Learning 24, 49-64 (stacked regressions).
 */
pgdp_status pg_text_forecast(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_lesson *lesson, double *out);

#endif
