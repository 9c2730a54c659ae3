/* token_prices.c  How token prices fall: a hedonic regression, and the cheapest price at a level of capability. Source:
 * methodology 4.4; Epoch AI (2025), "LLM inference prices have fallen rapidly but unequally across tasks"; delta
 * method: Greene (2018), theorem 4.5. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/regression.h"
#include "pgdp/unit_cost.h"
#include "tasks/answer.h"
#include "tasks/columns.h"
#include "tasks/frames.h"
#include "tasks/token_price_list.h"

#include <math.h>
#include <stdlib.h>

struct pgdp_token_prices {
    pgdp_allocator allocator;
    pgdp_frame *trends, *terms, *frontier;
};

#define DAYS_A_YEAR 365.2425

/** One model at one price. */
typedef struct offer {
    double price, score;
    int32_t day;
    const char *model, *vendor;
    size_t row;
} offer;
typedef struct market {
    pgdp_token_prices_request q; /**< with its defaults filled in */
    offer *offers;               /**< with price and date, by day */
    size_t n, n_rows;
    bool scores, vendors;
} market;

double pgdp_yearly_factor(double first, double last, double years)
{
    return pow(first / last, 1 / years);
}

static int by_day(const void *a, const void *b)
{
    const offer *p = a, *q = b;
    if (p->day != q->day) return p->day < q->day ? -1 : 1;
    if (p->price < q->price || p->price > q->price) return p->price < q->price ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

/** Prices of a row a model: the column price, or those of input and output by their share. */
static pgdp_status read_prices(pgdp_ctx *ctx, const pgdp_frame *frame, double input_share, double *price)
{
    const size_t n = pgdp_frame_n_rows(frame);
    const double *given;
    pg_price_list list;
    if (pgdp_frame_find(frame, "price") == PGDP_NONE) {
        PG_TRY(pg_price_list_read(ctx, frame, &list));
        for (size_t i = 0; i < n; i++)
            price[i] = list.scale * (input_share * list.price[PG_PRICE_INPUT][i] +
                                     (1 - input_share) * list.price[PG_PRICE_OUTPUT][i]);
        return PGDP_OK;
    }
    PG_TRY(pg_table_reals(ctx, (pg_table){ frame, "prices" }, "price", &given));
    for (size_t i = 0; i < n; i++) {
        price[i] = given[i];
        if (given[i] < 0)
            return pg_fail(ctx, PGDP_PARSE, "prices: row %zu, column price: found a number below 0, expected a price",
                           i + 1);
    }
    return PGDP_OK;
}

static const char *text_at(const pgdp_frame *frame, size_t column, size_t row)
{
    if (column == PGDP_NONE || pgdp_frame_column(frame, column)->type != PGDP_TEXT) return NULL;
    return pgdp_frame_text(frame, column, row);
}

static pgdp_status read_offers(pgdp_ctx *ctx, const pgdp_frame *frame, market *m)
{
    static const char *const dates[] = { "date", "from", "from_date", "created", NULL };
    static const char *const models[] = { "model", "id", NULL }, *const vendors[] = { "provider", "vendor", NULL };
    const size_t date = pg_find_column(frame, dates), model = pg_find_column(frame, models);
    const size_t vendor = pg_find_column(frame, vendors);
    const double *score = NULL;
    double *price;
    int32_t *day;
    m->n_rows = pgdp_frame_n_rows(frame);
    m->vendors = vendor != PGDP_NONE && pgdp_frame_column(frame, vendor)->type == PGDP_TEXT;
    m->scores = pgdp_frame_find(frame, "score") != PGDP_NONE;
    if (date == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "prices: found no column date (or from, from_date, created); add one");
    PG_TRY_ALLOC(ctx, price, pg_arena_alloc(&ctx->scratch, m->n_rows, sizeof *price));
    PG_TRY_ALLOC(ctx, m->offers, pg_arena_alloc(&ctx->scratch, m->n_rows, sizeof *m->offers));
    PG_TRY(read_prices(ctx, frame, m->q.input_share, price));
    PG_TRY(pg_read_days(ctx, "prices", frame, date, &day));
    if (m->scores) PG_TRY(pg_table_reals(ctx, (pg_table){ frame, "prices" }, "score", &score));
    for (size_t i = 0; i < m->n_rows; i++)
        if (day[i] != PGDP_MISSING_PERIOD && price[i] > 0)
            m->offers[m->n++] = (offer){ price[i],
                                         score == NULL ? (double)NAN : score[i],
                                         day[i],
                                         text_at(frame, model, i),
                                         text_at(frame, vendor, i),
                                         i };
    qsort(m->offers, m->n, sizeof *m->offers, by_day);
    if (m->n < 2)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "prices: found %zu rows with a date and a price above 0, expected more",
                       m->n);
    return PGDP_OK;
}

