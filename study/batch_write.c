/* batch_write.c  What a batch came to, as files and for the terminal: batch_write.h. Spec: docs/batch.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/batch_write.h"

#include "core/frame.h"
#include "core/frame_out.h"
#include "core/number.h"
#include "pgdp/file.h"
#include "pgdp/table.h"

enum { CHUNK = 4096, MOST_NAMED = 20, MOST_LISTED = 1000, MOST_OPTIONS = 12 };

/* Why model i has no estimate; NULL: it has one. */
static const char *failure_of(const pgdp_batch *b, size_t model)
{
    size_t n;
    const pgdp_batch_row *rows = pgdp_batch_rows_of(b, model, &n);
    return n > 0 && rows[0].status != PGDP_OK ? rows[0].error : NULL;
}

void pg_batch_count_failed(pg_batch_report *report)
{
    report->n_failed = 0;
    for (size_t i = 0; i < pgdp_batch_plan_of(report->batch).n_models; i++)
        report->n_failed += failure_of(report->batch, i) != NULL;
}

/* "y, x1, cluster(firm)": the options of a model that there were others of. */
static void add_options(pg_text *text, const pgdp_batch *b, size_t model)
{
    size_t n = 0;
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++) {
        const char *name = pgdp_batch_option_of(b, model, (pgdp_batch_choice)c);
        if (name[0] != '\0') pg_text_addf(text, "%s%s", n++ == 0 ? "" : "; ", name);
    }
}

static pgdp_status write_rows(pgdp_ctx *ctx, const pgdp_batch *b, pgdp_table_writer *writer)
{
    const size_t n = pgdp_batch_plan_of(b).n_models;
    for (size_t first = 0; first < n; first += CHUNK) {
        pgdp_frame *rows;
        PG_TRY(pgdp_batch_results(ctx, b, first, n - first < CHUNK ? n - first : CHUNK, &rows));
        const pgdp_status status = pgdp_table_writer_add(ctx, writer, rows);
        pgdp_frame_free(rows);
        PG_TRY(status);
    }
    return PGDP_OK;
}

static pgdp_status write_results(pgdp_ctx *ctx, const pg_batch_report *r, const char *path)
{
    const pgdp_batch *b = r->batch;
    pgdp_frame *columns;
    pgdp_table_writer *writer;
    PG_TRY(pgdp_batch_results(ctx, b, 0, 0, &columns));
    pgdp_status status = pgdp_table_writer_new(ctx, path, columns, &writer);
    pgdp_frame_free(columns);
    PG_TRY(status);
    status = write_rows(ctx, b, writer);
    if (status == PGDP_OK) return pgdp_table_writer_commit(ctx, writer);
    pgdp_table_writer_discard(ctx, writer);
    return status;
}

static pgdp_status write_curve(pgdp_ctx *ctx, const pg_batch_report *r, const char *path)
{
    pgdp_frame *curve;
    pgdp_output *output;
    pgdp_sink sink;
    PG_TRY(pgdp_batch_curve(ctx, r->batch, &curve));
    pgdp_status status = pgdp_output_new(ctx, path, &output, &sink);
    if (status == PGDP_OK) {
        status = pgdp_frame_write_csv(ctx, curve, &sink);
        if (status == PGDP_OK)
            status = pgdp_output_commit(ctx, output);
        else
            pgdp_output_discard(ctx, output);
    }
    pgdp_frame_free(curve);
    return status;
}

static void put_failures(pgdp_ctx *ctx, const pg_batch_report *r, pg_json *json)
{
    size_t listed = 0;
    pg_json_key(json, "failures");
    pg_json_array(json);
    for (size_t i = 0; i < pgdp_batch_plan_of(r->batch).n_models && listed < MOST_LISTED; i++) {
        const char *error = failure_of(r->batch, i);
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_text options;
        if (error == NULL) continue;
        listed++;
        pg_text_init(&options, &ctx->scratch);
        add_options(&options, r->batch, i);
        pg_json_object(json);
        pg_json_key_integer(json, "model", (int64_t)i + 1);
        pg_json_key_string(json, "options", options.data);
        pg_json_key_string(json, "error", error);
        pg_json_object_end(json);
        pg_arena_rewind(&ctx->scratch, mark);
    }
    pg_json_array_end(json);
}

