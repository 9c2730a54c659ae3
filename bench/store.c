/* store.c  store PLACE [SERIES [PERIODS]]: observations a second into a new series store, and milliseconds of as-of
 * queries of one series of it. Documents are long CSV files of 2e6 values, made here and imported as 'pgdp data import'
 * does it. SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pgdp/ingest.h"
#include "pgdp/store.h"

enum { A_DOCUMENT = 2000000, ROW = 32, N_QUERIES = 1000, NAME = 16 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static pgdp_ctx *ctx;

static void must(pgdp_status status)
{
    if (status == PGDP_OK) return;
    fprintf(stderr, "store: %s\n", pgdp_ctx_error(ctx));
    exit(1);
}

/* Rows "S0000042,1990-03-01,57.25": numbers that change from month to month, as those of agencies do. */
static size_t write_rows(char *text, size_t first, size_t n_series, size_t n_periods)
{
    size_t n = (size_t)sprintf(text, "series_id,date,value\n");
    for (size_t s = first; s < first + n_series; s++)
        for (size_t t = 0; t < n_periods; t++) {
            const size_t value = s * 7919 + t * 104729 + s * t;
            n += (size_t)sprintf(text + n, "S%07zu,%04zu-%02zu-01,%zu.%02zu\n", s, 1900 + t / 12, t % 12 + 1,
                                 value % 9973, value % 97);
        }
    return n;
}

/* Seconds of reading and of importing, added to. */
static void import(pgdp_store *store, char *text, size_t first, const size_t size[2], double seconds[2])
{
    char label[32];
    pgdp_dataset *dataset = NULL;
    pgdp_imported done;
    const pgdp_document about = { .source = "bench", .vintage = "2026-01-31" };
    const size_t n = write_rows(text, first, size[0], size[1]);
    snprintf(label, sizeof label, "from_%zu.csv", first);
    const pgdp_bytes bytes = { label, (const unsigned char *)text, n };
    const double start = now();
    must(pgdp_ingest(ctx, "csv", &bytes, &dataset));
    const double read = now();
    must(pgdp_store_import(ctx, store, &bytes, dataset, &about, &done));
    seconds[0] += read - start;
    seconds[1] += now() - read;
    pgdp_dataset_free(dataset);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void query(pgdp_store *store, size_t n_series, double milliseconds[N_QUERIES])
{
    for (size_t i = 0; i < N_QUERIES; i++) {
        char name[NAME];
        const char *series = name;
        const pgdp_store_query asked = { .series = &series, .n_series = 1, .as_of = "2026-02-28" };
        pgdp_frame *frame = NULL;
        snprintf(name, sizeof name, "S%07zu", i * 7919 % n_series);
        const double start = now();
        must(pgdp_store_observations(ctx, store, &asked, &frame));
        milliseconds[i] = 1e3 * (now() - start);
        pgdp_frame_free(frame);
    }
    qsort(milliseconds, N_QUERIES, sizeof *milliseconds, compare);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: store PLACE [SERIES [PERIODS]]\n");
        return 2;
    }
    const size_t n_series = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000;
    const size_t n_periods = argc > 3 ? strtoul(argv[3], NULL, 10) : 200;
    const size_t at_once = A_DOCUMENT / n_periods;
    double seconds[2] = { 0, 0 }, milliseconds[N_QUERIES];
    pgdp_store *store = NULL;
    ctx = pgdp_ctx_new(NULL);
    char *text = malloc((size_t)(A_DOCUMENT + 1) * ROW);
    must(pgdp_store_open(ctx, argv[1], PGDP_STORE_WRITE, &store));
    for (size_t first = 0; first < n_series; first += at_once) {
        const size_t left = n_series - first, size[] = { left < at_once ? left : at_once, n_periods };
        import(store, text, first, size, seconds);
    }
    pgdp_store_close(store);
    free(text);
    must(pgdp_store_open(ctx, argv[1], PGDP_STORE_READ, &store));
    query(store, n_series, milliseconds);
    pgdp_store_close(store);
    pgdp_ctx_free(ctx);
    const double n = (double)n_series * (double)n_periods;
    printf("observations\t%.0f\nread_s\t%.3f\nimport_s\t%.3f\nobservations_a_second\t%.0f\n"
           "with_reading_a_second\t%.0f\nquery_median_ms\t%.3f\nquery_99th_ms\t%.3f\nquery_most_ms\t%.3f\n",
           n, seconds[0], seconds[1], n / seconds[1], n / (seconds[0] + seconds[1]), milliseconds[N_QUERIES / 2],
           milliseconds[N_QUERIES * 99 / 100], milliseconds[N_QUERIES - 1]);
    return 0;
}
