/* store.c  Opening a store: is it one, is it up to date; and what all readings share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store.h"

#include "ingest/store_points.h"
#include "ingest/store_schema.h"

#define PG_ENTRY(name, text) text,
static const char *const texts[] = { PG_STORE_SQL(PG_ENTRY) };
#undef PG_ENTRY

/* Version of the store; 0: an empty file. */
static pgdp_status version_of(pgdp_ctx *ctx, pg_db *db, int64_t *version)
{
    int64_t application = 0, n_objects = 0;
    *version = 0;
    PG_TRY(pg_sql_one(ctx, db, PG_SQL_APPLICATION, NULL, 0, &application));
    PG_TRY(pg_sql_one(ctx, db, PG_SQL_N_OBJECTS, NULL, 0, &n_objects));
    PG_TRY(pg_sql_one(ctx, db, PG_SQL_USER_VERSION, NULL, 0, version));
    if (application != PG_STORE_APPLICATION && (n_objects > 0 || *version != 0))
        return pg_fail(ctx, PGDP_PARSE, "%s: found another program's database, expected a series store; name another",
                       pg_db_path(db));
    if (*version > PG_STORE_VERSION)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: this store has version %lld, this program knows those up to %d; use a newer program",
                       pg_db_path(db), (long long)*version, PG_STORE_VERSION);
    return PGDP_OK;
}

/* The version is asked again inside: another program may have been first. */
static pgdp_status migrate_inside(pgdp_ctx *ctx, pg_db *db)
{
    int64_t version;
    const char *mark;
    PG_TRY(version_of(ctx, db, &version));
    for (; version < PG_STORE_VERSION; version++)
        PG_TRY(pg_db_script(ctx, db, pg_store_migrations[version]));
    PG_TRY_ALLOC(ctx, mark,
                 pg_arena_printf(&ctx->scratch, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                                 PG_STORE_APPLICATION, PG_STORE_VERSION));
    return pg_db_script(ctx, db, mark);
}

static pgdp_status migrate(pgdp_ctx *ctx, pg_db *db)
{
    PG_TRY(pg_db_script(ctx, db, "BEGIN IMMEDIATE"));
    PG_TRY(migrate_inside(ctx, db)); /* what was begun ends with the handle */
    return pg_db_script(ctx, db, "COMMIT");
}

static pgdp_status prepare(pgdp_ctx *ctx, pg_db *db, bool write)
{
    int64_t version;
    PG_TRY(version_of(ctx, db, &version));
    if (!write && version < PG_STORE_VERSION)
        return pg_fail(ctx, PGDP_PARSE, "%s: %s", pg_db_path(db),
                       version == 0 ? "this file is empty, expected a series store; import something first"
                                    : "this store is of an older program; the next import brings it up to date");
    if (!write) return PGDP_OK;
    PG_TRY(pg_db_script(ctx, db, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
    return version < PG_STORE_VERSION ? migrate(ctx, db) : PGDP_OK;
}

pgdp_status pgdp_store_open(pgdp_ctx *ctx, const char *path, pgdp_store_mode mode, pgdp_store **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_store *store = pg_arena_alloc(&arena, 1, sizeof *store);
    if (store == NULL) return pg_no_memory(ctx);
    store->arena = arena;
    store->write = mode == PGDP_STORE_WRITE;
    pgdp_status status = pg_db_open(ctx, path, store->write, texts, PG_N_SQL, &store->db);
    if (status == PGDP_OK) status = prepare(ctx, store->db, store->write);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = store;
    else
        pgdp_store_close(store);
    return status;
}

void pgdp_store_close(pgdp_store *store)
{
    if (store == NULL) return;
    pg_db_close(store->db);
    pg_arena arena = store->arena;
    pg_arena_free(&arena);
}

pgdp_status pg_store_begin(pgdp_ctx *ctx, pgdp_store *store)
{
    return pg_db_script(ctx, store->db, "BEGIN");
}

pgdp_status pg_store_end(pgdp_ctx *ctx, pgdp_store *store, pgdp_status status)
{
    const pgdp_status ended = pg_db_undo(ctx, store->db, status != PGDP_OK);
    return status == PGDP_OK ? ended : status;
}

pgdp_status pg_store_known(pgdp_ctx *ctx, pgdp_store *store, int64_t series, pg_known_list *list)
{
    const size_t s = PG_SQL_OBSERVATIONS;
    bool row;
    list->n = 0;
    PG_TRY(pg_sql_begin(ctx, store->db, s, (pg_sql_value[]){ pg_sql_int(series) }, 1));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, s, &row));
        if (!row) return PGDP_OK;
        if (list->n == list->capacity) {
            const size_t capacity = 2 * list->capacity + 1024;
            PG_TRY_ALLOC(ctx, list->known,
                         pg_arena_grow(&ctx->scratch, list->known, list->n, capacity, sizeof *list->known));
            list->capacity = capacity;
        }
        list->known[list->n++] = (pg_known){ .period = (int32_t)pg_sql_cell_int(store->db, s, 0),
                                             .vintage = (int32_t)pg_sql_cell_int(store->db, s, 1),
                                             .value = pg_sql_cell_real(store->db, s, 2),
                                             .flag = pg_sql_cell_int(store->db, s, 3),
                                             .document = pg_sql_cell_int(store->db, s, 4) };
    }
}

size_t pg_known_as_of(pg_known *known, size_t n, int32_t day)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (known[i].vintage > day) continue;
        if (kept > 0 && known[kept - 1].period == known[i].period) kept--;
        known[kept++] = known[i];
    }
    return kept;
}

pgdp_status pg_store_as_of(pgdp_ctx *ctx, const char *text, int32_t *day)
{
    *day = INT32_MAX;
    if (text == NULL || pg_store_day(text, day)) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found \"%.40s\", expected a day such as 2031-02-28", text);
}
