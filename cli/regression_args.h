/* regression_args.h  What commands about regressions share: a formula with its flags, and the table it is about.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGC_REGRESSION_ARGS_H
#define PGC_REGRESSION_ARGS_H

#include "cli/cli.h"
#include "pgdp/ingest.h"
#include "pgdp/regression.h"
#include "pgdp/table.h"

enum { PGC_MOST_FLAGS = 128, PGC_FLAG_SIZE = 40 };

/** One regression as asked for on the command line. */
typedef struct pgc_regression_args {
    const char *data, *format, *sheet, *conf_level, *fsplit, *cache;
    pgdp_regression_spec spec;
    pgdp_setting settings[PGC_MOST_FLAGS + 1];
} pgc_regression_args;

/** What is done with the table; answers the exit code. */
typedef int (*pgc_with_table)(pgc_app *app, const pgdp_frame *frame, const pgdp_regression_spec *spec, void *user);
/**
 * Read the arguments (extra: the command's own flags, ended by a NULL name), open the data, choose the table, act.
 * @return the exit code, 2 after a usage message
 */
int pgc_regression(pgc_app *app, int argc, char **argv, const pgc_flag *extra, pgc_with_table act, void *user);
/** The same of a command that can do without all rows at once: a columnar file is read by blocks when the switch asks
 * for it, or when its columns would take more than half of the machine's memory. */
typedef struct pgc_acts {
    pgc_with_table rows;
    int (*blocks)(pgc_app *app, const pgdp_table *table, const pgdp_regression_spec *spec, void *user);
    const bool *stream; /**< as the command's flag sets it */
} pgc_acts;
int pgc_regression_by_blocks(pgc_app *app, int argc, char **argv, const pgc_flag *extra, const pgc_acts *acts,
                             void *user);
/** The names of columns that a regression may be about. */
typedef struct pgc_columns {
    const char *names[512];
    size_t n;
    bool all; /* it may be about any: "." stands for all others */
    char text[1 << 14];
    size_t used;
} pgc_columns;
/** Every name in the texts of a regression and of the command's own flags. */
void pgc_columns_of(const pgdp_regression_spec *spec, const pgc_flag *extra, pgc_columns *out);
/** Whether a name that must be a column is none of the frame's: then only the whole table tells what is near it. */
bool pgc_columns_lack(const pgdp_regression_spec *spec, const pgc_flag *extra, const pgdp_frame *frame);
/** What a method's covariance is when none is stated. */
const char *pgc_default_vcov(const char *method);
/** The flags' part of --help. */
#define PGC_REGRESSION_HELP                                                                                            \
    "  --data FILE         any file that 'pgdp data show' reads; \"-\" is standard input\n"                            \
    "  --format NAME       of the file, instead of looking\n"                                                          \
    "  --sheet NAME        which table of a file that holds several\n"                                                 \
    "  --cache DIR         keep the columns read there, so that the next run starts at once (or PGDP_CACHE)\n"         \
    "  --method NAME       see below; its settings by name: --tau 0.5, --lambda 0.1\n"                                 \
    "  --vcov SPEC         iid, HC1, cluster(a + b), nw(lag=4), ...; \"; ssc(k_effects=none)\" after it\n"             \
    "  --preset NAME       small-sample corrections of stata, reghdfe, fixest-0.12, fixest-0.13, r-sandwich,\n"        \
    "                      statsmodels, linearmodels, gretl\n"                                                         \
    "  --weights K:COL     aw: analytic, fw: frequency, pw: probability\n"                                             \
    "  --panel ID,TIME     or TIME: order of the rows, and what l() f() d() s() mean\n"                                \
    "  --subset EXPR       rows to use: year >= 2000 & state %in% c(\"CA\", \"NY\")\n"                                 \
    "  --split COL         a model for each level of a column; --fsplit COL: and one for all rows\n"                   \
    "  --offset EXPR       added to the terms\n"                                                                       \
    "  --start 'b1 = 1'    parameters of --method nls and where they start\n"                                          \
    "  --tests LIST        'x1 = x2; x1 = 0, x3 = 0': hypotheses\n"                                                    \
    "  --diagnostics LIST  'breusch_pagan, reset', all, none; default: the method's own\n"                             \
    "  --margins KIND      average or mean: marginal effects\n"                                                        \
    "  --keep-singletons   keep rows alone in a level of an absorbed effect\n"                                         \
    "  --conf-level P      of the intervals, 0.95\n"

#endif
