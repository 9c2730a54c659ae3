/* cmd_data_freeze.c  pgdp data freeze: observations as of a day in one file, with the documents they come from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

#include <stdio.h>
#include <string.h>

/* out.csv -> out.sources.csv */
static bool name_sources(const char *path, char *buffer, size_t size)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    const size_t n = dot == NULL || (slash != NULL && dot < slash) ? strlen(path) : (size_t)(dot - path);
    const int length = snprintf(buffer, size, "%.*s.sources.csv", (int)n, path);
    return length > 0 && (size_t)length < size;
}

static pgdp_status freeze(pgc_app *app, const pgc_store_args *args, const char *sources, pgdp_frame *frames[2])
{
    pgdp_store *store = NULL;
    pgdp_status status = pgdp_store_open(app->ctx, args->store, PGDP_STORE_READ, &store);
    if (status == PGDP_OK) status = pgdp_store_observations(app->ctx, store, &args->query, &frames[0]);
    if (status == PGDP_OK) status = pgdp_store_documents(app->ctx, store, &args->query, &frames[1]);
    if (status == PGDP_OK) status = pgc_frame_write(app, frames[1], sources);
    if (status == PGDP_OK) status = pgc_frame_write(app, frames[0], args->out); /* last: it is what others look for */
    pgdp_store_close(store);
    return status;
}

static int run(pgc_app *app, int argc, char **argv)
{
    char sources[4096];
    pgc_store_args args = { .store = NULL };
    pgdp_frame *frames[2] = { NULL, NULL };
    if (!pgc_store_parse(app, argc, argv, (pgc_names){ 0, PGC_MAX_NAMES, "" }, &args)) return 2;
    if (args.query.as_of == NULL) return pgc_usage(app, "as of which day? write --as-of DATE");
    if (args.out == NULL) return pgc_usage(app, "to which file? write --out FILE, ending in .pgdp, .csv or .xlsx");
    if (!name_sources(args.out, sources, sizeof sources)) return pgc_usage(app, "the name of the file is too long");
    const pgdp_status status = freeze(app, &args, sources, frames);
    if (status == PGDP_OK && !app->quiet)
        fprintf(stderr, "%s: %zu rows, from %zu documents (%s)\n", args.out, pgdp_frame_n_rows(frames[0]),
                pgdp_frame_n_rows(frames[1]), sources);
    pgdp_frame_free(frames[0]);
    pgdp_frame_free(frames[1]);
    return pgc_end(app, status);
}

const pgc_command pgc_data_freeze = {
    .name = "data freeze",
    .summary = "observations as of a day to one file, with their sources",
    .help =
        "pgdp data freeze --store facts.db --as-of 2026-04-30 --source fred --frequency monthly --out april.csv\n"
        "pgdp data freeze PAYEMS UNRATE --store facts.db --as-of 2026-04-30 --wide --out april.pgdp\n\n"
        "Writes all series, or those named, as they were known on a day, and beside the file NAME.sources.csv: the\n"
        "documents that they come from, with sha256, publisher, address, licence, vintage. The same store and day "
        "give\n"
        "the same bytes.\n\n"
        "  --store FILE      the store\n"
        "  --as-of DATE      the day\n"
        "  --out FILE        .csv, .xlsx, or else a columnar file\n"
        "  --source NAME     only series of this source\n"
        "  --frequency NAME  only of this frequency; a table has one\n"
        "  --wide            a column a series; else a row an observation\n",
    .run = run,
};
