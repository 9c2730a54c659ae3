/* from_store.h  Inputs of a study that stand in a series store. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FROM_STORE_H
#define PG_FROM_STORE_H

#include "core/text.h"
#include "pgdp/store.h"
#include "study/spec.h"

/**
 * The series that an input names, as they were known on its day, as the text of a file like data/series.csv or, for the
 * input series_list, data/series_list.csv: what is hashed, read and checked as any other.
 * @param file  of the study  @return NOT_FOUND, BAD_ARGUMENT, IO, NO_MEMORY; the message begins with the input's place
 */
pgdp_status pg_input_from_store(pgdp_ctx *ctx, const char *file, const pg_input *input, pg_text *out);
/** The query of one of its items, "fred:GDP". @param name  of the series, which the query borrows */
pgdp_status pg_item_query(pgdp_ctx *ctx, const pg_input *input, const char *item, const char **name,
                          pgdp_store_query *out);
/**
 * The catalogue of sources, and below it the documents that inputs from stores come from: id (the beginning of their
 * sha256), file, publisher, address, licence, vintage, retrieved, sha256, used_for. Freed by the caller.
 * @param out  NULL: no input is from a store
 */
pgdp_status pg_store_sources(pgdp_ctx *ctx, const pg_study *study, const pgdp_frame *catalogue, pgdp_frame **out);

#endif
