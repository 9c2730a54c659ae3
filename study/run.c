/* run.c  The steps of a study, in order: tasks, scores, regressions, gap, top-down, series.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/run.h"

#include "core/checks.h"
#include "core/text.h"
#include "gap/workload.h"
#include "stats/series.h"
#include "study/from_store.h"
#include "tasks/soc_measures.h"

void pg_run_init(pgdp_ctx *ctx, pg_run *run)
{
    *run = (pg_run){ .n_work = 0 };
    pg_arena_init(&run->arena, &ctx->allocator);
}

void pg_run_free(pg_run *run)
{
    pgdp_frame *const frames[] = { run->by_occupation, run->measures,   run->pairs,       run->soc_measures,
                                   run->gap_detail,    run->bands,      run->shares,      run->grid,
                                   run->top_down,      run->series,     run->key_figures, run->checks,
                                   run->notes,         run->provenance, run->tasks,       run->sources };
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        pgdp_frame_free(frames[i]);
    for (size_t i = 0; i < run->n_models; i++)
        pgdp_models_free(run->models[i]);
    pgdp_regression_free(run->trend);
    pgdp_scoring_free(run->scoring);
    pgdp_monitor_free(run->monitor);
    pgdp_task_list_free(run->list);
    pg_loaded_free(&run->loaded);
    pg_arena_free(&run->arena);
}

pgdp_status pg_run_load(pgdp_ctx *ctx, const char *study_path, const uint64_t *seed, pg_run *run)
{
    PG_TRY(pg_study_read(ctx, study_path, &run->arena, &run->study));
    if (seed != NULL) run->study.seed = run->study.scoring.seed = *seed;
    PG_TRY(pg_checks_new(ctx, &run->checks));
    return pg_study_load(ctx, &run->study, &run->loaded, run->checks);
}

pgdp_status pg_run_list(pgdp_ctx *ctx, pg_run *run)
{
    const pg_loaded *in = &run->loaded;
    PG_TRY(pg_run_grades(ctx, run));
    const pgdp_task_inputs inputs = { .tasks = run->tasks != NULL ? run->tasks : pg_loaded_table(in, PG_INPUT_tasks),
                                      .task_dwas = pg_loaded_table(in, PG_INPUT_task_dwas),
                                      .activities = pg_loaded_table(in, PG_INPUT_activities),
                                      .occupations = pg_loaded_table(in, PG_INPUT_occupations),
                                      .wages = pg_loaded_table(in, PG_INPUT_wages),
                                      .combined = pg_loaded_table(in, PG_INPUT_combined),
                                      .published = pg_loaded_table(in, PG_INPUT_published),
                                      .wages_year = run->study.wages_year,
                                      .statements = pg_loaded_table(in, PG_INPUT_statements) };
    return pgdp_task_list_new(ctx, &inputs, run->study.weights, &run->list);
}

pgdp_status pg_run_tasks(pgdp_ctx *ctx, pg_run *run)
{
    PG_TRY(pg_run_list(ctx, run));
    return pgdp_scores_compute(ctx, run->list, &run->by_occupation, &run->measures, &run->pairs);
}

/** What went wrong while computing a part of the study, with its place there. */
static pgdp_status within(pgdp_ctx *ctx, pgdp_status status, const pg_run *run, pg_place at, const char *part)
{
    if (status == PGDP_OK) return PGDP_OK;
    return pg_fail_within(ctx, status, "%s:%zu:%zu: %s", run->study.path, at.line, at.column, part);
}

static pgdp_status find_table(pgdp_ctx *ctx, const pg_run *run, const pg_study_regression *r, const pgdp_frame **out)
{
    const pgdp_frame *const frames[PG_N_TABLES] = {
        [PG_TABLE_soc_measures] = run->soc_measures,
        [PG_TABLE_occupations] = pgdp_scoring_occupations(run->scoring),
        [PG_TABLE_tasks] = pgdp_scoring_tasks(run->scoring),
        [PG_TABLE_activities] = pgdp_scoring_activities(run->scoring),
        [PG_TABLE_series] = run->series,
    };
    *out = frames[r->table];
    if (*out != NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE,
                   "%s:%zu:%zu: found no table \"%s\", which holds the series of report; name some under report.series",
                   run->study.path, r->table_place.line, r->table_place.column, r->table_name);
}

