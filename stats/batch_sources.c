/* batch_sources.c  Numbers and groups of a whole frame by their text, each found once however many models name it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch.h"
#include "stats/cluster.h"
#include "stats/eval_check.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool pg_batch_is_whole(const double *x, size_t n)
{
    static const double most = 9007199254740992; /* 2^53: beyond, not every one is a double */
    for (size_t i = 0; i < n; i++)
        if (x[i] > floor(x[i]) || fabs(x[i]) > most) return false;
    return true;
}

/* Which rows lack the source: states of pg_rows, in ctx->scratch. */
static pgdp_status find_missing(pgdp_ctx *ctx, const pgdp_batch *b, uint32_t source, pg_rows *out)
{
    PG_TRY(pg_rows_init(ctx, &b->scope, NULL, out));
    return pg_batch_need(ctx, b, source, out);
}

/* FNV-1a, to find rows that may be the same; whether they are is looked at. */
static uint64_t hash_of(const pg_rows *rows, bool *any)
{
    uint64_t hash = 14695981039346656037u;
    *any = false;
    for (size_t i = 0; i < rows->n_all; i++) {
        *any = *any || rows->state[i] != PG_ROW_KEPT;
        hash = (hash ^ rows->state[i]) * 1099511628211u;
    }
    return hash;
}

/* The first source that the same rows lack stands for all of these, so that models which differ in nothing else share
 * their group. */
static pgdp_status find_pattern(pgdp_ctx *ctx, pgdp_batch *b, uint32_t source)
{
    pg_batch_source *s = &b->sources[source];
    pg_rows rows, others;
    bool any;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(find_missing(ctx, b, source, &rows));
    s->pattern = hash_of(&rows, &any);
    s->complete = !any;
    s->missing_as = source;
    for (uint32_t i = 0; i < source && any && s->missing_as == source; i++) {
        const pg_batch_source *other = &b->sources[i];
        if (other->missing_as != i || other->complete || other->pattern != s->pattern) continue;
        PG_TRY(find_missing(ctx, b, i, &others));
        if (memcmp(rows.state, others.state, rows.n_all) == 0) s->missing_as = i;
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status add(pgdp_ctx *ctx, pgdp_batch *b, const char *key, const pg_batch_source *source, uint32_t *out)
{
    char *copy;
    if ((b->n_sources & (b->n_sources - 1)) == 0) {
        const size_t room = b->n_sources == 0 ? 1 : 2 * b->n_sources;
        PG_TRY_ALLOC(ctx, b->sources, pg_arena_grow(&b->arena, b->sources, b->n_sources, room, sizeof *b->sources));
    }
    PG_TRY_ALLOC(ctx, copy, pg_arena_strdup(&b->arena, key));
    *out = (uint32_t)b->n_sources;
    b->sources[*out] = *source;
    PG_TRY_ALLOC(ctx, b->sources[*out].name, pg_arena_strdup(&b->arena, source->name));
    if (source->kind == PG_BATCH_NUMBERS)
        b->sources[*out].whole = pg_batch_is_whole(source->values, pgdp_frame_n_rows(b->frame));
    PG_TRY(find_pattern(ctx, b, *out));
    b->n_sources++;
    return pg_map_put(&b->source_index, copy, strlen(copy), *out) ? PGDP_OK : pg_no_memory(ctx);
}

static bool find(const pgdp_batch *b, const char *key, uint32_t *out)
{
    const size_t at = pg_map_find(&b->source_index, key, strlen(key));
    *out = (uint32_t)at;
    return at != PGDP_NONE;
}

/* Numbers that outlive the scratch: the frame's own column, or a copy of what was computed. */
static pgdp_status keep_numbers(pgdp_ctx *ctx, pgdp_batch *b, const pg_expr *expr, const double **out)
{
    const size_t n = pgdp_frame_n_rows(b->frame);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const double *values;
    double *copy;
    PG_TRY(pg_eval_numbers(ctx, &b->scope, expr, &values));
    *out = values;
    const size_t column = expr->kind == PG_EXPR_NAME ? pgdp_frame_find(b->frame, expr->text) : PGDP_NONE;
    if (column != PGDP_NONE && pgdp_frame_reals(b->frame, column) == values) return PGDP_OK;
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&b->arena, n, sizeof *copy));
    if (n > 0) memcpy(copy, values, n * sizeof *copy);
    pg_arena_rewind(&ctx->scratch, mark);
    *out = copy;
    return PGDP_OK;
}

