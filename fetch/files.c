/* files.c  The files of a catalogue into a folder: asked for when they lack or changed, compared by sha256.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/hash.h"
#include "core/text.h"
#include "fetch/items.h"
#include "fetch/judge.h"
#include "fetch/ledger.h"
#include "fetch/providers.h"
#include "ingest/bytes.h"
#include "ingest/zip.h"
#include "pgdp/file.h"

enum { FILE_NAME, RESULT, BYTES, SHA256, REMARK, N_COLUMNS };
#define LEDGER "fetched.csv"

typedef struct work {
    const pg_wanted *wanted;
    const char *folder;
    pg_http *http;
    pgdp_frame *catalogue, *report;
    size_t file, address, sha256; /* columns of the catalogue */
    pg_ledger ledger;
    pg_arena arena; /* the answer under way */
    size_t n_failed, n_differ;
    char first_failure[512];
} work;

/* One file on its way. */
typedef struct target {
    const char *file, *address, *want, *path;
    char have[PG_SHA256_HEX]; /* of what is there already; "": nothing */
    size_t n;
} target;

static pgdp_status add_row(pgdp_ctx *ctx, const work *w, const target *t, const char *result, const char *remark)
{
    PG_TRY(pgdp_frame_add_row(ctx, w->report));
    PG_TRY(pgdp_frame_set_text(ctx, w->report, FILE_NAME, t->file, PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, w->report, RESULT, result, PGDP_NONE));
    if (t->have[0] != '\0') PG_TRY(pgdp_frame_set_text(ctx, w->report, SHA256, t->have, PGDP_NONE));
    if (t->have[0] != '\0') pgdp_frame_set_real(w->report, BYTES, (double)t->n);
    return remark == NULL ? PGDP_OK : pgdp_frame_set_text(ctx, w->report, REMARK, remark, PGDP_NONE);
}

static bool as_wanted(const target *t)
{
    return t->want == NULL || t->want[0] == '\0' || pg_streq(t->want, t->have);
}

/* A file that could not be had: told, and the next one is tried. */
static pgdp_status lacks(pgdp_ctx *ctx, work *w, const target *t, const char *why)
{
    const char *remark;
    PG_TRY_ALLOC(ctx, remark, pg_arena_printf(&ctx->scratch, "%.300s; by hand: %s", why, t->address));
    if (w->n_failed++ == 0) (void)memcpy(w->first_failure, remark, strlen(remark) < 512 ? strlen(remark) + 1 : 511);
    return add_row(ctx, w, t, "not had", remark);
}

static pgdp_status is_there(pgdp_ctx *ctx, work *w, const target *t, const char *result)
{
    if (as_wanted(t)) return add_row(ctx, w, t, result, NULL);
    w->n_differ++;
    return add_row(ctx, w, t, result, "another sha256 than the catalogue's: the publisher changed the file");
}

/* ---- what is asked ---- */

/* The part of an address after "?" as fields, and the key where the host wants one. */
static pgdp_status fields_of(pgdp_ctx *ctx, work *w, const char *address, pg_http_request *request)
{
    const char *question = strchr(address, '?'), *key = NULL;
    pg_http_field *fields;
    PG_TRY_ALLOC(ctx, request->url, pg_arena_strndup(&ctx->scratch, address, strcspn(address, "?")));
    PG_TRY_ALLOC(ctx, fields, pg_arena_alloc(&ctx->scratch, PG_MOST_FIELDS, sizeof *fields));
    for (const char *at = question == NULL ? "" : question + 1;
         at[0] != '\0' && request->n_query + 1 < PG_MOST_FIELDS;) {
        const size_t n = strcspn(at, "&"), name = strcspn(at, "=&");
        pg_http_field *field = &fields[request->n_query++];
        PG_TRY_ALLOC(ctx, field->name, pg_arena_strndup(&ctx->scratch, at, name));
        PG_TRY_ALLOC(ctx, field->value, pg_arena_strndup(&ctx->scratch, at + name + (name < n), n - name - (name < n)));
        at += at[n] == '&' ? n + 1 : n;
    }
    request->query = fields;
    for (size_t i = 0; pg_provider_at(i) != NULL; i++) {
        const pg_provider *p = pg_provider_at(i);
        const char *host = strstr(address, "://");
        if (p->host == NULL || host == NULL || !pg_starts_with(host + 3, p->host)) continue;
        PG_TRY(pg_key_of(ctx, p, w->wanted, &w->arena, &key));
        if (key != NULL) fields[request->n_query++] = (pg_http_field){ p->key_field, key, true };
    }
    return pg_mirrored(ctx, w->wanted, request->url, &request->url);
}

