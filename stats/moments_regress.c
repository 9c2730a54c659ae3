/* moments_regress.c  A regression in words from moments: what it names found among their columns and cells, what needs
 * rows refused: pgdp/moments.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "stats/design_rows.h"
#include "stats/moments_design.h"
#include "stats/moments_labels.h"
#include "stats/regression.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static pgdp_status needs_rows(pgdp_ctx *ctx, const char *what, const char *instead)
{
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "%s needs the rows, and moments have sums over them alone; %s, or fit the rows", what, instead);
}

/* The value of a setting of a method or a covariance, or NULL. */
static const char *setting_of(const pgdp_setting *settings, const char *name)
{
    for (; settings != NULL && settings->name != NULL; settings++)
        if (pg_streq(settings->name, name)) return settings->value;
    return NULL;
}

static pgdp_status check_method(pgdp_ctx *ctx, const char *method, const pg_formula *formula,
                                const pgdp_setting *settings)
{
    static const char *const known[] = { "ols", "iv", "liml", "gmm", "ridge", "lasso", "enet" };
    enum { N_KNOWN = sizeof known / sizeof *known, FIRST_PENALISED = 4 };
    size_t i = 0;
    while (i < N_KNOWN && !pg_streq(method, known[i]))
        i++;
    if (i == N_KNOWN) {
        const char *what;
        PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "method %s", method));
        return needs_rows(ctx, what, "choose ols, iv, liml, gmm, ridge, lasso or enet");
    }
    const char *weight = setting_of(settings, "weight"), *lambda = setting_of(settings, "lambda");
    if (pg_streq(method, "gmm") && (weight == NULL || pg_streq(weight, "robust")))
        return needs_rows(ctx, "method gmm with weight=robust", "set weight to cluster or iid");
    if (i < FIRST_PENALISED) return PGDP_OK;
    if (lambda == NULL || lambda[0] == '-')
        return needs_rows(ctx, "choosing lambda by cross-validation", "state lambda");
    if (!formula->constant) return needs_rows(ctx, "a penalty without the constant", "keep the constant");
    return PGDP_OK;
}

static pgdp_status check_covariance(pgdp_ctx *ctx, const pg_vcov_spec *vcov, const pgdp_estimator *method)
{
    static const char *const plain[] = { "iid", "none" };
    static const char *const clustered[] = { "cluster", "cr2", "cr3", "jackknife", "bootstrap", "wild" };
    const char *name = vcov->vcov->name, *kind = setting_of(vcov->settings, "kind"), *what;
    const size_t n_plain = method->instrumental ? 1 : 2; /* without a covariance tests of instruments are by row */
    for (size_t i = 0; i < n_plain; i++)
        if (pg_streq(name, plain[i])) return PGDP_OK;
    for (size_t i = 0; i < sizeof clustered / sizeof *clustered; i++) {
        if (!pg_streq(name, clustered[i])) continue;
        if (kind != NULL && !pg_streq(kind, "pairs") && !pg_streq(kind, "cluster"))
            return needs_rows(ctx, "a bootstrap of residuals or blocks", "draw clusters: bootstrap(firm)");
        if (vcov->n_clusters > 0) return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "covariance %s", name));
    return needs_rows(ctx, what,
                      "choose iid, or cluster, cr2, cr3, jackknife, bootstrap or wild by a column of the cells");
}

/* Those of instruments are functions of moments. */
static pgdp_status check_diagnostics(pgdp_ctx *ctx, const pgdp_estimator *method, const char *text)
{
    static const char *const known[] = { "first_stage",    "effective_f",        "kleibergen_paap",
                                         "anderson_rubin", "overidentification", "endogeneity" };
    if (text == NULL || pg_streq(text, "none")) return PGDP_OK;
    for (const char *at = text; *at != '\0';) {
        const size_t n = strcspn(at, ", ");
        bool found = n == 0;
        for (size_t i = 0; i < sizeof known / sizeof *known && !found; i++)
            found = method->instrumental && strlen(known[i]) == n && memcmp(at, known[i], n) == 0;
        if (!found)
            return needs_rows(ctx, "a diagnostic of residuals", "leave diagnostics out, or name those of instruments");
        at += n + (at[n] != '\0');
    }
    return PGDP_OK;
}