/** Evidence of what AI does, where the study has some: the classes of each tier must add up to all. */
static pgdp_status monitor(pgdp_ctx *ctx, pg_run *run)
{
    double classes = 0, all = 0;
    if (run->study.inputs[PG_INPUT_evidence].given == NULL) return PGDP_OK;
    PG_TRY(pgdp_monitor_new(ctx, run->list, pg_loaded_table(&run->loaded, PG_INPUT_evidence), run->study.evidence_tier,
                            &run->monitor));
    const pgdp_frame *tiers = pgdp_monitor_tiers(run->monitor);
    const double *usd = pgdp_frame_reals(tiers, pgdp_frame_find(tiers, "wage_bill_usd"));
    for (size_t i = 0; i < pgdp_frame_n_rows(tiers); i++) {
        const bool is_all = pg_streq(pgdp_frame_text(tiers, pgdp_frame_find(tiers, "class"), i), "all");
        *(is_all ? &all : &classes) += usd[i];
    }
    return pg_checks_add(ctx, run->checks, "exposed pay of the classes adds up to all, over the tiers, usd", classes,
                         all, 0);
}

/** All models of one regression of the study; one that cannot be fitted stops the study. */
static pgdp_status regress(pgdp_ctx *ctx, const pg_run *run, const pg_study_regression *r, pgdp_models **out)
{
    const pgdp_frame *table = NULL;
    pgdp_regression_spec spec = r->spec;
    spec.seed = (double)run->study.seed; /* --seed may have replaced the file's */
    PG_TRY(find_table(ctx, run, r, &table));
    pgdp_status status = pgdp_models_new(ctx, table, &spec, out);
    for (size_t k = 0; status == PGDP_OK && k < pgdp_models_n(*out); k++) {
        const pgdp_model model = pgdp_models_at(*out, k);
        if (model.status != PGDP_OK) status = pg_fail(ctx, model.status, "%s", model.error);
    }
    if (status == PGDP_OK) return PGDP_OK;
    return pg_fail_within(ctx, status, "%s:%zu:%zu: regression %s", run->study.path, r->place.line, r->place.column,
                          r->spec.id);
}

static pgdp_status regress_all(pgdp_ctx *ctx, pg_run *run)
{
    const pg_study *study = &run->study;
    size_t n = 0;
    PG_TRY_ALLOC(ctx, run->models, pg_arena_alloc(&run->arena, study->n_regressions, sizeof(pgdp_models *)));
    for (size_t i = 0; i < study->n_regressions; i++) {
        const pgdp_status status = regress(ctx, run, &study->regressions[i], &run->models[i]);
        run->n_models += run->models[i] != NULL;
        if (status != PGDP_OK) return status;
        n += pgdp_models_n(run->models[i]);
    }
    PG_TRY_ALLOC(ctx, run->regressions, pg_arena_alloc(&run->arena, n + 1, sizeof(pgdp_regression *)));
    for (size_t i = 0; i < run->n_models; i++)
        for (size_t k = 0; k < pgdp_models_n(run->models[i]); k++)
            run->regressions[run->n_regressions++] = pgdp_models_at(run->models[i], k).regression;
    return PGDP_OK;
}

/** The central run's cells, their aggregates and detail. */
static pgdp_status compute_gap(pgdp_ctx *ctx, pg_run *run, const pgdp_workload *work, size_t n, pgdp_gap_mode mode,
                               pgdp_gap *out, pgdp_frame **detail)
{
    double values[PGDP_N_PARAMETERS];
    pgdp_gap_cell *cells;
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        values[i] = run->study.parameters[i].value;
    PG_TRY_ALLOC(ctx, cells, pg_arena_alloc(&run->arena, 2 * n, sizeof *cells));
    pgdp_gap_cells(work, n, values, mode, cells);
    return pgdp_gap_compute(ctx, cells, 2 * n, run->study.news, run->study.n_news, mode, out, detail);
}

