/* test_described.c  Files that pgdp described and people changed: read by the description, or by their looks where it
 * no longer fits, with a note that says why. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ingest/reading.h"

#include <stdio.h>

#include "core/ctx.h"
#include "core/text.h"
#include "ingest/zip.h"
#include "pgdp/file.h"
#include "pgdp/ingest.h"
#include "pgdp/reports.h"
#include "reports/zip_out.h"

/* A table of years and numbers, as .csv or .xlsx. */
static pgdp_status save_years(pgdp_ctx *ctx, const char *path)
{
    pgdp_frame *f;
    PG_TRY(pgdp_frame_new(ctx, &f));
    const pgdp_column year = { .name = "year", .type = PGDP_PERIOD, .frequency = PGDP_ANNUAL };
    const pgdp_column gdp = { .name = "gdp", .type = PGDP_REAL, .unit = "usd_bn" };
    pgdp_status status = pgdp_frame_add_column(ctx, f, &year, NULL);
    if (status == PGDP_OK) status = pgdp_frame_add_column(ctx, f, &gdp, NULL);
    for (int32_t i = 0; status == PGDP_OK && i < 3; i++) {
        status = pgdp_frame_add_row(ctx, f);
        pgdp_frame_set_period(f, 0, 49 + i);
        pgdp_frame_set_real(f, 1, 21.5 + i);
    }
    if (status == PGDP_OK)
        status =
            path[strlen(path) - 1] == 'v' ? pgdp_frame_save_csv(ctx, f, path) : pgdp_frame_write_xlsx(ctx, f, path);
    pgdp_frame_free(f);
    return status;
}

static void rows_that_were_added_are_read_by_the_description(void **state)
{
    static const char more[] = "year,gdp\n2019,21.5\n2020,\n2031,3e1\n2032,-INF\n";
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *f = NULL;
    assert_ok(ctx, save_years(ctx, pgt_path(folder, "gdp.csv")));
    pgt_write_file(pgt_path(folder, "gdp.csv"), more, sizeof more - 1);
    assert_ok(ctx, pgdp_load_table(ctx, pgt_path(folder, "gdp.csv"), NULL, &f));
    assert_int_equal(pgdp_frame_n_rows(f), 4);
    assert_int_equal(pgdp_frame_periods(f, 0)[2], 61);
    assert_string_equal(pgdp_frame_column(f, 1)->unit, "usd_bn");
    assert_true(isinf(pgdp_frame_reals(f, 1)[3]));
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

/* Read as without a description, and a note that says why. */
static void assert_guessed(pgdp_ctx *ctx, const char *path, const char *table, const char *why)
{
    pgdp_frame *f = NULL;
    pgt_write_file(path, table, strlen(table));
    assert_ok(ctx, pgdp_load_table(ctx, path, NULL, &f));
    assert_int_not_equal(pgdp_frame_column(f, 0)->type, PGDP_PERIOD);
    assert_string_equal(pgdp_frame_column(f, 1)->unit, "");
    assert_non_null(pgdp_frame_note(f, "description"));
    assert_contains(pgdp_frame_note(f, "description"), why);
    pgdp_frame_free(f);
}

static void a_description_that_does_not_fit_is_not_used_and_a_note_says_so(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), path[4096];
    (void)snprintf(path, sizeof path, "%s/gdp.csv", folder);
    assert_ok(ctx, save_years(ctx, path));
    assert_guessed(ctx, path, "year,gdp_usd\n2019,21.5\n", "the 2. of them \"gdp_usd\", expected 2 and \"gdp\"");
    assert_guessed(ctx, path, "year,gdp,note\n2019,21.5,x\n", "found 3 columns");
    assert_guessed(ctx, path, "year,gdp\n2019,n/k\n", "column \"gdp\" holds \"n/k\", expected a number");
    assert_guessed(ctx, path, "year,gdp\n2019.5,1\n", "column \"year\" holds \"2019.5\", expected a period, annual");
    pgt_write_file(pgt_path(folder, "gdp.csv-metadata.json"), "{\"url\": 5}", 10);
    assert_guessed(ctx, path, "year,gdp\n2019,1\n", "found no columns of one table");
    pgt_write_file(pgt_path(folder, "gdp.csv-metadata.json"), "{\"url\": \"", 9);
    assert_guessed(ctx, path, "year,gdp\n2019,1\n", "gdp.csv:1:");
    pgt_remove_folder(folder);
}

static pgdp_status print_text(pgdp_ctx *ctx, const void *user, size_t block, pg_text *out)
{
    (void)ctx, (void)block;
    pg_text_add(out, user);
    return PGDP_OK;
}

/* The workbook of years with a word of one of its parts replaced, as a spreadsheet does when people change the table.
 */
