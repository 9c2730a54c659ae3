/* store_merge.h  What is known of one observation, as a step function of the vintage; and what a document adds to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_MERGE_H
#define PG_STORE_MERGE_H

#include "ingest/store.h"

/** Value (as pg_same_value()) and flag are the same. */
bool pg_same_known(const pg_known *a, const pg_known *b);
/** All of one period, each by vintage. */
typedef struct pg_merging {
    const pg_known *known; /**< [n_known] steps of the store */
    size_t n_known;
    const pg_known *fresh; /**< [n_fresh] what the document says */
    size_t n_fresh;
    const pg_seen *seen; /**< [n_seen] documents that spoke of the series */
    size_t n_seen;
} pg_merging;
/**
 * The steps of all that is known: every document tells the value at its vintage, the documents in the store that which
 * held then. So the order in which documents come does not matter.
 * @param out  [n_known + n_fresh + n_seen]
 * @return steps; PGDP_NONE: the store has another value for a vintage of the document, which is out[0]
 */
size_t pg_store_merge(const pg_merging *m, pg_known *out);

#endif
