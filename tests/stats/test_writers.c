/* test_writers.c  Regressions as tables: every cell derived anew from the fit, names and marks kept apart.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/number.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "stats/regression.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CELLS = 16, MOST_LINES = 80 };
static const char *const formats[] = { "table", "tex", "md", "csv", "json" };

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *frame;
    pgdp_regression *r[4];
    size_t n;
} fixture;

/* Terms x, x1, x10 and I(x): names within names. */
static const char table[] = "y x x1 x10 f:t g:t\n"
                            "2.385 1.5 -3 7 b u\n3.125 2.5 0.25 1 a u\n4.75 4 7 -2 c v\n-1.5 3 2 5 a v\n"
                            "6.5 8.25 0 3 a u\n9.125 16 1 -8 c v\n7.75 32.5 5 0.5 b u\n5.5 12 -1.75 2 c u\n"
                            "4.125 9.5 3.5 4 b v\n3.5 11 2.5 6 a v\n-0.25 1.25 4 9 b u\n8.5 25 -2 1.5 c v\n";

static void add(fixture *f, const pgdp_regression_spec *spec)
{
    assert_ok(f->ctx, pgdp_regress(f->ctx, f->frame, spec, &f->r[f->n]));
    f->n++;
}

static int open_fixture(void **state)
{
    static const pgdp_regression_spec specs[] = {
        { .id = "one", .formula = "y ~ x + x1 + x10", .vcov = "iid" },
        { .id = "two", .formula = "y ~ x10 + I(x^2*1000)", .vcov = "HC1", .subset = "x < 30" },
        { .id = "three", .formula = "y ~ x1 | f + g", .vcov = "cluster(f)" },
        { .id = "four", .formula = "y ~ x | g", .vcov = "iid" },
    };
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL) };
    f.frame = pgt_frame(f.ctx, table);
    for (size_t i = 0; i < 4; i++)
        add(&f, &specs[i]);
    *state = &f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < f->n; i++)
        pgdp_regression_free(f->r[i]);
    pgdp_frame_free(f->frame);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static const pgdp_regression *const *list_of(const fixture *f)
{
    return (const pgdp_regression *const *)f->r;
}

static pgt_buffer write(const fixture *f, const char *format, const pgdp_regression *const *list, size_t n, bool stars)
{
    const pgdp_table_style style = { .stars = stars };
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(f->ctx, pgdp_regressions_write(f->ctx, format, list, n, &style, &sink));
    return buffer;
}

/* A written table taken apart again: lines of cells. */
typedef struct sheet {
    char *cells[MOST_LINES][MOST_CELLS];
    size_t n_lines, n_cells[MOST_LINES];
} sheet;

static void trim(char **s)
{
    while (**s == ' ')
        (*s)++;
    for (size_t n = strlen(*s); n > 0 && (*s)[n - 1] == ' '; n--)
        (*s)[n - 1] = '\0';
}

/* Lines of Markdown or LaTeX by their mark, which no cell of this test holds. */
static void take_apart(char *text, char mark, sheet *out)
{
    *out = (sheet){ .n_lines = 0 };
    for (char *line = text, *next; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        char *end = mark == '&' ? strstr(line, " \\\\") : strrchr(line, '|');
        if (end == NULL || strncmp(line, "|:", 2) == 0) continue;
        *end = '\0';
        size_t n = 0;
        for (char *cell = line + (mark == '|'), *after; cell != NULL; cell = after) {
            after = strchr(cell, mark);
            if (after != NULL) *after++ = '\0';
            trim(&cell);
            out->cells[out->n_lines][n++] = cell;
        }
        out->n_cells[out->n_lines++] = n;
    }
}

static size_t line_of(const sheet *s, const char *label)
{
    for (size_t i = 0; i < s->n_lines; i++)
        if (strcmp(s->cells[i][0], label) == 0) return i;
    fail_msg("no line %s", label);
    return 0;
}

