/* fast_csv.c  The fast reader of delimited text: header, a guess of types from the first rows, waves of chunks parsed
 * in parallel straight into the frame, and a second pass for columns whose guess was wrong. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "ingest/fast_csv.h"

#include <string.h>

#include "ingest/fast_csv_cells.h"

enum {
    CHUNK = 1 << 20,  /* fits a core's own cache with the levels met in it */
    SAMPLE = 1 << 16, /* bytes that types are guessed from */
};

/* ---- the header ---- */

static bool is_wanted(const pg_fast_csv *how, const char *name)
{
    for (size_t i = 0; how->columns != NULL && i < how->n_columns; i++)
        if (strcmp(how->columns[i], name) == 0) return true;
    return how->columns == NULL;
}

pgdp_status pg_fast_header(pgdp_ctx *ctx, pg_fast_file *file, size_t *end)
{
    const pgdp_bytes *in = file->how->in;
    const char **names;
    pg_grid grid;
    *end = 0;
    const pgdp_bytes head = { in->label, in->data, pg_csv_header_length(in, &file->how->dialect) };
    if (head.n == 0) return PGDP_OK;
    pgdp_status status = pg_csv_read(ctx, &head, &file->how->dialect, &grid);
    if (status == PGDP_OK && (grid.n_rows != 1 || grid.rows[0].n == 0)) return PGDP_OK;
    if (status == PGDP_OK) status = pg_table_names(ctx, &grid, file->how->rules, &names, &file->n_columns);
    if (status == PGDP_PARSE) return PGDP_OK;
    PG_TRY(status);
    PG_TRY_ALLOC(ctx, file->columns, pg_arena_alloc(&ctx->scratch, file->n_columns, sizeof *file->columns));
    for (size_t j = 0; j < file->n_columns; j++) {
        pg_fast_column *c = &file->columns[j];
        const bool parse = is_wanted(file->how, names[j]);
        *c = (pg_fast_column){ .name = names[j], .index = PGDP_NONE, .parse = parse, .watch = parse };
        c->number = pg_is_listed(names[j], file->how->rules->numbers);
        if (!pg_is_listed(names[j], file->how->rules->codes)) continue;
        c->type = PGDP_TEXT;
        c->facts.settled = PG_BY_CODE;
        c->watch = false;
    }
    *end = head.n;
    return PGDP_OK;
}

/* ---- passes over the rows ---- */

pgdp_status pg_fast_rows(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_place *at, bool *odd)
{
    const size_t size = file->how->chunk == 0 ? CHUNK : file->how->chunk;
    pgdp_status status = PGDP_OK;
    while (status == PGDP_OK && !*odd && at->offset < file->how->in->n) {
        pg_fast_wave w = { .n = 0 };
        status = pg_fast_wave_cut(ctx, file, size, pg_fast_wave_size(ctx), at, &w);
        if (status == PGDP_OK) status = pg_fast_wave_first(ctx, file, at, &w, odd);
        pg_fast_wave_end(file, &w);
    }
    return status == PGDP_OK ? pg_frame_cut(ctx, file->frame, at->row) : status;
}

pgdp_status pg_fast_add_columns(pgdp_ctx *ctx, pg_fast_file *file)
{
    for (size_t j = 0; j < file->n_columns; j++) {
        pg_fast_column *c = &file->columns[j];
        if (c->parse)
            PG_TRY(
                pgdp_frame_add_column(ctx, file->frame, &(pgdp_column){ .name = c->name, .type = c->type }, &c->index));
    }
    return PGDP_OK;
}

/* Types from the first rows, read as if all were numbers; a column that they settle need not be watched any more. */
static pgdp_status guess_types(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_place at, bool *odd)
{
    pg_fast_file sample = *file;
    pg_fast_wave w;
    PG_TRY(pg_fast_add_columns(ctx, &sample));
    PG_TRY(pg_fast_wave_cut(ctx, &sample, file->how->chunk == 0 ? SAMPLE : file->how->chunk, 1, &at, &w));
    const pgdp_status status = pg_fast_wave_first(ctx, &sample, &at, &w, odd);
    pg_fast_wave_end(&sample, &w);
    PG_TRY(status);
    for (size_t j = 0; j < file->n_columns; j++) {
        pg_fast_column *c = &file->columns[j];
        const bool settled = c->facts.settled != PG_OPEN;
        c->index = PGDP_NONE;
        c->watch = c->parse && !settled;
        if (settled || c->facts.periods) c->type = pg_facts_type(&c->facts);
        if (!settled) c->facts = (pg_facts){ .line = 0 };
    }
    return PGDP_OK;
}

pgdp_status pg_fast_guess(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_place at, bool *odd)
{
    pgdp_frame *frame = file->frame;
    PG_TRY(pgdp_frame_new(ctx, &file->frame));
    const pgdp_status status = guess_types(ctx, file, at, odd);
    pgdp_frame_free(file->frame);
    file->frame = frame;
    return status;
}

