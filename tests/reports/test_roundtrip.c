/* test_roundtrip.c  Any frame is the same frame after CSV, a workbook, a columnar file and the store.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ingest/store_files.h"

#include <stdio.h>

#include "core/ctx.h"
#include "core/random.h"
#include "pgdp/file.h"
#include "pgdp/ingest.h"
#include "pgdp/reports.h"
#include "pgdp/store.h"
#include "pgdp/table.h"

enum { MOST_COLUMNS = 7, MOST_ROWS = 40, N_FRAMES = 400 };

/* Texts that look like other types, marks of the missing, footnotes, or nothing; blanks, quotes and line ends. */
static const char *const texts[] = { "",           " ",
                                     "  leads",    "trails ",
                                     "trails\n",   "\ttab\t",
                                     "two\nlines", "a,b;c|d",
                                     "\"quoted\"", "\"",
                                     "NA",         "NA_",
                                     ".",          "nan",
                                     "INF",        "-INF",
                                     "007",        "1.50",
                                     "-0",         "1,234",
                                     "2031",       "2031Q1",
                                     "2031-02",    "-005",
                                     "2031-02-28", "2/3/2031",
                                     "28/2/2031",  "Note 1",
                                     "Source:x",   "(1) a",
                                     "* star",     "=1+1",
                                     "_x0041_",    "a < b & c > d",
                                     "]]>",        "\xC3\xA9t\xC3\xA9",
                                     "name:",      "x",
                                     "y",          "\xC2\xA0",
                                     "<html>",     "TRUE",
                                     "#N/A",       "#sheet Data\n" };
enum { N_TEXTS = sizeof texts / sizeof *texts };

static const double numbers[] = { 0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 0, 1e22, 1e15, 1.0 / 3, 2031,
                                  -1e-300,   19.5,   4503599627370497.5 };
enum { N_NUMBERS = sizeof numbers / sizeof *numbers };

static const char *any_text(pg_random *r)
{
    return texts[pg_random_index(r, N_TEXTS)];
}

static double any_number(pg_random *r)
{
    const size_t kind = pg_random_index(r, 40);
    if (kind == 0) return pg_random_index(r, 2) == 0 ? (double)INFINITY : -(double)INFINITY;
    if (kind < 10) return numbers[pg_random_index(r, N_NUMBERS)];
    return exp(400 * (pg_random_uniform(r) - 0.5)) * (kind % 2 == 0 ? -1 : 1);
}

/* Mostly of our time, some of any. */
static int32_t any_period(pg_random *r)
{
    const size_t kind = pg_random_index(r, 20);
    if (kind == 0) return (int32_t)((int64_t)pg_random_index(r, (size_t)2 * INT32_MAX) - INT32_MAX);
    return (int32_t)pg_random_index(r, kind == 1 ? 4000000 : 900) - (kind == 1 ? 1000000 : 100);
}

static pgdp_status add_column(pgdp_ctx *ctx, pg_random *r, pgdp_frame *f, size_t j)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s%zu%s", any_text(r), j, any_text(r));
    const bool described = pg_random_index(r, 3) == 0;
    pgdp_column about = { .name = name, .type = (pgdp_type)pg_random_index(r, 3) };
    if (about.type == PGDP_PERIOD) about.frequency = (pgdp_frequency)(PGDP_ANNUAL + pg_random_index(r, PGDP_DAILY));
    if (about.type == PGDP_REAL && described) about.frequency = PGDP_QUARTERLY;
    if (described) {
        about.unit = any_text(r);
        about.price_basis = "chained_volume";
        about.adjustment = any_text(r);
        about.vintage = "2031-02-28";
    }
    return pgdp_frame_add_column(ctx, f, &about, NULL);
}

/* shares: of missing cells, out of 8, by column; 8 makes a column that is missing throughout */
static pgdp_status add_rows(pgdp_ctx *ctx, pg_random *r, pgdp_frame *f, size_t n_rows, const size_t *shares)
{
    for (size_t i = 0; i < n_rows; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, f));
        const bool empty = pg_random_index(r, 12) == 0;
        for (size_t j = 0; j < pgdp_frame_n_columns(f); j++) {
            if (empty || pg_random_index(r, 8) < shares[j]) continue;
            pgdp_frame_set_real(f, j, any_number(r));
            pgdp_frame_set_period(f, j, any_period(r));
            if (pgdp_frame_column(f, j)->type == PGDP_TEXT)
                PG_TRY(pgdp_frame_set_text(ctx, f, j, any_text(r), PGDP_NONE));
        }
    }
    return PGDP_OK;
}

