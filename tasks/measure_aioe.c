/* measure_aioe.c  AI occupational, industry and geographic exposure. Source: Felten, Raj & Seamans (2021), Strategic
 * Management Journal 42, 2195-2217. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "tasks/frames.h"
#include "tasks/measures.h"

#include <math.h>
#include <string.h>

enum { MATRIX, RATINGS, GROUPS };

typedef struct work {
    const char **ability; /* [n_abilities] */
    double *sum, *z;      /* [n_abilities] row sums, standardised */
    size_t n_abilities;
    pg_map by_ability, by_soc;
    const char **soc; /* [n_socs] */
    double *raw, *score, *used;
    size_t n_socs;
} work;

/* A_j: how related the applications together are to an ability. */
static pgdp_status read_matrix(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    static const double unit[2] = { 0, 1 };
    const pg_table table = { frame, "matrix" };
    size_t *columns, n_columns, *index;
    w->n_abilities = pgdp_frame_n_rows(frame);
    PG_TRY(pg_number_columns(ctx, frame, &columns, &n_columns));
    if (n_columns == 0 || w->n_abilities < 2)
        return pg_fail(ctx, PGDP_NOT_FOUND, "matrix: found no columns of applications or no two abilities");
    PG_TRY(
        pg_keys(ctx, table, (const char *const[]){ "ability", pgdp_frame_column(frame, 0)->name, NULL }, &w->ability));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, w->n_abilities, sizeof *index));
    PG_TRY(pg_index_keys(ctx, w->ability, w->n_abilities, index, &w->by_ability));
    PG_TRY_ALLOC(ctx, w->sum, pg_arena_alloc(&ctx->scratch, w->n_abilities, sizeof *w->sum));
    PG_TRY_ALLOC(ctx, w->z, pg_arena_alloc(&ctx->scratch, w->n_abilities, sizeof *w->z));
    for (size_t k = 0; k < n_columns; k++) {
        const double *x;
        PG_TRY(pg_numbers(ctx, table, pgdp_frame_column(frame, columns[k])->name, unit, &x));
        for (size_t i = 0; i < w->n_abilities; i++)
            w->sum[i] += x[i];
    }
    for (size_t i = 0; i < w->n_abilities; i++)
        if (index[i] != i)
            return pg_fail(ctx, PGDP_PARSE, "matrix: row %zu, column %s: found ability \"%.60s\" again", i + 1,
                           pgdp_frame_column(frame, 0)->name, w->ability[i]);
    pg_z_scores(w->sum, w->n_abilities, w->z);
    return PGDP_OK;
}

/* Level and importance of each ability in each six-digit occupation: means over its O*NET codes. [soc][ability] */
typedef struct mean_rating {
    double level, n_level, importance, n_importance;
} mean_rating;

static pgdp_status read_ratings(pgdp_ctx *ctx, const pgdp_frame *frame, work *w, mean_rating **out)
{
    static const double range[2] = { 0, 7 };
    const pg_table table = { frame, "ratings" };
    const char **code, **ability, **scale;
    const double *value;
    const size_t n = pgdp_frame_n_rows(frame);
    const char *const value_name = pgdp_frame_find(frame, "value") != PGDP_NONE ? "value" : "Data Value";
    size_t *soc;
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "O*NET-SOC Code", "onet_soc", "soc", NULL }, &code));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "Element Name", "ability", NULL }, &ability));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "Scale ID", "scale", NULL }, &scale));
    PG_TRY(pg_numbers(ctx, table, value_name, range, &value));
    for (size_t i = 0; i < n; i++)
        PG_TRY(pg_soc_of(ctx, code[i], &code[i]));
    PG_TRY_ALLOC(ctx, soc, pg_arena_alloc(&ctx->scratch, n, sizeof *soc));
    PG_TRY(pg_index_keys(ctx, code, n, soc, &w->by_soc));
    w->n_socs = w->by_soc.n;
    PG_TRY_ALLOC(ctx, w->soc, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->soc));
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, w->n_socs, w->n_abilities * sizeof **out));
    for (size_t i = 0; i < n; i++) {
        const size_t a = pg_map_find(&w->by_ability, ability[i], strlen(ability[i]));
        w->soc[soc[i]] = code[i];
        if (a == PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE,
                           "ratings: row %zu: found ability \"%.60s\", expected one of the matrix; names must be equal",
                           i + 1, ability[i]);
        mean_rating *r = &(*out)[soc[i] * w->n_abilities + a];
        if (pg_streq(scale[i], "LV")) {
            r->level += value[i];
            r->n_level += 1;
        } else if (pg_streq(scale[i], "IM")) {
            r->importance += value[i];
            r->n_importance += 1;
        }
    }
    return PGDP_OK;
}

/* AIOE_k = sum_j A_j L_jk I_jk / sum_j L_jk I_jk, standardised over occupations. */
static pgdp_status score_occupations(pgdp_ctx *ctx, const pgdp_frame *ratings, work *w)
{
    mean_rating *mean;
    PG_TRY(read_ratings(ctx, ratings, w, &mean));
    PG_TRY_ALLOC(ctx, w->raw, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->raw));
    PG_TRY_ALLOC(ctx, w->score, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->score));
    PG_TRY_ALLOC(ctx, w->used, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->used));
    for (size_t k = 0; k < w->n_socs; k++) {
        double above = 0, below = 0;
        for (size_t j = 0; j < w->n_abilities; j++) {
            const mean_rating *r = &mean[k * w->n_abilities + j];
            if (!(r->n_level > 0) || !(r->n_importance > 0)) continue;
            const double weight = r->level / r->n_level * (r->importance / r->n_importance);
            above += weight * w->z[j];
            below += weight;
            w->used[k] += 1;
        }
        if (!(below > 0))
            return pg_fail(ctx, PGDP_PARSE,
                           "ratings: occupation %s: found no ability with a level (LV) above 0 and an importance (IM)",
                           w->soc[k]);
        w->raw[k] = above / below;
    }
    pg_z_scores(w->raw, w->n_socs, w->score);
    return PGDP_OK;
}

