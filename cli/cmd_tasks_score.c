/* cmd_tasks_score.c  pgdp tasks score: which tasks AI can do, how sure the model is, and what it must beat.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/study.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_RIVALS = 8 };

/** "fractional,elastic_net" to a list in place; false: more than the limit. */
static bool split(char *text, const char **names)
{
    size_t n = 0;
    for (char *at = text; at != NULL;) {
        char *comma = strchr(at, ',');
        if (comma != NULL) *comma++ = '\0';
        if (n == MOST_RIVALS) return false;
        names[n++] = at;
        at = comma;
    }
    return true;
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *study[1], *rivals = NULL, *names[MOST_RIVALS + 1] = { NULL };
    pgdp_score_choice choice = { .seed = app->has_seed ? &app->seed : NULL };
    const pgc_flag flags[] = { { "--model", &choice.model, NULL },
                               { "--rivals", &rivals, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, study, 1)) return 2;
    if (study[0] == NULL) return pgc_usage(app, "which study file?");
    char *words = rivals == NULL ? NULL : strdup(rivals);
    if (words != NULL && !split(words, names)) {
        free(words);
        return pgc_usage(app, "--rivals takes at most %d models", MOST_RIVALS);
    }
    if (words != NULL) choice.rivals = names;
    choice.seed = app->has_seed ? &app->seed : NULL;
    const pgdp_sink sink = pgc_stdout();
    const int code = pgc_end(app, pgdp_study_score(app->ctx, study[0], &choice, app->json, &sink));
    free(words);
    return code;
}

const pgc_command pgc_tasks_score = {
    .name = "tasks score",
    .summary = "which tasks AI can do, how sure the model is, and what it must beat",
    .help = "pgdp tasks score data/studies/baseline.yaml\n"
            "pgdp tasks score data/studies/baseline.yaml --model hierarchical\n"
            "pgdp tasks score data/studies/baseline.yaml --rivals fractional,elastic_net --json\n\n"
            "Fits the study's scoring model and validates it by nested cross-validation, with whole occupations new to "
            "it\n"
            "and again with whole activities. Prints the share of activities that AI can do, the model beside "
            "baselines\n"
            "with paired intervals of the differences, its calibration, conformal sets, and what each group of columns "
            "is worth.\n"
            "  --model NAME    in place of the study's: ordered, fractional, multinomial, elastic_net, hierarchical\n"
            "  --rivals LIST   other models to stand beside it, on the same folds\n"
            "  --json          schema pgdp.tasks.score/1; tasks, activities and occupations among it\n",
    .run = run,
};
