/* store_catalogue.c  Keys of what observations refer to. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_catalogue.h"

#include <string.h>

#include "core/period.h"
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

/* ---- series and descriptions ---- */

enum { FEW = 64 }; /* keys that are asked for one by one; and of how many one is worth more than a question */

static pgdp_status put_key(pgdp_ctx *ctx, pg_keys *keys, const pg_text *text, int64_t key)
{
    char *copy;
    if (text->failed) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, copy, pg_arena_strndup(&ctx->scratch, text->data, text->n));
    return pg_map_put(&keys->known, copy, text->n, (size_t)key) ? PGDP_OK : pg_no_memory(ctx);
}

static void series_text(pg_text *text, const char *name, int64_t frequency)
{
    pg_text_clear(text);
    pg_text_addf(text, "%d ", (int)frequency);
    pg_text_add(text, name);
}

static void description_text(pg_text *text, const char *const parts[4])
{
    pg_text_clear(text);
    for (size_t i = 0; i < 4; i++) {
        pg_text_add(text, parts[i]);
        pg_text_add_char(text, '\x1f');
    }
}

static pgdp_status load_series(pgdp_ctx *ctx, pg_catalogue *c)
{
    const size_t s = PG_SQL_KEYS_OF_SERIES;
    pg_db *db = c->store->db;
    bool row;
    PG_TRY(pg_sql_begin(ctx, db, s, (pg_sql_value[]){ pg_sql_text(c->source) }, 1));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, db, s, &row));
        if (!row) return PGDP_OK;
        series_text(&c->text, pg_sql_cell_text(db, s, 1), pg_sql_cell_int(db, s, 2));
        PG_TRY(put_key(ctx, &c->series, &c->text, pg_sql_cell_int(db, s, 0)));
    }
}

static pgdp_status load_descriptions(pgdp_ctx *ctx, pg_catalogue *c)
{
    const size_t s = PG_SQL_KEYS_OF_DESCRIPTIONS;
    pg_db *db = c->store->db;
    bool row;
    PG_TRY(pg_sql_begin(ctx, db, s, NULL, 0));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, db, s, &row));
        if (!row) return PGDP_OK;
        const char *const parts[] = { pg_sql_cell_text(db, s, 1), pg_sql_cell_text(db, s, 2),
                                      pg_sql_cell_text(db, s, 3), pg_sql_cell_text(db, s, 4) };
        description_text(&c->text, parts);
        PG_TRY(put_key(ctx, &c->descriptions, &c->text, pg_sql_cell_int(db, s, 0)));
    }
}

/* All keys that there are, where the document has many beside them. */
static pgdp_status start_keys(pgdp_ctx *ctx, pg_catalogue *c, pg_keys *keys, size_t last,
                              pgdp_status (*load)(pgdp_ctx *ctx, pg_catalogue *c))
{
    pg_map_init(&keys->known, &ctx->scratch);
    PG_TRY(pg_sql_one(ctx, c->store->db, last, NULL, 0, &keys->last));
    keys->all = c->n_series >= FEW && (int64_t)c->n_series >= keys->last / FEW;
    return keys->all ? load(ctx, c) : PGDP_OK;
}

pgdp_status pg_catalogue_start(pgdp_ctx *ctx, pg_catalogue *c)
{
    pg_text_init(&c->text, &ctx->scratch);
    PG_TRY(start_keys(ctx, c, &c->series, PG_SQL_LAST_SERIES, load_series));
    return start_keys(ctx, c, &c->descriptions, PG_SQL_LAST_DESCRIPTION, load_descriptions);
}

/* The key that c->text stands for: known, asked for, or the next one. */
static pgdp_status find_key(pgdp_ctx *ctx, pg_catalogue *c, pg_keys *keys, size_t find, const pg_sql_value values[4],
                            int64_t *key)
{
    const size_t known = pg_map_find(&keys->known, c->text.data, c->text.n);
    const size_t n = find == PG_SQL_FIND_SERIES ? 3 : 4;
    *key = known == PGDP_NONE ? 0 : (int64_t)known;
    if (*key != 0) return PGDP_OK;
    if (!keys->all) PG_TRY(pg_sql_one(ctx, c->store->db, find, values, n, key));
    if (*key == 0) *key = ++keys->last;
    return put_key(ctx, keys, &c->text, *key);
}

pgdp_status pg_series_add(pgdp_ctx *ctx, pg_catalogue *c, const pg_series *series, int64_t *key, bool *is_new)
{
    const pg_sql_value values[] = { pg_sql_text(series->name), pg_sql_text(c->source),
                                    pg_sql_int(pg_frequency_code(series->frequency)), pg_sql_int(0) };
    const int64_t last = c->series.last;
    series_text(&c->text, series->name, pg_frequency_code(series->frequency));
    PG_TRY(find_key(ctx, c, &c->series, PG_SQL_FIND_SERIES, values, key));
    *is_new = *key > last;
    const pg_sql_value row[] = { pg_sql_int(*key), values[0], values[1], values[2] };
    return *is_new ? pg_bulk_add(ctx, c->store->db, PG_BULK_SERIES, row) : PGDP_OK;
}

pgdp_status pg_description_add(pgdp_ctx *ctx, pg_catalogue *c, const pg_series *series, int64_t *key)
{
    const char *const parts[] = { series->title, series->unit, series->price_basis, series->adjustment };
    const pg_sql_value values[] = { pg_sql_text(parts[0]), pg_sql_text(parts[1]), pg_sql_text(parts[2]),
                                    pg_sql_text(parts[3]) };
    const int64_t last = c->descriptions.last;
    description_text(&c->text, parts);
    PG_TRY(find_key(ctx, c, &c->descriptions, PG_SQL_FIND_DESCRIPTION, values, key));
    const pg_sql_value row[] = { pg_sql_int(*key), values[0], values[1], values[2], values[3] };
    return *key > last ? pg_bulk_add(ctx, c->store->db, PG_BULK_DESCRIPTION, row) : PGDP_OK;
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
