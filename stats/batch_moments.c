/* batch_moments.c  Models of one group from its moments: solved, given their variances together, turned into result
 * rows. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Corrections for small samples are those of the covariances themselves (ssc.h): a fit is made up that has what they
 * look at, and nothing else. */
#include "core/parallel.h"
#include "stats/batch_meat.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { CHUNK = 2048, FEW = 16, MOST_FOURTH = 75 }; /* models held at once; solved by one item; columns: 64 MiB */

typedef struct solving {
    const pg_batch_sample *s;
    const uint32_t *models;
    size_t n;
    pg_batch_solution *out; /* [n] */
} solving;

static bool needs_all(const pgdp_batch *b, const pg_batch_model *m)
{
    return b->vcovs[m->vcov].n_clusters > 1;
}

static bool reports_all(const pgdp_batch *b)
{
    return b->request.report != NULL && pg_streq(b->request.report, "all");
}

/* Most slots of a model. */
static size_t room_of(const pg_batch_sample *s, const pg_batch_model *m)
{
    const pg_batch_formula *f = &s->batch->formulas[m->formula];
    size_t room = 1;
    for (size_t i = 0; i < f->n_exogenous + f->n_endogenous; i++)
        if (f->reported[i] || needs_all(s->batch, m)) room += s->count[f->terms[i]];
    return room;
}

pgdp_status pg_batch_solutions_new(pgdp_ctx *ctx, const pg_batch_sample *s, const uint32_t *models, size_t n,
                                   pg_batch_solution **out)
{
    const size_t p = s->n_columns;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n, sizeof **out));
    for (size_t i = 0; i < n; i++) {
        const pg_batch_model *m = &s->batch->models[models[i]];
        const size_t room = room_of(s, m);
        pg_batch_solution *x = &(*out)[i];
        x->all = needs_all(s->batch, m);
        x->all_reported = reports_all(s->batch);
        PG_TRY_ALLOC(ctx, x->residual, pg_arena_alloc(&ctx->scratch, p, sizeof *x->residual));
        PG_TRY_ALLOC(ctx, x->influence, pg_arena_alloc(&ctx->scratch, p * room, sizeof *x->influence));
        PG_TRY_ALLOC(ctx, x->estimate, pg_arena_alloc(&ctx->scratch, room, sizeof *x->estimate));
        PG_TRY_ALLOC(ctx, x->bread, pg_arena_alloc(&ctx->scratch, room, sizeof *x->bread));
        PG_TRY_ALLOC(ctx, x->column, pg_arena_alloc(&ctx->scratch, room, sizeof *x->column));
        PG_TRY_ALLOC(ctx, x->reported, pg_arena_alloc(&ctx->scratch, room, sizeof *x->reported));
        PG_TRY_ALLOC(ctx, x->dropped, pg_arena_alloc(&ctx->scratch, p, sizeof *x->dropped));
        PG_TRY_ALLOC(ctx, x->question, pg_arena_alloc(&ctx->scratch, p, sizeof *x->question));
    }
    return PGDP_OK;
}

