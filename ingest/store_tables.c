/* store_tables.c  Tables kept as they were read, a blob a column, and given back the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/frame.h"
#include "core/hash.h"
#include "core/period.h"
#include "ingest/store.h"

/* Cells as they lie in memory (little-endian); of texts the codes, then the levels, each ending with NUL. */
static pgdp_status pack_texts(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, pg_sql_value *out)
{
    const size_t n_levels = pgdp_frame_n_levels(frame, column), codes = pgdp_frame_n_rows(frame) * sizeof(uint32_t);
    size_t n = codes, at = codes;
    char *bytes;
    for (uint32_t k = 0; k < n_levels; k++)
        n += strlen(pgdp_frame_level(frame, column, k)) + 1;
    PG_TRY_ALLOC(ctx, bytes, pg_arena_alloc(&ctx->scratch, n, 1));
    if (codes > 0) memcpy(bytes, pgdp_frame_codes(frame, column), codes);
    for (uint32_t k = 0; k < n_levels; k++) {
        const char *level = pgdp_frame_level(frame, column, k);
        const size_t length = strlen(level) + 1;
        memcpy(bytes + at, level, length);
        at += length;
    }
    *out = pg_sql_blob(bytes, n);
    return PGDP_OK;
}

static pgdp_status pack(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, pg_sql_value *out)
{
    const size_t n = pgdp_frame_n_rows(frame);
    switch (pgdp_frame_column(frame, column)->type) {
    case PGDP_REAL:
        *out = pg_sql_blob(pgdp_frame_reals(frame, column), n * sizeof(double));
        break;
    case PGDP_PERIOD:
        *out = pg_sql_blob(pgdp_frame_periods(frame, column), n * sizeof(int32_t));
        break;
    case PGDP_TEXT:
        return pack_texts(ctx, frame, column, out);
    }
    return PGDP_OK;
}

static pgdp_status keep_column(pgdp_ctx *ctx, pgdp_store *store, int64_t table, const pgdp_frame *frame, size_t column)
{
    const pgdp_column *about = pgdp_frame_column(frame, column);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    char sha256[PG_SHA256_HEX];
    pg_sql_value cells;
    PG_TRY(pack(ctx, frame, column, &cells));
    PG_TRY(pg_sha256(ctx, cells.bytes, cells.n, sha256));
    const pg_sql_value values[] = {
        pg_sql_int(table),
        pg_sql_int((int64_t)column),
        pg_sql_text(about->name),
        pg_sql_int(about->type),
        pg_sql_int(pg_frequency_code(about->frequency)),
        pg_sql_text(about->unit),
        pg_sql_text(about->price_basis),
        pg_sql_text(about->adjustment),
        pg_sql_text(about->vintage),
        pg_sql_text(sha256),
        cells,
    };
    PG_TRY(pg_sql_run(ctx, store->db, PG_SQL_ADD_COLUMN, values, sizeof values / sizeof *values));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status keep_table(pgdp_ctx *ctx, pgdp_store *store, int64_t table, const pgdp_frame *frame)
{
    const char *key, *value;
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++)
        PG_TRY(keep_column(ctx, store, table, frame, j));
    for (size_t i = 0; (key = pg_frame_note_at(frame, i, &value)) != NULL; i++) {
        const pg_sql_value values[] = { pg_sql_int(table), pg_sql_int((int64_t)i), pg_sql_text(key),
                                        pg_sql_text(value) };
        PG_TRY(pg_sql_run(ctx, store->db, PG_SQL_ADD_NOTE, values, 4));
    }
    return PGDP_OK;
}