/* The number as text by C's own printf: decimals that show four digits of the standard error. */
static void expected(double value, double error, char out[400])
{
    const int decimals = (int)fmax(0, 3 - floor(log10(error)));
    if (decimals > 12) {
        (void)snprintf(out, 400, "%.7g", value);
        return;
    }
    (void)snprintf(out, 400, "%.*f", decimals, value);
    if (out[0] == '-' && strspn(out + 1, "0.") == strlen(out + 1)) memmove(out, out + 1, strlen(out));
}

static const char *stars_for(double p)
{
    return p < 0.01 ? "***" : p < 0.05 ? "**" : p < 0.1 ? "*" : "";
}

/* As the format marks them: minus signs in mathematics, stars raised or escaped. */
static void marked(const char *number, const char *stars, bool tex, char *out)
{
    size_t at = 0;
    for (const char *c = number; *c != '\0'; c++)
        at += (size_t)sprintf(out + at, *c == '-' && tex ? "$-$" : "%c", *c);
    if (tex && *stars != '\0') at += (size_t)sprintf(out + at, "$^{%s}$", stars);
    for (const char *c = stars; *c != '\0' && !tex; c++)
        at += (size_t)sprintf(out + at, "\\*");
    out[at] = '\0';
}

static void check_column(const fixture *f, const sheet *s, size_t model, bool stars, bool tex)
{
    const pgdp_fit *fit = pgdp_regression_fit(f->r[model]);
    size_t n_shown = 0;
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const pgdp_tidy t = pgdp_fit_tidy(fit, i, 0.95);
        char number[400], error[410], want[900], label[100];
        marked(t.term, "", false, label);
        char *caret = strchr(label, '^');
        if (caret != NULL) { /* the only mark in the names of this test */
            char rest[60];
            (void)snprintf(rest, sizeof rest, tex ? "\\textasciicircum{}%s" : "\\^%s", caret + 1);
            memcpy(caret, rest, strlen(rest) + 1);
        }
        for (char *c = label; !tex && (c = strchr(c, '*')) != NULL; c += 2) {
            memmove(c + 1, c, strlen(c) + 1);
            *c = '\\';
        }
        const size_t line = line_of(s, label);
        expected(t.estimate, t.std_error, number);
        marked(number, stars ? stars_for(t.p_value) : "", tex, want);
        assert_string_equal(s->cells[line][1 + model], want);
        expected(t.std_error, t.std_error, number);
        (void)snprintf(error, sizeof error, "(%s)", number);
        assert_string_equal(s->cells[line + 1][1 + model], error);
        assert_string_equal(s->cells[line + 1][0], "");
    }
    for (size_t i = 0; i < s->n_lines; i++)
        n_shown += s->cells[i][0][0] == '\0' && s->cells[i][1 + model][0] == '(' && i > 0;
    assert_int_equal(n_shown, pgdp_fit_n_terms(fit));
}

/* A line of the models' own, not of a term. */
static void check_summary(const fixture *f, const sheet *s)
{
    for (size_t m = 0; m < f->n; m++) {
        char number[40];
        (void)snprintf(number, sizeof number, "(%zu)", m + 1);
        assert_string_equal(s->cells[0][1 + m], number);
        (void)snprintf(number, sizeof number, "%.5g", pgdp_fit_glance(f->r[m]->fit).r_squared);
        assert_string_equal(s->cells[line_of(s, "r\\_squared")][1 + m], number);
        (void)snprintf(number, sizeof number, "%g", pgdp_fit_glance(f->r[m]->fit).nobs);
        assert_string_equal(s->cells[line_of(s, "observations")][1 + m], number);
        assert_string_equal(s->cells[line_of(s, "covariance")][1 + m], f->r[m]->spec.vcov);
        for (size_t e = 0; e < 2; e++) {
            const char *effect = e == 0 ? "f" : "g";
            bool has = false;
            for (size_t i = 0; i < f->r[m]->n_effects; i++)
                has = has || pg_streq(f->r[m]->effects[i], effect);
            assert_string_equal(s->cells[line_of(s, effect)][1 + m], has ? "yes" : "no");
        }
    }
    for (size_t i = 0; i < s->n_lines; i++)
        assert_int_equal(s->n_cells[i], f->n + 1);
}

