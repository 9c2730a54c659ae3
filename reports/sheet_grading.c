/* sheet_grading.c  How well the scoring model predicts, how reliable its probabilities are, how graders agree.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "reports/sheets.h"

static const pg_shown comparison[] = {
    { .column = "model", .name = "Model" },
    { .column = "title", .name = "What it knows" },
    { .column = "judged", .name = "Judged" },
    { .column = "n", .name = "Tasks", .unit = "count" },
    { .column = "log_loss", .name = "Log loss", .format = PG_FORMAT_number4 },
    { .column = "brier", .name = "Brier score", .unit = "", .format = PG_FORMAT_number4 },
    { .column = "rps", .name = "Ranked probability score", .unit = "", .format = PG_FORMAT_number4 },
    { .column = "auc", .name = "AUC", .unit = "", .format = PG_FORMAT_number3 },
    { .column = "accuracy", .name = "Accuracy" },
    { .column = "spearman", .name = "Rank correlation", .unit = "", .format = PG_FORMAT_number3 },
    { .column = "ece", .name = "Calibration error" },
    { .column = NULL },
};
static const pg_shown differences[] = {
    { .column = "model", .name = "The model less" },
    { .column = "judged", .name = "Judged" },
    { .column = "measure", .name = "Loss" },
    { .column = "difference", .name = "Difference", .unit = "", .format = PG_FORMAT_number4 },
    { .column = "conf_low", .name = "Low", .unit = "", .format = PG_FORMAT_number4 },
    { .column = "conf_high", .name = "High", .unit = "", .format = PG_FORMAT_number4 },
    { .column = "n_clusters", .name = "Units drawn", .unit = "count" },
    { .column = NULL },
};
static const pg_shown conformal[] = {
    { .column = "new", .name = "New" },
    { .column = "level", .name = "Level" },
    { .column = "coverage", .name = "Coverage" },
    { .column = "conf_low", .name = "Low" },
    { .column = "conf_high", .name = "High" },
    { .column = "mean_size", .name = "Mean number of grades", .unit = "", .format = PG_FORMAT_number3 },
    { .column = "single", .name = "One grade alone" },
    { .column = NULL },
};
static const pg_shown importance[] = {
    { .column = "title", .name = "Columns shuffled" },
    { .column = "log_loss_added", .name = "Log loss added", .format = PG_FORMAT_number4 },
    { .column = "std_error", .name = "Std. error", .format = PG_FORMAT_number4 },
    { .column = NULL },
};
static const pg_shown calibration[] = {
    { .column = "bin", .name = "Tenth", .unit = "count" },
    { .column = "n", .name = "Tasks", .unit = "count" },
    { .column = "predicted", .name = "Predicted" },
    { .column = "observed", .name = "Observed" },
    { .column = "conf_low", .name = "Low" },
    { .column = "conf_high", .name = "High" },
    { .column = NULL },
};
static const pg_shown path[] = {
    { .column = "lambda", .name = "Penalty" },
    { .column = "log_loss", .name = "Log loss", .format = PG_FORMAT_number4 },
    { .column = "std_error", .name = "Std. error", .format = PG_FORMAT_number4 },
    { .column = "chosen", .name = "Chosen", .truth = true },
    { .column = NULL },
};
static const pg_shown measures[] = {
    { .column = "name", .name = "Measure" },
    { .column = "title", .name = "Title" },
    { .column = "level", .name = "Level" },
    { .column = "n", .name = "Rows", .unit = "count" },
    { .column = "mean", .name = "Mean", .unit = "", .format = PG_FORMAT_number3 },
    { .column = "sd", .name = "Std. deviation", .unit = "", .format = PG_FORMAT_number3 },
    { .column = NULL },
};
static const pg_shown pairs[] = {
    { .column = "level", .name = "Level" },
    { .column = "a", .name = "First" },
    { .column = "b", .name = "Second" },
    { .column = "n", .name = "Rows", .unit = "count" },
    { .column = "agreement", .name = "Agreement" },
    { .column = "kappa", .name = "Weighted kappa" },
    { .column = "pearson", .name = "Pearson" },
    { .column = "spearman", .name = "Spearman" },
    { .column = "kendall", .name = "Kendall" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->comparison != NULL || results->calibration != NULL || results->path != NULL ||
           results->measures != NULL || results->measure_pairs != NULL;
}

/* Observed against predicted, with the diagonal of a perfectly reliable forecast. */
static void add_chart(const pg_table *table, pg_page *page)
{
    const size_t predicted = pg_shown_column(table, "Predicted"), observed = pg_shown_column(table, "Observed"),
                 low = pg_shown_column(table, "Low"), high = pg_shown_column(table, "High");
    if (table->n_rows == 0 || predicted == PGDP_NONE || observed == PGDP_NONE || low == PGDP_NONE || high == PGDP_NONE)
        return;
    size_t covered = 0;
    for (const pg_value *row = table->values; row < table->values + table->n_rows * table->n_columns;
         row += table->n_columns)
        if (row[low].number <= row[predicted].number && row[predicted].number <= row[high].number) covered++;
    const pg_chart about = {
        .kind = PG_CHART_SCATTER,
        .title = pg_say(page->book, "Reliability out of fold: the interval covers the prediction in %zu of %zu tenths",
                        covered, table->n_rows),
        .x_title = "Predicted probability, %",
        .y_title = "Observed share, %",
        .alt =
            "Reliability curve: observed share of tasks at the threshold by tenth of the predicted probability, with "
            "interval and the diagonal",
        .table = table,
        .n_rows = table->n_rows,
        .x_format = PG_FORMAT_percent,
        .y_format = PG_FORMAT_percent,
    };
    pg_chart *chart = pg_page_chart(page, &about);
    pg_chart_series(chart, "Observed", predicted, observed);
    pg_chart_series(chart, "Perfectly reliable", predicted, predicted);
    pg_chart_series(chart, "Low", predicted, low);
    pg_chart_series(chart, "High", predicted, high);
    for (size_t i = 1; chart != NULL && i < chart->n_series; i++) {
        chart->series[i].dashed = true;
        chart->series[i].pale = i > 1;
    }
}

