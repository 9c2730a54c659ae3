/* cmd_explain_se.c  pgdp explain se: every standard error as arithmetic.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/regression_args.h"

static int act(pgc_app *app, const pgdp_frame *frame, const pgdp_regression_spec *spec, void *user)
{
    (void)user;
    const pgdp_sink sink = pgc_stdout();
    pgdp_regression_spec asked = *spec;
    if (asked.vcov == NULL) asked.vcov = pgc_default_vcov(spec->method);
    return pgc_end(app, pgdp_explain_se(app->ctx, frame, &asked, app->json, &sink));
}

static int run(pgc_app *app, int argc, char **argv)
{
    const pgc_flag none[] = { { NULL, NULL, NULL } };
    return pgc_regression(app, argc, argv, none, act, NULL);
}

const pgc_command pgc_explain_se = {
    .name = "explain se",
    .summary = "every standard error of a model as arithmetic",
    .help =
        "pgdp explain se 'y ~ x | firm' --data d.csv --vcov 'cluster(firm)'\n"
        "pgdp explain se 'y ~ x' --data d.csv --vcov HC1 --preset stata --json\n\n"
        "The covariance's factors with their values, the bread, the meat, and for each term the product whose root\n"
        "is the printed standard error.\n\n" PGC_REGRESSION_HELP "  --json              schema pgdp.se/1\n",
    .run = run,
};
