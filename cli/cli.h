/* cli.h  The shell around the library: what a command is, how its arguments are read, how it ends.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGC_CLI_H
#define PGC_CLI_H

#include "pgdp/base.h"

/** What every command gets. */
typedef struct pgc_app {
    pgdp_ctx *ctx;
    bool json, quiet, verbose;
    bool has_seed;
    uint64_t seed;
    const char *command; /**< for messages: "pgdp regress" */
} pgc_app;

/** A flag of one command: "--data" with where its value goes, or a switch. Lists end with a NULL name. */
typedef struct pgc_flag {
    const char *name;
    const char **value; /**< the next argument, or what follows "=" */
    bool *given;        /**< a switch without a value */
} pgc_flag;

/** One command (or one of a group, named "data show"): a constant in cli/cmd_NAME.c, listed below. */
typedef struct pgc_command {
    const char *name, *summary;
    const char *help;                                /**< leads with examples */
    int (*run)(pgc_app *app, int argc, char **argv); /**< argv[0] is the first argument; answers the exit code */
} pgc_command;

/* clang-format off */
#define PGC_COMMANDS(X) \
    X(run) X(regress) X(batch) X(event) X(explain_formula) X(explain_se) X(explain_methods) X(tasks_compare) X(tasks_score) X(tasks_agree) X(tasks_grade) X(tasks_monitor) X(tasks_cost) X(tasks_prices) X(tasks_ledger) X(tasks_measures) X(tasks_crosswalk) \
    X(gap_run) X(gap_frameworks) X(data_show) X(data_convert) X(data_aggregate) X(data_disaggregate) X(data_splice) X(data_chain) X(data_check) X(data_compile) \
    X(data_import) X(data_fetch) X(data_list) X(data_search) X(data_series) X(data_history) X(data_diff) X(data_freeze) X(data_export) X(data_verify) \
    X(verify) X(doctor) X(version)
/* clang-format on */
#define PGC_ENTRY(name) extern const pgc_command pgc_##name;
PGC_COMMANDS(PGC_ENTRY)
#undef PGC_ENTRY

/**
 * Sort arguments into flags (those of the command, and --json --quiet --threads --seed of all) and the rest.
 * @param positional  [max] filled from the left, the rest NULL
 * @return false after a usage message on stderr
 */
bool pgc_parse(pgc_app *app, int argc, char **argv, const pgc_flag *flags, const char **positional, size_t max);
/** Usage error on stderr; 2. */
int pgc_usage(const pgc_app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** The library's answer as exit code; a failure's sentence goes to stderr. */
int pgc_end(pgc_app *app, pgdp_status status);
/** Start the program again with the BLAS kernel chosen, unless OPENBLAS_CORETYPE is set or the processor lacks AVX2. */
void pgc_pin_kernel(char **argv);
/** Who tells the user how far a job is. */
typedef struct pgc_progress {
    bool terminal;
    char what[64];
    size_t first, done;  /**< steps when first and last told */
    double began, drawn; /**< seconds of a clock */
} pgc_progress;
/** Tell standard error of the context's progress; *progress outlives the context. */
void pgc_progress_begin(pgdp_ctx *ctx, pgc_progress *progress);
/** Standard output as a sink. */
pgdp_sink pgc_stdout(void);

#endif