/* ---- what came ---- */

/* An archive stands for its member that has the file's name. */
static pgdp_status member_of(pgdp_ctx *ctx, const target *t, pgdp_bytes *in, const char **why)
{
    pg_zip *zip;
    const char *name, *want = pg_base_name(t->file);
    size_t found = PGDP_NONE;
    *why = NULL;
    if (!pg_ends_with(t->address, ".zip") || pg_ends_with(t->file, ".zip")) return PGDP_OK;
    PG_TRY(pg_zip_open(ctx, in, &zip));
    for (size_t i = 0; (name = pg_zip_name(zip, i)) != NULL; i++)
        if (pg_streq_nocase(pg_base_name(name), want)) found = i;
    const pgdp_status status = found == PGDP_NONE ? PGDP_OK : pg_zip_read(ctx, zip, found, in);
    pg_zip_close(zip);
    if (found == PGDP_NONE)
        PG_TRY_ALLOC(ctx, *why,
                     pg_arena_printf(&ctx->scratch, "the archive holds no file %s; save it from the one inside", want));
    return status;
}

/* Why an answer is not the file; NULL: it may be. */
static const char *refusal(pgdp_ctx *ctx, const target *t, const pg_http_reply *reply)
{
    if (reply->status != 200)
        return pg_arena_printf(&ctx->scratch, "HTTP status %ld and the words \"%s\"", reply->status,
                               pg_words_of(ctx, reply->body, reply->n_body));
    if (reply->n_body == 0) return "no bytes at all, though the server calls that success";
    if (pg_is_page(reply->body, reply->n_body)) return "a web page, not the file";
    if (pg_ends_with(t->file, ".xlsx") && !pg_ends_with(t->address, ".zip") &&
        (reply->n_body < 4 || memcmp(reply->body, "PK\3\4", 4) != 0))
        return "bytes that are no workbook";
    return NULL;
}

static pgdp_status put_in_place(pgdp_ctx *ctx, work *w, target *t, const pgdp_bytes *bytes, const pg_http_reply *reply)
{
    const char *folder;
    const size_t n = strlen(t->path) - strlen(pg_base_name(t->path));
    char had[PG_SHA256_HEX];
    memcpy(had, t->have, sizeof had);
    PG_TRY(pg_sha256(ctx, bytes->data, bytes->n, t->have));
    if (!reply->end_told && !pg_streq(t->want == NULL ? "" : t->want, t->have)) {
        memcpy(t->have, had, sizeof had);
        return lacks(ctx, w, t, "the server did not tell where the file ends; it may be cut");
    }
    t->n = bytes->n;
    PG_TRY_ALLOC(ctx, folder, pg_arena_strndup(&ctx->scratch, t->path, n == 0 ? 0 : n - 1));
    PG_TRY(pgdp_directory_make(ctx, folder));
    PG_TRY(pgdp_file_write(ctx, t->path, bytes->data, bytes->n));
    PG_TRY(pg_ledger_set(ctx, &w->ledger, &(pg_ledger_row){ t->file, t->have, reply->etag, reply->last_modified }));
    PG_TRY(pg_ledger_write(ctx, &w->ledger));
    return is_there(ctx, w, t, "downloaded");
}

