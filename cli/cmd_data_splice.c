/* cmd_data_splice.c  pgdp data splice: an older and a newer life of a series made one. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "cli/calendar_args.h"

#include <stdio.h>
#include <string.h>

/** "2012Q1..2014Q4" or one period. */
static bool read_overlap(const pgc_app *app, const char *text, pgdp_splice *out)
{
    char first[32];
    if (text == NULL) return true;
    const char *dots = strstr(text, "..");
    const size_t n = dots == NULL ? strlen(text) : (size_t)(dots - text);
    snprintf(first, sizeof first, "%.*s", n < sizeof first ? (int)n : 0, text);
    if (pgdp_period_parse(first, &out->first) && pgdp_period_parse(dots == NULL ? first : dots + 2, &out->last))
        return true;
    return pgc_usage(app, "--overlap takes periods such as 2012Q1..2014Q4, found \"%s\"", text), false;
}

static int run(pgc_app *app, int argc, char **argv)
{
    static const char *const levels[] = { "newer", "older", NULL };
    const char *path[2], *column = NULL, *overlap = NULL, *level = NULL, *out = NULL;
    pgdp_splice how = { .level = PGDP_SPLICE_NEWER };
    pgdp_frame *older = NULL, *newer = NULL, *result = NULL;
    int chosen = PGDP_SPLICE_NEWER;
    const pgc_flag flags[] = { { "--column", &column, NULL }, { "--overlap", &overlap, NULL },
                               { "--level", &level, NULL },   { "--difference", NULL, &how.difference },
                               { "--out", &out, NULL },       { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 2)) return 2;
    if (path[1] == NULL || column == NULL)
        return pgc_usage(app, "which series? write OLDER NEWER --column NAME, of files that both have it");
    if (!read_overlap(app, overlap, &how) || !pgc_choice(app, "--level", level, levels, &chosen)) return 2;
    how.level = (pgdp_splice_level)chosen;
    pgdp_status status = pgc_series_load(app, path[0], &older);
    if (status == PGDP_OK) status = pgc_series_load(app, path[1], &newer);
    if (status == PGDP_OK) status = pgdp_frame_splice(app->ctx, older, newer, column, &how, &result);
    if (status == PGDP_OK && !app->quiet)
        fprintf(stderr, "%s %s\n", how.difference ? "shift" : "factor",
                pgdp_frame_note(result, how.difference ? "shift" : "factor"));
    pgdp_frame_free(older);
    pgdp_frame_free(newer);
    return pgc_end(app, pgc_series_end(app, status, result, out));
}

const pgc_command pgc_data_splice = {
    .name = "data splice",
    .summary = "an older and a newer life of a series made one",
    .help = "pgdp data splice sic.csv naics.csv --column output\n"
            "pgdp data splice old.csv new.csv --column share --difference --overlap 2012Q1..2013Q4 --out one.csv\n\n"
            "The newer series where it has values, before it the older one, brought to the newer's level over the "
            "periods\n"
            "that both have. The factor stands on standard error.\n\n"
            "  --column NAME     in both files\n"
            "  --overlap A..B    periods that link them; else all that both have\n"
            "  --difference      shift by the difference of the means; else scale by their ratio\n"
            "  --level NAME      newer (default) or older: the level that stays\n"
            "  --out FILE        .csv, .xlsx or columnar; else CSV to standard output\n",
    .run = run,
};