static const pgdp_column score_columns[] = { PG_TEXT_COLUMN("soc"), PG_REAL_COLUMN("abilities", "abilities"),
                                             PG_REAL_COLUMN("raw", ""), PG_REAL_COLUMN("aioe", "sd") };
static const pgdp_column group_columns[] = { PG_TEXT_COLUMN("group"), PG_REAL_COLUMN("employment", "heads"),
                                             PG_REAL_COLUMN("matched", "share"), PG_REAL_COLUMN("raw", "sd"),
                                             PG_REAL_COLUMN("score", "sd") };
static const pgdp_column ability_columns[] = { PG_TEXT_COLUMN("ability"), PG_REAL_COLUMN("sum", ""),
                                               PG_REAL_COLUMN("score", "sd") };

static pgdp_status fill(pgdp_ctx *ctx, const char *const *names, const double *const *columns, const size_t size[2],
                        pgdp_frame *out)
{
    for (size_t i = 0; i < size[0]; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, 0, names[i]));
        for (size_t j = 0; j < size[1]; j++)
            pgdp_frame_set_real(out, 1 + j, columns[j][i]);
    }
    return PGDP_OK;
}

/* AIIE, AIGE: means of a group's occupations by employment, standardised over groups. */
static pgdp_status score_groups(pgdp_ctx *ctx, const pgdp_frame *frame, const work *w, pgdp_measurement *m)
{
    static const double range[2] = { 0, 1e12 };
    const pg_table table = { frame, "groups" };
    const char **soc, **group, **names;
    const double *employment;
    const size_t n = pgdp_frame_n_rows(frame);
    size_t *index;
    double *cells[4]; /* employment, matched, raw, score */
    pg_map map;
    pgdp_frame *out;
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "soc", "SOC Code", NULL }, &soc));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "group", NULL }, &group));
    PG_TRY(pg_numbers(ctx, table, "employment", range, &employment));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n, sizeof *index));
    PG_TRY(pg_index_keys(ctx, group, n, index, &map));
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, map.n, sizeof *names));
    for (size_t c = 0; c < 4; c++)
        PG_TRY_ALLOC(ctx, cells[c], pg_arena_alloc(&ctx->scratch, map.n, sizeof *cells[c]));
    for (size_t i = 0; i < n; i++) {
        const size_t k = pg_map_find(&w->by_soc, soc[i], strlen(soc[i])), g = index[i];
        names[g] = group[i];
        cells[0][g] += employment[i];
        if (k == PGDP_NONE) continue;
        cells[1][g] += employment[i];
        cells[2][g] += employment[i] * w->score[k];
    }
    for (size_t g = 0; g < map.n; g++) {
        cells[2][g] /= cells[1][g];
        cells[1][g] /= cells[0][g];
    }
    pg_z_scores(cells[2], map.n, cells[3]);
    PG_TRY(pg_measurement_add(ctx, m, "groups", group_columns, 5, &out));
    return fill(ctx, names, (const double *const[]){ cells[0], cells[1], cells[2], cells[3] },
                (const size_t[2]){ map.n, 4 }, out);
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_frame *const *inputs, const void *options, pgdp_measurement *out)
{
    work w = { .n_socs = 0 };
    pgdp_frame *frame;
    (void)options;
    PG_TRY(read_matrix(ctx, inputs[MATRIX], &w));
    if (inputs[RATINGS] != NULL) {
        PG_TRY(score_occupations(ctx, inputs[RATINGS], &w));
        PG_TRY(pg_measurement_add(ctx, out, "scores", score_columns, 4, &frame));
        PG_TRY(fill(ctx, w.soc, (const double *const[]){ w.used, w.raw, w.score }, (const size_t[2]){ w.n_socs, 3 },
                    frame));
    }
    if (inputs[GROUPS] != NULL && inputs[RATINGS] == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "aioe: found no table \"ratings\", expected one to score groups");
    if (inputs[GROUPS] != NULL) PG_TRY(score_groups(ctx, inputs[GROUPS], &w, out));
    PG_TRY(pg_measurement_add(ctx, out, "abilities", ability_columns, 3, &frame));
    return fill(ctx, w.ability, (const double *const[]){ w.sum, w.z }, (const size_t[2]){ w.n_abilities, 2 }, frame);
}

const pgdp_measure pg_measure_aioe = {
    .name = "aioe",
    .title = "AI occupational, industry and geographic exposure",
    .source = "Felten, Raj & Seamans (2021), Strategic Management Journal 42, 2195-2217",
    .inputs = { { "matrix", "a row an ability: its name first, then a column an application, relatedness 0 to 1",
                  false },
                { "ratings", "O*NET's Abilities: O*NET-SOC Code, Element Name, Scale ID (LV, IM), Data Value", true },
                { "groups", "soc, group (an industry or a place), employment", true },
                { NULL, NULL, false } },
    .answer = "scores by occupation, groups, abilities",
    .compute = compute,
};
