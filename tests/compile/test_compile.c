/* test_compile.c  data/ is what the official files say: row counts, and the same bytes when compiled anew. Source of
 * the counts: docs/data.md; formats.md sections 8, 13 and 14 for labels, activities and OEWS. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "compile/products.h"
#include "compile/series_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgdp/study.h"
#include "tests/support/support.h"

/* Every shipped file with its rows; published.csv is kept by hand. */
static const struct {
    const char *file;
    size_t rows;
    bool by_hand;
} shipped[] = {
    { "tasks.csv", 19265, false },
    { "task_dwas.csv", 23768, false },
    { "activities.csv", 2087, false },
    { "occupations.csv", 923, false },
    { "oews.csv", 1402 + 1402 + 1403 + 1, false },
    { "oews_sector.csv", 8579, false },
    { "soc_combined.csv", 28, false },
    { "occupation_levels.csv", 923, false },
    { "ai_applicability.csv", 785, false },
    { "soc_2010_2018.csv", 900, false },
    { "onet_soc_2010_2019.csv", 1164, false },
    { "series_list.csv", 67, false },
    { "series.csv", 16822, false },
    { "industry_value_added.csv", 4 * 100 * 25, false },
    { "industry_accounts.csv", 73, false },
    { "ai_use_rate.csv", 53 * 2 * 46, false },
    { "token_prices.csv", 113, false },
    { "catalogue.csv", 63, false },
    { "published.csv", 90, true },
};
enum { N_SHIPPED = sizeof shipped / sizeof *shipped };

static void shipped_files_have_the_rows_of_their_sources(void **state)
{
    (void)state;
    size_t total = 0;
    for (size_t i = 0; i < N_SHIPPED; i++) {
        size_t n, lines = 0;
        char *text = pgt_read_file(pgt_path("data", shipped[i].file), &n);
        for (const char *c = text; *c != '\0'; c++)
            lines += *c == '\n';
        if (lines != shipped[i].rows + 1) fail_msg("%s has %zu lines", shipped[i].file, lines);
        if (n == 0 || text[n - 1] != '\n') fail_msg("%s does not end with a line end", shipped[i].file);
        if (strchr(text, '\r') != NULL) fail_msg("%s holds a carriage return", shipped[i].file);
        total += n;
        free(text);
    }
    assert_true(total < (size_t)15 << 20);
}

static void label_counts_are_the_published_ones(void **state)
{
    (void)state;
    static const struct {
        const char *cells; /* human, GPT-4, alternate rubric: methodology.md section 2.1 */
        size_t column, n;
    } counts[] = {
        { "E0", 6, 10256 },   { "E1", 6, 2862 },  { "E2", 6, 6147 },   { "E0", 7, 8561 }, { "E1", 7, 2702 },
        { "E2", 7, 8002 },    { "E0", 8, 11230 }, { "E1", 8, 2322 },   { "E2", 8, 5713 }, { "T0", 10, 5746 },
        { "T1", 10, 6284 },   { "T2", 10, 3224 }, { "T3", 10, 3879 },  { "T4", 10, 132 }, { "T2", 11, 7796 },
        { "Core", 2, 13225 }, { "", 2, 1312 },    { "true", 9, 2704 }, { "T0", 12, 25 },  { "T4", 12, 4 },
    };
    char *text = pgt_read_file("data/tasks.csv", NULL);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t n = 0;
        for (const char *line = strchr(text, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1) {
            const char *cell = line;
            for (size_t j = 0; j < counts[i].column; j++)
                cell = strchr(cell, ',') + 1;
            const size_t length = strcspn(cell, ",\n");
            n += length == strlen(counts[i].cells) && memcmp(cell, counts[i].cells, length) == 0;
        }
        if (n != counts[i].n) fail_msg("column %zu holds \"%s\" %zu times", counts[i].column, counts[i].cells, n);
    }
    free(text);
}

/* The sum of one column of industry_accounts.csv over its industries; titles may hold quoted commas. */
static double account_total(const pgdp_frame *accounts, const char *column)
{
    const double *values = pgdp_frame_reals(accounts, pgdp_frame_find(accounts, column));
    double total = 0;
    for (size_t row = 0; row < pgdp_frame_n_rows(accounts); row++)
        if (!isnan(values[row])) total += values[row];
    return total;
}

