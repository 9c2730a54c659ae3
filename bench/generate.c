/* generate.c  The benchmark's data: generate KIND ROWS COLUMNS GROUPS csv FILE, or raw DIRECTORY (a file of doubles a
 * column). Cell (i, j) is a function of i and j alone: splitmix64 (Steele, Lea & Flood 2014) as a counter.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 256, NAME_BYTES = 24, BLOCK = 4096, PATH_BYTES = 4096, MICRO = 1000000 };

typedef struct table {
    uint64_t n_rows;
    size_t n_terms;
    uint64_t n_groups;
} table;

/* Draw j of row i. Draws below 512 stand for columns of the row; above that i may be a level of an effect. */
static double uniform(uint64_t i, uint64_t j)
{
    uint64_t z = (i * 1024 + j + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return ((double)(z >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t i, uint64_t j)
{
    return sqrt(-2 * log(uniform(i, 2 * j))) * cos(6.283185307179586 * uniform(i, 2 * j + 1));
}

static double level(uint64_t i, uint64_t j, uint64_t n_levels)
{
    return floor(uniform(i, j) * (double)n_levels);
}

enum { GROUP = 400, OTHER = 401, MOVE = 402, EFFECT = 300, ERROR = 200 };

/* x1 to xk in out[1], ...; their sum with falling coefficients. */
static double fill_terms(uint64_t i, size_t k, double *out)
{
    double sum = 1;
    for (size_t j = 0; j < k; j++) {
        out[1 + j] = normal(i, j);
        sum += out[1 + j] / (double)(j + 1);
    }
    return sum;
}

/* y x1 ... xk g: errors heteroskedastic and dependent within the groups g. */
static void linear(const table *t, uint64_t i, double *out)
{
    const double g = level(i, GROUP, t->n_groups), mean = fill_terms(i, t->n_terms, out);
    out[0] = mean + normal((uint64_t)g, EFFECT) + normal(i, ERROR) * (0.5 + fabs(out[1]));
    out[1 + t->n_terms] = g;
}

/* y x1 ... xk g: y is 1 with a logistic probability. */
static void binary(const table *t, uint64_t i, double *out)
{
    const double mean = fill_terms(i, t->n_terms, out) - 1;
    out[0] = uniform(i, OTHER) < 1 / (1 + exp(-mean));
    out[1 + t->n_terms] = level(i, GROUP, t->n_groups);
}

/* Effects of two kinds of levels that the terms are correlated with: g of n_groups, h of 1,000. */
static double two_effects(const table *t, uint64_t i, double *out)
{
    double *levels = out + 1 + t->n_terms;
    levels[0] = level(i, GROUP, t->n_groups);
    levels[1] = level(i, OTHER, 1000);
    const double effects = normal((uint64_t)levels[0], EFFECT) + normal((uint64_t)levels[1], EFFECT + 1);
    double sum = effects;
    for (size_t j = 0; j < t->n_terms; j++) {
        out[1 + j] = normal(i, j) + 0.5 * effects;
        sum += out[1 + j] / (double)(j + 1);
    }
    return sum;
}

/* y x1 ... xk g h */
static void twoway(const table *t, uint64_t i, double *out)
{
    out[0] = two_effects(t, i, out) + normal(i, ERROR);
}

/* y x1 ... xk g h: y a count, by inversion. */
static void counts(const table *t, uint64_t i, double *out)
{
    const double rate = exp(0.3 * two_effects(t, i, out));
    const double u = uniform(i, ERROR);
    double p = exp(-rate), below = p;
    unsigned y = 0;
    while (u > below && y < 1000) {
        p *= rate / ++y;
        below += p;
    }
    out[0] = y;
}

/* y x1 ... xk g h: workers g of ten years each; of a hundred workers five move once, to a neighbour of their firm h.
 * Firms stand in a ring along which their effects change slowly: what alternating projections need longest for. */
static void akm(const table *t, uint64_t i, double *out)
{
    const uint64_t worker = i / 10, year = i % 10;
    const double moves = uniform(worker, MOVE) < 0.05 && (double)year >= 1 + level(worker, MOVE + 1, 9);
    const double firm = fmod(level(worker, GROUP, t->n_groups) + moves, (double)t->n_groups);
    const double place = 6.283185307179586 * firm / (double)t->n_groups;
    double *levels = out + 1 + t->n_terms, sum = normal(worker, EFFECT) + 3 * sin(place);
    levels[0] = (double)worker;
    levels[1] = firm;
    for (size_t j = 0; j < t->n_terms; j++) {
        out[1 + j] = normal(i, j) + 3 * cos(place + (double)j);
        sum += out[1 + j] / (double)(j + 1);
    }
    out[0] = sum + normal(i, ERROR);
}

/* y x1 ... xk g h: x1 endogenous, x2 and x3 its instruments, which y does not depend on. */
static void endogenous(const table *t, uint64_t i, double *out)
{
    const double error = normal(i, ERROR), mean = fill_terms(i, t->n_terms, out);
    const double x1 = 0.5 * out[2] + 0.3 * out[3] + out[1] + 0.5 * error;
    out[0] = mean - out[1] - out[2] / 2 - out[3] / 3 + x1 + error;
    out[1] = x1;
    out[1 + t->n_terms] = level(i, GROUP, t->n_groups);
}

/* y x1 ... xk g: rows of a group stand together. */
static void sorted(const table *t, uint64_t i, double *out)
{
    const uint64_t rows = t->n_rows / t->n_groups, group = i / rows;
    out[0] = fill_terms(i, t->n_terms, out) + normal(i, ERROR);
    out[1 + t->n_terms] = (double)group;
}

typedef struct kind {
    const char *name;
    size_t n_levels; /* columns after the terms */
    void (*fill)(const table *t, uint64_t i, double *out);
} kind;
static const kind kinds[] = { { "linear", 1, linear }, { "binary", 1, binary }, { "twoway", 2, twoway },
                              { "counts", 2, counts }, { "akm", 2, akm },       { "iv", 1, endogenous },
                              { "sorted", 1, sorted } };

static void name_column(const table *t, size_t j, char *name)
{
    if (j == 0 || j > t->n_terms)
        snprintf(name, NAME_BYTES, "%c", j == 0 ? 'y' : j == t->n_terms + 1 ? 'g' : 'h');
    else
        snprintf(name, NAME_BYTES, "x%zu", j);
}

/* Six decimals, so that the file in text and the file in binary hold the same doubles. */
static double rounded(double x)
{
    return (double)llround(x * MICRO) / MICRO;
}

static char *print_number(char *at, double x)
{
    const long long micro = llround(x * MICRO);
    unsigned long long whole = (unsigned long long)llabs(micro) / MICRO,
                       rest = (unsigned long long)llabs(micro) % MICRO;
    char digits[32];
    size_t n = 0;
    if (micro < 0) *at++ = '-';
    do {
        digits[n++] = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole > 0);
    while (n > 0)
        *at++ = digits[--n];
    if (rest == 0) return at;
    *at = '.';
    for (size_t d = 6; d > 0; d--, rest /= 10)
        at[d] = (char)('0' + rest % 10);
    return at + 7;
}

static int write_csv(const table *t, const kind *k, const char *path)
{
    const size_t n = 1 + t->n_terms + k->n_levels;
    FILE *file = fopen(path, "w");
    if (file == NULL) return 1;
    for (size_t j = 0; j < n; j++) {
        char name[NAME_BYTES];
        name_column(t, j, name);
        fprintf(file, "%s%c", name, j + 1 < n ? ',' : '\n');
    }
    for (uint64_t i = 0; i < t->n_rows; i++) {
        double row[MOST_COLUMNS];
        char line[MOST_COLUMNS * 32], *at = line;
        k->fill(t, i, row);
        for (size_t j = 0; j < n; j++) {
            at = print_number(at, row[j]);
            *at++ = j + 1 < n ? ',' : '\n';
        }
        fwrite(line, 1, (size_t)(at - line), file);
    }
    return fclose(file) != 0;
}

static int write_raw(const table *t, const kind *k, const char *directory)
{
    const size_t n = 1 + t->n_terms + k->n_levels;
    FILE *files[MOST_COLUMNS];
    int failed = 0;
    for (size_t j = 0; j < n; j++) {
        char path[PATH_BYTES], name[NAME_BYTES];
        name_column(t, j, name);
        snprintf(path, sizeof path, "%s/%s", directory, name);
        if ((files[j] = fopen(path, "w")) == NULL) return 1;
    }
    for (uint64_t i = 0; i < t->n_rows; i++) {
        double row[MOST_COLUMNS];
        k->fill(t, i, row);
        for (size_t j = 0; j < n; j++) {
            const double x = rounded(row[j]);
            fwrite(&x, sizeof x, 1, files[j]);
        }
    }
    for (size_t j = 0; j < n; j++)
        failed |= fclose(files[j]) != 0;
    return failed;
}

int main(int argc, char **argv)
{
    if (argc == 7) {
        const table t = { strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10) };
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds && t.n_terms < MOST_COLUMNS - 3; k++)
            if (strcmp(kinds[k].name, argv[1]) == 0)
                return (strcmp(argv[5], "csv") == 0 ? write_csv : write_raw)(&t, &kinds[k], argv[6]);
    }
    fprintf(stderr,
            "usage: generate linear|binary|twoway|counts|akm|iv|sorted ROWS TERMS GROUPS csv FILE|raw DIRECTORY\n");
    return 2;
}
