/* evaluate.h  A small spreadsheet: formulas of a book evaluated anew, as Excel and LibreOffice do, down to the numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_EVALUATE_H
#define PGT_EVALUATE_H

#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "reports/page.h"

enum { PGT_MOST = 64, PGT_NAME = 40 };
/** A number, a range's numbers, or a text. */
typedef struct pgt_value {
    size_t n;
    double x[PGT_MOST];
    const char *text;
} pgt_value;
typedef struct pgt_parser {
    const pg_book *book;
    const pg_page *page; /* of the formula */
    const char *p;
} pgt_parser;

static pgt_value pgt_comparison(pgt_parser *s);
static pgt_value pgt_evaluate_cell(const pg_book *book, const pg_page *page, size_t row, size_t column);

static inline pgt_value pgt_number(double x)
{
    return (pgt_value){ .n = 1, .x = { x } };
}

/* A formula, with its "=". */
static inline pgt_value pgt_evaluate(const pg_book *book, const pg_page *page, const char *formula)
{
    pgt_parser s = { book, page, formula + 1 };
    assert_int_equal(formula[0], '=');
    const pgt_value value = pgt_comparison(&s);
    if (*s.p != '\0') print_error("left over: %s\n", s.p);
    assert_int_equal(*s.p, '\0');
    return value;
}

static inline pgt_value pgt_evaluate_cell(const pg_book *book, const pg_page *page, size_t row, size_t column)
{
    for (const pg_table *t = page->tables; t != NULL; t = t->next) {
        if (row <= t->header_row || row > t->header_row + t->n_rows || column >= t->n_columns) continue;
        const pg_value *v = &t->values[(row - t->header_row - 1) * t->n_columns + column];
        if (v->kind == PG_VALUE_FORMULA) return pgt_evaluate(book, page, v->extra);
        if (v->kind == PG_VALUE_NUMBER || v->kind == PG_VALUE_BOOL) return pgt_number(v->number);
        return (pgt_value){ .n = 1, .text = v->text };
    }
    print_error("%s: row %zu, column %zu is in no table\n", page->name, row + 1, column + 1);
    fail();
    return pgt_number(0);
}

/* "$C$12" -> row 11, column 2. */
static inline void pgt_address(pgt_parser *s, size_t *row, size_t *column)
{
    *row = *column = 0;
    for (s->p += *s->p == '$'; *s->p >= 'A' && *s->p <= 'Z'; s->p++)
        *column = 26 * *column + (size_t)(*s->p - 'A' + 1);
    for (s->p += *s->p == '$'; *s->p >= '0' && *s->p <= '9'; s->p++)
        *row = 10 * *row + (size_t)(*s->p - '0');
    assert_true(*row > 0 && *column > 0);
    --*row, --*column;
}

static inline const pg_page *pgt_page(const pgt_parser *s, const char *name, size_t n)
{
    for (const pg_page *page = s->book->pages; page != NULL; page = page->next)
        if (strlen(page->name) == n && memcmp(page->name, name, n) == 0) return page;
    print_error("no sheet %.*s\n", (int)n, name);
    fail();
    return NULL;
}

static inline pgt_value pgt_reference(pgt_parser *s, const pg_page *page)
{
    size_t row, column, last_row, last_column;
    pgt_value value = { .n = 0 };
    pgt_address(s, &row, &column);
    last_row = row, last_column = column;
    if (*s->p == ':') s->p++, pgt_address(s, &last_row, &last_column);
    assert_int_equal(column, last_column);
    for (; row <= last_row; row++) {
        const pgt_value cell = pgt_evaluate_cell(s->book, page, row, column);
        assert_true(value.n < PGT_MOST);
        value.x[value.n++] = cell.x[0];
        value.text = cell.text;
    }
    return value;
}

/* One list of the functions: name, value of arguments a [n]. */
static inline double pgt_total(const pgt_value *a)
{
    double sum = 0;
    for (size_t i = 0; i < a->n; i++)
        sum += a->x[i];
    return sum;
}

