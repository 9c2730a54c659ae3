/* grid.c  Scenario grid: the aggregates at every combination of the axes' values. Source: methodology 5.6.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "core/parallel.h"
#include "gap/request.h"

enum { POINTS_A_BLOCK = 16 };
typedef struct grid {
    const pgdp_gap_request *request;
    pg_crowd crowd; /* its workloads */
    const pgdp_axis *axes;
    size_t n_axes, n_points;
    pgdp_gap *gaps; /* [n_points]; the last axis runs fastest */
} grid;

static const size_t shown[] = { PG_GAP_phi_f, PG_GAP_phi_l, PG_GAP_phi_p, PG_GAP_shrinkage,
                                PG_GAP_n1,    PG_GAP_m1,    PG_GAP_qf };
enum { N_SHOWN = sizeof shown / sizeof *shown };

static pgdp_status check_axes(pgdp_ctx *ctx, const pgdp_axis *axes, size_t n_axes, size_t *n_points)
{
    *n_points = 1;
    for (size_t a = 0; a < n_axes; a++) {
        const pgdp_axis *axis = &axes[a];
        if (axis->parameter >= PGDP_N_PARAMETERS)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "axis %zu: found parameter %zu, expected one below %u", a + 1,
                           axis->parameter, (unsigned)PGDP_N_PARAMETERS);
        const char *name = pgdp_parameters_default()[axis->parameter].name;
        for (size_t b = 0; b < a; b++)
            if (axes[b].parameter == axis->parameter)
                return pg_fail(ctx, PGDP_BAD_ARGUMENT, "axis %s: found twice, expected once", name);
        if (axis->n == 0)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "axis %s: found no values, expected at least one", name);
        for (size_t i = 0; i < axis->n; i++)
            PG_TRY(pg_check_parameter_value(ctx, axis->parameter, axis->values[i]));
        if (*n_points > UINT32_MAX / axis->n)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "axis %s: the grid has more than %u points, give fewer values", name,
                           UINT32_MAX);
        *n_points *= axis->n;
    }
    return PGDP_OK;
}

/* Value of axis a at a point. */
static double value_at(const grid *g, size_t point, size_t a)
{
    for (size_t b = g->n_axes - 1; b > a; b--)
        point /= g->axes[b].n;
    return g->axes[a].values[point % g->axes[a].n];
}

static pgdp_status run_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const grid *g = user;
    (void)ctx;
    double values[PGDP_N_PARAMETERS];
    pg_central_values(g->request, values);
    const pg_range range = pg_block_range(g->n_points, POINTS_A_BLOCK, block);
    for (size_t i = range.first; i < range.end; i++) {
        for (size_t a = 0; a < g->n_axes; a++)
            values[g->axes[a].parameter] = value_at(g, i, a);
        pg_crowd_evaluate(&g->crowd, values, 0, &g->gaps[i]);
    }
    return PGDP_OK;
}

static pgdp_status add_columns(pgdp_ctx *ctx, const grid *g, pgdp_frame *frame)
{
    size_t index;
    for (size_t a = 0; a < g->n_axes; a++) {
        const pgdp_parameter *parameter = &pgdp_parameters_default()[g->axes[a].parameter];
        const pgdp_column column = { .name = parameter->name, .type = PGDP_REAL, .unit = parameter->unit };
        PG_TRY(pgdp_frame_add_column(ctx, frame, &column, &index));
    }
    for (size_t j = 0; j < N_SHOWN; j++) {
        const pg_gap_item *item = &pg_gap_items[shown[j]];
        const pgdp_column column = { .name = item->name, .type = PGDP_REAL, .unit = item->unit };
        PG_TRY(pgdp_frame_add_column(ctx, frame, &column, &index));
    }
    const pgdp_column state = { .name = "state", .type = PGDP_TEXT };
    return pgdp_frame_add_column(ctx, frame, &state, &index);
}

static pgdp_status fill(pgdp_ctx *ctx, const grid *g, pgdp_frame *frame)
{
    PG_TRY(add_columns(ctx, g, frame));
    PG_TRY(pg_frame_reserve(ctx, frame, g->n_points));
    for (size_t i = 0; i < g->n_points; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        for (size_t a = 0; a < g->n_axes; a++)
            pgdp_frame_set_real(frame, a, value_at(g, i, a));
        for (size_t j = 0; j < N_SHOWN; j++)
            pgdp_frame_set_real(frame, g->n_axes + j, pg_gap_value(&g->gaps[i], shown[j]));
        PG_TRY(pgdp_frame_set_text(ctx, frame, g->n_axes + N_SHOWN, pgdp_gap_state_name(g->gaps[i].state), PGDP_NONE));
    }
    return PGDP_OK;
}

static pgdp_status evaluate(pgdp_ctx *ctx, grid *g, pgdp_frame *frame)
{
    PG_TRY(pg_check_request(ctx, g->request));
    PG_TRY(check_axes(ctx, g->axes, g->n_axes, &g->n_points));
    PG_TRY(pg_crowd_new(ctx, g->request, &g->crowd));
    PG_TRY_ALLOC(ctx, g->gaps, pg_arena_alloc(&ctx->scratch, g->n_points, sizeof *g->gaps));
    PG_TRY(pg_parallel(ctx, "gap grid", pg_n_blocks(g->n_points, POINTS_A_BLOCK), run_block, g));
    return fill(ctx, g, frame);
}

pgdp_status pgdp_gap_grid(pgdp_ctx *ctx, const pgdp_gap_request *request, const pgdp_axis *axes, size_t n_axes,
                          pgdp_frame **out)
{
    grid g = { .request = request, .axes = axes, .n_axes = n_axes };
    pgdp_frame *frame;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = evaluate(ctx, &g, frame);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK) {
        *out = frame;
    } else {
        pgdp_frame_free(frame);
    }
    return status;
}