static pgdp_status add(pgdp_ctx *ctx, pg_page *page, const char *id, const pgdp_frame *frame, const pg_shown *shown)
{
    static const struct {
        const char *id, *heading;
    } headings[] = {
        { "comparison", "The model beside baselines, out of fold" },
        { "differences", "What the model loses less: paired differences" },
        { "conformal", "Sets of neighbouring grades that hold the grade at a level" },
        { "importance", "What each group of columns is worth" },
        { "calibration", "Calibration by tenth of the predicted probability" },
        { "penalties", "Penalty path of the cross-validation" },
        { "measures", "Measures of exposure" },
        { "agreement", "Agreement of measures and graders" },
    };
    if (frame == NULL) return PGDP_OK;
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        if (pg_streq(headings[i].id, id)) pg_page_heading(page, headings[i].heading);
    return pg_frame_table(ctx, page, id, frame, shown, NULL);
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    PG_TRY(add(ctx, page, "comparison", results->comparison, comparison));
    PG_TRY(add(ctx, page, "calibration", results->calibration, calibration));
    PG_TRY(add(ctx, page, "penalties", results->path, path));
    PG_TRY(add(ctx, page, "differences", results->differences, differences));
    PG_TRY(add(ctx, page, "conformal", results->conformal, conformal));
    PG_TRY(add(ctx, page, "importance", results->importance, importance));
    PG_TRY(add(ctx, page, "measures", results->measures, measures));
    PG_TRY(add(ctx, page, "agreement", results->measure_pairs, pairs));
    const pg_table *table = pg_book_table(page->book, "calibration");
    if (table != NULL) add_chart(table, page);
    pg_page_note(
        page,
        "Out of fold: each task is predicted by a model that saw no task of its occupation; with new activities, none "
        "of its activities. Lower is better for log loss, Brier and ranked probability score. Intervals of "
        "differences: bootstrap of whole occupations or activities. Agreement: share of rows with the same value.");
    pg_page_note(page, "Source: labels of GPTs-are-GPTs (people, GPT-4), recomputed here.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_grading = {
    .name = "Grading",
    .title = "Grading: the scoring model and the graders",
    .about =
        "Model and baselines with paired differences, calibration, penalty path, sets, importance, measures, agreement",
    .present = present,
    .fill = fill,
};