static pgdp_status check_spec(pgdp_ctx *ctx, const pgdp_moments *h, const pgdp_regression_spec *spec)
{
    const struct {
        const char *given, *what, *instead;
    } refused[] = { { spec->panel, "panel", "leave panel out" },
                    { spec->offset, "an offset", "subtract it from the outcome beforehand" },
                    { spec->start, "start", "leave start out" },
                    { spec->split, "split", "state each subset by the columns of the cells" },
                    { spec->margins, "margins", "leave margins out" },
                    { spec->rows ? "" : NULL, "a table of rows", "leave rows out" } };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (refused[i].given != NULL) return needs_rows(ctx, refused[i].what, refused[i].instead);
    if (spec->weights == NULL || pg_streq(spec->weights, h->weights)) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "found weights %s, but the moments have %s%s; leave weights out, or make moments by these",
                   spec->weights, h->weights[0] == '\0' ? "none" : "those of ", h->weights);
}

/* Is `column` the term, or one of its levels or polynomials? f, f::a, f::a:x, poly(x, 2)1. */
static bool belongs(const pg_term *term, const char *column)
{
    for (size_t k = 0; k < term->n_parts; k++) {
        const pg_part *part = &term->parts[k];
        const size_t n = strlen(part->name);
        if (k > 0 && *column++ != ':') return false;
        if (strncmp(column, part->name, n) != 0) return false;
        column += n;
        if (part->kind == PG_PART_BASIS) {
            column += strspn(column, "0123456789");
        } else if (pg_starts_with(column, "::")) {
            const char *next = strchr(column + 2, ':');
            column = next == NULL || k + 1 == term->n_parts ? column + strlen(column) : next;
        }
    }
    return *column == '\0';
}

static pgdp_status no_such_column(pgdp_ctx *ctx, const pgdp_moments *h, const char *name)
{
    const char *nearest = pgdp_nearest(name, h->m->names, h->m->n_cols);
    return pg_fail(ctx, PGDP_NOT_FOUND, "found %s, expected a column of the moments%s%s; make the moments with it",
                   name, nearest == NULL ? "" : "; the nearest is ", nearest == NULL ? "" : nearest);
}

/* Columns of terms, in their order. */
static pgdp_status find_terms(pgdp_ctx *ctx, const pgdp_moments *h, const pg_terms *terms, bool constant,
                              size_t *columns, size_t *n)
{
    for (size_t i = 0; i < terms->n; i++) {
        const pg_term *term = &terms->items[i];
        const size_t before = *n;
        for (size_t k = 0; k < term->n_parts; k++)
            if (term->parts[k].ref != NULL || term->parts[k].keep != NULL || term->parts[k].bin != NULL)
                return pg_fail(
                    ctx, PGDP_BAD_ARGUMENT,
                    "found i(%s) with arguments, expected i(%s) alone: its levels are those that the moments "
                    "were made with",
                    term->parts[k].name, term->parts[k].name);
        for (size_t j = 1; j < h->m->n_cols; j++)
            if (belongs(term, h->m->names[j])) columns[(*n)++] = j;
        if (*n == before) return no_such_column(ctx, h, term->parts[0].name);
        if (!constant && strstr(h->m->names[columns[before]], "::") != NULL)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "found levels of %s without the constant, but the moments have them less a reference; keep "
                           "the constant, or fit the rows",
                           term->parts[0].name);
    }
    return PGDP_OK;
}

typedef struct label_rank {
    const char *label;
    double number;
    size_t group;
} label_rank;

