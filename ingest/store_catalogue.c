/* store_catalogue.c  Keys of what observations refer to. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_catalogue.h"

#include <string.h>

#include "core/text.h"

pgdp_status pg_document_find(pgdp_ctx *ctx, pgdp_store *store, const pg_paper *paper, int64_t *key)
{
    const pg_sql_value values[] = { pg_sql_text(paper->sha256), pg_sql_text(paper->source) };
    *key = 0;
    return pg_sql_one(ctx, store->db, PG_SQL_FIND_DOCUMENT, values, 2, key);
}

/* "" is what nobody knows. */
static pg_sql_value told(const char *text)
{
    return pg_sql_text(text == NULL || text[0] == '\0' ? NULL : text);
}

pgdp_status pg_document_add(pgdp_ctx *ctx, pgdp_store *store, const pg_paper *paper, const pgdp_bytes *bytes,
                            const pgdp_document *about, int64_t *key)
{
    const bool keep = about->keep == PGDP_KEEP_BYTES;
    const pg_sql_value values[] = {
        pg_sql_text(paper->sha256),
        pg_sql_text(paper->source),
        pg_sql_text(paper->name),
        pg_sql_text(paper->format),
        told(about->publisher),
        told(about->address),
        told(about->licence),
        told(about->retrieved),
        pg_sql_int(paper->vintage),
        pg_sql_int((int64_t)bytes->n),
        keep ? pg_sql_blob(bytes->data, bytes->n) : pg_sql_text(NULL),
    };
    PG_TRY(pg_sql_run(ctx, store->db, PG_SQL_ADD_DOCUMENT, values, sizeof values / sizeof *values));
    *key = pg_db_last_key(store->db);
    return PGDP_OK;
}

/* The words by which a series is found: its name, and the title it was given last. */
static pgdp_status index_words(pgdp_ctx *ctx, pgdp_store *store, const pg_series *series, int64_t key, bool is_new)
{
    const pg_sql_value values[] = { pg_sql_int(key), pg_sql_text(series->name), pg_sql_text(series->title) };
    bool row, same = false;
    if (!is_new) {
        PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_FIND_WORDS, values, 1));
        PG_TRY(pg_sql_next(ctx, store->db, PG_SQL_FIND_WORDS, &row));
        const char *title = row ? pg_sql_cell_text(store->db, PG_SQL_FIND_WORDS, 0) : NULL;
        same = series->title[0] == '\0' || (title != NULL && strcmp(title, series->title) == 0);
        pg_sql_end(store->db, PG_SQL_FIND_WORDS);
        if (!same) PG_TRY(pg_sql_run(ctx, store->db, PG_SQL_DROP_WORDS, values, 1));
    }
    return same ? PGDP_OK : pg_sql_run(ctx, store->db, PG_SQL_ADD_WORDS, values, 3);
}

pgdp_status pg_series_add(pgdp_ctx *ctx, pgdp_store *store, const pg_series *series, const char *source, int64_t *key,
                          bool *is_new)
{
    const pg_sql_value values[] = { pg_sql_text(series->name), pg_sql_text(source), pg_sql_int(series->frequency) };
    *key = 0;
    PG_TRY(pg_sql_one(ctx, store->db, PG_SQL_FIND_SERIES, values, 3, key));
    *is_new = *key == 0;
    if (*is_new) {
        PG_TRY(pg_sql_run(ctx, store->db, PG_SQL_ADD_SERIES, values, 3));
        *key = pg_db_last_key(store->db);
    }
    return index_words(ctx, store, series, *key, *is_new);
}

pgdp_status pg_description_add(pgdp_ctx *ctx, pgdp_store *store, const pg_series *series, int64_t *key)
{
    const pg_sql_value values[] = { pg_sql_text(series->title), pg_sql_text(series->unit),
                                    pg_sql_text(series->price_basis), pg_sql_text(series->adjustment) };
    *key = 0;
    PG_TRY(pg_sql_one(ctx, store->db, PG_SQL_FIND_DESCRIPTION, values, 4, key));
    if (*key != 0) return PGDP_OK;
    PG_TRY(pg_sql_run(ctx, store->db, PG_SQL_ADD_DESCRIPTION, values, 4));
    *key = pg_db_last_key(store->db);
    return PGDP_OK;
}

pgdp_status pg_flags_add(pgdp_ctx *ctx, pgdp_store *store, const pg_points *points, int64_t **keys)
{
    PG_TRY_ALLOC(ctx, *keys, pg_arena_alloc(&ctx->scratch, points->n_flags, sizeof **keys));
    for (size_t i = 1; i < points->n_flags; i++) {
        const pg_sql_value flag = pg_sql_text(points->flags[i]);
        PG_TRY(pg_sql_one(ctx, store->db, PG_SQL_FIND_FLAG, &flag, 1, &(*keys)[i]));
        if ((*keys)[i] != 0) continue;
        PG_TRY(pg_sql_run(ctx, store->db, PG_SQL_ADD_FLAG, &flag, 1));
        (*keys)[i] = pg_db_last_key(store->db);
    }
    return PGDP_OK;
}

/* ---- what is read of them ---- */

pgdp_status pg_store_flag(pgdp_ctx *ctx, pgdp_store *store, int64_t flag, const char **out)
{
    bool row;
    *out = NULL;
    if (flag == 0) return PGDP_OK;
    PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_FLAG, (pg_sql_value[]){ pg_sql_int(flag) }, 1));
    PG_TRY(pg_sql_next(ctx, store->db, PG_SQL_FLAG, &row));
    if (row) PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, pg_sql_cell_text(store->db, PG_SQL_FLAG, 0)));
    pg_sql_end(store->db, PG_SQL_FLAG);
    return PGDP_OK;
}

pgdp_status pg_store_describe(pgdp_ctx *ctx, pgdp_store *store, int64_t series, int32_t day, pg_facts *out)
{
    const size_t s = PG_SQL_DESCRIPTION;
    const pg_sql_value values[] = { pg_sql_int(series), pg_sql_int(day) };
    const char **const texts[] = { &out->title, &out->unit, &out->price_basis, &out->adjustment };
    char vintage[16] = "";
    bool row;
    PG_TRY(pg_sql_begin(ctx, store->db, s, values, 2));
    PG_TRY(pg_sql_next(ctx, store->db, s, &row));
    for (int i = 0; i < 4; i++) {
        const char *text = row ? pg_sql_cell_text(store->db, s, i) : "";
        PG_TRY_ALLOC(ctx, *texts[i], pg_arena_strdup(&ctx->scratch, text == NULL ? "" : text));
    }
    if (row) pgdp_period_format((pgdp_period){ PGDP_DAILY, (int32_t)pg_sql_cell_int(store->db, s, 4) }, vintage);
    PG_TRY_ALLOC(ctx, out->vintage, pg_arena_strdup(&ctx->scratch, vintage));
    pg_sql_end(store->db, s);
    return PGDP_OK;
}