enum { PRICE, YEARS, SCORE, PROVIDER, N_DATA_COLUMNS };
static const pgdp_column data_columns[N_DATA_COLUMNS] = {
    [PRICE] = PG_REAL_COLUMN("price", "usd per million tokens"),
    [YEARS] = PG_REAL_COLUMN("years", "years"),
    [SCORE] = PG_REAL_COLUMN("score", ""),
    [PROVIDER] = PG_TEXT_COLUMN("provider"),
};

/** Rows of offers [n] as data of a regression. */
static pgdp_status fill_data(pgdp_ctx *ctx, const offer *const *offers, size_t n, pgdp_frame *out)
{
    for (size_t i = 0; i < n; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, out));
        pgdp_frame_set_real(out, PRICE, offers[i]->price);
        pgdp_frame_set_real(out, YEARS, (offers[i]->day - offers[0]->day) / DAYS_A_YEAR);
        pgdp_frame_set_real(out, SCORE, offers[i]->score);
        if (offers[i]->vendor != NULL) PG_TRY(pg_set_text(ctx, out, PROVIDER, offers[i]->vendor));
    }
    return PGDP_OK;
}

static pgdp_status regress(pgdp_ctx *ctx, const market *m, const char *formula, const offer *const *offers, size_t n,
                           pgdp_regression **out)
{
    const pgdp_regression_spec spec = {
        .formula = formula, .vcov = m->q.vcov, .diagnostics = "none", .conf_level = m->q.conf_level
    };
    pgdp_frame *data;
    PG_TRY(pg_frame_of(ctx, data_columns, N_DATA_COLUMNS, n, &data));
    pgdp_status status = fill_data(ctx, offers, n, data);
    if (status == PGDP_OK) status = pgdp_regress(ctx, data, &spec, out);
    pgdp_frame_free(data);
    return status;
}

enum {
    SERIES,
    LEVEL,
    COUNT,
    LEFT_OUT,
    FIRST_DATE,
    LAST_DATE,
    FIRST_PRICE,
    LAST_PRICE,
    SLOPE,
    STD_ERROR,
    FACTOR,
    LOW,
    HIGH,
    EXP_LOW,
    EXP_HIGH,
    CHANGE,
    N_TREND_COLUMNS
};
static const pgdp_column trend_columns[N_TREND_COLUMNS] = {
    [SERIES] = PG_TEXT_COLUMN("series"),
    [LEVEL] = PG_REAL_COLUMN("level", "score"),
    [COUNT] = PG_REAL_COLUMN("n", "prices"),
    [LEFT_OUT] = PG_REAL_COLUMN("left_out", "rows"),
    [FIRST_DATE] = PG_TEXT_COLUMN("first_date"),
    [LAST_DATE] = PG_TEXT_COLUMN("last_date"),
    [FIRST_PRICE] = PG_REAL_COLUMN("first_price", "usd per million tokens"),
    [LAST_PRICE] = PG_REAL_COLUMN("last_price", "usd per million tokens"),
    [SLOPE] = PG_REAL_COLUMN("slope", "log a year"),
    [STD_ERROR] = PG_REAL_COLUMN("std_error", "log a year"),
    [FACTOR] = PG_REAL_COLUMN("yearly_factor", "ratio a year"),
    [LOW] = PG_REAL_COLUMN("conf_low", "ratio a year"),
    [HIGH] = PG_REAL_COLUMN("conf_high", "ratio a year"),
    [EXP_LOW] = PG_REAL_COLUMN("exp_low", "ratio a year"),
    [EXP_HIGH] = PG_REAL_COLUMN("exp_high", "ratio a year"),
    [CHANGE] = PG_REAL_COLUMN("yearly_change", "share a year"),
};

static void set_slope(pgdp_frame *out, double slope)
{
    pgdp_frame_set_real(out, SLOPE, slope);
    pgdp_frame_set_real(out, FACTOR, exp(-slope));
    pgdp_frame_set_real(out, CHANGE, expm1(slope));
}

/** The last row's slope with its interval: the term "years" of a fit. */
static void set_fitted(const market *m, const pgdp_fit *fit, pgdp_frame *out)
{
    for (size_t j = 0; j < pgdp_fit_n_terms(fit); j++) {
        const pgdp_tidy t = pgdp_fit_tidy(fit, j, m->q.conf_level);
        if (!pg_streq(t.term, "years")) continue;
        const double factor = exp(-t.estimate), half = factor * (t.conf_high - t.estimate);
        set_slope(out, t.estimate);
        pgdp_frame_set_real(out, STD_ERROR, t.std_error);
        pgdp_frame_set_real(out, LOW, factor - half);
        pgdp_frame_set_real(out, HIGH, factor + half);
        pgdp_frame_set_real(out, EXP_LOW, exp(-t.conf_high));
        pgdp_frame_set_real(out, EXP_HIGH, exp(-t.conf_low));
    }
}

