/* fred_pages.c  Observations of FRED, page by page and 2,000 vintages at once; releases by version 2.
 * Source: https://fred.stlouisfed.org/docs/api/fred/series_observations.html; formats.md 2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/frame.h"
#include "core/map.h"
#include "core/text.h"
#include "fetch/fred.h"
#include "fetch/items.h"
#include "ingest/dataset.h"
#include "ingest/fill.h"

enum { MOST_VINTAGES = 2000, MOST_ROWS = 100000, DAY = 16 };

/* Vintages [first, end) of one series, asked for together. */
typedef struct window {
    pg_client *client;
    const pg_fred_series *series;
    const pg_fred_vintages *vintages;
    size_t first, end;
    const char *what;
    char starts[DAY], ends[DAY]; /* real time; "": as the server has it */
    double count;                /* of observations, as the first page tells */
    size_t n;                    /* of those that came */
    int32_t lowest, highest;     /* their days */
    bool *met;                   /* [n of vintages] */
} window;

static void write_day(int32_t day, char out[DAY])
{
    pgdp_period_format((pgdp_period){ PGDP_DAILY, day }, out);
}

/* "Billions of Chained 2017 Dollars", "Dollars per Hour"; dollars of some year, "2023 CPI-U-RS Adjusted Dollars", are
 * neither. */
static const char *price_basis_of(const char *units)
{
    if (strstr(units, "Chained") != NULL) return "chained_volume";
    const bool adjusted = strpbrk(units, "0123456789") != NULL || strstr(units, "djusted") != NULL;
    return strstr(units, "Dollars") != NULL && !adjusted ? "current_prices" : "";
}

/* Periods of the frequency that FRED tells: few dates do not show it. */
static pgdp_status set_periods(pgdp_ctx *ctx, const window *w, const pg_json_value *rows, pgdp_frame *frame)
{
    const size_t period = pgdp_frame_find(frame, "period");
    const pgdp_frequency frequency = w->series->frequency;
    pgdp_column about = *pgdp_frame_column(frame, period);
    int32_t *ordinals = pg_frame_edit_periods(frame, period), day = 0, before = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++, before = day) {
        (void)pg_fred_day(pg_json_at(rows, i), "date", &day); /* judged already */
        ordinals[i] = pgdp_period_convert((pgdp_period){ PGDP_DAILY, day }, frequency).ordinal;
        if (i > 0 && day != before && ordinals[i] == ordinals[i - 1])
            return pg_client_refuse(ctx, w->client, w->what,
                                    "two observations of one period, though the series is called %s",
                                    pgdp_frequency_name(frequency));
    }
    about.frequency = frequency;
    return pg_frame_describe(ctx, frame, period, &about);
}

/* Value columns' unit and adjustment, the title in a note. */
static pgdp_status describe(pgdp_ctx *ctx, const pg_fred_series *series, pgdp_frame *frame)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        pgdp_column about = *pgdp_frame_column(frame, j);
        if (about.type != PGDP_REAL) continue;
        about.unit = series->units;
        about.adjustment = series->adjustment;
        about.price_basis = price_basis_of(series->units);
        PG_TRY(pg_frame_describe(ctx, frame, j, &about));
        PG_TRY(pg_note_of(ctx, frame, "title", about.name, series->title));
    }
    return PGDP_OK;
}

