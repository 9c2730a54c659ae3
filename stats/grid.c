/* grid.c  Regressions side by side as texts: grid.h. Source: the layout of economics journals; a star's meaning stands
 * under every table that has one. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/grid.h"

#include "core/number.h"
#include "stats/regression.h"

#include <math.h>
#include <string.h>

enum { MOST_DECIMALS = 12, FIXED_SIZE = 352 };

int pg_decimals_for(double std_error)
{
    if (!(std_error > 0) || !isfinite(std_error)) return -1;
    const int decimals = 3 - (int)floor(log10(std_error));
    return decimals > MOST_DECIMALS ? -1 : decimals < 0 ? 0 : decimals;
}

pgdp_status pg_number_cell(pgdp_ctx *ctx, double value, int decimals, const char **out)
{
    char buffer[FIXED_SIZE];
    const char *text = buffer;
    if (!isfinite(value))
        text = isnan(value) ? "-" : value > 0 ? "inf" : "-inf";
    else if (decimals < 0 || fabs(value) >= 1e15)
        pg_number_significant(value, 7, buffer);
    else
        (void)pg_number_fixed(value, decimals, buffer);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, text));
    return PGDP_OK;
}

/** A row of empty texts under a label. */
static pgdp_status add_row(pgdp_ctx *ctx, pg_grid *g, pg_grid_kind kind, const char *label, const char ***row)
{
    if (g->n_rows == g->capacity) {
        const size_t room = g->capacity == 0 ? 16 : 2 * g->capacity, width = g->n_columns;
        PG_TRY_ALLOC(ctx, g->texts,
                     pg_arena_grow(&ctx->scratch, g->texts, g->n_rows * width, room * width, sizeof *g->texts));
        PG_TRY_ALLOC(ctx, g->kinds, pg_arena_grow(&ctx->scratch, g->kinds, g->n_rows, room, sizeof *g->kinds));
        g->capacity = room;
    }
    *row = g->texts + g->n_rows * g->n_columns;
    g->kinds[g->n_rows++] = kind;
    (*row)[0] = label;
    for (size_t j = 1; j < g->n_columns; j++)
        (*row)[j] = "";
    return PGDP_OK;
}

static size_t find_label(const pg_grid *g, pg_grid_kind kind, const char *label)
{
    for (size_t i = 0; i < g->n_rows; i++)
        if (g->kinds[i] == kind && pg_streq(g->texts[i * g->n_columns], label)) return i;
    return PGDP_NONE;
}

/** Stars by p below .1, .05, .01. */
static const char *stars_of(double p)
{
    return p < 0.01 ? "***" : p < 0.05 ? "**" : p < 0.1 ? "*" : "";
}

static pgdp_status add_terms(pgdp_ctx *ctx, const pgdp_regression *r, size_t model, const pgdp_table_style *style,
                             pg_grid *g)
{
    for (size_t i = 0; i < pgdp_fit_n_terms(r->fit); i++) {
        const pgdp_tidy t = pgdp_fit_tidy(r->fit, i, r->conf_level);
        const int decimals = pg_decimals_for(t.std_error);
        const char **row, *estimate, *error;
        if (find_label(g, PG_GRID_ESTIMATE, t.term) == PGDP_NONE) {
            PG_TRY(add_row(ctx, g, PG_GRID_ESTIMATE, t.term, &row));
            PG_TRY(add_row(ctx, g, PG_GRID_ERROR, "", &row));
        }
        const size_t at = find_label(g, PG_GRID_ESTIMATE, t.term);
        PG_TRY(pg_number_cell(ctx, t.estimate, decimals, &estimate));
        PG_TRY(pg_number_cell(ctx, t.std_error, decimals, &error));
        const char **cell = g->texts + at * g->n_columns + 1 + model;
        PG_TRY_ALLOC(ctx, cell[0],
                     pg_arena_printf(&ctx->scratch, "%s%s", estimate, style->stars ? stars_of(t.p_value) : ""));
        PG_TRY_ALLOC(ctx, cell[g->n_columns], pg_arena_printf(&ctx->scratch, "(%s)", error));
    }
    return PGDP_OK;
}

static pgdp_status add_effects(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, pg_grid *g)
{
    const char **row;
    for (size_t m = 0; m < n; m++) {
        for (size_t e = 0; e < list[m]->n_effects; e++) {
            const char *name = list[m]->effects[e];
            if (find_label(g, PG_GRID_EFFECT, name) != PGDP_NONE) continue;
            PG_TRY(add_row(ctx, g, PG_GRID_EFFECT, name, &row));
            for (size_t k = 0; k < n; k++) {
                row[1 + k] = "no";
                for (size_t f = 0; f < list[k]->n_effects; f++)
                    if (pg_streq(list[k]->effects[f], name)) row[1 + k] = "yes";
            }
        }
    }
    return PGDP_OK;
}

/** A line of a number of each model's summary, left away when no model has it. */
static pgdp_status add_summary(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, const char *label,
                               size_t offset, pg_grid *g)
{
    const char **row = NULL;
    for (size_t m = 0; m < n; m++) {
        const pgdp_glance glance = pgdp_fit_glance(list[m]->fit);
        double value;
        char buffer[PG_NUMBER_SIZE];
        memcpy(&value, (const char *)&glance + offset, sizeof value);
        if (isnan(value)) continue;
        if (row == NULL) PG_TRY(add_row(ctx, g, PG_GRID_SUMMARY, label, &row));
        pg_number_significant(value, offset == offsetof(pgdp_glance, nobs) ? 15 : 5, buffer);
        PG_TRY_ALLOC(ctx, row[1 + m], pg_arena_strdup(&ctx->scratch, buffer));
    }
    return PGDP_OK;
}

