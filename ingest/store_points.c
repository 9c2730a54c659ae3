/* store_points.c  Tables to series and points. One rule for all layouts: a numeric column is a series for each key of
 * its rows; a table whose periods do not repeat has no keys, so that each column is one series.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_keys.h"

#include <string.h>

#include "core/text.h"

static pgdp_status intern(pgdp_ctx *ctx, pg_points *to, const char *text, uint32_t *code)
{
    const size_t n = strlen(text), found = pg_map_find(&to->flags_by_text, text, n);
    *code = (uint32_t)found;
    if (found != PGDP_NONE) return PGDP_OK;
    if (to->n_flags == to->flags_capacity) {
        const size_t capacity = 2 * to->flags_capacity + 16;
        PG_TRY_ALLOC(
            ctx, to->flags,
            (const char **)pg_arena_grow(&ctx->scratch, (void *)to->flags, to->n_flags, capacity, sizeof *to->flags));
        to->flags_capacity = capacity;
    }
    *code = (uint32_t)to->n_flags;
    to->flags[to->n_flags++] = text;
    return pg_map_put(&to->flags_by_text, text, n, *code) ? PGDP_OK : pg_no_memory(ctx);
}

/* The series of a name and frequency; it is added, with nothing known of it, when it is new. */
static pgdp_status find_series(pgdp_ctx *ctx, pg_points *to, const char *name, pgdp_frequency frequency, size_t *at)
{
    const char *key;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "%d %s", (int)frequency, name));
    *at = pg_map_find(&to->series_by_name, key, strlen(key));
    if (*at != PGDP_NONE) return PGDP_OK;
    if (to->n_series == to->series_capacity) {
        const size_t capacity = 2 * to->series_capacity + 64;
        PG_TRY_ALLOC(ctx, to->series,
                     pg_arena_grow(&ctx->scratch, to->series, to->n_series, capacity, sizeof *to->series));
        to->series_capacity = capacity;
    }
    *at = to->n_series;
    to->series[to->n_series++] = (pg_series){
        .name = name, .frequency = frequency, .title = "", .unit = "", .price_basis = "", .adjustment = ""
    };
    return pg_map_put(&to->series_by_name, key, strlen(key), *at) ? PGDP_OK : pg_no_memory(ctx);
}

/* ---- what is known of a series ---- */

static const char *cell_or(const pgdp_frame *frame, size_t column, size_t row, const char *otherwise)
{
    const char *text = column == PGDP_NONE ? NULL : pgdp_frame_text(frame, column, row);
    return text == NULL ? otherwise : text;
}

/* The title that a note tells: "title:NAME", and as providers call it. */
static pgdp_status noted_title(pgdp_ctx *ctx, const pg_rows *t, const char *name, const char **title)
{
    static const char *const keys[] = { "title", "series_title", "description", "label" };
    *title = "";
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *key, *value;
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "%s:%s", keys[i], name));
        value = pgdp_frame_note(t->frame, key);
        if (value == NULL) continue;
        *title = value;
        return PGDP_OK;
    }
    return PGDP_OK;
}

static void take_facts(const pgdp_frame *frame, const pg_roles *roles, size_t row, pg_series *to)
{
    to->title = cell_or(frame, roles->title, row, to->title);
    to->unit = cell_or(frame, roles->unit, row, to->unit);
    to->price_basis = cell_or(frame, roles->price_basis, row, to->price_basis);
    to->adjustment = cell_or(frame, roles->adjustment, row, to->adjustment);
}