static void change_workbook(pgdp_ctx *ctx, const char *path, const char *part, const char *from, const char *to)
{
    pgdp_output *output;
    unsigned char *data;
    pgdp_bytes in = { .label = path };
    pg_zip *zip;
    const char *name;
    assert_ok(ctx, save_years(ctx, path));
    assert_ok(ctx, pgdp_file_read(ctx, path, &data, &in.n));
    in.data = data;
    assert_ok(ctx, pg_zip_open(ctx, &in, &zip));
    pg_zip_out to_zip = { .label = path };
    assert_ok(ctx, pgdp_output_new(ctx, path, &output, &to_zip.sink));
    for (size_t i = 0; (name = pg_zip_name(zip, i)) != NULL; i++) {
        pgdp_bytes bytes;
        assert_ok(ctx, pg_zip_read(ctx, zip, i, &bytes));
        const char *text = pg_arena_strndup(&ctx->scratch, (const char *)bytes.data, bytes.n);
        const char *at = strcmp(name, part) == 0 ? strstr(text, from) : NULL;
        if (strcmp(name, part) == 0) assert_non_null(at);
        if (at != NULL)
            text = pg_arena_printf(&ctx->scratch, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
        assert_ok(ctx,
                  pg_zip_out_part(ctx, &to_zip,
                                  &(pg_zip_part){ .name = name, .n_blocks = 1, .print = print_text, .user = text }));
    }
    assert_ok(ctx, pg_zip_out_end(ctx, &to_zip));
    assert_ok(ctx, pgdp_output_commit(ctx, output));
    pg_zip_close(zip);
    pgdp_file_release(ctx, data);
}

/* why NULL: the description still fits. */
static void assert_workbook(pgdp_ctx *ctx, const char *path, const char *why)
{
    pgdp_frame *f = NULL;
    assert_ok(ctx, pgdp_load_table(ctx, path, NULL, &f));
    assert_int_equal(pgdp_frame_column(f, 0)->type, why == NULL ? PGDP_PERIOD : PGDP_REAL);
    assert_int_equal(pgdp_frame_n_rows(f), 3);
    if (why != NULL) assert_contains(pgdp_frame_note(f, "description"), why);
    if (why == NULL) assert_null(pgdp_frame_note(f, "description"));
    pgdp_frame_free(f);
}

static void a_workbook_that_was_changed_is_read_by_its_looks_where_it_no_longer_fits(void **state)
{
    static const struct {
        const char *part, *from, *to, *why;
    } changes[] = {
        { "xl/sharedStrings.xml", ">gdp<", ">gdp_usd<", "\"gdp_usd\", expected 2 and \"gdp\"" },
        { "xl/worksheets/sheet1.xml", "<v>2019</v>", "<v>2019.5</v>", "\"year\" holds \"2019.5\"" },
        { "xl/workbook.xml", "name=\"Data\"", "name=\"GDP\"", "found no sheet that the description names" },
        { "customXml/item1.xml", "gYear", "gDay", "found another datatype" },
        { "customXml/item1.xml", "{", "[", "expected" },
        { "xl/worksheets/sheet1.xml", "<v>21.5</v>", "<v>7</v>", NULL },
    };
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), path[4096];
    (void)snprintf(path, sizeof path, "%s/gdp.xlsx", folder);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        change_workbook(ctx, path, changes[i].part, changes[i].from, changes[i].to);
        assert_workbook(ctx, path, changes[i].why);
    }
    change_workbook(ctx, path, "customXml/item1.xml", "csvw>{", "other>{"); /* another program's, and not well-formed */
    pgdp_frame *f = NULL;
    assert_ok(ctx, pgdp_load_table(ctx, path, NULL, &f));
    assert_int_equal(pgdp_frame_column(f, 0)->type, PGDP_REAL);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

/* Whatever is wrong with the description, the table is there: by it or by its looks. */
static void a_damaged_description_never_takes_the_table_away(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), path[4096];
    size_t n, n_described = 0;
    (void)snprintf(path, sizeof path, "%s/gdp.csv", folder);
    assert_ok(ctx, save_years(ctx, path));
    char *description = pgt_read_file(pgt_path(folder, "gdp.csv-metadata.json"), &n);
    for (size_t i = 0; i < 2 * n; i++) {
        pgdp_frame *f = NULL;
        if (i < n) description[i] ^= (char)(1 << i % 7);
        pgt_write_file(pgt_path(folder, "gdp.csv-metadata.json"), description, i < n ? n : i - n);
        assert_ok(ctx, pgdp_load_table(ctx, path, NULL, &f));
        assert_int_equal(pgdp_frame_n_rows(f), 3);
        n_described += pgdp_frame_note(f, "description") == NULL;
        if (i < n) description[i] ^= (char)(1 << i % 7);
        pgdp_frame_free(f);
    }
    assert_in_range(n_described, 1, 2 * n - 1);
    free(description);
    pgt_remove_folder(folder);
}

static void only_the_columns_wanted_are_read_and_described(void **state)
{
    static const char *const wanted[] = { "gdp" };
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *f = NULL;
    const pgdp_load how = { .columns = wanted, .n_columns = 1 };
    assert_ok(ctx, save_years(ctx, pgt_path(folder, "gdp.csv")));
    assert_ok(ctx, pgdp_load_table(ctx, pgt_path(folder, "gdp.csv"), &how, &f));
    const size_t gdp = pgdp_frame_find(f, "gdp");
    assert_string_equal(pgdp_frame_column(f, gdp)->unit, "usd_bn");
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static void a_cache_knows_one_description_from_another(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), path[4096];
    const pgdp_load how = { .cache = pgt_path(folder, "cache") };
    (void)snprintf(path, sizeof path, "%s/gdp.csv", folder);
    assert_ok(ctx, save_years(ctx, path));
    for (size_t described = 2; described-- > 0;) {
        for (size_t k = 0; k < 2; k++) {
            pgdp_frame *f = NULL;
            assert_ok(ctx, pgdp_load_table(ctx, path, &how, &f));
            assert_int_equal(pgdp_frame_column(f, 0)->type, described == 1 ? PGDP_PERIOD : PGDP_REAL);
            pgdp_frame_free(f);
        }
        if (described == 1) assert_int_equal(remove(pgt_path(folder, "gdp.csv-metadata.json")), 0);
    }
    pgt_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_that_were_added_are_read_by_the_description),
        TEST(a_description_that_does_not_fit_is_not_used_and_a_note_says_so),
        TEST(a_workbook_that_was_changed_is_read_by_its_looks_where_it_no_longer_fits),
        TEST(a_damaged_description_never_takes_the_table_away),
        TEST(only_the_columns_wanted_are_read_and_described),
        TEST(a_cache_knows_one_description_from_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
