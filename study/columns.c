/* columns.c  The columns that a study's inputs must have, checked with file, line and column. Spec: docs/data.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/columns.h"

#include "core/text.h"

/* "#name": numbers; "?name": words, and it may be absent; "name": words, codes or periods. */
static const char *const columns[PG_N_INPUTS][20] = {
    [PG_INPUT_tasks] = { "onet_soc", "#task_id", "task_type", "#importance", "#relevance", "#frequency",
                         "human_exposure", "gpt4_exposure", "gpt4_exposure_alt", "gpt3_relevant", "gpt4_automation",
                         "gpt4_automation_rerun", "human_automation" },
    [PG_INPUT_task_dwas] = { "onet_soc", "#task_id", "dwa_id" },
    [PG_INPUT_activities] = { "dwa_id", "dwa_title", "iwa_id", "iwa_title", "gwa_id", "gwa_title" },
    [PG_INPUT_occupations] = { "onet_soc", "title", "soc" },
    [PG_INPUT_wages] = { "#year", "soc", "title", "level", "#employment", "#hourly_mean", "#annual_mean",
                         "?employment_flag", "?hourly_mean_flag", "?annual_mean_flag" },
    [PG_INPUT_combined] = { "combined", "member" },
    [PG_INPUT_accounts] = { "naics", "?industry", "?title", "#value_added_usd_mn", "#compensation_usd_mn",
                            "#final_uses_usd_mn", "#commodity_output_usd_mn" },
    [PG_INPUT_sector_jobs] = { "naics", "soc", "#employment", "#annual_mean" },
    [PG_INPUT_series] = { "series", "vintage", "period", "#value" },
    [PG_INPUT_series_list] = { "series", "title", "unit", "price_basis", "adjustment", "vintage", "?frequency",
                               "?source" },
    [PG_INPUT_published] = { "id", "figure", "#value", "#low", "#high", "unit", "date", "source", "?seen" },
    [PG_INPUT_catalogue] = { "id", "file", "publisher", "address", "licence", "vintage", "retrieved", "sha256", "?unit",
                             "?title", "?attribution", "?used_for" },
};

/** An input while it is checked. */
typedef struct checked {
    const char *path;
    const char *line; /**< ":1" where the header is a line of its own, else "" */
    const pgdp_frame *frame;
} checked;

/** A column's own name, without its mark. */
static const char *name_of(const char *entry)
{
    return entry[0] == '#' || entry[0] == '?' ? entry + 1 : entry;
}

static pgdp_status fail_absent(pgdp_ctx *ctx, const checked *c, const char *name)
{
    const size_t n = pgdp_frame_n_columns(c->frame);
    const char **names;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    for (size_t j = 0; j < n; j++)
        names[j] = pgdp_frame_column(c->frame, j)->name;
    const char *near = pgdp_nearest(name, names, n);
    if (near == NULL)
        return pg_fail(ctx, PGDP_PARSE, "%s%s: found no column \"%s\"; add it, docs/data.md tells what it holds",
                       c->path, c->line, name);
    return pg_fail(ctx, PGDP_PARSE, "%s%s:%zu: found column \"%s\", expected \"%s\"; rename it", c->path, c->line,
                   pgdp_frame_find(c->frame, near) + 1, near, name);
}

/** A column of words where numbers are due: the reader's note says where the first word stands. */
static pgdp_status fail_stray(pgdp_ctx *ctx, const checked *c, size_t column)
{
    const char *name = pgdp_frame_column(c->frame, column)->name, *key, *note;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "not_number:%s", name));
    note = pgdp_frame_note(c->frame, key);
    if (note != NULL) return pg_fail(ctx, PGDP_PARSE, "%s; correct the cell of column \"%s\"", note, name);
    size_t row = 0;
    while (pgdp_frame_text(c->frame, column, row) == NULL)
        row++;
    return pg_fail(ctx, PGDP_PARSE, "%s:%zu:%zu: found \"%s\" in column \"%s\", expected a number", c->path, row + 2,
                   column + 1, pgdp_frame_text(c->frame, column, row), name);
}

/** Is there a word in a column? One that is empty has no type yet. */
static bool holds_words(const pgdp_frame *frame, size_t column)
{
    return pgdp_frame_column(frame, column)->type == PGDP_TEXT && pgdp_frame_n_levels(frame, column) > 0;
}

/** Columns that the list does not name as words must not hold a word among numbers: O*NET's descriptors, say. */
static pgdp_status check_others(pgdp_ctx *ctx, const checked *c, const char *const *entries)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(c->frame); j++) {
        const char *name = pgdp_frame_column(c->frame, j)->name, *key;
        bool words = false;
        for (size_t k = 0; entries[k] != NULL && !words; k++)
            words = entries[k][0] != '#' && pg_streq(name_of(entries[k]), name);
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "not_number:%s", name));
        if (!words && pgdp_frame_note(c->frame, key) != NULL) return fail_stray(ctx, c, j);
    }
    return PGDP_OK;
}

static pgdp_status check(pgdp_ctx *ctx, const checked *c, const char *const *entries)
{
    for (size_t k = 0; entries[k] != NULL; k++) {
        const char *name = name_of(entries[k]);
        const size_t j = pgdp_frame_find(c->frame, name);
        if (j == PGDP_NONE && entries[k][0] == '?') continue;
        if (j == PGDP_NONE) return fail_absent(ctx, c, name);
        if (entries[k][0] == '#' && holds_words(c->frame, j)) return fail_stray(ctx, c, j);
        if (entries[k][0] == '#' && pgdp_frame_column(c->frame, j)->type == PGDP_PERIOD)
            return pg_fail(ctx, PGDP_PARSE, "%s%s:%zu: column \"%s\" holds dates, expected numbers", c->path, c->line,
                           j + 1, name);
    }
    return check_others(ctx, c, entries);
}

pgdp_status pg_check_columns(pgdp_ctx *ctx, pg_input_index input, const char *path, const char *format,
                             const pgdp_frame *frame)
{
    const checked c = { .path = path, .line = pg_streq(format, "csv") ? ":1" : "", .frame = frame };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = check(ctx, &c, columns[input]);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