static pgdp_status receive(pgdp_ctx *ctx, work *w, target *t, pg_http_reply *reply)
{
    pgdp_bytes bytes = { t->file, reply->body, reply->n_body };
    const char *why = NULL;
    if (reply->status == 304) return is_there(ctx, w, t, "unchanged");
    why = refusal(ctx, t, reply);
    if (why != NULL) return lacks(ctx, w, t, why);
    const pgdp_status status = member_of(ctx, t, &bytes, &why);
    if (status == PGDP_PARSE) return lacks(ctx, w, t, ctx->error);
    PG_TRY(status);
    if (why != NULL) return lacks(ctx, w, t, why);
    return put_in_place(ctx, w, t, &bytes, reply);
}

/* sha256 of the file that is there already. */
static pgdp_status look_at(pgdp_ctx *ctx, target *t)
{
    pg_file *file;
    unsigned char *data;
    const pgdp_status opened = pg_file_open(ctx, t->path, &file);
    if (opened == PGDP_IO) return PGDP_OK; /* it is not there */
    PG_TRY(opened);
    pg_file_close(file);
    PG_TRY(pgdp_file_read(ctx, t->path, &data, &t->n));
    const pgdp_status status = pg_sha256(ctx, data, t->n, t->have);
    pgdp_file_release(ctx, data);
    return status;
}

static pgdp_status fetch_one(pgdp_ctx *ctx, work *w, target *t)
{
    pg_http_request request = { .url = NULL };
    pg_http_reply reply;
    PG_TRY(look_at(ctx, t));
    if (t->have[0] != '\0' && t->want != NULL && pg_streq(t->want, t->have))
        return add_row(ctx, w, t, "there already", NULL);
    if (w->wanted->request->offline) {
        if (t->have[0] != '\0') return is_there(ctx, w, t, "there already");
        return lacks(ctx, w, t, "not there, and nothing is asked for offline");
    }
    PG_TRY(fields_of(ctx, w, t->address, &request));
    const pg_ledger_row *known = pg_ledger_find(&w->ledger, t->file);
    if (known != NULL && pg_streq(known->sha256, t->have)) {
        request.etag = known->etag[0] == '\0' ? NULL : known->etag;
        request.last_modified = known->last_modified[0] == '\0' ? NULL : known->last_modified;
    }
    const pgdp_status status = pg_http_send(ctx, w->http, &request, &w->arena, &reply);
    if (status == PGDP_NETWORK) return lacks(ctx, w, t, ctx->error);
    PG_TRY(status);
    return receive(ctx, w, t, &reply);
}

/* A path of the catalogue must not lead out of the folder. */
static bool stays_inside(const char *file)
{
    return file[0] != '/' && !pg_starts_with(file, "../") && strstr(file, "/../") == NULL;
}

static pgdp_status fetch_row(pgdp_ctx *ctx, work *w, size_t row)
{
    target t = { .file = pgdp_frame_text(w->catalogue, w->file, row),
                 .address = pgdp_frame_text(w->catalogue, w->address, row),
                 .want = w->sha256 == PGDP_NONE ? NULL : pgdp_frame_text(w->catalogue, w->sha256, row) };
    if (t.file == NULL || t.file[0] == '\0' || t.address == NULL) return PGDP_OK; /* told by others, not a file */
    if (!stays_inside(t.file))
        return pg_fail(ctx, PGDP_PARSE, "the catalogue's file \"%.80s\" leads out of the folder", t.file);
    PG_TRY_ALLOC(ctx, t.path, pg_arena_printf(&ctx->scratch, "%s/%s", w->folder, t.file));
    return fetch_one(ctx, w, &t);
}

