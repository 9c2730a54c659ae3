/* spec_grades.c  The study file's `tasks.grades`, `tasks.evidence` and `tasks.statements`: tables of their own beside
 * the inputs. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/spec.h"
#include "study/yaml.h"

/** The file of a table, and where the study names it. */
static pgdp_status read_file(pgdp_ctx *ctx, const pg_yaml *node, const pg_yaml *file, pg_arena *arena,
                             const char *study, pg_input *out)
{
    *out = (pg_input){ .name = node->key, .given = file->text, .rows = PGDP_NONE };
    out->line = file->line;
    out->column = file->column;
    if (file->kind != PG_YAML_SCALAR || file->text[0] == '\0')
        return pg_yaml_fail(ctx, file, "\"%s\" must be the path of a file", node->key);
    if (node->kind == PG_YAML_MAPPING) PG_TRY(pg_yaml_text(ctx, node, "format", &out->format));
    return pg_study_join(ctx, arena, study, out->given, &out->path);
}

static pgdp_status read_evidence(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study *out)
{
    static const char *const known[] = { "file", "format", "tier", NULL };
    const pg_yaml *file = node;
    out->evidence_tier = 4;
    if (node == NULL) return PGDP_OK;
    if (node->kind == PG_YAML_MAPPING) {
        PG_TRY(pg_yaml_keys(ctx, node, known));
        PG_TRY(pg_yaml_need(ctx, node, "file", &file));
        PG_TRY(pg_yaml_count(ctx, node, "tier", 0, 6, &out->evidence_tier));
    }
    return read_file(ctx, node, file, arena, out->path, &out->inputs[PG_INPUT_evidence]);
}

static pgdp_status read_statements(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study *out)
{
    static const char *const known[] = { "file", "format", NULL };
    const pg_yaml *file = node;
    if (node == NULL) return PGDP_OK;
    if (node->kind == PG_YAML_MAPPING) {
        PG_TRY(pg_yaml_keys(ctx, node, known));
        PG_TRY(pg_yaml_need(ctx, node, "file", &file));
    }
    return read_file(ctx, node, file, arena, out->path, &out->inputs[PG_INPUT_statements]);
}

pgdp_status pg_study_read_grades(pgdp_ctx *ctx, const pg_yaml *tasks, pg_arena *arena, pg_study *out)
{
    static const char *const known[] = {
        "file", "format", "task", "grade", "grader", "rubric", "item", "column", NULL
    };
    const pg_yaml *node = pg_yaml_find(tasks, "grades"), *file;
    pg_grades_spec *g = &out->grades;
    PG_TRY(read_evidence(ctx, pg_yaml_find(tasks, "evidence"), arena, out));
    PG_TRY(read_statements(ctx, pg_yaml_find(tasks, "statements"), arena, out));
    if (node == NULL) return PGDP_OK;
    *g = (pg_grades_spec){ .task = "task_id", .grade = "grade", .column = "grade" };
    g->place = (pg_place){ node->line, node->column };
    PG_TRY(pg_yaml_keys(ctx, node, known));
    PG_TRY(pg_yaml_need(ctx, node, "file", &file));
    PG_TRY(read_file(ctx, node, file, arena, out->path, &out->inputs[PG_INPUT_grades]));
    PG_TRY(pg_yaml_text(ctx, node, "task", &g->task));
    PG_TRY(pg_yaml_text(ctx, node, "grade", &g->grade));
    PG_TRY(pg_yaml_text(ctx, node, "grader", &g->grader));
    PG_TRY(pg_yaml_text(ctx, node, "rubric", &g->rubric));
    PG_TRY(pg_yaml_text(ctx, node, "item", &g->item));
    PG_TRY(pg_yaml_text(ctx, node, "column", &g->column));
    if (g->rubric == NULL) return PGDP_OK;
    return pg_study_join(ctx, arena, out->path, g->rubric, &g->rubric);
}
