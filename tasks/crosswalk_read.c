/* crosswalk_read.c  A crosswalk and the table that it moves, matched code by code.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "tasks/crosswalk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** A cell of codes without the blanks around it. */
static pgdp_status code_at(pgdp_ctx *ctx, pg_table table, size_t column, size_t row, const char **out)
{
    PG_TRY(pg_table_key(ctx, table, column, row, out));
    size_t n = strlen(*out);
    pg_trim(out, &n);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(&ctx->scratch, *out, n));
    if (n > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s: row %zu, column %s: found blanks, expected a code", table.name, row + 1,
                   pgdp_frame_column(table.frame, column)->name);
}

/** The named column of text, or the first but `other` whose name says "code". */
static pgdp_status find_codes(pgdp_ctx *ctx, pg_table table, const char *name, size_t other, size_t *column)
{
    if (name != NULL) return pg_table_texts(ctx, table, name, column);
    for (*column = 0; *column < pgdp_frame_n_columns(table.frame); ++*column) {
        const pgdp_column *about = pgdp_frame_column(table.frame, *column);
        if (*column != other && about->type == PGDP_TEXT && pg_text_holds(about->name, "code")) return PGDP_OK;
    }
    return pg_fail(ctx, PGDP_NOT_FOUND,
                   "%s: found no two columns of text with \"code\" in their names, expected codes of two "
                   "classifications; name them",
                   table.name);
}

static int by_pair(const void *a, const void *b)
{
    const pg_link *p = a, *q = b;
    const int order = strcmp(p->from, q->from);
    return order != 0 ? order : strcmp(p->to, q->to);
}

/** The title beside a column of codes, where the next one is of titles. */
static size_t title_of(const pgdp_frame *frame, size_t code)
{
    const size_t next = code + 1;
    if (next >= pgdp_frame_n_columns(frame)) return PGDP_NONE;
    const pgdp_column *about = pgdp_frame_column(frame, next);
    return about->type == PGDP_TEXT && pg_text_holds(about->name, "title") ? next : PGDP_NONE;
}

