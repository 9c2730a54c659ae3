/* answer.c  Answers held to the rubric: what does not fit to the letter is no grade.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ENTRY(name, meaning) { #name, meaning },
static const struct {
    const char *name, *meaning;
} outcomes[] = { PG_OUTCOMES(ENTRY) };
#undef ENTRY

enum { LONGEST_QUOTE = 60, LONGEST_REASON = 200, LONGEST_DETAIL = 400 };

const char *pg_outcome_name(pg_outcome outcome)
{
    return outcomes[outcome].name;
}

const char *pg_outcome_meaning(pg_outcome outcome)
{
    return outcomes[outcome].meaning;
}

pg_outcome pg_outcome_find(const char *name)
{
    size_t i = 0;
    while (i < PG_N_OUTCOMES && !pg_streq(outcomes[i].name, name))
        i++;
    return (pg_outcome)i;
}

char *pg_one_line(pg_arena *arena, const char *text, size_t most)
{
    char *s = pg_arena_strndup(arena, text, strnlen(text, most));
    if (s == NULL) return NULL;
    s[pg_utf8_valid(s, strlen(s))] = '\0';
    for (unsigned char *c = (unsigned char *)s; *c != '\0'; c++) {
        if (*c < ' ' || *c == 0x7f) *c = ' ';
        if (*c == 0xc2 && c[1] < 0xa0) c[0] = c[1] = ' '; /* U+0080 to U+009F: terminals obey them too */
    }
    return s;
}

/** What judging one answer needs. */
typedef struct judging {
    pgdp_ctx *ctx;
    const pgdp_rubric *rubric;
    const char *task;
    pg_arena *arena;
    pg_verdict *out;
} judging;

/** Not accepted, and why: a sentence with text of the answer in it, or NULL. */
static pgdp_status turn_down(const judging *j, pg_outcome outcome, const char *before, const char *quoted,
                             const char *after)
{
    const char *quote;
    j->out->outcome = outcome;
    PG_TRY_ALLOC(j->ctx, quote, pg_one_line(j->arena, quoted == NULL ? "" : quoted, LONGEST_QUOTE));
    PG_TRY_ALLOC(j->ctx, j->out->detail,
                 quoted == NULL ? pg_arena_printf(j->arena, "%s%s", before, after)
                                : pg_arena_printf(j->arena, "%s\"%s\"%s", before, quote, after));
    return PGDP_OK;
}

/** The last error's sentence as the reason. */
static pgdp_status turn_down_parse(const judging *j)
{
    j->out->outcome = PG_OUTCOME_not_json;
    PG_TRY_ALLOC(j->ctx, j->out->detail, pg_one_line(j->arena, pgdp_ctx_error(j->ctx), LONGEST_DETAIL));
    return PGDP_OK;
}

static size_t item_named(const pgdp_rubric *r, const char *name)
{
    size_t i = 0;
    while (i < r->n_items && !pg_streq(r->items[i].name, name))
        i++;
    return i;
}

static pgdp_status judge_item(const judging *j, const pg_json_value *object, size_t i)
{
    const pg_rubric_item *item = &j->rubric->items[i];
    const pg_json_value *value = pg_json_member(object, item->name);
    const char *label = pg_json_text(value);
    if (value == NULL || pg_json_is_null(value))
        return turn_down(j, PG_OUTCOME_missing_item, "the answer has no grade for ", item->name, "");
    if (label == NULL)
        return turn_down(j, PG_OUTCOME_unknown_label, "the answer has something else than a text for ", item->name, "");
    for (size_t k = 0; k < item->n_levels; k++)
        if (pg_streq(item->levels[k].label, label)) return j->out->grade[i] = k, PGDP_OK;
    const char *after;
    PG_TRY_ALLOC(j->ctx, after, pg_arena_printf(j->arena, " for %s, expected a label of the rubric", item->name));
    return turn_down(j, PG_OUTCOME_unknown_label, "found ", label, after);
}

static pgdp_status judge_object(const judging *j, const pg_json_value *object)
{
    const char *task = pg_json_text(pg_json_member(object, "task"));
    if (!pg_json_is_object(object))
        return turn_down(j, PG_OUTCOME_not_json, "found another kind of value, expected a JSON object", NULL, "");
    if (task == NULL) return turn_down(j, PG_OUTCOME_wrong_task, "the answer does not name its task", NULL, "");
    if (!pg_streq(task, j->task)) return turn_down(j, PG_OUTCOME_wrong_task, "found task ", task, ", asked of another");
    for (size_t m = 0; m < pg_json_count(object); m++) {
        const char *key = pg_json_member_at(object, m, NULL);
        if (!pg_streq(key, "task") && item_named(j->rubric, key) == j->rubric->n_items)
            return turn_down(j, PG_OUTCOME_unknown_item, "found the key ", key, ", expected those of the rubric alone");
    }
    PG_TRY_ALLOC(j->ctx, j->out->grade, pg_arena_alloc(j->arena, j->rubric->n_items, sizeof *j->out->grade));
    j->out->outcome = PG_OUTCOME_accepted;
    for (size_t i = 0; i < j->rubric->n_items && j->out->outcome == PG_OUTCOME_accepted; i++)
        PG_TRY(judge_item(j, object, i));
    return PGDP_OK;
}