static void put_inference(const pgdp_batch_inference *i, double seed, pg_json *json)
{
    pg_json_key(json, "inference");
    if (i->n_draws == 0) {
        pg_json_null(json);
        return;
    }
    pg_json_object(json);
    pg_json_key_integer(json, "draws", (int64_t)i->n_draws);
    pg_json_key_real(json, "seed", seed);
    pg_json_key_integer(json, "results", (int64_t)i->n_rows);
    pg_json_key_real(json, "median", i->median);
    pg_json_key_real(json, "p_median", i->p_median);
    pg_json_key_real(json, "significant_share", i->share);
    pg_json_key_real(json, "p_significant_share", i->p_share);
    pg_json_key_real(json, "stouffer_z", i->stouffer);
    pg_json_key_real(json, "p_stouffer_z", i->p_stouffer);
    pg_json_object_end(json);
}

static void put_plan(const pg_batch_report *r, pg_json *json)
{
    const pgdp_batch_plan p = pgdp_batch_plan_of(r->batch);
    pg_json_key_string(json, "name", r->file->name);
    pg_json_key_string(json, "title", r->file->title);
    pg_json_key_string(json, "version", pgdp_version());
    pg_json_key_string(json, "spec_sha256", r->spec_sha256);
    pg_json_key_string(json, "data_sha256", r->data_sha256);
    pg_json_key_integer(json, "models", (int64_t)p.n_models);
    pg_json_key_integer(json, "groups", (int64_t)p.n_groups);
    pg_json_key_integer(json, "models_by_row", (int64_t)p.n_by_row);
    pg_json_key_integer(json, "columns", (int64_t)p.n_columns);
    pg_json_key_real(json, "bytes", p.bytes);
    pg_json_key_real(json, "flops", p.flops);
    pg_json_key_real(json, "seconds", p.seconds);
}

