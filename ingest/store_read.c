/* store_read.c  Observations as they were known on a day, long or wide. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/frame.h"
#include "core/map.h"
#include "core/period.h"
#include "ingest/store.h"
#include "ingest/store_points.h"

/* ---- which series ---- */

typedef struct found {
    pg_stored_series *series;
    size_t n, capacity;
} found;

/* All rows of a statement that tells id, name, frequency, source. */
static pgdp_status add_found(pgdp_ctx *ctx, pgdp_store *store, size_t s, found *to)
{
    const pg_db *db = store->db;
    bool row;
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, s, &row));
        if (!row) return PGDP_OK;
        if (to->n == to->capacity) {
            const size_t capacity = 2 * to->capacity + 64;
            PG_TRY_ALLOC(ctx, to->series,
                         pg_arena_grow(&ctx->scratch, to->series, to->n, capacity, sizeof *to->series));
            to->capacity = capacity;
        }
        pg_stored_series *series = &to->series[to->n++];
        series->id = pg_sql_cell_int(db, s, 0);
        series->frequency = pg_frequency_of_code(pg_sql_cell_int(db, s, 2));
        PG_TRY_ALLOC(ctx, series->name, pg_arena_strdup(&ctx->scratch, pg_sql_cell_text(db, s, 1)));
        PG_TRY_ALLOC(ctx, series->source, pg_arena_strdup(&ctx->scratch, pg_sql_cell_text(db, s, 3)));
    }
}

static pgdp_status find_named(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query, const char *name,
                              found *to)
{
    const pg_sql_value values[] = { pg_sql_text(name), pg_sql_text(query->source),
                                    pg_sql_int(pg_frequency_code(query->frequency)) };
    const size_t before = to->n;
    PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_SERIES_NAMED, values, 3));
    PG_TRY(add_found(ctx, store, PG_SQL_SERIES_NAMED, to));
    if (to->n == before)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no series \"%.80s\"; 'pgdp data search' finds series by words",
                       pg_db_path(store->db), name);
    if (to->n == before + 1) return PGDP_OK;
    const pg_stored_series *a = &to->series[before], *b = &to->series[before + 1];
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: \"%.80s\" is %s of %.40s and %s of %.40s; name a source or a frequency",
                   pg_db_path(store->db), name, pgdp_frequency_name(a->frequency), a->source,
                   pgdp_frequency_name(b->frequency), b->source);
}

pgdp_status pg_store_find(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query, pg_stored_series **out,
                          size_t *n)
{
    const pg_sql_value values[] = { pg_sql_text(query->source), pg_sql_int(pg_frequency_code(query->frequency)) };
    found to = { .series = NULL };
    for (size_t i = 0; i < query->n_series; i++)
        PG_TRY(find_named(ctx, store, query, query->series[i], &to));
    if (query->n_series == 0) {
        PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_SERIES_ALL, values, 2));
        PG_TRY(add_found(ctx, store, PG_SQL_SERIES_ALL, &to));
    }
    *out = to.series;
    *n = to.n;
    if (to.n > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no series%s; 'pgdp data list' tells those that there are",
                   pg_db_path(store->db), query->source != NULL || query->frequency != 0 ? " of this kind" : "");
}

