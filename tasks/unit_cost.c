/* unit_cost.c  What AI costs a task as frames: tasks, summary, parameters. Source: unit_cost.h; docs/unit_cost.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/unit_cost.h"

#include "tasks/answer.h"
#include "tasks/frames.h"
#include "tasks/percentile.h"

#include <math.h>

struct pgdp_unit_cost {
    pgdp_allocator allocator;
    pgdp_frame *tasks, *summary, *parameters;
};

/* clang-format off */
/** The numbers of a task, in the order of the columns: column, unit, value of pg_task_cost *c. */
#define REALS(X)                                                                                                       \
    X("token_usd", "usd a task", c->tokens)                                                                            \
    X("person_usd", "usd a task", c->person)                                                                           \
    X("fallback_usd", "usd a task", c->fallback)                                                                       \
    X("attempts", "attempts", c->attempts)                                                                             \
    X("done", "share", c->done)                                                                                        \
    X("break_even_multiple", "ratio", c->multiple)                                                                     \
    X("break_even_usd_per_million", "usd per million tokens", c->usd_per_million)                                      \
    X("wage_bill_usd", "usd a year", c->wage_bill)                                                                     \
    X("saved_usd", "usd", c->saved)                                                                                    \
    X("fixed_usd", "usd", c->fixed)                                                                                    \
    X("run_usd", "usd", c->run)                                                                                        \
    X("feasible", "1 or 0", pg_cost_feasible(c))
/* clang-format on */
enum {
    TASK,
    MODEL,
    LABOUR,
    SPREADS,
    TEXT = SPREADS + 3 * PG_N_SPREADS, /* break_even */
    DATE,
    FIRST_REAL
};
static const pgdp_column task_columns[] = {
    [TASK] = PG_TEXT_COLUMN("task_id"),
    [MODEL] = PG_TEXT_COLUMN("model"),
    [LABOUR] = PG_REAL_COLUMN("labour_usd", "usd a task"),
    PG_REAL_COLUMN("cost_usd", "usd a task"),
    PG_REAL_COLUMN("cost_usd_low", "usd a task"),
    PG_REAL_COLUMN("cost_usd_high", "usd a task"),
    PG_REAL_COLUMN("ratio", "ratio"),
    PG_REAL_COLUMN("ratio_low", "ratio"),
    PG_REAL_COLUMN("ratio_high", "ratio"),
    PG_REAL_COLUMN("ratio_expected", "ratio"),
    PG_REAL_COLUMN("ratio_expected_low", "ratio"),
    PG_REAL_COLUMN("ratio_expected_high", "ratio"),
    PG_REAL_COLUMN("ln_time_ratio", "log"),
    PG_REAL_COLUMN("ln_time_ratio_low", "log"),
    PG_REAL_COLUMN("ln_time_ratio_high", "log"),
    PG_REAL_COLUMN("break_even_years", "years"),
    PG_REAL_COLUMN("break_even_years_low", "years"),
    PG_REAL_COLUMN("break_even_years_high", "years"),
    [TEXT] = PG_TEXT_COLUMN("break_even"),
    [DATE] = PG_TEXT_COLUMN("break_even_date"),
#define PG_ENTRY(name, unit, value) PG_REAL_COLUMN(name, unit),
    REALS(PG_ENTRY)
#undef PG_ENTRY
        PG_REAL_COLUMN("feasible_share", "share"),
};
enum { N_TASK_COLUMNS = sizeof task_columns / sizeof *task_columns };

/** Infinities are no cells: what never comes is told by break_even. */
static double cell(double x)
{
    return isfinite(x) ? x : (double)NAN;
}

static pgdp_status set_break_even(pgdp_ctx *ctx, const pg_cost_inputs *in, const pg_task_cost *c, pgdp_frame *out)
{
    enum { LAST_YEAR = 2000 }; /* from today, that is shown as a date */
    char text[16];
    if (isnan(c->years)) return PGDP_OK;
    const bool now = !(c->years > 0), never = !isfinite(c->years);
    PG_TRY(pg_set_text(ctx, out, TEXT, now ? "now" : never ? "never" : "later"));
    if (now || !(c->years < LAST_YEAR) || in->day.ordinal == PGDP_MISSING_PERIOD) return PGDP_OK;
    pg_format_day(in->day.ordinal + (int32_t)ceil(c->years * 365.2425), text);
    return pg_set_text(ctx, out, DATE, text);
}

