/* cmd_tasks_crosswalk.c  pgdp tasks crosswalk: an occupation-level table in another classification.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/ingest.h"
#include "pgdp/measures.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_AMOUNTS = 64 };

/** Where the tables are, and where the answer goes. */
typedef struct places {
    const char *table, *by, *sheet, *employment, *csv;
} places;

static int move(pgc_app *app, const places *at, pgdp_crosswalk *how)
{
    pgdp_frame *table = NULL, *by = NULL, *employment = NULL;
    pgdp_measurement *moved = NULL;
    const pgdp_sink sink = pgc_stdout();
    const pgdp_load walk = { .sheet = at->sheet };
    pgdp_status status = pgdp_load_table(app->ctx, at->table, NULL, &table);
    if (status == PGDP_OK) status = pgdp_load_table(app->ctx, at->by, &walk, &by);
    if (status == PGDP_OK && at->employment != NULL)
        status = pgdp_load_table(app->ctx, at->employment, NULL, &employment);
    how->employment = employment;
    if (status == PGDP_OK) status = pgdp_crosswalk_apply(app->ctx, table, by, how, &moved);
    if (status == PGDP_OK) status = pgc_write_frame(app, pgdp_measurement_frame(moved, 0, NULL), at->csv);
    if (status == PGDP_OK) status = pgdp_measurement_write(app->ctx, moved, app->json, &sink);
    pgdp_measurement_free(moved);
    pgdp_frame_free(employment);
    pgdp_frame_free(by);
    pgdp_frame_free(table);
    return pgc_end(app, status);
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[1], *list = NULL, *amounts[MOST_AMOUNTS + 1] = { NULL };
    places at = { .table = NULL };
    pgdp_crosswalk how = { .amounts = amounts };
    const pgc_flag flags[] = { { "--by", &at.by, NULL },
                               { "--sheet", &at.sheet, NULL },
                               { "--from", &how.from, NULL },
                               { "--to", &how.to, NULL },
                               { "--code", &how.code, NULL },
                               { "--amounts", &list, NULL },
                               { "--weight", &how.weight, NULL },
                               { "--shares", &how.shares, NULL },
                               { "--employment", &at.employment, NULL },
                               { "--csv", &at.csv, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 1)) return 2;
    at.table = path[0];
    if (at.table == NULL) return pgc_usage(app, "which table?");
    if (at.by == NULL) return pgc_usage(app, "which crosswalk? --by FILE");
    if (how.shares != NULL && at.employment != NULL)
        return pgc_usage(app, "--shares or --employment, not both: a code is split in one way");
    char *words = list == NULL ? NULL : strdup(list);
    if (words != NULL && !pgc_split(words, amounts, MOST_AMOUNTS)) {
        free(words);
        return pgc_usage(app, "--amounts takes at most %d columns", MOST_AMOUNTS);
    }
    const int code = move(app, &at, &how);
    free(words);
    return code;
}

const pgc_command pgc_tasks_crosswalk = {
    .name = "tasks crosswalk",
    .summary = "an occupation-level table in another classification: O*NET-SOC 2010 to 2019, SOC 2010 to 2018",
    .help =
        "pgdp tasks crosswalk scores.csv --by data/soc_2010_2018.csv --csv scores_2018.csv\n"
        "pgdp tasks crosswalk jobs.csv --by data/soc_2010_2018.csv --amounts employment,wage_bill --weight employment\n"
        "pgdp tasks crosswalk jobs.csv --by data/soc_2010_2018.csv --amounts employment --employment data/oews.csv\n"
        "pgdp tasks crosswalk new.csv --by data/soc_2010_2018.csv --from soc_2018_code\n"
        "pgdp tasks crosswalk scores.csv --by soc_2010_to_2018_crosswalk.xlsx --csv scores_2018.csv\n\n"
        "Amounts are split over a code's successors and added up, so that before = after + unmatched to the last bit.\n"
        "Every other column of numbers is a measure: successors keep it, merged codes take the weighted mean. Codes\n"
        "that find no partner are listed with their weight. A table of both classifications, a code or a pair that is\n"
        "there twice, a negative number are errors with row and column.\n"
        "  --by FILE          the crosswalk, a row a pair of codes: a workbook or CSV as BLS, O*NET and the Census\n"
        "                     Bureau publish it, or any table (data/ has two)\n"
        "  --sheet NAME       its sheet, where a workbook holds several crosswalks\n"
        "  --from, --to COL   its columns of codes; default: the first two that say \"code\"; --from the second turns\n"
        "                     it round\n"
        "  --code COL         the table's column of codes; default: its first of text\n"
        "  --amounts LIST     its columns that are amounts; the others are measures\n"
        "  --weight COL       its column that means are weighted by (employment); default: codes count alike\n"
        "  --shares COL       a column of the crosswalk: in which proportion a code is split; default: equal parts\n"
        "  --employment FILE  or split by employment: a table of new codes with a column employment, of which\n"
        "                     detailed rows of the newest year count (data/oews.csv)\n"
        "  --csv FILE         the moved table as a CSV as well\n"
        "  --json             schema pgdp.tasks.measure/1: scores, amounts, unmatched\n",
    .run = run,
};
