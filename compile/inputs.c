/* inputs.c  Reading the official files once, finding their tables, columns and rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/inputs.h"
#include "core/number.h"
#include "pgdp/file.h"

#include <string.h>

pgdp_status pg_inputs_open(pgdp_ctx *ctx, const char *from_dir, pg_arena *arena, pg_inputs *out)
{
    *out = (pg_inputs){ .from_dir = from_dir };
    size_t n = 0;
    while (pg_source_at(n) != NULL)
        n++;
    PG_TRY_ALLOC(ctx, out->inputs, pg_arena_alloc(arena, n, sizeof *out->inputs));
    out->n = n;
    return PGDP_OK;
}

void pg_inputs_close(pg_inputs *inputs)
{
    for (size_t i = 0; i < inputs->n; i++)
        pgdp_dataset_free(inputs->inputs[i].dataset);
}

/* Hash and parse the bytes that the caller owns. */
static pgdp_status parse(pgdp_ctx *ctx, const pg_source *source, const pgdp_bytes *bytes, pg_input *out)
{
    out->file = bytes->label;
    PG_TRY(pg_sha256(ctx, bytes->data, bytes->n, out->sha256));
    const pgdp_status status = pgdp_ingest(ctx, source->format, bytes, &out->dataset);
    if (status != PGDP_OK) out->sha256[0] = '\0';
    return status;
}

pgdp_status pg_inputs_read(pgdp_ctx *ctx, pg_inputs *inputs, size_t number)
{
    pg_input *input = &inputs->inputs[number];
    const pg_source *source = pg_source_at(number);
    if (input->sha256[0] != '\0' || source->file[0] == '\0') return PGDP_OK;
    const char *path;
    PG_TRY_ALLOC(ctx, path, pg_arena_printf(&ctx->scratch, "%s/%s", inputs->from_dir, source->file));
    unsigned char *data = NULL;
    pgdp_bytes bytes = { .label = source->file };
    pgdp_status status = pgdp_file_read(ctx, path, &data, &bytes.n);
    if (status == PGDP_IO && pg_source_as_published(source->id) != NULL) {
        const char *other;
        bytes.label = pg_source_as_published(source->id);
        PG_TRY_ALLOC(ctx, other, pg_arena_printf(&ctx->scratch, "%s/%s", inputs->from_dir, bytes.label));
        status = pgdp_file_read(ctx, other, &data, &bytes.n);
    }
    if (status == PGDP_IO)
        return pg_fail(ctx, PGDP_IO, "%s: cannot be read; expected %s of %s there; download it from %s", path,
                       source->title, source->owner->publisher, source->address);
    PG_TRY(status);
    bytes.data = data;
    const pgdp_status parsed = parse(ctx, source, &bytes, input);
    pgdp_file_release(ctx, data);
    return parsed;
}

pgdp_status pg_inputs_table(pgdp_ctx *ctx, pg_inputs *inputs, const char *id, const char *table, const pgdp_frame **out)
{
    const size_t source = pg_source_find(id);
    if (source == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "source %s: no such id; the ids stand in data/catalogue.csv", id);
    PG_TRY(pg_inputs_read(ctx, inputs, source));
    const pgdp_dataset *dataset = inputs->inputs[source].dataset;
    for (size_t i = 0; i < pgdp_dataset_n_tables(dataset); i++)
        if (table == NULL || pg_streq(pgdp_dataset_table_name(dataset, i), table)) {
            *out = pgdp_dataset_table(dataset, i);
            return PGDP_OK;
        }
    return pg_fail(ctx, PGDP_PARSE, "%s: no table \"%s\"; is it the file that data/catalogue.csv describes?",
                   pg_source_at(source)->file, table == NULL ? "" : table);
}

pgdp_status pg_input_columns(pgdp_ctx *ctx, const char *id, const pgdp_frame *frame, const char *const *names, size_t n,
                             size_t *columns)
{
    for (size_t i = 0; i < n; i++) {
        columns[i] = pgdp_frame_find(frame, names[i]);
        if (columns[i] == PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE, "%s: no column \"%s\"; is it the file that data/catalogue.csv describes?",
                           pg_source_at(pg_source_find(id))->file, names[i]);
    }
    return PGDP_OK;
}

/* Numbers get their shortest form, so that a task id is the same key whether its file writes 8823 or 8823.0. */
static void add_key(pg_text *key, const char *cell)
{
    double value;
    if (pg_number_parse(cell, strlen(cell), &value))
        pg_text_add_number(key, value);
    else
        pg_text_add(key, cell);
    pg_text_add_char(key, '\t');
}

