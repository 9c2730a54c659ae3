/* store_sources.c  Documents of series stores among a study's sources. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/from_store.h"

#include "core/frame.h"
#include "core/map.h"

enum { ID = 12 }; /* characters of the sha256 */

typedef struct gathering {
    pgdp_frame *sources;
    pg_map known; /* sha256 of the documents so far */
} gathering;

/* A cell of the last row, by the type that the catalogue's column has. */
static pgdp_status put(pgdp_ctx *ctx, pgdp_frame *frame, const char *name, const char *text)
{
    const size_t column = pgdp_frame_find(frame, name);
    pgdp_period period;
    if (column == PGDP_NONE || text == NULL) return PGDP_OK;
    const pgdp_column *about = pgdp_frame_column(frame, column);
    if (about->type == PGDP_TEXT) return pgdp_frame_set_text(ctx, frame, column, text, PGDP_NONE);
    if (pgdp_period_parse(text, &period) && period.frequency == about->frequency)
        pgdp_frame_set_period(frame, column, period.ordinal);
    return PGDP_OK;
}

static pgdp_status add_document(pgdp_ctx *ctx, gathering *g, const pgdp_frame *documents, size_t row, const char *use)
{
    static const char *const pairs[][2] = { { "file", "name" },       { "publisher", "publisher" },
                                            { "address", "address" }, { "licence", "licence" },
                                            { "vintage", "vintage" }, { "retrieved", "retrieved" },
                                            { "sha256", "document" } };
    const char *sha256 = pgdp_frame_text(documents, pgdp_frame_find(documents, "document"), row), *id;
    PG_TRY_ALLOC(ctx, sha256, pg_arena_strdup(&ctx->scratch, sha256));
    if (pg_map_find(&g->known, sha256, ID) != PGDP_NONE) return PGDP_OK;
    if (!pg_map_put(&g->known, sha256, ID, 0)) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, id, pg_arena_strndup(&ctx->scratch, sha256, ID));
    PG_TRY(pgdp_frame_add_row(ctx, g->sources));
    PG_TRY(put(ctx, g->sources, "id", id));
    PG_TRY(put(ctx, g->sources, "used_for", use));
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        const size_t column = pgdp_frame_find(documents, pairs[k][1]);
        PG_TRY(put(ctx, g->sources, pairs[k][0], pgdp_frame_text(documents, column, row)));
    }
    return PGDP_OK;
}

static pgdp_status add_items(pgdp_ctx *ctx, gathering *g, pgdp_store *store, const pg_input *input)
{
    for (size_t i = 0; input->series[i] != NULL; i++) {
        const char *name;
        pgdp_frame *documents = NULL;
        pgdp_store_query query;
        PG_TRY(pg_item_query(ctx, input, input->series[i], &name, &query));
        PG_TRY(pgdp_store_documents(ctx, store, &query, &documents));
        pgdp_status status = PGDP_OK;
        for (size_t row = 0; status == PGDP_OK && row < pgdp_frame_n_rows(documents); row++)
            status = add_document(ctx, g, documents, row, input->name);
        pgdp_frame_free(documents);
        PG_TRY(status);
    }
    return PGDP_OK;
}

static pgdp_status add_input(pgdp_ctx *ctx, gathering *g, const pg_input *input)
{
    pgdp_store *store = NULL;
    pgdp_status status = pgdp_store_open(ctx, input->path, PGDP_STORE_READ, &store);
    if (status == PGDP_OK) status = add_items(ctx, g, store, input);
    pgdp_store_close(store);
    return status;
}

pgdp_status pg_store_sources(pgdp_ctx *ctx, const pg_study *study, const pgdp_frame *catalogue, pgdp_frame **out)
{
    gathering g = { .sources = NULL };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = PGDP_OK;
    pg_map_init(&g.known, &ctx->scratch);
    for (size_t i = 0; status == PGDP_OK && i < PG_N_FILES; i++) {
        if (study->inputs[i].series == NULL) continue;
        if (g.sources == NULL) status = pg_frame_select(ctx, catalogue, &(pg_selection){ .rows = NULL }, &g.sources);
        if (status == PGDP_OK) status = add_input(ctx, &g, &study->inputs[i]);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = g.sources;
    else
        pgdp_frame_free(g.sources);
    return status;
}
