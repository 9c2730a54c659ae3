/* headline_jackknife.c  How much the labels' shares hang on single occupations. Source: Efron & Tibshirani (1993),
 * ch. 11. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tasks/headline.h"

/* What one activity loses when an occupation is left out. */
typedef struct loss {
    double n_graded, n_below, employment, wage_bill;
    size_t occupation; /* whose losses these are */
} loss;

static void subtract_links(const pgdp_scoring *s, size_t occupation, loss *losses)
{
    const pg_occupation *o = &s->list->occupations[occupation];
    for (size_t i = o->first; i < o->end; i++)
        for (size_t l = s->list->first_link[i]; l < s->list->first_link[i + 1]; l++) {
            loss *lost = &losses[s->list->activity[l]];
            if (lost->occupation != occupation) *lost = (loss){ .occupation = occupation };
            lost->n_graded += s->grades[i] >= 0 ? 1 : 0;
            lost->n_below += s->grades[i] >= 0 && (size_t)s->grades[i] < s->threshold ? 1 : 0;
            lost->employment += s->list->link_employment[l];
            lost->wage_bill += s->list->link_wage_bill[l];
        }
}

/* The change of part and total that an activity's losses make. */
static void leave_out(const pgdp_scoring *s, size_t a, const loss *lost, double *part, double *total)
{
    const pg_activity_state *state = &s->activity[a];
    const double n_graded = state->n_graded - lost->n_graded;
    const bool residual = a == s->list->n_activities;
    const bool done = !residual && n_graded > 0.5 && state->n_below - lost->n_below < 0.5;
    const double heads = state->employment - lost->employment, usd = state->wage_bill - lost->wage_bill;
    if (!residual && state->n_graded > 0.5 && n_graded < 0.5) total[PG_BY_COUNT] -= 1;
    total[PG_BY_HOURS] -= lost->employment * PG_HOURS_A_YEAR;
    total[PG_BY_WAGES] -= lost->wage_bill;
    part[PG_BY_COUNT] += (done ? 1 : 0) - (state->done_by_labels ? 1 : 0);
    part[PG_BY_HOURS] += ((done ? heads : 0) - (state->done_by_labels ? state->employment : 0)) * PG_HOURS_A_YEAR;
    part[PG_BY_WAGES] += (done ? usd : 0) - (state->done_by_labels ? state->wage_bill : 0);
}

/* Shares without one occupation: [PG_N_WEIGHTINGS]. */
static void shares_without(const pgdp_scoring *s, size_t occupation, const double *part, const double *total,
                           loss *losses, double *share)
{
    double part_left[PG_N_WEIGHTINGS], total_left[PG_N_WEIGHTINGS];
    for (size_t w = 0; w < PG_N_WEIGHTINGS; w++) {
        part_left[w] = part[w];
        total_left[w] = total[w];
    }
    subtract_links(s, occupation, losses);
    const pg_occupation *o = &s->list->occupations[occupation];
    for (size_t i = o->first; i < o->end; i++)
        for (size_t l = s->list->first_link[i]; l < s->list->first_link[i + 1]; l++) {
            loss *lost = &losses[s->list->activity[l]];
            if (lost->occupation != occupation) continue; /* already left out, by another of its links */
            leave_out(s, s->list->activity[l], lost, part_left, total_left);
            lost->occupation = PGDP_NONE;
        }
    for (size_t w = 0; w < PG_N_WEIGHTINGS; w++)
        share[w] = total_left[w] > 0 ? part_left[w] / total_left[w] : 0;
}

pgdp_status pg_headline_jackknife(pgdp_ctx *ctx, const pgdp_scoring *s, double *low, double *high)
{
    const size_t n = s->list->n_occupations;
    const double z = pgdp_normal_upper_quantile((1 - s->request.conf_level) / 2);
    double part[PG_N_WEIGHTINGS] = { 0 }, total[PG_N_WEIGHTINGS], *shares;
    loss *losses;
    PG_TRY_ALLOC(ctx, losses, pg_arena_alloc(&ctx->scratch, s->list->n_activities + 1, sizeof *losses));
    PG_TRY_ALLOC(ctx, shares, pg_arena_alloc(&ctx->scratch, n * PG_N_WEIGHTINGS, sizeof *shares));
    for (size_t a = 0; a <= s->list->n_activities; a++)
        losses[a].occupation = PGDP_NONE;
    pg_headline_totals(s, total);
    for (size_t a = 0; a < s->list->n_activities; a++)
        if (s->activity[a].done_by_labels) pg_headline_add(s, a, part);
    for (size_t o = 0; o < n; o++)
        shares_without(s, o, part, total, losses, shares + o * PG_N_WEIGHTINGS);
    for (size_t w = 0; w < PG_N_WEIGHTINGS; w++) {
        double mean = 0, squares = 0;
        for (size_t o = 0; o < n; o++)
            mean += shares[w + o * PG_N_WEIGHTINGS] / (double)n;
        for (size_t o = 0; o < n; o++)
            squares += pow(shares[w + o * PG_N_WEIGHTINGS] - mean, 2);
        const double error = sqrt(squares * (double)(n - 1) / (double)n), share = part[w] / total[w];
        low[w] = fmax(share - z * error, 0);
        high[w] = fmin(share + z * error, 1);
    }
    return PGDP_OK;
}
