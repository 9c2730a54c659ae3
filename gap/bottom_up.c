/* bottom_up.c  Cells and new tasks to phantom GDP and its parts. Source: methodology 5.1; identities: 5.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/model.h"

#include <math.h>

const pg_gap_item pg_gap_items[] = {
#define PGDP_ENTRY(name, unit, text) { #name, unit, text, offsetof(pgdp_gap, name) },
    PGDP_GAP_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        { NULL, NULL, NULL, 0 },
};

double pg_gap_value(const pgdp_gap *gap, size_t i)
{
    return *(const double *)(const void *)((const char *)gap + pg_gap_items[i].offset);
}

pg_quantity_index pg_quantity_indexes(double p0q0, double p0q1, double p1q0, double p1q1)
{
    const double laspeyres = p0q1 / p0q0, paasche = p1q1 / p1q0;
    return (pg_quantity_index){ laspeyres, paasche, sqrt(laspeyres * paasche) };
}

/* What is added up over cells; p1q0 is base quantity at the new price level of its own cell. */
enum { Q0, Q1, F1, N1, M1, P1Q0, DEFL_H, DEFL_S, DEFL_E, BOUND_S, BOUND_E, CS, N_SUMS };
enum { BLOCK = 64 };
/* Plain sums inside a block of cells, blocks by Neumaier's compensated addition: always in the cells' order. */
typedef struct sums {
    double block[N_SUMS], total[N_SUMS], lost[N_SUMS];
} sums;

static void add_block(sums *s)
{
    for (size_t i = 0; i < N_SUMS; i++) {
        const double x = s->block[i], t = s->total[i] + x;
        s->lost[i] += fabs(s->total[i]) >= fabs(x) ? (s->total[i] - t) + x : (x - t) + s->total[i];
        s->total[i] = t;
        s->block[i] = 0;
    }
}

static void add_cell(double *block, double v0, const pg_outcome *o)
{
    const double q1 = o->q_h + o->q_s + o->q_e;
    block[Q0] += v0;
    block[Q1] += q1;
    block[F1] += o->f;
    block[N1] += o->n;
    block[M1] += o->m;
    if (v0 > 0) block[P1Q0] += o->f / q1 * v0;
    block[DEFL_H] += o->defl_h;
    block[DEFL_S] += o->defl_s;
    block[DEFL_E] += o->defl_e;
    block[BOUND_S] += o->bound_s;
    block[BOUND_E] += o->bound_e;
    block[CS] += o->cs;
}

static void add_cells(const pg_economy *economy, sums *s, pg_outcome *outcomes)
{
    pg_response memo = { .known = false };
    pg_outcome one = { .price = 0 };
    for (size_t i = 0; i < economy->n_cells; i++) {
        pg_outcome *o = outcomes != NULL ? &outcomes[i] : &one;
        pg_cell_outcome(&economy->cells[i], economy->mode, &memo, o);
        add_cell(s->block, economy->cells[i].v0, o);
        if (i % BLOCK == BLOCK - 1) add_block(s);
    }
    add_block(s);
    for (size_t i = 0; i < N_SUMS; i++)
        s->total[i] += s->lost[i];
}

/* New tasks: base price is the reservation price p*, so q_n = p* q; the outlay p1 q is recorded in the share theta. */
static void add_news(const pg_economy *economy, double *total, pgdp_gap *out)
{
    for (size_t j = 0; j < economy->n_news; j++) {
        const pgdp_gap_new_task *t = &economy->news[j];
        const double theta = economy->mode == PGDP_GAP_GROSS ? 1 : t->theta;
        const double q = t->p_star * t->q, f = t->p1 * t->q, n = theta * f;
        total[Q1] += q;
        total[F1] += f;
        total[N1] += n;
        total[M1] += n / t->d;
        out->defl_n += q - f / t->d;
        out->bound_n += (f - n) / t->d;
        out->cs_new += 0.5 * (t->p_star - t->p1) * t->q; /* linear demand between p* and p1 */
    }
}

static pgdp_gap_state state_of(const pgdp_gap *gap)
{
    const double floor = gap->q0 * (1 - PG_GAP_SLACK);
    if (!(gap->qf > 1 + PG_GAP_SLACK) || !(gap->n1 < floor)) return PGDP_STATE_NONE;
    return gap->m1 < floor ? PGDP_STATE_STRONG : PGDP_STATE_PHANTOM;
}

void pg_gap_evaluate(const pg_economy *economy, pgdp_gap *out, pg_outcome *outcomes)
{
    sums s = { .block = { 0 } };
    pgdp_gap g = { .q0 = 0 };
    add_cells(economy, &s, outcomes);
    add_news(economy, s.total, &g);
    g.q0 = s.total[Q0];
    g.q1 = s.total[Q1];
    g.f1 = s.total[F1];
    g.n1 = s.total[N1];
    g.m1 = s.total[M1];
    g.defl_h = s.total[DEFL_H];
    g.defl_s = s.total[DEFL_S];
    g.defl_e = s.total[DEFL_E];
    g.bound_s = s.total[BOUND_S];
    g.bound_e = s.total[BOUND_E];
    g.cs = s.total[CS];
    const pg_quantity_index index = pg_quantity_indexes(g.q0, g.q1, s.total[P1Q0], g.f1);
    g.ql = index.laspeyres;
    g.qp = index.paasche;
    g.qf = index.fisher;
    g.phi_l = g.q1 - g.m1; /* Q0 QL = Q1 */
    /* without base value and without new tasks there is nothing, and no index is needed to say so */
    const bool nothing = g.q0 <= 0 && g.q1 <= 0;
    g.phi_f = nothing ? 0 : g.q0 * g.qf - g.m1;
    g.phi_p = nothing ? 0 : g.q0 * g.qp - g.m1;
    g.index_number_term = nothing ? 0 : g.q0 * (g.ql - g.qf);
    g.shrinkage = g.q0 - g.n1;
    g.phi_substitution = g.defl_h + g.defl_s + g.bound_s + g.defl_n + g.bound_n;
    g.state = state_of(&g);
    *out = g;
}

static pgdp_status compute(pgdp_ctx *ctx, const pg_economy *economy, pgdp_gap *gap, pgdp_frame **detail)
{
    PG_TRY(pg_check_economy(ctx, economy));
    pg_outcome *outcomes = NULL;
    if (detail != NULL) PG_TRY_ALLOC(ctx, outcomes, pg_arena_alloc(&ctx->scratch, economy->n_cells, sizeof *outcomes));
    pg_gap_evaluate(economy, gap, outcomes);
    return detail != NULL ? pg_gap_detail(ctx, economy, outcomes, detail) : PGDP_OK;
}

pgdp_status pgdp_gap_compute(pgdp_ctx *ctx, const pgdp_gap_cell *cells, size_t n_cells, const pgdp_gap_new_task *news,
                             size_t n_news, pgdp_gap_mode mode, pgdp_gap *out, pgdp_frame **detail)
{
    const pg_economy economy = { cells, n_cells, news, n_news, mode };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_gap gap;
    const pgdp_status status = compute(ctx, &economy, &gap, detail);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK) *out = gap;
    return status;
}

const char *pgdp_gap_state_name(pgdp_gap_state state)
{
    static const char *const names[] = { "none", "phantom", "strong" };
    return names[state];
}

const char *pgdp_regime_name(pgdp_regime regime)
{
    static const char *const names[] = { "none", "growth", "nominal_shrinks", "measured_shrinks", "captured" };
    return names[regime];
}