static int compare_labels(const void *a, const void *b)
{
    const label_rank *x = a, *y = b;
    if (x->number < y->number || x->number > y->number) return x->number < y->number ? -1 : 1;
    return strcmp(x->label, y->label);
}

/* Indices of a dimension's groups in the order in which the row path has them, since draws depend on it. */
static pgdp_status rank_groups(pgdp_ctx *ctx, const pg_dimension *dimension, size_t n, const size_t **out)
{
    label_rank *list;
    size_t *rank;
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(&ctx->scratch, n, sizeof *list));
    PG_TRY_ALLOC(ctx, rank, pg_arena_alloc(&ctx->scratch, n, sizeof *rank));
    for (size_t g = 0; g < n; g++) {
        const char *label = dimension->labels[g];
        list[g] = (label_rank){ .label = label, .group = g };
        if (dimension->order == PG_BY_SIZE) (void)pg_number_parse(label, strlen(label), &list[g].number);
    }
    if (dimension->order != PG_BY_APPEARANCE) qsort(list, n, sizeof *list, compare_labels);
    for (size_t r = 0; r < n; r++)
        rank[list[r].group] = r;
    *out = rank;
    return PGDP_OK;
}

static pgdp_status find_clusters(pgdp_ctx *ctx, const pgdp_moments *h, const pg_vcov_spec *vcov, pg_moments_model *out)
{
    const size_t n_all = h->m->cells.n_dims;
    size_t *dims;
    const size_t **rank;
    const char **names;
    PG_TRY_ALLOC(ctx, dims, pg_arena_alloc(&ctx->scratch, vcov->n_clusters, sizeof *dims));
    PG_TRY_ALLOC(ctx, rank, pg_arena_alloc(&ctx->scratch, vcov->n_clusters, sizeof *rank));
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n_all, sizeof *names));
    for (size_t d = 0; d < n_all; d++)
        names[d] = h->dimensions[d].name;
    for (size_t c = 0; c < vcov->n_clusters; c++) {
        const char *name;
        PG_TRY_ALLOC(ctx, name, pg_expr_text(&ctx->scratch, vcov->clusters[c]));
        for (dims[c] = 0; dims[c] < n_all && !pg_streq(name, names[dims[c]]);)
            dims[c]++;
        if (dims[c] == n_all) {
            const char *nearest = pgdp_nearest(name, names, n_all);
            return pg_fail(ctx, PGDP_NOT_FOUND,
                           "vcov: found %s, expected a column of the moments' cells%s%s; make the "
                           "moments with it among cells",
                           name, nearest == NULL ? "" : "; the nearest is ", nearest == NULL ? "" : nearest);
        }
        PG_TRY(rank_groups(ctx, &h->dimensions[dims[c]], h->m->cells.n_groups[dims[c]], &rank[c]));
    }
    out->dims = dims;
    out->n_dims = vcov->n_clusters;
    out->rank = rank;
    return PGDP_OK;
}

/* The cells as a frame: a row each, a column each dimension that is one column of the data. */
static pgdp_status frame_of_cells(pgdp_ctx *ctx, const pgdp_moments *h, pgdp_frame *frame)
{
    const pg_cells *cells = &h->m->cells;
    size_t *column;
    PG_TRY_ALLOC(ctx, column, pg_arena_alloc(&ctx->scratch, cells->n_dims, sizeof *column));
    for (size_t d = 0; d < cells->n_dims; d++) {
        const pg_dimension *of = &h->dimensions[d];
        const pgdp_column made = { .name = of->name, .type = of->order == PG_BY_SIZE ? PGDP_REAL : PGDP_TEXT };
        PG_TRY(pgdp_frame_add_column(ctx, frame, &made, &column[d]));
    }
    for (size_t c = 0; c < cells->n_cells; c++) {
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        for (size_t d = 0; d < cells->n_dims; d++) {
            const char *label = h->dimensions[d].labels[cells->group[d][c]];
            double number = 0;
            if (h->dimensions[d].order != PG_BY_SIZE) {
                PG_TRY(pgdp_frame_set_text(ctx, frame, column[d], label, PGDP_NONE));
                continue;
            }
            (void)pg_number_parse(label, strlen(label), &number);
            pgdp_frame_set_real(frame, column[d], number);
        }
    }
    return PGDP_OK;
}

