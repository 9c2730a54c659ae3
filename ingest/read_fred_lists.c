/* read_fred_lists.c  Lists that the FRED API answers with: series and their metadata, searches, releases, dates of
 * releases and vintages, as JSON or XML, version 1. Source: formats.md 2.1. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/map.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/readers.h"
#include "ingest/table.h"
#include "ingest/xml.h"

enum { COLUMNS = 256, DEEP_ENOUGH = 4096 };
/* Names of the lists; the API's plural of series has three s. */
static const char *const lists[] = { "seriess",    "releases", "release_dates", "vintage_dates",
                                     "categories", "sources",  "tags" };
enum { N_LISTS = sizeof lists / sizeof *lists };

typedef struct row {
    const char **cells; /* [n] by column */
    size_t n;
} row;

typedef struct answer {
    pgdp_ctx *ctx;
    const char *label;
    const char *count, *limit, *offset; /* NULL: not stated */
    pg_map columns;
    const char *names[COLUMNS];
    row *rows;
    size_t n_rows, capacity;
    bool found;
    pg_text text; /* XML: inside the item under way */
    size_t depth;
} answer;

static int sniff(const pgdp_bytes *head)
{
    const bool json = head->n > 0 && head->data[0] == '{', xml = head->n > 0 && head->data[0] == '<';
    char start[40];
    if (!json && !xml) return PG_NOT_OURS;
    if (json && !pg_bytes_hold(head, DEEP_ENOUGH, "\"realtime_start\"") &&
        !pg_bytes_hold(head, DEEP_ENOUGH, "\"categories\""))
        return PG_NOT_OURS;
    for (size_t i = 0; i < N_LISTS; i++) {
        (void)snprintf(start, sizeof start, json ? "\"%s\"" : "<%s ", lists[i]);
        if (pg_bytes_hold(head, DEEP_ENOUGH, start)) return json ? PG_LIKELY : PG_SURE;
    }
    return PG_NOT_OURS;
}

static pgdp_status begin_row(answer *a)
{
    if (a->n_rows == a->capacity) {
        const size_t more = 2 * a->capacity + 64;
        PG_TRY_ALLOC(a->ctx, a->rows, pg_arena_grow(&a->ctx->scratch, a->rows, a->capacity, more, sizeof *a->rows));
        a->capacity = more;
    }
    a->rows[a->n_rows++] = (row){ NULL, 0 };
    return PGDP_OK;
}

/* A cell of the last row; NULL: nothing is known. */
static pgdp_status put(answer *a, const char *name, const char *text)
{
    row *r = &a->rows[a->n_rows - 1];
    size_t column = pg_map_find(&a->columns, name, strlen(name));
    if (column == PGDP_NONE) {
        column = a->columns.n;
        if (column == COLUMNS)
            return pg_fail(a->ctx, PGDP_PARSE, "%s: an item has more than %d members", a->label, COLUMNS);
        PG_TRY_ALLOC(a->ctx, a->names[column], pg_arena_strdup(&a->ctx->scratch, name));
        if (!pg_map_put(&a->columns, a->names[column], strlen(name), column)) return pg_no_memory(a->ctx);
    }
    if (column >= r->n) {
        PG_TRY_ALLOC(
            a->ctx, r->cells,
            (const char **)pg_arena_grow(&a->ctx->scratch, (void *)r->cells, r->n, column + 1, sizeof *r->cells));
        r->n = column + 1;
    }
    if (text != NULL) PG_TRY_ALLOC(a->ctx, r->cells[column], pg_arena_strdup(&a->ctx->scratch, text));
    return PGDP_OK;
}

/* ---- JSON ---- */

static pgdp_status text_of(answer *a, const pg_json_value *value, const char **out)
{
    char buffer[PG_NUMBER_SIZE];
    double number;
    *out = pg_json_text(value);
    if (*out != NULL || !pg_json_number(value, &number)) return PGDP_OK;
    pg_number_format(number, buffer);
    PG_TRY_ALLOC(a->ctx, *out, pg_arena_strdup(&a->ctx->scratch, buffer));
    return PGDP_OK;
}

