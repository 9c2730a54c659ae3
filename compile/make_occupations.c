/* make_occupations.c  occupations.csv: job zone, skills, work styles and contexts of the labelled occupations. Sources:
 * O*NET 30.1 (skills) and 29.1 (styles, zones), GPTs-are-GPTs (work contexts, by title).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

/* Descriptors in O*NET's long layout: one row an occupation, element and scale. */
typedef struct descriptor {
    const char *source, *prefix;
    const char *scales[3], *endings[3]; /* NULL-ended */
    const pgdp_frame *frame;
    size_t columns[4], not_relevant;
    pg_groups groups; /* by occupation and element */
} descriptor;

enum { SOC, ELEMENT, SCALE, VALUE };
static const char *const long_names[] = { "O*NET-SOC Code", "Element Name", "Scale ID", "Data Value" };
static const char *const level_names[] = { "O*NET-SOC Code", "Title" };
static const char *const zone_names[] = { "O*NET-SOC Code", "Job Zone" };
static const char *const context_names[] = { "occupation", "degree_of_automation_context",
                                             "importance_of_being_exact_or_accurate_context",
                                             "importance_of_repeating_same_tasks_context",
                                             "structured_versus_unstructured_work_context" };
static const char *const context_header[] = { "context_degree_of_automation",
                                              "context_importance_of_being_exact_or_accurate",
                                              "context_importance_of_repeating_same_tasks",
                                              "context_structured_versus_unstructured_work" };
enum { N_CONTEXTS = 4 };

static pgdp_status descriptor_read(pgdp_ctx *ctx, pg_inputs *inputs, descriptor *d)
{
    PG_TRY(pg_inputs_table(ctx, inputs, d->source, NULL, &d->frame));
    PG_TRY(pg_input_columns(ctx, d->source, d->frame, long_names, 4, d->columns));
    d->not_relevant = pgdp_frame_find(d->frame, "Not Relevant");
    return pg_groups_of(ctx, d->frame, d->columns, &d->groups);
}

static pgdp_status descriptor_header(pgdp_ctx *ctx, const descriptor *d, pg_csv_out *out)
{
    for (uint32_t e = 0; e < pgdp_frame_n_levels(d->frame, d->columns[ELEMENT]); e++) {
        const char *slug, *name;
        PG_TRY_ALLOC(ctx, slug, pg_slug(ctx, pgdp_frame_level(d->frame, d->columns[ELEMENT], e)));
        for (size_t s = 0; d->scales[s] != NULL; s++) {
            PG_TRY_ALLOC(ctx, name, pg_arena_printf(&ctx->scratch, "%s_%s_%s", d->prefix, slug, d->endings[s]));
            pg_csv_put_text(out, name);
        }
    }
    return PGDP_OK;
}

/* A level that O*NET marks "not relevant" is missing: the number there means nothing. Low precision is kept. */
static size_t row_of(const descriptor *d, size_t row, const char *scale)
{
    while (row != PGDP_NONE && !pg_streq(pgdp_frame_text(d->frame, d->columns[SCALE], row), scale))
        row = d->groups.next[row];
    if (row == PGDP_NONE || d->not_relevant == PGDP_NONE) return row;
    const char *mark = pgdp_frame_text(d->frame, d->not_relevant, row);
    return mark != NULL && pg_streq(mark, "Y") ? PGDP_NONE : row;
}

static void descriptor_cells(descriptor *d, const char *soc, pg_csv_out *out)
{
    for (uint32_t e = 0; e < pgdp_frame_n_levels(d->frame, d->columns[ELEMENT]); e++) {
        const size_t first = pg_groups_find(&d->groups, soc, pgdp_frame_level(d->frame, d->columns[ELEMENT], e));
        for (size_t s = 0; d->scales[s] != NULL; s++)
            pg_put_number_cell(out, d->frame, d->columns[VALUE], row_of(d, first, d->scales[s]));
    }
}

