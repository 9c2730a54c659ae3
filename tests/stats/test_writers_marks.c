/* test_writers_marks.c  Names that hold what a format takes for a mark or a spreadsheet for a formula.
 * Source: booktabs 1.6 manual; GitHub Flavored Markdown, section 2.4; RFC 4180.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/regression.h"
#include "tests/support/support.h"

static pgt_buffer write(pgdp_ctx *ctx, const char *format, const pgdp_regression *const *list, size_t n)
{
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(ctx, pgdp_regressions_write(ctx, format, list, n, NULL, &sink));
    return buffer;
}

/* A frame whose names hold what each format takes for a mark. */
static pgdp_regression *odd_names(pgdp_ctx *ctx, pgdp_frame **frame)
{
    static const char *const names[] = { "y", "[a|b]_%$#{}", "=1+\"2\",<c>\\^~&*" };
    pgdp_regression *r = NULL;
    size_t index;
    assert_ok(ctx, pgdp_frame_new(ctx, frame));
    for (size_t j = 0; j < 3; j++)
        assert_ok(ctx,
                  pgdp_frame_add_column(ctx, *frame, &(pgdp_column){ .name = names[j], .type = PGDP_REAL }, &index));
    for (size_t i = 0; i < 9; i++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, *frame));
        for (size_t j = 0; j < 3; j++)
            pgdp_frame_set_real(*frame, j, (double)((i * i * (j + 1) + 3 * i + j) % 11));
    }
    const pgdp_regression_spec spec = { .id = "@id",
                                        .formula = "y ~ `[a|b]_%$#{}` + `=1+\"2\",<c>\\^~&*`",
                                        .vcov = "iid" };
    assert_ok(ctx, pgdp_regress(ctx, *frame, &spec, &r));
    return r;
}

static void marks_in_names_are_escaped_as_each_format_has_it(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = NULL;
    pgdp_regression *r = odd_names(ctx, &frame);
    const pgdp_regression *const list[] = { r, r };
    pgt_buffer tex = write(ctx, "tex", list, 2), md = write(ctx, "md", list, 2), csv = write(ctx, "csv", list, 1);
    assert_contains(tex.data, "\n`[a$\\mid$b]\\_\\%\\$\\#\\{\\}` & ");
    assert_contains(tex.data, "\n`=1+\"2\",$<$c$>$\\textbackslash{}\\textasciicircum{}\\textasciitilde{}\\&*` & ");
    assert_contains(md.data, "\n| \\`\\[a\\|b\\]\\_%\\$\\#{}\\` | ");
    assert_contains(md.data, "\n| \\`=1+\"2\",\\<c\\>\\\\\\^\\~\\&\\*\\` | ");
    assert_contains(csv.data, "\n1,\"'@id\",");
    assert_contains(csv.data, ",\"`=1+\"\"2\"\",<c>\\^~&*`\",");
    assert_contains(csv.data, ",`[a|b]_%$#{}`,");
    pgt_buffer_free(&tex);
    pgt_buffer_free(&md);
    pgt_buffer_free(&csv);
    pgdp_regression_free(r);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_in_names_are_escaped_as_each_format_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
