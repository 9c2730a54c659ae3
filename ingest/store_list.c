/* store_list.c  What a store holds and where it came from: the catalogue and the documents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/period.h"
#include <string.h>

#include "ingest/store.h"
#include "ingest/store_words.h"

/* ---- the catalogue ---- */

enum { SOURCE, NAME, FREQUENCY, FIRST, LAST, N_VINTAGES, UNIT, TITLE = 9, N_ASKED = 2 * PG_MAX_WORDS + 1 };

static pgdp_status add_entry(pgdp_ctx *ctx, const pgdp_store *store, size_t s, pgdp_frame *frame)
{
    const pg_db *db = store->db;
    const pgdp_frequency frequency = pg_frequency_of_code(pg_sql_cell_int(db, s, FREQUENCY));
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    PG_TRY(pg_answer_text(ctx, frame, SOURCE, pg_sql_cell_text(db, s, SOURCE)));
    PG_TRY(pg_answer_text(ctx, frame, NAME, pg_sql_cell_text(db, s, NAME)));
    PG_TRY(pg_answer_text(ctx, frame, FREQUENCY, pgdp_frequency_name(frequency)));
    PG_TRY(pg_answer_period(ctx, frame, FIRST, frequency, pg_sql_cell_int(db, s, FIRST)));
    PG_TRY(pg_answer_period(ctx, frame, LAST, frequency, pg_sql_cell_int(db, s, LAST)));
    pgdp_frame_set_real(frame, N_VINTAGES, pg_sql_cell_real(db, s, N_VINTAGES));
    for (int k = UNIT; k <= TITLE; k++)
        PG_TRY(pg_answer_text(ctx, frame, (size_t)k, pg_sql_cell_text(db, s, k)));
    return PGDP_OK;
}

static pgdp_status catalogue(pgdp_ctx *ctx, pgdp_store *store, void *user, pgdp_frame *frame)
{
    static const char *const names[] = { "source", "series_id",   "frequency",  "first", "last", "#n_vintages",
                                         "unit",   "price_basis", "adjustment", "title", NULL };
    const char *words = *(const char *const *)user;
    const size_t s = words == NULL ? PG_SQL_CATALOGUE : PG_SQL_SEARCH;
    pg_sql_value values[N_ASKED];
    bool row;
    PG_TRY(pg_answer_columns(ctx, frame, names));
    if (words != NULL) PG_TRY(pg_words_ranges(ctx, words, values));
    values[N_ASKED - 1] = pg_sql_text(words);
    PG_TRY(pg_sql_begin(ctx, store->db, s, values, words == NULL ? 0 : N_ASKED));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, s, &row));
        if (!row) return PGDP_OK;
        PG_TRY(add_entry(ctx, store, s, frame));
    }
}

pgdp_status pgdp_store_series(pgdp_ctx *ctx, pgdp_store *store, const char *words, pgdp_frame **out)
{
    return pg_answer_make(ctx, store, catalogue, &words, out);
}

/* ---- documents ---- */

/* Numbers of series by document: [key], of all or of those of a query. */
typedef struct counts {
    size_t *n;
    size_t capacity;
} counts;

static pgdp_status count(pgdp_ctx *ctx, counts *c, int64_t document, size_t n)
{
    const size_t key = (size_t)document;
    if (key >= c->capacity) {
        const size_t capacity = 2 * key + 16;
        PG_TRY_ALLOC(ctx, c->n, pg_arena_grow(&ctx->scratch, c->n, c->capacity, capacity, sizeof *c->n));
        c->capacity = capacity;
    }
    c->n[key] += n;
    return PGDP_OK;
}

static pgdp_status count_all(pgdp_ctx *ctx, pgdp_store *store, size_t s, bool one, counts *c)
{
    bool row;
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, s, &row));
        if (!row) return PGDP_OK;
        PG_TRY(count(ctx, c, pg_sql_cell_int(store->db, s, 0), one ? 1 : (size_t)pg_sql_cell_int(store->db, s, 1)));
    }
}

static pgdp_status count_series(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query, counts *c)
{
    pg_stored_series *series;
    size_t n;
    int32_t day;
    if (query == NULL) {
        PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_DOCUMENT_SERIES, NULL, 0));
        return count_all(ctx, store, PG_SQL_DOCUMENT_SERIES, false, c);
    }
    PG_TRY(pg_store_as_of(ctx, query->as_of, &day));
    PG_TRY(pg_store_find(ctx, store, query, &series, &n));
    for (size_t k = 0; k < n; k++) {
        const pg_sql_value values[] = { pg_sql_int(series[k].id), pg_sql_int(day) };
        PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_DOCUMENTS_OF, values, 2));
        PG_TRY(count_all(ctx, store, PG_SQL_DOCUMENTS_OF, true, c));
    }
    return PGDP_OK;
}

static pgdp_status documents(pgdp_ctx *ctx, pgdp_store *store, void *user, pgdp_frame *frame)
{
    static const char *const names[] = { "document",  "name",    "source", "format", "publisher", "address", "licence",
                                         "retrieved", "vintage", "#bytes", "kept",   "#n_series", NULL };
    enum { N_TEXTS = 8, VINTAGE = 8, BYTES, KEPT, N_SERIES };
    const pgdp_store_query *const *query = user;
    const size_t s = PG_SQL_DOCUMENTS;
    counts c = { .n = NULL };
    bool row;
    PG_TRY(pg_answer_columns(ctx, frame, names));
    PG_TRY(count_series(ctx, store, *query, &c));
    PG_TRY(pg_sql_begin(ctx, store->db, s, NULL, 0));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, s, &row));
        if (!row) return PGDP_OK;
        const size_t key = (size_t)pg_sql_cell_int(store->db, s, 0), n = key < c.capacity ? c.n[key] : 0;
        if (*query != NULL && n == 0) continue;
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        for (int k = 0; k < N_TEXTS; k++)
            PG_TRY(pg_answer_text(ctx, frame, (size_t)k, pg_sql_cell_text(store->db, s, k + 1)));
        PG_TRY(pg_answer_period(ctx, frame, VINTAGE, PGDP_DAILY, pg_sql_cell_int(store->db, s, 9)));
        pgdp_frame_set_real(frame, BYTES, pg_sql_cell_real(store->db, s, 10));
        PG_TRY(pg_answer_text(ctx, frame, KEPT, pg_sql_cell_text(store->db, s, 11)));
        pgdp_frame_set_real(frame, N_SERIES, (double)n);
    }
}

pgdp_status pgdp_store_documents(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query, pgdp_frame **out)
{
    return pg_answer_make(ctx, store, documents, &query, out);
}