/* The answer must repeat what was asked for. */
static pgdp_status judge_echo(pgdp_ctx *ctx, const window *w, const pg_json_value *root)
{
    const pg_wanted *wanted = w->client->wanted;
    int32_t day;
    double count, offset, limit;
    if (!pg_member_count(root, "count", &count) || !pg_member_count(root, "offset", &offset) ||
        !pg_member_count(root, "limit", &limit) || limit < 1)
        return pg_client_refuse(ctx, w->client, w->what, "no count, offset and limit, by which pages are told");
    if ((size_t)offset != w->n)
        return pg_client_refuse(ctx, w->client, w->what, "a page at offset %.0f, expected one at %zu", offset, w->n);
    if (w->n > 0 && (count < w->count || count > w->count))
        return pg_client_refuse(ctx, w->client, w->what,
                                "%.0f observations in all on one page and %.0f on another; the series was revised "
                                "meanwhile: fetch it again",
                                w->count, count);
    const char *start = pg_json_text(pg_json_member(root, "realtime_start"));
    if (wanted->vintage != NULL && (start == NULL || !pg_streq(start, wanted->vintage)))
        return pg_client_refuse(ctx, w->client, w->what, "what was known on %.40s, expected on %s",
                                start == NULL ? "a day that is not told" : start, wanted->vintage);
    if (wanted->from && pg_fred_day(root, "observation_start", &day) && day > wanted->first)
        return pg_client_refuse(ctx, w->client, w->what, "that observation_start was moved to a later day");
    if (wanted->to && pg_fred_day(root, "observation_end", &day) && day < wanted->last)
        return pg_client_refuse(ctx, w->client, w->what, "that observation_end was moved to an earlier day");
    return PGDP_OK;
}

/* A real-time period that begins on no vintage is not of this series. */
static pgdp_status mark_vintage(pgdp_ctx *ctx, window *w, const pg_json_value *row)
{
    const pg_fred_vintages *v = w->vintages;
    size_t low = w->first, high = w->end;
    int32_t day;
    char text[DAY];
    if (!pg_fred_day(row, "realtime_start", &day))
        return pg_client_refuse(ctx, w->client, w->what, "an observation without realtime_start");
    while (low + 1 < high) {
        const size_t middle = (low + high) / 2;
        if (v->days[middle] <= day)
            low = middle;
        else
            high = middle;
    }
    if (v->days[low] == day) return w->met[low] = true, PGDP_OK;
    write_day(day, text);
    return pg_client_refuse(ctx, w->client, w->what,
                            "an observation of %s, which is none of the vintages that FRED lists", text);
}

static pgdp_status judge_rows(pgdp_ctx *ctx, window *w, const pg_json_value *root)
{
    const pg_wanted *wanted = w->client->wanted;
    const pg_json_value *rows = pg_json_member(root, "observations");
    const size_t n = pg_json_count(rows);
    double limit = 0;
    (void)pg_member_count(root, "limit", &limit);
    (void)pg_member_count(root, "count", &w->count);
    const double left = w->count - (double)w->n, want = left < limit ? left : limit;
    if (!pg_json_is_array(rows) || n != (size_t)want)
        return pg_client_refuse(ctx, w->client, w->what, "%zu observations after the first %zu of %.0f, expected %.0f",
                                n, w->n, w->count, want);
    if (n == 0 && w->vintages->n == 0) return pg_client_refuse(ctx, w->client, w->what, "no observation in that time");
    for (size_t i = 0; i < n; i++) {
        int32_t day;
        const pg_json_value *row = pg_json_at(rows, i);
        if (!pg_fred_day(row, "date", &day) || (w->n + i > 0 && day < w->highest))
            return pg_client_refuse(ctx, w->client, w->what,
                                    "observation %zu without a date, or one before that of its neighbour; is a page "
                                    "repeated?",
                                    w->n + i + 1);
        if ((wanted->from && day < wanted->first - w->series->slack) || (wanted->to && day > wanted->last))
            return pg_client_refuse(ctx, w->client, w->what, "an observation outside of the time asked for");
        if (w->n + i == 0) w->lowest = day;
        w->highest = day;
        if (w->vintages->n > 0) PG_TRY(mark_vintage(ctx, w, row));
    }
    return PGDP_OK;
}

static pgdp_status take_page(pgdp_ctx *ctx, window *w, const pg_answer *answer, const pg_json_value *root)
{
    const char *label;
    pgdp_dataset *dataset;
    const pg_json_value *rows = pg_json_member(root, "observations");
    PG_TRY(judge_echo(ctx, w, root));
    PG_TRY(judge_rows(ctx, w, root));
    w->n += pg_json_count(rows);
    if (pg_json_count(rows) == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, label, pg_arena_printf(&ctx->scratch, "%s.json", w->series->id));
    PG_TRY(pg_client_take(ctx, w->client, answer, label, "fred_api_json", &dataset));
    PG_TRY(set_periods(ctx, w, rows, dataset->tables[0].frame));
    return describe(ctx, w->series, dataset->tables[0].frame);
}

