/* measures.c  The runner of rival measures: inputs by name, options, frames out. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "tasks/measures.h"

#include "core/option.h"
#include "core/text.h"
#include "tasks/answer.h"
#include "tasks/frames.h"

struct pgdp_measurement {
    pgdp_allocator allocator;
    size_t n;
    const char *name[PG_MOST_PARTS];
    pgdp_frame *frame[PG_MOST_PARTS];
};

static const pgdp_measure *const measures[] = {
#define PG_ENTRY(name) &pg_measure_##name,
    PG_MEASURES(PG_ENTRY)
#undef PG_ENTRY
};
enum { N_MEASURES = sizeof measures / sizeof *measures };

const pgdp_measure *pgdp_measure_at(size_t i)
{
    return i < N_MEASURES ? measures[i] : NULL;
}

pgdp_status pg_measurement_add(pgdp_ctx *ctx, pgdp_measurement *m, const char *name, const pgdp_column *columns,
                               size_t n_columns, pgdp_frame **out)
{
    PG_TRY(pg_frame_of(ctx, columns, n_columns, 0, &m->frame[m->n]));
    m->name[m->n] = name;
    *out = m->frame[m->n++];
    return PGDP_OK;
}

static pgdp_status find_measure(pgdp_ctx *ctx, const char *name, const pgdp_measure **out)
{
    const char *names[N_MEASURES];
    for (size_t i = 0; i < N_MEASURES; i++) {
        names[i] = measures[i]->name;
        if (!pg_streq(name, names[i])) continue;
        *out = measures[i];
        return PGDP_OK;
    }
    const char *nearest = pgdp_nearest(name, names, N_MEASURES);
    return pg_fail(ctx, PGDP_NOT_FOUND, "found no measure \"%.40s\"; did you mean \"%s\"?", name,
                   nearest == NULL ? names[0] : nearest);
}

static const pgdp_frame *frame_named(const pgdp_measure_table *tables, const char *name)
{
    for (; tables->name != NULL; tables++)
        if (pg_streq(tables->name, name)) return tables->frame;
    return NULL;
}

static pgdp_status find_inputs(pgdp_ctx *ctx, const pgdp_measure *measure, const pgdp_measure_table *tables,
                               const pgdp_frame **inputs)
{
    for (size_t t = 0; tables[t].name != NULL; t++) {
        const char *names[PGDP_MOST_INPUTS];
        size_t n = 0;
        bool known = false;
        for (; measure->inputs[n].name != NULL; n++) {
            names[n] = measure->inputs[n].name;
            known = known || pg_streq(names[n], tables[t].name);
        }
        if (known) continue;
        const char *nearest = pgdp_nearest(tables[t].name, names, n);
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: takes no table \"%.40s\"; did you mean \"%s\"?", measure->name,
                       tables[t].name, nearest == NULL ? names[0] : nearest);
    }
    for (size_t i = 0; measure->inputs[i].name != NULL; i++) {
        const pgdp_measure_input *in = &measure->inputs[i];
        inputs[i] = frame_named(tables, in->name);
        if (inputs[i] == NULL && !in->optional)
            return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no table \"%s\", expected one with %s", measure->name,
                           in->name, in->columns);
    }
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, const char *name, const pgdp_measure_table *tables, const pgdp_setting *settings,
                       pgdp_measurement *m)
{
    static const pgdp_option none[] = { { .name = NULL } };
    const pgdp_frame *inputs[PGDP_MOST_INPUTS] = { NULL };
    const pgdp_measure *measure = NULL;
    void *options;
    PG_TRY(find_measure(ctx, name, &measure));
    PG_TRY(find_inputs(ctx, measure, tables, inputs));
    PG_TRY_ALLOC(ctx, options, pg_arena_alloc(&ctx->scratch, 1, measure->options_size));
    PG_TRY(pg_options_read(ctx, measure->name, measure->options == NULL ? none : measure->options, settings, options));
    return measure->compute(ctx, inputs, options, m);
}

static pgdp_status new_measurement(pgdp_ctx *ctx, pgdp_measurement **out)
{
    PG_TRY_ALLOC(ctx, *out, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof **out));
    **out = (pgdp_measurement){ .allocator = ctx->allocator };
    return PGDP_OK;
}

/* What was made is handed over when all went well, and dropped else. */
static pgdp_status hand_over(pgdp_ctx *ctx, pg_mark mark, pgdp_status status, pgdp_measurement *m,
                             pgdp_measurement **out)
{
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = m;
    else
        pgdp_measurement_free(m);
    return status;
}

pgdp_status pgdp_measure_new(pgdp_ctx *ctx, const char *name, const pgdp_measure_table *tables,
                             const pgdp_setting *settings, pgdp_measurement **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_measurement *m = NULL;
    PG_TRY(new_measurement(ctx, &m));
    return hand_over(ctx, mark, run(ctx, name, tables, settings, m), m, out);
}

pgdp_status pgdp_measures_compare(pgdp_ctx *ctx, const pgdp_measure_table *tables, size_t top, pgdp_measurement **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_measurement *m = NULL;
    PG_TRY(new_measurement(ctx, &m));
    return hand_over(ctx, mark, pg_measures_compare(ctx, tables, top, m), m, out);
}

pgdp_status pgdp_crosswalk_apply(pgdp_ctx *ctx, const pgdp_frame *table, const pgdp_frame *by,
                                 const pgdp_crosswalk *how, pgdp_measurement **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_measurement *m = NULL;
    PG_TRY(new_measurement(ctx, &m));
    return hand_over(ctx, mark, pg_crosswalk_apply(ctx, table, by, how, m), m, out);
}

void pgdp_measurement_free(pgdp_measurement *measurement)
{
    if (measurement == NULL) return;
    const pgdp_allocator allocator = measurement->allocator;
    for (size_t i = 0; i < measurement->n; i++)
        pgdp_frame_free(measurement->frame[i]);
    allocator.realloc(allocator.user, measurement, 0);
}

const pgdp_frame *pgdp_measurement_frame(const pgdp_measurement *measurement, size_t i, const char **name)
{
    if (i >= measurement->n) return NULL;
    if (name != NULL) *name = measurement->name[i];
    return measurement->frame[i];
}

enum { SHOWN_ROWS = 20 };

static pgdp_status write_tables(pgdp_ctx *ctx, const pgdp_measurement *m, pgdp_frame **first, const pgdp_sink *sink)
{
    pg_answer answer = { .schema = NULL };
    for (size_t i = 0; i < m->n; i++) {
        const size_t rows = pgdp_frame_n_rows(m->frame[i]);
        PG_TRY(pg_frame_slice(ctx, m->frame[i], 0, rows < SHOWN_ROWS ? rows : SHOWN_ROWS, &first[i]));
        answer.part[i].key = m->name[i];
        answer.part[i].frame = first[i];
        answer.part[i].shown = true;
    }
    return pg_answer_write(ctx, &answer, false, sink);
}

pgdp_status pgdp_measurement_write(pgdp_ctx *ctx, const pgdp_measurement *m, bool as_json, const pgdp_sink *sink)
{
    pg_answer answer = { .schema = "pgdp.tasks.measure/1" };
    pgdp_frame *first[PG_MOST_PARTS] = { NULL };
    for (size_t i = 0; i < m->n; i++) {
        answer.part[i].key = m->name[i];
        answer.part[i].frame = m->frame[i];
    }
    if (as_json) return pg_answer_write(ctx, &answer, true, sink);
    const pgdp_status status = write_tables(ctx, m, first, sink);
    for (size_t i = 0; i < m->n; i++)
        pgdp_frame_free(first[i]);
    return status;
}