/* A table has periods of one frequency, and names that tell its series apart. */
static pgdp_status check_alike(pgdp_ctx *ctx, const pg_stored_series *series, size_t n)
{
    pg_map names;
    pg_map_init(&names, &ctx->scratch);
    for (size_t i = 0; i < n; i++) {
        const size_t length = strlen(series[i].name), other = pg_map_find(&names, series[i].name, length);
        if (series[i].frequency != series[0].frequency)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "series \"%.80s\" is %s and \"%.80s\" is %s, expected one frequency; name it",
                           series[0].name, pgdp_frequency_name(series[0].frequency), series[i].name,
                           pgdp_frequency_name(series[i].frequency));
        if (other != PGDP_NONE)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "two series are called \"%.80s\", of %.40s and of %.40s; name a source", series[i].name,
                           series[other].source, series[i].source);
        if (!pg_map_put(&names, series[i].name, length, i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

/* ---- long ---- */

enum { SERIES, PERIOD, VALUE, FLAG, VINTAGE, TITLE, UNIT, PRICE_BASIS, ADJUSTMENT, N_LONG };

static pgdp_status code_of(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *text, uint32_t *code)
{
    *code = PGDP_NO_CODE;
    return text == NULL || text[0] == '\0' ? PGDP_OK : pg_frame_intern(ctx, frame, column, text, strlen(text), code);
}

static pgdp_status day_code(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, int32_t day, uint32_t *code)
{
    char text[16];
    pgdp_period_format((pgdp_period){ PGDP_DAILY, day }, text);
    return code_of(ctx, frame, column, text, code);
}

static pgdp_status add_long(pgdp_ctx *ctx, pgdp_store *store, const pg_stored_series *series, const pg_facts *facts,
                            const pg_known_list *list, pgdp_frame *frame)
{
    const size_t first = pgdp_frame_n_rows(frame);
    uint32_t codes[N_LONG];
    PG_TRY(pg_frame_add_rows(ctx, frame, list->n));
    PG_TRY(code_of(ctx, frame, SERIES, series->name, &codes[SERIES]));
    PG_TRY(code_of(ctx, frame, TITLE, facts->title, &codes[TITLE]));
    PG_TRY(code_of(ctx, frame, UNIT, facts->unit, &codes[UNIT]));
    PG_TRY(code_of(ctx, frame, PRICE_BASIS, facts->price_basis, &codes[PRICE_BASIS]));
    PG_TRY(code_of(ctx, frame, ADJUSTMENT, facts->adjustment, &codes[ADJUSTMENT]));
    for (size_t i = 0; i < list->n; i++) {
        const pg_known *known = &list->known[i], *last = i == 0 ? NULL : known - 1;
        const char *flag;
        if (last == NULL || last->flag != known->flag) {
            PG_TRY(pg_store_flag(ctx, store, known->flag, &flag));
            PG_TRY(code_of(ctx, frame, FLAG, flag, &codes[FLAG]));
        }
        if (last == NULL || last->vintage != known->vintage)
            PG_TRY(day_code(ctx, frame, VINTAGE, known->vintage, &codes[VINTAGE]));
        pg_frame_edit_periods(frame, PERIOD)[first + i] = known->period;
        pg_frame_edit_reals(frame, VALUE)[first + i] = known->value;
        for (size_t j = 0; j < N_LONG; j++)
            if (j != PERIOD && j != VALUE) pg_frame_edit_codes(frame, j)[first + i] = codes[j];
    }
    return PGDP_OK;
}

static pgdp_status read_long(pgdp_ctx *ctx, pgdp_store *store, const pg_stored_series *series, size_t n, int32_t day,
                             pgdp_frame *frame)
{
    static const char *const names[N_LONG] = { "series_id", "period", "value",       "flag",      "vintage",
                                               "title",     "unit",   "price_basis", "adjustment" };
    pg_known_list list = { .known = NULL };
    for (size_t j = 0; j < N_LONG; j++) {
        pgdp_column about = { .name = names[j], .type = PGDP_TEXT };
        if (j == PERIOD) about = (pgdp_column){ .name = names[j], .type = PGDP_PERIOD, .frequency = series->frequency };
        if (j == VALUE) about.type = PGDP_REAL;
        PG_TRY(pgdp_frame_add_column(ctx, frame, &about, NULL));
    }
    for (size_t k = 0; k < n; k++) {
        pg_facts facts;
        PG_TRY(pg_store_known(ctx, store, series[k].id, &list));
        list.n = pg_known_as_of(list.known, list.n, day);
        PG_TRY(pg_store_describe(ctx, store, series[k].id, day, &facts));
        PG_TRY(add_long(ctx, store, &series[k], &facts, &list, frame));
        PG_TRY(pg_check_stop(ctx));
    }
    return PGDP_OK;
}

/* ---- wide ---- */

typedef struct wide {
    const pg_stored_series *series;
    pg_known_list *lists; /* [n] */
    size_t n;
    int32_t first, last; /* periods */
} wide;

static size_t row_of(const wide *w, int32_t period)
{
    return (size_t)((int64_t)period - w->first);
}

static pgdp_status add_wide_column(pgdp_ctx *ctx, pgdp_store *store, const wide *w, size_t k, int32_t day,
                                   pgdp_frame *frame)
{
    const pg_stored_series *s = &w->series[k];
    pgdp_column about = { .name = s->name, .type = PGDP_REAL };
    pg_facts facts;
    const char *key;
    size_t column;
    PG_TRY(pg_store_describe(ctx, store, s->id, day, &facts));
    about.unit = facts.unit;
    about.price_basis = facts.price_basis;
    about.adjustment = facts.adjustment;
    about.vintage = facts.vintage;
    PG_TRY(pgdp_frame_add_column(ctx, frame, &about, &column));
    if (facts.title[0] == '\0') return PGDP_OK;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "title:%s", s->name));
    return pgdp_frame_set_note(ctx, frame, key, facts.title);
}

