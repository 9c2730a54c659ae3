/* test_cells_in.c  Cells and new tasks from frames: what is read, what is refused and in which words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <stdlib.h>

#include "tests/gap/economy.h"

enum { MAX_COLUMNS = 14, MAX_ROWS = 6 };
/* A file as its reader would hand it over: column types as marked, empty cells missing. */
typedef struct file {
    const char *names[MAX_COLUMNS];
    const char *types; /* per column: n number, t text, y year */
    const char *rows[MAX_ROWS][MAX_COLUMNS];
} file;

static pgdp_frame *frame_of(pgdp_ctx *ctx, const file *f)
{
    pgdp_frame *frame;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < MAX_COLUMNS && f->names[j] != NULL; j++) {
        const char type = f->types[j];
        const pgdp_column column = { .name = f->names[j],
                                     .type = type == 'n'   ? PGDP_REAL
                                             : type == 't' ? PGDP_TEXT
                                                           : PGDP_PERIOD,
                                     .frequency = PGDP_ANNUAL };
        size_t index;
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &column, &index));
    }
    for (size_t i = 0; i < MAX_ROWS && f->rows[i][0] != NULL; i++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (size_t j = 0; j < MAX_COLUMNS && f->names[j] != NULL; j++) {
            const char *text = f->rows[i][j];
            if (text == NULL || text[0] == '\0') continue;
            if (f->types[j] == 'n') pgdp_frame_set_real(frame, j, strtod(text, NULL));
            if (f->types[j] == 'y') pgdp_frame_set_period(frame, j, (int32_t)strtol(text, NULL, 10) - 1970);
            if (f->types[j] == 't') assert_ok(ctx, pgdp_frame_set_text(ctx, frame, j, text, PGDP_NONE));
        }
    }
    return frame;
}

static const file golden = {
    { "cell", "v0", "u", "r", "k", "e", "rho", "priced", "lam", "p_h", "d_h", "theta" },
    "tnnnnnnnnnnn",
    { { "A", "100", ".4", ".25", "1", ".5", "1", "1", "0", "1.05", "1.10", "0" },
      { "B", "200", ".25", ".10", ".9", ".3", ".8", "1", ".5", "1.02", "1.02", "0" },
      { "C", "50", ".6", ".2", "1.1", "1.2", "1", "0", "0", "1", "1", "0" },
      { "D", "80", ".5", ".05", "1", ".5", "0", "1", "0", "1", "1", "0" },
      { "E", "70", "0", "1", "1", "1", "1", "1", "0", "1", "1", "0" } },
};
static const file golden_news = { { "p_star", "p1", "q", "theta", "d" },
                                  "nnnnn",
                                  { { ".4", ".002", "30", "1", "1" } } };

static pgdp_status run(pgdp_ctx *ctx, const file *cells, const file *news, pgdp_gap *gap, pgdp_frame **detail)
{
    pgdp_frame *c = frame_of(ctx, cells), *n = news != NULL ? frame_of(ctx, news) : NULL;
    const pgdp_status status = pgdp_gap_from_frames(ctx, c, "cells.csv", n, "new.csv", PGDP_GAP_ACCOUNTS, gap, detail);
    pgdp_frame_free(c);
    pgdp_frame_free(n);
    return status;
}

static void refused(const file *cells, const file *news, const char *says)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_gap gap = { .q0 = 17 };
    pgdp_frame *detail = NULL;
    assert_status(ctx, run(ctx, cells, news, &gap, &detail), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), says);
    assert_true(gap.q0 == 17 && detail == NULL);
    pgdp_ctx_free(ctx);
}

static void C07_golden_is_reproduced_from_frames(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_gap gap;
    pgdp_frame *detail;
    assert_ok(ctx, run(ctx, &golden, &golden_news, &gap, &detail));
    assert_close(gap.phi_f, 255.54649297, 0, 5.0001e-9);
    assert_close(gap.cs + gap.cs_new, 146.79721545, 0, 1e-8);
    assert_string_equal(pgdp_frame_text(detail, 0, 2), "C");
    pgdp_frame_free(detail);
    pgdp_ctx_free(ctx);
}

static void column_types_of_the_reader_do_not_matter(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    file other = golden;
    other.types = "nynttnntnnnn";
    for (size_t i = 0; i < 5; i++) {
        other.rows[i][0] = i == 0 ? "7" : "8.5";
        other.rows[i][1] = i == 0 ? "2000" : "1990";
        other.rows[i][7] = i == 2 ? "FALSE" : i == 3 ? "1" : "true";
    }
    other.names[12] = "qmax";
    other.types = "nynttnntnnnnt";
    static const char *const caps[] = { "", " ", "inf", NULL, "2.5" };
    for (size_t i = 0; i < 5; i++)
        other.rows[i][12] = caps[i];
    pgdp_gap gap;
    pgdp_frame *detail;
    assert_ok(ctx, run(ctx, &other, &golden_news, &gap, &detail));
    assert_true(gap.q0 == 2000 + 4 * 1990);
    assert_string_equal(pgdp_frame_text(detail, 0, 0), "7");
    assert_string_equal(pgdp_frame_text(detail, 0, 1), "8.5");
    pgdp_frame_free(detail);
    pgdp_ctx_free(ctx);
}