static pgdp_status add_trend(pgdp_ctx *ctx, const char *series, const offer *const *offers, size_t n, pgdp_frame *out)
{
    char text[16];
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, SERIES, series));
    pgdp_frame_set_real(out, COUNT, (double)n);
    if (n == 0) return PGDP_OK;
    pg_format_day(offers[0]->day, text);
    PG_TRY(pg_set_text(ctx, out, FIRST_DATE, text));
    pg_format_day(offers[n - 1]->day, text);
    PG_TRY(pg_set_text(ctx, out, LAST_DATE, text));
    pgdp_frame_set_real(out, FIRST_PRICE, offers[0]->price);
    pgdp_frame_set_real(out, LAST_PRICE, offers[n - 1]->price);
    return PGDP_OK;
}

enum { TERM, ESTIMATE, TERM_ERROR, STATISTIC, P_VALUE, TERM_LOW, TERM_HIGH, N_TERM_COLUMNS };
static const pgdp_column term_columns[N_TERM_COLUMNS] = {
    [TERM] = PG_TEXT_COLUMN("term"),
    [ESTIMATE] = PG_REAL_COLUMN("estimate", "log"),
    [TERM_ERROR] = PG_REAL_COLUMN("std_error", "log"),
    [STATISTIC] = PG_REAL_COLUMN("statistic", ""),
    [P_VALUE] = PG_REAL_COLUMN("p_value", "share"),
    [TERM_LOW] = PG_REAL_COLUMN("conf_low", "log"),
    [TERM_HIGH] = PG_REAL_COLUMN("conf_high", "log"),
};

static pgdp_status fill_terms(pgdp_ctx *ctx, const market *m, const pgdp_fit *fit, pgdp_frame *out)
{
    for (size_t j = 0; j < pgdp_fit_n_terms(fit); j++) {
        const pgdp_tidy t = pgdp_fit_tidy(fit, j, m->q.conf_level);
        const double cells[] = { t.estimate, t.std_error, t.statistic, t.p_value, t.conf_low, t.conf_high };
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, TERM, t.term));
        for (size_t k = ESTIMATE; k < N_TERM_COLUMNS; k++)
            pgdp_frame_set_real(out, k, cells[k - ESTIMATE]);
    }
    return PGDP_OK;
}

static pgdp_status fill_hedonic(pgdp_ctx *ctx, const market *m, pgdp_token_prices *t)
{
    const offer **used;
    pgdp_regression *r;
    size_t n = 0;
    const char *formula;
    PG_TRY_ALLOC(ctx, used, pg_arena_alloc(&ctx->scratch, m->n, sizeof *used));
    PG_TRY_ALLOC(ctx, formula,
                 pg_arena_printf(&ctx->scratch, "log(price) ~ years%s%s", m->scores ? " + score" : "",
                                 m->vendors ? " | provider" : ""));
    for (size_t i = 0; i < m->n; i++)
        if (!m->scores || !isnan(m->offers[i].score)) used[n++] = &m->offers[i];
    if (n == 0)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "prices: found no row with a price, a date and a score, expected more");
    PG_TRY(regress(ctx, m, formula, used, n, &r));
    pgdp_status status = add_trend(ctx, "hedonic", used, n, t->trends);
    if (status == PGDP_OK) {
        const double nobs = pgdp_fit_glance(pgdp_regression_fit(r)).nobs;
        pgdp_frame_set_real(t->trends, COUNT, nobs);
        pgdp_frame_set_real(t->trends, LEFT_OUT, (double)m->n_rows - nobs);
        set_fitted(m, pgdp_regression_fit(r), t->trends);
        status = fill_terms(ctx, m, pgdp_regression_fit(r), t->terms);
    }
    pgdp_regression_free(r);
    return status;
}

enum { FRONTIER_LEVEL, FRONTIER_DATE, FRONTIER_MODEL, FRONTIER_PRICE, N_FRONTIER_COLUMNS };
static const pgdp_column frontier_columns[N_FRONTIER_COLUMNS] = {
    [FRONTIER_LEVEL] = PG_REAL_COLUMN("level", "score"),
    [FRONTIER_DATE] = PG_TEXT_COLUMN("date"),
    [FRONTIER_MODEL] = PG_TEXT_COLUMN("model"),
    [FRONTIER_PRICE] = PG_REAL_COLUMN("price", "usd per million tokens"),
};

