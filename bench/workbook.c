/* workbook.c  Writes a frame as a workbook: workbook DIRECTORY FILE COLUMN ... A small one is read back, and the
 * answers are the sums of its columns. SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/columns.h"
#include "pgdp/ingest.h"
#include "pgdp/reports.h"

#include <math.h>

enum { MOST_ROWS_READ = 20000 };

static pgdp_status print_sums(pgdp_ctx *ctx, const char *path)
{
    pgdp_dataset *dataset = NULL;
    const pgdp_status status = pgdp_ingest_file(ctx, "xlsx", path, &dataset);
    if (status != PGDP_OK) return status;
    const pgdp_frame *frame = pgdp_dataset_table(dataset, 0);
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        const double *x = pgdp_frame_reals(frame, j);
        double sum = 0, size = 0;
        for (size_t i = 0; x != NULL && i < pgdp_frame_n_rows(frame); i++) {
            sum += x[i];
            size += fabs(x[i]);
        }
        printf("answer\tsum:%s\t%.17g\t%.17g\n", pgdp_frame_column(frame, j)->name, sum, size);
    }
    pgdp_dataset_free(dataset);
    return PGDP_OK;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: workbook DIRECTORY FILE COLUMN ...\n");
        return 2;
    }
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 5;
    pgdp_frame *frame = NULL;
    pgdp_status status = bench_read(ctx, argv[1], (const char *const *)(argv + 3), (size_t)argc - 3, &frame);
    const double start = bench_seconds();
    if (status == PGDP_OK) status = pgdp_frame_write_xlsx(ctx, frame, argv[2]);
    printf("time\t%.6f\n", bench_seconds() - start);
    if (status == PGDP_OK && pgdp_frame_n_rows(frame) <= MOST_ROWS_READ) status = print_sums(ctx, argv[2]);
    if (status != PGDP_OK) fprintf(stderr, "workbook: %s %s\n", pgdp_status_text(status), pgdp_ctx_error(ctx));
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    return pgdp_status_exit_code(status);
}
