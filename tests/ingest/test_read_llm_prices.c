/* test_read_llm_prices.c  Price histories of invented models.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "tests/support/dataset.h"

static const char history[] =
    "{\"vendor\":\"invented\",\"models\":["
    "{\"id\":\"inv-1\",\"name\":\"Invented 1\",\"price_history\":["
    "{\"input\":2.385,\"output\":7.31,\"input_cached\":0.417,\"from_date\":\"2031-05-17\",\"to_date\":null},"
    "{\"input\":3,\"output\":9.5,\"input_cached\":null,\"from_date\":null,\"to_date\":\"2031-05-17\"}]},"
    "{\"id\":\"inv-2\",\"name\":\"Invented 2\",\"price_history\":["
    "{\"input\":0.07,\"output\":0.29,\"input_cached\":null,\"from_date\":null,\"to_date\":null}]}]}";

static void every_price_of_every_model_is_a_row(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest(ctx, "llm_prices", "invented.json", history);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_int_equal(pgdp_frame_n_rows(f), 3);
    assert_string_equal(pgt_cell(f, "vendor", 2), "invented");
    assert_string_equal(pgt_cell(f, "model", 1), "inv-1");
    assert_string_equal(pgt_cell(f, "model", 2), "inv-2");
    assert_string_equal(pgt_cell(f, "name", 2), "Invented 2");
    assert_close(pgt_real(f, "input", 0), 2.385, 0, 0);
    assert_close(pgt_real(f, "output", 1), 9.5, 0, 0);
    assert_close(pgt_real(f, "input_cached", 0), 0.417, 0, 0);
    assert_string_equal(pgt_about(f, "output")->unit, "usd_per_million_tokens");
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void null_is_missing_and_an_open_date(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest(ctx, "llm_prices", "invented.json", history);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_true(isnan(pgt_real(f, "input_cached", 1)));
    assert_string_equal(pgt_cell(f, "from_date", 0), "2031-05-17");
    assert_string_equal(pgt_cell(f, "to_date", 0), ".");
    assert_string_equal(pgt_cell(f, "from_date", 1), ".");
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void a_price_that_is_text_is_named_by_its_model(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_refuse(ctx, NULL,
               "{\"vendor\":\"v\",\"models\":[{\"id\":\"inv-7\",\"price_history\":[{\"input\":\"cheap\"}]}]}", "inv-7");
    pgt_refuse(ctx, "llm_prices", "{\"models\":[]}", "vendor");
    pgdp_ctx_free(ctx);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    pgt_ingest_without_memory("invented.json", history, strlen(history));
}

static void the_published_histories_have_their_prices(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t n;
    } files[] = {
        { "amazon", 4 },      { "deepseek", 5 }, { "google", 24 }, { "meta-ai", 3 },
        { "moonshot-ai", 5 }, { "openai", 50 },  { "xai", 22 },
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[80] = "data/ai-measures/llm-prices/";
        strcat(strcat(name, files[i].name), ".json");
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        pgdp_dataset *dataset = pgt_ingest_shared(ctx, "llm_prices", name);
        if (dataset != NULL) assert_int_equal(pgdp_frame_n_rows(pgdp_dataset_table(dataset, 0)), files[i].n);
        pgdp_dataset_free(dataset);
        pgdp_ctx_free(ctx);
        if (dataset == NULL) skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_price_of_every_model_is_a_row),
        cmocka_unit_test(null_is_missing_and_an_open_date),
        cmocka_unit_test(a_price_that_is_text_is_named_by_its_model),
        cmocka_unit_test(no_memory_leaves_nothing_behind),
        cmocka_unit_test(the_published_histories_have_their_prices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
