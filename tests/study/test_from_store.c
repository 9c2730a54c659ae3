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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_input_is_what_was_known_on_its_day),
        cmocka_unit_test(what_the_store_does_not_know_is_told_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
