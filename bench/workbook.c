/* workbook.c  Writes a frame as a workbook, workbook DIRECTORY FILE COLUMN ..., or reads one, workbook FILE. The
 * answers are the sums of the columns of numbers as read, of a file just written when it is small.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/columns.h"
#include "pgdp/ingest.h"
#include "pgdp/reports.h"

#include <math.h>
#include <unistd.h>

enum { MOST_ROWS_READ = 20000 };

static void print_sums(const pgdp_frame *frame)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        const double *x = pgdp_frame_reals(frame, j);
        double sum = 0, size = 0;
        for (size_t i = 0; x != NULL && i < pgdp_frame_n_rows(frame); i++) {
            sum += isnan(x[i]) ? 0 : x[i];
            size += isnan(x[i]) ? 0 : fabs(x[i]);
        }
        if (x != NULL) printf("answer\tsum:%s\t%.17g\t%.17g\n", pgdp_frame_column(frame, j)->name, sum, size);
    }
}

static pgdp_status read_book(pgdp_ctx *ctx, const char *path, bool timed)
{
    pgdp_dataset *dataset = NULL;
    const double start = bench_seconds();
    const pgdp_status status = pgdp_ingest_file(ctx, "xlsx", path, &dataset);
    if (timed) printf("time\t%.6f\n", bench_seconds() - start);
    if (status == PGDP_OK) print_sums(pgdp_dataset_table(dataset, 0));
    pgdp_dataset_free(dataset);
    return status;
}

static pgdp_status write_book(pgdp_ctx *ctx, char **argv, size_t n_columns)
{
    pgdp_frame *frame = NULL;
    pgdp_status status = bench_read(ctx, argv[1], (const char *const *)(argv + 3), n_columns, &frame);
    const double start = bench_seconds();
    if (status == PGDP_OK) status = pgdp_frame_write_xlsx(ctx, frame, argv[2]);
    printf("time\t%.6f\n", bench_seconds() - start);
    if (status == PGDP_OK && pgdp_frame_n_rows(frame) <= MOST_ROWS_READ) status = read_book(ctx, argv[2], false);
    pgdp_frame_free(frame);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc < 4) {
        fprintf(stderr, "usage: workbook DIRECTORY FILE COLUMN ..., or workbook FILE\n");
        return 2;
    }
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 5;
    pgdp_ctx_set_threads(ctx, (size_t)sysconf(_SC_NPROCESSORS_ONLN));
    const pgdp_status status = argc == 2 ? read_book(ctx, argv[1], true) : write_book(ctx, argv, (size_t)argc - 3);
    if (status != PGDP_OK) fprintf(stderr, "workbook: %s %s\n", pgdp_status_text(status), pgdp_ctx_error(ctx));
    pgdp_ctx_free(ctx);
    return pgdp_status_exit_code(status);
}