/* Periods in which any of the series has an observation, ascending; rows[period - first] is their row. */
static pgdp_status add_rows(pgdp_ctx *ctx, const wide *w, size_t **rows, pgdp_frame *frame)
{
    const size_t span = w->last < w->first ? 0 : (size_t)((int64_t)w->last - w->first) + 1;
    size_t n_rows = 0;
    PG_TRY_ALLOC(ctx, *rows, pg_arena_alloc(&ctx->scratch, span, sizeof **rows));
    for (size_t k = 0; k < w->n; k++)
        for (size_t i = 0; i < w->lists[k].n; i++)
            (*rows)[row_of(w, w->lists[k].known[i].period)] = 1;
    for (size_t p = 0; p < span; p++)
        n_rows += (*rows)[p];
    PG_TRY(pg_frame_add_rows(ctx, frame, n_rows));
    n_rows = 0;
    for (size_t p = 0; p < span; p++) {
        if ((*rows)[p] == 0) continue;
        (*rows)[p] = n_rows;
        pg_frame_edit_periods(frame, 0)[n_rows++] = w->first + (int32_t)p;
    }
    return PGDP_OK;
}

static pgdp_status read_wide(pgdp_ctx *ctx, pgdp_store *store, const pg_stored_series *series, size_t n, int32_t day,
                             pgdp_frame *frame)
{
    wide w = { .series = series, .n = n, .first = INT32_MAX, .last = INT32_MIN };
    size_t *rows;
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = series->frequency };
    PG_TRY(pgdp_frame_add_column(ctx, frame, &period, NULL));
    PG_TRY_ALLOC(ctx, w.lists, pg_arena_alloc(&ctx->scratch, n, sizeof *w.lists));
    for (size_t k = 0; k < n; k++) {
        pg_known_list *list = &w.lists[k];
        PG_TRY(pg_store_known(ctx, store, series[k].id, list));
        list->n = pg_known_as_of(list->known, list->n, day);
        PG_TRY(add_wide_column(ctx, store, &w, k, day, frame));
        PG_TRY(pg_check_stop(ctx));
        if (list->n == 0) continue;
        if (list->known[0].period < w.first) w.first = list->known[0].period;
        if (list->known[list->n - 1].period > w.last) w.last = list->known[list->n - 1].period;
    }
    PG_TRY(add_rows(ctx, &w, &rows, frame));
    for (size_t k = 0; k < n; k++) {
        double *cells = pg_frame_edit_reals(frame, k + 1);
        for (size_t i = 0; i < w.lists[k].n; i++)
            cells[rows[row_of(&w, w.lists[k].known[i].period)]] = w.lists[k].known[i].value;
    }
    return PGDP_OK;
}

static pgdp_status observations(pgdp_ctx *ctx, pgdp_store *store, void *user, pgdp_frame *frame)
{
    const pgdp_store_query *query = user;
    pg_stored_series *series;
    size_t n;
    int32_t day;
    PG_TRY(pg_store_as_of(ctx, query->as_of, &day));
    PG_TRY(pg_store_find(ctx, store, query, &series, &n));
    PG_TRY(check_alike(ctx, series, n));
    if (query->as_of != NULL) PG_TRY(pgdp_frame_set_note(ctx, frame, "as_of", query->as_of));
    return query->wide ? read_wide(ctx, store, series, n, day, frame) : read_long(ctx, store, series, n, day, frame);
}

pgdp_status pgdp_store_observations(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query, pgdp_frame **out)
{
    pgdp_store_query asked = *query;
    return pg_answer_make(ctx, store, observations, &asked, out);
}