static pgdp_status add_item(answer *a, const pg_json_value *item)
{
    const pg_json_value *value;
    const char *key, *text;
    PG_TRY(begin_row(a));
    if (pg_json_text(item) != NULL) return put(a, "date", pg_json_text(item));
    if (!pg_json_is_object(item))
        return pg_fail(a->ctx, PGDP_PARSE, "%s: item %zu of the list is no object and no date", a->label, a->n_rows);
    for (size_t i = 0; (key = pg_json_member_at(item, i, &value)) != NULL; i++) {
        if (pg_json_is_object(value) || pg_json_is_array(value))
            return pg_fail(a->ctx, PGDP_PARSE,
                           "%s: item %zu: \"%.80s\" is a list or object, expected a text or a number", a->label,
                           a->n_rows, key);
        PG_TRY(text_of(a, value, &text));
        PG_TRY(put(a, key, text));
    }
    return PGDP_OK;
}

static pgdp_status read_json(answer *a, const pg_json_value *root)
{
    const pg_json_value *list = NULL;
    for (size_t i = 0; i < N_LISTS && list == NULL; i++)
        list = pg_json_member(root, lists[i]);
    a->found = pg_json_is_array(list);
    PG_TRY(text_of(a, pg_json_member(root, "count"), &a->count));
    PG_TRY(text_of(a, pg_json_member(root, "limit"), &a->limit));
    PG_TRY(text_of(a, pg_json_member(root, "offset"), &a->offset));
    for (size_t i = 0; a->found && i < pg_json_count(list); i++)
        PG_TRY(add_item(a, pg_json_at(list, i)));
    return PGDP_OK;
}

/* ---- XML: items are attributes, or a date between tags ---- */

static pgdp_status keep(answer *a, const char **attributes, const char *name, const char **out)
{
    const char *value = pg_xml_attribute(attributes, name);
    if (value != NULL) PG_TRY_ALLOC(a->ctx, *out, pg_arena_strdup(&a->ctx->scratch, value));
    return PGDP_OK;
}

static pgdp_status on_element(answer *a, const char *name, const char **attributes)
{
    if (a->depth++ == 0) {
        for (size_t i = 0; i < N_LISTS; i++)
            a->found = a->found || pg_streq(name, lists[i]);
        PG_TRY(keep(a, attributes, "count", &a->count));
        PG_TRY(keep(a, attributes, "limit", &a->limit));
        return keep(a, attributes, "offset", &a->offset);
    }
    if (a->depth > 2)
        return pg_fail(a->ctx, PGDP_PARSE, "%s: found <%.40s> inside an item, expected a list of items", a->label,
                       name);
    pg_text_clear(&a->text);
    PG_TRY(begin_row(a));
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        PG_TRY(put(a, attributes[i], attributes[i + 1]));
    return PGDP_OK;
}

static void on_start(pg_xml *xml, void *user, const char *name, const char **attributes)
{
    const pgdp_status status = on_element(user, name, attributes);
    if (status != PGDP_OK) pg_xml_stop(xml, status);
}

static void on_text(pg_xml *xml, void *user, const char *text, size_t n)
{
    answer *a = user;
    if (a->depth == 2) pg_text_add_bytes(&a->text, text, n);
    if (a->text.failed) pg_xml_stop(xml, pg_no_memory(a->ctx));
}

static void on_end(pg_xml *xml, void *user, const char *name)
{
    answer *a = user;
    const char *text = a->text.data;
    size_t n = a->text.n;
    (void)name;
    if (a->depth-- != 2) return;
    pg_trim(&text, &n);
    a->text.data[n + (size_t)(text - a->text.data)] = '\0';
    const pgdp_status status = n == 0 ? PGDP_OK : put(a, "date", text);
    if (status != PGDP_OK) pg_xml_stop(xml, status);
}

