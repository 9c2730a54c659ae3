/* bottom_up.c  Cells and new tasks to phantom GDP and its parts. Source: methodology 5.1; identities: 5.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/model.h"
#include "gap/rows.h"

#include <math.h>
#include <string.h>

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

/* New tasks: base price is the reservation price p*, so q_n = p* q; the outlay p1 q is recorded in the share theta. */
static void add_news(const pg_economy *economy, double *total, pgdp_gap *out)
{
    for (size_t j = 0; j < economy->n_news; j++) {
        const pgdp_gap_new_task *t = &economy->news[j];
        const double theta = economy->mode == PGDP_GAP_GROSS ? 1 : t->theta;
        const double q = t->p_star * t->q, f = t->p1 * t->q, n = theta * f;
        total[PG_Q1] += q;
        total[PG_F1] += f;
        total[PG_N1] += n;
        total[PG_M1] += n / t->d;
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

void pg_gap_of_sums(const double *sums, const pg_economy *economy, pgdp_gap *out)
{
    double total[PG_N_SUMS];
    pgdp_gap g = { .q0 = 0 };
    memcpy(total, sums, sizeof total);
    add_news(economy, total, &g);
    g.q0 = total[PG_Q0];
    g.q1 = total[PG_Q1];
    g.f1 = total[PG_F1];
    g.n1 = total[PG_N1];
    g.m1 = total[PG_M1];
    g.defl_h = total[PG_DEFL_H];
    g.defl_s = total[PG_DEFL_S];
    g.defl_e = total[PG_DEFL_E];
    g.bound_s = total[PG_BOUND_S];
    g.bound_e = total[PG_BOUND_E];
    g.cs = total[PG_CS];
    const pg_quantity_index index = pg_quantity_indexes(g.q0, g.q1, total[PG_P1Q0], g.f1);
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

void pg_gap_evaluate(const pg_economy *economy, pgdp_gap *out)
{
    const pg_vector_unit unit = pg_vector_unit_here();
    pg_tally tally = { .n_blocks = 0 };
    pg_rows rows;
    memset(rows.sum, 0, sizeof rows.sum);
    for (size_t first = 0; first < economy->n_cells; first += PG_ROWS) {
        for (size_t i = 0; i < PG_ROWS; i++)
            if (first + i < economy->n_cells)
                pg_rows_put(&rows, i, &economy->cells[first + i], economy->mode);
            else
                pg_rows_put_nothing(&rows, i);
        pg_rows_prepare(&rows, unit);
        pg_rows_evaluate(&rows, unit);
        pg_tally_block(&tally, &rows);
    }
    pg_tally_end(&tally, &rows);
    pg_gap_of_sums(tally.total, economy, out);
}

static pgdp_status detail_of(pgdp_ctx *ctx, const pg_economy *economy, pgdp_frame **out)
{
    pg_outcome *outcomes;
    PG_TRY_ALLOC(ctx, outcomes, pg_arena_alloc(&ctx->scratch, economy->n_cells, sizeof *outcomes));
    for (size_t i = 0; i < economy->n_cells; i++)
        pg_cell_outcome(&economy->cells[i], economy->mode, &outcomes[i]);
    return pg_gap_detail(ctx, economy, outcomes, out);
}

static pgdp_status compute(pgdp_ctx *ctx, const pg_economy *economy, pgdp_gap *gap, pgdp_frame **detail)
{
    PG_TRY(pg_check_economy(ctx, economy));
    pg_gap_evaluate(economy, gap);
    return detail != NULL ? detail_of(ctx, economy, detail) : PGDP_OK;
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