static pgdp_status add_task(pgdp_ctx *ctx, const pg_cost_inputs *in, const pg_cost_results *r, size_t i,
                            pgdp_frame *out)
{
    const pg_task_cost *c = &r->cost[i];
    const double values[PG_N_SPREADS] = { c->cost, c->ratio, c->ratio_expected, c->ln_time_ratio, c->years };
    const double reals[] = {
#define PG_ENTRY(name, unit, value) (value),
        REALS(PG_ENTRY)
#undef PG_ENTRY
    };
    const char *key;
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_cost_key(ctx, in, i, &key));
    PG_TRY(pg_set_text(ctx, out, TASK, key));
    if (in->model[i] != NULL) PG_TRY(pg_set_text(ctx, out, MODEL, in->model[i]));
    pgdp_frame_set_real(out, LABOUR, c->labour);
    for (size_t s = 0; s < PG_N_SPREADS; s++) {
        pgdp_frame_set_real(out, SPREADS + 3 * s, cell(values[s]));
        pgdp_frame_set_real(out, SPREADS + 3 * s + 1, cell(r->low[i * PG_N_SPREADS + s]));
        pgdp_frame_set_real(out, SPREADS + 3 * s + 2, cell(r->high[i * PG_N_SPREADS + s]));
    }
    for (size_t k = 0; k < sizeof reals / sizeof *reals; k++)
        pgdp_frame_set_real(out, FIRST_REAL + k, cell(reals[k]));
    pgdp_frame_set_real(out, N_TASK_COLUMNS - 1, r->feasible_share[i]);
    return set_break_even(ctx, in, c, out);
}

static pgdp_status fill_tasks(pgdp_ctx *ctx, const pg_cost_inputs *in, const pg_cost_results *r, pgdp_unit_cost *u)
{
    PG_TRY(pg_frame_of(ctx, task_columns, N_TASK_COLUMNS, in->n, &u->tasks));
    for (size_t i = 0; i < in->n; i++)
        PG_TRY(add_task(ctx, in, r, i, u->tasks));
    return PGDP_OK;
}

enum { MEASURE, VALUE, LOW, HIGH, UNIT, WORDS, N_SUMMARY_COLUMNS };
static const pgdp_column summary_columns[N_SUMMARY_COLUMNS] = {
    [MEASURE] = PG_TEXT_COLUMN("measure"),  [VALUE] = PG_REAL_COLUMN("value", ""),
    [LOW] = PG_REAL_COLUMN("conf_low", ""), [HIGH] = PG_REAL_COLUMN("conf_high", ""),
    [UNIT] = PG_TEXT_COLUMN("unit"),        [WORDS] = PG_TEXT_COLUMN("words"),
};
/** A row of the summary: a sum, over another one where it is a share or a mean. */
typedef struct line {
    const char *measure, *unit, *words;
    size_t sum, over; /**< over PGDP_NONE: the sum itself */
    bool per_year;    /**< a gain over ten years as growth a year */
} line;
static const line lines[] = {
    { "wage_bill_usd", "usd a year", "pay behind the tasks", PG_SUM_WAGE_BILL, PGDP_NONE, false },
    { "cost_usd", "usd a year", "the same work by AI, people reviewing and taking over", PG_SUM_COST, PGDP_NONE,
      false },
    { "token_usd", "usd a year", "tokens among it", PG_SUM_TOKENS, PGDP_NONE, false },
    { "ratio", "ratio", "mean cost of a task AI gets done over labour's", PG_SUM_RATIO, PG_SUM_WAGE_BILL, false },
    { "ratio_expected", "ratio", "mean cost with people taking over, over labour's", PG_SUM_COST, PG_SUM_WAGE_BILL,
      false },
    { "ln_time_ratio", "log", "mean ln(time without AI / expected time with it): G", PG_SUM_LN_TIME, PG_SUM_WAGE_BILL,
      false },
    { "productivity_growth", "share a year", "(1 + G)^(1/10) - 1: G within ten years", PG_SUM_LN_TIME, PG_SUM_WAGE_BILL,
      true },
    { "cheaper_share", "share", "of pay in tasks where AI costs less now", PG_SUM_CHEAPER, PG_SUM_WAGE_BILL, false },
    { "feasible_share", "share", "of pay in tasks where what is saved exceeds fixed and running cost", PG_SUM_FEASIBLE,
      PG_SUM_KNOWN, false },
    { "gain_usd", "usd", "present value of saved less fixed and running cost, where feasible", PG_SUM_SAVED, PGDP_NONE,
      false },
};

