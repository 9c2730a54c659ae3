/* cmd_data_import.c  pgdp data import: files into a store. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

#include "pgdp/file.h"
#include "pgdp/store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { MAX_FILES = 1024, DAY_TEXT = 32 };
enum { FIRST = 2, SHA256 = 9 }; /* columns of the report */

typedef struct importing {
    const char *store, *keep;
    pgdp_load how;
    pgdp_document about;
    const char *files[MAX_FILES];
} importing;

/* The day on which the file was written: that of the download, where nobody says another. */
static bool day_of_file(const char *path, char day[DAY_TEXT])
{
    struct stat about;
    struct tm date;
    if (stat(path, &about) != 0 || gmtime_r(&about.st_mtime, &date) == NULL) return false;
    return strftime(day, DAY_TEXT, "%Y-%m-%d", &date) > 0;
}

/* A file that cannot be read leaves no store behind: it is opened once the first one is in memory. */
static pgdp_status import_bytes(pgc_app *app, const importing *m, const pgdp_bytes *bytes, pgdp_store **store,
                                pgdp_imported *done)
{
    char day[DAY_TEXT];
    pgdp_document about = m->about;
    pgdp_dataset *dataset = NULL;
    if (about.retrieved == NULL && day_of_file(bytes->label, day)) about.retrieved = day;
    pgdp_status status = pgdp_ingest_as(app->ctx, &m->how, bytes, &dataset);
    if (status == PGDP_OK && *store == NULL) status = pgdp_store_open(app->ctx, m->store, PGDP_STORE_WRITE, store);
    if (status == PGDP_OK) status = pgdp_store_import(app->ctx, *store, bytes, dataset, &about, done);
    pgdp_dataset_free(dataset);
    return status;
}

static pgdp_status add_row(pgc_app *app, const char *path, const pgdp_imported *done, pgdp_frame *frame)
{
    const double numbers[] = { (double)done->n_series, (double)done->n_new_series, (double)done->n_observations,
                               (double)done->n_added,  (double)done->n_revised,    (double)done->n_no_period,
                               (double)done->n_plain };
    const char *result = done->already ? "already there: nothing changed" : "imported";
    pgdp_status status = pgdp_frame_add_row(app->ctx, frame);
    if (status == PGDP_OK) status = pgdp_frame_set_text(app->ctx, frame, 0, path, PGDP_NONE);
    if (status == PGDP_OK) status = pgdp_frame_set_text(app->ctx, frame, 1, result, PGDP_NONE);
    if (status == PGDP_OK) status = pgdp_frame_set_text(app->ctx, frame, SHA256, done->sha256, PGDP_NONE);
    for (size_t j = 0; status == PGDP_OK && j < sizeof numbers / sizeof *numbers; j++)
        pgdp_frame_set_real(frame, FIRST + j, numbers[j]);
    return status;
}

static pgdp_status add_columns(pgc_app *app, pgdp_frame *frame)
{
    static const char *const names[] = { "file",  "result",  "series",    "new_series",   "observations",
                                         "added", "revised", "no_period", "plain_tables", "sha256" };
    pgdp_status status = PGDP_OK;
    for (size_t j = 0; status == PGDP_OK && j < sizeof names / sizeof *names; j++) {
        const pgdp_column about = { .name = names[j], .type = j < FIRST || j == SHA256 ? PGDP_TEXT : PGDP_REAL };
        status = pgdp_frame_add_column(app->ctx, frame, &about, NULL);
    }
    return status;
}

static pgdp_status import_file(pgc_app *app, const importing *m, const char *path, pgdp_store **store,
                               pgdp_frame *frame)
{
    unsigned char *data = NULL;
    pgdp_imported done;
    pgdp_bytes bytes = { .label = path };
    pgdp_status status = pgdp_file_read(app->ctx, path, &data, &bytes.n);
    bytes.data = data;
    if (status == PGDP_OK) status = import_bytes(app, m, &bytes, store, &done);
    pgdp_file_release(app->ctx, data);
    return status == PGDP_OK ? add_row(app, path, &done, frame) : status;
}

/* Each file is one transaction: those before one that fails stay. */
static int import_all(pgc_app *app, const importing *m)
{
    const pgdp_sink sink = pgc_stdout();
    pgdp_store *store = NULL;
    pgdp_frame *frame = NULL;
    pgdp_status status = pgdp_frame_new(app->ctx, &frame);
    if (status == PGDP_OK) status = add_columns(app, frame);
    for (size_t i = 0; status == PGDP_OK && m->files[i] != NULL; i++)
        status = import_file(app, m, m->files[i], &store, frame);
    const int code = pgc_end(app, status);
    pgdp_store_close(store);
    status = PGDP_OK;
    if (frame != NULL && pgdp_frame_n_rows(frame) > 0)
        status = pgdp_store_answer(app->ctx, "import", frame, app->json, &sink);
    pgdp_frame_free(frame);
    return code != 0 ? code : pgc_end(app, status);
}

static int run(pgc_app *app, int argc, char **argv)
{
    importing m = { .how = { .described = true } };
    bool join = false;
    const pgc_flag flags[] = { { "--store", &m.store, NULL },
                               { "--format", &m.how.format, NULL },
                               { "--join", NULL, &join },
                               { "--survey", &m.how.survey, NULL },
                               { "--source", &m.about.source, NULL },
                               { "--vintage", &m.about.vintage, NULL },
                               { "--retrieved", &m.about.retrieved, NULL },
                               { "--publisher", &m.about.publisher, NULL },
                               { "--address", &m.about.address, NULL },
                               { "--licence", &m.about.licence, NULL },
                               { "--keep", &m.keep, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, m.files, MAX_FILES - 1)) return 2;
    if (m.files[0] == NULL) return pgc_usage(app, "which file?");
    if (m.store == NULL) return pgc_usage(app, "which store? name its file after --store, where a new one is made");
    if (join && m.how.survey == NULL) m.how.survey = "";
    if (!pgc_keep(app, m.keep, &m.about.keep)) return 2;
    return import_all(app, &m);
}

const pgc_command pgc_data_import = {
    .name = "data import",
    .summary = "files into a store, with their vintage",
    .help =
        "pgdp data import GDP.json --store facts.db\n"
        "pgdp data import *.json --store facts.db --retrieved 2026-04-30\n"
        "pgdp data import gdp.csv --store facts.db --source bea --vintage 2026-03-27 --licence 'public domain'\n\n"
        "Reads any supported file; its series go to the catalogue, its values in beside those of other vintages.\n"
        "Each file is in whole or not at all; one that the store has changes nothing. The store is made when it is\n"
        "not there.\n\n"
        "  --store STORE     a file, or postgresql://user@host/database (docs/store.md)\n"
        "  --format NAME     do not look, take this reader\n"
        "  --join            BLS LABSTAT: with titles, units and adjustment from the survey's files beside it\n"
        "  --survey DIR      the same with files of another folder\n"
        "  --source NAME     whose series these are; else as the format tells: fred, bls, bea, ...\n"
        "  --vintage DATE    day of publication, for what does not tell its own; else --retrieved\n"
        "  --retrieved DATE  day of the download; else that on which the file was written\n"
        "  --publisher, --address, --licence TEXT  what is known of the document\n"
        "  --keep WHAT       tables (as read), bytes (and the file itself), or observations alone\n"
        "  --json            schema pgdp.data.import/1\n",
    .run = run,
};