static inline pgt_value pgt_call(const char *name, const pgt_value *a, size_t n)
{
    double all = 1, product = 0;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < a[k].n; i++)
            all = all * (a[k].x[i] != 0 ? 1 : 0);
    for (size_t i = 0; i < a[0].n; i++) {
        double term = 1;
        for (size_t k = 0; k < n; k++)
            term *= a[k].x[a[k].n > 1 ? i : 0];
        product += term;
    }
    if (strcmp(name, "IF") == 0) return a[a[0].x[0] != 0 ? 1 : 2];
    if (strcmp(name, "SUM") == 0) return pgt_number(pgt_total(&a[0]));
    if (strcmp(name, "SUMPRODUCT") == 0) return pgt_number(product);
    if (strcmp(name, "MIN") == 0) return pgt_number(fmin(a[0].x[0], a[1].x[0]));
    if (strcmp(name, "MAX") == 0) return pgt_number(fmax(a[0].x[0], a[1].x[0]));
    if (strcmp(name, "ABS") == 0) return pgt_number(fabs(a[0].x[0]));
    if (strcmp(name, "SQRT") == 0) return pgt_number(sqrt(a[0].x[0]));
    if (strcmp(name, "ROWS") == 0) return pgt_number((double)a[0].n);
    if (strcmp(name, "AND") == 0) return pgt_number(all);
    print_error("no function %s\n", name);
    fail();
    return pgt_number(0);
}

static inline pgt_value pgt_function(pgt_parser *s, const char *from, size_t length)
{
    char name[PGT_NAME];
    pgt_value arguments[3];
    size_t n = 0;
    assert_true(length < sizeof name);
    memcpy(name, from, length);
    name[length] = '\0';
    do {
        s->p++;
        assert_true(n < 3);
        arguments[n++] = pgt_comparison(s);
    } while (*s->p == ',');
    assert_int_equal(*s->p++, ')');
    return pgt_call(name, arguments, n);
}

static inline pgt_value pgt_primary(pgt_parser *s)
{
    const char *from = s->p;
    if (*s->p == '-' || *s->p == '+') {
        const double sign = *s->p++ == '-' ? -1 : 1;
        pgt_value value = pgt_primary(s); /* binds tighter than ^, as in Excel */
        for (size_t i = 0; i < value.n; i++)
            value.x[i] *= sign;
        return value;
    }
    if (*s->p == '(') {
        s->p++;
        const pgt_value value = pgt_comparison(s);
        assert_int_equal(*s->p++, ')');
        return value;
    }
    if (*s->p == '"') {
        const size_t n = strcspn(s->p + 1, "\"");
        s->p += n + 2;
        return (pgt_value){ .n = 1, .text = n == 4 ? "TRUE" : "FALSE" };
    }
    if (*s->p >= '0' && *s->p <= '9') {
        const size_t n = strspn(s->p, "0123456789.");
        double x;
        assert_true(pg_number_parse(s->p, n, &x));
        s->p += n;
        return pgt_number(x);
    }
    if (*s->p == '\'') {
        const size_t n = strcspn(s->p + 1, "'");
        s->p += n + 3;
        return pgt_reference(s, pgt_page(s, from + 1, n));
    }
    const size_t n = strspn(s->p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    if (s->p[n] == '(') return s->p += n, pgt_function(s, from, n);
    if (s->p[n] == '!') return s->p += n + 1, pgt_reference(s, pgt_page(s, from, n));
    return pgt_reference(s, s->page);
}

static inline double pgt_apply(char c, double a, double b)
{
    switch (c) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    case '/':
        return a / b;
    case '^':
        return pow(a, b);
    case '=':
        return a == b; /* bitwise equal, as typed */
    case '<':
        return a < b;
    case 'l':
        return a <= b;
    case 'n':
        return a != b;
    default:
        return a > b;
    }
}

static inline pgt_value pgt_join(char c, const pgt_value *a, const pgt_value *b)
{
    pgt_value value = { .n = a->n > b->n ? a->n : b->n };
    for (size_t i = 0; i < value.n; i++)
        value.x[i] = pgt_apply(c, a->x[a->n > 1 ? i : 0], b->x[b->n > 1 ? i : 0]);
    return value;
}

/* Left-associative operators of one level. */
static inline pgt_value pgt_level(pgt_parser *s, const char *operators, pgt_value (*next)(pgt_parser *s))
{
    pgt_value value = next(s);
    while (*s->p != '\0' && strchr(operators, *s->p) != NULL) {
        char c = *s->p++;
        if (c == '<' && *s->p == '=') c = 'l', s->p++;
        if (c == '<' && *s->p == '>') c = 'n', s->p++;
        const pgt_value right = next(s);
        value = pgt_join(c, &value, &right);
    }
    return value;
}
static pgt_value pgt_power(pgt_parser *s)
{
    return pgt_level(s, "^", pgt_primary);
}
static pgt_value pgt_product(pgt_parser *s)
{
    return pgt_level(s, "*/", pgt_power);
}
static pgt_value pgt_sum_of(pgt_parser *s)
{
    return pgt_level(s, "+-", pgt_product);
}
static pgt_value pgt_comparison(pgt_parser *s)
{
    return pgt_level(s, "=<>", pgt_sum_of);
}

#endif
