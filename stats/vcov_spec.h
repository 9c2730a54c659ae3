/* vcov_spec.h  The words of a covariance: NAME or NAME(key=value, ...).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_VCOV_SPEC_H
#define PG_VCOV_SPEC_H

#include "core/ctx.h"

typedef struct pg_vcov_spec {
    const char *name;
    const pgdp_setting *settings; /**< ends with a NULL name */
} pg_vcov_spec;
/** Parts in parentheses without "=" (the variables of a cluster) are the caller's and passed over. In the scratch.
 * @return BAD_ARGUMENT (parentheses), NO_MEMORY */
pgdp_status pg_vcov_spec_parse(pgdp_ctx *ctx, const char *text, pg_vcov_spec *out);

#endif
