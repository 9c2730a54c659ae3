/* checks.c  A table of checks: a value beside what it must equal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checks.h"

#include <math.h>

enum { CHECK, VALUE, EXPECTED, DIFFERENCE, TOLERANCE, PASSED };

pgdp_status pg_checks_new(pgdp_ctx *ctx, pgdp_frame **out)
{
    static const pgdp_column columns[] = {
        { .name = "check", .type = PGDP_TEXT },     { .name = "value", .type = PGDP_REAL },
        { .name = "expected", .type = PGDP_REAL },  { .name = "difference", .type = PGDP_REAL },
        { .name = "tolerance", .type = PGDP_REAL }, { .name = "passed", .type = PGDP_REAL, .unit = "boolean" },
    };
    pgdp_frame *frame = NULL;
    size_t index;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < sizeof columns / sizeof columns[0]; j++) {
        const pgdp_status status = pgdp_frame_add_column(ctx, frame, &columns[j], &index);
        if (status != PGDP_OK) {
            pgdp_frame_free(frame);
            return status;
        }
    }
    *out = frame;
    return PGDP_OK;
}

pgdp_status pg_checks_add(pgdp_ctx *ctx, pgdp_frame *checks, const char *check, double value, double expected,
                          double tolerance)
{
    PG_TRY(pgdp_frame_add_row(ctx, checks));
    PG_TRY(pgdp_frame_set_text(ctx, checks, CHECK, check, PGDP_NONE));
    pgdp_frame_set_real(checks, VALUE, value);
    pgdp_frame_set_real(checks, EXPECTED, expected);
    pgdp_frame_set_real(checks, DIFFERENCE, value - expected);
    pgdp_frame_set_real(checks, TOLERANCE, tolerance);
    pgdp_frame_set_real(checks, PASSED, fabs(value - expected) <= tolerance ? 1 : 0);
    return PGDP_OK;
}

size_t pg_checks_failed(const pgdp_frame *checks)
{
    const double *passed = pgdp_frame_reals(checks, PASSED);
    size_t n = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(checks); i++)
        n += passed[i] < 1 ? 1 : 0;
    return n;
}