static pgdp_status solve_some(pgdp_ctx *ctx, void *user, size_t block)
{
    const solving *g = user;
    const pgdp_batch *b = g->s->batch;
    const pg_range range = pg_block_range(g->n, FEW, block);
    for (size_t i = range.first; i < range.end; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(pg_batch_solve(ctx, g->s, &b->formulas[b->models[g->models[i]].formula], &g->out[i]));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Does the model's covariance need pgdp_regress(), if only to say what is wrong? */
static bool is_refused(const pg_batch_sample *s, uint32_t vcov)
{
    const pg_batch_vcov *v = &s->batch->vcovs[vcov];
    const pg_batch_clusters *c = &s->clusters[vcov];
    return (v->kind == PG_BATCH_IID && s->batch->weight_kind == PGDP_PROBABILITY) ||
           (v->kind == PG_BATCH_CLUSTER && (c->by_row || c->fewest < 2));
}

/* Terms that may be collinear are looked at in the order of the models, so that it is the same for all threads. */
static pgdp_status solve_all(pgdp_ctx *ctx, const solving *g)
{
    const pgdp_batch *b = g->s->batch;
    solving now = *g;
    PG_TRY(pg_parallel(ctx, NULL, pg_n_blocks(g->n, FEW), solve_some, &now));
    for (size_t i = 0; i < g->n; i++) {
        const pg_batch_model *m = &b->models[g->models[i]];
        pg_batch_solution *x = &g->out[i];
        const bool refused = is_refused(g->s, m->vcov);
        if (x->n_question > 0 && !refused) PG_TRY(pg_batch_solve_surely(ctx, g->s, &b->formulas[m->formula], x));
        x->by_row = x->by_row || refused;
    }
    return PGDP_OK;
}

/* Variances of the models of one covariance. */
static pgdp_status fill_meats(pgdp_ctx *ctx, const solving *g, uint32_t vcov)
{
    const pgdp_batch *b = g->s->batch;
    const pg_batch_vcov *v = &b->vcovs[vcov];
    pg_batch_solution **list;
    if (v->kind == PG_BATCH_IID || v->kind == PG_BATCH_OTHER) return PGDP_OK;
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(&ctx->scratch, g->n, sizeof *list));
    pg_batch_meats meats = { .sample = g->s, .models = list, .full = v->n_clusters > 1 };
    if (v->kind == PG_BATCH_CLUSTER) meats.clusters = &g->s->clusters[vcov];
    for (size_t i = 0; i < g->n; i++) {
        pg_batch_solution *x = &g->out[i];
        if (x->by_row || b->models[g->models[i]].vcov != vcov) continue;
        list[meats.n++] = x;
        if (x->n_slots > meats.n_slots) meats.n_slots = x->n_slots;
    }
    return pg_batch_fill_meats(ctx, &meats);
}

double pg_batch_counted(const pg_batch_sample *s, uint32_t vcov, const pg_batch_solution *x)
{
    return s->counted[vcov + (x->ones ? s->batch->request.choices[PGDP_BATCH_VCOV].n : 0)];
}

double pg_batch_factor(const pg_batch_sample *s, uint32_t vcov, const pg_batch_solution *x, pgdp_fit *fit)
{
    const pg_batch_vcov *v = &s->batch->vcovs[vcov];
    memset(fit, 0, sizeof *fit);
    fit->ssc = v->ssc;
    fit->nobs = s->nobs;
    fit->n_terms = x->n_terms + (size_t)pg_batch_counted(s, vcov, x); /* absorbed parameters as terms: K is their sum */
    fit->vcov_df = s->nobs - (double)x->n_terms - (double)s->n_absorbed;
    if (v->kind == PG_BATCH_IID) {
        const pg_ssc_rule rule = { .clustered = true, .t_df = PG_T_DEFAULT };
        pg_ssc_set_df(fit, &rule);
        return x->ssr / (pg_switch_on(v->ssc.k_adj, true) ? pg_ssc_residual_df(fit) : s->nobs);
    }
    if (v->kind == PG_BATCH_HC) {
        const pg_ssc_rule rule = { .k_adj = v->hc1, .g = s->nobs, .g_factor = "N/(N-1)" };
        return pg_ssc_apply(fit, &rule);
    }
    const pg_ssc_rule rule = { .k_adj = true,
                               .g_adj = true,
                               .clustered = true,
                               .t_df = PG_T_CLUSTERS,
                               .g = (double)s->clusters[vcov].fewest,
                               .g_factor = "G/(G-1)" };
    return pg_ssc_apply(fit, &rule);
}

/* Several clusterings: negative eigenvalues of the whole matrix are set to 0, as the covariance itself does. */
static pgdp_status mend(pgdp_ctx *ctx, const pg_batch_solution *x, double factor, pgdp_fit *fit, double *variance)
{
    const size_t k = x->n_slots;
    fit->n_terms = k;
    PG_TRY_ALLOC(ctx, fit->vcov, pg_arena_alloc(&ctx->scratch, k * k, sizeof *fit->vcov));
    PG_TRY_ALLOC(ctx, fit->bread, pg_arena_alloc(&ctx->scratch, k * k, sizeof *fit->bread));
    for (size_t i = 0; i < k * k; i++)
        fit->vcov[i] = factor * x->meat[i];
    for (size_t i = 0; i < k; i++)
        fit->bread[i + i * k] = x->bread[i];
    pg_arena_init(&fit->arena, &ctx->allocator);
    const pgdp_status status = pg_fit_make_psd(ctx, fit);
    pg_arena_free(&fit->arena);
    for (size_t i = 0; i < k; i++)
        variance[i] = fit->vcov[i + i * k];
    return status;
}

static pgdp_status find_variances(pgdp_ctx *ctx, const pg_batch_sample *s, uint32_t vcov, const pg_batch_solution *x,
                                  double *df, double *variance)
{
    const pg_batch_vcov *v = &s->batch->vcovs[vcov];
    pgdp_fit *fit;
    PG_TRY_ALLOC(ctx, fit, pg_arena_alloc(&ctx->scratch, 1, sizeof *fit));
    const double factor = pg_batch_factor(s, vcov, x, fit);
    *df = fit->vcov_df;
    if (v->n_clusters > 1) return mend(ctx, x, factor, fit, variance);
    for (size_t k = 0; k < x->n_slots; k++)
        variance[k] = factor * (v->kind == PG_BATCH_IID ? x->bread[k] : x->meat[k]);
    return PGDP_OK;
}

/* Digits that cancelling leaves the sums of scores: where a cluster's all but vanish (it is a level of a dummy, say),
 * what is left of the outcome's size is rounding, and the row path's to tell. */
static void count_digits_of_meats(const solving *g)
{
    static const double fewest = 10, of_a_sum = 16 * DBL_EPSILON;
    for (size_t i = 0; i < g->n; i++) {
        pg_batch_solution *x = &g->out[i];
        const uint32_t vcov = g->s->batch->models[g->models[i]].vcov;
        const pg_batch_vcov *v = &g->s->batch->vcovs[vcov];
        if (x->by_row || v->kind == PG_BATCH_IID) continue;
        const double n_sums = v->kind == PG_BATCH_HC ? g->s->nobs : (double)g->s->clusters[vcov].fewest;
        for (size_t k = 0; k < x->n_slots; k++) {
            const double meat = x->meat[k * (v->n_clusters > 1 ? x->n_slots + 1 : 1)];
            if (!x->reported[k]) continue;
            if (meat > 0) x->digits = fmin(x->digits, -log10(of_a_sum * sqrt(x->bread[k] * x->yy / (meat * n_sums))));
            x->by_row = x->by_row || !(meat > 0 && x->digits >= fewest);
        }
    }
}

/* Names of the columns in the batch's own memory, and of those left out. */
typedef struct words {
    const char **names; /* [n_columns] */
} words;

static pgdp_status list_dropped(pgdp_ctx *ctx, pgdp_batch *b, const words *w, const pg_batch_solution *x,
                                const char **out)
{
    pg_text text;
    *out = "";
    if (x->n_dropped == 0) return PGDP_OK;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; i < x->n_dropped; i++)
        pg_text_addf(&text, "%s%s", i == 0 ? "" : ", ", w->names[x->dropped[i]]);
    if (text.failed) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&b->arena, text.data));
    return PGDP_OK;
}

