/* ledger.c  A firm's spending on AI beside its payroll, by month and unit. Source: unit_cost.h; docs/unit_cost.md 4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/unit_cost.h"
#include "tasks/answer.h"
#include "tasks/frames.h"
#include "tasks/measures.h"
#include "tasks/token_price_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pgdp_ledger {
    pgdp_allocator allocator;
    pgdp_frame *months, *units;
};

static const double amounts[2] = { 0, 1e15 };

/** One month of one unit, or sums of several; saved and tokens NaN: nothing is known. */
typedef struct entry {
    int32_t month; /**< months since 1970-01 */
    const char *unit;
    double spend, payroll, hours, tokens, saved;
} entry;
typedef struct book {
    entry *entries; /**< of the payroll, by month and unit */
    size_t n;
    pg_map places; /**< month TAB unit */
} book;

static const entry nothing = { .tokens = NAN, .saved = NAN };

static void add_known(double *sum, double x)
{
    if (!isnan(x)) *sum = isnan(*sum) ? x : *sum + x;
}

static void add_entry(entry *sum, const entry *e)
{
    sum->spend += e->spend;
    sum->payroll += e->payroll;
    add_known(&sum->tokens, e->tokens);
    add_known(&sum->saved, e->saved);
}

static int by_month_and_unit(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    if (p->month != q->month) return p->month < q->month ? -1 : 1;
    return strcmp(p->unit, q->unit);
}

/** Month and unit of each row, as a key too. */
typedef struct rows {
    int32_t *month;
    const char **unit, **key;
} rows;

static pgdp_status read_rows(pgdp_ctx *ctx, pg_table table, rows *r)
{
    const size_t n = pgdp_frame_n_rows(table.frame), month = pgdp_frame_find(table.frame, "month");
    if (month == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no column month of months such as 2026-05, expected one",
                       table.name);
    PG_TRY(pg_read_days(ctx, table.name, table.frame, month, &r->month));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "unit", NULL }, &r->unit));
    PG_TRY_ALLOC(ctx, r->key, pg_arena_alloc(&ctx->scratch, n, sizeof *r->key));
    for (size_t i = 0; i < n; i++) {
        if (r->month[i] == PGDP_MISSING_PERIOD)
            return pg_fail(ctx, PGDP_PARSE, "%s: row %zu, column month: found nothing, expected a month", table.name,
                           i + 1);
        r->month[i] = pgdp_period_convert((pgdp_period){ PGDP_DAILY, r->month[i] }, PGDP_MONTHLY).ordinal;
        PG_TRY_ALLOC(ctx, r->key[i], pg_arena_printf(&ctx->scratch, "%d\t%s", (int)r->month[i], r->unit[i]));
    }
    return PGDP_OK;
}

static pgdp_status read_payroll(pgdp_ctx *ctx, const pgdp_frame *frame, book *b)
{
    const pg_table table = { frame, "payroll" };
    const double *usd, *hours;
    size_t *index;
    rows r;
    b->n = pgdp_frame_n_rows(frame);
    if (b->n == 0) return pg_fail(ctx, PGDP_PARSE, "payroll: found no row, expected one a month and unit");
    PG_TRY(read_rows(ctx, table, &r));
    PG_TRY(pg_numbers(ctx, table, "usd", amounts, &usd));
    PG_TRY(pg_numbers_known(ctx, table, "hours", amounts, &hours));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, b->n, sizeof *index));
    PG_TRY(pg_index_keys(ctx, r.key, b->n, index, &b->places));
    PG_TRY_ALLOC(ctx, b->entries, pg_arena_alloc(&ctx->scratch, b->n, sizeof *b->entries));
    for (size_t i = 0; i < b->n; i++) {
        if (index[i] != i)
            return pg_fail(ctx, PGDP_PARSE, "payroll: row %zu, column unit: found \"%.60s\" again in the same month",
                           i + 1, r.unit[i]);
        b->entries[i] = nothing;
        b->entries[i].month = r.month[i];
        b->entries[i].unit = r.unit[i];
        b->entries[i].payroll = usd[i];
        b->entries[i].hours = hours == NULL ? (double)NAN : hours[i];
    }
    return PGDP_OK;
}