static pgdp_status read_links(pgdp_ctx *ctx, pg_walk *w)
{
    size_t from, to;
    const double *share = NULL;
    static const double range[2] = { 0, 1e15 };
    PG_TRY(find_codes(ctx, w->by, w->how->from, PGDP_NONE, &from));
    PG_TRY(find_codes(ctx, w->by, w->how->to, from, &to));
    if (w->how->shares != NULL) PG_TRY(pg_numbers(ctx, w->by, w->how->shares, range, &share));
    w->from = pgdp_frame_column(w->by.frame, from)->name;
    w->to = pgdp_frame_column(w->by.frame, to)->name;
    w->n_links = pgdp_frame_n_rows(w->by.frame);
    const size_t title = title_of(w->by.frame, to);
    PG_TRY_ALLOC(ctx, w->links, pg_arena_alloc(&ctx->scratch, w->n_links, sizeof *w->links));
    for (size_t i = 0; i < w->n_links; i++) {
        pg_link *l = &w->links[i];
        *l = (pg_link){ .row = i, .share = share == NULL ? 1 : share[i] };
        PG_TRY(code_at(ctx, w->by, from, i, &l->from));
        PG_TRY(code_at(ctx, w->by, to, i, &l->to));
        if (title != PGDP_NONE) l->title = pgdp_frame_text(w->by.frame, title, i);
    }
    qsort(w->links, w->n_links, sizeof *w->links, by_pair);
    for (size_t i = 1; i < w->n_links; i++)
        if (by_pair(&w->links[i - 1], &w->links[i]) == 0)
            return pg_fail(ctx, PGDP_PARSE, "%s: row %zu, column %s: found %s to %s a second time, expected each once",
                           w->by.name, w->links[i].row + 1, w->to, w->links[i].from, w->links[i].to);
    return PGDP_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t find_target(const pg_walk *w, const char *code)
{
    const char **found = bsearch((const void *)&code, (const void *)w->target, w->n_targets, sizeof code, by_name);
    return found == NULL ? PGDP_NONE : (size_t)(found - w->target);
}

static pgdp_status number_targets(pgdp_ctx *ctx, pg_walk *w)
{
    PG_TRY_ALLOC(ctx, w->target, pg_arena_alloc(&ctx->scratch, w->n_links, sizeof *w->target));
    for (size_t i = 0; i < w->n_links; i++)
        w->target[i] = w->links[i].to;
    qsort((void *)w->target, w->n_links, sizeof *w->target, by_name);
    for (size_t i = 0; i < w->n_links; i++)
        if (w->n_targets == 0 || strcmp(w->target[w->n_targets - 1], w->target[i]) != 0)
            w->target[w->n_targets++] = w->target[i];
    for (size_t i = 0; i < w->n_links; i++)
        w->links[i].target = find_target(w, w->links[i].to);
    return PGDP_OK;
}

/** Rows of a table of employment that count: detailed ones, where it has levels, of the newest year, where it has any.
 */
typedef struct chosen {
    size_t level;
    const double *year;
    double newest;
} chosen;

static bool is_chosen(const pgdp_frame *frame, const chosen *c, size_t row)
{
    const char *level = c->level == PGDP_NONE ? NULL : pgdp_frame_text(frame, c->level, row);
    if (level != NULL && !pg_streq(level, "detailed")) return false;
    return c->year == NULL || c->year[row] > c->newest - 0.5;
}

static chosen choose(const pgdp_frame *frame)
{
    const size_t level = pgdp_frame_find(frame, "level"), year = pgdp_frame_find(frame, "year");
    chosen c = { .level = PGDP_NONE };
    if (level != PGDP_NONE && pgdp_frame_column(frame, level)->type == PGDP_TEXT) c.level = level;
    if (year != PGDP_NONE) c.year = pgdp_frame_reals(frame, year);
    for (size_t i = 0; c.year != NULL && i < pgdp_frame_n_rows(frame); i++)
        c.newest = fmax(c.newest, c.year[i]);
    return c;
}

/** Heads of each target; 0 where the table says nothing. */
static pgdp_status read_employment(pgdp_ctx *ctx, const pg_walk *w, double *heads)
{
    static const double range[2] = { 0, 1e12 };
    const pg_table table = { w->how->employment, "employment" };
    const chosen c = choose(table.frame);
    const double *x;
    size_t column = 0, n_seen = 0;
    bool *seen;
    PG_TRY(pg_numbers_known(ctx, table, "employment", range, &x));
    while (column < pgdp_frame_n_columns(table.frame) && pgdp_frame_column(table.frame, column)->type != PGDP_TEXT)
        column++;
    if (x == NULL || column == pgdp_frame_n_columns(table.frame))
        return pg_fail(ctx, PGDP_NOT_FOUND,
                       "employment: found no codes or no column \"employment\", expected a column of text and heads");
    PG_TRY_ALLOC(ctx, seen, pg_arena_alloc(&ctx->scratch, w->n_targets, sizeof *seen));
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++) {
        const char *code;
        if (!is_chosen(table.frame, &c, i)) continue;
        PG_TRY(code_at(ctx, table, column, i, &code));
        const size_t t = find_target(w, code);
        if (t == PGDP_NONE) continue;
        if (seen[t])
            return pg_fail(ctx, PGDP_PARSE, "employment: row %zu, column %s: found %s a second time, expected it once",
                           i + 1, pgdp_frame_column(table.frame, column)->name, code);
        seen[t] = true;
        n_seen++;
        heads[t] = isnan(x[i]) ? 0 : x[i];
    }
    if (n_seen > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND,
                   "employment: column %s: found no code of the crosswalk's \"%s\", expected codes like \"%s\"",
                   pgdp_frame_column(table.frame, column)->name, w->to, w->n_targets == 0 ? "" : w->target[0]);
}

/** Shares of each code that sum to one; equal where its weights are all 0. */
static void normalise(pg_walk *w)
{
    for (size_t first = 0, end; first < w->n_links; first = end) {
        double sum = 0;
        for (end = first; end < w->n_links && strcmp(w->links[end].from, w->links[first].from) == 0; end++)
            sum += w->links[end].share;
        for (size_t i = first; i < end; i++)
            w->links[i].share = sum > 0 ? w->links[i].share / sum : 1 / (double)(end - first);
    }
}

