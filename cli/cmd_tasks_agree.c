/* cmd_tasks_agree.c  pgdp tasks agree: how far graders agree, and what they say together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/agreement.h"
#include "pgdp/grading.h"
#include "pgdp/ingest.h"
#include "pgdp/store.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LEVELS = 64 };

/** The only table of a document of a store. */
static pgdp_status read_kept(pgc_app *app, const char *place, const char *document, pgdp_frame **out)
{
    pgdp_store *store = NULL;
    pgdp_status status = pgdp_store_open(app->ctx, place, PGDP_STORE_READ, &store);
    if (status == PGDP_OK) status = pgdp_store_table(app->ctx, store, document, NULL, out);
    pgdp_store_close(store);
    return status;
}

/** The table of grades, in a file or a document of a store; the rubric's file, and where adjudicated labels go. */
typedef struct places {
    const char *grades, *store, *rubric, *labels;
} places;

/** The item meant, and its labels as levels. @return 0, or the exit code after a usage message */
static int use_rubric(const pgc_app *app, const pgdp_rubric *rubric, const pgdp_frame *grades,
                      pgdp_agreement_request *q)
{
    const char *items[MOST_LEVELS];
    size_t n = 0;
    while (n < MOST_LEVELS && (items[n] = pgdp_rubric_item(rubric, n)) != NULL)
        n++;
    q->levels = pgdp_rubric_labels(rubric, q->item);
    q->values = pgdp_rubric_values(rubric, q->item);
    if (q->levels == NULL && q->item == NULL)
        return pgc_usage(app, "the rubric has %zu items; which? --item %s", n, items[0]);
    if (q->levels == NULL) {
        const char *near = pgdp_nearest(q->item, items, n);
        return pgc_usage(app, "the rubric has no item \"%s\"; did you mean %s?", q->item,
                         near == NULL ? items[0] : near);
    }
    if (pgdp_frame_find(grades, q->item_column) != PGDP_NONE && q->item == NULL) q->item = items[0];
    return 0;
}

static int compare(pgc_app *app, const places *at, pgdp_agreement_request *request)
{
    pgdp_rubric *rubric = NULL;
    pgdp_dataset *dataset = NULL;
    pgdp_frame *kept = NULL;
    pgdp_agreement *agreement = NULL;
    const pgdp_sink sink = pgc_stdout();
    int code = 0;
    pgdp_status status = at->rubric == NULL ? PGDP_OK : pgdp_rubric_read(app->ctx, at->rubric, &rubric);
    if (status == PGDP_OK)
        status = at->store == NULL ? pgdp_ingest_file(app->ctx, NULL, at->grades, &dataset)
                                   : read_kept(app, at->store, at->grades, &kept);
    const pgdp_frame *grades = dataset == NULL ? kept : pgdp_dataset_table(dataset, 0);
    if (status == PGDP_OK && rubric != NULL) code = use_rubric(app, rubric, grades, request);
    if (status == PGDP_OK && code == 0) status = pgdp_agreement_new(app->ctx, grades, request, &agreement);
    if (agreement != NULL) status = pgc_write_frame(app, pgdp_agreement_labels(agreement), at->labels);
    if (agreement != NULL && status == PGDP_OK) status = pgdp_agreement_write(app->ctx, agreement, app->json, &sink);
    pgdp_agreement_free(agreement);
    pgdp_dataset_free(dataset);
    pgdp_frame_free(kept);
    pgdp_rubric_free(rubric);
    return code != 0 ? code : pgc_end(app, status);
}

/** What is asked as words, and the lists made of them. */
typedef struct words {
    const char *levels, *graders, *scale, *draws, *conf_level;
    const char *level[MOST_LEVELS + 1], *grader[MOST_LEVELS + 1];
} words;

/** Numbers and the scale. @return false after a usage message */
static bool read_words(const pgc_app *app, const words *w, pgdp_agreement_request *q)
{
    double n_draws = 1000;
    size_t s = 0;
    while (pgdp_scale_names()[s] != NULL && strcmp(pgdp_scale_names()[s], w->scale) != 0)
        s++;
    if (pgdp_scale_names()[s] == NULL) {
        (void)pgc_usage(app, "--scale takes nominal, ordinal or interval, found \"%s\"", w->scale);
        return false;
    }
    if (!pgc_number(app, "--draws", w->draws, (const double[2]){ 0, 1e6 }, &n_draws) ||
        !pgc_number(app, "--conf-level", w->conf_level, (const double[2]){ 0.01, 0.9999 }, &q->conf_level))
        return false;
    q->scale = (pgdp_scale)s;
    q->n_draws = (size_t)n_draws;
    q->seed = app->has_seed ? app->seed : 1;
    return true;
}