/* In two orders: x10 comes before x1 in one of them. */
static void cells_of_models_side_by_side_are_those_of_their_fits(void **state)
{
    const fixture *given = *state;
    for (int i = 0; i < 8; i++) {
        const bool tex = i % 2 == 0, stars = i / 2 % 2 == 1;
        fixture f = *given;
        for (size_t m = 0; m < f.n && i > 3; m++)
            f.r[m] = given->r[(m + 1) % f.n];
        pgt_buffer buffer = write(&f, tex ? "tex" : "md", list_of(&f), f.n, stars);
        static sheet s;
        take_apart(buffer.data, tex ? '&' : '|', &s);
        for (size_t m = 0; m < f.n; m++)
            check_column(&f, &s, m, stars, tex);
        check_summary(&f, &s);
        pgt_buffer_free(&buffer);
    }
}

static void the_plain_table_has_the_same_cells(void **state)
{
    const fixture *f = *state;
    pgt_buffer buffer = write(f, "table", list_of(f), f->n, true);
    const pgdp_tidy t = pgdp_fit_tidy(f->r[0]->fit, 3, 0.95); /* x10 of the first model */
    char number[400], want[500];
    expected(t.estimate, t.std_error, number);
    (void)snprintf(want, sizeof want, "%s%s  ", number, stars_for(t.p_value));
    char *line = strstr(buffer.data, "\nx10 ");
    assert_non_null(line);
    *strchr(line + 1, '\n') = '\0';
    assert_contains(line, want);
    pgt_buffer_free(&buffer);
}

static void csv_has_every_number_to_the_bit(void **state)
{
    const fixture *f = *state;
    pgt_buffer buffer = write(f, "csv", list_of(f), f->n, false);
    char *line = strchr(buffer.data, '\n') + 1;
    for (size_t m = 0; m < f->n; m++) {
        for (size_t i = 0; i < pgdp_fit_n_terms(f->r[m]->fit); i++) {
            const pgdp_tidy t = pgdp_fit_tidy(f->r[m]->fit, i, 0.95);
            const double want[] = { t.estimate,
                                    t.std_error,
                                    t.statistic,
                                    t.p_value,
                                    t.conf_low,
                                    t.conf_high,
                                    pgdp_fit_glance(f->r[m]->fit).nobs };
            char head[200];
            (void)snprintf(head, sizeof head, "%zu,%s,%s,%s,ols,%s,%s,", m + 1, f->r[m]->spec.id, f->r[m]->spec.formula,
                           f->r[m]->spec.subset == NULL ? "" : f->r[m]->spec.subset, f->r[m]->spec.vcov, t.term);
            assert_memory_equal(line, head, strlen(head));
            line += strlen(head);
            for (size_t k = 0; k < 7; k++) {
                const double got = strtod(line, &line);
                assert_memory_equal(&got, &want[k], sizeof got);
                assert_int_equal(*line++, k == 6 ? '\n' : ',');
            }
        }
    }
    assert_int_equal(*line, '\0');
    pgt_buffer_free(&buffer);
}

static void stars_stand_at_their_thresholds(void **state)
{
    const fixture *f = *state;
    static const double p[] = { 0.1, 0.0999999, 0.05, 0.0499999, 0.01, 0.0099999, 0 };
    static const char *const marks[] = { "", "*", "*", "**", "**", "***", "***" };
    double *own = calloc(4, sizeof *own), *const before = f->r[0]->fit->p_value;
    f->r[0]->fit->p_value = own;
    for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
        char want[500], number[400];
        for (size_t j = 0; j < 4; j++)
            own[j] = p[i];
        const pgdp_tidy t = pgdp_fit_tidy(f->r[0]->fit, 1, 0.95);
        assert_close(t.p_value, p[i], 0, 0);
        expected(t.estimate, t.std_error, number);
        (void)snprintf(want, sizeof want, "%s%s\n", number, marks[i]);
        pgt_buffer buffer = write(f, "table", list_of(f), 1, true);
        assert_contains(buffer.data, want);
        assert_contains(buffer.data, "* p < 0.1, ** p < 0.05, *** p < 0.01.");
        pgt_buffer_free(&buffer);
    }
    own[1] = (double)NAN; /* no p, no star */
    pgt_buffer buffer = write(f, "md", list_of(f), 1, true);
    char *line = strstr(buffer.data, "\n| x |");
    *strchr(line + 1, '\n') = '\0';
    assert_null(strchr(line, '*'));
    pgt_buffer_free(&buffer);
    f->r[0]->fit->p_value = before;
    free(own);
}

