/* means.h  What the parameters of a model say of its outcome: the list behind marginal effects, one line a method.
 * Source: Greene (2018), Econometric Analysis, section 17.2.4. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MEANS_H
#define PG_MEANS_H

#include <stdbool.h>

/** m(eta) with its first and second derivative. */
typedef struct pg_curve {
    double value, first, second;
} pg_curve;
pg_curve pg_curve_linear(double eta);
pg_curve pg_curve_logistic(double eta);
pg_curve pg_curve_normal(double eta);
pg_curve pg_curve_exponential(double eta);

/** What m(eta) stands for. */
typedef enum pg_mean_form {
    PG_MEAN_OF_OUTCOME,   /**< E y = m(x b) */
    PG_MEAN_OF_ORDERED,   /**< P(y <= j) = m(cut_j - x b) */
    PG_MEAN_OF_CATEGORIES /**< P(y = j) is proportional to e^(x b_j), 0 for the base: terms "j:x", block after block */
} pg_mean_form;
typedef struct pg_mean_kind {
    const char *method;
    pg_mean_form form;
    pg_curve (*curve)(double eta);  /**< NULL for categories */
    double (*variance)(double eta); /**< Var y over its dispersion; NULL: not defined */
    bool canonical;                 /**< observed and expected information are the same */
} pg_mean_kind;

/** The method's own line, or NULL. Linear methods need none: their effects are their coefficients. */
const pg_mean_kind *pg_mean_kind_of(const char *method);

#endif
