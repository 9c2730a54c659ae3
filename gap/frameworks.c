/* frameworks.c  The arithmetic of published frameworks, and the runner of their list. Sources: frameworks.h,
 * methodology 2.3, 2.5, 3.5. SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/frameworks.h"
#include "core/number.h"
#include "core/option.h"
#include "core/parallel.h"
#include "core/text.h"
#include "tasks/answer.h"
#include "tasks/frames.h"

#include <math.h>

double pg_annual_rate(double ratio, double years)
{
    return expm1(log(ratio) / years);
}

double pg_hulten_gain(double gdp_share, double cost_saving)
{
    return gdp_share * cost_saving;
}

double pg_gdp_gain(double tfp_gain, double capital_share)
{
    return tfp_gain / (1 - capital_share);
}

double pg_bad_task_welfare(double use_value, double ban_value, double activity_share)
{
    return -ban_value / use_value * activity_share;
}

double pg_weighted_log_gain(const double *wage_bill, const double *log_gain, size_t n)
{
    return pg_dot(wage_bill, log_gain, n) / pg_sum(wage_bill, n);
}

double pg_ces_gain(double share, double cost_ratio, double sigma)
{
    const double power = 1 - sigma;
    if (!(power < 0 || power > 0)) return -share * log(cost_ratio);
    return -log1p(share * expm1(power * log(cost_ratio))) / power;
}

double pg_variety_factor(double ratio, double sigma)
{
    return exp(log(ratio) / (sigma - 1));
}

enum { FRAMEWORK, RESULT, VALUE, UNIT, INPUTS, SOURCE, N_COLUMNS };
static const pgdp_column columns[N_COLUMNS] = {
    [FRAMEWORK] = PG_TEXT_COLUMN("framework"), [RESULT] = PG_TEXT_COLUMN("result"),
    [VALUE] = PG_REAL_COLUMN("value", ""),     [UNIT] = PG_TEXT_COLUMN("unit"),
    [INPUTS] = PG_TEXT_COLUMN("inputs"),       [SOURCE] = PG_TEXT_COLUMN("source"),
};

/* "gdp_share 0.2, years 10" */
static pgdp_status inputs_text(pgdp_ctx *ctx, const pgdp_option *options, const double *x, const char **out)
{
    char number[PG_NUMBER_SIZE];
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; options[i].name != NULL; i++) {
        pg_number_format(x[i], number);
        pg_text_addf(&text, "%s%s %s", i == 0 ? "" : ", ", options[i].name, number);
    }
    *out = text.data;
    return text.failed ? pg_no_memory(ctx) : PGDP_OK;
}

static pgdp_status add(pgdp_ctx *ctx, const pgdp_framework *f, const pgdp_setting *settings, pgdp_frame *out)
{
    enum { MOST_RESULTS = sizeof f->results / sizeof *f->results };
    double x[PG_MOST_FRAMEWORK_INPUTS], results[MOST_RESULTS];
    const char *inputs;
    PG_TRY(pg_options_read(ctx, f->name, f->options, settings, x));
    PG_TRY(inputs_text(ctx, f->options, x, &inputs));
    f->compute(x, results);
    for (size_t k = 0; f->results[k].name != NULL; k++) {
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, FRAMEWORK, f->name));
        PG_TRY(pg_set_text(ctx, out, RESULT, f->results[k].name));
        pgdp_frame_set_real(out, VALUE, results[k]);
        PG_TRY(pg_set_text(ctx, out, UNIT, f->results[k].unit));
        PG_TRY(pg_set_text(ctx, out, INPUTS, inputs));
        PG_TRY(pg_set_text(ctx, out, SOURCE, f->source));
    }
    return PGDP_OK;
}

static pgdp_status fail_unknown(pgdp_ctx *ctx, const char *name)
{
    enum { MOST = 32 };
    const char *names[MOST];
    size_t n = 0;
    for (; n < MOST && pgdp_framework_at(n) != NULL; n++)
        names[n] = pgdp_framework_at(n)->name;
    const char *nearest = pgdp_nearest(name, names, n);
    return pg_fail(ctx, PGDP_NOT_FOUND, "found no framework \"%.40s\"; did you mean \"%s\"?", name,
                   nearest == NULL ? names[0] : nearest);
}

pgdp_status pgdp_frameworks(pgdp_ctx *ctx, const char *name, const pgdp_setting *settings, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_framework *f;
    pgdp_frame *frame = NULL;
    pgdp_status status = pg_frame_of(ctx, columns, N_COLUMNS, 0, &frame);
    for (size_t i = 0; (f = pgdp_framework_at(i)) != NULL && status == PGDP_OK; i++)
        if (name == NULL || pg_streq(name, f->name)) status = add(ctx, f, name == NULL ? NULL : settings, frame);
    if (status == PGDP_OK && pgdp_frame_n_rows(frame) == 0) status = fail_unknown(ctx, name);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}

pgdp_status pgdp_frameworks_write(pgdp_ctx *ctx, const pgdp_frame *frameworks, bool as_json, const pgdp_sink *sink)
{
    const pg_answer answer = { .schema = "pgdp.gap.frameworks/1", .part = { { "frameworks", frameworks, true } } };
    return pg_answer_write(ctx, &answer, as_json, sink);
}