/* From the column's own attributes, the row's cells, and the document's list of series. */
static pgdp_status describe(pgdp_ctx *ctx, const pg_rows *t, size_t column, size_t key, pg_series *to)
{
    const pgdp_column *about = pgdp_frame_column(t->frame, column);
    pg_roles roles;
    if (to->title[0] == '\0') PG_TRY(noted_title(ctx, t, t->keys == NULL ? about->name : to->name, &to->title));
    to->unit = about->unit;
    to->price_basis = about->price_basis;
    to->adjustment = about->adjustment;
    if (t->keys != NULL) take_facts(t->frame, &t->roles, t->first_rows[key], to);
    if (t->facts == NULL) return PGDP_OK;
    PG_TRY(pg_roles_of(ctx, t->facts, &roles));
    const uint32_t code = pg_frame_find_level(t->facts, roles.series, to->name, strlen(to->name));
    const uint32_t *codes = pgdp_frame_codes(t->facts, roles.series);
    for (size_t i = 0; code != PGDP_NO_CODE && i < pgdp_frame_n_rows(t->facts); i++)
        if (codes[i] == code) return take_facts(t->facts, &roles, i, to), PGDP_OK;
    return PGDP_OK;
}

/* ---- points ---- */

/* GDP_20310130 is GDP as of that day; the day is the column's vintage. */
static pgdp_status name_of_column(pgdp_ctx *ctx, const pgdp_column *about, const char **name)
{
    const size_t n = strlen(about->name);
    char day[11] = "";
    *name = about->name;
    if (n > 9 && about->name[n - 9] == '_') {
        const char *digits = about->name + n - 8;
        (void)memcpy(day, digits, 4);
        day[4] = day[7] = '-';
        (void)memcpy(day + 5, digits + 4, 2);
        (void)memcpy(day + 8, digits + 6, 2);
    }
    if (pg_streq(day, about->vintage) && day[0] != '\0')
        PG_TRY_ALLOC(ctx, *name, pg_arena_strndup(&ctx->scratch, about->name, n - 9));
    return PGDP_OK;
}

/* The series of each key in one column. */
static pgdp_status series_of(pgdp_ctx *ctx, const pg_rows *t, size_t column, bool only, uint32_t *out, pg_points *to)
{
    const pgdp_column *about = pgdp_frame_column(t->frame, column);
    for (size_t k = 0; k < t->n_keys; k++) {
        const size_t known = to->n_series;
        const char *name = t->names[k];
        size_t at;
        if (name[0] == '\0') PG_TRY(name_of_column(ctx, about, &name));
        if (t->names[k][0] != '\0' && !only)
            PG_TRY_ALLOC(ctx, name, pg_arena_printf(&ctx->scratch, "%s / %s", name, about->name));
        PG_TRY(find_series(ctx, to, name, t->roles.frequency, &at));
        if (at == known) PG_TRY(describe(ctx, t, column, k, &to->series[at]));
        out[k] = (uint32_t)at;
    }
    return PGDP_OK;
}

static pgdp_status flags_of(pgdp_ctx *ctx, const pg_rows *t, size_t column, uint32_t **out, pg_points *to)
{
    const size_t n = pgdp_frame_n_levels(t->frame, column);
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n, sizeof **out));
    for (uint32_t k = 0; k < n; k++)
        PG_TRY(intern(ctx, to, pgdp_frame_level(t->frame, column, k), &(*out)[k]));
    return PGDP_OK;
}

static pgdp_status add_column(pgdp_ctx *ctx, const pg_rows *t, size_t column, bool only, pg_points *to)
{
    const size_t n = pgdp_frame_n_rows(t->frame);
    const double *values = pgdp_frame_reals(t->frame, column);
    int32_t vintage = t->vintage;
    uint32_t *series, *flags = NULL;
    size_t flag;
    PG_TRY(pg_flag_column(ctx, t->frame, &t->roles, column, &flag));
    const uint32_t *codes = flag == PGDP_NONE ? NULL : pgdp_frame_codes(t->frame, flag);
    PG_TRY_ALLOC(ctx, series, pg_arena_alloc(&ctx->scratch, t->n_keys, sizeof *series));
    PG_TRY(series_of(ctx, t, column, only, series, to));
    if (codes != NULL) PG_TRY(flags_of(ctx, t, flag, &flags, to));
    (void)pg_store_day(pgdp_frame_column(t->frame, column)->vintage, &vintage); /* else the document's */
    for (size_t i = 0; i < n; i++) {
        const int32_t period = t->roles.periods[i];
        const bool marked = codes != NULL && codes[i] != PGDP_NO_CODE;
        if (period == PGDP_MISSING_PERIOD) continue;
        to->points[to->n++] = (pg_point){ .series = series[t->keys == NULL ? 0 : t->keys[i]],
                                          .flag = marked ? flags[codes[i]] : 0,
                                          .period = period,
                                          .vintage = t->vintages == NULL ? vintage : t->vintages[i],
                                          .value = values[i] };
    }
    return PGDP_OK;
}

