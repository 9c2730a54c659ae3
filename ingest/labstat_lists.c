/* labstat_lists.c  The lists of a LABSTAT survey: which one names which code of its series. Source: pp.txt of each
 * survey; formats.md 6. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/labstat_parts.h"

#include <string.h>

#include "ingest/fill.h"

enum { NAMED_CODES = 5 };

void pg_unmatched_begin(pgdp_ctx *ctx, pg_unmatched *u)
{
    pg_map_init(&u->seen, &ctx->scratch);
    pg_text_init(&u->names, &ctx->scratch);
}

pgdp_status pg_unmatched_add(pgdp_ctx *ctx, pg_unmatched *u, const char *code)
{
    const size_t n = strlen(code);
    if (pg_map_find(&u->seen, code, n) != PGDP_NONE) return PGDP_OK;
    if (u->seen.n < NAMED_CODES) pg_text_addf(&u->names, "%s%.40s", u->seen.n == 0 ? "" : ", ", code);
    if (u->seen.n == NAMED_CODES) pg_text_add(&u->names, ", ...");
    return pg_map_put(&u->seen, code, n, 0) ? PGDP_OK : pg_no_memory(ctx);
}

pgdp_status pg_unmatched_note(pgdp_ctx *ctx, const pg_unmatched *u, const char *list, const char *column,
                              pgdp_frame *frame)
{
    const char *note;
    if (u->seen.n == 0) return PGDP_OK;
    if (u->names.failed) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, note,
                 pg_arena_printf(&ctx->scratch, "%zu without a row in %s: %s", u->seen.n, list, u->names.data));
    return pg_note_of(ctx, frame, "unmatched", column, note);
}

/* ---- the lists ---- */

static bool is_series_list(const pgdp_frame *frame)
{
    return pgdp_frame_find(frame, "series_id") != PGDP_NONE && pgdp_frame_find(frame, "value") == PGDP_NONE;
}

/* Is ce.datatype.txt the list of the topic "datatype"? */
static bool is_about(const char *file, const char *topic)
{
    const char *from = strchr(file, '.');
    const size_t n = strlen(topic);
    from = from == NULL ? file : from + 1;
    return strncmp(from, topic, n) == 0 && (from[n] == '.' || from[n] == '\0');
}

const pg_labstat_list *pg_labstat_list_called(const pg_labstat_survey *survey, const char *topic)
{
    for (size_t i = 0; i < survey->n_lists; i++)
        if (is_about(survey->lists[i].name, topic)) return &survey->lists[i];
    return NULL;
}

/* data_type_code is the key of ce.datatype. */
static bool is_key_of(const char *column, const char *file)
{
    char topic[40];
    size_t n = 0;
    for (; *column != '\0' && !pg_streq(column, "_code") && n + 1 < sizeof topic; column++)
        if (*column != '_') topic[n++] = *column;
    topic[n] = '\0';
    return is_about(file, topic);
}

/* The column of a list that gives its codes their key: as the file is called, else its first code that the series
 * have. */
static size_t primary_key(const pg_labstat_list *from, const pgdp_frame *series)
{
    const pgdp_frame *list = from->frame;
    size_t first = PGDP_NONE;
    for (size_t j = 0; j < pgdp_frame_n_columns(list); j++) {
        const char *name = pgdp_frame_column(list, j)->name;
        if (!pg_ends_with(name, "_code") || pgdp_frame_find(series, name) == PGDP_NONE) continue;
        if (is_key_of(name, from->name)) return j;
        if (first == PGDP_NONE) first = j;
    }
    return first;
}

/* The column with names: of the key's stem, else the first text after it that is no code. */
static size_t name_column(const pgdp_frame *list, size_t key)
{
    static const char *const endings[] = { "name", "text", "title", "description" };
    const char *code = pgdp_frame_column(list, key)->name;
    const size_t stem = strlen(code) - strlen("code"), n = pgdp_frame_n_columns(list);
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
        for (size_t j = 0; j < n; j++) {
            const char *name = pgdp_frame_column(list, j)->name;
            if (strncmp(name, code, stem) == 0 && pg_streq(name + stem, endings[e])) return j;
        }
    for (size_t j = key + 1; j < n; j++) {
        const pgdp_column *about = pgdp_frame_column(list, j);
        if (about->type == PGDP_TEXT && !pg_ends_with(about->name, "_code")) return j;
    }
    return PGDP_NONE;
}

