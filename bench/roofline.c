/* roofline.c  What the machine can do at best: bandwidth of memory by a triad, multiplications by OpenBLAS, by threads.
 * Source: Williams, Waterman & Patterson (2009), Comm. ACM 52(4); McCalpin (1995), STREAM.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <cblas.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { N = 1 << 24, SIDE = 1500, TALL = 65536, NARROW = 40, REPEATS = 5, MOST_THREADS = 256 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct part {
    double *a;
    const double *b, *c;
    size_t n;
} part;

static void *triad(void *user)
{
    const part *p = user;
    for (size_t i = 0; i < p->n; i++)
        p->a[i] = p->b[i] + 3 * p->c[i];
    return NULL;
}

/* Seconds of the best of several triads over N doubles; it moves three arrays. */
static double best_triad(double *a, double *b, double *c, size_t n_threads)
{
    double best = 1e300;
    for (int r = 0; r < REPEATS; r++) {
        pthread_t threads[MOST_THREADS];
        part parts[MOST_THREADS];
        const double start = now();
        for (size_t t = 0; t < n_threads; t++) {
            const size_t first = N / n_threads * t;
            parts[t] = (part){ a + first, b + first, c + first, N / n_threads };
            if (pthread_create(&threads[t], NULL, triad, &parts[t]) != 0) abort();
        }
        for (size_t t = 0; t < n_threads; t++)
            pthread_join(threads[t], NULL);
        const double seconds = now() - start;
        if (seconds < best) best = seconds;
    }
    return best;
}

static double best_product(const double *a, double *c, int rows, int columns, int symmetric)
{
    double best = 1e300;
    for (int r = 0; r < REPEATS; r++) {
        const double start = now();
        if (symmetric)
            cblas_dsyrk(CblasColMajor, CblasUpper, CblasTrans, columns, rows, 1, a, rows, 0, c, columns);
        else
            cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, columns, columns, rows, 1, a, rows, a, rows, 0, c,
                        columns);
        const double seconds = now() - start;
        if (seconds < best) best = seconds;
    }
    return (symmetric ? 1.0 : 2.0) * rows * (double)columns * columns / best;
}

int main(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    double *a = calloc(N, sizeof *a), *b = calloc(N, sizeof *b), *c = calloc(N, sizeof *c);
    const int ready = a != NULL && b != NULL && c != NULL;
    for (size_t i = 0; ready && i < N; i++) {
        b[i] = (double)(i % 1000);
        c[i] = 1;
    }
    printf("kernel\t%s\t\n", openblas_get_corename());
    for (long t = 1; ready && t <= cores && t <= MOST_THREADS; t = t < cores && 2 * t > cores ? cores : 2 * t) {
        openblas_set_num_threads((int)t);
        printf("triad\t%ld\t%.1f\tGB/s\n", t, 3.0 * N * sizeof *a / best_triad(a, b, c, (size_t)t) * 1e-9);
        printf("dgemm %d x %d\t%ld\t%.1f\tGFlop/s\n", SIDE, SIDE, t, best_product(b, a, SIDE, SIDE, 0) * 1e-9);
        printf("dsyrk %d x %d\t%ld\t%.1f\tGFlop/s\n", SIDE, SIDE, t, best_product(b, a, SIDE, SIDE, 1) * 1e-9);
        printf("dsyrk %d x %d\t%ld\t%.1f\tGFlop/s\n", TALL, NARROW, t, best_product(b, a, TALL, NARROW, 1) * 1e-9);
    }
    free(a);
    free(b);
    free(c);
    return ready ? 0 : 1;
}