pgdp_status pg_batch_add_numbers(pgdp_ctx *ctx, pgdp_batch *b, const pg_expr *expr, uint32_t *out)
{
    const char *text, *key;
    pg_batch_source s = { .kind = PG_BATCH_NUMBERS };
    PG_TRY_ALLOC(ctx, text, pg_expr_text(&ctx->scratch, expr));
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "n:%s", text));
    if (find(b, key, out)) return PGDP_OK;
    s.name = text;
    PG_TRY(keep_numbers(ctx, b, expr, &s.values));
    return add(ctx, b, key, &s, out);
}

static bool is_text_column(const pgdp_frame *frame, const pg_expr *e)
{
    const size_t column = e->kind == PG_EXPR_NAME ? pgdp_frame_find(frame, e->text) : PGDP_NONE;
    return column != PGDP_NONE && pgdp_frame_column(frame, column)->type == PGDP_TEXT;
}

static bool is_number(const pgdp_batch *b, const pg_part *p)
{
    return p->kind == PG_PART_NUMBER && !is_text_column(b->frame, p->expr);
}

/* A product of numbers, missing where one of them is. */
static pgdp_status multiply(pgdp_ctx *ctx, pgdp_batch *b, const pg_term *t, const double **out)
{
    const size_t n = pgdp_frame_n_rows(b->frame);
    double *product;
    if (t->n_parts == 1) return keep_numbers(ctx, b, t->parts[0].expr, out);
    PG_TRY_ALLOC(ctx, product, pg_arena_alloc(&b->arena, n, sizeof *product));
    for (size_t k = 0; k < t->n_parts; k++) {
        const double *values;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(pg_eval_numbers(ctx, &b->scope, t->parts[k].expr, &values));
        for (size_t i = 0; i < n; i++) {
            const double x = isfinite(values[i]) ? values[i] : (double)NAN;
            product[i] = k == 0 ? x : product[i] * x;
        }
        pg_arena_rewind(&ctx->scratch, mark);
    }
    *out = product;
    return PGDP_OK;
}

/* Words that tell a term from all others, reference levels and all. */
static pgdp_status describe(pgdp_ctx *ctx, const pg_term *t, pg_text *key)
{
    for (size_t k = 0; k < t->n_parts; k++) {
        const pg_part *p = &t->parts[k];
        const pg_expr *const options[] = { p->ref, p->keep, p->bin };
        pg_text_addf(key, "%s%s", k == 0 ? "" : ":", p->name);
        for (size_t o = 0; o < sizeof options / sizeof *options; o++) {
            const char *text = "";
            if (options[o] != NULL) PG_TRY_ALLOC(ctx, text, pg_expr_text(&ctx->scratch, options[o]));
            if (p->kind == PG_PART_LEVELS) pg_text_addf(key, ",%s", text);
        }
        if (p->kind == PG_PART_BASIS) pg_text_addf(key, ",%zu,%d", p->degree, p->raw);
    }
    return key->failed ? pg_no_memory(ctx) : PGDP_OK;
}

static bool is_margin(const pg_terms *all, size_t i, size_t of)
{
    for (size_t k = 0; k < all->items[of].n_parts; k++)
        if (i != of && pg_term_is_margin(&all->items[i], &all->items[of], k)) return true;
    return false;
}

static pgdp_status copy_expr(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *from, const pg_expr **out)
{
    pg_expr *e;
    *out = NULL;
    if (from == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(arena, 1, sizeof *e));
    *e = *from;
    if (from->text != NULL) PG_TRY_ALLOC(ctx, e->text, pg_arena_strdup(arena, from->text));
    if (from->label != NULL) PG_TRY_ALLOC(ctx, e->label, pg_arena_strdup(arena, from->label));
    PG_TRY(copy_expr(ctx, arena, from->left, &e->left));
    PG_TRY(copy_expr(ctx, arena, from->right, &e->right));
    PG_TRY(copy_expr(ctx, arena, from->next, &e->next));
    *out = e;
    return PGDP_OK;
}

