/* store.h  The store's inside, for the files that read and write it. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_H
#define PG_STORE_H

#include "ingest/store_db.h"
#include "ingest/store_sql.h"
#include "pgdp/store.h"

struct pgdp_store {
    pg_arena arena; /* holds this too */
    pg_db *db;
    const char **texts; /* its statements */
    bool write, server;
};

/** A series of the store. */
typedef struct pg_stored_series {
    int64_t id;
    const char *name, *source;
    pgdp_frequency frequency;
} pg_stored_series;
/** One value of a series: it holds from its vintage until the next one of its period. */
typedef struct pg_known {
    int32_t period, vintage;
    int64_t flag, document; /**< keys; flag 0: none */
    double value;
} pg_known;
/** A document that spoke of the periods from first to last. */
typedef struct pg_seen {
    int32_t vintage, first, last;
    int64_t document, description;
} pg_seen;

/** Reading in several statements sees one state: begin, read, end whatever happened. */
pgdp_status pg_store_begin(pgdp_ctx *ctx, pgdp_store *store);
pgdp_status pg_store_end(pgdp_ctx *ctx, pgdp_store *store, pgdp_status status);

/** All values of a series by period and vintage, in ctx->scratch; *known may be grown memory of an earlier call. */
typedef struct pg_known_list {
    pg_known *known;
    size_t n, capacity;
} pg_known_list;
pgdp_status pg_store_known(pgdp_ctx *ctx, pgdp_store *store, int64_t series, pg_known_list *list);
/** The value of each period that holds on a day: moved to the front, *n of them. */
size_t pg_known_as_of(pg_known *known, size_t n, int32_t day);

/** The series that a query names, in ctx->scratch. @return BAD_ARGUMENT, NOT_FOUND, IO, NO_MEMORY */
pgdp_status pg_store_find(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query, pg_stored_series **out,
                          size_t *n);
/** A query's day; NULL text: the end of days. @return BAD_ARGUMENT */
pgdp_status pg_store_as_of(pgdp_ctx *ctx, const char *text, int32_t *day);
/** What was known of a series on a day, in ctx->scratch. */
typedef struct pg_facts {
    const char *title, *unit, *price_basis, *adjustment;
    const char *vintage; /**< day of the last document that spoke of it until then */
} pg_facts;
pgdp_status pg_store_describe(pgdp_ctx *ctx, pgdp_store *store, int64_t series, int32_t day, pg_facts *out);
/** The text of a flag's key, in ctx->scratch; NULL for 0. */
pgdp_status pg_store_flag(pgdp_ctx *ctx, pgdp_store *store, int64_t flag, const char **out);

/** Keep all tables of a document. */
pgdp_status pg_store_keep(pgdp_ctx *ctx, pgdp_store *store, int64_t document, const pgdp_dataset *dataset);

/** Text columns of an answer, and a real one for each name that begins with '#'; NULL-ended. */
pgdp_status pg_answer_columns(pgdp_ctx *ctx, pgdp_frame *frame, const char *const *names);
/** Cells of its last row: a text (NULL or "": missing), and a period as text. */
pgdp_status pg_answer_text(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *text);
pgdp_status pg_answer_period(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, pgdp_frequency frequency,
                             int64_t ordinal);
/** What makes an answer, run while the store holds still; the frame is the caller's on PGDP_OK. */
typedef pgdp_status (*pg_answer_fn)(pgdp_ctx *ctx, pgdp_store *store, void *user, pgdp_frame *frame);
pgdp_status pg_answer_make(pgdp_ctx *ctx, pgdp_store *store, pg_answer_fn fill, void *user, pgdp_frame **out);

#endif
