/* fast_csv_waves.c  Cutting text into chunks at row ends, and parsing some of them at once into the frame.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/parallel.h"
#include "ingest/fast_csv_cells.h"

static size_t count_quotes(const char *text, size_t n, char quote)
{
    size_t count = 0;
    if (quote == '\0') return 0;
    for (const char *p = text; (p = memchr(p, quote, n - (size_t)(p - text))) != NULL; p++)
        count++;
    return count;
}

/* The next chunk of about `size` bytes from `from`, to the end of a row; the file's last row may lack its line end:
 * then the chunk is a copy that has it. */
static pgdp_status cut_chunk(pgdp_ctx *ctx, const pg_fast_file *file, size_t from, size_t size, pg_fast_chunk *chunk)
{
    const char *text = (const char *)file->how->in->data + from;
    const size_t left = file->how->in->n - from;
    const char quote = file->how->dialect.quote;
    *chunk = (pg_fast_chunk){ .text = text, .n = left };
    pg_arena_init(&chunk->arena, &ctx->allocator);
    size_t i = size < left ? size - 1 : left; /* the byte before may be the line end looked for */
    bool inside = count_quotes(text, i, quote) % 2 != 0;
    for (; i < left && (text[i] != '\n' || inside); i++)
        inside = inside != (quote != '\0' && text[i] == quote);
    if (i < left) {
        chunk->n = i + 1;
        return PGDP_OK;
    }
    chunk->odd = inside;
    if (text[left - 1] == '\n' || inside) return PGDP_OK;
    char *copy;
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&ctx->scratch, left + 1, 1));
    memcpy(copy, text, left);
    copy[left] = '\n';
    chunk->text = copy;
    chunk->n = left + 1;
    return PGDP_OK;
}

/* Eight bytes at a time: a byte that is the one sought becomes zero, and only a zero's high bit survives. */
static size_t count_byte(const char *text, size_t n, unsigned char byte)
{
    const uint64_t ones = 0x0101010101010101u, low = 0x7f7f7f7f7f7f7f7fu;
    size_t count = 0, i = 0;
    for (uint64_t word; i + sizeof word <= n; i += sizeof word) {
        memcpy(&word, text + i, sizeof word);
        word ^= ones * byte;
        word = ~(((word & low) + low) | word | low);
        count += (size_t)((word >> 7) * ones >> 56);
    }
    for (; i < n; i++)
        count += (unsigned char)text[i] == byte;
    return count;
}

static pgdp_status count_lines(pgdp_ctx *ctx, void *user, size_t i)
{
    pg_fast_chunk *chunk = &((const pg_fast_wave *)user)->chunks[i];
    (void)ctx;
    chunk->max_rows = count_byte(chunk->text, chunk->n, '\n');
    chunk->n_lines = chunk->max_rows;
    if (memchr(chunk->text, '\r', chunk->n) != NULL) chunk->n_lines = pg_count_line_ends(chunk->text, chunk->n);
    chunk->odd = chunk->odd || memchr(chunk->text, '\0', chunk->n) != NULL;
    return PGDP_OK;
}

static pgdp_status parse(pgdp_ctx *ctx, void *user, size_t i)
{
    const pg_fast_wave *w = user;
    return w->chunks[i].odd ? PGDP_OK : pg_fast_chunk_parse(ctx, w->file, &w->chunks[i]);
}

static pgdp_status translate(pgdp_ctx *ctx, void *user, size_t i)
{
    const pg_fast_wave *w = user;
    const pg_fast_chunk *chunk = &w->chunks[i];
    (void)ctx;
    for (size_t j = 0; j < w->file->n_columns; j++) {
        const uint32_t *translation = chunk->levels[j].codes;
        uint32_t *codes = w->file->columns[j].codes;
        for (size_t r = 0; translation != NULL && r < chunk->n_rows; r++) {
            uint32_t *code = &codes[chunk->first_row + r];
            if (*code != PGDP_NO_CODE) *code = translation[*code];
        }
    }
    return PGDP_OK;
}

/* Levels get their codes chunk by chunk: in order of first appearance, as if read row by row. */
static pgdp_status merge_levels(pgdp_ctx *ctx, const pg_fast_file *file, pg_fast_chunk *chunk)
{
    for (size_t j = 0; j < file->n_columns; j++) {
        pg_fast_levels *levels = &chunk->levels[j];
        if (levels->n == 0) continue;
        PG_TRY_ALLOC(ctx, levels->codes, pg_arena_alloc(&chunk->arena, levels->n, sizeof *levels->codes));
        for (size_t k = 0; k < levels->n; k++)
            PG_TRY(pg_frame_intern(ctx, file->frame, file->columns[j].index, levels->texts[k], levels->lengths[k],
                                   &levels->codes[k]));
    }
    return PGDP_OK;
}

