/* frame_model.c  Random tables whose every cell is known from its place alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/frame_model.h"

#include <math.h>
#include <stdio.h>

#include "core/frame.h"
#include "core/random.h"
#include "tests/support/support.h"

enum { MOST_ROWS = 700, TEXT_SIZE = 24 };

pgdp_type pgt_model_type(uint32_t table, size_t column)
{
    pg_random r = pg_random_stream(table, "type", (uint32_t)column);
    return (pgdp_type)pg_random_index(&r, 3);
}

static pg_random cell(uint32_t table, size_t column, size_t row)
{
    pg_random r = pg_random_stream(table, "cell", (uint32_t)column);
    r.next = 4 * row;
    return r;
}

/* Missing for one cell in eight, else a number. */
static double real_at(uint32_t table, size_t column, size_t row)
{
    pg_random r = cell(table, column, row);
    return pg_random_index(&r, 8) == 0 ? (double)NAN : pg_random_normal(&r);
}

static int32_t period_at(uint32_t table, size_t column, size_t row)
{
    pg_random r = cell(table, column, row);
    return pg_random_index(&r, 8) == 0 ? PGDP_MISSING_PERIOD : (int32_t)pg_random_index(&r, 2385) - 400;
}

/* Few or many distinct texts by column, "" among them. @return NULL: missing */
static const char *text_at(uint32_t table, size_t column, size_t row, char buffer[TEXT_SIZE])
{
    pg_random r = cell(table, column, row);
    if (pg_random_index(&r, 8) == 0) return NULL;
    const size_t k = pg_random_index(&r, column % 2 == 0 ? 5 : 100000);
    (void)snprintf(buffer, TEXT_SIZE, k == 0 ? "" : "t\xC3\xA4tigkeit %u", (unsigned)k);
    return buffer;
}

static pgdp_status add_model_column(pgdp_ctx *ctx, pgdp_frame *f, uint32_t table, size_t j)
{
    char name[32];
    (void)snprintf(name, sizeof name, "column_%zu", j);
    const pgdp_column about = { .name = name,
                                .type = pgt_model_type(table, j),
                                .unit = j % 3 == 0 ? NULL : "usd_bn",
                                .vintage = "2031-02-28",
                                .frequency =
                                    pgt_model_type(table, j) == PGDP_PERIOD ? PGDP_MONTHLY : PGDP_NO_FREQUENCY };
    size_t index;
    PG_TRY(pgdp_frame_add_column(ctx, f, &about, &index));
    assert_int_equal(index, j);
    return PGDP_OK;
}

pgdp_status pgt_model_add_row(pgdp_ctx *ctx, pgdp_frame *f, uint32_t table, size_t row)
{
    PG_TRY(pgdp_frame_add_row(ctx, f));
    for (size_t j = 0; j < pgdp_frame_n_columns(f); j++) {
        char text[TEXT_SIZE];
        if (pgt_model_type(table, j) == PGDP_REAL) pgdp_frame_set_real(f, j, real_at(table, j, row));
        if (pgt_model_type(table, j) == PGDP_PERIOD) pgdp_frame_set_period(f, j, period_at(table, j, row));
        if (pgt_model_type(table, j) != PGDP_TEXT) continue;
        PG_TRY(pgdp_frame_set_text(ctx, f, j, text_at(table, j, row, text), PGDP_NONE));
    }
    return PGDP_OK;
}

pgdp_status pgt_model_fill(pgdp_ctx *ctx, pgdp_frame *f, uint32_t table, size_t n_columns, size_t n_rows)
{
    for (size_t j = 0; j < n_columns; j++)
        PG_TRY(add_model_column(ctx, f, table, j));
    for (size_t i = 0; i < n_rows; i++)
        PG_TRY(pgt_model_add_row(ctx, f, table, i));
    return PGDP_OK;
}

void pgt_model_check_cell(const pgdp_frame *f, size_t column, size_t row, const size_t of[2], uint32_t table)
{
    char text[TEXT_SIZE];
    const pgdp_type type = pgt_model_type(table, of[1]);
    if (type == PGDP_REAL) assert_close(pgdp_frame_reals(f, column)[row], real_at(table, of[1], of[0]), 0, 0);
    if (type == PGDP_PERIOD) assert_int_equal(pgdp_frame_periods(f, column)[row], period_at(table, of[1], of[0]));
    if (type != PGDP_TEXT) return;
    const char *want = text_at(table, of[1], of[0], text), *got = pgdp_frame_text(f, column, row);
    if (want == NULL) {
        assert_null(got);
        assert_true(pgdp_frame_codes(f, column)[row] == PGDP_NO_CODE);
    } else {
        assert_non_null(got);
        assert_string_equal(got, want);
    }
}

void pgt_check_levels(const pgdp_frame *f, size_t column)
{
    const uint32_t *codes = pgdp_frame_codes(f, column);
    uint32_t n_seen = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(f); i++) {
        if (codes[i] == PGDP_NO_CODE) continue;
        assert_true(codes[i] <= n_seen);
        if (codes[i] == n_seen) n_seen++;
    }
    assert_int_equal(pgdp_frame_n_levels(f, column), n_seen);
    for (uint32_t code = 0; code < n_seen; code++)
        assert_int_equal(pg_frame_find_level(f, column, pgdp_frame_level(f, column, code), PGDP_NONE), code);
    assert_null(pgdp_frame_level(f, column, n_seen));
    assert_null(pgdp_frame_level(f, column, PGDP_NO_CODE));
}

void pgt_model_check(const pgdp_frame *f, uint32_t table, size_t n_columns, size_t n_rows)
{
    assert_int_equal(pgdp_frame_n_columns(f), n_columns);
    assert_int_equal(pgdp_frame_n_rows(f), n_rows);
    for (size_t j = 0; j < n_columns; j++) {
        char name[32];
        (void)snprintf(name, sizeof name, "column_%zu", j);
        assert_int_equal(pgdp_frame_find(f, name), j);
        assert_string_equal(pgdp_frame_column(f, j)->name, name);
        assert_string_equal(pgdp_frame_column(f, j)->unit, j % 3 == 0 ? "" : "usd_bn");
        assert_string_equal(pgdp_frame_column(f, j)->vintage, "2031-02-28");
        assert_string_equal(pgdp_frame_column(f, j)->adjustment, "");
        assert_true((pgdp_frame_reals(f, j) != NULL) == (pgt_model_type(table, j) == PGDP_REAL));
        assert_true((pgdp_frame_codes(f, j) != NULL) == (pgt_model_type(table, j) == PGDP_TEXT));
        assert_true((pgdp_frame_periods(f, j) != NULL) == (pgt_model_type(table, j) == PGDP_PERIOD));
        for (size_t i = 0; i < n_rows; i++)
            pgt_model_check_cell(f, j, i, (size_t[]){ i, j }, table);
        if (pgt_model_type(table, j) == PGDP_TEXT) pgt_check_levels(f, j);
    }
}

void pgt_model_sizes(uint32_t table, size_t *n_columns, size_t *n_rows)
{
    pg_random r = pg_random_stream(table, "sizes", 0);
    *n_columns = pg_random_index(&r, table % 5 == 0 ? 3 : PGT_MODEL_COLUMNS);
    *n_rows = pg_random_index(&r, table % 7 == 0 ? 3 : MOST_ROWS);
}

pgdp_frame *pgt_model_frame(pgdp_ctx *ctx, uint32_t table)
{
    pgdp_frame *f;
    size_t n_columns, n_rows;
    pgt_model_sizes(table, &n_columns, &n_rows);
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgt_model_fill(ctx, f, table, n_columns, n_rows));
    return f;
}