/** Without any wage bill each task counts alike: then there are shares and means, and no amounts. */
static double value_of(const line *l, const double sums[PG_N_COST_SUMS], bool weighted)
{
    if (l->over == PGDP_NONE && !weighted) return (double)NAN;
    const double x = l->over == PGDP_NONE ? sums[l->sum] : sums[l->sum] / sums[l->over];
    return l->per_year ? expm1(log1p(x) / 10) : x;
}

static pgdp_status fill_summary(pgdp_ctx *ctx, const pg_cost_results *r, double conf_level, pgdp_unit_cost *u)
{
    double *room;
    PG_TRY_ALLOC(ctx, room, pg_arena_alloc(&ctx->scratch, r->n_draws, sizeof *room));
    PG_TRY(pg_frame_of(ctx, summary_columns, N_SUMMARY_COLUMNS, sizeof lines / sizeof *lines, &u->summary));
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
        PG_TRY(pgdp_frame_add_row(ctx, u->summary));
        PG_TRY(pg_set_text(ctx, u->summary, MEASURE, lines[k].measure));
        PG_TRY(pg_set_text(ctx, u->summary, UNIT, lines[k].unit));
        PG_TRY(pg_set_text(ctx, u->summary, WORDS, lines[k].words));
        for (size_t d = 0; d < r->n_draws; d++)
            room[d] = value_of(&lines[k], r->drawn + d * PG_N_COST_SUMS, r->weighted);
        const size_t n = pg_known_first(room, r->n_draws);
        pgdp_frame_set_real(u->summary, VALUE, cell(value_of(&lines[k], r->sums, r->weighted)));
        pgdp_frame_set_real(u->summary, LOW, cell(pg_percentile(room, n, (1 - conf_level) / 2)));
        pgdp_frame_set_real(u->summary, HIGH, cell(pg_percentile(room, n, (1 + conf_level) / 2)));
    }
    return PGDP_OK;
}

enum { NAME, PARAMETER_UNIT, PARAMETER_VALUE, PARAMETER_LOW, PARAMETER_HIGH, GIVEN_BY, MEANING, N_PARAMETER_COLUMNS };
static const pgdp_column parameter_columns[N_PARAMETER_COLUMNS] = {
    [NAME] = PG_TEXT_COLUMN("name"),
    [PARAMETER_UNIT] = PG_TEXT_COLUMN("unit"),
    [PARAMETER_VALUE] = PG_REAL_COLUMN("value", ""),
    [PARAMETER_LOW] = PG_REAL_COLUMN("low", ""),
    [PARAMETER_HIGH] = PG_REAL_COLUMN("high", ""),
    [GIVEN_BY] = PG_TEXT_COLUMN("given_by"),
    [MEANING] = PG_TEXT_COLUMN("meaning"),
};

