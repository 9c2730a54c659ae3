/* reading.h  A context around each test of a reader, and files that must be refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_READING_H
#define PGT_READING_H

#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/dataset.h"

#define FIXTURES "tests/fixtures/ingest/"

static inline int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL;
}

static inline int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

/* *state is the context */
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Bytes found to be of no format, or broken: PARSE with a sentence that holds the part, and nothing handed over. */
static inline void assert_refused(pgdp_ctx *ctx, const char *label, const void *bytes, size_t n, const char *part)
{
    const pgdp_bytes in = { label, bytes, n };
    pgdp_dataset *dataset = NULL;
    assert_status(ctx, pgdp_ingest(ctx, NULL, &in, &dataset), PGDP_PARSE);
    assert_null(dataset);
    assert_contains(pgdp_ctx_error(ctx), part);
}

/* Rows and columns of the first table. */
static inline void assert_shape(const pgdp_dataset *dataset, size_t rows, size_t columns)
{
    assert_int_equal(pgdp_frame_n_rows(pgdp_dataset_table(dataset, 0)), rows);
    assert_int_equal(pgdp_frame_n_columns(pgdp_dataset_table(dataset, 0)), columns);
}

#endif
