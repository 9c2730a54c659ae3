/* cmd_data_disaggregate.c  pgdp data disaggregate: a series to a higher frequency. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "cli/calendar_args.h"
#include "cli/option_flags.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** What the regression on the indicators found, for people. */
static void tell(const pgc_app *app, const pgdp_frame *result, const pgdp_frame *indicators)
{
    const char *rho = pgdp_frame_note(result, "rho");
    if (rho == NULL || app->quiet) return;
    fprintf(stderr, "rho %s", rho);
    for (size_t j = 0; j <= (indicators == NULL ? 0 : pgdp_frame_n_columns(indicators)); j++) {
        const char *name = j == 0 ? "(Intercept)" : pgdp_frame_column(indicators, j - 1)->name;
        char coef[256], error[256];
        snprintf(coef, sizeof coef, "coef:%s", name);
        snprintf(error, sizeof error, "std_error:%s", name);
        if (pgdp_frame_note(result, coef) != NULL)
            fprintf(stderr, "; %s %s (%s)", name, pgdp_frame_note(result, coef), pgdp_frame_note(result, error));
    }
    fputc('\n', stderr);
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[1], *to = NULL, *how = NULL, *method = NULL, *column = NULL, *indicators = NULL, *rho = NULL,
                         *out = NULL;
    pgdp_disaggregation d = { .to = PGDP_NO_FREQUENCY, .rho = (double)NAN };
    pgdp_frame *low = NULL, *high = NULL, *result = NULL;
    int aggregate = 0, disaggregator = PGDP_DENTON;
    const pgc_flag flags[] = { { "--to", &to, NULL },         { "--how", &how, NULL },
                               { "--method", &method, NULL }, { "--column", &column, NULL },
                               { "--rho", &rho, NULL },       { "--indicators", &indicators, NULL },
                               { "--out", &out, NULL },       { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 1)) return 2;
    if (path[0] == NULL || column == NULL || to == NULL || how == NULL)
        return pgc_usage(app, "which series, to what, adding up how? write FILE --column NAME --to monthly --how mean");
    if (!pgc_frequency(app, "--to", to, &d.to) || !pgc_choice(app, "--how", how, pgdp_aggregate_names(), &aggregate) ||
        !pgc_choice(app, "--method", method, pgdp_disaggregator_names(), &disaggregator) ||
        !pgc_number(app, "--rho", rho, (const double[2]){ 0, 1 }, &d.rho))
        return 2;
    d.how = (pgdp_aggregate)aggregate;
    d.method = (pgdp_disaggregator)disaggregator;
    pgdp_status status = pgc_series_load(app, path[0], &low);
    if (status == PGDP_OK && indicators != NULL) status = pgc_series_load(app, indicators, &high);
    if (status == PGDP_OK) status = pgdp_frame_disaggregate(app->ctx, low, column, high, &d, &result);
    if (status == PGDP_OK) tell(app, result, high);
    pgdp_frame_free(low);
    pgdp_frame_free(high);
    return pgc_end(app, pgc_series_end(app, status, result, out));
}

const pgc_command pgc_data_disaggregate = {
    .name = "data disaggregate",
    .summary = "a series to a higher frequency: Denton, Chow-Lin, Fernandez",
    .help = "pgdp data disaggregate accounts.csv --column GDP --to monthly --how mean --indicators INDPRO.csv\n"
            "pgdp data disaggregate annual.csv --column sales --to quarterly --how sum --method chow_lin --indicators "
            "q.csv\n\n"
            "The result adds up to the series, to rounding, and goes on as far as the indicators reach.\n\n"
            "  --column NAME      the series of FILE\n"
            "  --to NAME          semiannual, quarterly, monthly\n"
            "  --how NAME         what the low value is of the high ones: sum, mean, first, last\n"
            "  --method NAME      denton (default: changes of the ratio to the indicator least), denton_additive,\n"
            "                     chow_lin (regression, errors AR(1)), fernandez (errors a random walk)\n"
            "  --indicators FILE  series of the higher frequency; denton takes one; none: a constant\n"
            "  --rho R            of chow_lin, in [0, 1); else by maximum likelihood, told on standard error\n"
            "  --out FILE         .csv, .xlsx or columnar; else CSV to standard output\n",
    .run = run,
};
