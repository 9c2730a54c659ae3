/* workload.c  Scored occupations and the industry accounts to rows of work. Source: methodology 5.1, 3.4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/workload.h"

#include "core/map.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

/** Sums over the BEA industries of one OEWS sector, million usd. */
typedef struct sector {
    double value_added, compensation, final_uses, commodity_output;
} sector;
/** Sums over the sectors of one occupation: wage bill, and wage bill times the sector's ratios. */
typedef struct mix {
    double wage_bill, multiplier, final_share;
} mix;
/** Both tables, keyed by their codes. */
typedef struct tables {
    pg_map sectors, mixes;
    sector *sector;
    mix *mix;
    size_t n_mixes;
} tables;

/** A column of a type by name. */
static pgdp_status need(pgdp_ctx *ctx, const pgdp_frame *frame, const char *table, const char *name, pgdp_type type,
                        size_t *column)
{
    *column = pgdp_frame_find(frame, name);
    if (*column == PGDP_NONE) return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no column \"%s\"; add it", table, name);
    if (pgdp_frame_column(frame, *column)->type == type) return PGDP_OK;
    const char *key;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "not_number:%s", name));
    const char *note = pgdp_frame_note(frame, key); /* the reader's "file:line:col: found ..." */
    if (note != NULL) return pg_fail(ctx, PGDP_PARSE, "%s; correct the cell of column \"%s\"", note, name);
    return pg_fail(ctx, PGDP_PARSE, "%s: column \"%s\" must hold %s", table, name,
                   type == PGDP_REAL ? "numbers" : "texts");
}

/** A column of numbers. */
static pgdp_status need_reals(pgdp_ctx *ctx, const pgdp_frame *frame, const char *table, const char *name,
                              const double **out)
{
    size_t column;
    PG_TRY(need(ctx, frame, table, name, PGDP_REAL, &column));
    *out = pgdp_frame_reals(frame, column);
    return PGDP_OK;
}

/** NaN counts as nothing. */
static double or_zero(double x)
{
    return isnan(x) ? 0 : x;
}

/** Housing (BEA industry HS) has rents, most of them imputed to owners, and next to no pay: no occupation makes them.
 */
static bool is_housing(const pgdp_frame *accounts, size_t industry, size_t row)
{
    const char *code = industry != PGDP_NONE ? pgdp_frame_text(accounts, industry, row) : NULL;
    return code != NULL && pg_streq(code, "HS");
}

static pgdp_status sum_sectors(pgdp_ctx *ctx, const pgdp_frame *accounts, pg_arena *arena, tables *t)
{
    const double *va, *compensation, *final_uses, *output;
    size_t naics, n = pgdp_frame_n_rows(accounts), n_sectors = 0;
    const size_t industry = pgdp_frame_find(accounts, "industry");
    PG_TRY(need(ctx, accounts, "industry accounts", "naics", PGDP_TEXT, &naics));
    PG_TRY(need_reals(ctx, accounts, "industry accounts", "value_added_usd_mn", &va));
    PG_TRY(need_reals(ctx, accounts, "industry accounts", "compensation_usd_mn", &compensation));
    PG_TRY(need_reals(ctx, accounts, "industry accounts", "final_uses_usd_mn", &final_uses));
    PG_TRY(need_reals(ctx, accounts, "industry accounts", "commodity_output_usd_mn", &output));
    PG_TRY_ALLOC(ctx, t->sector, pg_arena_alloc(arena, n, sizeof *t->sector));
    for (size_t i = 0; i < n; i++) {
        const char *code = pgdp_frame_text(accounts, naics, i);
        if (code == NULL || is_housing(accounts, industry, i)) continue;
        size_t at = pg_map_find(&t->sectors, code, strlen(code));
        if (at == PGDP_NONE) {
            at = n_sectors++;
            if (!pg_map_put(&t->sectors, code, strlen(code), at)) return pg_no_memory(ctx);
        }
        sector *s = &t->sector[at];
        s->value_added += or_zero(va[i]);
        s->compensation += or_zero(compensation[i]);
        s->final_uses += or_zero(final_uses[i]);
        s->commodity_output += or_zero(output[i]);
    }
    return PGDP_OK;
}

