/* calendar_args.c  What the commands that bring series to other periods share. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "cli/calendar_args.h"

#include "cli/store_args.h"

#include "pgdp/ingest.h"

#include <stdio.h>
#include <string.h>

bool pgc_choice(const pgc_app *app, const char *flag, const char *text, const char *const *names, int *out)
{
    char list[128] = "";
    if (text == NULL) return true;
    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(text, names[i]) == 0) return *out = i, true;
        const size_t n = strlen(list);
        snprintf(list + n, sizeof list - n, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    return pgc_usage(app, "%s takes one of %s; found \"%s\"", flag, list, text), false;
}

bool pgc_frequency(const pgc_app *app, const char *flag, const char *text, pgdp_frequency *out)
{
    const char *names[PGDP_DAILY + 1] = { NULL };
    int at = (int)*out - PGDP_ANNUAL;
    for (int f = PGDP_ANNUAL; f <= PGDP_DAILY; f++)
        names[f - PGDP_ANNUAL] = pgdp_frequency_name((pgdp_frequency)f);
    if (!pgc_choice(app, flag, text, names, &at)) return false;
    if (text != NULL) *out = (pgdp_frequency)(at + PGDP_ANNUAL);
    return true;
}

pgdp_status pgc_series_load(pgc_app *app, const char *path, pgdp_frame **out)
{
    const pgdp_load how = { .format = NULL };
    return pgdp_load_table(app->ctx, path, &how, out);
}

pgdp_status pgc_series_end(pgc_app *app, pgdp_status status, pgdp_frame *frame, const char *to)
{
    const pgdp_sink sink = pgc_stdout();
    if (status == PGDP_OK && to != NULL) status = pgc_frame_write(app, frame, to);
    if (status == PGDP_OK && to == NULL) status = pgdp_frame_write_csv(app->ctx, frame, &sink);
    pgdp_frame_free(frame);
    return status;
}