static pgdp_status fetch_page(pgdp_ctx *ctx, window *w)
{
    const pg_wanted *wanted = w->client->wanted;
    char first[DAY], last[DAY];
    const char *offset;
    pg_answer answer;
    pg_json_document *document;
    pg_ask ask = pg_fred_ask(w->client, "https://api.stlouisfed.org/fred/series/observations", w->what);
    write_day(wanted->first, first);
    write_day(wanted->last, last);
    PG_TRY_ALLOC(ctx, offset, pg_arena_printf(&ctx->scratch, "%zu", w->n));
    pg_ask_field(&ask, "series_id", w->series->id);
    pg_ask_field(&ask, "observation_start", wanted->from ? first : NULL);
    pg_ask_field(&ask, "observation_end", wanted->to ? last : NULL);
    pg_ask_field(&ask, "realtime_start", w->starts[0] == '\0' ? NULL : w->starts);
    pg_ask_field(&ask, "realtime_end", w->ends[0] == '\0' ? NULL : w->ends);
    pg_ask_field(&ask, "limit", "100000");
    pg_ask_field(&ask, "offset", w->n == 0 ? NULL : offset);
    PG_TRY(pg_client_ask(ctx, w->client, &ask, &answer));
    PG_TRY(pg_client_json(ctx, w->client, &answer, NULL, &document));
    const pgdp_status status = take_page(ctx, w, &answer, pg_json_root(document));
    pg_json_document_free(document);
    return status;
}

/* Does what came reach as far as the series does? FRED tells where that begins and ends. */
static pgdp_status judge_ends(pgdp_ctx *ctx, const window *w, int32_t lowest, int32_t highest)
{
    const pg_wanted *wanted = w->client->wanted;
    const pg_fred_series *s = w->series;
    const int32_t first = wanted->from && wanted->first > s->first ? wanted->first + s->slack : s->first;
    const int32_t last = wanted->to && wanted->last < s->last ? wanted->last - s->slack : s->last;
    char text[4][DAY];
    if (wanted->vintage != NULL || (lowest <= first && highest >= last)) return PGDP_OK;
    write_day(lowest, text[0]);
    write_day(highest, text[1]);
    write_day(s->first, text[2]);
    write_day(s->last, text[3]);
    return pg_client_refuse(ctx, w->client, w->what, "those from %s to %s, though the series goes from %s to %s",
                            text[0], text[1], text[2], text[3]);
}

/* With all periods asked for, each vintage has a value of its own. */
static pgdp_status judge_vintages(pgdp_ctx *ctx, const window *w)
{
    const pg_wanted *wanted = w->client->wanted;
    char text[DAY];
    for (size_t i = w->first; i < w->end && !wanted->from && !wanted->to; i++) {
        if (w->met[i]) continue;
        write_day(w->vintages->days[i], text);
        return pg_client_refuse(ctx, w->client, w->what,
                                "nothing of the vintage %s, which FRED lists; ask for single days: --vintages %s", text,
                                text);
    }
    return PGDP_OK;
}

static pgdp_status fetch_window(pgdp_ctx *ctx, window *w)
{
    const pg_fred_vintages *v = w->vintages;
    PG_TRY_ALLOC(ctx, w->what,
                 v->n == 0 ? pg_arena_printf(&ctx->scratch, "the observations of %s", w->series->id)
                           : pg_arena_printf(&ctx->scratch, "the observations of %s in vintages %zu to %zu of %zu",
                                             w->series->id, w->first + 1, w->end, v->n));
    w->n = 0;
    do {
        PG_TRY(fetch_page(ctx, w));
    } while ((double)w->n < w->count);
    return judge_vintages(ctx, w);
}

