/* progress.c  How far the work is: one line that is redrawn on a terminal; elsewhere a line for each long job.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double redraw_seconds = 0.1, long_job_seconds = 60;

static double now(void)
{
    struct timespec t = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* "what 120/999, 43.1/s, ETA 0:20". */
static void draw(const pgc_progress *p, size_t done, size_t total, double elapsed)
{
    const double rate = elapsed > 0 ? (double)(done - p->first) / elapsed : 0;
    const double left = rate > 0 ? (double)(total - done) / rate : 0;
    fprintf(stderr, "\r\033[K%s %zu/%zu", p->what, done, total);
    if (rate > 0 && left < 1e9) {
        const long long seconds = (long long)(left + 0.5);
        fprintf(stderr, ", %.3g/s, ETA ", rate);
        if (seconds >= 3600) fprintf(stderr, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
        if (seconds < 3600) fprintf(stderr, "%lld:%02lld", seconds / 60, seconds % 60);
    }
    fflush(stderr);
}

static void show(void *user, const char *what, size_t done, size_t total)
{
    pgc_progress *p = user;
    const double time = now();
    if (done < p->done || strncmp(what, p->what, sizeof p->what - 1) != 0) {
        *p = (pgc_progress){ .terminal = p->terminal, .first = done, .began = time, .drawn = time };
        snprintf(p->what, sizeof p->what, "%s", what);
    }
    p->done = done;
    if (!p->terminal) {
        if (done == total && time - p->began >= long_job_seconds)
            fprintf(stderr, "%s: %zu in %.0f s, %.3g/s\n", p->what, total, time - p->began,
                    (double)(total - p->first) / (time - p->began));
        return;
    }
    if (done == total) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    } else if (time - p->drawn >= redraw_seconds) {
        p->drawn = time;
        draw(p, done, total, time - p->began);
    }
}

void pgc_progress_begin(pgdp_ctx *ctx, pgc_progress *progress)
{
    *progress = (pgc_progress){ .terminal = isatty(STDERR_FILENO) != 0 };
    pgdp_ctx_set_progress(ctx, show, progress);
}
