/* option_flags.c  Settings of a component as flags: option_flags.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pgc_option_flags_init(pgc_option_flags *f, const pgc_flag *own, const pgdp_option *options)
{
    size_t n = 0;
    memset(f, 0, sizeof *f);
    f->options = options;
    for (size_t i = 0; options != NULL && options[i].name != NULL && n < PGC_MOST_OPTIONS; i++, n++) {
        (void)snprintf(f->names[n], PGC_OPTION_SIZE, "--%s", options[i].name);
        f->flags[n] = (pgc_flag){ f->names[n], &f->values[n], NULL };
    }
    for (; own->name != NULL && n < PGC_MOST_OPTIONS; own++)
        f->flags[n++] = *own;
}

void pgc_option_settings(pgc_option_flags *f)
{
    size_t n = 0;
    for (size_t i = 0; f->options != NULL && f->options[i].name != NULL && i < PGC_MOST_OPTIONS; i++)
        if (f->values[i] != NULL) f->settings[n++] = (pgdp_setting){ f->options[i].name, f->values[i] };
    f->settings[n] = (pgdp_setting){ NULL, NULL };
}

bool pgc_number(const pgc_app *app, const char *flag, const char *text, const double range[2], double *out)
{
    char *end = NULL;
    if (text == NULL) return true;
    const double x = strtod(text, &end);
    if (end == text || *end != '\0' || !(x >= range[0] && x <= range[1])) {
        (void)pgc_usage(app, "%s takes a number from %g to %g, found \"%s\"", flag, range[0], range[1], text);
        return false;
    }
    *out = x;
    return true;
}

pgdp_status pgc_write_frame(pgc_app *app, const pgdp_frame *frame, const char *path)
{
    pgdp_output *file;
    pgdp_sink sink;
    if (path == NULL) return PGDP_OK;
    pgdp_status status = pgdp_output_new(app->ctx, path, &file, &sink);
    if (status != PGDP_OK) return status;
    status = pgdp_frame_write_csv(app->ctx, frame, &sink);
    if (status == PGDP_OK) return pgdp_output_commit(app->ctx, file);
    pgdp_output_discard(app->ctx, file);
    return status;
}

bool pgc_split(char *text, const char **words, size_t most)
{
    size_t n = 0;
    for (char *at = text; at != NULL;) {
        char *comma = strchr(at, ',');
        if (comma != NULL) *comma++ = '\0';
        if (n == most) return false;
        words[n++] = at;
        at = comma;
    }
    words[n] = NULL;
    return true;
}

bool pgc_ends_with(const char *path, const char *ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}