pgdp_status pg_fred_observations_of(pgdp_ctx *ctx, pg_client *c, const pg_fred_series *series,
                                    const pg_fred_vintages *vintages)
{
    window w = { .client = c, .series = series, .vintages = vintages };
    const char *day = c->wanted->vintage;
    int32_t lowest = INT32_MAX, highest = INT32_MIN;
    PG_TRY_ALLOC(ctx, w.met, pg_arena_alloc(&ctx->scratch, vintages->n, sizeof *w.met));
    if (day != NULL) memcpy(w.starts, day, strlen(day) + 1), memcpy(w.ends, day, strlen(day) + 1);
    do {
        w.first = w.end;
        w.end = vintages->n - w.first > MOST_VINTAGES ? w.first + MOST_VINTAGES : vintages->n;
        if (vintages->n > 0) write_day(vintages->days[w.first], w.starts);
        if (vintages->n > 0) memcpy(w.ends, "9999-12-31", 11);
        if (w.end < vintages->n) write_day(vintages->days[w.end] - 1, w.ends);
        PG_TRY(fetch_window(ctx, &w));
        if (w.n > 0 && w.lowest < lowest) lowest = w.lowest;
        if (w.n > 0 && w.highest > highest) highest = w.highest;
    } while (w.end < vintages->n);
    if (lowest > highest) return pg_client_refuse(ctx, c, w.what, "no observation in that time");
    return judge_ends(ctx, &w, lowest, highest);
}

/* ---- a whole release, version 2 ---- */

/* One page; *cursor: where the next begins, "" after the last. */
static pgdp_status take_release(pgdp_ctx *ctx, pg_client *c, const pg_answer *answer, const char **cursor)
{
    pg_json_document *document;
    const char *label, *before = *cursor;
    bool more = false;
    PG_TRY(pg_client_json(ctx, c, answer, NULL, &document));
    const pg_json_value *root = pg_json_root(document);
    const char *next = pg_json_text(pg_json_member(root, "next_cursor"));
    const bool told = pg_json_truth(pg_json_member(root, "has_more"), &more);
    *cursor = more && next != NULL ? pg_arena_strdup(&ctx->scratch, next) : "";
    const bool lost = more && (next == NULL || next[0] == '\0' || pg_streq(next, before));
    const bool empty = pg_json_count(pg_json_member(root, "series")) == 0;
    pg_json_document_free(document);
    if (*cursor == NULL) return pg_no_memory(ctx);
    if (!told) return pg_client_refuse(ctx, c, answer->what, "no has_more, by which pages are told");
    if (lost) return pg_client_refuse(ctx, c, answer->what, "that there is more, and no new next_cursor to ask for it");
    if (empty) return pg_client_refuse(ctx, c, answer->what, "no series on a page");
    PG_TRY(pg_item_label(ctx, &c->item, c->wanted, "json", &label));
    return pg_client_take(ctx, c, answer, label, "fred_release", NULL);
}

pgdp_status pg_fred_release_of(pgdp_ctx *ctx, pg_client *c, const char *release)
{
    const char *cursor = "", *what, *bearer;
    if (release[0] == '\0' || strspn(release, "0123456789") != strlen(release))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: expected the number of a release such as fred:release=53",
                       c->item.text);
    if (c->wanted->from || c->wanted->to || c->wanted->vintage != NULL || c->wanted->all_vintages)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s: a release comes whole, as known now; leave out --from, --to and "
                       "--vintages, or name its series",
                       c->item.text);
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "the series of release %s", release));
    PG_TRY_ALLOC(ctx, bearer, pg_arena_printf(&c->arena, "Bearer %s", c->key));
    do {
        pg_answer answer;
        pg_ask ask = { .what = what,
                       .url = "https://api.stlouisfed.org/fred/v2/release/observations",
                       .headers = { { "Authorization", bearer, true } },
                       .n_headers = 1 };
        pg_ask_field(&ask, "release_id", release);
        pg_ask_field(&ask, "format", "json");
        pg_ask_field(&ask, "next_cursor", cursor[0] == '\0' ? NULL : cursor);
        PG_TRY(pg_client_ask(ctx, c, &ask, &answer));
        PG_TRY(take_release(ctx, c, &answer, &cursor));
    } while (cursor[0] != '\0');
    return PGDP_OK;
}
