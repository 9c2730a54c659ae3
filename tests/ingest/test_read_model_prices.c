/* test_read_model_prices.c  Price lists of LiteLLM and OpenRouter with invented models.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

static const char litellm[] =
    "{\"sample_spec\":{\"litellm_provider\":\"one of the providers\",\"input_cost_per_token\":0.0,\"max_tokens\":"
    "\"a sentence\"},"
    "\"inv-1\":{\"litellm_provider\":\"invented\",\"mode\":\"chat\",\"input_cost_per_token\":2.5e-06,"
    "\"output_cost_per_token\":1e-05,\"input_cost_per_token_above_200k_tokens\":5e-06,\"max_input_tokens\":128000,"
    "\"supports_vision\":true,\"deprecation_date\":\"2031-05-17\",\"tiers\":[1]},"
    "\"eu.inv-2\":{\"litellm_provider\":\"bedrock\",\"mode\":\"image_generation\",\"output_cost_per_image\":0.04,"
    "\"max_tokens\":\"see the page\"}}";

static void litellm_prices_are_dollars_per_token_and_absent_is_missing(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "litellm", "model_prices.json", litellm);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_int_equal(pgdp_frame_n_rows(f), 2);
    assert_string_equal(pgt_cell(f, "model", 1), "eu.inv-2");
    assert_close(pgt_real(f, "input_cost_per_token", 0), 2.5e-6, 0, 0);
    assert_true(isnan(pgt_real(f, "input_cost_per_token", 1)));
    assert_close(pgt_real(f, "input_cost_per_token_above_200k_tokens", 0), 5e-6, 0, 0);
    assert_close(pgt_real(f, "output_cost_per_image", 1), 0.04, 0, 0);
    assert_string_equal(pgt_about(f, "output_cost_per_token")->unit, "usd_per_token");
    assert_string_equal(pgt_about(f, "output_cost_per_image")->unit, "usd");
    assert_close(pgt_real(f, "max_input_tokens", 0), 128000, 0, 0);
    assert_string_equal(pgt_cell(f, "deprecation_date", 0), "2031-05-17");
    assert_string_equal(pgdp_frame_note(f, "not_number:max_tokens"), "eu.inv-2: see the page");
    assert_int_equal(pgdp_frame_find(f, "supports_vision"), PGDP_NONE);
    pgdp_dataset_free(d);
}

static void litellm_prices_below_zero_and_models_that_are_no_object_are_named(void **state)
{
    pgt_refuse(*state, "litellm", "{\"inv-7\":{\"input_cost_per_token\":-1}}", "inv-7");
    pgt_refuse(*state, "litellm", "{\"inv-7\":5}", "inv-7");
    pgt_refuse(*state, "litellm", "[1]", "a member a model");
}

static const char openrouter[] =
    "{\"data\":[{\"id\":\"vendor/inv-1\",\"name\":\"Invented 1\",\"created\":1935964800,\"context_length\":8192,"
    "\"pricing\":{\"prompt\":\"0.00000111\",\"completion\":\"0.00000444\",\"request\":0,\"overrides\":[{\"a\":1}]}},"
    "{\"id\":\"openrouter/auto\",\"pricing\":{\"prompt\":\"-1\",\"completion\":\"-1\"}},"
    "{\"id\":\"vendor/none\",\"pricing\":[]},{\"id\":\"vendor/bare\"}]}";

static void openrouter_prices_are_text_and_minus_one_is_none(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "openrouter", "models.json", openrouter);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_int_equal(pgdp_frame_n_rows(f), 4);
    assert_close(pgt_real(f, "price_prompt", 0), 0.00000111, 0, 0);
    assert_close(pgt_real(f, "price_request", 0), 0, 0, 0);
    assert_string_equal(pgt_about(f, "price_prompt")->unit, "usd_per_token");
    assert_string_equal(pgt_about(f, "price_request")->unit, "usd_per_call");
    assert_true(isnan(pgt_real(f, "price_prompt", 1)) && isnan(pgt_real(f, "price_prompt", 3)));
    assert_string_equal(pgt_cell(f, "price_flag", 0), "overrides");
    assert_string_equal(pgt_cell(f, "price_flag", 1), "variable");
    assert_string_equal(pgt_cell(f, "price_flag", 2), ".");
    assert_string_equal(pgt_cell(f, "created", 0), "2031-05-08");
    pgdp_dataset_free(d);
}

static void openrouter_text_that_is_no_price_is_named(void **state)
{
    pgt_refuse(*state, NULL, "{\"data\":[{\"id\":\"v/inv-7\",\"pricing\":{\"prompt\":\"cheap\"}}]}", "v/inv-7: prompt");
    pgt_refuse(*state, NULL, "{\"data\":[{\"pricing\":{\"prompt\":\"1\"},\"x\":\"id\",\"id\":null}]}", "no id");
    pgt_refuse(*state, "openrouter", "{\"data\":[]}", "no list");
}

static void no_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    pgt_ingest_without_memory("model_prices.json", litellm, sizeof litellm - 1);
    pgt_ingest_without_memory("models.json", openrouter, sizeof openrouter - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(litellm_prices_are_dollars_per_token_and_absent_is_missing),
        TEST(litellm_prices_below_zero_and_models_that_are_no_object_are_named),
        TEST(openrouter_prices_are_text_and_minus_one_is_none),
        TEST(openrouter_text_that_is_no_price_is_named),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
