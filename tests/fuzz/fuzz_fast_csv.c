/* fuzz_fast_csv.c  Any text to the fast and to the careful reader of delimited text: one frame, or none from the fast
 * one. The first byte is the size of a chunk. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/bytes.h"
#include "ingest/fast_csv.h"
#include "ingest/load.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pgdp_status read_carefully(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_frame *out)
{
    pg_csv_dialect dialect;
    pg_rules rules;
    pg_grid grid;
    pg_csv_manner(in, &dialect, &rules);
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    if (grid.n_rows == 0 || grid.rows[0].n == 0) return PGDP_PARSE;
    return pg_table_fill(ctx, &grid, (pg_span){ 0, 1, grid.n_rows }, &rules, out);
}

/** What a frame writes tells its names and cells; the sum over the bytes stands for them. */
static pgdp_status add_up(void *user, const void *bytes, size_t n)
{
    uint64_t *sum = user;
    for (size_t i = 0; i < n; i++)
        *sum = (*sum ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return PGDP_OK;
}

static uint64_t sum_of(pgdp_ctx *ctx, const pgdp_frame *frame)
{
    uint64_t sum = pgdp_frame_n_rows(frame);
    const pgdp_sink sink = { add_up, &sum };
    if (pgdp_frame_write_csv(ctx, frame, &sink) != PGDP_OK) abort();
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++)
        sum = sum * 31 + (uint64_t)pgdp_frame_column(frame, j)->type * 7 + pgdp_frame_n_levels(frame, j);
    return sum;
}

static void compare(pgdp_ctx *ctx, const pgdp_bytes *in, size_t chunk)
{
    pg_csv_dialect dialect;
    pg_rules rules;
    pg_csv_manner(in, &dialect, &rules);
    const pg_fast_csv fast = { .in = in, .dialect = dialect, .rules = &rules, .chunk = chunk };
    pgdp_frame *frame = NULL, *careful;
    if (pg_fast_csv_read(ctx, &fast, &frame) != PGDP_OK) abort();
    if (frame == NULL) return;
    if (pgdp_frame_new(ctx, &careful) != PGDP_OK) abort();
    if (read_carefully(ctx, in, careful) != PGDP_OK) abort();
    if (sum_of(ctx, frame) != sum_of(ctx, careful)) abort();
    pgdp_frame_free(frame);
    pgdp_frame_free(careful);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    const char *note;
    pgdp_bytes in = { "fuzz.csv", data + 1, size - 1 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 0;
    if (pg_bytes_as_text(ctx, &in, NULL, &in, &note) == PGDP_OK) compare(ctx, &in, data[0]);
    pgdp_ctx_free(ctx);
    return 0;
}