static void look_at_arrays(pg_fast_file *file)
{
    for (size_t j = 0; j < file->n_columns; j++) {
        pg_fast_column *c = &file->columns[j];
        c->reals = pg_frame_edit_reals(file->frame, c->index);
        c->codes = pg_frame_edit_codes(file->frame, c->index);
        c->periods = pg_frame_edit_periods(file->frame, c->index);
    }
}

pgdp_status pg_fast_wave_again(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_wave *w, bool *odd)
{
    look_at_arrays(file);
    PG_TRY(pg_parallel(ctx, NULL, w->n, parse, w));
    for (size_t i = 0; i < w->n; i++)
        *odd = *odd || w->chunks[i].odd;
    if (*odd) return PGDP_OK;
    for (size_t i = 0; i < w->n; i++)
        PG_TRY(merge_levels(ctx, file, &w->chunks[i]));
    return pg_parallel(ctx, NULL, w->n, translate, w);
}

static void move_rows(const pg_fast_file *file, size_t to, size_t from, size_t n)
{
    for (size_t j = 0; j < file->n_columns; j++) {
        const pg_fast_column *c = &file->columns[j];
        if (c->reals != NULL) memmove(c->reals + to, c->reals + from, n * sizeof *c->reals);
        if (c->codes != NULL) memmove(c->codes + to, c->codes + from, n * sizeof *c->codes);
        if (c->periods != NULL) memmove(c->periods + to, c->periods + from, n * sizeof *c->periods);
    }
}

/* Blank lines had room too: close the gaps, and take what the cells say of their columns. @return the next free row */
static size_t settle_wave(pg_fast_file *file, const pg_fast_wave *w, size_t row)
{
    for (size_t i = 0; i < w->n; i++) {
        pg_fast_chunk *chunk = &w->chunks[i];
        if (chunk->first_row != row) move_rows(file, row, chunk->first_row, chunk->n_rows);
        chunk->first_row = row;
        row += chunk->n_rows;
        for (size_t j = 0; j < file->n_columns; j++)
            if (file->columns[j].watch) pg_facts_add(&file->columns[j].facts, &chunk->facts[j]);
    }
    return row;
}

void pg_fast_wave_end(const pg_fast_file *file, const pg_fast_wave *w)
{
    for (size_t i = 0; i < w->n; i++) {
        pg_fast_chunk *chunk = &w->chunks[i];
        pg_arena_free(&chunk->arena);
        chunk->facts = NULL;
        chunk->levels = NULL;
        if (file->how->mapping != NULL)
            pg_mapping_forget(file->how->mapping, (const unsigned char *)chunk->text, chunk->n);
    }
}

size_t pg_fast_wave_size(const pgdp_ctx *ctx)
{
    return 4 * ctx->n_threads < 8 ? 8 : 4 * ctx->n_threads;
}

pgdp_status pg_fast_wave_cut(pgdp_ctx *ctx, pg_fast_file *file, size_t size, size_t most, pg_fast_place *at,
                             pg_fast_wave *w)
{
    const size_t need = file->n_chunks + most;
    if (need > file->chunks_capacity) {
        PG_TRY_ALLOC(ctx, file->chunks,
                     pg_arena_grow(&ctx->scratch, file->chunks, file->chunks_capacity, 2 * need, sizeof *file->chunks));
        file->chunks_capacity = 2 * need;
    }
    *w = (pg_fast_wave){ .file = file, .chunks = &file->chunks[file->n_chunks] };
    while (w->n < most && at->offset < file->how->in->n) {
        pg_fast_chunk *chunk = &w->chunks[w->n];
        PG_TRY(cut_chunk(ctx, file, at->offset, size, chunk));
        at->offset += chunk->n;
        w->n++;
    }
    file->n_chunks += w->n;
    return PGDP_OK;
}

pgdp_status pg_fast_wave_first(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_place *at, pg_fast_wave *w, bool *odd)
{
    size_t row = at->row;
    PG_TRY(pg_parallel(ctx, NULL, w->n, count_lines, w));
    for (size_t i = 0; i < w->n; i++) {
        pg_fast_chunk *chunk = &w->chunks[i];
        chunk->line = at->line;
        chunk->first_row = row;
        at->line += chunk->n_lines;
        row += chunk->max_rows;
    }
    const size_t had = pgdp_frame_n_rows(file->frame);
    if (row > had) PG_TRY(pg_frame_add_bare_rows(ctx, file->frame, row - had));
    PG_TRY(pg_fast_wave_again(ctx, file, w, odd));
    if (!*odd) at->row = settle_wave(file, w, at->row);
    return PGDP_OK;
}
