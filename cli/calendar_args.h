/* calendar_args.h  What the commands that bring series to other periods share. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#ifndef PGC_CALENDAR_ARGS_H
#define PGC_CALENDAR_ARGS_H

#include "cli/cli.h"

#include "pgdp/calendar.h"

/** Which of NULL-ended names a text is, or a usage message; NULL text leaves *out. */
bool pgc_choice(const pgc_app *app, const char *flag, const char *text, const char *const *names, int *out);
/** A frequency by name, or a usage message; NULL text leaves *out. */
bool pgc_frequency(const pgc_app *app, const char *flag, const char *text, pgdp_frequency *out);
/** The only table of a file. */
pgdp_status pgc_series_load(pgc_app *app, const char *path, pgdp_frame **out);
/** The series to a file, or as CSV to standard output, their notes to standard error; frees the frame. */
pgdp_status pgc_series_end(pgc_app *app, pgdp_status status, pgdp_frame *frame, const char *to);

#endif
