/* models_split.c  A split's groups and their regressions: models_split.h. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats/models_split.h"

#include "core/frame.h"
#include "stats/design_find.h"
#include "stats/fit.h"
#include "stats/regression.h"

#include <string.h>

/** The subset that gives a level alone. */
static pgdp_status name_group(pgdp_ctx *ctx, pg_arena *arena, const pgdp_regression_spec *spec, const char *level,
                              bool text, const char **out)
{
    const char *quote = text ? (strchr(level, '"') == NULL ? "\"" : "'") : "";
    if (text && quote[0] == '\'' && strchr(level, '\'') != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "split: found the level %.60s of %.60s, expected at most one kind of quotes in it, so that a "
                       "subset can name it; write the level in another way",
                       level, spec->split);
    PG_TRY_ALLOC(ctx, *out, pg_arena_printf(arena, "`%s` == %s%s%s", spec->split, quote, level, quote));
    if (spec->subset != NULL) PG_TRY_ALLOC(ctx, *out, pg_arena_printf(arena, "(%s) & %s", spec->subset, *out));
    return PGDP_OK;
}

/** Rows [rows->n] by level, as a counting sort does. */
static void sort_rows(const pg_rows *rows, const pg_levels *levels, pg_split *out)
{
    for (size_t i = 0; i < rows->n; i++)
        out->first[levels->index[i] + 2]++;
    for (size_t k = 2; k < levels->n + 2; k++)
        out->first[k] += out->first[k - 1];
    for (size_t i = 0; i < rows->n; i++)
        out->rows[out->first[levels->index[i] + 1]++] = rows->kept[i];
}

pgdp_status pg_split_new(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *data, const pgdp_regression_spec *spec,
                         pg_split *out)
{
    const pg_expr name = { .kind = PG_EXPR_NAME, .text = spec->split, .what = "split", .line = 1, .column = 1 };
    pg_found found = { .scope = { .frame = data } };
    size_t column;
    pg_rows rows;
    pg_levels levels;
    pgdp_dropped dropped;
    PG_TRY_ALLOC(ctx, out->rows, pg_arena_uncleared(&ctx->scratch, pgdp_frame_n_rows(data), sizeof *out->rows));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_eval_column(ctx, data, &name, &column));
    PG_TRY(pg_design_find_panel(ctx, spec->panel, &found)); /* the subset may have lags */
    PG_TRY(pg_rows_init(ctx, &found.scope, spec->subset, &rows));
    pg_rows_need_cells(&rows, data, column);
    PG_TRY(pg_rows_close(ctx, &rows, &dropped));
    PG_TRY(pg_levels_of_column(ctx, data, column, rows.kept, rows.n, &levels));
    PG_TRY_ALLOC(ctx, out->first, pg_arena_alloc(arena, levels.n + 2, sizeof *out->first));
    PG_TRY_ALLOC(ctx, out->conditions, pg_arena_alloc(arena, levels.n, sizeof *out->conditions));
    sort_rows(&rows, &levels, out);
    const bool quoted = pgdp_frame_column(data, column)->type != PGDP_REAL;
    for (; out->n < levels.n; out->n++)
        PG_TRY(name_group(ctx, arena, spec, levels.names[out->n], quoted, &out->conditions[out->n]));
    if (arena != &ctx->scratch) pg_arena_rewind(&ctx->scratch, mark); /* else what is answered stands there too */
    return PGDP_OK;
}

/** Might a text hold l(), f(), d() or s()? */
static bool may_lag(const char *text)
{
    bool in_name = false;
    for (const char *at = text; at != NULL && *at != '\0'; at++) {
        const char *after = at + 1 + strspn(at + 1, " \t\r\n");
        if (!in_name && strchr("lfds", *at) != NULL && *after == '(') return true;
        in_name = strchr(" \t\r\n+-*/^:|&~!=<>(,[", *at) == NULL;
    }
    return false;
}

bool pg_stands_alone(pgdp_ctx *ctx, const pgdp_regression_spec *spec)
{
    const char *const texts[] = { spec->formula, spec->weights, spec->offset, spec->vcov };
    const pgdp_estimator *method;
    if (spec->panel == NULL) return true; /* without one there are no lags */
    if (spec->method != NULL && (pg_estimator_find(ctx, spec->method, &method) != PGDP_OK || method->panel))
        return false;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (may_lag(texts[i])) return false;
    return true;
}

/** Rows of the data and a frame of these alone. */
typedef struct part {
    const size_t *rows;
    size_t n, n_data;
    pgdp_frame *frame;
} part;

/** The design of a part with what it says of the data. */
static pgdp_status build(pgdp_ctx *ctx, const void *user, const pg_formula *formula, const pg_design_request *request,
                         pg_design_result *out)
{
    const part *p = user;
    pgdp_regression_spec spec = *request->spec;
    pg_design_request own = *request;
    size_t *numbers;
    spec.subset = NULL; /* the rows are those that it leaves */
    own.spec = &spec;
    own.n_rows = p->n_data;
    const pgdp_status status = pg_design_build(ctx, p->frame, formula, &own, out);
    const bool none_left = out->dropped.missing + out->dropped.zero_weight == p->n;
    out->dropped.subset = p->n_data - p->n;
    if (status == PGDP_TOO_FEW_OBS && none_left) return pg_rows_refuse(ctx, p->n_data, &out->dropped);
    if (status != PGDP_OK) return status;
    const size_t n = out->design.y.n;
    PG_TRY_ALLOC(ctx, numbers, pg_arena_alloc(&ctx->scratch, n, sizeof *numbers));
    for (size_t i = 0; i < n; i++)
        numbers[i] = p->rows[out->row_numbers[i]];
    out->row_numbers = numbers;
    return PGDP_OK;
}

/** The cells of the part's rows. */
static void copy_cells(const pgdp_frame *data, const part *p)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(data); j++) {
        const double *reals = pgdp_frame_reals(data, j);
        const uint32_t *codes = pgdp_frame_codes(data, j);
        const int32_t *periods = pgdp_frame_periods(data, j);
        double *to_reals = pg_frame_edit_reals(p->frame, j);
        uint32_t *to_codes = pg_frame_edit_codes(p->frame, j);
        int32_t *to_periods = pg_frame_edit_periods(p->frame, j);
        for (size_t i = 0; reals != NULL && i < p->n; i++)
            to_reals[i] = reals[p->rows[i]];
        for (size_t i = 0; codes != NULL && i < p->n; i++)
            to_codes[i] = codes[p->rows[i]];
        for (size_t i = 0; periods != NULL && i < p->n; i++)
            to_periods[i] = periods[p->rows[i]];
    }
}

pgdp_status pg_regress_rows(pgdp_ctx *ctx, const pgdp_frame *data, const size_t *rows, size_t n,
                            const pgdp_regression_spec *spec, pgdp_regression **out)
{
    part p = { .rows = rows, .n = n, .n_data = pgdp_frame_n_rows(data) };
    const pg_regression_source source = { .build = build, .user = &p, .n_rows = p.n_data };
    if (n > 0 && rows[n - 1] - rows[0] == n - 1) { /* they ascend */
        PG_TRY(pg_frame_slice(ctx, data, rows[0], n, &p.frame));
    } else {
        PG_TRY(pg_frame_like(ctx, data, n, &p.frame));
        copy_cells(data, &p);
    }
    const pgdp_status status = pg_regression_run(ctx, &source, spec, out);
    pgdp_frame_free(p.frame);
    /* such messages may name a row, whose number only all of the data tell */
    return status == PGDP_BAD_ARGUMENT ? pgdp_regress(ctx, data, spec, out) : status;
}
