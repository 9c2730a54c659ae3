/* standard.c  Columns to mean 0 and variance 1 on the training rows, so that one penalty suits all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tasks/model.h"
#include "tasks/statements.h"

static void scale_column(const pg_rows *training, const double *x, double *centre, double *inverse)
{
    double n = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < training->n; i++) {
        const double value = x[training->rows[i]];
        if (isnan(value)) continue;
        n += 1;
        sum += value;
    }
    *centre = n > 0 ? sum / n : 0;
    for (size_t i = 0; i < training->n; i++) {
        const double deviation = x[training->rows[i]] - *centre;
        if (!isnan(deviation)) squares += deviation * deviation;
    }
    const double sd = n > 0 ? sqrt(squares / n) : 0;
    *inverse = sd > 1e-10 * (1 + fabs(*centre)) ? 1 / sd : 0;
}

pgdp_status pg_scale_of(pgdp_ctx *ctx, const pg_rows *training, pg_scale *out)
{
    const size_t n = training->columns->n;
    PG_TRY_ALLOC(ctx, out->centre, pg_arena_alloc(&ctx->scratch, n, sizeof *out->centre));
    PG_TRY_ALLOC(ctx, out->inverse, pg_arena_alloc(&ctx->scratch, n, sizeof *out->inverse));
    for (size_t j = 0; j < n; j++)
        scale_column(training, training->columns->x[j], &out->centre[j], &out->inverse[j]);
    return PGDP_OK;
}

void pg_drop_constant(pg_columns *columns, pg_scale *scale)
{
    size_t n = 0;
    for (size_t j = 0; j < columns->n; j++) {
        if (!(scale->inverse[j] > 0)) continue;
        scale->centre[n] = scale->centre[j];
        scale->inverse[n] = scale->inverse[j];
        columns->x[n] = columns->x[j];
        columns->names[n] = columns->names[j];
        columns->group[n++] = columns->group[j];
    }
    columns->n = n;
}

void pg_standardise(const pg_rows *rows, const pg_scale *scale, double *out)
{
    for (size_t j = 0; j < rows->columns->n; j++) {
        const double *x = rows->columns->x[j], centre = scale->centre[j], inverse = scale->inverse[j];
        for (size_t i = 0; i < rows->n; i++) {
            const double value = x[rows->rows[i]];
            out[j * rows->n + i] = isnan(value) ? 0 : (value - centre) * inverse;
        }
    }
}

static void add_columns(pg_columns *out, const pg_features *f, const double *x, size_t first, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        out->x[out->n] = x + j * f->n_tasks;
        out->names[out->n] = f->names[first + j];
        out->group[out->n++] = f->group[first + j];
    }
}

static pgdp_status add_text(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_lesson *lesson, pg_columns *out)
{
    double *forecast;
    PG_TRY_ALLOC(ctx, forecast, pg_arena_alloc(&ctx->scratch, out->n_tasks, sizeof *forecast));
    PG_TRY(pg_text_forecast(ctx, s, lesson, forecast));
    out->x[out->n] = forecast;
    out->names[out->n] = "statement_forecast";
    out->group[out->n++] = PG_GROUP_TEXT;
    return PGDP_OK;
}

pgdp_status pg_columns_learn(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_task_model *model, const pg_lesson *lesson,
                             pg_columns *out)
{
    const pg_features *f = &s->features;
    double *encoded;
    *out = (pg_columns){ .n_tasks = f->n_tasks };
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, f->n_columns + 1, sizeof *out->x));
    PG_TRY_ALLOC(ctx, out->names, pg_arena_alloc(&ctx->scratch, f->n_columns + 1, sizeof *out->names));
    PG_TRY_ALLOC(ctx, out->group, pg_arena_alloc(&ctx->scratch, f->n_columns + 1, sizeof *out->group));
    add_columns(out, f, f->plain, 0, f->n_plain);
    if (!model->plain) {
        PG_TRY_ALLOC(ctx, encoded, pg_arena_alloc(&ctx->scratch, f->n_tasks * PG_N_ENCODED, sizeof *encoded));
        PG_TRY(pg_encode(ctx, s->list, f, lesson, encoded));
        add_columns(out, f, encoded, f->n_plain, PG_N_ENCODED);
    }
    return s->statements == NULL ? PGDP_OK : add_text(ctx, s, lesson, out);
}
