/* curve.c  Times a specification curve: curve DIRECTORY VCOV MODELS, of y on x1 with 37 controls, half of them in a
 * model. SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/columns.h"
#include "pgdp/batch.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { N_COLUMNS = 40, FIRST_CONTROL = 2, LAST_CONTROL = 38, TEXT_BYTES = 256, NAME_BYTES = 8 };

/* Control j is in model m: the same rule, exact in doubles, as in rows/curve.*. */
static bool is_in(size_t m, size_t j)
{
    return fmod((double)(m * j * j) * 0.6180339887498949, 1) < 0.5;
}

static void write_controls(size_t m, char *text)
{
    size_t n = 0;
    for (size_t j = FIRST_CONTROL; j <= LAST_CONTROL; j++)
        if (is_in(m, j)) n += (size_t)snprintf(text + n, TEXT_BYTES - n, "%sx%zu", n > 0 ? " + " : "", j);
}

static void print_answers(const pgdp_batch *batch)
{
    for (size_t m = 0; m < pgdp_batch_plan_of(batch).n_models; m++) {
        size_t n;
        const pgdp_batch_row *row = pgdp_batch_rows_of(batch, m, &n);
        if (row == NULL || n == 0) continue;
        printf("answer\t%zu:%s\t%.17g\t%.17g\n", m, row->term, row->estimate, row->std_error);
        printf("answer\t%zu:se:%s\t%.17g\t%.17g\n", m, row->term, row->std_error, row->std_error);
    }
}

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_batch_request *request)
{
    pgdp_batch *batch = NULL;
    const double start = bench_seconds();
    pgdp_status status = pgdp_batch_new(ctx, frame, request, &batch);
    if (status == PGDP_OK) status = pgdp_batch_run(ctx, batch);
    printf("time\t%.6f\n", bench_seconds() - start);
    if (status == PGDP_OK) print_answers(batch);
    pgdp_batch_free(batch);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: curve DIRECTORY VCOV MODELS\n");
        return 2;
    }
    const size_t n_models = strtoull(argv[3], NULL, 10);
    char names[N_COLUMNS][NAME_BYTES] = { "y", "g" };
    const char *columns[N_COLUMNS] = { names[0], names[1] };
    for (size_t j = 2; j < N_COLUMNS; j++) {
        snprintf(names[j], NAME_BYTES, "x%zu", (j - 1) % 100);
        columns[j] = names[j];
    }
    char(*texts)[TEXT_BYTES] = calloc(n_models, sizeof *texts);
    pgdp_batch_option *controls = calloc(n_models, sizeof *controls);
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    if (texts == NULL || controls == NULL || ctx == NULL) return 5;
    for (size_t m = 0; m < n_models; m++) {
        write_controls(m, texts[m]);
        controls[m] = (pgdp_batch_option){ .name = NULL, .text = texts[m] };
    }
    const pgdp_batch_option outcome = { .text = "y" }, focal = { .text = "x1" }, vcov = { .text = argv[2] };
    pgdp_batch_request request = { .report = NULL };
    request.choices[PGDP_BATCH_OUTCOME] = (pgdp_batch_options){ &outcome, 1 };
    request.choices[PGDP_BATCH_FOCAL] = (pgdp_batch_options){ &focal, 1 };
    request.choices[PGDP_BATCH_CONTROLS] = (pgdp_batch_options){ controls, n_models };
    request.choices[PGDP_BATCH_VCOV] = (pgdp_batch_options){ &vcov, 1 };
    pgdp_ctx_set_threads(ctx, (size_t)sysconf(_SC_NPROCESSORS_ONLN));
    pgdp_frame *frame = NULL;
    pgdp_status status = bench_read(ctx, argv[1], columns, N_COLUMNS, &frame);
    if (status == PGDP_OK) status = run(ctx, frame, &request);
    if (status != PGDP_OK) fprintf(stderr, "curve: %s %s\n", pgdp_status_text(status), pgdp_ctx_error(ctx));
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    free(controls);
    free(texts);
    return pgdp_status_exit_code(status);
}