static pgdp_status copy_term(pgdp_ctx *ctx, pg_arena *arena, const pg_term *from, pg_term *out)
{
    pg_part *parts;
    PG_TRY_ALLOC(ctx, parts, pg_arena_alloc(arena, from->n_parts, sizeof *parts));
    for (size_t k = 0; k < from->n_parts; k++) {
        parts[k] = from->parts[k];
        PG_TRY_ALLOC(ctx, parts[k].name, pg_arena_strdup(arena, parts[k].name));
        PG_TRY(copy_expr(ctx, arena, parts[k].expr, &parts[k].expr));
        PG_TRY(copy_expr(ctx, arena, parts[k].ref, &parts[k].ref));
        PG_TRY(copy_expr(ctx, arena, parts[k].keep, &parts[k].keep));
        PG_TRY(copy_expr(ctx, arena, parts[k].bin, &parts[k].bin));
    }
    *out = (pg_term){ parts, from->n_parts };
    return PGDP_OK;
}

/* The term after the terms that decide which of its levels are redundant; copies, since formulas come and go. */
static pgdp_status collect(pgdp_ctx *ctx, pgdp_batch *b, const pg_terms *all, size_t i, pg_terms *out)
{
    pg_term *items;
    PG_TRY_ALLOC(ctx, items, pg_arena_alloc(&b->arena, all->n, sizeof *items));
    *out = (pg_terms){ items, 0 };
    for (size_t j = 0; j < all->n; j++)
        if (is_margin(all, j, i)) PG_TRY(copy_term(ctx, &b->arena, &all->items[j], &items[out->n++]));
    return copy_term(ctx, &b->arena, &all->items[i], &items[out->n++]);
}

pgdp_status pg_batch_add_term(pgdp_ctx *ctx, pgdp_batch *b, const pg_terms *all, size_t i, uint32_t *out)
{
    const pg_term *t = &all->items[i];
    pg_batch_source s = { .kind = PG_BATCH_NUMBERS };
    pg_text key;
    pg_text_init(&key, &ctx->scratch);
    pg_text_add(&key, "t:");
    PG_TRY(describe(ctx, t, &key));
    for (size_t k = 0; k < t->n_parts; k++)
        if (!is_number(b, &t->parts[k])) s.kind = PG_BATCH_TERM;
    for (size_t j = 0; s.kind == PG_BATCH_TERM && j < all->n; j++) {
        if (!is_margin(all, j, i)) continue;
        pg_text_add(&key, " given ");
        PG_TRY(describe(ctx, &all->items[j], &key));
    }
    if (find(b, key.data, out)) return PGDP_OK;
    PG_TRY(pg_batch_term_name(ctx, t, &s.name));
    if (s.kind == PG_BATCH_NUMBERS) {
        PG_TRY(multiply(ctx, b, t, &s.values));
        return add(ctx, b, key.data, &s, out);
    }
    PG_TRY(collect(ctx, b, all, i, &s.terms));
    return add(ctx, b, key.data, &s, out);
}

/* Groups of the rows that have all columns. */
static pgdp_status group_rows(pgdp_ctx *ctx, pgdp_batch *b, const size_t *columns, size_t n, pg_batch_source *s)
{
    pg_rows rows;
    pg_levels levels;
    pg_grouping pairs = { 0 };
    uint32_t *level;
    size_t n_kept = 0, *kept;
    PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&b->arena, pgdp_frame_n_rows(b->frame), sizeof *level));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_rows_init(ctx, &b->scope, NULL, &rows));
    for (size_t c = 0; c < n; c++)
        pg_rows_need_cells(&rows, b->frame, columns[c]);
    PG_TRY_ALLOC(ctx, kept, pg_arena_alloc(&ctx->scratch, rows.n_all, sizeof *kept));
    for (size_t i = 0; i < rows.n_all; i++) {
        level[i] = PG_BATCH_NO_LEVEL;
        if (rows.state[i] == PG_ROW_KEPT) kept[n_kept++] = i;
    }
    for (size_t c = 0; c < n; c++) {
        PG_TRY(pg_levels_of_column(ctx, b->frame, columns[c], kept, n_kept, &levels));
        const pg_grouping before = pairs;
        PG_TRY(pg_grouping_new(ctx, levels.index, c == 0 ? NULL : before.group, n_kept, &pairs));
    }
    for (size_t i = 0; i < n_kept; i++)
        level[kept[i]] = (uint32_t)pairs.group[i];
    s->level = level;
    s->n_levels = (uint32_t)pairs.n_groups;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status add_levels(pgdp_ctx *ctx, pgdp_batch *b, const size_t *columns, size_t n, uint32_t *out)
{
    pg_batch_source s = { .kind = PG_BATCH_LEVELS };
    pg_text key;
    pg_text_init(&key, &ctx->scratch);
    pg_text_add(&key, "l:");
    for (size_t c = 0; c < n; c++)
        pg_text_addf(&key, "%zu ", columns[c]);
    if (key.failed) return pg_no_memory(ctx);
    if (find(b, key.data, out)) return PGDP_OK;
    s.name = pgdp_frame_column(b->frame, columns[0])->name;
    PG_TRY(group_rows(ctx, b, columns, n, &s));
    return add(ctx, b, key.data, &s, out);
}