static pgdp_status fetch_rows(pgdp_ctx *ctx, work *w)
{
    const size_t n = pgdp_frame_n_rows(w->catalogue);
    for (size_t i = 0; i < n; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch), arena = pg_arena_mark(&w->arena);
        PG_TRY(pg_check_stop(ctx));
        const pgdp_status status = fetch_row(ctx, w, i);
        pg_arena_rewind(&w->arena, arena);
        pg_arena_rewind(&ctx->scratch, mark);
        PG_TRY(status);
        pg_progress(ctx, "files", i + 1, n);
    }
    return PGDP_OK;
}

static pgdp_status open_work(pgdp_ctx *ctx, const char *catalogue, work *w)
{
    static const char *const names[N_COLUMNS] = { "file", "result", "bytes", "sha256", "remark" };
    const struct {
        const char *name;
        size_t *column;
    } needed[] = { { "file", &w->file }, { "address", &w->address }, { "sha256", &w->sha256 } };
    const char *ledger;
    PG_TRY(pgdp_frame_new(ctx, &w->report));
    for (size_t j = 0; j < N_COLUMNS; j++) {
        const pgdp_column about = { .name = names[j], .type = j == BYTES ? PGDP_REAL : PGDP_TEXT };
        PG_TRY(pgdp_frame_add_column(ctx, w->report, &about, NULL));
    }
    PG_TRY(pgdp_load_table(ctx, catalogue, &(pgdp_load){ .format = "csv" }, &w->catalogue));
    for (size_t k = 0; k < 3; k++) {
        const size_t column = pgdp_frame_find(w->catalogue, needed[k].name);
        const bool text = column != PGDP_NONE && pgdp_frame_column(w->catalogue, column)->type == PGDP_TEXT;
        *needed[k].column = text ? column : PGDP_NONE;
        if (!text && needed[k].column != &w->sha256)
            return pg_fail(ctx, PGDP_PARSE,
                           "%s: there is no column \"%s\" of texts, expected a catalogue such as "
                           "data/catalogue.csv",
                           catalogue, needed[k].name);
    }
    PG_TRY_ALLOC(ctx, ledger, pg_arena_printf(&ctx->scratch, "%s/" LEDGER, w->folder));
    PG_TRY(pg_ledger_open(ctx, ledger, &w->ledger));
    return w->wanted->request->offline ? PGDP_OK : pg_session_new(ctx, w->wanted, 1, &w->http);
}

static pgdp_status end_of(pgdp_ctx *ctx, const work *w)
{
    if (w->n_failed > 0)
        return pg_fail(ctx, w->wanted->request->offline ? PGDP_NOT_FOUND : PGDP_NETWORK,
                       "%zu files could not be had; the first: %s", w->n_failed, w->first_failure);
    if (w->n_differ > 0)
        return pg_fail(ctx, PGDP_MISMATCH,
                       "%zu files differ from the catalogue: their publishers changed them since it was written",
                       w->n_differ);
    return PGDP_OK;
}

pgdp_status pgdp_fetch_files(pgdp_ctx *ctx, const char *catalogue, const char *folder,
                             const pgdp_fetch_request *request, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_wanted wanted;
    work w = { .wanted = &wanted, .folder = folder };
    *out = NULL;
    pg_arena_init(&w.arena, &ctx->allocator);
    pgdp_status status = pg_wanted_of(ctx, request, &wanted);
    if (status == PGDP_OK) status = open_work(ctx, catalogue, &w);
    if (status == PGDP_OK) status = fetch_rows(ctx, &w);
    if (status == PGDP_OK) status = end_of(ctx, &w);
    pg_http_free(w.http);
    pgdp_frame_free(w.catalogue);
    pg_ledger_close(&w.ledger);
    pg_arena_free(&w.arena);
    pg_arena_rewind(&ctx->scratch, mark);
    if (w.report != NULL && pgdp_frame_n_rows(w.report) > 0)
        *out = w.report;
    else
        pgdp_frame_free(w.report);
    return status;
}
