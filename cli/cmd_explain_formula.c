/* cmd_explain_formula.c  pgdp explain formula: the models that a formula stands for, before anything is estimated.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/regression_args.h"

static int act(pgc_app *app, const pgdp_frame *frame, const pgdp_regression_spec *spec, void *user)
{
    (void)user;
    const pgdp_sink sink = pgc_stdout();
    pgdp_regression_spec asked = *spec;
    if (asked.vcov == NULL) asked.vcov = pgc_default_vcov(spec->method);
    return pgc_end(app, pgdp_explain_formula(app->ctx, frame, &asked, app->json, &sink));
}

static int run(pgc_app *app, int argc, char **argv)
{
    const pgc_flag none[] = { { NULL, NULL, NULL } };
    return pgc_regression(app, argc, argv, none, act, NULL);
}

const pgc_command pgc_explain_formula = {
    .name = "explain formula",
    .summary = "the models of a formula: columns, sample, covariance; nothing is estimated",
    .help = "pgdp explain formula 'c(y1, y2) ~ x + csw0(a, b) | firm' --data d.csv --vcov 'cluster(firm)'\n"
            "pgdp explain formula 'y ~ l(x, 1:4)' --data q.csv --panel quarter --json\n\n"
            "Each model with its stand-alone formula, its columns, the rows it uses and those left out by reason, the\n"
            "absorbed effects with their levels, the instruments and the covariance.\n\n" PGC_REGRESSION_HELP
            "  --json              schema pgdp.formula/1\n",
    .run = run,
};