static pgdp_status bottom_up(pgdp_ctx *ctx, pg_run *run, pgdp_gap_request *request)
{
    const pg_study *study = &run->study;
    const pg_workload_inputs in = { .occupations = pgdp_scoring_occupations(run->scoring),
                                    .accounts = pg_loaded_table(&run->loaded, PG_INPUT_accounts),
                                    .sector_jobs = pg_loaded_table(&run->loaded, PG_INPUT_sector_jobs),
                                    .end_to_end = study->end_to_end };
    const pgdp_gap_mode other = study->mode == PGDP_GAP_GROSS ? PGDP_GAP_ACCOUNTS : PGDP_GAP_GROSS;
    pgdp_workload *other_work;
    size_t n_other;
    PG_TRY(pg_workload(ctx, &in, study->mode, &run->arena, &run->work, &run->n_work));
    PG_TRY(pg_workload(ctx, &in, other, &run->arena, &other_work, &n_other));
    PG_TRY(compute_gap(ctx, run, run->work, run->n_work, study->mode, &run->gap, &run->gap_detail));
    PG_TRY(compute_gap(ctx, run, other_work, n_other, other, &run->gap_other, NULL));
    *request = (pgdp_gap_request){ .work = run->work,
                                   .n_work = run->n_work,
                                   .news = study->news,
                                   .n_news = study->n_news,
                                   .parameters = study->parameters,
                                   .mode = study->mode,
                                   .n_draws = study->n_draws,
                                   .seed = study->seed };
    PG_TRY(pgdp_gap_simulate(ctx, request, &run->bands, &run->shares));
    if (study->n_evidence_tiers > 0) return pg_run_evidence_grid(ctx, run, &run->grid);
    return pgdp_gap_grid(ctx, request, study->axes, study->n_axes, &run->grid);
}

/** GDP and GDI must be billions of dollars, or the gap's would not be. */
static pgdp_status check_dollars(pgdp_ctx *ctx, const pgdp_frame *series, const char *name, const char *id)
{
    const size_t j = pgdp_frame_find(series, name);
    const char *unit = j != PGDP_NONE ? pgdp_frame_column(series, j)->unit : NULL;
    if (j == PGDP_NONE || unit == NULL || pg_streq(unit, "usd_bn")) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE,
                   "found the unit \"%s\" of series %s as \"%s\", expected usd_bn; name another series", unit, id,
                   name);
}

static pgdp_status top_down(pgdp_ctx *ctx, pg_run *run)
{
    const pg_top_down_spec *t = &run->study.top_down;
    if (!t->asked) return PGDP_OK;
    const char *const ids[] = { t->output, t->hours, t->gdp, t->gdi, NULL };
    static const char *const names[] = { "real_output", "hours", "gdp", "gdi", NULL };
    const pg_series_request wide = { .series = pg_loaded_table(&run->loaded, PG_INPUT_series),
                                     .list = pg_loaded_table(&run->loaded, PG_INPUT_series_list),
                                     .ids = ids,
                                     .names = names,
                                     .frequency = PGDP_QUARTERLY };
    pgdp_frame *series = NULL;
    PG_TRY(pg_series_wide(ctx, &wide, &series));
    const pgdp_top_down_request request = { .series = series,
                                            .fit_first = t->fit_first,
                                            .fit_last = t->fit_last,
                                            .conf_level = t->conf_level,
                                            .lags = t->lags };
    pgdp_status status = check_dollars(ctx, series, "gdp", t->gdp);
    if (status == PGDP_OK) status = check_dollars(ctx, series, "gdi", t->gdi);
    if (status == PGDP_OK) status = pgdp_gap_top_down(ctx, &request, &run->top_down, &run->trend);
    pgdp_frame_free(series);
    return status;
}

static pgdp_status report_series(pgdp_ctx *ctx, pg_run *run)
{
    if (run->study.report_series == NULL) return PGDP_OK;
    const pg_series_request wide = { .series = pg_loaded_table(&run->loaded, PG_INPUT_series),
                                     .list = pg_loaded_table(&run->loaded, PG_INPUT_series_list),
                                     .ids = run->study.report_series,
                                     .frequency = PGDP_QUARTERLY };
    return pg_series_wide(ctx, &wide, &run->series);
}

