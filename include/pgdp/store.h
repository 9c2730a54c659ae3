/** @file store.h  The series store, a file or a server's database: documents, series and their observations by vintage.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_STORE_H
#define PGDP_STORE_H

#include "pgdp/ingest.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An open store. One writer and any number of readers may have the same one open; each reads what was committed when
 * its call began. Layout and meaning: docs/store.md. */
typedef struct pgdp_store pgdp_store;
/** Only reading, or importing too. */
typedef enum pgdp_store_mode { PGDP_STORE_READ, PGDP_STORE_WRITE } pgdp_store_mode;
/**
 * Open a store; for writing, one that is not there is made and an older one is brought up to date.
 * @param place  a file, or postgresql://user@host/database with libpq's parameters and environment
 * @return IO, NETWORK (of a server), BAD_ARGUMENT (no such address), PARSE (another kind of file, a damaged one, a
 * newer program's), NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_open(pgdp_ctx *ctx, const char *place, pgdp_store_mode mode,
                                                   pgdp_store **out);
PGDP_API void pgdp_store_close(pgdp_store *store); /**< NULL is fine */

/** What of a document is kept beside its observations. */
typedef enum pgdp_store_keep {
    PGDP_KEEP_TABLES,      /**< its tables as they were read: what pgdp_store_table() gives back */
    PGDP_KEEP_BYTES,       /**< and the file itself */
    PGDP_KEEP_OBSERVATIONS /**< neither */
} pgdp_store_keep;
/** What is known of a document; strings may be NULL. Dates are days such as 2031-02-28. */
typedef struct pgdp_document {
    const char *source;    /**< whose series these are: names are told apart by it; NULL: by the format ("fred", ...) */
    const char *retrieved; /**< day of the download */
    const char *vintage;   /**< day of publication, for what does not tell its own; NULL: `retrieved` */
    const char *publisher, *address, *licence;
    pgdp_store_keep keep;
} pgdp_document;
/** What an import did. */
typedef struct pgdp_imported {
    char sha256[65];
    bool already; /**< the store had this document: nothing was changed */
    size_t n_tables, n_series, n_new_series;
    size_t n_observations; /**< in the document, missing values too */
    size_t n_added;        /**< values of periods that were not known */
    size_t n_revised;      /**< values that differ from those known before them */
    size_t n_no_period;    /**< rows of series without a period of the table's frequency */
    size_t n_plain;        /**< tables that hold no series and are kept as they are */
} pgdp_imported;
/**
 * Put a document into the store, in one transaction: on failure, and when the program is killed, all is as before.
 * Series are the numeric columns of tables with a period column: named by the columns of names (series_id, or all
 * texts) where rows repeat periods, else by the column. A value holds from its vintage until another one replaces it.
 * @param bytes    the file as it was downloaded, for its sha256
 * @param dataset  its tables, from pgdp_ingest()
 * @return BAD_ARGUMENT (no vintage), PARSE (a series has two values of one period and vintage; the message names it),
 *         MISMATCH (the store has another value for the same vintage), IO, STOPPED, NO_MEMORY
 * Cost: O(observations); one pass over the stored observations of the series that it holds.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_import(pgdp_ctx *ctx, pgdp_store *store, const pgdp_bytes *bytes,
                                                     const pgdp_dataset *dataset, const pgdp_document *about,
                                                     pgdp_imported *out);

/** Which series, as known on which day. All zero: all series, as known now. */
typedef struct pgdp_store_query {
    const char *const *series; /**< [n_series] names; n_series 0: all */
    size_t n_series;
    const char *source;       /**< only series of this source; NULL: of any */
    pgdp_frequency frequency; /**< only series of this one; PGDP_NO_FREQUENCY: of any */
    const char *as_of;        /**< day; values published later are not seen; NULL: the newest */
    bool wide;                /**< a column a series; else a row an observation */
} pgdp_store_query;
/**
 * Observations as they were known on a day. Long: series_id, period, value, flag, vintage (text), title, unit,
 * price_basis, adjustment; wide: period and a column a series, with its attributes. Series are in the order asked for,
 * else by source and name; periods ascend. @return BAD_ARGUMENT (series of several frequencies, of one name, not a
 * day), NOT_FOUND, IO, NO_MEMORY. Cost: one seek a series, and its observations of all vintages.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_observations(pgdp_ctx *ctx, pgdp_store *store,
                                                           const pgdp_store_query *query, pgdp_frame **out);
/** The catalogue: source, series_id, frequency, first, last, n_vintages, unit, price_basis, adjustment, title.
 * @param words  only series whose name and titles hold words that begin so, the shortest first; NULL: all */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_series(pgdp_ctx *ctx, pgdp_store *store, const char *words,
                                                     pgdp_frame **out);
/** Documents that the observations of a query come from, or all when it is NULL: document (sha256), name, source,
 * format, publisher, address, licence, retrieved, vintage, bytes, kept, n_series. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_documents(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query,
                                                        pgdp_frame **out);
/** All values that one observation has had: from, until (missing: it holds), value, flag, document.
 * @param query   names one series
 * @param period  as pgdp_period_parse() */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_history(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query,
                                                      const char *period, pgdp_frame **out);
/** What changed from one day to another: series_id, period (text), before, after, change of every observation whose
 * value differs. @param query  its as_of is the first day */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_diff(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query,
                                                   const char *until, pgdp_frame **out);
/** A kept table as it was read: the same columns, cells, notes. @param document  sha256 or its beginning, or the name
 * of one document  @param table  NULL: the only one  @return NOT_FOUND, BAD_ARGUMENT (several), IO, NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_table(pgdp_ctx *ctx, pgdp_store *store, const char *document,
                                                    const char *table, pgdp_frame **out);
/** A kept file, given to the sink. @return as pgdp_store_table(), and the sink's */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_bytes(pgdp_ctx *ctx, pgdp_store *store, const char *document,
                                                    const pgdp_sink *sink);
/** Look the whole store over: check, looked_at, faults, the first one; out is there whatever was found.
 * @return MISMATCH when there are faults, IO, NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_verify(pgdp_ctx *ctx, pgdp_store *store, pgdp_frame **out);
/** An answer of the above for people, or as {"schema": "pgdp.data.NAME/1", "rows": [{...}]} with exact numbers. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_store_answer(pgdp_ctx *ctx, const char *name, const pgdp_frame *frame,
                                                     bool as_json, const pgdp_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