static pgdp_status read_xml(answer *a, const pgdp_bytes *in)
{
    static const pg_xml_handlers handlers = { .start = on_start, .end = on_end, .text = on_text };
    pg_xml *xml;
    bool enough;
    pg_text_init(&a->text, &a->ctx->scratch);
    if (a->text.failed) return pg_no_memory(a->ctx);
    PG_TRY(pg_xml_new(a->ctx, in->label, &handlers, a, &xml));
    pg_xml_set_plain(xml);
    const pgdp_status status = pg_xml_feed(a->ctx, xml, in->data, in->n, true, &enough);
    pg_xml_free(xml);
    return status;
}

/* ---- the table ---- */

static bool add_cell(pg_grid *grid, size_t column, const char *text)
{
    const pg_cell cell = { text, (uint32_t)strlen(text), (uint16_t)column, PG_CELL_TEXT };
    return cell.length == 0 || pg_grid_add_cell(grid, cell);
}

static pgdp_status make_grid(answer *a, pg_grid *grid)
{
    bool room;
    pg_grid_init(grid, &a->ctx->scratch, a->label);
    room = pg_grid_add_row(grid, 0);
    for (size_t j = 0; room && j < a->columns.n; j++)
        room = add_cell(grid, j, pg_streq(a->names[j], "id") ? "series_id" : a->names[j]);
    for (size_t i = 0; room && i < a->n_rows; i++) {
        room = pg_grid_add_row(grid, i + 1);
        for (size_t j = 0; room && j < a->rows[i].n; j++)
            room = a->rows[i].cells[j] == NULL || add_cell(grid, j, a->rows[i].cells[j]);
    }
    return room ? PGDP_OK : pg_no_memory(a->ctx);
}

/* Days stay days: that series begin on first days of years says nothing. */
static pgdp_status fill(answer *a, pgdp_dataset *out)
{
    static const char *const none[] = { NULL };
    const pg_rules rules = { .missing = none, .text_holds_numbers = true, .days_stay = true };
    pgdp_frame *frame;
    pg_grid grid;
    double count;
    const char *note;
    if (!a->found)
        return pg_fail(a->ctx, PGDP_PARSE,
                       "%s: found no list of series, releases or dates, expected an answer of the FRED API", a->label);
    PG_TRY(make_grid(a, &grid));
    PG_TRY(pg_dataset_add(a->ctx, out, "", &frame));
    if (a->columns.n > 0) PG_TRY(pg_table_fill(a->ctx, &grid, (pg_span){ 0, 1, grid.n_rows }, &rules, frame));
    if (a->count == NULL || !pg_number_parse(a->count, strlen(a->count), &count) || count <= (double)a->n_rows)
        return PGDP_OK;
    PG_TRY_ALLOC(a->ctx, note,
                 pg_arena_printf(&a->ctx->scratch, "%zu of %s items (limit %s, offset %s); ask for the rest", a->n_rows,
                                 a->count, a->limit == NULL ? "?" : a->limit, a->offset == NULL ? "?" : a->offset));
    return pgdp_frame_set_note(a->ctx, frame, "incomplete", note);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    answer *a;
    pg_json_document *document;
    PG_TRY_ALLOC(ctx, a, pg_arena_alloc(&ctx->scratch, 1, sizeof *a));
    a->ctx = ctx;
    a->label = in->label;
    pg_map_init(&a->columns, &ctx->scratch);
    if (in->n > 0 && in->data[0] == '<') {
        PG_TRY(read_xml(a, in));
        return fill(a, out);
    }
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    pgdp_status status = read_json(a, pg_json_root(document));
    if (status == PGDP_OK) status = fill(a, out);
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_fred_lists = {
    .name = "fred_lists",
    .title = "FRED API, lists of series, releases and dates",
    .spec = "https://fred.stlouisfed.org/docs/api/fred/, series, series/search, release/dates, series/vintagedates",
    .sniff = sniff,
    .read = read,
};
