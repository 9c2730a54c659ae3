/* cmd_event.c  pgdp event: an event study with two-way fixed effects and the joint test of its leads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/regression_args.h"

#include "pgdp/event_study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 256 };

/** What the flags say. */
typedef struct event_args {
    const char *first_treated, *controls, *window, *reference;
    bool bin;
} event_args;

/** A whole number that is the text up to `end`. */
static bool read_whole(const char *text, char end, int32_t *out, const char **rest)
{
    char *after = NULL;
    const long value = strtol(text, &after, 10);
    if (after == text || *after != end || value < -1000000 || value > 1000000) return false;
    *out = (int32_t)value;
    *rest = after;
    return true;
}

/** "-5,5" to two whole numbers. */
static bool read_window(const char *text, int32_t *first, int32_t *last)
{
    const char *rest;
    return read_whole(text, ',', first, &rest) && read_whole(rest + 1, '\0', last, &rest) && *first <= *last;
}

/** "firm,year" to its two columns. */
static bool read_panel(const char *text, char entity[NAME_SIZE], char time[NAME_SIZE])
{
    const char *comma = text == NULL ? NULL : strchr(text, ',');
    if (comma == NULL || (size_t)(comma - text) >= NAME_SIZE || strlen(comma + 1) >= NAME_SIZE) return false;
    (void)snprintf(entity, NAME_SIZE, "%.*s", (int)(comma - text), text);
    (void)snprintf(time, NAME_SIZE, "%s", comma + 1 + strspn(comma + 1, " "));
    return true;
}

static int act(pgc_app *app, const pgdp_frame *frame, const pgdp_regression_spec *spec, void *user)
{
    const event_args *a = user;
    char entity[NAME_SIZE], time[NAME_SIZE], vcov[NAME_SIZE + 20];
    pgdp_event_study_request q = { .outcome = spec->formula,
                                   .first_treated = a->first_treated,
                                   .controls = a->controls,
                                   .bin = a->bin,
                                   .reference = -1,
                                   .vcov = spec->vcov,
                                   .weights = spec->weights };
    if (a->first_treated == NULL) return pgc_usage(app, "which column says when an entity was first treated?");
    if (!read_panel(spec->panel, entity, time)) return pgc_usage(app, "which panel? write --panel ENTITY,TIME");
    if (a->window != NULL && !read_window(a->window, &q.first, &q.last))
        return pgc_usage(app, "--window takes two whole numbers such as -5,5, found \"%s\"", a->window);
    const char *rest;
    if (a->reference != NULL && !read_whole(a->reference, '\0', &q.reference, &rest))
        return pgc_usage(app, "--reference takes a whole number such as -1, found \"%s\"", a->reference);
    q.entity = entity;
    q.time = time;
    if (q.vcov == NULL) {
        (void)snprintf(vcov, sizeof vcov, "cluster(`%s`)", entity);
        q.vcov = vcov;
    }
    pgdp_event_study_result result;
    const pgdp_status status = pgdp_event_study(app->ctx, frame, &q, &result);
    if (status != PGDP_OK) return pgc_end(app, status);
    const pgdp_regression *const list[] = { result.regression };
    const pgdp_sink sink = pgc_stdout();
    const int code = pgc_end(app, pgdp_regressions_write(app->ctx, app->json ? "json" : "table", list, 1, NULL, &sink));
    pgdp_regression_free(result.regression);
    return code;
}

static int run(pgc_app *app, int argc, char **argv)
{
    event_args a = { .bin = false };
    const pgc_flag extra[] = { { "--first-treated", &a.first_treated, NULL },
                               { "--controls", &a.controls, NULL },
                               { "--window", &a.window, NULL },
                               { "--reference", &a.reference, NULL },
                               { "--bin", NULL, &a.bin },
                               { NULL, NULL, NULL } };
    return pgc_regression(app, argc, argv, extra, act, &a);
}

const pgc_command pgc_event = {
    .name = "event",
    .summary = "an event study: effects by time since treatment, with the test of its leads",
    .help =
        "pgdp event 'log(emp)' --data panel.csv --panel firm,year --first-treated adopted --window -5,5 --bin\n\n"
        "OUTCOME ~ i(time - first treated, ref = -1) + controls | entity + time, by least squares; clustered by "
        "entity\n"
        "unless --vcov says otherwise. The line pre_trend is the F test that all leads are 0. With effects that "
        "differ\n"
        "between cohorts these coefficients mix them (Sun & Abraham 2021).\n\n"
        "  --data FILE           any file that 'pgdp data show' reads; \"-\" is standard input\n"
        "  --panel ENTITY,TIME   the two effects\n"
        "  --first-treated COL   when an entity was first treated, in the unit of TIME; missing: never\n"
        "  --controls TERMS      'x + log(z)'\n"
        "  --window A,B          relative periods shown; --bin: rows beyond them count at its ends, else are left out\n"
        "  --reference N         relative period of effect 0, -1\n"
        "  --vcov SPEC, --weights K:COL, --format, --sheet   as of pgdp regress\n"
        "  --json                schema pgdp.regression/1\n",
    .run = run,
};