static pgdp_status set_shares(pgdp_ctx *ctx, pg_walk *w)
{
    double *heads;
    if (w->how->employment != NULL && w->how->shares != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "crosswalk: found shares and employment, expected one way of splitting");
    if (w->how->employment != NULL) {
        PG_TRY_ALLOC(ctx, heads, pg_arena_alloc(&ctx->scratch, w->n_targets, sizeof *heads));
        PG_TRY(read_employment(ctx, w, heads));
        for (size_t i = 0; i < w->n_links; i++)
            w->links[i].share = heads[w->links[i].target];
    }
    normalise(w);
    return PGDP_OK;
}

static int by_code(const void *a, const void *b)
{
    const pg_walker *p = a, *q = b;
    return strcmp(p->code, q->code);
}

static pgdp_status read_walkers(pgdp_ctx *ctx, pg_walk *w, size_t *column)
{
    static const double range[2] = { 0, 1e300 };
    const double *weight = NULL;
    *column = 0;
    if (w->how->code != NULL) PG_TRY(pg_table_texts(ctx, w->table, w->how->code, column));
    while (*column < pgdp_frame_n_columns(w->table.frame) &&
           pgdp_frame_column(w->table.frame, *column)->type != PGDP_TEXT)
        ++*column;
    if (*column == pgdp_frame_n_columns(w->table.frame))
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no column of text, expected occupation codes", w->table.name);
    if (w->how->weight != NULL) PG_TRY(pg_numbers(ctx, w->table, w->how->weight, range, &weight));
    w->n_walkers = pgdp_frame_n_rows(w->table.frame);
    PG_TRY_ALLOC(ctx, w->walkers, pg_arena_alloc(&ctx->scratch, w->n_walkers, sizeof *w->walkers));
    for (size_t i = 0; i < w->n_walkers; i++) {
        w->walkers[i] = (pg_walker){ .row = i, .weight = weight == NULL ? 1 : weight[i] };
        PG_TRY(code_at(ctx, w->table, *column, i, &w->walkers[i].code));
    }
    qsort(w->walkers, w->n_walkers, sizeof *w->walkers, by_code);
    for (size_t i = 1; i < w->n_walkers; i++) {
        const pg_walker *p = &w->walkers[i - 1], *q = &w->walkers[i];
        if (by_code(p, q) == 0)
            return pg_fail(ctx, PGDP_PARSE, "%s: row %zu, column %s: found %s a second time, expected a row a code",
                           w->table.name, (p->row > q->row ? p->row : q->row) + 1,
                           pgdp_frame_column(w->table.frame, *column)->name, q->code);
    }
    return PGDP_OK;
}

/** The links of each walker: both stand in order of code. */
static pgdp_status match(pgdp_ctx *ctx, pg_walk *w, size_t column)
{
    size_t l = 0, n_matched = 0;
    const char *name = pgdp_frame_column(w->table.frame, column)->name;
    for (size_t i = 0; i < w->n_walkers; i++) {
        pg_walker *p = &w->walkers[i];
        while (l < w->n_links && strcmp(w->links[l].from, p->code) < 0)
            l++;
        p->first = p->end = l;
        while (p->end < w->n_links && strcmp(w->links[p->end].from, p->code) == 0)
            p->end++;
        n_matched += p->end > p->first;
    }
    if (n_matched == 0)
        return pg_fail(ctx, PGDP_NOT_FOUND,
                       "%s: column %s: found no code of the crosswalk's \"%s\" (\"%s\" here, \"%s\" there), expected "
                       "codes of one classification; is it another release, or the other direction?",
                       w->table.name, name, w->from, w->n_walkers == 0 ? "" : w->walkers[0].code,
                       w->n_links == 0 ? "" : w->links[0].from);
    for (size_t i = 0; i < w->n_walkers; i++) {
        const pg_walker *p = &w->walkers[i];
        if (p->end == p->first && find_target(w, p->code) != PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE,
                           "%s: row %zu, column %s: found %s, a code of \"%s\" among codes of \"%s\", expected one "
                           "release",
                           w->table.name, p->row + 1, name, p->code, w->to, w->from);
    }
    return PGDP_OK;
}

pgdp_status pg_walk_read(pgdp_ctx *ctx, pg_walk *walk)
{
    size_t column;
    PG_TRY(read_links(ctx, walk));
    PG_TRY(number_targets(ctx, walk));
    PG_TRY(set_shares(ctx, walk));
    PG_TRY(read_walkers(ctx, walk, &column));
    return match(ctx, walk, column);
}
