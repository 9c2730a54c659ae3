/* holes.c  Times a batch over columns with missing values: holes ROWS MODELS VCOV HOLES SHARE, of y on x1 and half of
 * x2 ... x38, HOLES of which lack SHARE of their rows at random. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/batch.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N_X = 38, TEXT_BYTES = 256, NAME_BYTES = 24, N_GROUPS = 1000 };

static double uniform(uint64_t i, uint64_t j)
{
    uint64_t z = (i * 1024 + j + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static pgdp_frame *make_frame(pgdp_ctx *ctx, size_t n, size_t n_holes, double share)
{
    pgdp_frame *frame;
    size_t index;
    if (pgdp_frame_new(ctx, &frame) != PGDP_OK) exit(5);
    for (size_t j = 0; j < N_X + 2; j++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "x%zu", j);
        const pgdp_column c = { .name = j == 0 ? "y" : j == N_X + 1 ? "g" : name, .type = PGDP_REAL };
        if (pgdp_frame_add_column(ctx, frame, &c, &index) != PGDP_OK) exit(5);
    }
    for (size_t i = 0; i < n; i++) {
        double y = uniform(i, 900);
        if (pgdp_frame_add_row(ctx, frame) != PGDP_OK) exit(5);
        for (size_t j = 1; j <= N_X; j++) {
            const bool lacks = j > N_X - n_holes && uniform(i, 100 + j) < share;
            const double x = uniform(i, j);
            y += x / (double)j;
            pgdp_frame_set_real(frame, j, lacks ? (double)NAN : x);
        }
        pgdp_frame_set_real(frame, N_X + 1, floor(uniform(i, 901) * N_GROUPS));
        pgdp_frame_set_real(frame, 0, y);
    }
    return frame;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: holes ROWS MODELS VCOV HOLES SHARE\n");
        return 2;
    }
    const size_t n_models = strtoull(argv[2], NULL, 10), n_holes = strtoull(argv[4], NULL, 10);
    char(*texts)[TEXT_BYTES] = calloc(n_models, sizeof *texts);
    pgdp_batch_option *controls = calloc(n_models, sizeof *controls);
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_batch *batch = NULL;
    if (texts == NULL || controls == NULL || ctx == NULL || n_holes >= N_X) exit(5);
    for (size_t m = 0; m < n_models; m++) {
        size_t at = 0;
        for (size_t j = 2; j <= N_X; j++)
            if (uniform(m, j) < 0.5)
                at += (size_t)snprintf(texts[m] + at, TEXT_BYTES - at, "%sx%zu", at > 0 ? " + " : "", j);
        controls[m].text = texts[m];
    }
    const pgdp_batch_option outcome = { .text = "y" }, focal = { .text = "x1" }, vcov = { .text = argv[3] };
    pgdp_batch_request request = { .report = NULL };
    request.choices[PGDP_BATCH_OUTCOME] = (pgdp_batch_options){ &outcome, 1 };
    request.choices[PGDP_BATCH_FOCAL] = (pgdp_batch_options){ &focal, 1 };
    request.choices[PGDP_BATCH_CONTROLS] = (pgdp_batch_options){ controls, n_models };
    request.choices[PGDP_BATCH_VCOV] = (pgdp_batch_options){ &vcov, 1 };
    pgdp_frame *frame = make_frame(ctx, strtoull(argv[1], NULL, 10), n_holes, strtod(argv[5], NULL));
    const double start = (double)clock() / CLOCKS_PER_SEC;
    pgdp_status status = pgdp_batch_new(ctx, frame, &request, &batch);
    const pgdp_batch_plan plan = status == PGDP_OK ? pgdp_batch_plan_of(batch) : (pgdp_batch_plan){ .n_groups = 0 };
    const double planned = (double)clock() / CLOCKS_PER_SEC;
    if (status == PGDP_OK) status = pgdp_batch_run(ctx, batch);
    printf("groups\t%zu\tforeseen\t%.3g\tplan\t%.3f\trun\t%.3f\n", plan.n_groups, plan.seconds, planned - start,
           (double)clock() / CLOCKS_PER_SEC - planned);
    if (status != PGDP_OK) fprintf(stderr, "holes: %s %s\n", pgdp_status_text(status), pgdp_ctx_error(ctx));
    pgdp_batch_free(batch);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    free(controls);
    free(texts);
    return pgdp_status_exit_code(status);
}
