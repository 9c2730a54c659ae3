/* checks.h  A table of checks: a value beside what it must equal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CHECKS_H
#define PG_CHECKS_H

#include "core/ctx.h"
#include "pgdp/frame.h"

/** An empty table: check, value, expected, difference, tolerance, passed (1 or 0). */
pgdp_status pg_checks_new(pgdp_ctx *ctx, pgdp_frame **out);
/** Add one: passed when |value - expected| <= tolerance; NaN never passes. */
pgdp_status pg_checks_add(pgdp_ctx *ctx, pgdp_frame *checks, const char *check, double value, double expected,
                          double tolerance);
/** Checks that did not pass. */
size_t pg_checks_failed(const pgdp_frame *checks);

#endif
