/* read_aei_flat.c  Anthropic Economic Index, the small tables of February and March 2025 and of the labour market
 * papers. Source: formats.md 16, family A. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "ingest/fast_csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/table.h"

enum { MOST_NAMES = 8, HOURLY = 1000 };
/* A table is told by its first columns; what one must know of it becomes a note. */
static const struct {
    const char *names[MOST_NAMES];
    const char *note;
} layouts[] = {
    { { "task_name", "pct", NULL }, "percent of conversations, sums to 100; the task none is a placeholder" },
    { { "interaction_type", "pct", NULL },
      "percent of conversations; does not sum to 100, the rest was not classified" },
    { { "task_name", "feedback_loop", "directive", NULL }, "shares of the task's conversations" },
    { { "task_name", "thinking_fraction", NULL }, NULL },
    { { "cluster_name_0", "cluster_description_0", NULL }, NULL },
    { { "SOC or O*NET-SOC 2019 Title", "bls_distribution", NULL }, "bls_distribution counts heads, it is no share" },
    { { "SOCcode", "JobName", "JobFamily", "isBright", "isGreen", "JobZone", "MedianSalary", NULL },
      "-1 is missing; MedianSalary is an hourly wage below 1,000 and an annual salary above" },
    { { "Major Group", "Minor Group", "Broad Occupation", "Detailed Occupation", "Detailed O*NET-SOC", NULL },
      "a staircase: one code a row, under the column of its level" },
    { { "occ_code", "title", "observed_exposure", NULL }, NULL },
    { { "task", "penetration", NULL }, NULL },
};
enum { N_LAYOUTS = sizeof layouts / sizeof *layouts };

static const pg_unit_of units[] = {
    { "pct", "pct" },
    { "percent_records", "pct" },
    { "percent_users", "pct" },
    { "feedback_loop", "share" },
    { "directive", "share" },
    { "task_iteration", "share" },
    { "validation", "share" },
    { "learning", "share" },
    { "filtered", "share" },
    { "thinking_fraction", "share" },
    { "bls_distribution", "heads" },
    { "MedianSalary", "usd" },
    { "observed_exposure", "share" },
    { "penetration", "share" },
};

static size_t layout_of(const pgdp_bytes *head)
{
    for (size_t i = 0; i < N_LAYOUTS; i++)
        if (pg_header_begins(head, layouts[i].names, ',') || pg_header_begins(head, layouts[i].names, '\t')) return i;
    return N_LAYOUTS;
}

static int sniff(const pgdp_bytes *head)
{
    return layout_of(head) < N_LAYOUTS ? PG_LIKELY : PG_NOT_OURS;
}

/* wage_data.csv: -1 is missing, and hours stand among years in one column. */
static pgdp_status mend_wages(pgdp_ctx *ctx, pgdp_frame *frame)
{
    static const char *const numbers[] = { "JobZone", "MedianSalary", "JobForecast", "ChanceAuto" };
    const pgdp_column about = { .name = "MedianSalary_period", .type = PGDP_TEXT };
    const size_t n = pgdp_frame_n_rows(frame), salary = pgdp_frame_find(frame, "MedianSalary");
    size_t period;
    uint32_t hour, year;
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        const size_t column = pgdp_frame_find(frame, numbers[k]);
        double *x = column == PGDP_NONE ? NULL : pg_frame_edit_reals(frame, column);
        for (size_t i = 0; x != NULL && i < n; i++)
            if (x[i] < 0) x[i] = (double)NAN;
    }
    const double *wages = pgdp_frame_reals(frame, salary);
    if (wages == NULL) return PGDP_OK;
    PG_TRY(pgdp_frame_add_column(ctx, frame, &about, &period));
    PG_TRY(pg_frame_intern(ctx, frame, period, "hour", PGDP_NONE, &hour));
    PG_TRY(pg_frame_intern(ctx, frame, period, "year", PGDP_NONE, &year));
    uint32_t *codes = pg_frame_edit_codes(frame, period);
    wages = pgdp_frame_reals(frame, salary);
    for (size_t i = 0; i < n; i++)
        if (!isnan(wages[i])) codes[i] = wages[i] < HOURLY ? hour : year;
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    static const char *const codes[] = { "SOCcode", "occ_code", NULL };
    const size_t layout = layout_of(in);
    const pg_rules rules = { .missing = pg_missing_csv, .codes = codes, .text_holds_numbers = true };
    const pg_fast_csv how = {
        .in = in,
        .dialect = { .delimiter = pg_csv_delimiter(in) == '\t' ? '\t' : ',', .quote = '"' },
        .rules = &rules,
        .mapping = out->mapping,
    };
    pgdp_frame *frame;
    if (layout == N_LAYOUTS)
        return pg_fail(ctx, PGDP_PARSE, "%s:1: the header is none of the index's flat tables (task_name, pct, ...)",
                       in->label);
    PG_TRY(pg_delimited_read(ctx, &how, &frame));
    PG_TRY(pg_dataset_put(ctx, out, frame));
    if (pg_streq(layouts[layout].names[0], "SOCcode")) PG_TRY(mend_wages(ctx, frame));
    PG_TRY(pg_set_units(ctx, frame, units, sizeof units / sizeof *units));
    return layouts[layout].note == NULL ? PGDP_OK : pgdp_frame_set_note(ctx, frame, "about", layouts[layout].note);
}

const pgdp_reader pg_read_aei_flat = {
    .name = "aei_flat",
    .title = "Anthropic Economic Index, flat tables",
    .spec = "https://huggingface.co/datasets/Anthropic/EconomicIndex, releases of February and March 2025",
    .sniff = sniff,
    .read = read,
};
