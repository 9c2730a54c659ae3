/** @file fetch.h  Series and tables from their publishers into a store; the baseline's files into a folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_FETCH_H
#define PGDP_FETCH_H

#include "pgdp/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is known of a publisher's interface; each is a constant in fetch/provider_NAME.c. */
typedef struct pgdp_provider_facts {
    const char *name, *title; /**< "fred" */
    const char *form;         /**< what is asked of it: "fred:SERIES,SERIES" */
    const char *key_variable; /**< "FRED_API_KEY"; NULL: it knows no keys */
    bool needs_key;           /**< it answers nothing without one */
    const char *spec;         /**< its documentation */
} pgdp_provider_facts;
PGDP_API const pgdp_provider_facts *pgdp_provider_at(size_t i); /**< NULL: past the end */

/** What to fetch and how. Strings may be NULL; periods are as pgdp_period_parse() reads them. */
typedef struct pgdp_fetch_request {
    const char *const *items; /**< [n_items] "fred:GDP,PAYEMS", "bea:NIPA/T10105?Frequency=A" */
    size_t n_items;
    const char *first, *last; /**< periods asked for; NULL: all that there is */
    const char *vintages;     /**< NULL: what is known now; "all"; or what was known on a day (FRED alone) */
    const char *today;        /**< day of retrieval: the library asks no clock */
    const char *key_file;     /**< first line: the key; NULL: the environment. Others may not be able to read it. */
    const char *key_folder;   /**< of several keys, each in a file of its variable's name */
    const char *contact;      /**< address of mail, told to the servers; some answer nobody else */
    const char *mirror;       /**< "http://127.0.0.1:8080": asked in place of https:/, the host in its path */
    bool offline;             /**< ask the store alone */
    pgdp_store_keep keep;     /**< what of each answer stays in the store */
} pgdp_fetch_request;
/**
 * Fetch what is asked into a store, each answer a document of one transaction. All answers to one item are judged
 * before the first of them goes in; items before one that fails stay. Offline, the items are looked up in the store.
 * @param store  open for writing; for reading when offline; NULL: only look at the request and the keys
 * @param out    item, result, series, new_series, observations, added, revised, sha256, remark of each answer; what was
 *               done before a failure too. Freed by the caller, NULL when nothing was done
 * @return BAD_ARGUMENT, NOT_FOUND (no such provider; offline: not in the store), NETWORK (no answer, a refusal, or an
 *         answer that is not all of what was asked; the message names both), MISMATCH, PARSE, IO, STOPPED, NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_fetch(pgdp_ctx *ctx, pgdp_store *store, const pgdp_fetch_request *request,
                                              pgdp_frame **out);
/**
 * Download the files of a catalogue (columns file, address, sha256) below a folder, as `pgdp data compile` wants them.
 * Those that are there with the catalogue's sha256 are left alone; others are asked for under the condition that they
 * changed since `fetched.csv` of the folder was written. A file appears whole or not at all; one that cannot be had is
 * told, and the next is tried.
 * @param out  file, result, bytes, sha256, remark; freed by the caller, NULL when nothing was done
 * @return NETWORK when a file could not be had (offline: NOT_FOUND), MISMATCH when one differs from the catalogue, as
 *         pgdp_fetch() else
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_fetch_files(pgdp_ctx *ctx, const char *catalogue, const char *folder,
                                                    const pgdp_fetch_request *request, pgdp_frame **out);

#ifdef __cplusplus
}
#endif
#endif