static void set_inference(double conf_level, double variance, double df, pgdp_batch_row *row)
{
    const double width = pgdp_t_upper_quantile((1 - conf_level) / 2, df);
    row->std_error = sqrt(variance);
    row->df = df;
    row->statistic = row->estimate / row->std_error;
    row->p_value = 2 * pgdp_t_upper(fabs(row->statistic), df);
    row->conf_low = row->estimate - width * row->std_error;
    row->conf_high = row->estimate + width * row->std_error;
}

static pgdp_status keep(pgdp_ctx *ctx, pgdp_batch *b, const solving *g, size_t i, const words *w)
{
    const pg_batch_sample *s = g->s;
    const pg_batch_solution *x = &g->out[i];
    const uint32_t vcov = b->models[g->models[i]].vcov;
    const pg_batch_vcov *v = &b->vcovs[vcov];
    const bool clustered = v->kind == PG_BATCH_CLUSTER;
    double *variance, df;
    const char *dropped;
    pgdp_batch_row *rows;
    size_t n = 0;
    PG_TRY_ALLOC(ctx, variance, pg_arena_alloc(&ctx->scratch, x->n_slots, sizeof *variance));
    PG_TRY(find_variances(ctx, s, vcov, x, &df, variance));
    PG_TRY(list_dropped(ctx, b, w, x, &dropped));
    for (size_t k = 0; k < x->n_slots; k++)
        n += x->reported[k];
    if (n == 0) return pg_batch_keep_nothing(ctx, b, g->models[i], dropped);
    PG_TRY(pg_batch_make_rows(ctx, b, g->models[i], n, &rows));
    for (size_t k = 0; k < x->n_slots; k++) {
        if (!x->reported[k]) continue;
        rows->term = w->names[x->column[k]];
        rows->estimate = x->estimate[k];
        set_inference(b->conf_level, variance[k], df, rows);
        rows->nobs = s->nobs;
        rows->n_terms = (double)x->n_terms;
        rows->r_squared = x->tss > 0 ? 1 - x->ssr / x->tss : (double)NAN;
        rows->sigma = sqrt(x->ssr / (s->nobs - (double)x->n_terms - (double)s->n_absorbed));
        if (clustered) rows->clusters = (double)s->clusters[vcov].fewest;
        rows->digits = x->digits;
        rows->solver = x->from_rows ? "row_pass" : "moments";
        rows->collinear = dropped;
        rows++;
    }
    return PGDP_OK;
}