static void final_uses_and_value_added_are_both_gdp(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset;
    assert_ok(ctx, pgdp_ingest_file(ctx, "csv", "data/industry_accounts.csv", &dataset));
    const pgdp_frame *accounts = pgdp_dataset_table(dataset, 0);
    const double gdp =
        23315081; /* BEA's own total; its cells are rounded to 1 million, so 73 of them miss it by a few */
    assert_close(account_total(accounts, "final_uses_usd_mn"), gdp, 0, 73 * 0.5);
    assert_close(account_total(accounts, "value_added_usd_mn"), gdp, 0, 71 * 0.5);
    assert_close(account_total(accounts, "gross_output_usd_mn"), 41404764, 0, 71 * 0.5);
    assert_close(account_total(accounts, "compensation_usd_mn") +
                     account_total(accounts, "taxes_less_subsidies_usd_mn") +
                     account_total(accounts, "gross_operating_surplus_usd_mn"),
                 account_total(accounts, "value_added_usd_mn"), 0, 4 * 71 * 0.5);
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void no_shipped_file_names_a_place_on_a_machine(void **state)
{
    (void)state;
    static const char *const places[] = { "/home/", "/root/", "/tmp/", "C:\\", "shared/data" };
    for (size_t i = 0; i < N_SHIPPED; i++) {
        char *text = pgt_read_file(pgt_path("data", shipped[i].file), NULL);
        for (size_t j = 0; j < sizeof places / sizeof *places; j++)
            if (strstr(text, places[j]) != NULL) fail_msg("%s names %s", shipped[i].file, places[j]);
        free(text);
    }
}

static void sources_have_one_id_each_and_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; pg_source_at(i) != NULL; i++) {
        const pg_source *s = pg_source_at(i);
        assert_int_equal(pg_source_find(s->id), i);
        assert_true(pg_starts_with(s->address, "https://"));
        assert_true(s->owner->publisher[0] != '\0' && s->owner->licence[0] != '\0' && s->title[0] != '\0');
        assert_true(s->vintage[0] != '\0' && s->unit[0] != '\0' && s->used_for[0] != '\0');
        if (s->file[0] == '\0') continue;
        size_t reader = 0;
        while (pgdp_reader_at(reader) != NULL && !pg_streq(pgdp_reader_at(reader)->name, s->format))
            reader++;
        if (pgdp_reader_at(reader) == NULL) fail_msg("%s: no reader %s", s->id, s->format);
    }
    assert_int_equal(pg_source_find("no_such_source"), PGDP_NONE);
}

static void every_series_has_a_source_and_no_vintage_comes_twice(void **state)
{
    (void)state;
    for (size_t i = 0; pg_series_at(i) != NULL; i++) {
        const size_t source = pg_source_find(pg_series_at(i)->source);
        assert_int_not_equal(source, PGDP_NONE);
        for (size_t j = 0; j < i; j++)
            if (pg_streq(pg_series_at(i)->series, pg_series_at(j)->series))
                assert_string_not_equal(pg_source_at(source)->vintage,
                                        pg_source_at(pg_source_find(pg_series_at(j)->source))->vintage);
    }
}

/* The bytes that one compile into a new folder writes, compared with data/. */
static void compiling_the_official_files_gives_the_shipped_bytes(void **state)
{
    (void)state;
    const char *shared = pgt_shared_path("data");
    if (shared == NULL) skip();
    char *from = strdup(shared), *into = pgt_new_folder();
    pgt_buffer report = { 0 };
    const pgdp_sink sink = pgt_sink(&report);
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(from);
    assert_ok(ctx, pgdp_data_compile(ctx, from, into, &sink));
    assert_contains(report.data, "tasks.csv");
    for (size_t i = 0; i < N_SHIPPED; i++) {
        if (shipped[i].by_hand) continue;
        size_t n_got, n_want, same = 0;
        char *got = pgt_read_file(pgt_path(into, shipped[i].file), &n_got);
        char *want = pgt_read_file(pgt_path("data", shipped[i].file), &n_want);
        while (same < n_got && same < n_want && got[same] == want[same])
            same++;
        if (n_got != n_want || same != n_got)
            fail_msg("%s: byte %zu differs: \"%.60s\", shipped \"%.60s\"", shipped[i].file, same, got + same,
                     want + same);
        free(got);
        free(want);
    }
    assert_int_equal(pgt_count_entries(into), N_SHIPPED - 1);
    pgdp_ctx_free(ctx);
    pgt_buffer_free(&report);
    pgt_remove_folder(into);
    free(from);
}

static void a_missing_file_is_named_with_its_address_and_nothing_is_written(void **state)
{
    (void)state;
    char *from = pgt_new_folder(), *into = pgt_new_folder();
    pgt_buffer report = { 0 };
    const pgdp_sink sink = pgt_sink(&report);
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_status(ctx, pgdp_data_compile(ctx, from, into, &sink), PGDP_IO);
    assert_contains(pgdp_ctx_error(ctx), "gpts-are-gpts/full_labelset.tsv");
    assert_contains(pgdp_ctx_error(ctx), "https://github.com/openai/GPTs-are-GPTs");
    assert_int_equal(pgt_count_entries(into), 0);
    assert_int_equal(report.n, 0);
    pgdp_ctx_free(ctx);
    pgt_remove_folder(from);
    pgt_remove_folder(into);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_files_have_the_rows_of_their_sources),
        cmocka_unit_test(label_counts_are_the_published_ones),
        cmocka_unit_test(final_uses_and_value_added_are_both_gdp),
        cmocka_unit_test(no_shipped_file_names_a_place_on_a_machine),
        cmocka_unit_test(sources_have_one_id_each_and_are_complete),
        cmocka_unit_test(every_series_has_a_source_and_no_vintage_comes_twice),
        cmocka_unit_test(compiling_the_official_files_gives_the_shipped_bytes),
        cmocka_unit_test(a_missing_file_is_named_with_its_address_and_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
