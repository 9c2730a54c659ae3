/* write_json.c  A book as JSON: the exact twin of the workbook, one row a line. Spec: design.md 3.4; schema
 * pgdp.results/1. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "gap/model.h"
#include "reports/writers.h"

static void put_study(pg_json *json, const pgdp_results *results)
{
    pg_json_key(json, "study");
    pg_json_object(json);
    pg_json_key_string(json, "name", results->name);
    pg_json_key_string(json, "title", results->title);
    pg_json_key_string(json, "author", results->author);
    pg_json_key_string(json, "as_of", results->as_of);
    pg_json_key_string(json, "purpose", results->purpose);
    pg_json_object_end(json);
}

/* One cell of a frame in its own unit. */
static void put_frame_cell(pg_json *json, const pgdp_frame *frame, size_t column, size_t row)
{
    const pgdp_column *about = pgdp_frame_column(frame, column);
    char period[16];
    if (about->type == PGDP_REAL) {
        pg_json_real(json, pgdp_frame_reals(frame, column)[row]);
    } else if (about->type == PGDP_TEXT) {
        pg_json_string(json, pgdp_frame_text(frame, column, row));
    } else if (pgdp_frame_periods(frame, column)[row] == PGDP_MISSING_PERIOD) {
        pg_json_null(json);
    } else {
        pgdp_period_format((pgdp_period){ about->frequency, pgdp_frame_periods(frame, column)[row] }, period);
        pg_json_string(json, period);
    }
}

static void put_key_figures(pg_json *json, const pgdp_frame *frame)
{
    pg_json_key(json, "key_figures");
    pg_json_array(json);
    for (size_t i = 0; frame != NULL && i < pgdp_frame_n_rows(frame); i++) {
        pg_json_object(json);
        for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
            pg_json_key(json, pgdp_frame_column(frame, j)->name);
            put_frame_cell(json, frame, j, i);
        }
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
}

static void put_gap(pg_json *json, const char *key, const pgdp_gap *gap, pgdp_gap_mode mode)
{
    pg_json_key(json, key);
    if (gap == NULL) {
        pg_json_null(json);
        return;
    }
    pg_json_object(json);
    pg_json_key_string(json, "mode", mode == PGDP_GAP_GROSS ? "gross" : "accounts");
    for (size_t i = 0; pg_gap_items[i].name != NULL; i++)
        pg_json_key_real(json, pg_gap_items[i].name, pg_gap_value(gap, i));
    pg_json_key_string(json, "state", pgdp_gap_state_name(gap->state));
    pg_json_object_end(json);
}

/* A formula is its value here; a date is its name. */
static void put_value(pg_json *json, const pg_value *value, pg_format column)
{
    char day[16];
    const pg_format format = value->format != PG_FORMAT_automatic ? (pg_format)value->format : column;
    switch ((pg_value_kind)value->kind) {
    case PG_VALUE_NUMBER:
        pg_json_real(json, value->number);
        break;
    case PG_VALUE_BOOL:
        pg_json_bool(json, value->number > 0);
        break;
    case PG_VALUE_DAY:
        pgdp_period_format(pgdp_period_convert((pgdp_period){ PGDP_DAILY, (int32_t)value->number },
                                               format == PG_FORMAT_month ? PGDP_MONTHLY : PGDP_DAILY),
                           day);
        pg_json_string(json, day);
        break;
    case PG_VALUE_FORMULA:
        if (value->text == NULL) {
            pg_json_real(json, value->number);
        } else {
            pg_json_string(json, value->text);
        }
        break;
    case PG_VALUE_TEXT:
    case PG_VALUE_LINK:
        pg_json_string(json, value->text);
        break;
    case PG_VALUE_EMPTY:
    case PG_VALUE_MISSING:
        pg_json_null(json);
        break;
    }
}

static void put_table(pg_json *json, const pg_table *table)
{
    pg_json_object(json);
    pg_json_key_string(json, "name", table->page->name);
    pg_json_key_string(json, "table", table->id);
    pg_json_key_string(json, "title", table->heading != NULL ? table->heading : table->page->title);
    pg_json_key(json, "columns");
    pg_json_array(json);
    for (size_t j = 0; j < table->n_columns; j++) {
        pg_json_object(json);
        pg_json_key_string(json, "name", table->columns[j].name);
        pg_json_key_string(json, "unit", table->columns[j].raw_unit != NULL ? table->columns[j].raw_unit : "");
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
    pg_json_key(json, "rows");
    pg_json_array(json);
    for (size_t i = 0; i < table->n_rows; i++) {
        pg_json_array(json);
        for (size_t j = 0; j < table->n_columns; j++)
            put_value(json, &table->values[i * table->n_columns + j], table->columns[j].format);
        pg_json_array_end(json);
    }
    pg_json_array_end(json);
    pg_json_object_end(json);
}

static pgdp_status write_json(pgdp_ctx *ctx, const pgdp_results *results, const pg_book *book, const char *path,
                              const pgdp_sink *sink)
{
    (void)path;
    pg_json json;
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", "pgdp.results/1");
    pg_json_key_string(&json, "version", pgdp_version());
    put_study(&json, results);
    put_key_figures(&json, results->key_figures);
    put_gap(&json, "gap", results->gap, results->mode);
    put_gap(&json, "gap_other", results->gap_other,
            results->mode == PGDP_GAP_GROSS ? PGDP_GAP_ACCOUNTS : PGDP_GAP_GROSS);
    pg_json_key(&json, "sheets");
    pg_json_array(&json);
    for (const pg_page *page = book->pages; page != NULL; page = page->next)
        for (const pg_table *table = page->tables; table != NULL; table = table->next)
            put_table(&json, table);
    pg_json_array_end(&json);
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

const pg_writer pg_writer_json = { .name = "json", .title = "JSON, schema pgdp.results/1", .write = write_json };
