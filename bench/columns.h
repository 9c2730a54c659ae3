/* columns.h  What the bench programs share: a clock, and frames of the raw columns that generate.c writes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_COLUMNS_H
#define BENCH_COLUMNS_H

#include "core/frame.h"
#include "pgdp/frame.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

enum { BENCH_MOST_COLUMNS = 256 };

static inline double bench_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/** Rows while every file has one more; memory for as many as the first one has. */
static inline pgdp_status bench_fill(pgdp_ctx *ctx, pgdp_frame *frame, FILE *const *files, size_t n)
{
    struct stat about;
    if (fstat(fileno(files[0]), &about) != 0) return PGDP_IO;
    const pgdp_status reserved = pg_frame_reserve(ctx, frame, (size_t)about.st_size / sizeof(double));
    if (reserved != PGDP_OK) return reserved;
    for (;;) {
        double row[BENCH_MOST_COLUMNS];
        for (size_t j = 0; j < n; j++)
            if (fread(&row[j], sizeof *row, 1, files[j]) != 1) return PGDP_OK;
        const pgdp_status status = pgdp_frame_add_row(ctx, frame);
        if (status != PGDP_OK) return status;
        for (size_t j = 0; j < n; j++)
            pgdp_frame_set_real(frame, j, row[j]);
    }
}

/** A frame of DIRECTORY/NAME, doubles, for each of the names. */
static inline pgdp_status bench_read(pgdp_ctx *ctx, const char *directory, const char *const *names, size_t n,
                                     pgdp_frame **out)
{
    FILE *files[BENCH_MOST_COLUMNS];
    size_t n_open = 0;
    pgdp_frame *frame = NULL;
    pgdp_status status = n <= BENCH_MOST_COLUMNS ? pgdp_frame_new(ctx, &frame) : PGDP_BAD_ARGUMENT;
    while (status == PGDP_OK && n_open < n) {
        char path[4096];
        size_t index;
        const pgdp_column column = { .name = names[n_open], .type = PGDP_REAL };
        snprintf(path, sizeof path, "%s/%s", directory, names[n_open]);
        status = pgdp_frame_add_column(ctx, frame, &column, &index);
        if (status == PGDP_OK && (files[n_open] = fopen(path, "r")) == NULL) status = PGDP_IO;
        if (status == PGDP_OK) n_open++;
    }
    if (status == PGDP_OK) status = bench_fill(ctx, frame, files, n);
    while (n_open > 0)
        fclose(files[--n_open]);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}

#endif
