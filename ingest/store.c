/* store.c  Opening a store: is it one, is it up to date; and what all readings share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store.h"

#include <string.h>

#include "ingest/store_points.h"
#include "ingest/store_schema.h"
#include "ingest/store_words.h"

#define PG_ENTRY(name, text) text,
static const char *const common[PG_N_SQL] = { PG_STORE_SQL(PG_ENTRY) };
#undef PG_ENTRY
static const struct {
    size_t statement;
    const char *text;
} of_postgres[] = {
#define PG_ENTRY(name, text) { PG_SQL_##name, text },
    PG_STORE_SQL_POSTGRES(PG_ENTRY)
#undef PG_ENTRY
};
static const pg_bulk_table tables[] = {
#define PG_ENTRY(id, name, columns, n, at_once) { name, columns, n, at_once },
    PG_STORE_BULK(PG_ENTRY)
#undef PG_ENTRY
};

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

static pgdp_status mark_version(pgdp_ctx *ctx, const pgdp_store *store)
{
    const char *mark;
    PG_TRY_ALLOC(ctx, mark,
                 store->server
                     ? pg_arena_printf(&ctx->scratch, "COMMENT ON SCHEMA pgdp IS 'pgdp series store, version %d'",
                                       PG_STORE_VERSION)
                     : pg_arena_printf(&ctx->scratch, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                                       PG_STORE_APPLICATION, PG_STORE_VERSION));
    return pg_db_script(ctx, store->db, mark);
}

/* The version is asked again inside: another program may have been first. */
static pgdp_status migrate_inside(pgdp_ctx *ctx, const pgdp_store *store)
{
    int64_t before;
    PG_TRY(version_of(ctx, store->db, &before));
    if (before == PG_STORE_VERSION) return PGDP_OK;
    if (store->server && before == 0) PG_TRY(pg_db_script(ctx, store->db, "CREATE SCHEMA IF NOT EXISTS pgdp"));
    for (int64_t version = before; version < PG_STORE_VERSION; version++)
        if (!store->server || version != PG_STORE_FTS)
            PG_TRY(pg_db_script(ctx, store->db, pg_store_migrations[version]));
    if (before > 0 && before < PG_STORE_WORDS) PG_TRY(pg_words_add_all(ctx, store->db));
    return mark_version(ctx, store);
}

static pgdp_status migrate(pgdp_ctx *ctx, const pgdp_store *store)
{
    PG_TRY(pg_db_begin(ctx, store->db, true));
    PG_TRY(migrate_inside(ctx, store)); /* what was begun ends with the handle */
    return pg_db_commit(ctx, store->db);
}

static pgdp_status prepare(pgdp_ctx *ctx, const pgdp_store *store)
{
    int64_t version;
    PG_TRY(version_of(ctx, store->db, &version));
    if (!store->write && version < PG_STORE_VERSION)
        return pg_fail(ctx, PGDP_PARSE, "%s: %s", pg_db_path(store->db),
                       version > 0     ? "this store is of an older program; the next import brings it up to date"
                       : store->server ? "this database has no series store; import something first"
                                       : "this file is empty, expected a series store; import something first");
    if (!store->write) return PGDP_OK;
    if (!store->server)
        PG_TRY(pg_db_script(ctx, store->db,
                            "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
    return version < PG_STORE_VERSION ? migrate(ctx, store) : PGDP_OK;
}

static pgdp_status open_inside(pgdp_ctx *ctx, pgdp_store *store, const char *place)
{
    store->server = pg_db_is_server(place);
    PG_TRY_ALLOC(ctx, store->texts, (const char **)pg_arena_alloc(&store->arena, PG_N_SQL, sizeof *store->texts));
    memcpy((void *)store->texts, (const void *)common, sizeof common);
    for (size_t i = 0; store->server && i < sizeof of_postgres / sizeof *of_postgres; i++)
        store->texts[of_postgres[i].statement] = of_postgres[i].text;
    PG_TRY(pg_db_open(ctx, place, store->write, store->texts, PG_N_SQL, &store->db));
    PG_TRY(pg_bulk_tables(ctx, store->db, tables, PG_N_BULK));
    return prepare(ctx, store);
}

pgdp_status pgdp_store_open(pgdp_ctx *ctx, const char *place, pgdp_store_mode mode, pgdp_store **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_store *store = pg_arena_alloc(&arena, 1, sizeof *store);
    if (store == NULL) return pg_no_memory(ctx);
    store->arena = arena;
    store->write = mode == PGDP_STORE_WRITE;
    const pgdp_status status = open_inside(ctx, store, place);
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
    return pg_db_begin(ctx, store->db, false);
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
