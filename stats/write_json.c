/* write_json.c  Regressions as JSON, schema pgdp.regression/1: an array, one object a model, broom's words.
 * Source: the schema of docs/model.md; names as in R's broom 1.0.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "stats/glance.h"
#include "stats/regression.h"
#include "stats/writers.h"

#include <math.h>

static void write_count(pg_json *j, const char *key, size_t count)
{
    pg_json_key_integer(j, key, (int64_t)count);
}

static void write_vcov(pg_json *j, const pgdp_regression *r)
{
    pg_json_key(j, "vcov");
    pg_json_object(j);
    pg_json_key_string(j, "type", r->fit->covariance->name);
    pg_json_key_string(j, "spec", r->spec.vcov);
    pg_json_key(j, "factors");
    pg_json_object(j);
    pgdp_factor factor;
    for (size_t i = 0; (factor = pgdp_fit_factor(r->fit, i)).name != NULL; i++)
        pg_json_key_real(j, factor.name, factor.value);
    pg_json_object_end(j);
    pg_json_key_real(j, "df", pgdp_fit_vcov_df(r->fit));
    pg_json_object_end(j);
}

static void write_dropped(pg_json *j, const pgdp_regression *r)
{
    pg_json_key(j, "dropped");
    pg_json_object(j);
    write_count(j, "missing", r->dropped.missing);
    write_count(j, "zero_weight", r->dropped.zero_weight);
    write_count(j, "singletons", r->dropped.singletons);
    write_count(j, "separated", r->dropped.separated);
    write_count(j, "subset", r->dropped.subset);
    pg_json_object_end(j);
}

static void write_collinear(pg_json *j, const pgdp_regression *r)
{
    const char *term, *because;
    pg_json_key(j, "collinear");
    pg_json_array(j);
    for (size_t i = 0; pgdp_regression_collinear(r, i, &term, &because); i++) {
        pg_json_object(j);
        pg_json_key_string(j, "term", term);
        pg_json_key_string(j, "because", because);
        pg_json_object_end(j);
    }
    pg_json_array_end(j);
}

/** What is absorbed, and how many parameters that is. */
static void write_effects(pg_json *j, const pgdp_regression *r)
{
    if (r->n_effects == 0) return;
    pg_json_key(j, "absorbed");
    pg_json_object(j);
    pg_json_key(j, "effects");
    pg_json_array(j);
    for (size_t i = 0; i < r->n_effects; i++)
        pg_json_string(j, r->effects[i]);
    pg_json_array_end(j);
    write_count(j, "parameters", r->fit->n_absorbed);
    pg_json_key_bool(j, "parameters_are_a_bound", r->fit->absorbed_is_bound);
    pg_json_object_end(j);
}

/** The method's settings that were stated. */
static void write_settings(pg_json *j, const pgdp_setting *s)
{
    if (s == NULL || s->name == NULL) return;
    pg_json_key(j, "settings");
    pg_json_object(j);
    for (; s->name != NULL; s++)
        pg_json_key_string(j, s->name, s->value);
    pg_json_object_end(j);
}

static void write_model(pg_json *j, const pgdp_regression *r)
{
    pg_json_key(j, "model");
    pg_json_object(j);
    if (r->spec.id != NULL) pg_json_key_string(j, "id", r->spec.id);
    pg_json_key_string(j, "formula", r->spec.formula);
    pg_json_key_string(j, "method", r->spec.method);
    if (r->spec.weights != NULL) pg_json_key_string(j, "weights", r->spec.weights);
    if (r->spec.panel != NULL) pg_json_key_string(j, "panel", r->spec.panel);
    if (r->spec.subset != NULL) pg_json_key_string(j, "subset", r->spec.subset);
    if (r->spec.offset != NULL) pg_json_key_string(j, "offset", r->spec.offset);
    if (r->spec.preset != NULL) pg_json_key_string(j, "preset", r->spec.preset);
    if (r->spec.start != NULL) pg_json_key_string(j, "start", r->spec.start);
    if (r->spec.margins != NULL) pg_json_key_string(j, "margins", r->spec.margins);
    write_settings(j, r->spec.settings);
    write_vcov(j, r);
    pg_json_key_real(j, "conf_level", r->conf_level);
    pg_json_key_real(j, "nobs", pgdp_fit_glance(r->fit).nobs);
    write_dropped(j, r);
    write_collinear(j, r);
    write_effects(j, r);
    pg_json_object_end(j);
}

