/* fit.c  Times a formula's models in memory: fit [-t THREADS] DIRECTORY METHOD VCOV FORMULA COLUMN ...; method "-" is
 * the formula's own. Prints seconds of the fit alone and the answers. SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/columns.h"
#include "pgdp/regression.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As a peer's answers: name, value, and the scale that differences are measured in. */
static void print_answers(const pgdp_models *models)
{
    for (size_t m = 0; m < pgdp_models_n(models); m++) {
        const pgdp_model model = pgdp_models_at(models, m);
        if (model.regression == NULL) {
            fprintf(stderr, "%s: %s\n", model.formula, model.error);
            continue;
        }
        const pgdp_fit *fit = pgdp_regression_fit(model.regression);
        for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
            const pgdp_tidy t = pgdp_fit_tidy(fit, i, 0.95);
            printf("answer\t%zu:%s\t%.17g\t%.17g\n", m + 1, t.term, t.estimate, t.std_error);
            printf("answer\t%zu:se:%s\t%.17g\t%.17g\n", m + 1, t.term, t.std_error, t.std_error);
            printf("answer\t%zu:p:%s\t%.17g\t1\n", m + 1, t.term, t.p_value);
        }
    }
}

int main(int argc, char **argv)
{
    size_t threads = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    if (argc > 2 && strcmp(argv[1], "-t") == 0) {
        threads = strtoul(argv[2], NULL, 10);
        argc -= 2;
        argv += 2;
    }
    if (argc < 6) {
        fprintf(stderr, "usage: fit [-t THREADS] DIRECTORY METHOD VCOV FORMULA COLUMN ...\n");
        return 2;
    }
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 5;
    pgdp_ctx_set_threads(ctx, threads);
    pgdp_frame *frame = NULL;
    pgdp_models *models = NULL;
    pgdp_status status = bench_read(ctx, argv[1], (const char *const *)(argv + 5), (size_t)argc - 5, &frame);
    const pgdp_regression_spec spec = {
        .formula = argv[4], .method = strcmp(argv[2], "-") == 0 ? NULL : argv[2], .vcov = argv[3], .diagnostics = "none"
    };
    const double start = bench_seconds();
    if (status == PGDP_OK) status = pgdp_models_new(ctx, frame, &spec, &models);
    printf("time\t%.6f\n", bench_seconds() - start);
    if (status == PGDP_OK)
        print_answers(models);
    else
        fprintf(stderr, "fit: %s %s\n", pgdp_status_text(status), pgdp_ctx_error(ctx));
    pgdp_models_free(models);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    return pgdp_status_exit_code(status);
}