pgdp_status pg_store_keep(pgdp_ctx *ctx, pgdp_store *store, int64_t document, const pgdp_dataset *dataset)
{
    for (size_t i = 0; i < pgdp_dataset_n_tables(dataset); i++) {
        const pgdp_frame *frame = pgdp_dataset_table(dataset, i);
        const pg_sql_value values[] = { pg_sql_int(document), pg_sql_int((int64_t)i),
                                        pg_sql_text(pgdp_dataset_table_name(dataset, i)),
                                        pg_sql_int((int64_t)pgdp_frame_n_rows(frame)) };
        PG_TRY(pg_sql_run(ctx, store->db, PG_SQL_ADD_TABLE, values, 4));
        PG_TRY(keep_table(ctx, store, pg_db_last_key(store->db), frame));
    }
    return PGDP_OK;
}

/* ---- back again ---- */

static pgdp_status fail_damaged(pgdp_ctx *ctx, const pgdp_store *store, const char *column)
{
    return pg_fail(ctx, PGDP_PARSE, "%s: column \"%.80s\" of a kept table is damaged; see 'pgdp data verify'",
                   pg_db_path(store->db), column);
}

/* A column's place, what is known of it and its cells, as the statement's row tells. */
static pgdp_status restore_column(pgdp_ctx *ctx, pgdp_store *store, size_t n_rows, pgdp_frame *frame)
{
    const size_t s = PG_SQL_COLUMNS;
    const pg_db *db = store->db;
    const pgdp_column about = {
        .name = pg_sql_cell_text(db, s, 0),
        .type = (pgdp_type)pg_sql_cell_int(db, s, 1),
        .frequency = pg_frequency_of_code(pg_sql_cell_int(db, s, 2)),
        .unit = pg_sql_cell_text(db, s, 3),
        .price_basis = pg_sql_cell_text(db, s, 4),
        .adjustment = pg_sql_cell_text(db, s, 5),
        .vintage = pg_sql_cell_text(db, s, 6),
    };
    size_t n, column;
    const char *cells = pg_sql_cell_blob(db, s, 7, &n);
    const size_t own = n_rows * (about.type == PGDP_REAL ? sizeof(double) : sizeof(int32_t));
    if (n < own || about.name == NULL) return fail_damaged(ctx, store, about.name == NULL ? "" : about.name);
    PG_TRY(pgdp_frame_add_column(ctx, frame, &about, &column));
    if (column == 0) PG_TRY(pg_frame_add_bare_rows(ctx, frame, n_rows));
    void *to = pg_frame_edit_reals(frame, column);
    if (about.type == PGDP_TEXT) to = pg_frame_edit_codes(frame, column);
    if (about.type == PGDP_PERIOD) to = pg_frame_edit_periods(frame, column);
    if (to != NULL && own > 0) memcpy(to, cells, own);
    if (about.type != PGDP_TEXT) return PGDP_OK;
    for (size_t at = own; at < n;) {
        const char *end = memchr(cells + at, '\0', n - at);
        uint32_t code;
        if (end == NULL) return fail_damaged(ctx, store, about.name);
        PG_TRY(pg_frame_intern(ctx, frame, column, cells + at, (size_t)(end - cells) - at, &code));
        at = (size_t)(end - cells) + 1;
    }
    const size_t n_levels = pgdp_frame_n_levels(frame, column);
    const uint32_t *codes = pgdp_frame_codes(frame, column);
    for (size_t i = 0; i < n_rows; i++)
        if (codes[i] >= n_levels && codes[i] != PGDP_NO_CODE) return fail_damaged(ctx, store, about.name);
    return PGDP_OK;
}

static pgdp_status restore(pgdp_ctx *ctx, pgdp_store *store, int64_t table, size_t n_rows, pgdp_frame *frame)
{
    const pg_sql_value key = pg_sql_int(table);
    bool row;
    PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_COLUMNS, &key, 1));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, PG_SQL_COLUMNS, &row));
        if (!row) break;
        PG_TRY(restore_column(ctx, store, n_rows, frame));
    }
    PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_NOTES, &key, 1));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, PG_SQL_NOTES, &row));
        if (!row) return PGDP_OK;
        PG_TRY(pgdp_frame_set_note(ctx, frame, pg_sql_cell_text(store->db, PG_SQL_NOTES, 0),
                                   pg_sql_cell_text(store->db, PG_SQL_NOTES, 1)));
    }
}

