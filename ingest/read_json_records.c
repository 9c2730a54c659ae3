/* read_json_records.c  A JSON list of objects, each a row. Source: RFC 8259.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/json.h"
#include "core/map.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/readers.h"
#include "ingest/table.h"

enum { COLUMNS = 4096 };

/* The list as a grid: row 0 names the keys in order of first appearance. */
typedef struct records {
    const char *label;
    pg_grid grid;
    pg_map keys;
    const char **names;
    size_t n_names, capacity;
    const pg_json_value **cells; /* of one row, by column */
} records;

static int sniff(const pgdp_bytes *head)
{
    size_t i = 0;
    if (head->n == 0 || head->data[0] != '[') return PG_NOT_OURS;
    for (i = 1; i < head->n && head->data[i] <= ' ';)
        i++;
    return i < head->n && head->data[i] == '{' ? PG_LIKELY : PG_NOT_OURS;
}

static pgdp_status find_names(pgdp_ctx *ctx, records *r, const pg_json_value *root)
{
    for (size_t i = 0; i < pg_json_count(root); i++) {
        const char *key;
        const pg_json_value *record = pg_json_at(root, i);
        if (!pg_json_is_object(record))
            return pg_fail(ctx, PGDP_PARSE, "%s: item %zu of the list is no object, expected one object a row",
                           r->label, i + 1);
        for (size_t k = 0; (key = pg_json_member_at(record, k, NULL)) != NULL; k++) {
            if (pg_map_find(&r->keys, key, strlen(key)) != PGDP_NONE) continue;
            if (r->n_names == COLUMNS)
                return pg_fail(ctx, PGDP_PARSE, "%s: the objects have more than %d keys in all", r->label, COLUMNS);
            if (!pg_map_put(&r->keys, key, strlen(key), r->n_names)) return pg_no_memory(ctx);
            r->names[r->n_names++] = key;
        }
    }
    return PGDP_OK;
}

/* A scalar as a cell; null is none, and so is text without length. */
static pgdp_status add_cell(pgdp_ctx *ctx, records *r, size_t row, size_t column, const pg_json_value *value)
{
    double number;
    bool truth;
    char buffer[PG_NUMBER_SIZE];
    pg_cell cell = { .column = (uint16_t)column, .kind = PG_CELL_TEXT };
    if (value == NULL || pg_json_is_null(value)) return PGDP_OK;
    if (pg_json_number(value, &number)) {
        pg_number_format(number, buffer);
        cell.text = buffer;
        cell.kind = PG_CELL_NUMBER;
    } else if (pg_json_truth(value, &truth)) {
        cell.text = truth ? "true" : "false";
    } else if (pg_json_text(value) != NULL) {
        cell.text = pg_json_text(value);
        pgdp_period day;
        if (pg_cell_period(&(pg_cell){ cell.text, (uint32_t)strlen(cell.text), 0, 0 }, &day)) cell.kind = PG_CELL_DATE;
    } else {
        return pg_fail(ctx, PGDP_PARSE, "%s: item %zu: \"%.80s\" is a list or object, expected a number, text or null",
                       r->label, row + 1, r->names[column]);
    }
    cell.length = (uint32_t)strlen(cell.text);
    return cell.length == 0 || pg_grid_copy_cell(&r->grid, cell) ? PGDP_OK : pg_no_memory(ctx);
}

static pgdp_status add_rows(pgdp_ctx *ctx, records *r, const pg_json_value *root)
{
    if (!pg_grid_add_row(&r->grid, 0)) return pg_no_memory(ctx);
    for (size_t j = 0; j < r->n_names; j++) {
        const pg_cell name = { r->names[j], (uint32_t)strlen(r->names[j]), (uint16_t)j, PG_CELL_TEXT };
        if (!pg_grid_copy_cell(&r->grid, name)) return pg_no_memory(ctx);
    }
    for (size_t i = 0; i < pg_json_count(root); i++) {
        const pg_json_value *record = pg_json_at(root, i);
        if (!pg_grid_add_row(&r->grid, i + 1)) return pg_no_memory(ctx);
        for (size_t j = 0; j < r->n_names; j++)
            PG_TRY(add_cell(ctx, r, i, j, pg_json_member(record, r->names[j])));
    }
    return PGDP_OK;
}

/* The list itself, or the only list that an object holds beside counts of rows. */
static const pg_json_value *list_of(const pg_json_value *root)
{
    const pg_json_value *found = root, *value;
    size_t n = 0;
    for (size_t i = 0; pg_json_is_object(root) && pg_json_member_at(root, i, &value) != NULL; i++) {
        if (!pg_json_is_array(value)) continue;
        found = value;
        n++;
    }
    return n <= 1 ? found : root;
}

static pgdp_status fill(pgdp_ctx *ctx, records *r, const pg_json_value *root, pgdp_dataset *out)
{
    static const char *const none[] = { NULL };
    const pg_rules rules = { .missing = none };
    pgdp_frame *frame;
    root = list_of(root);
    if (!pg_json_is_array(root)) return pg_fail(ctx, PGDP_PARSE, "%s: expected a list of objects", r->label);
    pg_grid_init(&r->grid, &ctx->scratch, r->label);
    pg_map_init(&r->keys, &ctx->scratch);
    PG_TRY_ALLOC(ctx, r->names, pg_arena_alloc(&ctx->scratch, COLUMNS, sizeof *r->names));
    PG_TRY(find_names(ctx, r, root));
    PG_TRY(add_rows(ctx, r, root));
    PG_TRY(pg_dataset_add(ctx, out, "", &frame));
    return pg_table_fill(ctx, &r->grid, (pg_span){ 0, 1, r->grid.n_rows }, &rules, frame);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    records r = { .label = in->label };
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    const pgdp_status status = fill(ctx, &r, pg_json_root(document), out);
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_json_records = {
    .name = "json_records",
    .title = "JSON list of flat objects",
    .spec = "RFC 8259",
    .sniff = sniff,
    .read = read,
};
