/* spec_gap.c  The study file's `gap`: mode, parameters with distributions, new tasks, scenario axes, top-down.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/spec.h"
#include "study/yaml.h"

#include "core/text.h"

#include <math.h>

/** Axes of the scenarios: evidence first, then every parameter. */
static const char *const axis_names[] = {
    "evidence_tier",
#define PGDP_ENTRY(name, value, lo, hi, unit, text) #name,
    PGDP_PARAMETER_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        NULL,
};
/** A distribution's words in the study file. */
typedef struct shape {
    const char *name;
    const char *keys[4]; /**< of a, b, c; NULL-ended */
} shape;
static const shape shapes[] = {
    [PGDP_FIXED] = { "fixed", { NULL } },
    [PGDP_BETA] = { "beta", { "mean", "concentration", NULL } },
    [PGDP_LOGNORMAL] = { "lognormal", { "median", "log_sd", NULL } },
    [PGDP_TRIANGULAR] = { "triangular", { "low", "mode", "high", NULL } },
    [PGDP_UNIFORM] = { "uniform", { "low", "high", NULL } },
};
static const char *const shape_names[] = { "fixed", "beta", "lognormal", "triangular", "uniform", NULL };

/** Are a, b, c in order and inside the parameter's range? */
static pgdp_status check_shape(pgdp_ctx *ctx, const pg_yaml *node, const pgdp_parameter *p, double lo, double hi)
{
    switch (p->distribution) {
    case PGDP_BETA:
        if (!(p->a > 0 && p->a < 1 && p->b > 0 && lo <= 0 && hi >= 1))
            return pg_yaml_fail(
                ctx, node,
                "beta needs 0 < mean < 1, concentration > 0 and a parameter that may take any value from 0 to 1");
        return PGDP_OK;
    case PGDP_LOGNORMAL:
        if (!(p->a > 0 && p->b >= 0)) return pg_yaml_fail(ctx, node, "lognormal needs median > 0 and log_sd >= 0");
        return PGDP_OK;
    case PGDP_TRIANGULAR:
        if (!(lo <= p->a && p->a <= p->b && p->b <= p->c && p->c <= hi && p->a < p->c))
            return pg_yaml_fail(ctx, node, "triangular needs low <= mode <= high inside the parameter's range");
        return PGDP_OK;
    case PGDP_UNIFORM:
        if (!(lo <= p->a && p->a < p->b && p->b <= hi))
            return pg_yaml_fail(ctx, node, "uniform needs low < high inside the parameter's range");
        return PGDP_OK;
    case PGDP_FIXED:
        return PGDP_OK;
    }
    return PGDP_OK;
}

static pgdp_status read_parameter(pgdp_ctx *ctx, const pg_yaml *node, size_t index, pgdp_parameter *p)
{
    double lo, hi, *const field[] = { &p->a, &p->b, &p->c };
    size_t distribution = PGDP_FIXED;
    const char *known[8] = { "value", "distribution", "source" };
    pgdp_parameter_text(index, &lo, &hi);
    if (node->kind == PG_YAML_SCALAR) return pg_yaml_number(ctx, node, lo, hi, &p->value);
    PG_TRY(pg_yaml_choice(ctx, node, "distribution", shape_names, &distribution));
    size_t n = 3;
    for (const char *const *key = shapes[distribution].keys; *key != NULL; key++)
        known[n++] = *key;
    known[n] = NULL;
    PG_TRY(pg_yaml_keys(ctx, node, known));
    const pg_yaml *value = NULL;
    PG_TRY(pg_yaml_need(ctx, node, "value", &value));
    PG_TRY(pg_yaml_number(ctx, value, lo, hi, &p->value));
    PG_TRY(pg_yaml_text(ctx, node, "source", &p->source));
    p->distribution = (pgdp_distribution)distribution;
    for (size_t i = 0; shapes[distribution].keys[i] != NULL; i++) {
        PG_TRY(pg_yaml_need(ctx, node, shapes[distribution].keys[i], &value));
        PG_TRY(pg_yaml_number(ctx, value, -INFINITY, INFINITY, field[i]));
    }
    return check_shape(ctx, node, p, lo, hi);
}

