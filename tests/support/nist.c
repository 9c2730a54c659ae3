/* nist.c  The files of NIST's Statistical Reference Datasets: nist.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/nist.h"

#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_DATA_ROW = 60 };

#define GAUSS   "y ~ b1*exp(-b2*x) + b3*exp(-(x-b4)^2/b5^2) + b6*exp(-(x-b7)^2/b8^2)"
#define LANCZOS "y ~ b1*exp(-b2*x) + b3*exp(-b4*x) + b5*exp(-b6*x)"
#define THURBER "y ~ (b1 + b2*x + b3*x^2 + b4*x^3)/(1 + b5*x + b6*x^2 + b7*x^3)"
#define ENSO                                                                                                           \
    "y ~ b1 + b2*cos(2*pi*x/12) + b3*sin(2*pi*x/12) + b5*cos(2*pi*x/b4) + b6*sin(2*pi*x/b4) + b8*cos(2*pi*x/b7)"       \
    " + b9*sin(2*pi*x/b7)"
const pgt_nist_model pgt_nist_nonlinear[] = {
    { "Bennett5", "y ~ b1*(b2+x)^(-1/b3)", "y x" },
    { "BoxBOD", "y ~ b1*(1-exp(-b2*x))", "y x" },
    { "Chwirut1", "y ~ exp(-b1*x)/(b2+b3*x)", "y x" },
    { "Chwirut2", "y ~ exp(-b1*x)/(b2+b3*x)", "y x" },
    { "DanWood", "y ~ b1*x^b2", "y x" },
    { "ENSO", ENSO, "y x" },
    { "Eckerle4", "y ~ (b1/b2)*exp(-0.5*((x-b3)/b2)^2)", "y x" },
    { "Gauss1", GAUSS, "y x" },
    { "Gauss2", GAUSS, "y x" },
    { "Gauss3", GAUSS, "y x" },
    { "Hahn1", THURBER, "y x" },
    { "Kirby2", "y ~ (b1 + b2*x + b3*x^2)/(1 + b4*x + b5*x^2)", "y x" },
    { "Lanczos1", LANCZOS, "y x" },
    { "Lanczos2", LANCZOS, "y x" },
    { "Lanczos3", LANCZOS, "y x" },
    { "MGH09", "y ~ b1*(x^2+x*b2)/(x^2+x*b3+b4)", "y x" },
    { "MGH10", "y ~ b1*exp(b2/(x+b3))", "y x" },
    { "MGH17", "y ~ b1 + b2*exp(-x*b4) + b3*exp(-x*b5)", "y x" },
    { "Misra1a", "y ~ b1*(1-exp(-b2*x))", "y x" },
    { "Misra1b", "y ~ b1*(1-(1+b2*x/2)^(-2))", "y x" },
    { "Misra1c", "y ~ b1*(1-(1+2*b2*x)^(-.5))", "y x" },
    { "Misra1d", "y ~ b1*b2*x*((1+b2*x)^(-1))", "y x" },
    { "Nelson", "log(y) ~ b1 - b2*x1*exp(-b3*x2)", "y x1 x2" },
    { "Rat42", "y ~ b1/(1+exp(b2-b3*x))", "y x" },
    { "Rat43", "y ~ b1/((1+exp(b2-b3*x))^(1/b4))", "y x" },
    { "Roszman1", "y ~ b1 - b2*x - atan(b3/(x-b4))/pi", "y x" },
    { "Thurber", THURBER, "y x" },
    { NULL, NULL, NULL },
};

double pgt_digits(double got, double want, int most)
{
    char ours[40], theirs[40]; /* what is certified is rounded to its digits */
    if (isnan(got) || isnan(want)) return 0;
    (void)snprintf(ours, sizeof ours, "%.*e", most - 1, got);
    (void)snprintf(theirs, sizeof theirs, "%.*e", most - 1, want);
    if (strcmp(ours, theirs) == 0) return most;
    const double error = fabs(got - want) / (fabs(want) > 0 ? fabs(want) : 1);
    return error > 0 ? fmax(0, fmin(most, -log10(error))) : most;
}

