/* labstat_folder.c  The files of a LABSTAT survey that lie in one folder, found by their names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "ingest/bytes.h"
#include "ingest/labstat.h"
#include "ingest/load.h"
#include "ingest/readers.h"
#include "ingest/unpack.h"

enum { MOST_FILES = 256, SURVEY_CODE = 8 };

typedef struct folder {
    const char *path, *own; /* own: the observations' file */
    char survey[SURVEY_CODE];
    const char *names[MOST_FILES];
    pg_labstat_list lists[MOST_FILES];
    pgdp_dataset *read[MOST_FILES];
    size_t n_names, n_lists;
} folder;

/* Observations are not read again, nor what only describes. */
static bool is_list_file(const folder *f, const char *name)
{
    static const char *const others[] = { "data", "aspect", "txt", "contacts" };
    const size_t n = strlen(f->survey);
    if (strncmp(name, f->survey, n) != 0 || name[n] != '.' || pg_streq(name, f->own)) return false;
    const char *topic = name + n + 1;
    const size_t length = strcspn(topic, ".");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (length == strlen(others[i]) && strncmp(topic, others[i], length) == 0) return false;
    return true;
}

/* In order of the names, not of the disk. */
static pgdp_status find_files(pgdp_ctx *ctx, folder *f)
{
    const struct dirent *entry;
    DIR *entries = opendir(f->path);
    if (entries == NULL)
        return pg_fail(ctx, PGDP_IO, "%s: cannot look for the files of survey %s: %s", f->path, f->survey,
                       strerror(errno));
    pgdp_status status = PGDP_OK;
    while (status == PGDP_OK && f->n_names < MOST_FILES && (entry = readdir(entries)) != NULL) {
        if (!is_list_file(f, entry->d_name)) continue;
        f->names[f->n_names] = pg_arena_strdup(&ctx->scratch, entry->d_name);
        if (f->names[f->n_names++] == NULL) status = pg_no_memory(ctx);
    }
    (void)closedir(entries);
    if (status == PGDP_OK) qsort((void *)f->names, f->n_names, sizeof *f->names, pg_compare_strings);
    return status;
}

static pgdp_status read_list(pgdp_ctx *ctx, folder *f, const char *name)
{
    const char *path;
    pg_origin origin;
    pgdp_dataset *dataset = NULL;
    PG_TRY_ALLOC(ctx, path, pg_arena_printf(&ctx->scratch, "%s/%s", f->path, name));
    PG_TRY(pg_origin_open(ctx, path, &origin));
    pgdp_status status = PGDP_OK;
    if (pg_is_packed(&origin.in) || pg_read_labstat.sniff(&origin.in) != PG_NOT_OURS)
        status = pg_ingest(ctx, &(pgdp_load){ .format = pg_read_labstat.name }, &origin, &dataset);
    pg_origin_close(ctx, &origin);
    if (status != PGDP_OK || dataset == NULL) return status;
    f->read[f->n_lists] = dataset;
    f->lists[f->n_lists++] = (pg_labstat_list){ name, pgdp_dataset_table(dataset, 0) };
    return PGDP_OK;
}

static pgdp_status read_and_join(pgdp_ctx *ctx, folder *f, pgdp_frame *observations)
{
    PG_TRY(find_files(ctx, f));
    for (size_t i = 0; i < f->n_names; i++)
        PG_TRY(read_list(ctx, f, f->names[i]));
    const pg_labstat_survey survey = { f->survey, f->lists, f->n_lists };
    return pg_labstat_join(ctx, &survey, observations);
}

static pgdp_status folder_of(pgdp_ctx *ctx, const char *label, const char **path)
{
    const size_t n = (size_t)(pg_base_name(label) - label);
    PG_TRY_ALLOC(ctx, *path, n == 0 ? "." : pg_arena_strndup(&ctx->scratch, label, n == 1 ? 1 : n - 1));
    return PGDP_OK;
}

static pgdp_status join(pgdp_ctx *ctx, const char *path, const char *label, pgdp_frame *observations)
{
    folder *f;
    PG_TRY_ALLOC(ctx, f, pg_arena_alloc(&ctx->scratch, 1, sizeof *f));
    f->own = pg_base_name(label);
    f->path = path;
    const size_t n = strcspn(f->own, ".");
    if (n < 2 || n >= SURVEY_CODE || f->own[n] == '\0')
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s: the name tells no survey, expected one such as ce.data.0.AllCESSeries; rename the file",
                       label);
    memcpy(f->survey, f->own, n);
    if (path[0] == '\0') PG_TRY(folder_of(ctx, label, &f->path));
    const pgdp_status status = read_and_join(ctx, f, observations);
    for (size_t i = 0; i < f->n_lists; i++)
        pgdp_dataset_free(f->read[i]);
    return status == PGDP_NOT_FOUND ? pg_fail_within(ctx, status, "%s: ", label) : status;
}

pgdp_status pg_labstat_join_folder(pgdp_ctx *ctx, const char *path, const char *label, pgdp_dataset *dataset)
{
    pgdp_frame *frame = dataset->tables[0].frame;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    if (!pg_streq(dataset->format, pg_read_labstat.name) || pgdp_frame_find(frame, "series_id") == PGDP_NONE ||
        pgdp_frame_find(frame, "value") == PGDP_NONE)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s: only LABSTAT observations (series_id, year, period, value) join their survey's files",
                       label);
    const pgdp_status status = join(ctx, path, label, frame);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