/** Index of a parameter's name in the list. */
static size_t parameter_index(const char *name)
{
    size_t i = 0;
    while (i < PGDP_N_PARAMETERS && !pg_streq((axis_names + 1)[i], name))
        i++;
    return i;
}

static pgdp_status read_parameters(pgdp_ctx *ctx, const pg_yaml *node, pg_study *out)
{
    if (node == NULL) return PGDP_OK;
    PG_TRY(pg_yaml_keys(ctx, node, (axis_names + 1)));
    for (const pg_yaml *child = node->children; child != NULL; child = child->next) {
        const size_t i = parameter_index(child->key);
        PG_TRY(read_parameter(ctx, child, i, &out->parameters[i]));
    }
    return PGDP_OK;
}

/** Tiers of evidence, which the study must have. */
static pgdp_status read_tiers(pgdp_ctx *ctx, const pg_yaml *scenarios, const pg_yaml *node, pg_arena *arena,
                              pg_study *out)
{
    double *tiers = NULL, tier;
    if (out->inputs[PG_INPUT_evidence].given == NULL)
        return pg_yaml_fail(ctx, node, "\"evidence_tier\" needs evidence; name a table of it under tasks.evidence");
    PG_TRY(pg_yaml_reals(ctx, scenarios, node->key, arena, &tiers, &out->n_evidence_tiers));
    for (const pg_yaml *item = node->children; item != NULL; item = item->next) {
        PG_TRY(pg_yaml_number(ctx, item, 0, 6, &tier));
        if (tier > floor(tier)) return pg_yaml_fail(ctx, item, "a tier is a whole number from 0 to 6");
    }
    out->evidence_tiers = tiers;
    return PGDP_OK;
}

static pgdp_status read_axes(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study *out)
{
    if (node == NULL) return PGDP_OK;
    PG_TRY(pg_yaml_keys(ctx, node, axis_names));
    PG_TRY_ALLOC(ctx, out->axes, pg_arena_alloc(arena, node->n_children, sizeof *out->axes));
    for (const pg_yaml *child = node->children; child != NULL; child = child->next) {
        double lo, hi, *values = NULL;
        if (pg_streq(child->key, axis_names[0])) {
            PG_TRY(read_tiers(ctx, node, child, arena, out));
            continue;
        }
        pgdp_axis *axis = &out->axes[out->n_axes++];
        axis->parameter = parameter_index(child->key);
        pgdp_parameter_text(axis->parameter, &lo, &hi);
        PG_TRY(pg_yaml_reals(ctx, node, child->key, arena, &values, &axis->n));
        for (const pg_yaml *item = child->children; item != NULL; item = item->next)
            PG_TRY(pg_yaml_number(ctx, item, lo, hi, &(double){ 0 }));
        axis->values = values;
    }
    return PGDP_OK;
}

static pgdp_status read_news(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study *out)
{
    static const char *const known[] = { "name", "p_star", "p1", "q", "theta", "d", NULL };
    if (node == NULL) return PGDP_OK;
    if (node->kind != PG_YAML_SEQUENCE) return pg_yaml_fail(ctx, node, "new_tasks must be a list");
    PG_TRY_ALLOC(ctx, out->news, pg_arena_alloc(arena, node->n_children, sizeof *out->news));
    for (const pg_yaml *item = node->children; item != NULL; item = item->next) {
        pgdp_gap_new_task *task = &out->news[out->n_news++];
        double *const field[] = { &task->p_star, &task->p1, &task->q, &task->theta, &task->d };
        PG_TRY(pg_yaml_keys(ctx, item, known));
        PG_TRY(pg_yaml_text(ctx, item, "name", &task->name));
        for (size_t i = 0; i < sizeof field / sizeof field[0]; i++) {
            const pg_yaml *value;
            PG_TRY(pg_yaml_need(ctx, item, known[i + 1], &value));
            PG_TRY(pg_yaml_number(ctx, value, 0, INFINITY, field[i]));
        }
    }
    return PGDP_OK;
}