/* "  b1 =   500   250   2.38E+02  2.7E+00", or "   B0   -1467.48961422980   298.084530995537" */
static void read_parameter(const char *line, pgt_nist *c)
{
    unsigned index;
    char start[PGT_NIST_STARTS][40];
    double estimate, std_error;
    if (sscanf(line, " b%u = %39s %39s %lf %lf", &index, start[0], start[1], &estimate, &std_error) == 5) {
        for (size_t s = 0; s < PGT_NIST_STARTS; s++) {
            const size_t at = strlen(c->starts[s]);
            (void)snprintf(c->starts[s] + at, sizeof c->starts[s] - at, "%sb%u = %s", at > 0 ? ", " : "", index,
                           start[s]);
        }
    } else if (sscanf(line, " B%u %lf %lf", &index, &estimate, &std_error) != 3) {
        return;
    }
    assert_true(c->n_terms < PGT_NIST_TERMS);
    c->estimate[c->n_terms] = estimate;
    c->std_error[c->n_terms++] = std_error;
}

/* The last number of a line that holds the words. */
static void read_number(const char *line, const char *words, double *out)
{
    const char *at = strstr(line, words), *last = at;
    if (at == NULL) return;
    for (const char *c = at; *c != '\0'; c++)
        if ((c == line || c[-1] == ' ' || c[-1] == '=' || c[-1] == ':') && *c != ' ' &&
            strchr("-.0123456789", *c) != NULL)
            last = c;
    char *end = NULL;
    const double value = strtod(last, &end);
    if (end != last) *out = value;
}

static void read_certified(const char *line, pgt_nist *c)
{
    read_parameter(line, c);
    read_number(line, "Residual Sum of Squares", &c->ssr);
    read_number(line, "Residual Standard Deviation", &c->sigma);
    read_number(line, "     Standard Deviation  ", &c->sigma);
    read_number(line, "Certified R-Squared", &c->r_squared);
    read_number(line, "     R-Squared", &c->r_squared);
    read_number(line, "Between ", &c->f);
    read_number(line, "Regression  ", &c->f);
    read_number(line, "Sample Mean", &c->mean);
    read_number(line, "Sample Standard Deviation", &c->deviation);
    read_number(line, "Sample Autocorrelation", &c->autocorrelation);
    read_number(line, "mean   ", &c->mean);
    read_number(line, "standardDeviation", &c->deviation);
    read_number(line, "autocorrelationCoefficient", &c->autocorrelation);
}

/* A row of data: its words with one blank between them. */
static size_t add_row(char *line, char *out)
{
    size_t at = 0;
    char *next = NULL;
    for (char *word = strtok_r(line, " \r\t", &next); word != NULL; word = strtok_r(NULL, " \r\t", &next)) {
        if (at > 0) out[at++] = ' ';
        memcpy(out + at, word, strlen(word));
        at += strlen(word);
    }
    if (at > 0) out[at++] = '\n';
    return at;
}

bool pgt_nist_read(pgdp_ctx *ctx, const char *name, const char *columns, pgt_nist *out)
{
    char file[120];
    (void)snprintf(file, sizeof file, "data/nist-strd/%s", name);
    const char *path = pgt_shared_path(file);
    if (path == NULL) return false;
    const double nan = (double)NAN;
    *out = (pgt_nist){
        .sigma = nan, .ssr = nan, .r_squared = nan, .f = nan, .mean = nan, .deviation = nan, .autocorrelation = nan
    };
    size_t n = 0, row = 0;
    char *text = pgt_read_file(path, &n), *rest = NULL, *data = calloc(n + 80, 1);
    size_t at = (size_t)sprintf(data, "%s\n", columns);
    const bool marked = text[0] == '#'; /* the files whose header lines begin with # */
    for (char *line = text; line != NULL; line = rest, row++) {
        rest = strchr(line, '\n');
        if (rest != NULL) *rest++ = '\0';
        const bool number = strspn(line, " -.0123456789\r") == strlen(line) && line[0] != '\0';
        if (marked ? number : row >= FIRST_DATA_ROW)
            at += add_row(line, data + at);
        else
            read_certified(line, out);
    }
    out->data = pgt_frame(ctx, data);
    free(text);
    free(data);
    return true;
}
