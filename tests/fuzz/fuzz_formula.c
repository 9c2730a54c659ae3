/* fuzz_formula.c  Any bytes as formula, subset, covariance, weights and panel (a line each) over a small table: an
 * answer or a sentence for each of its models, in bounded time and memory. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/regression.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS = 12, LINES = 5, MOST_COMMAS = 6 };

/** Columns y, x, f (text), q (quarters); one cell of each missing. NULL: no memory. */
static pgdp_frame *table(pgdp_ctx *ctx)
{
    static const pgdp_column columns[] = {
        { .name = "y", .type = PGDP_REAL },
        { .name = "x", .type = PGDP_REAL },
        { .name = "f", .type = PGDP_TEXT },
        { .name = "q", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY },
    };
    static const char *const levels[] = { "a", "b", "c d" };
    pgdp_frame *frame = NULL;
    size_t index;
    if (pgdp_frame_new(ctx, &frame) != PGDP_OK) return NULL;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (pgdp_frame_add_column(ctx, frame, &columns[i], &index) != PGDP_OK) abort();
    for (size_t i = 0; i < ROWS; i++) {
        if (pgdp_frame_add_row(ctx, frame) != PGDP_OK) abort();
        if (i != 3) pgdp_frame_set_real(frame, 0, 2.385 + (double)(i * i % 7));
        if (i != 5) pgdp_frame_set_real(frame, 1, (double)i * 1.25 - 4);
        if (i != 7 && pgdp_frame_set_text(ctx, frame, 2, levels[i % 3], PGDP_NONE) != PGDP_OK) abort();
        if (i != 9) pgdp_frame_set_period(frame, 3, 200 + (int32_t)i);
    }
    return frame;
}

static pgdp_status discard(void *user, const void *bytes, size_t n)
{
    (void)user;
    (void)bytes;
    (void)n;
    return PGDP_OK;
}

/** Write one model in both forms. */
static void show(pgdp_ctx *ctx, const pgdp_regression *regression)
{
    const pgdp_sink sink = { discard, NULL };
    const pgdp_regression *const list[] = { regression };
    if (pgdp_regressions_write(ctx, "json", list, 1, NULL, &sink) != PGDP_OK) abort();
    if (pgdp_regressions_write(ctx, "table", list, 1, NULL, &sink) != PGDP_OK) abort();
}

/** The formula's one model, then all that it lists: the sentence of a failure is never empty. */
static void fit(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_regression_spec *spec)
{
    pgdp_regression *regression = NULL;
    pgdp_models *models = NULL;
    if (pgdp_regress(ctx, frame, spec, &regression) == PGDP_OK)
        show(ctx, regression);
    else if (pgdp_ctx_error(ctx)[0] == '\0')
        abort();
    pgdp_regression_free(regression);
    /* a list of lists stays small enough to be fitted in the time of one input */
    size_t lists = 0;
    for (const char *c = spec->formula; *c != '\0'; c++)
        lists += *c == ',';
    if (lists > MOST_COMMAS) return;
    if (pgdp_models_new(ctx, frame, spec, &models) != PGDP_OK) {
        if (pgdp_ctx_error(ctx)[0] == '\0') abort();
        return;
    }
    for (size_t i = 0; i < pgdp_models_n(models); i++) {
        const pgdp_model model = pgdp_models_at(models, i);
        if (model.regression != NULL)
            show(ctx, model.regression);
        else if (model.error == NULL || model.error[0] == '\0')
            abort();
    }
    pgdp_models_free(models);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *lines[LINES] = { NULL };
    if (text == NULL) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    char *at = text;
    for (size_t i = 0; i < LINES && at != NULL; i++) {
        lines[i] = at;
        at = strchr(at, '\n');
        if (at != NULL) *at++ = '\0';
        if (i > 0 && lines[i][0] == '\0') lines[i] = NULL;
    }
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = ctx == NULL ? NULL : table(ctx);
    const pgdp_regression_spec spec = { .formula = lines[0],
                                        .subset = lines[1],
                                        .vcov = lines[2] != NULL ? lines[2] : "iid",
                                        .weights = lines[3],
                                        .panel = lines[4] };
    if (frame != NULL) fit(ctx, frame, &spec);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    free(text);
    return 0;
}