/** Labour saved in a row: as given, or hours at what an hour costs the unit. */
static pgdp_status value_of(pgdp_ctx *ctx, size_t row, const entry *e, double usd, double hours, double *out)
{
    *out = usd;
    if (!isnan(usd) || isnan(hours)) return PGDP_OK;
    if (!(e->hours > 0))
        return pg_fail(ctx, PGDP_PARSE,
                       "spend: row %zu, column hours_saved: found hours of unit \"%.60s\", whose payroll has none that "
                       "month; add hours to the payroll or saved_usd here",
                       row + 1, e->unit);
    *out = hours * e->payroll / e->hours;
    return PGDP_OK;
}

static pgdp_status read_spend(pgdp_ctx *ctx, const pgdp_frame *frame, book *b)
{
    const pg_table table = { frame, "spend" };
    const double *usd, *known[3];
    static const char *const names[3] = { "tokens", "saved_usd", "hours_saved" };
    rows r;
    PG_TRY(read_rows(ctx, table, &r));
    PG_TRY(pg_numbers(ctx, table, "usd", amounts, &usd));
    for (size_t k = 0; k < 3; k++)
        PG_TRY(pg_numbers_known(ctx, table, names[k], amounts, &known[k]));
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const size_t at = pg_map_find(&b->places, r.key[i], strlen(r.key[i]));
        double cell[3], saved;
        if (at == PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE,
                           "spend: row %zu, column unit: found \"%.60s\", expected a unit of the payroll in that month",
                           i + 1, r.unit[i]);
        for (size_t k = 0; k < 3; k++)
            cell[k] = known[k] == NULL ? (double)NAN : known[k][i];
        PG_TRY(value_of(ctx, i, &b->entries[at], cell[1], cell[2], &saved));
        b->entries[at].spend += usd[i];
        add_known(&b->entries[at].tokens, cell[0]);
        add_known(&b->entries[at].saved, saved);
    }
    return PGDP_OK;
}

static const pgdp_column month_columns[] = {
    PG_TEXT_COLUMN("month"),
    PG_TEXT_COLUMN("unit"),
    PG_REAL_COLUMN("spend_usd", "usd a month"),
    PG_REAL_COLUMN("payroll_usd", "usd a month"),
    PG_REAL_COLUMN("share", "share"),
    PG_REAL_COLUMN("tokens", "tokens a month"),
    PG_REAL_COLUMN("usd_per_million", "usd per million tokens"),
    PG_REAL_COLUMN("saved_usd", "usd a month"),
    PG_REAL_COLUMN("multiple", "ratio"),
};

/** A ratio that is there only where there is something below the line. */
static double over(double a, double b)
{
    return b > 0 ? a / b : (double)NAN;
}

static pgdp_status add_month(pgdp_ctx *ctx, const entry *e, const char *unit, pgdp_frame *out)
{
    const double cells[] = { e->spend,
                             e->payroll,
                             over(e->spend, e->payroll),
                             e->tokens,
                             over(1e6 * e->spend, e->tokens),
                             e->saved,
                             over(e->saved, e->spend) };
    char month[16];
    pgdp_period_format((pgdp_period){ PGDP_MONTHLY, e->month }, month);
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, 0, month));
    PG_TRY(pg_set_text(ctx, out, 1, unit));
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
        pgdp_frame_set_real(out, 2 + k, cells[k]);
    return PGDP_OK;
}

/** Sums of each month: [*n] */
static pgdp_status fill_months(pgdp_ctx *ctx, const book *b, entry *sums, size_t *n, pgdp_frame *out)
{
    *n = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (*n == 0 || sums[*n - 1].month != b->entries[i].month) {
            sums[*n] = nothing;
            sums[(*n)++].month = b->entries[i].month;
        }
        add_entry(&sums[*n - 1], &b->entries[i]);
        PG_TRY(add_month(ctx, &b->entries[i], b->entries[i].unit, out));
        if (i + 1 == b->n || b->entries[i + 1].month != b->entries[i].month)
            PG_TRY(add_month(ctx, &sums[*n - 1], "all", out));
    }
    return PGDP_OK;
}

static const pgdp_column unit_columns[] = {
    PG_TEXT_COLUMN("unit"),
    PG_REAL_COLUMN("months", "months"),
    PG_REAL_COLUMN("spend_usd", "usd"),
    PG_REAL_COLUMN("payroll_usd", "usd"),
    PG_REAL_COLUMN("share", "share"),
    PG_REAL_COLUMN("run_rate_usd", "usd a year"),
    PG_REAL_COLUMN("run_rate_share", "share"),
    PG_REAL_COLUMN("growth", "share a month"),
    PG_REAL_COLUMN("saved_usd", "usd"),
    PG_REAL_COLUMN("multiple", "ratio"),
};

