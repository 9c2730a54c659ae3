/* zip.c  libzip over a buffer, with the limits against hostile archives of formats.md 21.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/zip.h"

#include <string.h>

#include <zip.h>

#include "core/map.h"
#include "core/text.h"

enum { PARTS = 4096, CHUNK = 1 << 16, RATIO = 200, RATIO_FROM = 1 << 20 };
#define PART_BYTES  ((uint64_t)1 << 30)
#define TOTAL_BYTES ((uint64_t)2 << 30)

struct pg_zip {
    const char *label;
    zip_t *archive;
    size_t n;
    const char **names;
    uint64_t total; /* bytes unpacked so far */
    unsigned char *chunk;
};

static bool is_unsafe(const char *name)
{
    if (name[0] == '/' || strchr(name, '\\') != NULL) return true;
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += part[0] == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0')) return true;
    }
    return false;
}

/* Names are copied to the scratch memory, each looked at once. */
static pgdp_status check_part(pgdp_ctx *ctx, pg_zip *zip, pg_map *seen, size_t i)
{
    zip_stat_t about;
    if (zip_stat_index(zip->archive, i, 0, &about) != 0 || (about.valid & ZIP_STAT_NAME) == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: part %zu of the archive has no readable entry; fetch the file again",
                       zip->label, i + 1);
    PG_TRY_ALLOC(ctx, zip->names[i], pg_arena_strdup(&ctx->scratch, about.name));
    const char *name = zip->names[i];
    if (is_unsafe(name))
        return pg_fail(ctx, PGDP_PARSE, "%s: the archive holds the unsafe name \"%.80s\"; do not trust this file",
                       zip->label, name);
    if (pg_map_find(seen, name, strlen(name)) != PGDP_NONE)
        return pg_fail(ctx, PGDP_PARSE, "%s: the archive holds \"%.80s\" twice; do not trust this file", zip->label,
                       name);
    if (!pg_map_put(seen, name, strlen(name), i)) return pg_no_memory(ctx);
    if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && about.encryption_method != ZIP_EM_NONE)
        return pg_fail(ctx, PGDP_PARSE, "%s: \"%.80s\" is encrypted; save the file without a password", zip->label,
                       name);
    const bool known = about.comp_method == ZIP_CM_STORE || about.comp_method == ZIP_CM_DEFLATE;
    if ((about.valid & ZIP_STAT_COMP_METHOD) != 0 && !known)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: \"%.80s\" is packed by method %u, expected stored or deflated; pack it anew", zip->label,
                       name, (unsigned)about.comp_method);
    return PGDP_OK;
}

static pgdp_status check(pgdp_ctx *ctx, pg_zip *zip)
{
    const zip_int64_t n = zip_get_num_entries(zip->archive, 0);
    if (n < 0 || n > PARTS)
        return pg_fail(ctx, PGDP_PARSE, "%s: the archive has more than %d parts; unpack what you need", zip->label,
                       PARTS);
    zip->n = (size_t)n;
    PG_TRY_ALLOC(ctx, zip->names, pg_arena_alloc(&ctx->scratch, zip->n, sizeof *zip->names));
    pg_map seen;
    pg_map_init(&seen, &ctx->scratch);
    for (size_t i = 0; i < zip->n; i++)
        PG_TRY(check_part(ctx, zip, &seen, i));
    return PGDP_OK;
}

static pgdp_status open_archive(pgdp_ctx *ctx, const pgdp_bytes *in, zip_t **out)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(in->data, in->n, 0, &error);
    if (source != NULL) *out = zip_open_from_source(source, ZIP_RDONLY, &error);
    const bool memory = zip_error_code_zip(&error) == ZIP_ER_MEMORY;
    pgdp_status status = PGDP_OK;
    if (*out == NULL && memory) status = pg_no_memory(ctx);
    if (*out == NULL && !memory)
        status = pg_fail(ctx, PGDP_PARSE, "%s: the archive is broken or cut short (%s); fetch the file again",
                         in->label, zip_error_strerror(&error));
    if (*out == NULL) zip_source_free(source);
    zip_error_fini(&error);
    return status;
}