static pgdp_status put_json(pgdp_ctx *ctx, const pg_batch_report *r, bool plan, const pgdp_sink *sink)
{
    pg_json json;
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", plan ? "pgdp.batch.plan/1" : "pgdp.batch/1");
    put_plan(r, &json);
    if (!plan) {
        pg_json_key_integer(&json, "failed", (int64_t)r->n_failed);
        pg_json_key_real(&json, "significance", r->file->level);
        pg_frame_put_json(&json, "summary", r->summary);
        put_inference(&r->inference, r->file->seed, &json);
        put_failures(ctx, r, &json);
    }
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

static pgdp_status write_json(pgdp_ctx *ctx, const pg_batch_report *r, const char *path)
{
    pgdp_output *output;
    pgdp_sink sink;
    PG_TRY(pgdp_output_new(ctx, path, &output, &sink));
    const pgdp_status status = put_json(ctx, r, false, &sink);
    if (status == PGDP_OK) return pgdp_output_commit(ctx, output);
    pgdp_output_discard(ctx, output);
    return status;
}

pgdp_status pg_batch_write_files(pgdp_ctx *ctx, const pg_batch_report *r, const char *directory)
{
    static pgdp_status (*const write[])(pgdp_ctx *, const pg_batch_report *,
                                        const char *) = { write_results, write_curve, write_json };
    static const char *const names[] = { "results.pgdp", "curve.csv", "summary.json" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path;
        PG_TRY_ALLOC(ctx, path, pg_arena_printf(&ctx->scratch, "%s/%s", directory, names[i]));
        PG_TRY(write[i](ctx, r, path));
    }
    return PGDP_OK;
}

static void add_rounded(pg_text *text, const char *before, double value, const char *after)
{
    char number[PG_NUMBER_SIZE];
    pg_number_significant(value, 3, number);
    pg_text_addf(text, "%s%s%s", before, number, after);
}

static void add_plan(pg_text *text, const pg_batch_report *r)
{
    const pgdp_batch_plan p = pgdp_batch_plan_of(r->batch);
    pg_text_addf(text, "batch %s: %zu models in %zu groups", r->file->name == NULL ? r->file->path : r->file->name,
                 p.n_models, p.n_groups);
    if (p.n_by_row > 0) pg_text_addf(text, ", %zu of them one by one", p.n_by_row);
    add_rounded(text, "; about ", p.bytes / 1048576, " MiB beside the table, ");
    add_rounded(text, "", p.flops / 1e9, " billion floating-point operations, ");
    add_rounded(text, "", p.seconds, " s of one core (an estimate)\n");
    if (r->file->n_draws > 0)
        pg_text_addf(text, "joint inference: %zu draws, each about the work of all models once more\n",
                     r->file->n_draws);
}

pgdp_status pg_batch_write_plan(pgdp_ctx *ctx, const pg_batch_report *r, bool as_json, const pgdp_sink *sink)
{
    pg_text text;
    if (as_json) return put_json(ctx, r, true, sink);
    pg_text_init(&text, &ctx->scratch);
    add_plan(&text, r);
    return text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
}

static void add_inference(pg_text *text, const pgdp_batch_inference *i)
{
    if (i->n_draws == 0) return;
    pg_text_addf(text, "\njoint test that no focal term has an effect, %zu draws\n", i->n_draws);
    add_rounded(text, "  median estimate        ", i->median, "");
    add_rounded(text, "   p ", i->p_median, "\n");
    add_rounded(text, "  significant, its sign  ", i->share, "");
    add_rounded(text, "   p ", i->p_share, "\n");
    add_rounded(text, "  Stouffer's Z           ", i->stouffer, "");
    add_rounded(text, "   p ", i->p_stouffer, "\n");
}

static void add_failures(pg_text *text, const pg_batch_report *r)
{
    size_t named = 0;
    if (r->n_failed > 0) pg_text_addf(text, "\n%zu models failed\n", r->n_failed);
    for (size_t i = 0; i < pgdp_batch_plan_of(r->batch).n_models && named < MOST_NAMED; i++) {
        const char *error = failure_of(r->batch, i);
        if (error == NULL) continue;
        named++;
        pg_text_addf(text, "  model %zu (", i + 1);
        add_options(text, r->batch, i);
        pg_text_addf(text, "): %s\n", error);
    }
    if (r->n_failed > named)
        pg_text_addf(text, "  and %zu more, each with its error in results\n", r->n_failed - named);
}

/* The summary for people: of each choice the line of all and its first options. */
static pgdp_status add_summary(pgdp_ctx *ctx, pg_text *text, const pgdp_frame *summary)
{
    const size_t n = pgdp_frame_n_rows(summary), choice = pgdp_frame_find(summary, "choice");
    pg_selection shown = { .rows = NULL };
    pgdp_frame *few;
    size_t *rows, of_choice = 0;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, n, sizeof *rows));
    for (size_t i = 0; i < n; i++) {
        const bool same =
            i > 0 && pg_streq(pgdp_frame_text(summary, choice, i), pgdp_frame_text(summary, choice, i - 1));
        of_choice = same ? of_choice + 1 : 0;
        if (of_choice <= MOST_OPTIONS) rows[shown.n_rows++] = i;
    }
    shown.rows = rows;
    PG_TRY(pg_frame_select(ctx, summary, &shown, &few));
    pg_frame_put_text(text, few);
    pgdp_frame_free(few);
    if (shown.n_rows < n)
        pg_text_addf(text, "  %zu more options of choices with more than %d; --json and summary.json have all\n",
                     n - shown.n_rows, (int)MOST_OPTIONS);
    return PGDP_OK;
}

pgdp_status pg_batch_write_summary(pgdp_ctx *ctx, const pg_batch_report *r, bool as_json, const pgdp_sink *sink)
{
    pg_text text;
    if (as_json) return put_json(ctx, r, false, sink);
    pg_text_init(&text, &ctx->scratch);
    add_plan(&text, r);
    pg_text_add(&text, "\n");
    PG_TRY(add_summary(ctx, &text, r->summary));
    add_inference(&text, &r->inference);
    add_failures(&text, r);
    return text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
}
