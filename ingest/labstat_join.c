/* labstat_join.c  Titles, units, names and footnotes beside LABSTAT observations. Source: pp.txt of each survey;
 * formats.md 6. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ingest/labstat_parts.h"

/* A column of texts that another text column's levels imply; one that is there already stays. */
static pgdp_status add_through(pgdp_ctx *ctx, pgdp_frame *frame, size_t source, const char *name,
                               const char *const *texts)
{
    const pgdp_column about = { .name = name, .type = PGDP_TEXT };
    const size_t n_levels = pgdp_frame_n_levels(frame, source), n = pgdp_frame_n_rows(frame);
    size_t column;
    uint32_t *codes;
    if (pgdp_frame_find(frame, name) != PGDP_NONE) return PGDP_OK;
    PG_TRY(pgdp_frame_add_column(ctx, frame, &about, &column));
    PG_TRY_ALLOC(ctx, codes, pg_arena_alloc(&ctx->scratch, n_levels, sizeof *codes));
    for (size_t k = 0; k < n_levels; k++)
        PG_TRY(pg_frame_intern(ctx, frame, column, texts[k], PGDP_NONE, &codes[k]));
    const uint32_t *from = pgdp_frame_codes(frame, source);
    uint32_t *to = pg_frame_edit_codes(frame, column);
    for (size_t i = 0; i < n; i++)
        to[i] = from[i] == PGDP_NO_CODE ? PGDP_NO_CODE : codes[from[i]];
    return PGDP_OK;
}

static pgdp_status text_levels(pgdp_ctx *ctx, const pg_labstat_joining *j, const char *name, size_t *column,
                               const char ***texts)
{
    *column = pgdp_frame_find(j->frame, name);
    const size_t n = *column == PGDP_NONE ? 0 : pgdp_frame_n_levels(j->frame, *column);
    PG_TRY_ALLOC(ctx, *texts, pg_arena_alloc(&ctx->scratch, n, sizeof **texts));
    return PGDP_OK;
}

/* "P,R" -> "preliminary; revised"; a code that the list lacks stays as it is. */
static pgdp_status explain(pgdp_ctx *ctx, const pgdp_frame *list, const char *codes, const char **out,
                           pg_unmatched *missing)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (const char *at = codes; *at != '\0';) {
        const char *from = at;
        size_t n = strcspn(at, ",");
        at += n + (at[n] == ',');
        pg_trim(&from, &n);
        if (n == 0) continue;
        const uint32_t *cells = pgdp_frame_codes(list, 0), code = pg_frame_find_level(list, 0, from, n);
        size_t row = 0;
        while (code != PGDP_NO_CODE && cells[row] != code)
            row++;
        const char *found = code == PGDP_NO_CODE ? NULL : pgdp_frame_text(list, 1, row), *alone;
        PG_TRY_ALLOC(ctx, alone, pg_arena_strndup(&ctx->scratch, from, n));
        if (found == NULL) PG_TRY(pg_unmatched_add(ctx, missing, alone));
        pg_text_addf(&text, "%s%s", text.n == 0 ? "" : "; ", found == NULL ? alone : found);
    }
    *out = text.n == 0 ? NULL : text.data;
    return text.failed ? pg_no_memory(ctx) : PGDP_OK;
}

static pgdp_status add_footnotes(pgdp_ctx *ctx, const pg_labstat_joining *j)
{
    const pg_labstat_list *list = pg_labstat_list_called(j->survey, "footnote");
    const char **texts;
    size_t column;
    pg_unmatched missing;
    if (list == NULL || pgdp_frame_n_columns(list->frame) < 2 || pgdp_frame_codes(list->frame, 0) == NULL ||
        pgdp_frame_codes(list->frame, 1) == NULL)
        return PGDP_OK;
    PG_TRY(text_levels(ctx, j, "footnote_codes", &column, &texts));
    if (column == PGDP_NONE) return PGDP_OK;
    pg_unmatched_begin(ctx, &missing);
    for (uint32_t k = 0; k < pgdp_frame_n_levels(j->frame, column); k++)
        PG_TRY(explain(ctx, list->frame, pgdp_frame_level(j->frame, column, k), &texts[k], &missing));
    PG_TRY(pg_unmatched_note(ctx, &missing, list->name, "footnote_codes", j->frame));
    return add_through(ctx, j->frame, column, "footnotes", texts);
}

