/* spec.h  A study file as C structs: what to read, score, regress, compute and report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SPEC_H
#define PG_SPEC_H

#include "core/ctx.h"
#include "pgdp/study.h"

/** One list of the inputs that a study names under `data`. */
#define PG_INPUT_LIST(X)                                                                                               \
    X(tasks)                                                                                                           \
    X(task_dwas)                                                                                                       \
    X(activities)                                                                                                      \
    X(occupations)                                                                                                     \
    X(wages)                                                                                                           \
    X(combined)                                                                                                        \
    X(accounts)                                                                                                        \
    X(sector_jobs)                                                                                                     \
    X(series)                                                                                                          \
    X(series_list)                                                                                                     \
    X(published)                                                                                                       \
    X(catalogue)
typedef enum pg_input_index {
#define PGDP_ENTRY(name) PG_INPUT_##name,
    PG_INPUT_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        PG_N_INPUTS,
    PG_INPUT_evidence = PG_N_INPUTS, /**< files that a study may name beside them, under `tasks`; `given` NULL: not */
    PG_INPUT_grades,
    PG_INPUT_statements,
    PG_N_FILES
} pg_input_index;
struct pg_yaml;
/** An input as the study names it. */
typedef struct pg_input {
    const char *name, *given, *path; /**< given: as in the file; path: joined with the study's folder */
    const char *format;              /**< NULL: found by content */
    const char **series;             /**< NULL-ended "fred:GDP" of the store at path; NULL: path is a file */
    const char *as_of;               /**< day on which the store's values were known; NULL: the newest */
    size_t rows;                     /**< PGDP_NONE: not checked */
    const char *release;             /**< "30.1", as stated or as the path tells; NULL: not known */
    double soc;                      /**< year of the SOC it is coded in; 0: not known */
    const struct pg_yaml *checks;    /**< NULL: none beside the columns and keys that every study needs */
    size_t line, column;             /**< in the study file */
} pg_input;
/** Where a part of the study file begins, for messages about what is found only while it computes. */
typedef struct pg_place {
    size_t line, column;
} pg_place;
/** One list of the tables that a regression may name. */
#define PG_TABLE_LIST(X)                                                                                               \
    X(soc_measures)                                                                                                    \
    X(occupations)                                                                                                     \
    X(tasks)                                                                                                           \
    X(activities)                                                                                                      \
    X(series)
typedef enum pg_table_index {
#define PGDP_ENTRY(name) PG_TABLE_##name,
    PG_TABLE_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        PG_N_TABLES
} pg_table_index;
/** A regression of the study. */
typedef struct pg_study_regression {
    const char *title, *table_name;
    pg_table_index table;
    pg_place table_place, place;
    pgdp_regression_spec spec;
    const char *method; /**< as named, or what the formula makes of no name */
    size_t n_models;    /**< of the formula and the settings, before any split */
} pg_study_regression;
/** What the top-down estimate is made from. */
typedef struct pg_top_down_spec {
    const char *output, *hours, *gdp, *gdi; /**< series ids; gdi may be NULL */
    pgdp_period fit_first, fit_last;
    size_t lags;
    double conf_level;
    bool asked;
    pg_place place;
} pg_top_down_spec;
/** Grades from a table of their own, and which of them count. */
typedef struct pg_grades_spec {
    const char *task, *grade; /**< columns of the table; another one names the graders: "grader" */
    const char *grader;       /**< whose grades; PG_ADJUDICATED; NULL: the table has one grade a task */
    const char *rubric,
        *item;          /**< path of the rubric's file, NULL: the levels of scoring; its item, NULL: the only one */
    const char *column; /**< of the tasks that the grades become */
    pg_place place;
} pg_grades_spec;
#define PG_ADJUDICATED "adjudicated"
/** The whole study. Texts and arrays live in the arena it was read into. */
typedef struct pg_study {
    const char *path, *name, *title, *author, *as_of, *purpose;
    uint64_t seed;
    char sha256[65];  /**< of the study file */
    const char *text; /**< the study file itself */
    pg_input inputs[PG_N_FILES];
    pg_grades_spec grades;
    size_t evidence_tier; /**< from which an activity counts as exposed */
    bool mixed_releases;  /**< the task list may be of several releases */
    pgdp_task_weights weights;
    double wages_year;
    pgdp_scoring_request scoring;
    pg_place scoring_place, gap_place, report_place;
    pg_study_regression *regressions;
    size_t n_regressions;
    pgdp_gap_mode mode;
    bool end_to_end; /**< AI does activities that it can do end to end; else what it is expected to do of every task */
    size_t n_draws;
    pgdp_parameter parameters[PGDP_N_PARAMETERS];
    pgdp_gap_new_task *news;
    size_t n_news;
    pgdp_axis *axes;
    size_t n_axes;
    const double *evidence_tiers; /**< another axis: activities with evidence of the tier or above count as done */
    size_t n_evidence_tiers;
    pg_top_down_spec top_down;
    const char **report_series; /**< NULL-ended */
} pg_study;

/** One input: file or store and series, format, rows, checks. @param study  its file, whose folder paths start from
 */
pgdp_status pg_input_read(pgdp_ctx *ctx, const struct pg_yaml *node, pg_arena *arena, const char *study, pg_input *out);
/** Read and check a study file. @return PARSE path:line:column, IO */
pgdp_status pg_study_read(pgdp_ctx *ctx, const char *path, pg_arena *arena, pg_study *out);
/** The part under `regressions`, checked as far as that goes without data. @return PARSE, and with the key's place what
 * a formula, a method, a setting, a covariance or a preset is refused with */
pgdp_status pg_study_read_regressions(pgdp_ctx *ctx, const struct pg_yaml *node, pg_arena *arena, pg_study *out);
/** The parts `grades`, `evidence` and `statements` under `tasks`. */
pgdp_status pg_study_read_grades(pgdp_ctx *ctx, const struct pg_yaml *tasks, pg_arena *arena, pg_study *out);
/** A path relative to the study file's folder. */
pgdp_status pg_study_join(pgdp_ctx *ctx, pg_arena *arena, const char *study, const char *file, const char **out);
/** The part under `gap`. */
pgdp_status pg_study_read_gap(pgdp_ctx *ctx, const struct pg_yaml *node, pg_arena *arena, pg_study *out);

#endif