static pgdp_status row_vintages(pgdp_ctx *ctx, pg_rows *t)
{
    const size_t n = pgdp_frame_n_rows(t->frame), column = t->roles.vintage;
    const pgdp_type type = column == PGDP_NONE ? PGDP_REAL : pgdp_frame_column(t->frame, column)->type;
    int32_t *vintages;
    if (type == PGDP_REAL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, vintages, pg_arena_alloc(&ctx->scratch, n, sizeof *vintages));
    for (size_t i = 0; i < n; i++) {
        char text[16] = "";
        const pgdp_period period = { pgdp_frame_column(t->frame, column)->frequency,
                                     type == PGDP_TEXT ? 0 : pgdp_frame_periods(t->frame, column)[i] };
        if (type == PGDP_PERIOD) pgdp_period_format(period, text);
        vintages[i] = t->vintage;
        (void)pg_store_day(type == PGDP_TEXT ? pgdp_frame_text(t->frame, column, i) : text, &vintages[i]);
    }
    t->vintages = vintages;
    return PGDP_OK;
}

/* Is the column one of values? Where there are keys and a column called value, it alone. */
static bool holds_values(const pg_rows *t, size_t j)
{
    if (pgdp_frame_column(t->frame, j)->type != PGDP_REAL || j == t->roles.period) return false;
    return t->keys == NULL || t->roles.value == PGDP_NONE
               ? !pg_streq_nocase(pgdp_frame_column(t->frame, j)->name, "year")
               : j == t->roles.value;
}

static pgdp_status add_columns(pgdp_ctx *ctx, const pg_rows *t, pg_points *to)
{
    const size_t n_columns = pgdp_frame_n_columns(t->frame), n = pgdp_frame_n_rows(t->frame);
    size_t n_values = 0;
    for (size_t j = 0; j < n_columns; j++)
        n_values += holds_values(t, j);
    PG_TRY_ALLOC(ctx, to->points,
                 pg_arena_grow(&ctx->scratch, to->points, to->n, to->n + n * n_values, sizeof *to->points));
    for (size_t j = 0; j < n_columns; j++)
        if (holds_values(t, j)) PG_TRY(add_column(ctx, t, j, n_values == 1, to));
    to->n_plain += n_values == 0;
    for (size_t i = 0; n_values > 0 && i < n; i++)
        to->n_no_period += t->roles.periods[i] == PGDP_MISSING_PERIOD;
    return PGDP_OK;
}

/* Sorted points without those said twice; *differ: two of one place that are not the same, PGDP_NONE: none. */
static size_t drop_repeats(pg_point *points, size_t n, size_t *differ)
{
    size_t kept = 0;
    *differ = PGDP_NONE;
    for (size_t i = 0; i < n; i++) {
        const pg_point *last = kept == 0 ? NULL : &points[kept - 1];
        const bool again = last != NULL && last->series == points[i].series && last->period == points[i].period &&
                           last->vintage == points[i].vintage;
        if (again && (last->flag != points[i].flag || !pg_same_value(last->value, points[i].value))) *differ = kept - 1;
        if (!again) points[kept++] = points[i];
    }
    return kept;
}