bool pg_batch_is_column(const pgdp_batch *b, uint32_t source, size_t column)
{
    char key[32];
    uint32_t found;
    (void)snprintf(key, sizeof key, "l:%zu ", column);
    return find(b, key, &found) && found == source;
}

pgdp_status pg_batch_add_levels(pgdp_ctx *ctx, pgdp_batch *b, const pg_expr *const *names, size_t n, uint32_t *out)
{
    size_t *columns;
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, n, sizeof *columns));
    for (size_t c = 0; c < n; c++)
        PG_TRY(pg_eval_column(ctx, b->frame, names[c], &columns[c]));
    return add_levels(ctx, b, columns, n, out);
}

static pgdp_status name_effects(pgdp_ctx *ctx, const pg_formula *formula, pg_text *key)
{
    for (size_t e = 0; e < formula->n_effects; e++) {
        const char *slope = "";
        if (formula->effects[e].slope != NULL)
            PG_TRY_ALLOC(ctx, slope, pg_expr_text(&ctx->scratch, formula->effects[e].slope));
        pg_text_addf(key, "%s[%s]\n", formula->effects[e].name, slope);
    }
    return key->failed ? pg_no_memory(ctx) : PGDP_OK;
}

/* Effects number 0 is none at all. */
pgdp_status pg_batch_add_effects(pgdp_ctx *ctx, pgdp_batch *b, const pg_formula *formula, uint32_t *out)
{
    pg_text key;
    pg_batch_effect *items;
    pg_batch_effects e = { .n = formula->n_effects };
    pg_text_init(&key, &ctx->scratch);
    PG_TRY(name_effects(ctx, formula, &key));
    const size_t at = pg_map_find(&b->effects_index, key.data, key.n);
    *out = (uint32_t)at;
    if (at != PGDP_NONE) return PGDP_OK;
    PG_TRY_ALLOC(ctx, items, pg_arena_alloc(&b->arena, e.n, sizeof *items));
    for (size_t i = 0; i < e.n; i++) {
        const pg_formula_effect *from = &formula->effects[i];
        items[i].slope = UINT32_MAX;
        PG_TRY_ALLOC(ctx, items[i].name, pg_arena_strdup(&b->arena, from->name));
        PG_TRY(pg_batch_add_levels(ctx, b, from->columns, from->n_columns, &items[i].level));
        if (from->slope != NULL) PG_TRY(pg_batch_add_numbers(ctx, b, from->slope, &items[i].slope));
    }
    e.items = items;
    PG_TRY_ALLOC(ctx, e.key, pg_arena_strdup(&b->arena, key.data));
    if ((b->n_effects & (b->n_effects - 1)) == 0) {
        const size_t room = b->n_effects == 0 ? 1 : 2 * b->n_effects;
        PG_TRY_ALLOC(ctx, b->effects, pg_arena_grow(&b->arena, b->effects, b->n_effects, room, sizeof *b->effects));
    }
    *out = (uint32_t)b->n_effects;
    b->effects[b->n_effects++] = e;
    return pg_map_put(&b->effects_index, e.key, key.n, *out) ? PGDP_OK : pg_no_memory(ctx);
}

pgdp_status pg_batch_need(pgdp_ctx *ctx, const pgdp_batch *b, uint32_t source, pg_rows *rows)
{
    const pg_batch_source *s = &b->sources[source];
    if (s->kind == PG_BATCH_NUMBERS) {
        pg_rows_need_numbers(rows, s->values);
    } else if (s->kind == PG_BATCH_LEVELS) {
        for (size_t i = 0; i < rows->n_all; i++)
            if (s->level[i] == PG_BATCH_NO_LEVEL && rows->state[i] == PG_ROW_KEPT) rows->state[i] = PG_ROW_MISSING;
    } else {
        pg_columns columns;
        const pg_terms last = { s->terms.items + s->terms.n - 1, 1 };
        PG_TRY(pg_columns_find(ctx, &b->scope, &last, false, true, &columns));
        pg_columns_need(&columns, rows);
    }
    return PGDP_OK;
}
