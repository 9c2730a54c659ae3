/* option_flags.h  Settings of a component as flags of a command: --NAME for each of its options; a frame as a file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGC_OPTION_FLAGS_H
#define PGC_OPTION_FLAGS_H

#include "cli/cli.h"
#include "pgdp/frame.h"

enum { PGC_MOST_OPTIONS = 128, PGC_OPTION_SIZE = 48 };
/** The flags of a command and of its options, and what was given. */
typedef struct pgc_option_flags {
    char names[PGC_MOST_OPTIONS][PGC_OPTION_SIZE];
    const char *values[PGC_MOST_OPTIONS];
    const pgdp_option *options;
    pgc_flag flags[PGC_MOST_OPTIONS + 1];
    pgdp_setting settings[PGC_MOST_OPTIONS + 1]; /**< filled by pgc_option_settings() */
} pgc_option_flags;
/** The command's own flags, ended by a NULL name, then those of the options (NULL: none); what fits. */
void pgc_option_flags_init(pgc_option_flags *f, const pgc_flag *own, const pgdp_option *options);
/** What was given, after pgc_parse(). */
void pgc_option_settings(pgc_option_flags *f);
/** A number in [lo, hi], or a usage message; text NULL leaves *out. */
bool pgc_number(const pgc_app *app, const char *flag, const char *text, const double range[2], double *out);
/** A frame as CSV at path, whole or not at all; path NULL: nothing. */
pgdp_status pgc_write_frame(pgc_app *app, const pgdp_frame *frame, const char *path);
/** "a,b,c" to a list of words in place, ended by NULL. @param words  [most + 1]. @return false: more than that */
bool pgc_split(char *text, const char **words, size_t most);
/** Does a path end in this, ".csv"? */
bool pgc_ends_with(const char *path, const char *ending);

#endif