static pgdp_status add_table(pgdp_ctx *ctx, pg_rows *t, pg_points *to)
{
    static const char *const nameless[] = { "" };
    const size_t before = to->n;
    size_t differ;
    bool repeats;
    PG_TRY(pg_roles_of(ctx, t->frame, &t->roles));
    if (t->roles.periods == NULL) return to->n_plain++, PGDP_OK;
    if (!pg_repeats_periods(ctx, t, &repeats)) return pg_no_memory(ctx);
    t->n_keys = 1;
    PG_TRY_ALLOC(ctx, t->names, (const char **)pg_arena_alloc(&ctx->scratch, 1, sizeof *t->names));
    t->names[0] = nameless[0];
    if (repeats || t->roles.series != PGDP_NONE) {
        t->n_keys = 0;
        PG_TRY(pg_make_keys(ctx, t));
        /* texts that differ in every row name no series */
        if (t->roles.series == PGDP_NONE && t->n_keys == pgdp_frame_n_rows(t->frame)) return to->n_plain++, PGDP_OK;
    }
    PG_TRY(row_vintages(ctx, t));
    PG_TRY(add_columns(ctx, t, to));
    if (t->roles.series != PGDP_NONE || t->keys == NULL) return PGDP_OK;
    /* texts that only may be keys: where they do not tell rows apart the table holds no series */
    PG_TRY(pg_points_sort(ctx, to->points + before, to->n - before, to->n_series));
    const size_t kept = drop_repeats(to->points + before, to->n - before, &differ);
    to->n = differ == PGDP_NONE ? before + kept : before;
    to->n_plain += differ != PGDP_NONE;
    return PGDP_OK;
}

static const pgdp_frame *facts_of(pgdp_ctx *ctx, const pgdp_dataset *dataset)
{
    pg_roles roles;
    for (size_t i = 0; i < pgdp_dataset_n_tables(dataset); i++) {
        const pgdp_frame *frame = pgdp_dataset_table(dataset, i);
        if (pg_roles_of(ctx, frame, &roles) != PGDP_OK) return NULL;
        if (roles.periods == NULL && roles.series != PGDP_NONE) return frame;
    }
    return NULL;
}

static pgdp_status fail_twice(pgdp_ctx *ctx, const pg_points *to, const pg_point *point)
{
    const pg_series *series = &to->series[point->series];
    char period[16], day[16];
    pgdp_period_format((pgdp_period){ series->frequency, point->period }, period);
    pgdp_period_format((pgdp_period){ PGDP_DAILY, point->vintage }, day);
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: series \"%.80s\" has two values of %s in the vintage of %s, expected one; nothing was changed",
                   to->label, series->name, period, day);
}

pgdp_status pg_points_of(pgdp_ctx *ctx, const char *label, const pgdp_dataset *dataset, int32_t vintage, pg_points *out)
{
    const size_t n_tables = pgdp_dataset_n_tables(dataset);
    const pgdp_frame *facts = n_tables > 1 ? facts_of(ctx, dataset) : NULL;
    uint32_t none;
    size_t differ;
    *out = (pg_points){ .label = label };
    pg_map_init(&out->series_by_name, &ctx->scratch);
    pg_map_init(&out->flags_by_text, &ctx->scratch);
    PG_TRY(intern(ctx, out, "", &none));
    for (size_t i = 0; i < n_tables; i++) {
        pg_rows t = { .frame = pgdp_dataset_table(dataset, i), .facts = facts, .vintage = vintage, .within = "" };
        if (n_tables > 1) t.within = pgdp_dataset_table_name(dataset, i);
        PG_TRY(add_table(ctx, &t, out));
    }
    PG_TRY(pg_points_sort(ctx, out->points, out->n, out->n_series));
    out->n = drop_repeats(out->points, out->n, &differ);
    return differ == PGDP_NONE ? PGDP_OK : fail_twice(ctx, out, &out->points[differ]);
}