static pgdp_status mix_occupations(pgdp_ctx *ctx, const pgdp_frame *jobs, pg_arena *arena, tables *t)
{
    const double *employment, *annual;
    size_t naics, soc, n = pgdp_frame_n_rows(jobs);
    PG_TRY(need(ctx, jobs, "sector employment", "naics", PGDP_TEXT, &naics));
    PG_TRY(need(ctx, jobs, "sector employment", "soc", PGDP_TEXT, &soc));
    PG_TRY(need_reals(ctx, jobs, "sector employment", "employment", &employment));
    PG_TRY(need_reals(ctx, jobs, "sector employment", "annual_mean", &annual));
    PG_TRY_ALLOC(ctx, t->mix, pg_arena_alloc(arena, n, sizeof *t->mix));
    for (size_t i = 0; i < n; i++) {
        const char *where = pgdp_frame_text(jobs, naics, i), *what = pgdp_frame_text(jobs, soc, i);
        const size_t s = where == NULL ? PGDP_NONE : pg_map_find(&t->sectors, where, strlen(where));
        const double bill = employment[i] * annual[i];
        if (s == PGDP_NONE || what == NULL || isnan(bill) || t->sector[s].compensation <= 0) continue;
        size_t at = pg_map_find(&t->mixes, what, strlen(what));
        if (at == PGDP_NONE) {
            at = t->n_mixes++;
            if (!pg_map_put(&t->mixes, what, strlen(what), at)) return pg_no_memory(ctx);
        }
        const sector *in = &t->sector[s];
        const double final_share = in->commodity_output > 0 ? in->final_uses / in->commodity_output : 0;
        t->mix[at].wage_bill += bill;
        t->mix[at].multiplier += bill * in->value_added / in->compensation;
        t->mix[at].final_share += bill * fmin(fmax(final_share, 0), 1);
    }
    return PGDP_OK;
}

/** The economy's own ratios, for occupations that no sector row covers. */
static mix whole_economy(const tables *t)
{
    mix all = { 0, 0, 0 };
    for (size_t i = 0; i < t->n_mixes; i++) {
        all.wage_bill += t->mix[i].wage_bill;
        all.multiplier += t->mix[i].multiplier;
        all.final_share += t->mix[i].final_share;
    }
    return all;
}

static void apply_mix(const tables *t, const char *soc, pgdp_workload *row)
{
    const size_t at = pg_map_find(&t->mixes, soc, strlen(soc));
    const mix m = at != PGDP_NONE && t->mix[at].wage_bill > 0 ? t->mix[at] : whole_economy(t);
    if (m.wage_bill <= 0) return;
    row->multiplier = m.multiplier / m.wage_bill;
    row->final_share = m.final_share / m.wage_bill;
}

/** Columns of the scored occupations. */
typedef struct columns {
    size_t soc, title, group;
    const double *wage, *bill, *capability, *se;
} columns;

static pgdp_status find_columns(pgdp_ctx *ctx, const pgdp_frame *f, bool end_to_end, columns *c)
{
    const char *table = "scored occupations";
    PG_TRY(need(ctx, f, table, "soc", PGDP_TEXT, &c->soc));
    PG_TRY(need(ctx, f, table, "title", PGDP_TEXT, &c->title));
    PG_TRY(need(ctx, f, table, "major_group", PGDP_TEXT, &c->group));
    PG_TRY(need_reals(ctx, f, table, "hourly_wage", &c->wage));
    PG_TRY(need_reals(ctx, f, table, "wage_bill_usd", &c->bill));
    PG_TRY(need_reals(ctx, f, table, end_to_end ? "done_share" : "capability", &c->capability));
    return need_reals(ctx, f, table, "capability_se", &c->se);
}

pgdp_status pg_workload(pgdp_ctx *ctx, const pg_workload_inputs *in, pgdp_gap_mode mode, pg_arena *arena,
                        pgdp_workload **out, size_t *n)
{
    tables t = { .n_mixes = 0 };
    columns c;
    const size_t n_rows = pgdp_frame_n_rows(in->occupations);
    pg_map_init(&t.sectors, arena);
    pg_map_init(&t.mixes, arena);
    PG_TRY(find_columns(ctx, in->occupations, in->end_to_end, &c));
    if (mode == PGDP_GAP_ACCOUNTS) {
        PG_TRY(sum_sectors(ctx, in->accounts, arena, &t));
        PG_TRY(mix_occupations(ctx, in->sector_jobs, arena, &t));
    }
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(arena, n_rows, sizeof **out));
    *n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        if (!(c.bill[i] > 0 && c.wage[i] > 0)) continue;
        const char *title = pgdp_frame_text(in->occupations, c.title, i);
        const char *group = pgdp_frame_text(in->occupations, c.group, i);
        pgdp_workload *row = &(*out)[(*n)++];
        *row = (pgdp_workload){ .name = title != NULL ? title : "",
                                .group = group != NULL ? group : "",
                                .wage_bill = c.bill[i],
                                .hourly_wage = c.wage[i],
                                .capability = or_zero(c.capability[i]),
                                .capability_se = or_zero(c.se[i]),
                                .multiplier = 1,
                                .final_share = 1 };
        if (mode == PGDP_GAP_ACCOUNTS) apply_mix(&t, pgdp_frame_text(in->occupations, c.soc, i), row);
    }
    return PGDP_OK;
}
