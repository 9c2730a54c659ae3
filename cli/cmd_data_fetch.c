/* cmd_data_fetch.c  pgdp data fetch: from the publishers' interfaces into a store; the baseline's files into a folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

#include "pgdp/study.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { MAX_ITEMS = 1024, DAY_TEXT = 32 };

typedef struct fetch {
    pgdp_fetch_request request;
    const char *store, *into, *catalogue, *keys, *keep, *study;
    bool baseline;
    const char *items[MAX_ITEMS];
    char today[DAY_TEXT];
} fetch;

static bool read_today(const pgc_app *app, fetch *f)
{
    const time_t now = time(NULL);
    struct tm date;
    if (f->request.today != NULL) return true;
    if (gmtime_r(&now, &date) == NULL || strftime(f->today, DAY_TEXT, "%Y-%m-%d", &date) == 0)
        return pgc_usage(app, "the clock does not tell the day; name it after --retrieved"), false;
    f->request.today = f->today;
    return true;
}

static bool read_keys(fetch *f)
{
    struct stat about;
    if (f->keys == NULL) return true;
    if (stat(f->keys, &about) == 0 && S_ISDIR(about.st_mode))
        f->request.key_folder = f->keys;
    else
        f->request.key_file = f->keys;
    return true;
}

static int answer(pgc_app *app, pgdp_status status, const char *name, pgdp_frame *frame)
{
    const pgdp_sink sink = pgc_stdout();
    const int code = pgc_end(app, status);
    pgdp_status shown = PGDP_OK;
    if (frame != NULL) shown = pgdp_store_answer(app->ctx, name, frame, app->json, &sink);
    pgdp_frame_free(frame);
    return code != 0 ? code : pgc_end(app, shown);
}

static int fetch_files(pgc_app *app, const fetch *f)
{
    pgdp_frame *frame = NULL;
    const char *catalogue = f->catalogue == NULL ? "data/catalogue.csv" : f->catalogue;
    const pgdp_status status = pgdp_fetch_files(app->ctx, catalogue, f->into, &f->request, &frame);
    return answer(app, status, "fetch_files", frame);
}

static int fetch_study(pgc_app *app, const fetch *f)
{
    pgdp_frame *frame = NULL;
    const pgdp_status status = pgdp_study_fetch(app->ctx, f->study, &f->request, &frame);
    return answer(app, status, "fetch", frame);
}

static int fetch_items(pgc_app *app, const fetch *f)
{
    const pgdp_store_mode mode = f->request.offline ? PGDP_STORE_READ : PGDP_STORE_WRITE;
    pgdp_store *store = NULL;
    pgdp_frame *frame = NULL;
    pgdp_status status = pgdp_fetch(app->ctx, NULL, &f->request, &frame); /* a mistake leaves no store behind */
    if (status == PGDP_OK) status = pgdp_store_open(app->ctx, f->store, mode, &store);
    if (status == PGDP_OK) status = pgdp_fetch(app->ctx, store, &f->request, &frame);
    const int code = answer(app, status, "fetch", frame);
    pgdp_store_close(store);
    return code;
}

static int run(pgc_app *app, int argc, char **argv)
{
    fetch f = { .store = NULL };
    pgdp_fetch_request *r = &f.request;
    const pgc_flag flags[] = {
        { "--store", &f.store, NULL },        { "--from", &r->first, NULL },         { "--to", &r->last, NULL },
        { "--vintages", &r->vintages, NULL }, { "--key-file", &f.keys, NULL },       { "--contact", &r->contact, NULL },
        { "--mirror", &r->mirror, NULL },     { "--retrieved", &r->today, NULL },    { "--keep", &f.keep, NULL },
        { "--into", &f.into, NULL },          { "--catalogue", &f.catalogue, NULL }, { "--offline", NULL, &r->offline },
        { "--study", &f.study, NULL },        { "--baseline", NULL, &f.baseline },   { NULL, NULL, NULL }
    };
    if (!pgc_parse(app, argc, argv, flags, f.items, MAX_ITEMS - 1)) return 2;
    while (f.items[r->n_items] != NULL)
        r->n_items++;
    r->items = f.items;
    if (!pgc_keep(app, f.keep, &r->keep) || !read_today(app, &f) || !read_keys(&f)) return 2;
    if ((f.baseline || f.study != NULL) && r->n_items > 0)
        return pgc_usage(app, "%s is a list of its own; leave out \"%s\"", f.baseline ? "--baseline" : "--study",
                         f.items[0]);
    if (f.baseline && f.into == NULL) return pgc_usage(app, "into which folder? name it after --into");
    if (f.baseline) return fetch_files(app, &f);
    if (f.study != NULL && f.store != NULL)
        return pgc_usage(app, "the study names its store; leave out --store %s", f.store);
    if (f.study != NULL) return fetch_study(app, &f);
    if (r->n_items == 0) return pgc_usage(app, "what of which provider? such as fred:GDP");
    if (f.store == NULL) return pgc_usage(app, "which store? name its file after --store; a new one is made");
    return fetch_items(app, &f);
}

const pgc_command pgc_data_fetch = {
    .name = "data fetch",
    .summary = "series and tables from their publishers into a store",
    .help = "pgdp data fetch fred:GDP,PAYEMS --store facts.db --from 2000\n"
            "pgdp data fetch fred:GDP --store facts.db --vintages all\n"
            "pgdp data fetch bls:CES0000000001 bea:NIPA/T10105 --store facts.db --from 2000 --key-file keys\n"
            "pgdp data fetch 'census:2022/acs/acs1?get=NAME,B01001_001E&for=state:*' --store facts.db\n"
            "pgdp data fetch 'onet:30.1/Task Ratings' --store facts.db\n"
            "pgdp data fetch fred:GDP --store facts.db --offline\n"
            "pgdp data fetch --study my.yaml\n"
            "pgdp data fetch --baseline --into downloads --contact me@example.org\n\n"
            "Asks the interfaces of FRED, BLS, BEA, Census and O*NET, page by page and within their limits. An answer "
            "that\n"
            "is a refusal, a web page or not all of what was asked is an error that says so, never data. All answers "
            "to an\n"
            "item are judged before the first goes into the store. docs/fetch.md tells each provider's form.\n\n"
            "  --store FILE      the store; made when it is not there\n"
            "  --from, --to PERIOD  such as 2000, 2010Q1 or 2020-03; BLS wants --from\n"
            "  --vintages WHAT   all, or a day: as known then (FRED alone)\n"
            "  --key-file PATH   a file with the key, or a folder of files FRED_API_KEY, BLS_API_KEY, BEA_API_KEY,\n"
            "                    CENSUS_API_KEY, ONET_API_KEY; else the environment variables so called\n"
            "  --contact MAIL    told to the servers; BLS and others answer nobody else\n"
            "  --study FILE      the series that a study file reads from its store, as known on its day\n"
            "  --offline         ask nobody: is it in the store (or the folder)?\n"
            "  --keep WHAT       tables (as read), bytes (and the answer itself), or observations alone\n"
            "  --retrieved DATE  day of the download; else today\n"
            "  --mirror URL      ask URL/HOST/PATH in place of https://HOST/PATH\n"
            "  --baseline        the files that 'pgdp data compile' reads, as far as they can be downloaded\n"
            "  --into DIR        where they go; those that are there as the catalogue says are left alone\n"
            "  --catalogue FILE  their list; else data/catalogue.csv\n"
            "  --json            schema pgdp.data.fetch/1, or pgdp.data.fetch_files/1 for --baseline\n",
    .run = run,
};
