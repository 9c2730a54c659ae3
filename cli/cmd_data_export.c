/* cmd_data_export.c  pgdp data export: a document of a store back as it was read, or as it was downloaded.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

#include "pgdp/file.h"

static pgdp_status write_bytes(pgc_app *app, pgdp_store *store, const pgc_store_args *args)
{
    pgdp_output *file;
    pgdp_sink sink;
    pgdp_status status = pgdp_output_new(app->ctx, args->out, &file, &sink);
    if (status != PGDP_OK) return status;
    status = pgdp_store_bytes(app->ctx, store, args->names[0], &sink);
    if (status == PGDP_OK) return pgdp_output_commit(app->ctx, file);
    pgdp_output_discard(app->ctx, file);
    return status;
}

static pgdp_status write_table(pgc_app *app, pgdp_store *store, const pgc_store_args *args)
{
    pgdp_frame *frame = NULL;
    pgdp_status status = pgdp_store_table(app->ctx, store, args->names[0], args->table, &frame);
    if (status == PGDP_OK) status = pgc_frame_write(app, frame, args->out);
    pgdp_frame_free(frame);
    return status;
}

static int run(pgc_app *app, int argc, char **argv)
{
    pgc_store_args args = { .store = NULL };
    pgdp_store *store = NULL;
    if (!pgc_store_parse(app, argc, argv, (pgc_names){ 1, 1, "which document? name it, or its sha256" }, &args))
        return 2;
    if (args.out == NULL) return pgc_usage(app, "to which file? write --out FILE");
    pgdp_status status = pgdp_store_open(app->ctx, args.store, PGDP_STORE_READ, &store);
    if (status == PGDP_OK) status = args.bytes ? write_bytes(app, store, &args) : write_table(app, store, &args);
    pgdp_store_close(store);
    return pgc_end(app, status);
}

const pgc_command pgc_data_export = {
    .name = "data export",
    .summary = "a document of a store back as it was read",
    .help =
        "pgdp data export GDP.json --store facts.db --out gdp.csv\n"
        "pgdp data export 3f2a91 --store facts.db --bytes --out GDP.json\n\n"
        "Writes a kept table of one document, named as its file was or by the beginning of its sha256.\n\n"
        "  --store FILE  the store\n"
        "  --table NAME  which table of a document that holds several\n"
        "  --bytes       the file itself, where it was kept ('pgdp data import --keep bytes')\n"
        "  --out FILE    .csv, .xlsx, or else a columnar file; each is the same table when it is read again: beside\n"
        "                a .csv stands .csv-metadata.json (W3C CSVW), and a workbook holds the same, unseen\n",
    .run = run,
};
