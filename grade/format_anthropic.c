/* format_anthropic.c  Anthropic's messages; the answer is the input of a tool that the model must use. Source:
 * Anthropic, API Reference, "Messages"; "Tool use". SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/formats.h"

#include <math.h>

static const char tool[] = "record_grades";

static void body(pg_json *json, const pg_ask *ask)
{
    pg_json_object(json);
    pg_json_key_string(json, "model", ask->model);
    pg_json_key_integer(json, "max_tokens", (int64_t)ask->max_tokens);
    if (!isnan(ask->temperature)) pg_json_key_real(json, "temperature", ask->temperature);
    pg_json_key_string(json, "system", ask->system);
    pg_json_key(json, "messages");
    pg_json_array(json);
    pg_json_object(json);
    pg_json_key_string(json, "role", "user");
    pg_json_key_string(json, "content", ask->user);
    pg_json_object_end(json);
    pg_json_array_end(json);
    pg_json_key(json, "tools");
    pg_json_array(json);
    pg_json_object(json);
    pg_json_key_string(json, "name", tool);
    pg_json_key_string(json, "description", "Record the grades of one task.");
    pg_json_key(json, "input_schema");
    pg_prompt_schema(json, ask->rubric);
    pg_json_object_end(json);
    pg_json_array_end(json);
    pg_json_key(json, "tool_choice");
    pg_json_object(json);
    pg_json_key_string(json, "type", "tool");
    pg_json_key_string(json, "name", tool);
    pg_json_key_bool(json, "disable_parallel_tool_use", true);
    pg_json_object_end(json);
    pg_json_object_end(json);
}

static size_t headers(pg_arena *arena, const char *key, pg_http_field out[PG_MOST_HEADERS])
{
    (void)arena;
    out[0] = (pg_http_field){ "anthropic-version", "2023-06-01", false };
    if (key == NULL) return 1;
    out[1] = (pg_http_field){ "x-api-key", key, true };
    return 2;
}

/** Uses of the tool count; text beside them is talk, text without them is an answer that must stand for itself. */
static void read_content(const pg_json_value *content, pg_told *out)
{
    for (size_t i = 0; pg_json_is_array(content) && i < pg_json_count(content); i++) {
        const pg_json_value *part = pg_json_at(content, i);
        const char *type = pg_json_text(pg_json_member(part, "type"));
        const char *name = pg_json_text(pg_json_member(part, "name"));
        if (type == NULL) continue;
        if (pg_streq(type, "text")) out->text = pg_json_text(pg_json_member(part, "text"));
        if (!pg_streq(type, "tool_use") || name == NULL || !pg_streq(name, tool)) continue;
        out->object = pg_json_member(part, "input");
        out->n_answers++;
    }
    if (out->n_answers == 0 && out->text != NULL) out->n_answers = 1;
}

static void read(const pg_json_value *root, pg_told *out)
{
    const pg_json_value *usage = pg_json_member(root, "usage");
    const char *reason = pg_json_text(pg_json_member(root, "stop_reason"));
    read_content(pg_json_member(root, "content"), out);
    out->refused = reason != NULL && pg_streq(reason, "refusal");
    if (out->refused) out->refusal = out->text;
    out->truncated =
        reason != NULL && (pg_streq(reason, "max_tokens") || pg_streq(reason, "model_context_window_exceeded"));
    out->model = pg_json_text(pg_json_member(root, "model"));
    /* cached tokens and those written to a cache are not among input_tokens */
    const double read_back = pg_told_tokens(usage, "cache_read_input_tokens");
    const double written = pg_told_tokens(usage, "cache_creation_input_tokens");
    out->tokens_cached = read_back;
    out->tokens_in =
        pg_told_tokens(usage, "input_tokens") + (isnan(read_back) ? 0 : read_back) + (isnan(written) ? 0 : written);
    out->tokens_out = pg_told_tokens(usage, "output_tokens");
}

const pg_grade_format pg_format_anthropic = {
    .name = "anthropic",
    .title = "Anthropic messages",
    .source = "Anthropic, API Reference, Messages",
    .ending = "/messages",
    .host = "api.anthropic.com",
    .variable = "ANTHROPIC_API_KEY",
    .body = body,
    .headers = headers,
    .read = read,
};