/** The subset and weights of each model, where any has one. */
static pgdp_status add_samples(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, pg_grid *g)
{
    const char **row = NULL;
    for (size_t m = 0; m < n; m++) {
        if (list[m]->spec.subset == NULL) continue;
        if (row == NULL) PG_TRY(add_row(ctx, g, PG_GRID_HEAD, "sample", &row));
        row[1 + m] = list[m]->spec.subset;
    }
    row = NULL;
    for (size_t m = 0; m < n; m++) {
        if (list[m]->spec.weights == NULL) continue;
        if (row == NULL) PG_TRY(add_row(ctx, g, PG_GRID_HEAD, "weights", &row));
        row[1 + m] = list[m]->spec.weights;
    }
    return PGDP_OK;
}

/** The method's settings, a row a name. */
static pgdp_status add_settings(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, pg_grid *g)
{
    const char **row;
    for (size_t m = 0; m < n; m++) {
        for (const pgdp_setting *s = list[m]->spec.settings; s != NULL && s->name != NULL; s++) {
            if (find_label(g, PG_GRID_HEAD, s->name) == PGDP_NONE) PG_TRY(add_row(ctx, g, PG_GRID_HEAD, s->name, &row));
            g->texts[find_label(g, PG_GRID_HEAD, s->name) * g->n_columns + 1 + m] = s->value;
        }
    }
    return PGDP_OK;
}

/** How many rows a model left out. */
static pgdp_status add_dropped(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, pg_grid *g)
{
    const char **row = NULL;
    for (size_t m = 0; m < n; m++) {
        const pgdp_dropped *d = &list[m]->dropped;
        const size_t count = d->missing + d->zero_weight + d->singletons + d->separated;
        if (count == 0) continue;
        if (row == NULL) PG_TRY(add_row(ctx, g, PG_GRID_SUMMARY, "rows left out", &row));
        PG_TRY_ALLOC(ctx, row[1 + m], pg_arena_printf(&ctx->scratch, "%zu", count));
    }
    return PGDP_OK;
}

pgdp_status pg_grid_build(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, const pgdp_table_style *style,
                          pg_grid *out)
{
    static const struct {
        const char *label;
        size_t offset;
    } summary[] = { { "observations", offsetof(pgdp_glance, nobs) },
                    { "r_squared", offsetof(pgdp_glance, r_squared) },
                    { "within_r_squared", offsetof(pgdp_glance, within_r_squared) },
                    { "adj_r_squared", offsetof(pgdp_glance, adj_r_squared) },
                    { "log_lik", offsetof(pgdp_glance, log_lik) } };
    const char **row;
    *out = (pg_grid){ .n_columns = n + 1, .has_stars = style->stars };
    PG_TRY(add_row(ctx, out, PG_GRID_HEAD, "", &row));
    for (size_t m = 0; m < n; m++)
        PG_TRY_ALLOC(ctx, row[1 + m], pg_arena_printf(&ctx->scratch, "(%zu)", m + 1));
    PG_TRY(add_row(ctx, out, PG_GRID_HEAD, "outcome", &row));
    for (size_t m = 0; m < n; m++)
        row[1 + m] = list[m]->outcome;
    PG_TRY(add_row(ctx, out, PG_GRID_HEAD, "method", &row));
    for (size_t m = 0; m < n; m++)
        row[1 + m] = list[m]->spec.method;
    PG_TRY(add_samples(ctx, list, n, out));
    PG_TRY(add_settings(ctx, list, n, out));
    for (size_t m = 0; m < n; m++)
        PG_TRY(add_terms(ctx, list[m], m, style, out));
    PG_TRY(add_effects(ctx, list, n, out));
    for (size_t i = 0; i < sizeof summary / sizeof *summary; i++)
        PG_TRY(add_summary(ctx, list, n, summary[i].label, summary[i].offset, out));
    PG_TRY(add_dropped(ctx, list, n, out));
    PG_TRY(add_row(ctx, out, PG_GRID_SUMMARY, "covariance", &row));
    for (size_t m = 0; m < n; m++)
        row[1 + m] = list[m]->spec.vcov;
    return PGDP_OK;
}

pgdp_status pg_grid_notes(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, const pgdp_table_style *style,
                          const char *const **lines, size_t *n_lines)
{
    const char **out;
    size_t count = 0;
    size_t n_left_out = 0;
    for (size_t m = 0; m < n; m++)
        n_left_out += list[m]->n_left_out;
    PG_TRY_ALLOC(ctx, out, pg_arena_alloc(&ctx->scratch, n + n_left_out + 2, sizeof *out));
    out[count++] = "Standard errors in parentheses.";
    for (size_t m = 0; m < n; m++) {
        bool told = false;
        for (size_t k = 0; k < m; k++)
            told = told || pg_streq(list[k]->spec.vcov, list[m]->spec.vcov);
        if (told) continue;
        PG_TRY_ALLOC(ctx, out[count],
                     pg_arena_printf(&ctx->scratch, "%s: %s.", list[m]->spec.vcov, list[m]->fit->covariance->title));
        count++;
    }
    for (size_t m = 0; m < n; m++) {
        for (size_t i = 0; i < list[m]->n_left_out; i++) {
            PG_TRY_ALLOC(ctx, out[count],
                         pg_arena_printf(&ctx->scratch, "(%zu) leaves out %s, which %s.", m + 1,
                                         list[m]->left_out[i].term, list[m]->left_out[i].because));
            count++;
        }
    }
    if (style->stars) out[count++] = "* p < 0.1, ** p < 0.05, *** p < 0.01.";
    *lines = out;
    *n_lines = count;
    return PGDP_OK;
}