/** Entries of one unit (NULL: all of them) in order of months, as its row. */
static pgdp_status add_unit(pgdp_ctx *ctx, const entry *entries, size_t n, const char *unit, pgdp_frame *out)
{
    const entry *first = NULL, *last = NULL, *newest = &nothing;
    entry sum = nothing;
    double months = 0;
    for (size_t i = 0; i < n; i++) {
        const entry *e = &entries[i];
        if (unit != NULL && !pg_streq(e->unit, unit)) continue;
        add_entry(&sum, e);
        months += 1;
        newest = e;
        if (!(e->spend > 0)) continue;
        first = first == NULL ? e : first;
        last = e;
    }
    const double span = first == NULL ? 0 : last->month - first->month;
    const double cells[] = { months,
                             sum.spend,
                             sum.payroll,
                             over(sum.spend, sum.payroll),
                             12 * newest->spend,
                             over(newest->spend, newest->payroll),
                             span > 0 ? pow(last->spend / first->spend, 1 / span) - 1 : (double)NAN,
                             sum.saved,
                             over(sum.saved, sum.spend) };
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, 0, unit == NULL ? "all" : unit));
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
        pgdp_frame_set_real(out, 1 + k, cells[k]);
    return PGDP_OK;
}

static pgdp_status fill_units(pgdp_ctx *ctx, const book *b, const entry *sums, size_t n_months, pgdp_frame *out)
{
    const char **names;
    size_t n = 0;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, b->n, sizeof *names));
    for (size_t i = 0; i < b->n; i++)
        names[i] = b->entries[i].unit;
    qsort(names, b->n, sizeof *names, pg_compare_strings);
    for (size_t i = 0; i < b->n; i++)
        if (i == 0 || !pg_streq(names[i], names[n - 1])) names[n++] = names[i];
    for (size_t u = 0; u < n; u++)
        PG_TRY(add_unit(ctx, b->entries, b->n, names[u], out));
    return add_unit(ctx, sums, n_months, NULL, out);
}

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *spend, const pgdp_frame *payroll, pgdp_ledger *l)
{
    book b = { .n = 0 };
    entry *sums;
    size_t n_months;
    PG_TRY(read_payroll(ctx, payroll, &b));
    PG_TRY(read_spend(ctx, spend, &b));
    qsort(b.entries, b.n, sizeof *b.entries, by_month_and_unit);
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, b.n, sizeof *sums));
    PG_TRY(pg_frame_of(ctx, month_columns, sizeof month_columns / sizeof *month_columns, b.n, &l->months));
    PG_TRY(pg_frame_of(ctx, unit_columns, sizeof unit_columns / sizeof *unit_columns, 0, &l->units));
    PG_TRY(fill_months(ctx, &b, sums, &n_months, l->months));
    return fill_units(ctx, &b, sums, n_months, l->units);
}

pgdp_status pgdp_ledger_new(pgdp_ctx *ctx, const pgdp_frame *spend, const pgdp_frame *payroll, pgdp_ledger **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_ledger *l;
    PG_TRY_ALLOC(ctx, l, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *l));
    *l = (pgdp_ledger){ .allocator = ctx->allocator };
    const pgdp_status status = run(ctx, spend, payroll, l);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = l;
    else
        pgdp_ledger_free(l);
    return status;
}

void pgdp_ledger_free(pgdp_ledger *ledger)
{
    if (ledger == NULL) return;
    const pgdp_allocator allocator = ledger->allocator;
    pgdp_frame_free(ledger->months);
    pgdp_frame_free(ledger->units);
    allocator.realloc(allocator.user, ledger, 0);
}

const pgdp_frame *pgdp_ledger_months(const pgdp_ledger *ledger)
{
    return ledger->months;
}

const pgdp_frame *pgdp_ledger_units(const pgdp_ledger *ledger)
{
    return ledger->units;
}

pgdp_status pgdp_ledger_write(pgdp_ctx *ctx, const pgdp_ledger *ledger, bool as_json, const pgdp_sink *sink)
{
    const pg_answer answer = { "pgdp.tasks.ledger/1",
                               { { "units", ledger->units, true }, { "months", ledger->months, true } } };
    return pg_answer_write(ctx, &answer, as_json, sink);
}
