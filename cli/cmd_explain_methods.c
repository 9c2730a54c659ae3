/* cmd_explain_methods.c  pgdp explain methods: every estimator and covariance with its settings and source.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/stats.h"

#include <math.h>
#include <stdio.h>

static void print_options(const pgdp_option *options, const char *dashes)
{
    for (const pgdp_option *o = options; o != NULL && o->name != NULL; o++) {
        if (o->kind == PGDP_OPTION_REAL)
            printf("    %s%s (%g, from %g to %g): %s\n", dashes, o->name, o->initial, o->lo, o->hi, o->help);
        else {
            printf("    %s%s (", dashes, o->name);
            for (size_t i = 0; o->choices[i] != NULL; i++)
                printf("%s%s%s", i == 0 ? "" : ", ", o->choices[i],
                       fabs((double)i - o->initial) < 0.5 ? " by default" : "");
            printf("): %s\n", o->help);
        }
    }
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *rest[1];
    const pgc_flag none[] = { { NULL, NULL, NULL } };
    const pgdp_estimator *e;
    const pgdp_vcov *v;
    if (!pgc_parse(app, argc, argv, none, rest, 0)) return 2;
    printf("methods (--method)\n");
    for (size_t i = 0; (e = pgdp_estimator_at(i)) != NULL; i++) {
        printf("  %-10s %s. Source: %s\n", e->name, e->title, e->source);
        print_options(e->options, "--");
    }
    printf("\ncovariances (--vcov)\n");
    for (size_t i = 0; (v = pgdp_vcov_at(i)) != NULL; i++) {
        printf("  %-10s %s. Source: %s\n", v->name, v->title, v->source);
        for (size_t c = 0; v->columns != NULL && v->columns[c] != NULL; c++)
            printf("    %s=COLUMN\n", v->columns[c]);
        print_options(v->options, "");
    }
    return 0;
}

const pgc_command pgc_explain_methods = {
    .name = "explain methods",
    .summary = "every method and covariance with its settings, defaults and source",
    .help =
        "pgdp explain methods\n\nThe lists of estimators and covariances as the program has them: name, settings with\n"
        "default and range or choices, and the paper that defines each.\n",
    .run = run,
};
