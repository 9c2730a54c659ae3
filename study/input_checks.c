/* input_checks.c  Running what is said of tables: input_checks.h. Spec: docs/checks.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/input_checks.h"

#include "core/text.h"
#include "stats/design_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const pg_check_kind *const kinds[] = {
#define PGDP_ENTRY(name) &pg_check_##name,
    PG_CHECK_KINDS(PGDP_ENTRY)
#undef PGDP_ENTRY
};
enum { N_KINDS = sizeof kinds / sizeof *kinds, WORDS = 512 };

static pgdp_status find_kind(pgdp_ctx *ctx, const pg_yaml *node, const pg_check_kind **out)
{
    char list[WORDS] = "";
    *out = NULL;
    if (node->kind != PG_YAML_MAPPING)
        return pg_yaml_fail(ctx, node, "a check is a mapping such as {unique: [year, soc]}");
    for (size_t k = 0; k < N_KINDS; k++) {
        const size_t n = strlen(list);
        (void)snprintf(list + n, sizeof list - n, "%s%s", k == 0 ? "" : ", ", kinds[k]->name);
        if (pg_yaml_find(node, kinds[k]->name) == NULL) continue;
        if (*out != NULL)
            return pg_yaml_fail(ctx, node, "found both \"%s\" and \"%s\"; write two checks", (*out)->name,
                                kinds[k]->name);
        *out = kinds[k];
    }
    if (*out == NULL) return pg_yaml_fail(ctx, node, "what is to be checked? expected one of %s", list);
    return pg_yaml_keys(ctx, node, (*out)->keys);
}

pgdp_status pg_input_checks_read(pgdp_ctx *ctx, const pg_yaml *node)
{
    if (node == NULL) return PGDP_OK;
    if (node->kind != PG_YAML_SEQUENCE) return pg_yaml_fail(ctx, node, "\"checks\" is a list: - unique: [year, soc]");
    for (const pg_yaml *item = node->children; item != NULL; item = item->next) {
        const pg_check_kind *kind;
        PG_TRY(find_kind(ctx, item, &kind));
    }
    return PGDP_OK;
}

/* "wages: unique [year, soc]": the input, and the check as it was written. */
static void add_node(pg_text *text, const pg_yaml *node)
{
    if (node->kind == PG_YAML_SCALAR) {
        pg_text_add(text, node->text);
        return;
    }
    pg_text_add(text, "[");
    for (const pg_yaml *child = node->children; child != NULL; child = child->next) {
        add_node(text, child);
        if (child->next != NULL) pg_text_add(text, ", ");
    }
    pg_text_add(text, "]");
}

static pgdp_status name_of(pgdp_ctx *ctx, const pg_check_job *job, const char **out)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "%s:", job->table->name);
    for (const pg_yaml *child = job->node->children; child != NULL; child = child->next) {
        pg_text_addf(&text, " %s ", child->key);
        add_node(&text, child);
        if (child->next != NULL) pg_text_add(&text, ",");
    }
    *out = text.data;
    return text.failed ? pg_no_memory(ctx) : PGDP_OK;
}

pgdp_status pg_input_checks_run(pgdp_ctx *ctx, const pg_yaml *node, const pg_named_tables *all, size_t table,
                                pg_check_report report, void *user)
{
    for (const pg_yaml *item = node == NULL ? NULL : node->children; item != NULL; item = item->next) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_check_job job = { .node = item, .table = &all->items[table], .all = all };
        const pg_check_kind *kind;
        const char *name;
        PG_TRY(find_kind(ctx, item, &kind));
        PG_TRY(kind->run(ctx, &job));
        PG_TRY(name_of(ctx, &job, &name));
        PG_TRY(report(ctx, user, name, &job));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

void pg_check_found(pg_check_job *job, size_t row, const char *format, ...)
{
    va_list arguments;
    int n;
    if (job->n_failed++ > 0) return;
    if (row == PGDP_NONE)
        n = snprintf(job->first, sizeof job->first, "%s: ", job->table->path);
    else if (job->table->lines)
        n = snprintf(job->first, sizeof job->first, "%s:%zu: ", job->table->path, row + 2);
    else
        n = snprintf(job->first, sizeof job->first, "%s: data row %zu: ", job->table->path, row + 1);
    if (n < 0 || (size_t)n >= sizeof job->first) return;
    va_start(arguments, format);
    (void)vsnprintf(job->first + n, sizeof job->first - (size_t)n, format, arguments);
    va_end(arguments);
}

static pgdp_status find_column(pgdp_ctx *ctx, const pg_yaml *node, const pg_named_table *table, const char *name,
                               size_t *out)
{
    const size_t n = pgdp_frame_n_columns(table->frame);
    const char **names;
    *out = pgdp_frame_find(table->frame, name);
    if (*out != PGDP_NONE) return PGDP_OK;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    for (size_t j = 0; j < n; j++)
        names[j] = pgdp_frame_column(table->frame, j)->name;
    const char *near = pgdp_nearest(name, names, n);
    return pg_yaml_fail(ctx, node, "%s has no column \"%s\"%s%s", table->path, name, near == NULL ? "" : "; meant ",
                        near == NULL ? "" : near);
}

pgdp_status pg_check_columns_of(pgdp_ctx *ctx, const pg_check_job *job, const char *key, size_t **out, size_t *n)
{
    const pg_yaml *node = pg_yaml_find(job->node, key);
    *n = 0;
    *out = NULL;
    if (node == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, 1 + node->n_children, sizeof **out));
    if (node->kind == PG_YAML_SCALAR) return find_column(ctx, node, job->table, node->text, &(*out)[(*n)++]);
    for (const pg_yaml *child = node->children; child != NULL; child = child->next) {
        if (child->kind != PG_YAML_SCALAR) return pg_yaml_fail(ctx, child, "\"%s\" takes names of columns", key);
        PG_TRY(find_column(ctx, child, job->table, child->text, &(*out)[(*n)++]));
    }
    return PGDP_OK;
}