/* Which cells a subset keeps. */
static pgdp_status choose_cells(pgdp_ctx *ctx, const pgdp_moments *h, const char *subset, const pgdp_frame *frame,
                                bool *keep)
{
    const pg_scope scope = { .frame = frame };
    pg_rows rows;
    PG_TRY(pg_rows_init(ctx, &scope, subset, &rows));
    for (size_t c = 0; c < h->m->cells.n_cells; c++)
        keep[c] = rows.state[c] == PG_ROW_KEPT;
    return PGDP_OK;
}

static pgdp_status find_cells(pgdp_ctx *ctx, const pgdp_moments *h, const char *subset, pg_design_result *out,
                              pg_moments_model *model)
{
    pgdp_frame *frame;
    bool *keep;
    if (subset == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, keep, pg_arena_alloc(&ctx->scratch, h->m->cells.n_cells, sizeof *keep));
    PG_TRY(pgdp_frame_new(ctx, &frame));
    pgdp_status status = frame_of_cells(ctx, h, frame);
    if (status == PGDP_OK) status = choose_cells(ctx, h, subset, frame, keep);
    pgdp_frame_free(frame);
    if (status != PGDP_OK && status != PGDP_NO_MEMORY)
        return pg_fail_within(ctx, status, "a subset of moments may name columns of their cells alone: ");
    for (size_t c = 0; c < h->m->cells.n_cells; c++)
        if (!keep[c]) out->dropped.subset += h->m->cell_rows[c];
    model->keep = keep;
    return status;
}

/* Columns of the outcome, the terms (the constant, the exogenous, the endogenous) and the instruments. */
static pgdp_status find_columns(pgdp_ctx *ctx, const pgdp_moments *h, const pg_formula *formula,
                                pg_moments_model *model, size_t *n_exogenous)
{
    const size_t most = h->m->n_cols;
    const size_t room = (formula->terms.n + formula->endogenous.n + formula->instruments.n + 1) * most;
    const char *outcome;
    size_t *terms, *instruments;
    PG_TRY_ALLOC(ctx, outcome, pg_expr_text(&ctx->scratch, formula->outcome));
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, room, sizeof *terms));
    PG_TRY_ALLOC(ctx, instruments, pg_arena_alloc(&ctx->scratch, room, sizeof *instruments));
    for (model->outcome = 1; model->outcome < most && !pg_streq(outcome, h->m->names[model->outcome]);)
        model->outcome++;
    if (model->outcome == most) return no_such_column(ctx, h, outcome);
    const bool spanned = formula->constant || h->effects != NULL;
    if (formula->constant && h->effects == NULL) terms[model->n_terms++] = 0;
    PG_TRY(find_terms(ctx, h, &formula->terms, spanned, terms, &model->n_terms));
    *n_exogenous = model->n_terms;
    PG_TRY(find_terms(ctx, h, &formula->endogenous, true, terms, &model->n_terms));
    PG_TRY(find_terms(ctx, h, &formula->instruments, true, instruments, &model->n_instruments));
    model->terms = terms;
    model->instruments = instruments;
    return PGDP_OK;
}

