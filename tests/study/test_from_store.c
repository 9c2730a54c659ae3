/* test_from_store.c  A study's inputs from a series store: the text that stands for a file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <string.h>

#include "pgdp/store.h"
#include "study/from_store.h"

static const char march[] =
    "series_id,date,value,title,unit\nGDP,2030-07-01,10.5,\"GDP, nominal\",Billions of Dollars\n"
    "GDP,2030-10-01,11,\"GDP, nominal\",Billions of Dollars\nPI,2030-07-01,101,,Index 2017-2018=100\n"
    "PI,2030-10-01,102,,Index 2017-2018=100\n";
static const char june[] =
    "series_id,date,value,title,unit\nGDP,2030-07-01,10.5,\"GDP, nominal\",Billions of Dollars\n"
    "GDP,2030-10-01,12,\"GDP, nominal\",Billions of Dollars\nGDP,2031-01-01,13,\"GDP, nominal\",Billions "
    "of Dollars\nPI,2030-07-01,101,,Index 2017-2018=100\nPI,2030-10-01,102,,Index 2017-2018=100\n";

static void put(pgdp_ctx *ctx, pgdp_store *store, const char *text, const char *day)
{
    const pgdp_bytes bytes = { "gdp.csv", (const unsigned char *)text, strlen(text) };
    const pgdp_document about = { .source = "fred", .vintage = day };
    pgdp_dataset *dataset = NULL;
    pgdp_imported done;
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &bytes, &dataset));
    assert_ok(ctx, pgdp_store_import(ctx, store, &bytes, dataset, &about, &done));
    pgdp_dataset_free(dataset);
}

/* A store of two vintages in a new folder. */
static char *stored(pgdp_ctx *ctx)
{
    char *folder = pgt_new_folder();
    pgdp_store *store = NULL;
    assert_ok(ctx, pgdp_store_open(ctx, pgt_path(folder, "s.db"), PGDP_STORE_WRITE, &store));
    put(ctx, store, march, "2031-03-28");
    put(ctx, store, june, "2031-06-28");
    pgdp_store_close(store);
    return folder;
}

static void an_input_is_what_was_known_on_its_day(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    char *folder = stored(ctx);
    const char *series[] = { "fred:GDP", "PI", NULL };
    pg_input input = { .name = "series", .path = pgt_path(folder, "s.db"), .series = series, .as_of = "2031-05-01" };
    pg_text text;
    assert_ok(ctx, pg_input_from_store(ctx, "st.yaml", &input, &text));
    assert_string_equal(text.data, "series,vintage,period,value\nGDP,2031-05-01,2030Q3,10.5\nGDP,2031-05-01,2030Q4,11\n"
                                   "PI,2031-05-01,2030Q3,101\nPI,2031-05-01,2030Q4,102\n");
    input.as_of = NULL;
    assert_ok(ctx, pg_input_from_store(ctx, "st.yaml", &input, &text));
    assert_contains(text.data, "GDP,,2031Q1,13\n");
    input = (pg_input){ .name = "series_list", .path = input.path, .series = series, .as_of = "2031-05-01" };
    assert_ok(ctx, pg_input_from_store(ctx, "st.yaml", &input, &text));
    assert_string_equal(text.data, "series,title,unit,price_basis,adjustment,frequency,vintage,source\n"
                                   "GDP,\"GDP, nominal\",usd_bn,,,quarterly,2031-05-01,\n"
                                   "PI,PI,index_2017_2018,,,quarterly,2031-05-01,\n");
    pgt_remove_folder(folder);
    pgdp_ctx_free(ctx);
}

static void what_the_store_does_not_know_is_told_with_its_place(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    char *folder = stored(ctx);
    const char *series[] = { "fred:GDI", NULL }, *early[] = { "fred:GDP", NULL };
    pg_input input = { .name = "series", .path = pgt_path(folder, "s.db"), .series = series, .line = 3, .column = 7 };
    pg_text text;
    assert_status(ctx, pg_input_from_store(ctx, "st.yaml", &input, &text), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "st.yaml:3:7: input series");
    input.series = early, input.as_of = "2031-01-01";
    assert_status(ctx, pg_input_from_store(ctx, "st.yaml", &input, &text), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "fred:GDP: the store knows nothing of it on 2031-01-01");
    pgt_remove_folder(folder);
    pgdp_ctx_free(ctx);
}

/* A catalogue of one row, as the study's is, and below it the documents that the series come from, once each. */
static void documents_of_a_store_are_sources_of_the_study(void **state)
{
    static const char text[] =
        "id,file,publisher,address,licence,vintage,retrieved,sha256,unit,used_for\n"
        "oews,oews.csv,BLS,https://bls.gov,public domain,2031-01-31,2031-02-01,00,heads,oews.csv\n";
    const pgdp_bytes bytes = { "catalogue.csv", (const unsigned char *)text, sizeof text - 1 };
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    char *folder = stored(ctx);
    const char *series[] = { "fred:GDP", "PI", NULL };
    pg_study study = { .name = "s" };
    pgdp_dataset *catalogue = NULL;
    pgdp_frame *sources = NULL;
    assert_ok(ctx, pgdp_ingest(ctx, "csv", &bytes, &catalogue));
    assert_ok(ctx, pg_store_sources(ctx, &study, pgdp_dataset_table(catalogue, 0), &sources));
    assert_null(sources);
    study.inputs[PG_INPUT_series] =
        (pg_input){ .name = "series", .path = pgt_path(folder, "s.db"), .series = series, .as_of = "2031-05-01" };
    study.inputs[PG_INPUT_series_list] = study.inputs[PG_INPUT_series];
    assert_ok(ctx, pg_store_sources(ctx, &study, pgdp_dataset_table(catalogue, 0), &sources));
    assert_int_equal(pgdp_frame_n_rows(sources), 2); /* June's was not there yet */
    assert_string_equal(pgdp_frame_text(sources, 0, 0), "oews");
    assert_int_equal(strlen(pgdp_frame_text(sources, 0, 1)), 12);
    assert_string_equal(pgdp_frame_text(sources, 1, 1), "gdp.csv");
    const size_t vintage = pgdp_frame_find(sources, "vintage");
    assert_int_equal(pgdp_frame_periods(sources, vintage)[1] - pgdp_frame_periods(sources, vintage)[0], 56);
    const size_t sha256 = pgdp_frame_find(sources, "sha256");
    assert_int_equal(pgdp_frame_column(sources, sha256)->type, PGDP_TEXT);
    assert_int_equal(strlen(pgdp_frame_text(sources, sha256, 1)), 64);
    assert_string_equal(pgdp_frame_text(sources, pgdp_frame_find(sources, "used_for"), 1), "series");
    pgdp_frame_free(sources);
    pgdp_dataset_free(catalogue);
    pgt_remove_folder(folder);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_input_is_what_was_known_on_its_day),
        cmocka_unit_test(what_the_store_does_not_know_is_told_with_its_place),
        cmocka_unit_test(documents_of_a_store_are_sources_of_the_study),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
