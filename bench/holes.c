/* holes.c  Times a batch over columns with missing values: holes ROWS MODELS VCOV HOLES SHARE [TERMS], of y on x1, the
 * TERMS and half of x2 ... x38, HOLES of which lack SHARE of their rows at random; f has ten levels.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/made.h"

#include <time.h>

enum { N_X = 38 };

static bool has_half(size_t model, size_t j)
{
    return made_uniform(model, j) < 0.5;
}

int main(int argc, char **argv)
{
    if (argc != 6 && argc != 7) {
        fprintf(stderr, "usage: holes ROWS MODELS VCOV HOLES SHARE [TERMS]\n");
        return 2;
    }
    const made table = { .n = strtoull(argv[1], NULL, 10),
                         .k = N_X,
                         .n_levels = 1000,
                         .n_holes = strtoull(argv[4], NULL, 10),
                         .share = strtod(argv[5], NULL) };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_batch *batch = NULL;
    if (ctx == NULL || table.n_holes >= N_X) exit(5);
    pgdp_frame *frame = made_frame(ctx, &table);
    const made_models models = { .n = strtoull(argv[2], NULL, 10),
                                 .k = N_X,
                                 .has = has_half,
                                 .errors = argv[3],
                                 .always = argc > 6 ? argv[6] : NULL };
    const double start = (double)clock() / CLOCKS_PER_SEC;
    pgdp_status status = made_batch(ctx, frame, &models, &batch);
    const pgdp_batch_plan plan = status == PGDP_OK ? pgdp_batch_plan_of(batch) : (pgdp_batch_plan){ .n_groups = 0 };
    const double planned = (double)clock() / CLOCKS_PER_SEC;
    if (status == PGDP_OK) status = pgdp_batch_run(ctx, batch);
    printf("groups\t%zu\tforeseen\t%.3g\tplan\t%.3f\trun\t%.3f\n", plan.n_groups, plan.seconds, planned - start,
           (double)clock() / CLOCKS_PER_SEC - planned);
    if (status != PGDP_OK) fprintf(stderr, "holes: %s %s\n", pgdp_status_text(status), pgdp_ctx_error(ctx));
    pgdp_batch_free(batch);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    return pgdp_status_exit_code(status);
}