/** Views of all that was computed; the trend is the last regression. */
static void fill_results(pg_run *run)
{
    const pgdp_scoring *s = run->scoring;
    const pgdp_monitor *m = run->monitor;
    if (run->trend != NULL) run->regressions[run->n_regressions++] = run->trend;
    run->results = (pgdp_results){ .title = run->study.title,
                                   .name = run->study.name,
                                   .author = run->study.author,
                                   .as_of = run->study.as_of,
                                   .purpose = run->study.purpose,
                                   .key_figures = run->key_figures,
                                   .tasks = pgdp_scoring_tasks(s),
                                   .activities = pgdp_scoring_activities(s),
                                   .occupations = pgdp_scoring_occupations(s),
                                   .headline = pgdp_scoring_headline(s),
                                   .comparison = pgdp_scoring_comparison(s),
                                   .calibration = pgdp_scoring_calibration(s),
                                   .path = pgdp_scoring_path(s),
                                   .evidence_headline = m == NULL ? NULL : pgdp_monitor_headline(m),
                                   .evidence_tiers = m == NULL ? NULL : pgdp_monitor_tiers(m),
                                   .evidence = m == NULL ? NULL : pgdp_monitor_activities(m),
                                   .differences = pgdp_scoring_differences(s),
                                   .conformal = pgdp_scoring_conformal(s),
                                   .importance = pgdp_scoring_importance(s),
                                   .measures = run->measures,
                                   .measure_pairs = run->pairs,
                                   .regressions = run->regressions,
                                   .n_regressions = run->n_regressions,
                                   .gap = &run->gap,
                                   .gap_other = &run->gap_other,
                                   .mode = run->study.mode,
                                   .gap_detail = run->gap_detail,
                                   .bands = run->bands,
                                   .shares = run->shares,
                                   .grid = run->grid,
                                   .work = run->work,
                                   .n_work = run->n_work,
                                   .parameters = run->study.parameters,
                                   .top_down = run->top_down,
                                   .series = run->series,
                                   .series_list = pg_loaded_table(&run->loaded, PG_INPUT_series_list),
                                   .published = pg_loaded_table(&run->loaded, PG_INPUT_published),
                                   .checks = run->checks,
                                   .sources = run->sources != NULL ? run->sources
                                                                   : pg_loaded_table(&run->loaded, PG_INPUT_catalogue),
                                   .notes = run->notes,
                                   .provenance = run->provenance,
                                   .scoring_fit = pgdp_scoring_fit(s),
                                   .news = run->study.news,
                                   .n_news = run->study.n_news };
}

pgdp_status pg_run_compute(pgdp_ctx *ctx, pg_run *run)
{
    const pg_study *study = &run->study;
    pgdp_gap_request request;
    PG_TRY(pg_run_tasks(ctx, run));
    PG_TRY(pg_soc_measures(ctx, run->list, run->by_occupation, &run->soc_measures));
    PG_TRY(within(ctx, pgdp_scoring_new(ctx, run->list, &study->scoring, &run->scoring), run, study->scoring_place,
                  "tasks.scoring"));
    const pg_input *evidence = &study->inputs[PG_INPUT_evidence];
    PG_TRY(within(ctx, monitor(ctx, run), run, (pg_place){ evidence->line, evidence->column }, "tasks.evidence"));
    PG_TRY(within(ctx, report_series(ctx, run), run, study->report_place, "report"));
    PG_TRY(regress_all(ctx, run));
    PG_TRY(within(ctx, bottom_up(ctx, run, &request), run, study->gap_place, "gap"));
    PG_TRY(within(ctx, top_down(ctx, run), run, study->top_down.place, "gap.top_down"));
    PG_TRY(pg_run_figures(ctx, run));
    PG_TRY(pg_store_sources(ctx, study, pg_loaded_table(&run->loaded, PG_INPUT_catalogue), &run->sources));
    fill_results(run);
    return PGDP_OK;
}
