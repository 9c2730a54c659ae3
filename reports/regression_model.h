/* regression_model.h  A regression as the sheets show it: all that was asked, in words, beside its fit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_REGRESSION_MODEL_H
#define PG_REGRESSION_MODEL_H

#include "pgdp/reports.h"
#include "reports/page.h"

/** One list of the words that a model may come with; a column of the sheet where any model has them. */
#define PG_MODEL_WORDS(X)                                                                                              \
    X(subset, "Subset")                                                                                                \
    X(settings, "Settings")                                                                                            \
    X(weights, "Weights")                                                                                              \
    X(panel, "Panel")                                                                                                  \
    X(preset, "Preset")                                                                                                \
    X(offset, "Offset")                                                                                                \
    X(start, "Start values")                                                                                           \
    X(effects, "Absorbed effects")
typedef enum pg_model_word {
#define PGDP_ENTRY(name, title) PG_MODEL_##name,
    PG_MODEL_WORDS(PGDP_ENTRY)
#undef PGDP_ENTRY
        PG_N_MODEL_WORDS
} pg_model_word;
const char *pg_model_word_title(size_t word);
/** One model; the scoring model has no formula of its own. Texts are borrowed or in the scratch. */
typedef struct pg_model {
    const char *id, *formula, *method, *vcov, *collinear;
    const char *words[PG_N_MODEL_WORDS]; /**< NULL: none */
    const char *margins;                 /**< which marginal effects were asked for; NULL: none */
    const pgdp_regression *regression;   /**< NULL: the scoring model */
    const pgdp_fit *fit;
    size_t n_absorbed; /**< parameters of the absorbed effects */
    pgdp_dropped dropped;
    double conf_level;
} pg_model;
/** The scoring model, if there is one, then every regression. */
pgdp_status pg_models_shown(pgdp_ctx *ctx, const pgdp_results *results, const pg_model **out, size_t *n);
/** Regressions that the user asked for: the first of all, without the trend that the top-down estimate fits. */
size_t pg_models_asked(const pgdp_results *results);
/** Does any of the models have this word? */
bool pg_models_have(const pg_model *models, size_t n, size_t word);
/** A number in six significant digits whatever its size; the whole number stays in the cell. */
void pg_put_sized(pg_table *table, size_t column, double value);

#endif
