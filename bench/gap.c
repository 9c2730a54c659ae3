/* gap.c  Times the Monte Carlo of phantom GDP: gap DIRECTORY DRAWS, over tasks made of the columns x1, x2, x3. The
 * parameters are those of rows/gap.numpy.py. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/gap.h"
#include "bench/columns.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static void set(pgdp_parameter *parameters, size_t i, pgdp_distribution distribution, const double *numbers)
{
    pgdp_parameter *p = &parameters[i];
    p->value = numbers[0];
    p->distribution = distribution;
    p->a = numbers[1];
    p->b = numbers[2];
    p->c = numbers[3];
}

static void set_parameters(pgdp_parameter *p)
{
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        p[i] = pgdp_parameters_default()[i];
    set(p, PGDP_PARAMETER_adoption, PGDP_BETA, (const double[]){ 0.18, 0.18, 60, 0 });
    set(p, PGDP_PARAMETER_review_share, PGDP_TRIANGULAR, (const double[]){ 0.15, 0.02, 0.15, 0.4 });
    set(p, PGDP_PARAMETER_tokens_per_hour, PGDP_LOGNORMAL, (const double[]){ 50000, 50000, 1, 0 });
    set(p, PGDP_PARAMETER_token_price, PGDP_LOGNORMAL, (const double[]){ 10, 10, 0.8, 0 });
    set(p, PGDP_PARAMETER_survival, PGDP_TRIANGULAR, (const double[]){ 0.85, 0.67, 0.85, 1 });
    set(p, PGDP_PARAMETER_elasticity, PGDP_TRIANGULAR, (const double[]){ 0.6, 0.29, 0.6, 1.1 });
    set(p, PGDP_PARAMETER_pass_through, PGDP_BETA, (const double[]){ 0.7, 0.7, 6, 0 });
    set(p, PGDP_PARAMETER_in_house_share, PGDP_BETA, (const double[]){ 0.25, 0.25, 8, 0 });
    set(p, PGDP_PARAMETER_capture_rate, PGDP_BETA, (const double[]){ 0.25, 0.25, 4, 0 });
    p[PGDP_PARAMETER_final_outlay_share].value = p[PGDP_PARAMETER_final_outlay_share].a = 1;
}

static pgdp_workload *tasks_of(const pgdp_frame *frame)
{
    const size_t n = pgdp_frame_n_rows(frame);
    const double *x1 = pgdp_frame_reals(frame, 0), *x2 = pgdp_frame_reals(frame, 1), *x3 = pgdp_frame_reals(frame, 2);
    pgdp_workload *work = calloc(n, sizeof *work);
    for (size_t i = 0; work != NULL && i < n; i++)
        work[i] = (pgdp_workload){ .name = "task",
                                   .group = "",
                                   .wage_bill = 1e8 * exp(x1[i]),
                                   .hourly_wage = 30 * exp(0.4 * x2[i]),
                                   .capability = 1 / (1 + exp(-x3[i])),
                                   .capability_se = 0.3,
                                   .multiplier = 1.5,
                                   .final_share = 0.8 };
    return work;
}

static void print_bands(const pgdp_frame *bands)
{
    const double *central = pgdp_frame_reals(bands, pgdp_frame_find(bands, "central"));
    const double *mean = pgdp_frame_reals(bands, pgdp_frame_find(bands, "mean"));
    const double *sd = pgdp_frame_reals(bands, pgdp_frame_find(bands, "sd"));
    for (size_t i = 0; i < pgdp_frame_n_rows(bands); i++) {
        const char *name = pgdp_frame_text(bands, pgdp_frame_find(bands, "name"), i);
        printf("answer\tcentral:%s\t%.17g\t%.17g\n", name, central[i], 1e-6 * fabs(central[i]));
        const double scale = fmax(sd[i], 1e-9 * fabs(mean[i])); /* what does not vary has a rounding error alone */
        printf("answer\tmean:%s\t%.17g\t%.17g\n", name, mean[i], scale);
        printf("answer\tsd:%s\t%.17g\t%.17g\n", name, sd[i], scale);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: gap DIRECTORY DRAWS\n");
        return 2;
    }
    const char *const names[] = { "x1", "x2", "x3" };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = NULL, *bands = NULL, *shares = NULL;
    pgdp_parameter parameters[PGDP_N_PARAMETERS];
    if (ctx == NULL) return 5;
    pgdp_ctx_set_threads(ctx, (size_t)sysconf(_SC_NPROCESSORS_ONLN));
    set_parameters(parameters);
    pgdp_status status = bench_read(ctx, argv[1], names, 3, &frame);
    pgdp_workload *work = status == PGDP_OK ? tasks_of(frame) : NULL;
    const pgdp_gap_request request = { .work = work,
                                       .n_work = work != NULL ? pgdp_frame_n_rows(frame) : 0,
                                       .parameters = parameters,
                                       .mode = PGDP_GAP_ACCOUNTS,
                                       .n_draws = strtoull(argv[2], NULL, 10),
                                       .seed = 1 };
    const double start = bench_seconds();
    if (status == PGDP_OK) status = pgdp_gap_simulate(ctx, &request, &bands, &shares);
    printf("time\t%.6f\n", bench_seconds() - start);
    if (status == PGDP_OK)
        print_bands(bands);
    else
        fprintf(stderr, "gap: %s %s\n", pgdp_status_text(status), pgdp_ctx_error(ctx));
    pgdp_frame_free(bands);
    pgdp_frame_free(shares);
    pgdp_frame_free(frame);
    free(work);
    pgdp_ctx_free(ctx);
    return pgdp_status_exit_code(status);
}
