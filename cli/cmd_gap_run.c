/* cmd_gap_run.c  pgdp gap run: phantom GDP of the cells in a file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/gap.h"
#include "pgdp/ingest.h"

#include <string.h>

typedef struct request {
    const char *cells, *news;
    pgdp_gap_mode mode;
} request;

/** Read both files, compute, print. */
static pgdp_status compute(pgc_app *app, const request *r, pgdp_dataset **cells, pgdp_dataset **news)
{
    pgdp_status status = pgdp_ingest_file(app->ctx, "csv", r->cells, cells);
    if (status == PGDP_OK && r->news != NULL) status = pgdp_ingest_file(app->ctx, "csv", r->news, news);
    if (status != PGDP_OK) return status;
    pgdp_gap gap;
    const pgdp_frame *new_tasks = r->news != NULL ? pgdp_dataset_table(*news, 0) : NULL;
    status = pgdp_gap_from_frames(app->ctx, pgdp_dataset_table(*cells, 0), r->cells, new_tasks, r->news, r->mode, &gap,
                                  NULL);
    if (status != PGDP_OK) return status;
    const pgdp_sink sink = pgc_stdout();
    return pgdp_gap_write(app->ctx, &gap, r->mode, app->json, &sink);
}

static int run(pgc_app *app, int argc, char **argv)
{
    request r = { .mode = PGDP_GAP_ACCOUNTS };
    const char *mode = NULL;
    const pgc_flag flags[] = {
        { "--cells", &r.cells, NULL }, { "--new", &r.news, NULL }, { "--mode", &mode, NULL }, { NULL, NULL, NULL }
    };
    if (!pgc_parse(app, argc, argv, flags, NULL, 0)) return 2;
    if (r.cells == NULL) return pgc_usage(app, "--cells FILE is needed");
    if (mode != NULL && strcmp(mode, "gross") == 0)
        r.mode = PGDP_GAP_GROSS;
    else if (mode != NULL && strcmp(mode, "accounts") != 0)
        return pgc_usage(app, "--mode is gross or accounts, found \"%s\"", mode);
    pgdp_dataset *cells = NULL, *news = NULL;
    const pgdp_status status = compute(app, &r, &cells, &news);
    pgdp_dataset_free(cells);
    pgdp_dataset_free(news);
    return pgc_end(app, status);
}

const pgc_command pgc_gap_run = {
    .name = "gap run",
    .summary = "phantom GDP of the cells in a file",
    .help =
        "pgdp gap run --cells cells.csv\n"
        "pgdp gap run --cells cells.csv --new new_tasks.csv --json\n"
        "pgdp gap run --cells cells.csv --mode gross\n\n"
        "cells.csv has the columns cell,v0,u,r,k,e,rho,priced,lam,p_h,d_h,theta and, where expansion is capped, qmax;\n"
        "new_tasks.csv has p_star,p1,q,theta,d. docs/model.md explains each.\n\n"
        "  --mode accounts  the cells as given (default)\n"
        "  --mode gross     all receipts count and deflators are blind: lam 0, token outlays recorded\n"
        "  --json           schema pgdp.gap/1\n",
    .run = run,
};