/* The tables that hold one row an occupation. */
typedef struct wide {
    const pgdp_frame *levels, *zones, *contexts;
    size_t level[2], zone[2], context[N_CONTEXTS + 1];
    pg_groups by_soc, by_title;
} wide;

static pgdp_status wide_read(pgdp_ctx *ctx, pg_inputs *inputs, wide *w)
{
    PG_TRY(pg_inputs_table(ctx, inputs, "gpts_levels", NULL, &w->levels));
    PG_TRY(pg_inputs_table(ctx, inputs, "onet_zones_29_1", NULL, &w->zones));
    PG_TRY(pg_inputs_table(ctx, inputs, "gpts_contexts", NULL, &w->contexts));
    PG_TRY(pg_input_columns(ctx, "gpts_levels", w->levels, level_names, 2, w->level));
    PG_TRY(pg_input_columns(ctx, "onet_zones_29_1", w->zones, zone_names, 2, w->zone));
    PG_TRY(pg_input_columns(ctx, "gpts_contexts", w->contexts, context_names, N_CONTEXTS + 1, w->context));
    PG_TRY(pg_groups_of(ctx, w->zones, (const size_t[2]){ w->zone[0], PGDP_NONE }, &w->by_soc));
    return pg_groups_of(ctx, w->contexts, (const size_t[2]){ w->context[0], PGDP_NONE }, &w->by_title);
}

static pgdp_status write_row(pgdp_ctx *ctx, wide *w, size_t row, descriptor descriptors[2], pg_csv_out *out)
{
    const char *soc = pgdp_frame_text(w->levels, w->level[0], row);
    const char *title = pgdp_frame_text(w->levels, w->level[1], row);
    if (soc == NULL || title == NULL)
        return pg_fail(ctx, PGDP_PARSE, "gpts-are-gpts/occ_level.csv: row %zu has no code or title", row + 2);
    const char *soc_2018;
    PG_TRY_ALLOC(ctx, soc_2018, pg_arena_printf(&ctx->scratch, "%.7s", soc));
    pg_csv_put_text(out, soc);
    pg_csv_put_text(out, title);
    pg_csv_put_text(out, soc_2018);
    pg_put_number_cell(out, w->zones, w->zone[1], pg_groups_find(&w->by_soc, soc, NULL));
    for (size_t i = 0; i < 2; i++)
        descriptor_cells(&descriptors[i], soc, out);
    const size_t context = pg_groups_find(&w->by_title, title, NULL);
    for (size_t j = 1; j <= N_CONTEXTS; j++)
        pg_put_number_cell(out, w->contexts, w->context[j], context);
    pg_put_row_end(out);
    return PGDP_OK;
}

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    descriptor descriptors[] = {
        { .source = "onet_skills_30_1",
          .prefix = "skill",
          .scales = { "IM", "LV" },
          .endings = { "importance", "level" } },
        { .source = "onet_styles_29_1", .prefix = "style", .scales = { "IM" }, .endings = { "importance" } },
    };
    wide w;
    PG_TRY(wide_read(ctx, inputs, &w));
    for (const char *const *name = (const char *const[]){ "onet_soc", "title", "soc", "job_zone", NULL }; *name != NULL;
         name++)
        pg_csv_put_text(out, *name);
    for (size_t i = 0; i < 2; i++) {
        PG_TRY(descriptor_read(ctx, inputs, &descriptors[i]));
        PG_TRY(descriptor_header(ctx, &descriptors[i], out));
    }
    for (size_t j = 0; j < N_CONTEXTS; j++)
        pg_csv_put_text(out, context_header[j]);
    pg_put_row_end(out);
    for (size_t row = 0; row < pgdp_frame_n_rows(w.levels); row++)
        PG_TRY(write_row(ctx, &w, row, descriptors, out));
    return PGDP_OK;
}

const pg_product pg_product_occupations = { .file = "occupations.csv", .make = make };
