/* store_catalogue.h  Keys of documents, series, descriptions and flags: found, or added.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_CATALOGUE_H
#define PG_STORE_CATALOGUE_H

#include "core/text.h"
#include "ingest/store.h"
#include "ingest/store_points.h"

/** What is known of a document once its bytes are hashed and its dates are read. */
typedef struct pg_paper {
    const char *sha256, *source, *name, *format;
    int32_t vintage;
} pg_paper;
/** *key 0: the store does not have it. */
pgdp_status pg_document_find(pgdp_ctx *ctx, pgdp_store *store, const pg_paper *paper, int64_t *key);
pgdp_status pg_document_add(pgdp_ctx *ctx, pgdp_store *store, const pg_paper *paper, const pgdp_bytes *bytes,
                            const pgdp_document *about, int64_t *key);
/** Keys of rows by their texts; those of an import are given here, not by the database, so that rows can go in at once.
 */
typedef struct pg_keys {
    pg_map known;
    int64_t last; /**< the greatest */
    bool all;     /**< what is not among the known ones is not in the store */
} pg_keys;
/** Series and descriptions while a document of one source goes in; in ctx->scratch. */
typedef struct pg_catalogue {
    pgdp_store *store;
    const char *source;
    size_t n_series; /**< of the document */
    pg_keys series, descriptions;
    pg_text text;
} pg_catalogue;
/** After the first three are filled, within a transaction. */
pgdp_status pg_catalogue_start(pgdp_ctx *ctx, pg_catalogue *c);
/** @param is_new  has nothing been known of it? */
pgdp_status pg_series_add(pgdp_ctx *ctx, pg_catalogue *c, const pg_series *series, int64_t *key, bool *is_new);
pgdp_status pg_description_add(pgdp_ctx *ctx, pg_catalogue *c, const pg_series *series, int64_t *key);
/** Keys of all flags of a document, in ctx->scratch; that of flag 0 is 0. */
pgdp_status pg_flags_add(pgdp_ctx *ctx, pgdp_store *store, const pg_points *points, int64_t **keys);

#endif