static void cells_need_no_name_and_cap(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    file other = golden;
    other.names[0] = "qmax";
    other.types = "nnnnnnnnnnnn";
    other.rows[0][0] = "1.5";
    other.rows[1][0] = other.rows[2][0] = other.rows[3][0] = other.rows[4][0] = "";
    pgdp_gap gap;
    pgdp_frame *detail;
    assert_ok(ctx, run(ctx, &other, NULL, &gap, &detail));
    assert_close(pgdp_frame_reals(detail, pgdp_frame_find(detail, "q_e"))[0], 40 * .5, 1e-15, 0);
    assert_string_equal(pgdp_frame_text(detail, 0, 3), "4");
    pgdp_frame_free(detail);
    pgdp_ctx_free(ctx);
}

static void columns_are_checked_by_name(void **state)
{
    (void)state;
    file other = golden;
    other.names[9] = "p_hh";
    refused(&other, NULL,
            "cells.csv:1:10: found column \"p_hh\", expected one of cell, priced, v0, u, r, k, e, rho, lam, p_h, d_h, "
            "theta, qmax; did you mean p_h?");
    other.names[9] = "employment";
    refused(&other, NULL, "found column \"employment\"");
    other = golden;
    other.names[11] = NULL;
    refused(&other, NULL, "cells.csv:1: found no column theta, which every cell needs; add it");
    other = golden;
    other.names[7] = "qmax";
    refused(&other, NULL, "cells.csv:1: found no column priced");
    other = golden_news;
    other.names[4] = NULL;
    refused(&golden, &other, "new.csv:1: found no column d, which every new task needs");
}

static void file_without_rows_is_refused(void **state)
{
    (void)state;
    file other = golden;
    other.rows[0][0] = NULL;
    refused(&other, NULL, "cells.csv: found no rows, expected one a cell");
}

static void text_among_numbers_is_placed(void **state)
{
    (void)state;
    file other = golden;
    other.types = "tntnnnnnnnnn";
    other.rows[2][2] = "0,6";
    refused(&other, NULL, "cells.csv:4:3: found \"0,6\" in column u, expected a number with a decimal point");
    other.rows[2][2] = "";
    refused(&other, NULL, "cells.csv:4:3: found nothing in column u");
    other = golden;
    other.rows[1][3] = "";
    refused(&other, NULL, "cells.csv:3:4: found nothing in column r, expected a number");
    other = golden;
    other.rows[4][7] = "2";
    refused(&other, NULL, "cells.csv:6:8: found \"2\" in column priced, expected 1, 0, true or false");
    other.rows[4][7] = "";
    refused(&other, NULL, "cells.csv:6:8: found nothing in column priced");
}

static void impossible_values_are_placed_and_named(void **state)
{
    (void)state;
    file other = golden;
    other.rows[1][2] = "1.25";
    refused(&other, NULL, "cells.csv:3:3: cell B: found u = 1.25, expected a number from 0 to 1");
    other = golden;
    other.rows[0][3] = "0";
    refused(&other, NULL, "cells.csv:2: cell A: a buyer price of 0 and e = 0.5");
    other = golden_news;
    other.rows[0][1] = ".5";
    refused(&golden, &other, "new.csv:2: new task 1: found p1 = 0.5, expected at most p_star = 0.4");
    other.rows[0][1] = "-1";
    refused(&golden, &other, "new.csv:2:2: new task 1: found p1 = -1");
}

static pgdp_status read_golden(pgdp_ctx *ctx, void *user)
{
    const pgdp_frame *const *frames = user;
    pgdp_gap gap;
    return pgdp_gap_from_frames(ctx, frames[0], "c", frames[1], "n", PGDP_GAP_GROSS, &gap, NULL);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frames[2] = { frame_of(ctx, &golden), frame_of(ctx, &golden_news) };
    assert_true(pgt_fail_every_allocation(read_golden, frames) > 1);
    pgdp_frame_free(frames[0]);
    pgdp_frame_free(frames[1]);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(C07_golden_is_reproduced_from_frames),
        cmocka_unit_test(column_types_of_the_reader_do_not_matter),
        cmocka_unit_test(cells_need_no_name_and_cap),
        cmocka_unit_test(columns_are_checked_by_name),
        cmocka_unit_test(file_without_rows_is_refused),
        cmocka_unit_test(text_among_numbers_is_placed),
        cmocka_unit_test(impossible_values_are_placed_and_named),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