/* What asks for other rows, or for other effects in them, than those that the moments were made of. */
static pgdp_status check_absorbed(pgdp_ctx *ctx, const pgdp_regression_spec *spec, const pg_design_request *request)
{
    const char *method = request->estimator->name, *vcov = request->vcov->vcov->name, *what;
    if (spec->subset != NULL)
        return needs_rows(ctx, "a subset of rows of which effects were absorbed", "make the moments of the subset");
    if (!pg_streq(method, "ols") && !pg_streq(method, "iv") && !pg_streq(method, "liml")) {
        PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "method %s with absorbed effects", method));
        return needs_rows(ctx, what, "choose ols, iv or liml");
    }
    if (pg_streq(vcov, "iid") || pg_streq(vcov, "none") || pg_streq(vcov, "cluster")) return PGDP_OK;
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "covariance %s with absorbed effects", vcov));
    return needs_rows(ctx, what, "choose iid, or cluster by a column of the cells");
}

/* Moments, and what their effects leave of a model's columns. */
typedef struct asked {
    const pgdp_moments *h;
    double *digits;
} asked;

static pgdp_status build(pgdp_ctx *ctx, const void *user, const pg_formula *formula, const pg_design_request *request,
                         pg_design_result *out)
{
    const asked *of = user;
    const pgdp_moments *h = of->h;
    const pgdp_regression_spec *spec = request->spec;
    pg_moments_model model = { 0 };
    size_t n_exogenous = 0, *endogenous;
    *out = (pg_design_result){ .dropped = h->dropped };
    PG_TRY(pg_effects_check(ctx, h, formula));
    PG_TRY(check_spec(ctx, h, spec));
    PG_TRY(check_method(ctx, request->estimator->name, formula, spec->settings));
    PG_TRY(check_covariance(ctx, request->vcov, request->estimator));
    PG_TRY(check_diagnostics(ctx, request->estimator, spec->diagnostics));
    if (h->effects != NULL) PG_TRY(check_absorbed(ctx, spec, request));
    PG_TRY(find_columns(ctx, h, formula, &model, &n_exogenous));
    PG_TRY(find_clusters(ctx, h, request->vcov, &model));
    PG_TRY(find_cells(ctx, h, spec->subset, out, &model));
    if (h->effects != NULL) PG_TRY(pg_effects_of_model(ctx, h, &model, &out->absorbed, of->digits));
    PG_TRY(pg_moments_design(ctx, h->m, &model, &out->design));
    PG_TRY_ALLOC(ctx, endogenous, pg_arena_alloc(&ctx->scratch, model.n_terms, sizeof *endogenous));
    for (size_t j = n_exogenous; j < model.n_terms; j++)
        endogenous[out->design.n_endogenous++] = j;
    out->design.endogenous = endogenous;
    out->design.outcome = h->m->names[model.outcome];
    if (!request->estimator->extended) {
        out->design.x_low = (pgdp_mat){ NULL, 0, 0 };
        out->design.y_low = (pgdp_vec){ NULL, 0 };
    }
    return PGDP_OK;
}

/* A column that depends on others to half the digits of a product looks as one that does to the last: where one was
 * left out, the rows may tell otherwise. */
static void cap_digits(const pgdp_regression *r, double most)
{
    const double half = -log10(DBL_EPSILON) / 2;
    bool left_out = r->n_left_out > 0;
    r->fit->certificate.digits = fmin(r->fit->certificate.digits, most);
    for (size_t i = 0; i < r->fit->n_diagnostics; i++)
        left_out = left_out || pg_starts_with(r->fit->diagnostics[i].name, "instrument_left_out");
    if (left_out) r->fit->certificate.digits = fmin(r->fit->certificate.digits, half);
}

pgdp_status pgdp_moments_regress(pgdp_ctx *ctx, const pgdp_moments *moments, const pgdp_regression_spec *spec,
                                 pgdp_regression **out)
{
    const pgdp_dropped *d = &moments->dropped;
    double digits = 16;
    const asked of = { moments, &digits };
    const pg_regression_source source = { .build = build,
                                          .user = &of,
                                          .n_rows = moments->m->n_rows + d->missing + d->zero_weight + d->subset +
                                                    d->singletons };
    PG_TRY(pg_regression_run(ctx, &source, spec, out));
    cap_digits(*out, digits);
    return PGDP_OK;
}
