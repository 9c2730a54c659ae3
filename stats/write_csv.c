/* write_csv.c  Regressions as CSV, one line a term of a model, every number in full. Source: RFC 4180.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/parallel.h"
#include "core/text.h"
#include "stats/glance.h"
#include "stats/regression.h"
#include "stats/writers.h"

#include <math.h>
#include <string.h>

/** A text in quotes where it needs them; one that a spreadsheet would run as a formula gets an apostrophe before it. */
static void add_text(pg_text *out, const char *text)
{
    if (text == NULL) text = "";
    const bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    const bool quoted = formula || strpbrk(text, ",\"\r\n") != NULL;
    if (!quoted) {
        pg_text_add(out, text);
        return;
    }
    pg_text_add_char(out, '"');
    if (formula) pg_text_add_char(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"') pg_text_add_char(out, '"');
        pg_text_add_char(out, *text);
    }
    pg_text_add_char(out, '"');
}

static void add_number(pg_text *out, double value)
{
    pg_text_add_char(out, ',');
    if (!isnan(value)) pg_text_add_number(out, value);
}

static void add_line(pg_text *out, size_t model, const pgdp_regression *r, const pgdp_tidy *t)
{
    const char *const texts[] = { r->spec.id, r->spec.formula, r->spec.subset, r->spec.method, r->spec.vcov, t->term };
    const double numbers[] = {
        t->estimate, t->std_error, t->statistic, t->p_value, t->conf_low, t->conf_high, pgdp_fit_glance(r->fit).nobs
    };
    pg_text_addf(out, "%zu", model);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pg_text_add_char(out, ',');
        add_text(out, texts[i]);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        add_number(out, numbers[i]);
    pg_text_add_char(out, '\n');
}

enum { MODELS = 64 /* of a piece of the text, which a thread makes alone */ };

typedef struct piece {
    pg_arena arena;
    pg_text text;
} piece;

typedef struct job {
    const pgdp_regression *const *regressions;
    size_t n, n_pieces;
    piece *pieces;
} job;

static pgdp_status fill_piece(pgdp_ctx *ctx, void *user, size_t index)
{
    const job *j = user;
    pg_text *out = &j->pieces[index].text;
    const pg_range models = pg_block_range(j->n, MODELS, index);
    pg_width width = { 0 };
    pg_text_init(out, &j->pieces[index].arena);
    for (size_t m = models.first; m < models.end; m++) {
        const pgdp_regression *r = j->regressions[m];
        for (size_t i = 0; i < pgdp_fit_n_terms(r->fit); i++) {
            const pgdp_tidy t = pg_fit_tidy(r->fit, i, r->conf_level, &width);
            add_line(out, m + 1, r, &t);
        }
    }
    return out->failed ? pg_no_memory(ctx) : PGDP_OK;
}

static pgdp_status write_pieces(pgdp_ctx *ctx, job *j, const pgdp_sink *sink)
{
    static const char header[] = "model,id,formula,subset,method,vcov,term,estimate,std_error,statistic,p_value,"
                                 "conf_low,conf_high,nobs\n";
    PG_TRY(pg_parallel(ctx, NULL, j->n_pieces, fill_piece, j));
    PG_TRY(sink->write(sink->user, header, sizeof header - 1));
    for (size_t i = 0; i < j->n_pieces; i++)
        PG_TRY(sink->write(sink->user, j->pieces[i].text.data, j->pieces[i].text.n));
    return PGDP_OK;
}

static pgdp_status write_csv(pgdp_ctx *ctx, const pgdp_regression *const *regressions, size_t n,
                             const pgdp_table_style *style, const pgdp_sink *sink)
{
    job j = { .regressions = regressions, .n = n, .n_pieces = pg_n_blocks(n, MODELS) };
    (void)style;
    PG_TRY_ALLOC(ctx, j.pieces, pg_arena_alloc(&ctx->scratch, j.n_pieces, sizeof *j.pieces));
    for (size_t i = 0; i < j.n_pieces; i++)
        pg_arena_init(&j.pieces[i].arena, &ctx->allocator);
    const pgdp_status status = write_pieces(ctx, &j, sink);
    for (size_t i = 0; i < j.n_pieces; i++)
        pg_arena_free(&j.pieces[i].arena);
    return status;
}

const pgdp_regression_writer pg_regression_writer_csv = {
    .name = "csv",
    .title = "CSV, a line a term of a model, every number in full",
    .write = write_csv,
};