static pgdp_status add_points(pgdp_ctx *ctx, double level, const offer *const *offers, size_t n, pgdp_frame *out)
{
    char text[16];
    for (size_t i = 0; i < n; i++) {
        pg_format_day(offers[i]->day, text);
        PG_TRY(pgdp_frame_add_row(ctx, out));
        pgdp_frame_set_real(out, FRONTIER_LEVEL, level);
        PG_TRY(pg_set_text(ctx, out, FRONTIER_DATE, text));
        if (offers[i]->model != NULL) PG_TRY(pg_set_text(ctx, out, FRONTIER_MODEL, offers[i]->model));
        pgdp_frame_set_real(out, FRONTIER_PRICE, offers[i]->price);
    }
    return PGDP_OK;
}

/** The cheapest price of a level each time it falls, and its trend. */
static pgdp_status fill_level(pgdp_ctx *ctx, const market *m, double level, pgdp_token_prices *t)
{
    const offer **records;
    size_t n = 0;
    pgdp_regression *r;
    PG_TRY_ALLOC(ctx, records, pg_arena_alloc(&ctx->scratch, m->n, sizeof *records));
    for (size_t i = 0; i < m->n; i++)
        if (m->offers[i].score >= level && (n == 0 || m->offers[i].price < records[n - 1]->price))
            records[n++] = &m->offers[i];
    PG_TRY(add_points(ctx, level, records, n, t->frontier));
    PG_TRY(add_trend(ctx, "level", records, n, t->trends));
    pgdp_frame_set_real(t->trends, LEVEL, level);
    if (n == 2)
        set_slope(t->trends, -log(pgdp_yearly_factor(records[0]->price, records[1]->price,
                                                     (records[1]->day - records[0]->day) / DAYS_A_YEAR)));
    if (n <= 2) return PGDP_OK;
    PG_TRY(regress(ctx, m, "log(price) ~ years", records, n, &r));
    set_fitted(m, pgdp_regression_fit(r), t->trends);
    pgdp_regression_free(r);
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *prices, market *m, pgdp_token_prices *t)
{
    if (!(m->q.input_share >= 0 && m->q.input_share <= 1) || !(m->q.conf_level > 0 && m->q.conf_level < 1))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found a share outside [0, 1], expected one such as 0.75");
    PG_TRY(pg_frame_of(ctx, trend_columns, N_TREND_COLUMNS, 1 + m->q.n_levels, &t->trends));
    PG_TRY(pg_frame_of(ctx, term_columns, N_TERM_COLUMNS, 4, &t->terms));
    PG_TRY(pg_frame_of(ctx, frontier_columns, N_FRONTIER_COLUMNS, 0, &t->frontier));
    PG_TRY(read_offers(ctx, prices, m));
    if (m->q.n_levels > 0 && !m->scores)
        return pg_fail(ctx, PGDP_NOT_FOUND, "prices: found no column score, expected one for levels of capability");
    PG_TRY(fill_hedonic(ctx, m, t));
    for (size_t l = 0; l < m->q.n_levels; l++)
        PG_TRY(fill_level(ctx, m, m->q.levels[l], t));
    return PGDP_OK;
}

pgdp_status pgdp_token_prices_new(pgdp_ctx *ctx, const pgdp_frame *prices, const pgdp_token_prices_request *request,
                                  pgdp_token_prices **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    market m = { .q = *request };
    pgdp_token_prices *t;
    if (m.q.vcov == NULL) m.q.vcov = "HC1";
    if (fabs(m.q.input_share) <= 0) m.q.input_share = 0.75;
    if (fabs(m.q.conf_level) <= 0) m.q.conf_level = 0.95;
    PG_TRY_ALLOC(ctx, t, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *t));
    *t = (pgdp_token_prices){ .allocator = ctx->allocator };
    const pgdp_status status = run(ctx, prices, &m, t);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = t;
    else
        pgdp_token_prices_free(t);
    return status;
}

void pgdp_token_prices_free(pgdp_token_prices *prices)
{
    if (prices == NULL) return;
    const pgdp_allocator allocator = prices->allocator;
    pgdp_frame_free(prices->trends);
    pgdp_frame_free(prices->terms);
    pgdp_frame_free(prices->frontier);
    allocator.realloc(allocator.user, prices, 0);
}

const pgdp_frame *pgdp_token_prices_trends(const pgdp_token_prices *prices)
{
    return prices->trends;
}

const pgdp_frame *pgdp_token_prices_terms(const pgdp_token_prices *prices)
{
    return prices->terms;
}

const pgdp_frame *pgdp_token_prices_frontier(const pgdp_token_prices *prices)
{
    return prices->frontier;
}

pgdp_status pgdp_token_prices_write(pgdp_ctx *ctx, const pgdp_token_prices *prices, bool as_json, const pgdp_sink *sink)
{
    const pg_answer answer = {
        "pgdp.tasks.prices/1",
        { { "trends", prices->trends, true }, { "terms", prices->terms, true }, { "frontier", prices->frontier, true } }
    };
    return pg_answer_write(ctx, &answer, as_json, sink);
}
