/* store_args.c  What the commands on a store share. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

#include "cli/calendar_args.h"
#include "cli/option_flags.h"

#include "pgdp/file.h"
#include "pgdp/reports.h"
#include "pgdp/table.h"

#include <string.h>

bool pgc_keep(const pgc_app *app, const char *text, pgdp_store_keep *out)
{
    static const char *const names[] = { "tables", "bytes", "observations" };
    if (text == NULL) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) return *out = (pgdp_store_keep)i, true;
    return pgc_usage(app, "--keep takes tables, bytes or observations, found \"%s\"", text), false;
}

bool pgc_store_parse(pgc_app *app, int argc, char **argv, pgc_names names, pgc_store_args *out)
{
    const pgc_flag flags[] = {
        { "--store", &out->store, NULL },         { "--source", &out->query.source, NULL },
        { "--frequency", &out->frequency, NULL }, { "--as-of", &out->query.as_of, NULL },
        { "--as-to", &out->until, NULL },         { "--document", &out->document, NULL },
        { "--table", &out->table, NULL },         { "--out", &out->out, NULL },
        { "--documents", NULL, &out->documents }, { "--bytes", NULL, &out->bytes },
        { "--wide", NULL, &out->query.wide },     { NULL, NULL, NULL },
    };
    if (!pgc_parse(app, argc, argv, flags, out->names, names.most)) return false;
    if (!pgc_frequency(app, "--frequency", out->frequency, &out->query.frequency)) return false;
    while (out->n_names < names.most && out->names[out->n_names] != NULL)
        out->n_names++;
    if (out->store == NULL)
        return pgc_usage(app, "which store? name its file, or postgresql://user@host/database, after --store"), false;
    if (out->n_names < names.least) return pgc_usage(app, "%s", names.which), false;
    out->query.series = out->names;
    out->query.n_series = out->n_names;
    return true;
}

int pgc_store_answer(pgc_app *app, const pgc_store_args *args, const char *name, pgc_store_ask ask)
{
    const pgdp_sink sink = pgc_stdout();
    pgdp_store *store = NULL;
    pgdp_frame *frame = NULL;
    pgdp_status status = pgdp_store_open(app->ctx, args->store, PGDP_STORE_READ, &store);
    if (status == PGDP_OK) status = ask(app->ctx, store, args, &frame);
    const int code = pgc_end(app, status);
    if (frame != NULL) status = pgdp_store_answer(app->ctx, name, frame, app->json, &sink);
    pgdp_frame_free(frame);
    pgdp_store_close(store);
    return code != 0 ? code : pgc_end(app, status);
}

static pgdp_status write_columnar(pgc_app *app, const pgdp_frame *frame, const char *path)
{
    pgdp_table_writer *writer = NULL;
    pgdp_status status = pgdp_table_writer_new(app->ctx, path, frame, &writer);
    if (status != PGDP_OK) return status;
    status = pgdp_table_writer_add(app->ctx, writer, frame);
    if (status == PGDP_OK) return pgdp_table_writer_commit(app->ctx, writer);
    pgdp_table_writer_discard(app->ctx, writer);
    return status;
}

pgdp_status pgc_frame_write(pgc_app *app, const pgdp_frame *frame, const char *path)
{
    if (pgc_ends_with(path, ".csv")) return pgdp_frame_save_csv(app->ctx, frame, path);
    if (pgc_ends_with(path, ".xlsx")) return pgdp_frame_write_xlsx(app->ctx, frame, path);
    return write_columnar(app, frame, path);
}
