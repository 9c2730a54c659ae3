/* dataset.c  Files written down in a test, read by the reader that knows them; cells by name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/support.h"

pgdp_dataset *pgt_ingest(pgdp_ctx *ctx, const char *format, const char *label, const char *text)
{
    const pgdp_bytes in = { label, (const unsigned char *)text, strlen(text) };
    pgdp_dataset *dataset = NULL;
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &in, &dataset));
    assert_string_equal(pgdp_dataset_format(dataset), format);
    return dataset;
}

pgdp_dataset *pgt_ingest_file(pgdp_ctx *ctx, const char *format, const char *path)
{
    pgdp_dataset *dataset = NULL;
    assert_ok(ctx, pgdp_ingest_file(ctx, NULL, path, &dataset));
    assert_string_equal(pgdp_dataset_format(dataset), format);
    return dataset;
}

pgdp_dataset *pgt_ingest_shared(pgdp_ctx *ctx, const char *format, const char *name)
{
    const char *path = pgt_shared_path(name);
    return path == NULL ? NULL : pgt_ingest_file(ctx, format, path);
}

void pgt_refuse(pgdp_ctx *ctx, const char *format, const char *text, const char *part)
{
    const pgdp_bytes in = { "invented", (const unsigned char *)text, strlen(text) };
    pgdp_dataset *dataset = NULL;
    assert_status(ctx, pgdp_ingest(ctx, format, &in, &dataset), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), part);
    assert_null(dataset);
}

static pgdp_status ingest_and_free(pgdp_ctx *ctx, void *user)
{
    const pgdp_bytes *in = user;
    pgdp_dataset *dataset = NULL;
    const pgdp_status status = pgdp_ingest(ctx, NULL, in, &dataset);
    pgdp_dataset_free(dataset);
    return status;
}

void pgt_ingest_without_memory(const char *label, const void *bytes, size_t n)
{
    pgdp_bytes in = { label, bytes, n };
    assert_true(pgt_fail_every_allocation(ingest_and_free, &in) > 1);
}

void pgt_ingest_files_without_memory(const char *folder, const char *const *files, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char path[256];
        size_t n_bytes;
        assert_true((size_t)snprintf(path, sizeof path, "%s%s", folder, files[i]) < sizeof path);
        char *bytes = pgt_read_file(path, &n_bytes);
        pgt_ingest_without_memory(files[i], bytes, n_bytes);
        free(bytes);
    }
}

const pgdp_frame *pgt_table(const pgdp_dataset *dataset, const char *name)
{
    for (size_t i = 0; i < pgdp_dataset_n_tables(dataset); i++)
        if (strcmp(pgdp_dataset_table_name(dataset, i), name) == 0) return pgdp_dataset_table(dataset, i);
    fail_msg("there is no table \"%s\"", name);
    return NULL;
}

static size_t find(const pgdp_frame *frame, const char *column)
{
    const size_t at = pgdp_frame_find(frame, column);
    if (at == PGDP_NONE) fail_msg("there is no column \"%s\"", column);
    return at;
}

double pgt_real(const pgdp_frame *frame, const char *column, size_t row)
{
    const double *cells = pgdp_frame_reals(frame, find(frame, column));
    assert_non_null(cells);
    assert_true(row < pgdp_frame_n_rows(frame));
    return cells[row];
}

const char *pgt_cell(const pgdp_frame *frame, const char *column, size_t row)
{
    static char buffer[16];
    const size_t at = find(frame, column);
    const int32_t *periods = pgdp_frame_periods(frame, at);
    assert_true(row < pgdp_frame_n_rows(frame));
    const char *text = pgdp_frame_text(frame, at, row);
    if (periods == NULL) return text == NULL ? "." : text;
    if (periods[row] == PGDP_MISSING_PERIOD) return ".";
    pgdp_period_format((pgdp_period){ pgdp_frame_column(frame, at)->frequency, periods[row] }, buffer);
    return buffer;
}

const pgdp_column *pgt_about(const pgdp_frame *frame, const char *column)
{
    return pgdp_frame_column(frame, find(frame, column));
}