/** An answer that came as text: it must be one JSON object and nothing else. */
static pgdp_status judge_text(const judging *j, const char *text)
{
    pg_json_document *document = NULL;
    const size_t n = strlen(text);
    if (n > PG_MOST_ANSWER)
        return turn_down(j, PG_OUTCOME_too_long, "the answer is longer than any grade needs", NULL, "");
    pgdp_status status = pg_json_parse(j->ctx, "answer", text, n, &document);
    if (status == PGDP_PARSE) return turn_down_parse(j);
    if (status == PGDP_OK) status = judge_object(j, pg_json_root(document));
    pg_json_document_free(document);
    return status;
}

static pgdp_status judge_told(const judging *j, const pg_told *told)
{
    j->out->tokens_in = told->tokens_in;
    j->out->tokens_out = told->tokens_out;
    j->out->tokens_cached = told->tokens_cached;
    if (told->model != NULL)
        PG_TRY_ALLOC(j->ctx, j->out->answered_by, pg_one_line(j->arena, told->model, LONGEST_REASON));
    if (told->refused)
        return turn_down(j, PG_OUTCOME_refused,
                         told->refusal == NULL ? "refused by a filter" : "refused: ", told->refusal, "");
    if (told->truncated)
        return turn_down(j, PG_OUTCOME_truncated, "the answer is cut off; allow more tokens", NULL, "");
    if (told->n_answers != 1)
        return turn_down(j, PG_OUTCOME_no_answer,
                         told->n_answers == 0 ? "found no answer, expected one" : "found several answers, expected one",
                         NULL, "");
    if (told->object != NULL) return judge_object(j, told->object);
    if (told->text == NULL) return turn_down(j, PG_OUTCOME_no_answer, "found an answer without text", NULL, "");
    return judge_text(j, told->text);
}

pgdp_status pg_answer_judge(pgdp_ctx *ctx, const pg_grade_format *format, const pgdp_rubric *rubric, const char *task,
                            const pgdp_bytes *body, pg_arena *arena, pg_verdict *out)
{
    const double nan = (double)NAN;
    const judging j = { ctx, rubric, task, arena, out };
    pg_told told = { .tokens_in = nan, .tokens_out = nan, .tokens_cached = nan };
    pg_json_document *document = NULL;
    *out = (pg_verdict){ .tokens_in = nan, .tokens_out = nan, .tokens_cached = nan };
    pgdp_status status = pg_json_parse(ctx, body->label, body->data, body->n, &document);
    if (status == PGDP_PARSE) return turn_down_parse(&j);
    if (status != PGDP_OK) return status;
    format->read(pg_json_root(document), &told);
    status = judge_told(&j, &told);
    pg_json_document_free(document);
    return status;
}

/** Where providers put their sentence: { "error": { "message": ... } } or { "error": ... } or { "message": ... }. */
static const char *message_of(const pg_json_value *root)
{
    const pg_json_value *error = pg_json_member(root, "error");
    const char *nested = pg_json_text(pg_json_member(error, "message"));
    if (nested != NULL) return nested;
    return pg_json_text(error) != NULL ? pg_json_text(error) : pg_json_text(pg_json_member(root, "message"));
}

pgdp_status pg_answer_rejected(pgdp_ctx *ctx, long status, const pgdp_bytes *body, pg_arena *arena, pg_verdict *out)
{
    const double nan = (double)NAN;
    pg_json_document *document = NULL;
    const char *message = NULL, *line;
    *out = (pg_verdict){ .outcome = PG_OUTCOME_rejected, .tokens_in = nan, .tokens_out = nan, .tokens_cached = nan };
    const pgdp_status parsed = pg_json_parse(ctx, body->label, body->data, body->n, &document);
    if (parsed != PGDP_OK && parsed != PGDP_PARSE) return parsed;
    if (document != NULL) message = message_of(pg_json_root(document));
    line = message == NULL ? "" : pg_one_line(arena, message, LONGEST_REASON);
    out->detail =
        line == NULL ? NULL : pg_arena_printf(arena, "HTTP %ld%s%s", status, line[0] == '\0' ? "" : ": ", line);
    pg_json_document_free(document);
    return out->detail == NULL ? pg_no_memory(ctx) : PGDP_OK;
}
