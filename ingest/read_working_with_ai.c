/* read_working_with_ai.c  Microsoft's "Working with AI": scores by occupation, metrics by activity, and the weights
 * between them. Source: formats.md 20; microsoft/working-with-ai. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "ingest/fast_csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"

enum { MOST_NAMES = 4 };
#define FIRST_ACTIVITY "4.A.1.a.1.I01"
/* A table is told by its first columns; what one must know of it becomes a note. */
static const struct {
    const char *names[MOST_NAMES];
    const char *note;
} layouts[] = {
    { { "SOC Code", "title", "ai_applicability_score", NULL }, "mean of the two sides' scores in soc_metrics" },
    { { "SOC Code", "title", "coverage_user", NULL }, "user: what people ask for; ai: what the assistant does" },
    { { "IWA", "title", "share_user", NULL }, "user: what people ask for; ai: what the assistant does" },
    { { "SOC Code", "IWA", NULL }, "a row an occupation and an activity of it" },
    { { "SOC Code", FIRST_ACTIVITY, NULL }, "a column an activity: its weight in the occupation" },
};
enum { N_LAYOUTS = sizeof layouts / sizeof *layouts };

static const pg_unit_of units[] = {
    { "ai_applicability_score", "share" },
    { "ai_applicability_score_user", "share" },
    { "ai_applicability_score_ai", "share" },
    { "coverage_user", "share" },
    { "coverage_ai", "share" },
    { "share_user", "share" },
    { "share_ai", "share" },
    { "completion_user", "share" },
    { "completion_ai", "share" },
    { "impact_scope_user", "share" },
    { "impact_scope_ai", "share" },
    { "feedback_positive_fraction_user", "share" },
    { "feedback_positive_fraction_ai", "share" },
    { "completion_x_scope_x_coverage_user", "share" },
    { "completion_x_scope_x_coverage_ai", "share" },
};

static size_t layout_of(const pgdp_bytes *head)
{
    for (size_t i = 0; i < N_LAYOUTS; i++)
        if (pg_header_begins(head, layouts[i].names, ',')) return i;
    return N_LAYOUTS;
}

static int sniff(const pgdp_bytes *head)
{
    return layout_of(head) < N_LAYOUTS ? PG_SURE : PG_NOT_OURS;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    static const char *const codes[] = { "SOC Code", "IWA", NULL };
    const size_t layout = layout_of(in);
    const pg_rules rules = { .missing = pg_missing_csv, .codes = codes, .text_holds_numbers = true };
    const pg_fast_csv how = {
        .in = in, .dialect = { .delimiter = ',', .quote = '"' }, .rules = &rules, .mapping = out->mapping
    };
    pgdp_frame *frame;
    if (layout == N_LAYOUTS)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s:1: the header is none of the study's tables, expected one that begins with SOC Code or IWA",
                       in->label);
    PG_TRY(pg_delimited_read(ctx, &how, &frame));
    PG_TRY(pg_dataset_put(ctx, out, frame));
    PG_TRY(pg_set_units(ctx, frame, units, sizeof units / sizeof *units));
    if (pgdp_frame_find(frame, "SOC Code") != PGDP_NONE)
        PG_TRY(pgdp_frame_set_note(ctx, frame, "classification", "soc2018"));
    return pgdp_frame_set_note(ctx, frame, "about", layouts[layout].note);
}

const pgdp_reader pg_read_working_with_ai = {
    .name = "working_with_ai",
    .title = "Working with AI, applicability to occupations and activities",
    .spec = "Tomlinson, Jaffe, Wang, Counts & Suri (2025), repository microsoft/working-with-ai, v2",
    .sniff = sniff,
    .read = read,
};