pgdp_status pg_zip_open(pgdp_ctx *ctx, const pgdp_bytes *in, pg_zip **out)
{
    pg_zip *zip;
    PG_TRY_ALLOC(ctx, zip, pg_arena_alloc(&ctx->scratch, 1, sizeof *zip));
    PG_TRY_ALLOC(ctx, zip->chunk, pg_arena_alloc(&ctx->scratch, CHUNK, 1));
    zip->label = in->label;
    PG_TRY(open_archive(ctx, in, &zip->archive));
    const pgdp_status status = check(ctx, zip);
    if (status == PGDP_OK)
        *out = zip;
    else
        pg_zip_close(zip);
    return status;
}

void pg_zip_close(pg_zip *zip)
{
    if (zip != NULL) zip_discard(zip->archive);
}

const char *pg_zip_name(const pg_zip *zip, size_t i)
{
    return i < zip->n ? zip->names[i] : NULL;
}

size_t pg_zip_find(const pg_zip *zip, const char *name)
{
    for (size_t i = 0; i < zip->n; i++)
        if (pg_streq_nocase(zip->names[i], name)) return i;
    return PGDP_NONE;
}

/* What has come out against what went in: the directory's sizes are claims, so they are not asked. */
static pgdp_status check_size(pgdp_ctx *ctx, const pg_zip *zip, const char *name, uint64_t out, uint64_t packed)
{
    if (out > PART_BYTES || zip->total > TOTAL_BYTES)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: \"%.80s\" unpacks to more than 1 GiB, or all parts to more than 2 GiB; "
                       "take a part of the table",
                       zip->label, name);
    if (out > RATIO_FROM && out / RATIO > packed)
        return pg_fail(ctx, PGDP_PARSE, "%s: \"%.80s\" unpacks to more than %d times its size; do not trust this file",
                       zip->label, name, RATIO);
    return PGDP_OK;
}

static pgdp_status pump(pgdp_ctx *ctx, pg_zip *zip, zip_file_t *file, size_t i, pg_zip_take take, void *user)
{
    zip_stat_t about;
    const bool known = zip_stat_index(zip->archive, i, 0, &about) == 0 && (about.valid & ZIP_STAT_COMP_SIZE) != 0;
    const uint64_t packed = known ? about.comp_size : 0;
    uint64_t out = 0;
    for (bool enough = false; !enough;) {
        const zip_int64_t got = zip_fread(file, zip->chunk, CHUNK);
        if (got < 0)
            return pg_fail(ctx, PGDP_PARSE, "%s: \"%.80s\" cannot be unpacked (%s); fetch the file again", zip->label,
                           zip->names[i], zip_file_strerror(file));
        if (got == 0) break;
        out += (uint64_t)got;
        zip->total += (uint64_t)got;
        PG_TRY(check_size(ctx, zip, zip->names[i], out, packed));
        PG_TRY(take(ctx, user, zip->chunk, (size_t)got, &enough));
    }
    return PGDP_OK;
}

pgdp_status pg_zip_stream(pgdp_ctx *ctx, pg_zip *zip, size_t i, pg_zip_take take, void *user)
{
    zip_file_t *file = zip_fopen_index(zip->archive, i, 0);
    if (file == NULL)
        return pg_fail(ctx, PGDP_PARSE, "%s: \"%.80s\" cannot be unpacked (%s); fetch the file again", zip->label,
                       zip->names[i], zip_strerror(zip->archive));
    const pgdp_status status = pump(ctx, zip, file, i, take, user);
    (void)zip_fclose(file);
    return status;
}

typedef struct collected {
    unsigned char *data;
    size_t n, capacity;
} collected;

static pgdp_status collect(pgdp_ctx *ctx, void *user, const void *bytes, size_t n, bool *enough)
{
    (void)enough;
    collected *c = user;
    if (n > c->capacity - c->n) {
        const size_t capacity = 2 * c->capacity + CHUNK;
        PG_TRY_ALLOC(ctx, c->data, pg_arena_grow(&ctx->scratch, c->data, c->capacity, capacity, 1));
        c->capacity = capacity;
    }
    memcpy(c->data + c->n, bytes, n);
    c->n += n;
    return PGDP_OK;
}

pgdp_status pg_zip_read(pgdp_ctx *ctx, pg_zip *zip, size_t i, pgdp_bytes *out)
{
    collected c = { .data = NULL };
    PG_TRY(pg_zip_stream(ctx, zip, i, collect, &c));
    *out = (pgdp_bytes){ zip->label, c.data, c.n };
    if (c.data == NULL) out->data = (const unsigned char *)"";
    return PGDP_OK;
}