static pgdp_status make_frame(pgdp_ctx *ctx, uint64_t seed, size_t n_rows, pgdp_frame *f)
{
    pg_random r = pg_random_stream(seed, "roundtrip", 0);
    size_t shares[MOST_COLUMNS];
    const size_t n_columns = 1 + pg_random_index(&r, MOST_COLUMNS);
    for (size_t j = 0; j < n_columns; j++) {
        PG_TRY(add_column(ctx, &r, f, j));
        shares[j] = pg_random_index(&r, 9);
    }
    for (size_t i = pg_random_index(&r, 3); i > 0; i--) {
        const char *key = texts[3 * i], *value = any_text(&r);
        PG_TRY(pgdp_frame_set_note(ctx, f, key, value));
    }
    return add_rows(ctx, &r, f, n_rows == 0 ? pg_random_index(&r, MOST_ROWS) : n_rows, shares);
}

/* ---- ways there and back ---- */

static pgdp_status by_csv(pgdp_ctx *ctx, const pgdp_frame *f, const char *folder, pgdp_frame **out)
{
    const char *path = pgt_path(folder, "table.csv");
    PG_TRY(pgdp_frame_save_csv(ctx, f, path));
    return pgdp_load_table(ctx, path, NULL, out);
}

static pgdp_status by_workbook(pgdp_ctx *ctx, const pgdp_frame *f, const char *folder, pgdp_frame **out)
{
    const char *path = pgt_path(folder, "table.xlsx");
    PG_TRY(pgdp_frame_write_xlsx(ctx, f, path));
    return pgdp_load_table(ctx, path, NULL, out);
}

static pgdp_status by_columnar(pgdp_ctx *ctx, const pgdp_frame *f, const char *folder, pgdp_frame **out)
{
    const char *path = pgt_path(folder, "table.pgdp");
    pgdp_table_writer *writer;
    PG_TRY(pgdp_table_writer_new(ctx, path, f, &writer));
    const pgdp_status status = pgdp_table_writer_add(ctx, writer, f);
    if (status != PGDP_OK) {
        pgdp_table_writer_discard(ctx, writer);
        return status;
    }
    PG_TRY(pgdp_table_writer_commit(ctx, writer));
    return pgdp_load_table(ctx, path, NULL, out);
}

/* The table as CSV, as a user would import it. */
static pgdp_status import(pgdp_ctx *ctx, pgdp_store *store, const char *path)
{
    const pgdp_load how = { .described = true };
    const pgdp_document about = { .vintage = "2031-02-28" };
    pgdp_dataset *dataset = NULL;
    pgdp_imported done;
    unsigned char *data;
    pgdp_bytes bytes = { .label = path };
    PG_TRY(pgdp_file_read(ctx, path, &data, &bytes.n));
    bytes.data = data;
    pgdp_status status = pgdp_ingest_as(ctx, &how, &bytes, &dataset);
    if (status == PGDP_OK) status = pgdp_store_import(ctx, store, &bytes, dataset, &about, &done);
    pgdp_dataset_free(dataset);
    pgdp_file_release(ctx, data);
    return status;
}

/* Of the test's store, to which each table is a document. */
static char place[256];

static pgdp_status by_store(pgdp_ctx *ctx, const pgdp_frame *f, const char *folder, pgdp_frame **out)
{
    static size_t n_documents;
    char name[32];
    pgdp_store *store;
    (void)snprintf(name, sizeof name, "table%zu.csv", n_documents++);
    const char *path = pgt_path(folder, name);
    PG_TRY(pgdp_frame_save_csv(ctx, f, path));
    PG_TRY(pgdp_store_open(ctx, place, PGDP_STORE_WRITE, &store));
    pgdp_status status = import(ctx, store, path);
    if (status == PGDP_OK) status = pgdp_store_table(ctx, store, name, NULL, out);
    pgdp_store_close(store);
    return status;
}

