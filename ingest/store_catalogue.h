/* store_catalogue.h  Keys of documents, series, descriptions and flags: found, or added.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_CATALOGUE_H
#define PG_STORE_CATALOGUE_H

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
/** @param is_new  has nothing been known of it? */
pgdp_status pg_series_add(pgdp_ctx *ctx, pgdp_store *store, const pg_series *series, const char *source, int64_t *key,
                          bool *is_new);
pgdp_status pg_description_add(pgdp_ctx *ctx, pgdp_store *store, const pg_series *series, int64_t *key);
/** Keys of all flags of a document, in ctx->scratch; that of flag 0 is 0. */
pgdp_status pg_flags_add(pgdp_ctx *ctx, pgdp_store *store, const pg_points *points, int64_t **keys);

#endif
