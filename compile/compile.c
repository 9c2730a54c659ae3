/* compile.c  data/ from the official files: every product is made in memory, then all are written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"
#include "pgdp/file.h"
#include "pgdp/study.h"

#define PRODUCT_ROW(name) &pg_product_##name,
static const pg_product *const products[] = { PG_PRODUCTS(PRODUCT_ROW) };
#undef PRODUCT_ROW
enum { N_PRODUCTS = sizeof products / sizeof *products };

static pgdp_status make(pgdp_ctx *ctx, const pg_product *product, pg_inputs *inputs, pg_csv_out *csv)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = product->make(ctx, inputs, csv);
    pg_arena_rewind(&ctx->scratch, mark);
    PG_TRY(status);
    if (csv->text.failed) return pg_no_memory(ctx);
    if (csv->ragged)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "%s: rows and header differ in length, expected %zu cells",
                       product->file, csv->n_columns);
    return PGDP_OK;
}

static pgdp_status write_all(pgdp_ctx *ctx, const char *into_dir, const pg_csv_out *pages, const pgdp_sink *sink)
{
    pg_text report;
    pg_text_init(&report, &ctx->scratch);
    PG_TRY(pgdp_directory_make(ctx, into_dir));
    for (size_t i = 0; i < N_PRODUCTS; i++) {
        const char *path;
        PG_TRY_ALLOC(ctx, path, pg_arena_printf(&ctx->scratch, "%s/%s", into_dir, products[i]->file));
        PG_TRY(pgdp_file_write(ctx, path, pages[i].text.data, pages[i].text.n));
        pg_text_addf(&report, "%-26s %6zu rows %9zu bytes\n", products[i]->file, pages[i].n_rows, pages[i].text.n);
    }
    if (report.failed) return pg_no_memory(ctx);
    return sink == NULL ? PGDP_OK : sink->write(sink->user, report.data, report.n);
}

static pgdp_status compile(pgdp_ctx *ctx, pg_inputs *inputs, const char *into_dir, pg_arena *arena,
                           const pgdp_sink *sink)
{
    pg_csv_out *pages;
    PG_TRY_ALLOC(ctx, pages, pg_arena_alloc(arena, N_PRODUCTS, sizeof *pages));
    for (size_t i = 0; i < N_PRODUCTS; i++) {
        pg_put_init(&pages[i], arena);
        PG_TRY(make(ctx, products[i], inputs, &pages[i]));
        pg_progress(ctx, "files", i + 1, N_PRODUCTS);
    }
    return write_all(ctx, into_dir, pages, sink);
}

pgdp_status pgdp_data_compile(pgdp_ctx *ctx, const char *from_dir, const char *into_dir, const pgdp_sink *sink)
{
    pg_arena arena;
    pg_inputs inputs;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_status status = pg_inputs_open(ctx, from_dir, &arena, &inputs);
    if (status == PGDP_OK) status = compile(ctx, &inputs, into_dir, &arena, sink);
    pg_inputs_close(&inputs);
    pg_arena_free(&arena);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