typedef pgdp_status (*way)(pgdp_ctx *ctx, const pgdp_frame *f, const char *folder, pgdp_frame **out);

static void assert_same_after(pgdp_ctx *ctx, way there_and_back, size_t n_frames, size_t n_rows)
{
    char *folder = pgt_new_folder();
    for (uint64_t seed = 0; seed < n_frames; seed++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pgdp_frame *f = NULL, *back = NULL;
        assert_ok(ctx, pgdp_frame_new(ctx, &f));
        assert_ok(ctx, make_frame(ctx, seed, n_rows, f));
        assert_ok(ctx, there_and_back(ctx, f, folder, &back));
        const char *difference = frame_difference(f, back), *why = pgdp_frame_note(back, "description");
        if (difference != NULL) fail_msg("frame %d: %s; %s", (int)seed, difference, why == NULL ? "no note" : why);
        pgdp_frame_free(back);
        pgdp_frame_free(f);
        pg_arena_rewind(&ctx->scratch, mark);
    }
    pgt_remove_folder(folder);
}

static void any_frame_is_the_same_after_csv(void **state)
{
    assert_same_after(*state, by_csv, N_FRAMES, 0);
}

static void any_long_frame_is_the_same_after_csv(void **state)
{
    assert_same_after(*state, by_csv, 12, 6000); /* the fast reader's */
}

static void any_frame_is_the_same_after_a_workbook(void **state)
{
    assert_same_after(*state, by_workbook, N_FRAMES, 0);
}

static void any_long_frame_is_the_same_after_a_workbook(void **state)
{
    assert_same_after(*state, by_workbook, 6, 3000); /* several windows of rows */
}

static void any_frame_is_the_same_after_a_columnar_file(void **state)
{
    assert_same_after(*state, by_columnar, N_FRAMES / 4, 0);
}

static void any_frame_is_the_same_after_csv_and_the_store(void **state)
{
    char *folder = pgt_new_folder();
    (void)snprintf(place, sizeof place, "%s", new_place(*state, folder, "facts.db"));
    assert_same_after(*state, by_store, N_FRAMES / 8, 0);
    pgt_remove_folder(folder);
}

static void a_column_without_a_name_is_refused(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *f = NULL;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .type = PGDP_REAL }, NULL));
    assert_status(ctx, pgdp_frame_save_csv(ctx, f, pgt_path(folder, "a.csv")), PGDP_BAD_ARGUMENT);
    assert_status(ctx, pgdp_frame_write_xlsx(ctx, f, pgt_path(folder, "a.xlsx")), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "column 1 has no name");
    assert_int_equal(pgt_count_entries(folder), 0);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

typedef struct journey {
    way there_and_back;
    const char *folder;
} journey;

static pgdp_status travel(pgdp_ctx *ctx, void *user)
{
    const journey *j = user;
    pgdp_frame *f = NULL, *back = NULL;
    pgdp_status status = pgdp_frame_new(ctx, &f);
    if (status == PGDP_OK) status = make_frame(ctx, 11, 12, f);
    if (status == PGDP_OK) status = j->there_and_back(ctx, f, j->folder, &back);
    pgdp_frame_free(f);
    pgdp_frame_free(back);
    return status;
}

static void every_failing_allocation_is_told(void **state)
{
    (void)state;
    char *folder = pgt_new_folder();
    (void)pgt_fail_every_allocation(travel, &(journey){ by_csv, folder });
    (void)pgt_fail_every_allocation(travel, &(journey){ by_workbook, folder });
    pgt_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest on_files[] = {
        TEST(any_frame_is_the_same_after_csv),
        TEST(any_long_frame_is_the_same_after_csv),
        TEST(any_frame_is_the_same_after_a_workbook),
        TEST(any_long_frame_is_the_same_after_a_workbook),
        TEST(any_frame_is_the_same_after_a_columnar_file),
        TEST(any_frame_is_the_same_after_csv_and_the_store),
        TEST(a_column_without_a_name_is_refused),
        TEST(every_failing_allocation_is_told),
    };
    const struct CMUnitTest on_server[] = { TEST(any_frame_is_the_same_after_csv_and_the_store) };
    run_on_both(on_files, on_server);
}