static void without_stars_there_is_no_legend(void **state)
{
    const fixture *f = *state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        pgt_buffer buffer = write(f, formats[i], list_of(f), f->n, false);
        assert_null(strstr(buffer.data, "p < 0.1"));
        assert_null(strstr(buffer.data, "^{*"));
        if (i == 1) assert_contains(buffer.data, "log\\_lik & $-$");
        pgt_buffer_free(&buffer);
    }
}

static void what_is_missing_is_a_dash_an_empty_cell_or_null(void **state)
{
    const fixture *f = *state;
    static const char *const wants[] = { "-", "&- &", "| - |", ",,", "null" };
    double *const variance = &f->r[0]->fit->vcov[1 + 4 * 1], before = *variance;
    *variance = (double)NAN;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        pgt_buffer buffer = write(f, formats[i], list_of(f), 1, false);
        assert_null(strstr(buffer.data, "nan"));
        if (i == 1)
            assert_contains(buffer.data, " & (-) \\\\");
        else if (i == 2)
            assert_contains(buffer.data, "| (-) |");
        else
            assert_contains(buffer.data, wants[i]);
        pgt_buffer_free(&buffer);
    }
    *variance = before;
}

static void unknown_forms_are_answered_with_the_nearest(void **state)
{
    const fixture *f = *state;
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_status(f->ctx, pgdp_regressions_write(f->ctx, "jsn", list_of(f), 1, NULL, &sink), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "did you mean \"json\"?");
    for (size_t i = 0; pgdp_regression_writer_at(i) != NULL; i++) { /* none of them is no error */
        pgt_buffer none = write(f, pgdp_regression_writer_at(i)->name, list_of(f), 0, true);
        pgt_buffer_free(&none);
    }
    pgt_buffer_free(&buffer);
}

static void a_full_sink_stops_every_form(void **state)
{
    const fixture *f = *state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        for (size_t n = 1; n <= f->n; n += 3) {
            pgt_buffer buffer = { NULL, 0, 50 };
            const pgdp_sink sink = pgt_sink(&buffer);
            assert_true(pgdp_regressions_write(f->ctx, formats[i], list_of(f), n, NULL, &sink) != PGDP_OK);
            pgt_buffer_free(&buffer);
        }
    }
}

static pgdp_status write_all(pgdp_ctx *ctx, void *user)
{
    const fixture *f = user;
    const pgdp_table_style style = { .stars = true };
    pgdp_status status = PGDP_OK;
    for (size_t i = 0; i < sizeof formats / sizeof *formats && status == PGDP_OK; i++) {
        pgt_buffer buffer = { NULL, 0, 0 };
        const pgdp_sink sink = pgt_sink(&buffer);
        status = pgdp_regressions_write(ctx, formats[i], list_of(f), f->n, &style, &sink);
        if (status == PGDP_OK) status = pgdp_regressions_write(ctx, formats[i], list_of(f), 1, NULL, &sink);
        pgt_buffer_free(&buffer);
    }
    return status;
}

static void every_allocation_may_fail(void **state)
{
    assert_true(pgt_fail_every_allocation(write_all, *state) >= 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(cells_of_models_side_by_side_are_those_of_their_fits),
        TEST(the_plain_table_has_the_same_cells),
        TEST(csv_has_every_number_to_the_bit),
        TEST(stars_stand_at_their_thresholds),
        TEST(without_stars_there_is_no_legend),
        TEST(what_is_missing_is_a_dash_an_empty_cell_or_null),
        TEST(unknown_forms_are_answered_with_the_nearest),
        TEST(a_full_sink_stops_every_form),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
