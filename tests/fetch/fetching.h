/* fetching.h  A provider on this machine that answers by a script, a store beside it, and what is asked of both.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_FETCHING_H
#define PGT_FETCHING_H

#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

#include <stdio.h>
#include <sys/stat.h>

#include "pgdp/fetch.h"
#include "pgdp/file.h"
#include "tests/support/loopback.h"

#define CANARY "0123456789abcdefcanarycanary0123"

typedef struct world {
    pgdp_ctx *ctx;
    char *folder;
    pgt_server *server;
    pgdp_store *store;
    pgdp_fetch_request request;
    pgdp_frame *report;
    char mirror[64], keys[512];
} world;

/* A store, a folder of keys, and a server with this script. */
static inline world begin(const pgt_script *script)
{
    world w = { .ctx = pgdp_ctx_new(NULL), .folder = pgt_new_folder() };
    static const char *const keys[] = { "FRED_API_KEY", "BLS_API_KEY", "BEA_API_KEY", "CENSUS_API_KEY",
                                        "ONET_API_KEY" };
    (void)snprintf(w.keys, sizeof w.keys, "%s/keys", w.folder);
    assert_ok(w.ctx, pgdp_directory_make(w.ctx, w.keys));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        pgt_write_file(pgt_path(w.keys, keys[i]), CANARY "\n", sizeof CANARY);
        (void)chmod(pgt_path(w.keys, keys[i]), 0600);
    }
    w.server = pgt_server_new(script);
    (void)snprintf(w.mirror, sizeof w.mirror, "%s", pgt_server_url(w.server, ""));
    assert_ok(w.ctx, pgdp_store_open(w.ctx, pgt_path(w.folder, "s.db"), PGDP_STORE_WRITE, &w.store));
    return w;
}

static inline pgdp_status fetch(world *w, const char *item)
{
    pgdp_frame_free(w->report);
    w->report = NULL;
    w->request.items = &item;
    w->request.n_items = 1;
    w->request.mirror = w->mirror;
    if (w->request.today == NULL) w->request.today = "2031-06-15";
    if (w->request.key_folder == NULL && w->request.key_file == NULL) w->request.key_folder = w->keys;
    const pgdp_status status = pgdp_fetch(w->ctx, w->store, &w->request, &w->report);
    if (status != PGDP_OK) assert_null(strstr(pgdp_ctx_error(w->ctx), CANARY));
    return status;
}

/* All is freed, and the key stands nowhere in the store. */
static inline void end(world *w)
{
    size_t n;
    pgdp_frame_free(w->report);
    pgdp_store_close(w->store);
    pgt_server_free(w->server);
    char *bytes = pgt_read_file(pgt_path(w->folder, "s.db"), &n);
    for (size_t i = 0; i + sizeof CANARY - 1 <= n; i++)
        assert_int_not_equal(memcmp(bytes + i, CANARY, sizeof CANARY - 1), 0);
    free(bytes);
    pgt_remove_folder(w->folder);
    pgdp_ctx_free(w->ctx);
}

static inline size_t n_documents(world *w)
{
    pgdp_frame *frame = NULL;
    assert_ok(w->ctx, pgdp_store_documents(w->ctx, w->store, NULL, &frame));
    const size_t n = pgdp_frame_n_rows(frame);
    pgdp_frame_free(frame);
    return n;
}

/* It is refused with these words, and the store stays empty. */
static inline void refused(const pgt_answer *answers, size_t n, const pgdp_fetch_request *how, const char *item,
                           const char *words)
{
    world w = begin(&(pgt_script){ .answers = answers, .n = n });
    if (how != NULL) w.request = *how;
    assert_status(w.ctx, fetch(&w, item), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(w.ctx), words);
    assert_null(w.report);
    assert_int_equal(n_documents(&w), 0);
    end(&w);
}

#define REFUSED(how, item, words, ...)                                                                                 \
    do {                                                                                                               \
        const pgt_answer answers_[] = { __VA_ARGS__ };                                                                 \
        refused(answers_, sizeof answers_ / sizeof *answers_, how, item, words);                                       \
    } while (0)

/* Observations of a series as "2031-01 1, 2031-02 2", as of a day. */
static inline void assert_stored(world *w, const char *name, const char *as_of, const char *want)
{
    const pgdp_store_query query = { .series = &name, .n_series = 1, .as_of = as_of };
    pgdp_frame *frame = NULL;
    char text[1024] = "";
    assert_ok(w->ctx, pgdp_store_observations(w->ctx, w->store, &query, &frame));
    const size_t period = pgdp_frame_find(frame, "period"), value = pgdp_frame_find(frame, "value");
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        char when[16];
        const size_t n = strlen(text);
        pgdp_period_format(
            (pgdp_period){ pgdp_frame_column(frame, period)->frequency, pgdp_frame_periods(frame, period)[i] }, when);
        (void)snprintf(text + n, sizeof text - n, "%s%s %g", i == 0 ? "" : ", ", when,
                       pgdp_frame_reals(frame, value)[i]);
    }
    pgdp_frame_free(frame);
    assert_string_equal(text, want);
}

/* What a column of the report says. */
static inline const char *reported(const world *w, const char *column, size_t row)
{
    return pgdp_frame_text(w->report, pgdp_frame_find(w->report, column), row);
}

#endif
