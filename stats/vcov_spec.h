/* vcov_spec.h  The words of a covariance: NAME, NAME(a + b, key = value), either with "; ssc(key = value)".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_VCOV_SPEC_H
#define PG_VCOV_SPEC_H

#include "pgdp/stats.h"
#include "stats/expr.h"

enum { PG_MOST_CLUSTERINGS = 8 };

/** All of it in the context's scratch. */
typedef struct pg_vcov_spec {
    const pgdp_vcov *vcov;
    const pgdp_setting *settings;                 /**< ends with a NULL name; without those that name columns */
    const pgdp_setting *ssc;                      /**< of ssc(...), ends with a NULL name */
    const pg_expr *clusters[PG_MOST_CLUSTERINGS]; /**< a, or a^b for the pairs of both */
    size_t n_clusters;
    const pg_expr *const *columns; /**< [n of vcov->columns], NULL where one was not given */
    size_t n_columns;
} pg_vcov_spec;
/** @return BAD_ARGUMENT (vcov:line:column, token, remedy), NOT_FOUND (a covariance, with a suggestion), NO_MEMORY */
pgdp_status pg_vcov_spec_parse(pgdp_ctx *ctx, const char *text, pg_vcov_spec *out);

#endif