static void add_key_cell(pg_text *key, const pgdp_frame *frame, size_t column, size_t row)
{
    if (pgdp_frame_column(frame, column)->type == PGDP_REAL) {
        pg_text_add_number(key, pgdp_frame_reals(frame, column)[row]);
        pg_text_add_char(key, '\t');
        return;
    }
    const char *cell = pgdp_frame_text(frame, column, row);
    add_key(key, cell == NULL ? "" : cell);
}

static void key_of_row(pg_text *key, const pgdp_frame *frame, const size_t columns[2], size_t row)
{
    pg_text_clear(key);
    add_key_cell(key, frame, columns[0], row);
    if (columns[1] != PGDP_NONE) add_key_cell(key, frame, columns[1], row);
}

pgdp_status pg_groups_of(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t columns[2], pg_groups *out)
{
    const size_t n = pgdp_frame_n_rows(frame);
    size_t n_groups = 0;
    size_t *last;
    pg_map_init(&out->map, &ctx->scratch);
    pg_text_init(&out->key, &ctx->scratch);
    PG_TRY_ALLOC(ctx, out->first, pg_arena_alloc(&ctx->scratch, n, sizeof *out->first));
    PG_TRY_ALLOC(ctx, out->next, pg_arena_alloc(&ctx->scratch, n, sizeof *out->next));
    PG_TRY_ALLOC(ctx, last, pg_arena_alloc(&ctx->scratch, n, sizeof *last));
    for (size_t row = 0; row < n; row++) {
        key_of_row(&out->key, frame, columns, row);
        if (out->key.failed) return pg_no_memory(ctx);
        out->next[row] = PGDP_NONE;
        const size_t group = pg_map_find(&out->map, out->key.data, out->key.n);
        if (group != PGDP_NONE) {
            out->next[last[group]] = row;
            last[group] = row;
            continue;
        }
        const char *key;
        PG_TRY_ALLOC(ctx, key, pg_arena_strndup(&ctx->scratch, out->key.data, out->key.n));
        if (!pg_map_put(&out->map, key, out->key.n, n_groups)) return pg_no_memory(ctx);
        out->first[n_groups] = last[n_groups] = row;
        n_groups++;
    }
    return PGDP_OK;
}

/* Memory for the key was made for the longest one of the frame: a key that needs more is none of them. */
static size_t find_built(pg_groups *groups)
{
    if (groups->key.failed) {
        groups->key.failed = false;
        return PGDP_NONE;
    }
    const size_t group = pg_map_find(&groups->map, groups->key.data, groups->key.n);
    return group == PGDP_NONE ? PGDP_NONE : groups->first[group];
}

size_t pg_groups_find(pg_groups *groups, const char *first, const char *second)
{
    pg_text_clear(&groups->key);
    add_key(&groups->key, first);
    if (second != NULL) add_key(&groups->key, second);
    return find_built(groups);
}

size_t pg_groups_match(pg_groups *groups, const pgdp_frame *frame, const size_t columns[2], size_t row)
{
    key_of_row(&groups->key, frame, columns, row);
    return find_built(groups);
}

char *pg_slug(pgdp_ctx *ctx, const char *name)
{
    char *slug = pg_arena_alloc(&ctx->scratch, strlen(name) + 1, 1);
    size_t n = 0;
    for (const char *c = name; slug != NULL && *c != '\0'; c++) {
        const char lower = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        const bool word = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
        if (word)
            slug[n++] = lower;
        else if (n > 0 && slug[n - 1] != '_')
            slug[n++] = '_';
    }
    while (n > 0 && slug[n - 1] == '_')
        n--;
    if (slug != NULL) slug[n] = '\0';
    return slug;
}

enum { MOST_COPIED = 16 };

pgdp_status pg_copy_columns(pgdp_ctx *ctx, pg_inputs *inputs, const char *id, const char *const *names,
                            const char *const *header, pg_csv_out *out)
{
    const pgdp_frame *frame;
    size_t columns[MOST_COPIED], n = 0;
    while (n < MOST_COPIED && names[n] != NULL)
        n++;
    PG_TRY(pg_inputs_table(ctx, inputs, id, NULL, &frame));
    PG_TRY(pg_input_columns(ctx, id, frame, names, n, columns));
    pg_put_row(out, header);
    for (size_t row = 0; row < pgdp_frame_n_rows(frame); row++) {
        for (size_t j = 0; j < n; j++)
            pg_put_number_cell(out, frame, columns[j], row);
        pg_put_row_end(out);
    }
    return PGDP_OK;
}