/* Models [first, ...) of the group; those that moments cannot do are added to by_row. */
static pgdp_status run_chunk(pgdp_ctx *ctx, pgdp_batch *b, const solving *g, const words *w, uint32_t *by_row,
                             size_t *n_by_row)
{
    solving now = *g;
    PG_TRY(pg_batch_solutions_new(ctx, g->s, g->models, g->n, &now.out));
    PG_TRY(solve_all(ctx, &now));
    for (uint32_t v = 0; v < b->request.choices[PGDP_BATCH_VCOV].n; v++)
        PG_TRY(fill_meats(ctx, &now, v));
    count_digits_of_meats(&now);
    for (size_t i = 0; i < g->n; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        if (now.out[i].by_row)
            by_row[(*n_by_row)++] = g->models[i];
        else
            PG_TRY(keep(ctx, b, &now, i, w));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Fourth moments, where they take less work than a pass over rows for every robust model. */
static pgdp_status find_fourth(pgdp_ctx *ctx, pg_batch_sample *s)
{
    const double p = (double)s->n_columns, n = (double)s->rows.n;
    double models = 0;
    for (size_t i = 0; i < s->group->n_models; i++)
        models += s->batch->vcovs[s->batch->models[s->group->models[i]].vcov].kind == PG_BATCH_HC;
    const double work = pg_batch_fourth_work(n, s->n_columns, models);
    if (s->n_columns > MOST_FOURTH || work > 2 * n * p * models) return PGDP_OK;
    const pg_blocks blocks = pg_batch_blocks(s, false);
    PG_TRY_ALLOC(ctx, s->fourth, pg_arena_alloc(&ctx->scratch, 1, sizeof *s->fourth));
    return pg_fourth_pass(ctx, &blocks, s->moments, s->fourth);
}

static pgdp_status run_all(pgdp_ctx *ctx, pgdp_batch *b, pg_batch_sample *s, uint32_t *by_row, size_t *n_by_row)
{
    words w = { .names = NULL };
    PG_TRY(find_fourth(ctx, s));
    PG_TRY_ALLOC(ctx, w.names, pg_arena_alloc(&ctx->scratch, s->n_columns, sizeof *w.names));
    for (size_t j = 0; j < s->n_columns; j++)
        PG_TRY_ALLOC(ctx, w.names[j], pg_arena_strdup(&b->arena, s->names[j]));
    for (size_t first = 0; first < s->group->n_models; first += CHUNK) {
        const size_t n = s->group->n_models - first < CHUNK ? s->group->n_models - first : CHUNK;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const solving g = { .s = s, .models = s->group->models + first, .n = n };
        PG_TRY(run_chunk(ctx, b, &g, &w, by_row, n_by_row));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

pgdp_status pg_batch_run_moments(pgdp_ctx *ctx, pgdp_batch *b, size_t group)
{
    const pg_batch_group *g = &b->groups[group];
    pg_batch_sample s = { .moments = NULL };
    uint32_t *by_row;
    size_t n_by_row = 0;
    PG_TRY_ALLOC(ctx, by_row, pg_arena_alloc(&ctx->scratch, g->n_models, sizeof *by_row));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_blas_single_thread();
    pgdp_status status = pg_batch_sample_new(ctx, b, group, &s);
    if (status == PGDP_OK) {
        status = run_all(ctx, b, &s, by_row, &n_by_row);
        pg_moments_free(s.moments);
    } else if (status != PGDP_NO_MEMORY) { /* each model has its own message from pgdp_regress() */
        for (; n_by_row < g->n_models; n_by_row++)
            by_row[n_by_row] = g->models[n_by_row];
        status = PGDP_OK;
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return status == PGDP_OK ? pg_batch_run_by_row(ctx, b, by_row, n_by_row) : status;
}
