/* text_hash.c  Texts to sparse rows of hashed n-grams.
 * Source: Weinberger, Dasgupta, Langford, Smola & Attenberg (2009), ICML (hashing with signs).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/statements.h"

enum { KIND_WORDS = 1, KIND_LETTERS = 2, LEAST_LETTERS = 3, MOST_LETTERS = 5 };
static const int32_t BLANK = ' ';

/* FNV-1a by code points, and the finaliser of MurmurHash3, which spreads the last ones over all bits. */
static uint64_t mix_in(uint64_t hash, int32_t code)
{
    return (hash ^ (uint32_t)code) * 0x100000001b3U;
}

static uint64_t finish(uint64_t h)
{
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdU;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53U;
    return h ^ (h >> 33);
}

static uint64_t mix_all(uint64_t hash, const int32_t *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = mix_in(hash, codes[i]);
    return hash;
}

uint64_t pg_ngram_hash(uint32_t kind, const int32_t *codes, size_t n)
{
    return finish(mix_all(mix_in(0xcbf29ce484222325U, (int32_t)kind), codes, n));
}

/* Hashes of one row's n-grams, as many as there are. */
typedef struct bag {
    pg_arena *arena;
    uint64_t *hash;
    size_t n, room;
} bag;

static pgdp_status add(pgdp_ctx *ctx, bag *b, uint32_t kind, const int32_t *codes, size_t n)
{
    if (b->n == b->room) {
        const size_t room = 2 * b->room + 512;
        PG_TRY_ALLOC(ctx, b->hash, pg_arena_grow(b->arena, b->hash, b->room, room, sizeof *b->hash));
        b->room = room;
    }
    b->hash[b->n++] = pg_ngram_hash(kind, codes, n);
    return PGDP_OK;
}

/* The word between blanks, and after it the next one: every n-gram is a piece of that. */
static pgdp_status add_word(pgdp_ctx *ctx, bag *b, const pg_words *words, size_t w, int32_t *room)
{
    const size_t n = words->first[w + 1] - words->first[w];
    room[0] = room[n + 1] = BLANK;
    memcpy(room + 1, words->codes + words->first[w], n * sizeof *room);
    PG_TRY(add(ctx, b, KIND_WORDS, room + 1, n));
    for (size_t k = LEAST_LETTERS; k <= MOST_LETTERS; k++)
        for (size_t i = 0; i + k <= n + 2; i++)
            PG_TRY(add(ctx, b, KIND_LETTERS, room + i, k));
    if (w + 1 == words->n) return PGDP_OK;
    const size_t next = words->first[w + 2] - words->first[w + 1];
    memcpy(room + n + 2, words->codes + words->first[w + 1], next * sizeof *room);
    return add(ctx, b, KIND_WORDS, room + 1, n + 1 + next);
}

static pgdp_status add_text(pgdp_ctx *ctx, bag *b, const char *text)
{
    pg_words words;
    int32_t *room;
    PG_TRY(pg_text_words(ctx, text, strlen(text), &words));
    PG_TRY_ALLOC(ctx, room, pg_arena_alloc(&ctx->scratch, words.first[words.n] + 3, sizeof *room));
    for (size_t w = 0; w < words.n; w++)
        PG_TRY(add_word(ctx, b, &words, w, room));
    return PGDP_OK;
}

static int by_hash(const void *a, const void *b)
{
    const uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
    return (p > q) - (p < q);
}

/* Sorted by hash, n-grams of a kind stand together, and so do those of a column. */
static size_t count_cells(bag *b, uint16_t *column, float *value)
{
    size_t n = 0;
    if (b->n == 0) return 0;
    qsort(b->hash, b->n, sizeof *b->hash, by_hash);
    for (size_t i = 0, end; i < b->n; i = end) {
        for (end = i + 1; end < b->n && b->hash[end] == b->hash[i];)
            end++;
        const size_t at = pg_hash_column(b->hash[i]);
        const double weight = pg_hash_sign(b->hash[i]) * (1 + log((double)(end - i)));
        if (n == 0 || column[n - 1] != at) {
            column[n] = (uint16_t)at;
            value[n++] = 0;
        }
        value[n - 1] = (float)((double)value[n - 1] + weight);
    }
    return n;
}

/* The cells so far; they grow in an arena that is gone when the final arrays are filled. */
typedef struct builder {
    bag bag;
    size_t *first, room;
    uint16_t *column;
    float *value;
} builder;

static pgdp_status add_row(pgdp_ctx *ctx, builder *b, const char *text, size_t row)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const size_t at = b->first[row];
    b->bag.n = 0;
    if (text != NULL) PG_TRY(add_text(ctx, &b->bag, text));
    pg_arena_rewind(&ctx->scratch, mark);
    if (at + b->bag.n > b->room) {
        const size_t room = 2 * b->room + b->bag.n;
        PG_TRY_ALLOC(ctx, b->column, pg_arena_grow(b->bag.arena, b->column, b->room, room, sizeof *b->column));
        PG_TRY_ALLOC(ctx, b->value, pg_arena_grow(b->bag.arena, b->value, b->room, room, sizeof *b->value));
        b->room = room;
    }
    b->first[row + 1] = at + count_cells(&b->bag, b->column + at, b->value + at);
    return PGDP_OK;
}

static pgdp_status build(pgdp_ctx *ctx, pg_arena *arena, builder *b, const char *const *texts, pg_hashed *out)
{
    uint16_t *column;
    float *value;
    PG_TRY_ALLOC(ctx, b->first, pg_arena_alloc(arena, out->n + 1, sizeof *b->first));
    for (size_t i = 0; i < out->n; i++)
        PG_TRY(add_row(ctx, b, texts[i], i));
    const size_t n = b->first[out->n];
    PG_TRY_ALLOC(ctx, column, pg_arena_alloc(arena, n, sizeof *column));
    PG_TRY_ALLOC(ctx, value, pg_arena_alloc(arena, n, sizeof *value));
    if (n > 0) {
        memcpy(column, b->column, n * sizeof *column);
        memcpy(value, b->value, n * sizeof *value);
    }
    out->first = b->first;
    out->column = column;
    out->value = value;
    return PGDP_OK;
}

pgdp_status pg_hash_texts(pgdp_ctx *ctx, pg_arena *arena, const char *const *texts, size_t n, pg_hashed *out)
{
    pg_arena grown;
    pg_arena_init(&grown, &ctx->allocator);
    builder b = { .bag.arena = &grown };
    *out = (pg_hashed){ .n = n };
    const pgdp_status status = build(ctx, arena, &b, texts, out);
    pg_arena_free(&grown);
    return status;
}
