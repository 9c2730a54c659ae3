/* detail.c  What each cell does, as a frame: one row a cell.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "gap/model.h"

/* name, unit, value in terms of a cell, c, and its outcome, o */
#define PG_DETAIL_LIST(X)                                                                                              \
    X(v0, "value", c->v0)                                                                                              \
    X(u, "share", c->u)                                                                                                \
    X(r, "ratio", c->r)                                                                                                \
    X(pt, "ratio", o->price)                                                                                           \
    X(q_h, "value", o->q_h)                                                                                            \
    X(q_s, "value", o->q_s)                                                                                            \
    X(q_e, "value", o->q_e)                                                                                            \
    X(f, "value", o->f)                                                                                                \
    X(n, "value", o->n)                                                                                                \
    X(m, "value", o->m)                                                                                                \
    X(phi_l, "value", (o->q_h + o->q_s + o->q_e) - o->m)                                                               \
    X(cs, "value", o->cs)

static pgdp_status fill(pgdp_ctx *ctx, const pg_economy *economy, const pg_outcome *outcomes, pgdp_frame *frame)
{
    static const pgdp_column columns[] = {
        { .name = "cell", .type = PGDP_TEXT },
#define ENTRY(column, its_unit, value) { .name = #column, .type = PGDP_REAL, .unit = (its_unit) },
        PG_DETAIL_LIST(ENTRY)
#undef ENTRY
            { .name = "regime", .type = PGDP_TEXT },
    };
    enum { REGIME = sizeof columns / sizeof *columns - 1 };
    size_t index;
    for (size_t j = 0; j <= REGIME; j++)
        PG_TRY(pgdp_frame_add_column(ctx, frame, &columns[j], &index));
    PG_TRY(pg_frame_reserve(ctx, frame, economy->n_cells));
    for (size_t i = 0; i < economy->n_cells; i++) {
        const pgdp_gap_cell *c = &economy->cells[i];
        const pg_outcome *o = &outcomes[i];
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        if (c->name != NULL) PG_TRY(pgdp_frame_set_text(ctx, frame, 0, c->name, PGDP_NONE));
        size_t j = 1;
#define ENTRY(column, its_unit, value) pgdp_frame_set_real(frame, j++, value);
        PG_DETAIL_LIST(ENTRY)
#undef ENTRY
        PG_TRY(pgdp_frame_set_text(ctx, frame, REGIME, pgdp_regime_name(o->regime), PGDP_NONE));
    }
    return PGDP_OK;
}

pgdp_status pg_gap_detail(pgdp_ctx *ctx, const pg_economy *economy, const pg_outcome *outcomes, pgdp_frame **out)
{
    pgdp_frame *frame;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    const pgdp_status status = fill(ctx, economy, outcomes, frame);
    if (status == PGDP_OK) {
        *out = frame;
    } else {
        pgdp_frame_free(frame);
    }
    return status;
}
