/* format_openai.c  Chat completions: OpenAI's own, and those of programs that follow them. Source: OpenAI, API
 * Reference, "Create chat completion"; "Structured outputs". SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/formats.h"

#include <math.h>

static void put_message(pg_json *json, const char *role, const char *content)
{
    pg_json_object(json);
    pg_json_key_string(json, "role", role);
    pg_json_key_string(json, "content", content);
    pg_json_object_end(json);
}

/** @param limit  what the limit of tokens is called: OpenAI's newer models refuse the older name, most other programs
 * know that alone */
static void put_body(pg_json *json, const pg_ask *ask, const char *limit)
{
    pg_json_object(json);
    pg_json_key_string(json, "model", ask->model);
    pg_json_key(json, "messages");
    pg_json_array(json);
    put_message(json, "system", ask->system);
    put_message(json, "user", ask->user);
    pg_json_array_end(json);
    pg_json_key_integer(json, limit, (int64_t)ask->max_tokens);
    if (!isnan(ask->temperature)) pg_json_key_real(json, "temperature", ask->temperature);
    pg_json_key(json, "response_format");
    pg_json_object(json);
    pg_json_key_string(json, "type", "json_schema");
    pg_json_key(json, "json_schema");
    pg_json_object(json);
    pg_json_key_string(json, "name", "grades");
    pg_json_key_bool(json, "strict", true);
    pg_json_key(json, "schema");
    pg_prompt_schema(json, ask->rubric);
    pg_json_object_end(json);
    pg_json_object_end(json);
    pg_json_object_end(json);
}

static void body_openai(pg_json *json, const pg_ask *ask)
{
    put_body(json, ask, "max_completion_tokens");
}

static void body_compatible(pg_json *json, const pg_ask *ask)
{
    put_body(json, ask, "max_tokens");
}

static size_t headers(pg_arena *arena, const char *key, pg_http_field out[PG_MOST_HEADERS])
{
    if (key == NULL) return 0;
    out[0] = (pg_http_field){ "Authorization", pg_arena_printf(arena, "Bearer %s", key), true };
    return 1;
}

static void read(const pg_json_value *root, pg_told *out)
{
    const pg_json_value *choices = pg_json_member(root, "choices"), *choice = pg_json_at(choices, 0);
    const pg_json_value *message = pg_json_member(choice, "message"), *usage = pg_json_member(root, "usage");
    const char *reason = pg_json_text(pg_json_member(choice, "finish_reason"));
    out->n_answers = pg_json_is_array(choices) ? pg_json_count(choices) : 0;
    out->text = pg_json_text(pg_json_member(message, "content"));
    out->refusal = pg_json_text(pg_json_member(message, "refusal"));
    out->refused = out->refusal != NULL || (reason != NULL && pg_streq(reason, "content_filter"));
    out->truncated = reason != NULL && pg_streq(reason, "length");
    out->model = pg_json_text(pg_json_member(root, "model"));
    out->tokens_in = pg_told_tokens(usage, "prompt_tokens");
    out->tokens_out = pg_told_tokens(usage, "completion_tokens");
    out->tokens_cached = pg_told_tokens(pg_json_member(usage, "prompt_tokens_details"), "cached_tokens");
}

const pg_grade_format pg_format_openai = {
    .name = "openai",
    .title = "OpenAI chat completions",
    .source = "OpenAI, API Reference, Create chat completion",
    .ending = "/chat/completions",
    .own_host_only = true,
    .host = "api.openai.com",
    .variable = "OPENAI_API_KEY",
    .body = body_openai,
    .headers = headers,
    .read = read,
};

const pg_grade_format pg_format_compatible = {
    .name = "compatible",
    .title = "Chat completions of programs that follow OpenAI's: vLLM, llama.cpp, Ollama, gateways",
    .source = "OpenAI, API Reference, Create chat completion, with the older max_tokens",
    .ending = "/chat/completions",
    .body = body_compatible,
    .headers = headers,
    .read = read,
};