static void write_line(pg_json *j, const pgdp_tidy *t)
{
    pg_json_object(j);
    pg_json_key_string(j, "term", t->term);
    pg_json_key_real(j, "estimate", t->estimate);
    pg_json_key_real(j, "std_error", t->std_error);
    pg_json_key_real(j, "statistic", t->statistic);
    pg_json_key_real(j, "p_value", t->p_value);
    pg_json_key_real(j, "conf_low", t->conf_low);
    pg_json_key_real(j, "conf_high", t->conf_high);
    pg_json_key_real(j, "df", t->df);
    pg_json_object_end(j);
}

static void write_tidy(pg_json *j, const pgdp_regression *r)
{
    pgdp_tidy t;
    pg_width width = { 0 };
    pg_json_key(j, "tidy");
    pg_json_array(j);
    for (size_t i = 0; i < pgdp_fit_n_terms(r->fit); i++) {
        t = pg_fit_tidy(r->fit, i, r->conf_level, &width);
        write_line(j, &t);
    }
    pg_json_array_end(j);
    if (!pgdp_regression_margin(r, 0, &t)) return;
    pg_json_key(j, "margins");
    pg_json_array(j);
    for (size_t i = 0; pgdp_regression_margin(r, i, &t); i++)
        write_line(j, &t);
    pg_json_array_end(j);
}

static void write_glance(pg_json *j, const pgdp_glance *g)
{
    const struct {
        const char *key;
        double value;
    } rows[] = {
        { "r_squared", g->r_squared },
        { "adj_r_squared", g->adj_r_squared },
        { "within_r_squared", g->within_r_squared },
        { "sigma", g->sigma },
        { "statistic", g->statistic },
        { "p_value", g->p_value },
        { "df", g->df },
        { "df_residual", g->df_residual },
        { "log_lik", g->log_lik },
        { "log_lik_null", g->log_lik_null },
        { "aic", g->aic },
        { "bic", g->bic },
        { "deviance", g->deviance },
        { "nobs", g->nobs },
    };
    pg_json_key(j, "glance");
    pg_json_object(j);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        pg_json_key_real(j, rows[i].key, rows[i].value);
    if (g->test != NULL) pg_json_key_string(j, "test", g->test);
    pg_json_object_end(j);
}

static void write_diagnostics(pg_json *j, const pgdp_regression *r)
{
    pg_json_key(j, "diagnostics");
    pg_json_object(j);
    if (r->outcome_levels != NULL) {
        pg_json_key(j, "outcome_levels");
        pg_json_array(j);
        for (size_t i = 0; i < r->n_outcome_levels; i++)
            pg_json_string(j, r->outcome_levels[i]);
        pg_json_array_end(j);
    }
    pgdp_diagnostic d;
    for (size_t i = 0; (d = pgdp_regression_diagnostic(r, i)).name != NULL; i++) {
        pg_json_key(j, d.name);
        pg_json_object(j);
        pg_json_key_real(j, "statistic", d.statistic);
        pg_json_key_real(j, "df", d.df);
        if (!isnan(d.df2)) pg_json_key_real(j, "df2", d.df2);
        pg_json_key_real(j, "p_value", d.p_value);
        pg_json_key_string(j, "title", d.title);
        if (d.note != NULL) pg_json_key_string(j, "note", d.note);
        pg_json_object_end(j);
    }
    pg_json_object_end(j);
}

static void write_certificate(pg_json *j, const pgdp_certificate *c)
{
    pg_json_key(j, "certificate");
    pg_json_object(j);
    pg_json_key_real(j, "condition_number", c->condition_number);
    pg_json_key_real(j, "digits", c->digits);
    pg_json_key_string(j, "solver", c->solver);
    write_count(j, "refinements", c->refinements);
    pg_json_key_string(j, "kernel", c->kernel);
    write_count(j, "threads", c->threads);
    pg_json_object_end(j);
}

static pgdp_status write_json(pgdp_ctx *ctx, const pgdp_regression *const *regressions, size_t n,
                              const pgdp_table_style *style, const pgdp_sink *sink)
{
    (void)style;
    pg_json j;
    pg_json_init(&j, sink, true);
    pg_json_array(&j);
    for (size_t i = 0; i < n; i++) {
        const pgdp_regression *r = regressions[i];
        const pgdp_glance glance = pgdp_fit_glance(r->fit);
        const pgdp_certificate certificate = pgdp_fit_certificate(r->fit);
        pg_json_object(&j);
        pg_json_key_string(&j, "schema", "pgdp.regression/1");
        write_model(&j, r);
        write_tidy(&j, r);
        write_glance(&j, &glance);
        write_diagnostics(&j, r);
        write_certificate(&j, &certificate);
        pg_json_object_end(&j);
    }
    pg_json_array_end(&j);
    return pg_json_end(ctx, &j);
}

const pgdp_regression_writer pg_regression_writer_json = {
    .name = "json",
    .title = "JSON, schema pgdp.regression/1",
    .write = write_json,
};
