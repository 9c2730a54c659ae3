/* workbook.c  Writes a frame as a workbook: workbook DIRECTORY FILE COLUMN ... It is read back and compared cell by
 * cell before it is put in place, as every workbook is. SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/columns.h"
#include "pgdp/reports.h"

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
    const pgdp_results results = { .title = "Numbers", .name = "numbers", .series = frame };
    const double start = bench_seconds();
    if (status == PGDP_OK) status = pgdp_report_write(ctx, argv[2], &results);
    printf("time\t%.6f\n", bench_seconds() - start);
    if (status != PGDP_OK) fprintf(stderr, "workbook: %s %s\n", pgdp_status_text(status), pgdp_ctx_error(ctx));
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    return pgdp_status_exit_code(status);
}