/* The one document so named. */
static pgdp_status find_document(pgdp_ctx *ctx, pgdp_store *store, const char *document, int64_t *key, bool *bytes)
{
    const size_t s = PG_SQL_DOCUMENT_NAMED;
    const pg_sql_value name = pg_sql_text(document);
    size_t n = 0;
    bool row;
    PG_TRY(pg_sql_begin(ctx, store->db, s, &name, 1));
    for (;; n++) {
        PG_TRY(pg_sql_next(ctx, store->db, s, &row));
        if (!row) break;
        *key = pg_sql_cell_int(store->db, s, 0);
        *bytes = pg_sql_cell_int(store->db, s, 3) != 0;
    }
    if (n == 1) return PGDP_OK;
    if (n == 0)
        return pg_fail(ctx, PGDP_NOT_FOUND,
                       "%s: found no document \"%.80s\"; 'pgdp data list --documents' tells their names and sha256",
                       pg_db_path(store->db), document);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: several documents are called \"%.80s\"; name one by its sha256",
                   pg_db_path(store->db), document);
}

static pgdp_status find_table(pgdp_ctx *ctx, pgdp_store *store, int64_t document, const char *table, int64_t found[2])
{
    const size_t s = PG_SQL_TABLES;
    const pg_sql_value values[] = { pg_sql_int(document), pg_sql_text(table) };
    size_t n = 0;
    bool row;
    PG_TRY(pg_sql_begin(ctx, store->db, s, values, 2));
    for (;; n++) {
        PG_TRY(pg_sql_next(ctx, store->db, s, &row));
        if (!row) break;
        found[0] = pg_sql_cell_int(store->db, s, 0);
        found[1] = pg_sql_cell_int(store->db, s, 2);
    }
    if (n == 1) return PGDP_OK;
    if (n > 1) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "this document has several tables; name one of them");
    return pg_fail(ctx, PGDP_NOT_FOUND, "this document has no kept table%s%.80s%s", table == NULL ? "" : " \"",
                   table == NULL ? "; it was imported without" : table, table == NULL ? "" : "\"");
}

typedef struct asked {
    const char *document, *table;
} asked;

static pgdp_status table_inside(pgdp_ctx *ctx, pgdp_store *store, void *user, pgdp_frame *frame)
{
    const asked *a = user;
    int64_t key = 0, found[2] = { 0, 0 };
    bool bytes;
    PG_TRY(find_document(ctx, store, a->document, &key, &bytes));
    PG_TRY(find_table(ctx, store, key, a->table, found));
    return restore(ctx, store, found[0], (size_t)found[1], frame);
}

pgdp_status pgdp_store_table(pgdp_ctx *ctx, pgdp_store *store, const char *document, const char *table,
                             pgdp_frame **out)
{
    asked a = { document, table };
    return pg_answer_make(ctx, store, table_inside, &a, out);
}

static pgdp_status bytes_inside(pgdp_ctx *ctx, pgdp_store *store, const char *document, const pgdp_sink *sink)
{
    int64_t key = 0;
    bool kept = false, row;
    size_t n;
    PG_TRY(find_document(ctx, store, document, &key, &kept));
    if (!kept)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: the bytes of \"%.80s\" were not kept; import it with them",
                       pg_db_path(store->db), document);
    PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_BYTES, (pg_sql_value[]){ pg_sql_int(key) }, 1));
    PG_TRY(pg_sql_next(ctx, store->db, PG_SQL_BYTES, &row));
    const void *bytes = pg_sql_cell_blob(store->db, PG_SQL_BYTES, 0, &n);
    return n == 0 ? PGDP_OK : sink->write(sink->user, bytes, n);
}

pgdp_status pgdp_store_bytes(pgdp_ctx *ctx, pgdp_store *store, const char *document, const pgdp_sink *sink)
{
    PG_TRY(pg_store_begin(ctx, store));
    return pg_store_end(ctx, store, bytes_inside(ctx, store, document, sink));
}
