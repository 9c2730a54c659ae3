/* test_nist_nonlinear.c  Nonlinear least squares against certified values, from both starts of each set.
 * Source: NIST Statistical Reference Datasets, nonlinear regression (public domain); 11 digits are certified. The files
 * are read from the shared sources; a set that is not there is left out. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/regression.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARAMETERS = 9, TEXT = 65536, STARTS = 2 };

/* A set: its mean, how its columns are called, and digits that we must reach: of estimates from start 1 and 2, of
 * standard errors. Those of Lanczos1 hang on residuals of 1e-13 of data rounded to 1e-16. */
typedef struct set {
    const char *name, *formula, *columns;
    double digits, error_digits;
} set;
static const char gauss[] = "y ~ b1*exp(-b2*x) + b3*exp(-(x-b4)^2/b5^2) + b6*exp(-(x-b7)^2/b8^2)";
static const char lanczos[] = "y ~ b1*exp(-b2*x) + b3*exp(-b4*x) + b5*exp(-b6*x)";
static const char enso[] = "y ~ b1 + b2*cos(2*pi*x/12) + b3*sin(2*pi*x/12) + b5*cos(2*pi*x/b4) + b6*sin(2*pi*x/b4)"
                           " + b8*cos(2*pi*x/b7) + b9*sin(2*pi*x/b7)";
static const char thurber[] = "y ~ (b1 + b2*x + b3*x^2 + b4*x^3)/(1 + b5*x + b6*x^2 + b7*x^3)";
static const set sets[] = {
    { "Bennett5", "y ~ b1*(b2+x)^(-1/b3)", "y x", 10, 10 },
    { "BoxBOD", "y ~ b1*(1-exp(-b2*x))", "y x", 10, 10 },
    { "Chwirut1", "y ~ exp(-b1*x)/(b2+b3*x)", "y x", 10, 10 },
    { "Chwirut2", "y ~ exp(-b1*x)/(b2+b3*x)", "y x", 10, 10 },
    { "DanWood", "y ~ b1*x^b2", "y x", 10, 10 },
    { "ENSO", enso, "y x", 10, 10 },
    { "Eckerle4", "y ~ (b1/b2)*exp(-0.5*((x-b3)/b2)^2)", "y x", 10, 10 },
    { "Gauss1", gauss, "y x", 10, 10 },
    { "Gauss2", gauss, "y x", 10, 10 },
    { "Gauss3", gauss, "y x", 10, 10 },
    { "Hahn1", thurber, "y x", 10, 10 },
    { "Kirby2", "y ~ (b1 + b2*x + b3*x^2)/(1 + b4*x + b5*x^2)", "y x", 10, 10 },
    { "Lanczos1", lanczos, "y x", 10, 2 },
    { "Lanczos2", lanczos, "y x", 10, 10 },
    { "Lanczos3", lanczos, "y x", 10, 10 },
    { "MGH09", "y ~ b1*(x^2+x*b2)/(x^2+x*b3+b4)", "y x", 10, 10 },
    { "MGH10", "y ~ b1*exp(b2/(x+b3))", "y x", 10, 10 },
    { "MGH17", "y ~ b1 + b2*exp(-x*b4) + b3*exp(-x*b5)", "y x", 10, 10 },
    { "Misra1a", "y ~ b1*(1-exp(-b2*x))", "y x", 10, 10 },
    { "Misra1b", "y ~ b1*(1-(1+b2*x/2)^(-2))", "y x", 10, 10 },
    { "Misra1c", "y ~ b1*(1-(1+2*b2*x)^(-.5))", "y x", 10, 10 },
    { "Misra1d", "y ~ b1*b2*x*((1+b2*x)^(-1))", "y x", 10, 10 },
    { "Nelson", "log(y) ~ b1 - b2*x1*exp(-b3*x2)", "y x1 x2", 10, 10 },
    { "Rat42", "y ~ b1/(1+exp(b2-b3*x))", "y x", 10, 10 },
    { "Rat43", "y ~ b1/((1+exp(b2-b3*x))^(1/b4))", "y x", 10, 10 },
    { "Roszman1", "y ~ b1 - b2*x - atan(b3/(x-b4))/pi", "y x", 10, 10 },
    { "Thurber", thurber, "y x", 10, 10 },
};

/* What a file says. */
typedef struct certified {
    size_t n;
    char starts[STARTS][400];
    double estimate[MOST_PARAMETERS], std_error[MOST_PARAMETERS], ssr, sigma;
    char data[TEXT];
} certified;

