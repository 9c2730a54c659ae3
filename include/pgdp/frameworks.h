/** @file frameworks.h  Frameworks of others, computed again by their own arithmetic. Source: docs/model.md, section 15.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_FRAMEWORKS_H
#define PGDP_FRAMEWORKS_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A framework of others as they published it: its arithmetic, and its inputs, whose defaults are the published ones.
 */
typedef struct pgdp_framework {
    const char *name, *source;
    const pgdp_option *options; /**< numbers; ends with a NULL name */
    struct {
        const char *name, *unit;
    } results[5]; /**< ends with a NULL name */
    void (*compute)(const double *inputs, double *results);
} pgdp_framework;
PGDP_API const pgdp_framework *pgdp_framework_at(size_t i); /**< of the list; NULL: past its end */
/**
 * Compute frameworks: a row a result with framework, result, value, unit, inputs ("a 0.1, b 2"), source.
 * @param name      NULL: all, with no settings
 * @param settings  other inputs, ended by a NULL name, or NULL
 * @return NOT_FOUND (framework, input), BAD_ARGUMENT (an input outside its range), NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frameworks(pgdp_ctx *ctx, const char *name, const pgdp_setting *settings,
                                                   pgdp_frame **out);
/** Schema pgdp.gap.frameworks/1, or a table for people. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frameworks_write(pgdp_ctx *ctx, const pgdp_frame *frameworks, bool as_json,
                                                         const pgdp_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