pgdp_status pg_check_other(pgdp_ctx *ctx, const pg_check_job *job, const char *key, const pg_named_table **table,
                           size_t *column)
{
    const pg_yaml *node;
    const char *dot;
    PG_TRY(pg_yaml_need(ctx, job->node, key, &node));
    if (node->kind != PG_YAML_SCALAR || (dot = strchr(node->text, '.')) == NULL)
        return pg_yaml_fail(ctx, node, "\"%s\" takes INPUT.COLUMN, such as occupations.soc", key);
    *table = NULL;
    for (size_t i = 0; i < job->all->n; i++)
        if (strlen(job->all->items[i].name) == (size_t)(dot - node->text) &&
            strncmp(job->all->items[i].name, node->text, (size_t)(dot - node->text)) == 0)
            *table = &job->all->items[i];
    if (*table == NULL) return pg_yaml_fail(ctx, node, "found no input \"%.*s\"", (int)(dot - node->text), node->text);
    return find_column(ctx, node, *table, dot + 1, column);
}

pgdp_status pg_check_reals(pgdp_ctx *ctx, const pg_check_job *job, const char *key, const double **out)
{
    const pg_yaml *node;
    size_t column;
    PG_TRY(pg_yaml_need(ctx, job->node, key, &node));
    PG_TRY(find_column(ctx, node, job->table, node->text, &column));
    *out = pgdp_frame_reals(job->table->frame, column);
    return *out != NULL ? PGDP_OK : pg_yaml_fail(ctx, node, "%s of %s holds no numbers", node->text, job->table->path);
}

pgdp_status pg_check_rows(pgdp_ctx *ctx, const pg_check_job *job, const char *key, bool negate, bool **out)
{
    const size_t n = pgdp_frame_n_rows(job->table->frame);
    const pg_yaml *node = pg_yaml_find(job->node, key);
    const pg_scope scope = { .frame = job->table->frame };
    const char *text;
    pg_rows rows;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n, sizeof **out));
    if (node == NULL) {
        memset(*out, 1, n);
        return PGDP_OK;
    }
    if (node->kind != PG_YAML_SCALAR) return pg_yaml_fail(ctx, node, "\"%s\" takes an expression", key);
    PG_TRY_ALLOC(ctx, text, pg_arena_printf(&ctx->scratch, negate ? "!(%s)" : "%s", node->text));
    const pgdp_status status = pg_rows_init(ctx, &scope, text, &rows);
    if (status != PGDP_OK && status != PGDP_NO_MEMORY)
        return pg_fail_within(ctx, PGDP_PARSE, "%s:%zu:%zu: %s", node->path, node->line, node->column, key);
    PG_TRY(status);
    for (size_t i = 0; i < n; i++)
        (*out)[i] = rows.state[i] == PG_ROW_KEPT;
    return PGDP_OK;
}

/* A cell in words; false: it is empty. */
static bool add_cell(pg_text *text, const pgdp_frame *frame, size_t column, size_t row)
{
    const pgdp_column *about = pgdp_frame_column(frame, column);
    if (about->type == PGDP_TEXT) {
        const char *cell = pgdp_frame_text(frame, column, row);
        if (cell != NULL) pg_text_add(text, cell);
        return cell != NULL;
    }
    if (about->type == PGDP_REAL) {
        const double x = pgdp_frame_reals(frame, column)[row];
        pg_text_add_number(text, x);
        return x == x;
    }
    char period[16];
    const int32_t ordinal = pgdp_frame_periods(frame, column)[row];
    if (ordinal == PGDP_MISSING_PERIOD) return false;
    pgdp_period_format((pgdp_period){ about->frequency, ordinal }, period);
    pg_text_add(text, period);
    return true;
}

pgdp_status pg_check_key(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t *columns, size_t n, size_t row,
                         const char **out)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    bool whole = true;
    for (size_t k = 0; k < n && whole; k++) {
        if (k > 0) pg_text_add(&text, ", ");
        whole = add_cell(&text, frame, columns[k], row);
    }
    *out = whole ? text.data : "";
    return text.failed ? pg_no_memory(ctx) : PGDP_OK;
}
