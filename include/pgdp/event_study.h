/** @file event_study.h  Event studies: effects by the time since a unit was first treated, two-way fixed effects.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_EVENT_STUDY_H
#define PGDP_EVENT_STUDY_H

#include "pgdp/regression.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What to estimate. Members may be NULL or 0 where said. */
typedef struct pgdp_event_study_request {
    const char *outcome;                       /**< an expression: "log(emp)" */
    const char *entity, *time, *first_treated; /**< columns; first_treated missing: never treated */
    const char *controls;                      /**< terms: "x + log(z)"; NULL: none */
    int32_t first, last;        /**< relative periods shown, first < reference < last; both 0: all that the data have */
    bool bin;                   /**< rows beyond the window count at its ends; else they are left out */
    int32_t reference;          /**< relative period of effect 0, usually -1 */
    const char *vcov, *weights; /**< as of pgdp_regression_spec; weights may be NULL */
} pgdp_event_study_request;

/** The regression and the test of its leads. */
typedef struct pgdp_event_study_result {
    pgdp_regression *regression; /**< freed with pgdp_regression_free(); its terms: relative_period::-3, ... */
    int32_t second_reference;    /**< a second period of effect 0, where nobody is untreated for good and the time since
                                      treatment is entity plus period but for a line; else the reference */
    size_t n_leads;              /**< effects before the reference that were estimated */
    double statistic, df, df2, p_value; /**< F test that all leads are 0 (df2 infinite: chi-square / df); NaN: no lead,
                                             or their covariance is singular */
} pgdp_event_study_result;

/**
 * y ~ i(time - first_treated, ref = reference) + controls | entity + time, by least squares. Rows never treated have
 * the reference period. Source: Sun & Abraham (2021), J. Econometrics 225(2), equation 3 (what these coefficients weigh
 * when effects differ by cohort: section 3); Borusyak, Jaravel & Spiess (2024), Rev. Econ. Stud. 91(6), section 3
 * (second reference).
 * @param[out] out  written only on PGDP_OK
 * @return NOT_FOUND (a column), BAD_ARGUMENT (its type, the window), and all of pgdp_regress()'s
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_event_study(pgdp_ctx *ctx, const pgdp_frame *data,
                                                    const pgdp_event_study_request *request,
                                                    pgdp_event_study_result *out);

#ifdef __cplusplus
}
#endif
#endif