/* The last column of pp.period is the name in full. */
static pgdp_status add_period_names(pgdp_ctx *ctx, const pg_labstat_joining *j)
{
    const pg_labstat_list *list = pg_labstat_list_called(j->survey, "period");
    const size_t key = list == NULL ? PGDP_NONE : pgdp_frame_find(list->frame, "period");
    const char **texts;
    size_t column;
    pg_map map;
    if (key == PGDP_NONE || pgdp_frame_codes(list->frame, key) == NULL) return PGDP_OK;
    const size_t last = pgdp_frame_n_columns(list->frame) - 1;
    const pg_labstat_keys by = { .frame = list->frame, .columns = { key }, .n = 1 };
    PG_TRY(pg_labstat_index(ctx, &by, &map));
    PG_TRY(text_levels(ctx, j, "period_code", &column, &texts));
    for (uint32_t k = 0; column != PGDP_NONE && k < pgdp_frame_n_levels(j->frame, column); k++) {
        const char *code = pgdp_frame_level(j->frame, column, k);
        const size_t row = pg_map_find(&map, code, strlen(code));
        if (row != PGDP_NONE) texts[k] = pgdp_frame_text(list->frame, last, row);
    }
    return column == PGDP_NONE ? PGDP_OK : add_through(ctx, j->frame, column, "period_name", texts);
}

/* The list's title; surveys without titles get one of the names, in the order of the series' columns. */
static pgdp_status add_titles(pgdp_ctx *ctx, const pg_labstat_joining *j)
{
    const size_t given = pgdp_frame_find(j->series, "series_title");
    const char **titles;
    if (given != PGDP_NONE) {
        PG_TRY(pg_labstat_by_series(ctx, j, given, &titles));
        return add_through(ctx, j->frame, j->id, "series_title", titles);
    }
    PG_TRY_ALLOC(ctx, titles, pg_arena_alloc(&ctx->scratch, j->n_ids, sizeof *titles));
    for (size_t k = 0; k < j->n_ids; k++)
        for (size_t d = 0; d < j->n_dimensions; d++) {
            const char *name = j->dimensions[d].text_name == NULL ? NULL : j->dimensions[d].texts[k];
            if (name == NULL) continue;
            PG_TRY_ALLOC(ctx, titles[k],
                         titles[k] == NULL ? name : pg_arena_printf(&ctx->scratch, "%s, %s", titles[k], name));
        }
    PG_TRY(pgdp_frame_set_note(ctx, j->frame, "series_title", "made of the names of the series' codes"));
    return add_through(ctx, j->frame, j->id, "series_title", titles);
}

/* Of projections the aspect tells the unit, of all others the series. */
static pgdp_status add_units(pgdp_ctx *ctx, const pg_labstat_joining *j)
{
    const char **units;
    size_t aspect;
    PG_TRY(text_levels(ctx, j, "aspect_type", &aspect, &units));
    for (uint32_t k = 0; aspect != PGDP_NONE && k < pgdp_frame_n_levels(j->frame, aspect); k++)
        units[k] = pg_labstat_aspect_unit(pgdp_frame_level(j->frame, aspect, k));
    if (aspect != PGDP_NONE && pg_streq(j->survey->code, "ep"))
        return add_through(ctx, j->frame, aspect, "unit", units);
    PG_TRY_ALLOC(ctx, units, pg_arena_alloc(&ctx->scratch, j->n_ids, sizeof *units));
    for (size_t k = 0; k < j->n_ids; k++)
        PG_TRY(pg_labstat_unit(ctx, j->survey->code, j->dimensions, j->n_dimensions, k, &units[k]));
    return add_through(ctx, j->frame, j->id, "unit", units);
}

static pgdp_status add_adjustment(pgdp_ctx *ctx, const pg_labstat_joining *j)
{
    const size_t seasonal = pgdp_frame_find(j->series, "seasonal");
    const char **texts;
    if (seasonal == PGDP_NONE || pgdp_frame_column(j->series, seasonal)->type != PGDP_TEXT) return PGDP_OK;
    PG_TRY(pg_labstat_by_series(ctx, j, seasonal, &texts));
    for (size_t k = 0; k < j->n_ids; k++) {
        if (texts[k] == NULL) continue;
        texts[k] = pg_streq(texts[k], "S")   ? "seasonally_adjusted"
                   : pg_streq(texts[k], "U") ? "not_seasonally_adjusted"
                                             : texts[k];
    }
    return add_through(ctx, j->frame, j->id, "adjustment", texts);
}

static pgdp_status add_columns(pgdp_ctx *ctx, const pg_labstat_joining *j)
{
    PG_TRY(add_footnotes(ctx, j));
    PG_TRY(add_period_names(ctx, j));
    PG_TRY(add_titles(ctx, j));
    PG_TRY(add_units(ctx, j));
    PG_TRY(add_adjustment(ctx, j));
    for (size_t i = 0; i < j->n_dimensions; i++) {
        const pg_labstat_dimension *d = &j->dimensions[i];
        PG_TRY(add_through(ctx, j->frame, j->id, d->code_name, d->codes));
        if (d->text_name != NULL) PG_TRY(add_through(ctx, j->frame, j->id, d->text_name, d->texts));
    }
    return PGDP_OK;
}

pgdp_status pg_labstat_join(pgdp_ctx *ctx, const pg_labstat_survey *survey, pgdp_frame *observations)
{
    pg_labstat_joining j = { .survey = survey,
                             .frame = observations,
                             .id = pgdp_frame_find(observations, "series_id") };
    PG_TRY(pg_labstat_find(ctx, &j));
    return add_columns(ctx, &j);
}