/* The rows of chunks are known: read again those columns that turned out to be of another type. */
static pgdp_status second_pass(pgdp_ctx *ctx, pg_fast_file *file, bool *odd)
{
    bool any = false;
    for (size_t j = 0; j < file->n_columns; j++) {
        pg_fast_column *c = &file->columns[j];
        const pgdp_type type = pg_facts_type(&c->facts);
        c->parse = c->index != PGDP_NONE && type != c->type;
        c->watch = false;
        if (!c->parse) continue;
        any = true;
        c->type = type;
        PG_TRY(pg_frame_retype(ctx, file->frame, c->index, type));
    }
    pgdp_status status = PGDP_OK;
    const size_t most = pg_fast_wave_size(ctx);
    for (size_t first = 0; any && status == PGDP_OK && first < file->n_chunks; first += most) {
        const size_t left = file->n_chunks - first;
        pg_fast_wave w = { file, &file->chunks[first], left < most ? left : most };
        status = pg_fast_wave_again(ctx, file, &w, odd);
        pg_fast_wave_end(file, &w);
    }
    return status;
}

pgdp_status pg_fast_note_strays(pgdp_ctx *ctx, const pg_fast_file *file, const char *label, pgdp_frame *frame)
{
    for (size_t j = 0; j < file->n_columns; j++) {
        const pg_fast_column *c = &file->columns[j];
        const pg_stray stray = { label, c->facts.line, j, c->facts.text };
        const bool stray_text = c->facts.numbers || pg_is_decimal_comma(c->facts.text);
        if (c->index != PGDP_NONE && c->facts.settled == PG_BY_TEXT && stray_text)
            PG_TRY(pg_table_note_stray(ctx, frame, c->name, &stray));
    }
    return PGDP_OK;
}

pgdp_status pg_fast_describe(pgdp_ctx *ctx, const pg_fast_file *file)
{
    for (size_t j = 0; j < file->n_columns; j++) {
        const pg_fast_column *c = &file->columns[j];
        const pgdp_column about = { .name = c->name, .frequency = c->facts.frequency };
        if (c->index != PGDP_NONE && c->type == PGDP_PERIOD)
            PG_TRY(pg_frame_describe(ctx, file->frame, c->index, &about));
    }
    return PGDP_OK;
}

pgdp_status pg_fast_note_orders(pgdp_ctx *ctx, const pg_fast_file *file, pgdp_frame *frame)
{
    for (size_t j = 0; j < file->n_columns; j++) {
        const pg_fast_column *c = &file->columns[j];
        if (c->index != PGDP_NONE && c->type == PGDP_PERIOD && c->facts.either_order && !c->facts.month_first)
            PG_TRY(pg_table_note_order(ctx, frame, c->name, pg_order_assumed));
    }
    return PGDP_OK;
}

static pgdp_status finish(pgdp_ctx *ctx, const pg_fast_file *file)
{
    PG_TRY(pg_fast_describe(ctx, file));
    PG_TRY(pg_fast_note_strays(ctx, file, file->how->in->label, file->frame));
    PG_TRY(pg_fast_note_orders(ctx, file, file->frame));
    const size_t n_columns = file->how->rules->days_stay ? 0 : pgdp_frame_n_columns(file->frame);
    for (size_t j = 0; j < n_columns; j++)
        PG_TRY(pg_table_infer_frequency(ctx, file->frame, j));
    return PGDP_OK;
}

static pgdp_status read_file(pgdp_ctx *ctx, pg_fast_file *file, bool *odd)
{
    pg_fast_place at = { .offset = 0 };
    PG_TRY(pg_fast_header(ctx, file, &at.offset));
    *odd = at.offset == 0;
    at.line = 1 + pg_count_line_ends((const char *)file->how->in->data, at.offset);
    if (!*odd && at.offset < file->how->in->n) PG_TRY(pg_fast_guess(ctx, file, at, odd));
    if (*odd) return PGDP_OK;
    PG_TRY(pg_fast_add_columns(ctx, file));
    PG_TRY(pg_fast_rows(ctx, file, &at, odd));
    if (!*odd) PG_TRY(second_pass(ctx, file, odd));
    return *odd ? PGDP_OK : finish(ctx, file);
}

pgdp_status pg_fast_csv_read(pgdp_ctx *ctx, const pg_fast_csv *how, pgdp_frame **out)
{
    pg_fast_file file = { .how = how };
    bool odd = false;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pgdp_frame_new(ctx, &file.frame));
    const pgdp_status status = read_file(ctx, &file, &odd);
    pg_arena_rewind(&ctx->scratch, mark);
    *out = status == PGDP_OK && !odd ? file.frame : NULL;
    if (*out == NULL) pgdp_frame_free(file.frame);
    return status;
}