/* "  b1 =   500   250   2.38E+02  2.7E+00" */
static void read_parameter(const char *line, certified *c)
{
    unsigned index;
    char start[STARTS][40];
    double estimate, std_error;
    if (sscanf(line, " b%u = %39s %39s %lf %lf", &index, start[0], start[1], &estimate, &std_error) != 5) return;
    assert_true(index == c->n + 1 && index <= MOST_PARAMETERS);
    for (size_t s = 0; s < STARTS; s++) {
        const size_t at = strlen(c->starts[s]);
        (void)snprintf(c->starts[s] + at, sizeof c->starts[s] - at, "%sb%u = %s", at > 0 ? ", " : "", index, start[s]);
    }
    c->estimate[c->n] = estimate;
    c->std_error[c->n++] = std_error;
}

static void read_set(char *text, const char *columns, certified *c)
{
    memset(c, 0, sizeof *c);
    size_t row = 0, at = (size_t)snprintf(c->data, TEXT, "%s\n", columns);
    char *rest = NULL;
    for (char *line = text; line != NULL; line = rest, row++) {
        rest = strchr(line, '\n');
        if (rest != NULL) *rest++ = '\0';
        (void)sscanf(line, "Residual Sum of Squares: %lf", &c->ssr);
        (void)sscanf(line, "Residual Standard Deviation: %lf", &c->sigma);
        read_parameter(line, c);
        if (row < 60) continue;
        const char *gap = "";
        char *next = NULL;
        for (char *word = strtok_r(line, " \r\t", &next); word != NULL; word = strtok_r(NULL, " \r\t", &next)) {
            at += (size_t)snprintf(c->data + at, TEXT - at, "%s%s", gap, word);
            gap = " ";
        }
        if (*gap != '\0') at += (size_t)snprintf(c->data + at, TEXT - at, "\n");
        assert_true(at < TEXT);
    }
}

/* Correct digits, 11 at most: as many as are certified. */
static double digits_of(double got, double want)
{
    const double error = fabs(got - want) / fabs(want);
    return error > 1e-11 ? -log10(error) : error <= 1e-11 ? 11 : 0;
}

static double worst_digits(const pgdp_fit *fit, const certified *c, double *of_errors)
{
    const pgdp_glance g = pgdp_fit_glance(fit);
    double worst = 11;
    *of_errors = fmin(digits_of(g.deviance, c->ssr), digits_of(g.sigma, c->sigma));
    assert_int_equal(pgdp_fit_n_terms(fit), c->n);
    for (size_t j = 0; j < c->n; j++) {
        const pgdp_tidy t = pgdp_fit_tidy(fit, j, 0.95);
        worst = fmin(worst, digits_of(t.estimate, c->estimate[j]));
        *of_errors = fmin(*of_errors, digits_of(t.std_error, c->std_error[j]));
    }
    return worst;
}

static size_t check_set(pgdp_ctx *ctx, const set *s, const certified *c)
{
    size_t n_failed = 0;
    pgdp_frame *data = pgt_frame(ctx, c->data);
    for (size_t start = 0; start < STARTS; start++) {
        const pgdp_regression_spec spec = {
            .formula = s->formula, .method = "nls", .vcov = "iid", .start = c->starts[start]
        };
        pgdp_regression *r = NULL;
        double digits = 0, of_errors = 0;
        if (pgdp_regress(ctx, data, &spec, &r) == PGDP_OK)
            digits = worst_digits(pgdp_regression_fit(r), c, &of_errors);
        else
            print_message("%s\n", pgdp_ctx_error(ctx));
        if (!(digits >= s->digits) || !(of_errors >= s->error_digits)) {
            print_message("%s from start %zu: %.1f digits of the estimates (expected %g), %.1f of the errors (%g)\n",
                          s->name, start + 1, digits, s->digits, of_errors, s->error_digits);
            n_failed++;
        }
        pgdp_regression_free(r);
    }
    pgdp_frame_free(data);
    return n_failed;
}

static void nonlinear_sets_are_certified_from_both_starts(void **state)
{
    (void)state;
    size_t n_found = 0, n_failed = 0;
    static certified c;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        char name[80];
        (void)snprintf(name, sizeof name, "data/nist-strd/nonlinear/%s.dat", sets[i].name);
        const char *path = pgt_shared_path(name);
        if (path == NULL) continue;
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        char *text = pgt_read_file(path, NULL);
        read_set(text, sets[i].columns, &c);
        n_failed += check_set(ctx, &sets[i], &c);
        n_found++;
        free(text);
        pgdp_ctx_free(ctx);
    }
    if (n_found == 0) skip();
    assert_int_equal(n_failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonlinear_sets_are_certified_from_both_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