static pgdp_status read_fit_period(pgdp_ctx *ctx, const pg_yaml *scalar, pgdp_period *out)
{
    if (scalar->kind != PG_YAML_SCALAR || !pgdp_period_parse(scalar->text, out) || out->frequency != PGDP_QUARTERLY)
        return pg_yaml_fail(ctx, scalar, "fit takes two quarters like 2005Q1, found \"%s\"", scalar->text);
    return PGDP_OK;
}

static pgdp_status read_top_down(pgdp_ctx *ctx, const pg_yaml *node, pg_study *out)
{
    static const char *const known[] = { "output", "hours", "gdp", "gdi", "fit", "lags", "conf_level", NULL };
    pg_top_down_spec *t = &out->top_down;
    const pg_yaml *fit;
    if (node == NULL) return PGDP_OK;
    PG_TRY(pg_yaml_keys(ctx, node, known));
    t->asked = true;
    t->place = (pg_place){ node->line, node->column };
    t->lags = 4;
    t->conf_level = 0.95;
    for (size_t i = 0; i < 3; i++) {
        const pg_yaml *need;
        PG_TRY(pg_yaml_need(ctx, node, known[i], &need));
    }
    PG_TRY(pg_yaml_text(ctx, node, "output", &t->output));
    PG_TRY(pg_yaml_text(ctx, node, "hours", &t->hours));
    PG_TRY(pg_yaml_text(ctx, node, "gdp", &t->gdp));
    PG_TRY(pg_yaml_text(ctx, node, "gdi", &t->gdi));
    PG_TRY(pg_yaml_count(ctx, node, "lags", 0, 100, &t->lags));
    PG_TRY(pg_yaml_real(ctx, node, "conf_level", 0.5, 0.999, &t->conf_level));
    PG_TRY(pg_yaml_need(ctx, node, "fit", &fit));
    if (fit->kind != PG_YAML_SEQUENCE || fit->n_children != 2)
        return pg_yaml_fail(ctx, fit, "fit must be [first quarter, last quarter]");
    PG_TRY(read_fit_period(ctx, fit->children, &t->fit_first));
    PG_TRY(read_fit_period(ctx, fit->children->next, &t->fit_last));
    if (t->fit_last.ordinal <= t->fit_first.ordinal) return pg_yaml_fail(ctx, fit, "fit must end after it begins");
    return PGDP_OK;
}

pgdp_status pg_study_read_gap(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study *out)
{
    static const char *const known[] = { "mode",      "work",      "draws",    "parameters",
                                         "scenarios", "new_tasks", "top_down", NULL };
    static const char *const works[] = { "end_to_end", "expected", NULL };
    static const char *const modes[] = { "accounts", "gross", NULL };
    const pgdp_parameter *defaults = pgdp_parameters_default();
    size_t mode = PGDP_GAP_ACCOUNTS, work = 0;
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        out->parameters[i] = defaults[i];
    out->n_draws = 10000;
    out->end_to_end = true;
    if (node == NULL) return PGDP_OK;
    out->gap_place = (pg_place){ node->line, node->column };
    PG_TRY(pg_yaml_keys(ctx, node, known));
    PG_TRY(pg_yaml_choice(ctx, node, "mode", modes, &mode));
    out->mode = (pgdp_gap_mode)mode;
    PG_TRY(pg_yaml_choice(ctx, node, "work", works, &work));
    out->end_to_end = work == 0;
    PG_TRY(pg_yaml_count(ctx, node, "draws", 100, 100000000, &out->n_draws));
    PG_TRY(read_parameters(ctx, pg_yaml_find(node, "parameters"), out));
    PG_TRY(read_axes(ctx, pg_yaml_find(node, "scenarios"), arena, out));
    PG_TRY(read_news(ctx, pg_yaml_find(node, "new_tasks"), arena, out));
    return read_top_down(ctx, pg_yaml_find(node, "top_down"), out);
}