/** The lists, split in copies that live until the answer. */
static int with_lists(pgc_app *app, const places *at, words *w, pgdp_agreement_request *q)
{
    char *levels = w->levels == NULL ? NULL : strdup(w->levels);
    char *graders = w->graders == NULL ? NULL : strdup(w->graders);
    int code;
    if ((levels != NULL && !pgc_split(levels, w->level, MOST_LEVELS)) ||
        (graders != NULL && !pgc_split(graders, w->grader, MOST_LEVELS))) {
        code = pgc_usage(app, "--levels and --graders take at most %d words", MOST_LEVELS);
    } else {
        q->levels = levels == NULL ? NULL : w->level;
        q->graders = graders == NULL ? NULL : w->grader;
        code = compare(app, at, q);
    }
    free(levels);
    free(graders);
    return code;
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[1];
    words w = { .scale = "nominal" };
    places at = { NULL, NULL, NULL, NULL };
    pgdp_agreement_request q = { .task = "task_id", .grader = "grader", .grade = "grade", .item_column = "item" };
    const pgc_flag flags[] = { { "--task", &q.task, NULL },
                               { "--grader", &q.grader, NULL },
                               { "--grade", &q.grade, NULL },
                               { "--graders", &w.graders, NULL },
                               { "--levels", &w.levels, NULL },
                               { "--scale", &w.scale, NULL },
                               { "--draws", &w.draws, NULL },
                               { "--labels", &at.labels, NULL },
                               { "--conf-level", &w.conf_level, NULL },
                               { "--rubric", &at.rubric, NULL },
                               { "--item", &q.item, NULL },
                               { "--store", &at.store, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 1)) return 2;
    if (path[0] == NULL) return pgc_usage(app, "which table of grades?");
    if (w.levels != NULL && at.rubric != NULL) return pgc_usage(app, "--levels or --rubric, not both");
    if (!read_words(app, &w, &q)) return 2;
    at.grades = path[0];
    return with_lists(app, &at, &w, &q);
}

const pgc_command pgc_tasks_agree = {
    .name = "tasks agree",
    .summary = "how far graders agree, and what they say together",
    .help =
        "pgdp tasks agree grades.csv\n"
        "pgdp tasks agree grades.csv --grader model --scale ordinal --levels T0,T1,T2,T3,T4\n"
        "pgdp tasks agree data/tasks.csv --graders human_exposure,gpt4_exposure --levels E0,E2,E1\n"
        "pgdp tasks agree grades.csv --draws 2000 --labels adjudicated.csv --json\n\n"
        "GRADES has a row for each task and grader, or a column for each grader. Prints agreement, Fleiss' kappa,\n"
        "Krippendorff's alpha, Gwet's AC and the mean of Cohen's kappas with bootstrap intervals over tasks; every\n"
        "pair of graders with kappa and correlations; and each grader's error rates by Dawid and Skene's latent "
        "classes.\n"
        "  --store STORE    GRADES is a document of this store ('pgdp data import grades.csv --store STORE')\n"
        "  --task, --grader, --grade COL   columns: task_id, grader, grade\n"
        "  --graders LIST   columns of grades, of a table with a column a grader\n"
        "  --levels LIST    the rubric from lowest to highest; a grade outside it is an error; default: as found\n"
        "  --rubric FILE    the same from a rubric's file, whose values count with --scale interval\n"
        "  --item NAME      only rows whose column item says so, of a table with several; default: the rubric's only "
        "one\n"
        "  --scale NAME     nominal (default), ordinal, interval: how far apart two labels are\n"
        "  --draws N        of the bootstrap, 1000; 0: no intervals\n"
        "  --conf-level P   of the intervals, 0.95\n"
        "  --labels FILE    a CSV with a row a task as well: majority, most probable label, probabilities\n"
        "  --json           schema pgdp.tasks.agree/1, the tasks' labels among it\n",
    .run = run,
};