static pgdp_status fill_parameters(pgdp_ctx *ctx, const pg_cost_inputs *in, pgdp_unit_cost *u)
{
    static const char *const about[PG_N_COST_PARAMETERS][3] = {
#define PG_ENTRY(name, initial, low, high, unit, meaning) { #name, unit, meaning },
        PG_COST_PARAMETERS(PG_ENTRY)
#undef PG_ENTRY
    };
    PG_TRY(pg_frame_of(ctx, parameter_columns, N_PARAMETER_COLUMNS, PG_N_COST_PARAMETERS, &u->parameters));
    for (size_t p = 0; p < PG_N_COST_PARAMETERS; p++) {
        PG_TRY(pgdp_frame_add_row(ctx, u->parameters));
        PG_TRY(pg_set_text(ctx, u->parameters, NAME, about[p][0]));
        PG_TRY(pg_set_text(ctx, u->parameters, PARAMETER_UNIT, about[p][1]));
        PG_TRY(pg_set_text(ctx, u->parameters, MEANING, about[p][2]));
        PG_TRY(pg_set_text(ctx, u->parameters, GIVEN_BY, in->given_by[p]));
        for (size_t form = 0; form < PG_N_COST_FORMS; form++)
            pgdp_frame_set_real(u->parameters, PARAMETER_VALUE + form, in->all[p * PG_N_COST_FORMS + form]);
    }
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *tasks, const pgdp_unit_cost_request *q, pgdp_unit_cost *u)
{
    pg_cost_inputs in;
    pg_cost_results results;
    if (q->conf_level < 0 || q->conf_level >= 1 || isnan(q->conf_level))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found a confidence level outside (0, 1), expected one such as 0.95");
    PG_TRY(pg_cost_inputs_read(ctx, tasks, q, &in));
    PG_TRY(pg_cost_results_of(ctx, &in, q, &results));
    PG_TRY(fill_tasks(ctx, &in, &results, u));
    PG_TRY(fill_summary(ctx, &results, q->conf_level > 0 ? q->conf_level : 0.95, u));
    return fill_parameters(ctx, &in, u);
}

pgdp_status pgdp_unit_cost_new(pgdp_ctx *ctx, const pgdp_frame *tasks, const pgdp_unit_cost_request *request,
                               pgdp_unit_cost **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_unit_cost *u;
    PG_TRY_ALLOC(ctx, u, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *u));
    *u = (pgdp_unit_cost){ .allocator = ctx->allocator };
    const pgdp_status status = run(ctx, tasks, request, u);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = u;
    else
        pgdp_unit_cost_free(u);
    return status;
}

void pgdp_unit_cost_free(pgdp_unit_cost *cost)
{
    if (cost == NULL) return;
    const pgdp_allocator allocator = cost->allocator;
    pgdp_frame_free(cost->tasks);
    pgdp_frame_free(cost->summary);
    pgdp_frame_free(cost->parameters);
    allocator.realloc(allocator.user, cost, 0);
}

const pgdp_frame *pgdp_unit_cost_tasks(const pgdp_unit_cost *cost)
{
    return cost->tasks;
}

const pgdp_frame *pgdp_unit_cost_summary(const pgdp_unit_cost *cost)
{
    return cost->summary;
}

const pgdp_frame *pgdp_unit_cost_parameters(const pgdp_unit_cost *cost)
{
    return cost->parameters;
}

enum { SHOWN_TASKS = 25 };

/** The first tasks, in the columns that fit a terminal. */
static pgdp_status narrow(pgdp_ctx *ctx, const pgdp_frame *tasks, pgdp_frame **out)
{
    static const size_t columns[] = {
        TASK, LABOUR, SPREADS, SPREADS + 3, SPREADS + 6, SPREADS + 9, SPREADS + 12, TEXT
    };
    const size_t n = pgdp_frame_n_rows(tasks) < SHOWN_TASKS ? pgdp_frame_n_rows(tasks) : SHOWN_TASKS;
    size_t rows[SHOWN_TASKS];
    for (size_t i = 0; i < n; i++)
        rows[i] = i;
    const pg_selection selection = { rows, n, columns, sizeof columns / sizeof *columns };
    return pg_frame_select(ctx, tasks, &selection, out);
}

pgdp_status pgdp_unit_cost_write(pgdp_ctx *ctx, const pgdp_unit_cost *cost, bool as_json, const pgdp_sink *sink)
{
    pgdp_frame *first;
    PG_TRY(narrow(ctx, cost->tasks, &first));
    const pg_answer answer = { "pgdp.tasks.cost/1",
                               { { "summary", cost->summary, true },
                                 { "parameters", cost->parameters, true },
                                 { "tasks", as_json ? cost->tasks : first, true } } };
    const pgdp_status status = pg_answer_write(ctx, &answer, as_json, sink);
    pgdp_frame_free(first);
    return status;
}