/* ---- names by pg_labstat_keys of one code or several ---- */

/* The key of a row, NULL when its last code is missing; others stand empty. */
static pgdp_status key_at(pgdp_ctx *ctx, const pg_labstat_keys *k, size_t row, const char **key)
{
    *key = pgdp_frame_text(k->frame, k->columns[k->n - 1], row);
    for (size_t i = 0; *key != NULL && i + 1 < k->n; i++) {
        const char *part = pgdp_frame_text(k->frame, k->columns[i], row);
        PG_TRY_ALLOC(ctx, *key, pg_arena_printf(&ctx->scratch, "%s\t%s", *key, part == NULL ? "" : part));
    }
    return PGDP_OK;
}

pgdp_status pg_labstat_index(pgdp_ctx *ctx, const pg_labstat_keys *k, pg_map *map)
{
    pg_map_init(map, &ctx->scratch);
    for (size_t i = pgdp_frame_n_rows(k->frame); i-- > 0;) { /* the first of equal pg_labstat_keys stays */
        const char *key;
        PG_TRY(key_at(ctx, k, i, &key));
        if (key != NULL && !pg_map_put(map, key, strlen(key), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

/* Codes left of the primary one take part in the key: pc.product repeats its codes in every industry. */
static void keys_of(const pgdp_frame *list, size_t primary, const pgdp_frame *series, pg_labstat_keys *in_list,
                    pg_labstat_keys *in_series)
{
    *in_list = (pg_labstat_keys){ .frame = list };
    *in_series = (pg_labstat_keys){ .frame = series };
    for (size_t j = 0; j <= primary; j++) {
        const pgdp_column *about = pgdp_frame_column(list, j);
        const size_t there = pgdp_frame_find(series, about->name);
        if ((j < primary && in_list->n + 1 == PG_LABSTAT_KEYS) || there == PGDP_NONE || about->type != PGDP_TEXT ||
            pgdp_frame_column(series, there)->type != PGDP_TEXT)
            continue;
        in_list->columns[in_list->n++] = j;
        in_series->columns[in_series->n++] = there;
    }
}

static pgdp_status find_names(pgdp_ctx *ctx, pg_labstat_joining *j, const pg_labstat_list *list, size_t primary,
                              pg_labstat_dimension *d)
{
    const size_t text = name_column(list->frame, primary);
    pg_labstat_keys in_list, in_series;
    pg_map map;
    pg_unmatched missing;
    if (text == PGDP_NONE) return PGDP_OK;
    keys_of(list->frame, primary, j->series, &in_list, &in_series);
    PG_TRY(pg_labstat_index(ctx, &in_list, &map));
    pg_unmatched_begin(ctx, &missing);
    d->text_name = pgdp_frame_column(list->frame, text)->name;
    for (size_t k = 0; k < j->n_ids; k++) {
        const char *key = NULL;
        if (j->row[k] != PGDP_NONE) PG_TRY(key_at(ctx, &in_series, j->row[k], &key));
        if (key == NULL) continue;
        const size_t row = pg_map_find(&map, key, strlen(key));
        if (row == PGDP_NONE)
            PG_TRY(pg_unmatched_add(ctx, &missing, d->codes[k]));
        else
            d->texts[k] = pgdp_frame_text(list->frame, text, row);
    }
    return pg_unmatched_note(ctx, &missing, list->name, d->code_name, j->frame);
}

/* ---- dimensions ---- */

/* What begins and ends is told by the observations; title and adjustment have columns of their own. */
static bool is_dimension(const pgdp_column *about)
{
    static const char *const others[] = { "series_id",  "series_title", "seasonal",     "footnote_codes",
                                          "begin_year", "end_year",     "begin_period", "end_period" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (pg_streq(about->name, others[i])) return false;
    return about->type == PGDP_TEXT;
}

pgdp_status pg_labstat_by_series(pgdp_ctx *ctx, const pg_labstat_joining *j, size_t column, const char ***out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, j->n_ids, sizeof **out));
    for (size_t k = 0; k < j->n_ids; k++)
        if (j->row[k] != PGDP_NONE) (*out)[k] = pgdp_frame_text(j->series, column, j->row[k]);
    return PGDP_OK;
}

static pgdp_status add_dimension(pgdp_ctx *ctx, pg_labstat_joining *j, size_t column)
{
    pg_labstat_dimension *d = &j->dimensions[j->n_dimensions++];
    d->code_name = pgdp_frame_column(j->series, column)->name;
    PG_TRY(pg_labstat_by_series(ctx, j, column, &d->codes));
    PG_TRY_ALLOC(ctx, d->texts, pg_arena_alloc(&ctx->scratch, j->n_ids, sizeof *d->texts));
    for (size_t i = 0; i < j->survey->n_lists; i++) {
        const pg_labstat_list *list = &j->survey->lists[i];
        if (is_series_list(list->frame)) continue;
        const size_t key = primary_key(list, j->series);
        if (key == PGDP_NONE || !pg_streq(pgdp_frame_column(list->frame, key)->name, d->code_name)) continue;
        return find_names(ctx, j, list, key, d);
    }
    if (!pg_ends_with(d->code_name, "_code")) return PGDP_OK;
    return pg_note_of(ctx, j->frame, "unmatched", d->code_name, "no list of these codes among the survey's files");
}

static pgdp_status find_dimensions(pgdp_ctx *ctx, pg_labstat_joining *j)
{
    const size_t n = pgdp_frame_n_columns(j->series);
    PG_TRY_ALLOC(ctx, j->dimensions, pg_arena_alloc(&ctx->scratch, n, sizeof *j->dimensions));
    for (size_t c = 0; c < n; c++)
        if (is_dimension(pgdp_frame_column(j->series, c))) PG_TRY(add_dimension(ctx, j, c));
    return PGDP_OK;
}

static pgdp_status match_series(pgdp_ctx *ctx, pg_labstat_joining *j, const char *list)
{
    pg_labstat_keys key = { .frame = j->series, .columns = { pgdp_frame_find(j->series, "series_id") }, .n = 1 };
    pg_map map;
    pg_unmatched missing;
    PG_TRY(pg_labstat_index(ctx, &key, &map));
    pg_unmatched_begin(ctx, &missing);
    j->n_ids = pgdp_frame_n_levels(j->frame, j->id);
    PG_TRY_ALLOC(ctx, j->row, pg_arena_alloc(&ctx->scratch, j->n_ids, sizeof *j->row));
    for (uint32_t k = 0; k < j->n_ids; k++) {
        const char *id = pgdp_frame_level(j->frame, j->id, k);
        j->row[k] = pg_map_find(&map, id, strlen(id));
        if (j->row[k] == PGDP_NONE) PG_TRY(pg_unmatched_add(ctx, &missing, id));
    }
    return pg_unmatched_note(ctx, &missing, list, "series_id", j->frame);
}

pgdp_status pg_labstat_find(pgdp_ctx *ctx, pg_labstat_joining *j)
{
    const pg_labstat_survey *survey = j->survey;
    const pg_labstat_list *list = NULL;
    for (size_t i = 0; i < survey->n_lists && list == NULL; i++)
        if (is_series_list(survey->lists[i].frame)) list = &survey->lists[i];
    if (list == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND,
                       "found no %s.series among the survey's files, expected the list of series; fetch it from "
                       "https://download.bls.gov/pub/time.series/%s/",
                       survey->code, survey->code);
    j->series = list->frame;
    PG_TRY(match_series(ctx, j, list->name));
    return find_dimensions(ctx, j);
}
