/* test_store.c  The store as a whole: vintages, documents twice, conflicts, tables back as they were, damage told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "ingest/store_schema.h"
#include "tests/ingest/store_files.h"

static const char april[] = "date,gdp,cpi\n2025-10-01,10,100\n2025-11-01,11,101\n2025-12-01,12,\n";
static const char may[] =
    "date,gdp,cpi\n2025-10-01,10,100\n2025-11-01,11.5,101\n2025-12-01,12,102\n2026-01-01,13,103\n";

typedef struct place {
    char *folder;
    char path[128];
    pgdp_store *store;
} place;

static place new_store(pgdp_ctx *ctx)
{
    place p = { .folder = pgt_new_folder() };
    (void)snprintf(p.path, sizeof p.path, "%s", new_place(ctx, p.folder, "s.db"));
    p.store = open_store(ctx, p.path, PGDP_STORE_WRITE);
    return p;
}

static void done_with(place p)
{
    pgdp_store_close(p.store);
    pgt_remove_folder(p.folder);
}

static void a_query_sees_what_was_known_on_its_day(void **state)
{
    pgdp_ctx *ctx = *state;
    place p = new_store(ctx);
    pgdp_imported done;
    assert_ok(ctx, put(ctx, p.store, "april.csv", april, "2026-04-30", &done));
    assert_int_equal(done.n_series, 2);
    assert_int_equal(done.n_added, 6);
    assert_ok(ctx, put(ctx, p.store, "may.csv", may, "2026-05-31", &done));
    assert_int_equal(done.n_new_series, 0);
    assert_int_equal(done.n_added, 2);
    assert_int_equal(done.n_revised, 2);
    assert_observed(ctx, p.store, "gdp", "2026-04-29", "");
    assert_observed(ctx, p.store, "gdp", "2026-04-30", "2025-10 10, 2025-11 11, 2025-12 12");
    assert_observed(ctx, p.store, "gdp", "2026-05-30", "2025-10 10, 2025-11 11, 2025-12 12");
    assert_observed(ctx, p.store, "gdp", NULL, "2025-10 10, 2025-11 11.5, 2025-12 12, 2026-01 13");
    assert_observed(ctx, p.store, "cpi", "2026-04-30", "2025-10 100, 2025-11 101, 2025-12 nan");
    assert_observed(ctx, p.store, "cpi", NULL, "2025-10 100, 2025-11 101, 2025-12 102, 2026-01 103");
    assert_sound(ctx, p.store);
    done_with(p);
}

/* Nor is a missing value one of another kind. */
static void the_sign_of_zero_is_no_revision(void **state)
{
    pgdp_ctx *ctx = *state;
    place p = new_store(ctx);
    pgdp_imported done;
    assert_ok(ctx, put(ctx, p.store, "a.csv", "date,x,y\n2031Q1,0,1\n2031Q2,1,\n", "2032-01-31", &done));
    assert_ok(ctx, put(ctx, p.store, "b.csv", "date,x,y\n2031Q1,-0,1\n2031Q2,1,NA\n", "2032-02-29", &done));
    assert_int_equal(done.n_revised, 0);
    assert_sound(ctx, p.store);
    done_with(p);
}

static void history_tells_every_interval_and_diff_what_changed(void **state)
{
    pgdp_ctx *ctx = *state;
    place p = new_store(ctx);
    const char *gdp = "gdp";
    const pgdp_store_query query = { .series = &gdp, .n_series = 1, .as_of = "2026-04-30" };
    pgdp_frame *frame = NULL;
    assert_ok(ctx, put(ctx, p.store, "april.csv", april, "2026-04-30", NULL));
    assert_ok(ctx, put(ctx, p.store, "may.csv", may, "2026-05-31", NULL));
    assert_ok(ctx, pgdp_store_history(ctx, p.store, &query, "2025-11", &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 2);
    assert_string_equal(pgdp_frame_text(frame, 0, 0), "2026-04-30");
    assert_string_equal(pgdp_frame_text(frame, 1, 0), "2026-05-31");
    assert_null(pgdp_frame_text(frame, 1, 1));
    assert_string_equal(pgdp_frame_text(frame, 4, 1), "may.csv");
    pgdp_frame_free(frame);
    assert_ok(ctx, pgdp_store_diff(ctx, p.store, &query, NULL, &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 2);
    assert_string_equal(pgdp_frame_text(frame, 1, 0), "2025-11");
    assert_close(pgdp_frame_reals(frame, 4)[0], 0.5, 0, 0);
    assert_string_equal(pgdp_frame_text(frame, 1, 1), "2026-01");
    pgdp_frame_free(frame);
    assert_status(ctx, pgdp_store_history(ctx, p.store, &query, "2025Q4", &frame), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "found \"2025Q4\", expected a period of \"gdp\", which is monthly");
    assert_status(ctx, pgdp_store_history(ctx, p.store, &query, "2031-01", &frame), PGDP_NOT_FOUND);
    done_with(p);
}

static void a_document_twice_changes_nothing(void **state)
{
    pgdp_ctx *ctx = *state;
    place p = new_store(ctx);
    pgdp_imported done;
    assert_ok(ctx, put(ctx, p.store, "april.csv", april, "2026-04-30", &done));
    assert_false(done.already);
    assert_ok(ctx, put(ctx, p.store, "again.csv", april, "2026-06-30", &done));
    assert_true(done.already);
    assert_int_equal(done.n_added, 0);
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_store_documents(ctx, p.store, NULL, &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 1);
    pgdp_frame_free(frame);
    done_with(p);
}

/* What is refused leaves no trace, not even a document. */
static void assert_as_before(pgdp_ctx *ctx, place p)
{
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_store_documents(ctx, p.store, NULL, &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 1);
    pgdp_frame_free(frame);
    assert_ok(ctx, pgdp_store_series(ctx, p.store, NULL, &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 2);
    pgdp_frame_free(frame);
    assert_observed(ctx, p.store, "gdp", NULL, "2025-10 10, 2025-11 11, 2025-12 12");
    assert_sound(ctx, p.store);
}

static bool at_once(void *user)
{
    (void)user;
    return true;
}

/* Asked to stop once the file is read. */
static pgdp_status put_stopped(pgdp_ctx *ctx, pgdp_store *store)
{
    const pgdp_bytes bytes = { "may.csv", (const unsigned char *)may, sizeof may - 1 };
    const pgdp_document about = { .source = "test", .vintage = "2026-05-31" };
    pgdp_dataset *dataset = NULL;
    pgdp_imported done;
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &bytes, &dataset));
    pgdp_ctx_set_stop(ctx, at_once, NULL);
    const pgdp_status status = pgdp_store_import(ctx, store, &bytes, dataset, &about, &done);
    pgdp_ctx_set_stop(ctx, NULL, NULL);
    pgdp_dataset_free(dataset);
    return status;
}

static void a_refused_document_leaves_nothing(void **state)
{
    pgdp_ctx *ctx = *state;
    place p = new_store(ctx);
    assert_ok(ctx, put(ctx, p.store, "april.csv", april, "2026-04-30", NULL));
    assert_status(ctx, put(ctx, p.store, "may.csv", may, "2026-04-30", NULL), PGDP_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx),
                    "may.csv: series \"gdp\", 2025-11: the store has another value in the vintage of 2026-04-30");
    assert_as_before(ctx, p);
    const char twice[] = "series_id,date,value\nnew,2025-10-01,1\nnew,2025-10-01,2\nnew,2025-11-01,2\n";
    assert_status(ctx, put(ctx, p.store, "twice.csv", twice, "2026-05-31", NULL), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "series \"new\" has two values of 2025-10 in the vintage of 2026-05-31");
    assert_status(ctx, put(ctx, p.store, "may.csv", may, NULL, NULL), PGDP_BAD_ARGUMENT);
    assert_status(ctx, put(ctx, p.store, "may.csv", may, "soon", NULL), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "found the vintage \"soon\", expected a day");
    assert_status(ctx, put_stopped(ctx, p.store), PGDP_STOPPED);
    assert_as_before(ctx, p);
    done_with(p);
}

static void kept_tables_come_back_as_they_were(void **state)
{
    static const char *const files[] = { "panel.csv", "levels.csv", "none.csv" };
    static const char *const texts[] = {
        "when,state,x,y,note\n2031Q1,\"a, b\",-0,1e-300,\n2031Q1,c,NA,0.1,\"x\ny\"\n2031Q2,\"a, b\",3,,z\n",
        "code,title,share\n001,Total,1\n002,\"Caf\303\251\",0.3333333333333333\n",
        "name,x\n",
    };
    pgdp_ctx *ctx = *state;
    place p = new_store(ctx);
    for (size_t i = 0; i < 3; i++) {
        const pgdp_bytes bytes = { files[i], (const unsigned char *)texts[i], strlen(texts[i]) };
        pgdp_dataset *dataset = NULL;
        pgdp_frame *frame = NULL;
        assert_ok(ctx, pgdp_ingest(ctx, NULL, &bytes, &dataset));
        assert_ok(ctx, put(ctx, p.store, files[i], texts[i], "2031-06-30", NULL));
        assert_ok(ctx, pgdp_store_table(ctx, p.store, files[i], NULL, &frame));
        const char *difference = frame_difference(pgdp_dataset_table(dataset, 0), frame);
        if (difference != NULL) fail_msg("%s: %s", files[i], difference);
        pgdp_frame_free(frame);
        pgdp_dataset_free(dataset);
    }
    pgt_buffer bytes = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&bytes);
    assert_ok(ctx, pgdp_store_bytes(ctx, p.store, "panel.csv", &sink));
    assert_string_equal(bytes.data, texts[0]);
    pgt_buffer_free(&bytes);
    pgdp_frame *frame = NULL;
    assert_status(ctx, pgdp_store_table(ctx, p.store, "nowhere.csv", NULL, &frame), PGDP_NOT_FOUND);
    assert_status(ctx, pgdp_store_table(ctx, p.store, "panel.csv", "Sheet2", &frame), PGDP_NOT_FOUND);
    assert_sound(ctx, p.store);
    done_with(p);
}

/* An older store: what the first script makes, with a series in it. */
static void make_old(pgdp_ctx *ctx, const char *path)
{
    pg_db *db = NULL;
    assert_ok(ctx, pg_db_open(ctx, path, true, NULL, 0, &db));
    assert_ok(ctx, pg_db_script(ctx, db, pg_store_migrations[0]));
    assert_ok(ctx, pg_db_script(ctx, db,
                                "INSERT INTO document (sha256, source, name, format, vintage, n_bytes)"
                                " VALUES ('00', 'fred', 'gdp.csv', 'csv', 20000, 1);"
                                "INSERT INTO series (source, name, frequency) VALUES ('fred', 'GDP', 2);"
                                "INSERT INTO description (title, unit, price_basis, adjustment)"
                                " VALUES ('Gross product', 'usd_bn', 'current_prices', '');"
                                "INSERT INTO coverage VALUES (1, 20000, 1, 10, 11, 1);"
                                "INSERT INTO observation VALUES (1, 10, 20000, 1.5, NULL, 1);"
                                "PRAGMA user_version = 1; PRAGMA application_id = 1885824112"));
    pg_db_close(db);
}

static void an_older_store_is_brought_up_to_date(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "old.db");
    pgdp_store *store = NULL;
    pgdp_frame *frame = NULL;
    assert_int_equal(PG_STORE_APPLICATION, 1885824112);
    make_old(ctx, path);
    assert_status(ctx, pgdp_store_open(ctx, path, PGDP_STORE_READ, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "this store is of an older program; the next import brings it up to date");
    pgdp_store_close(open_store(ctx, path, PGDP_STORE_WRITE));
    store = open_store(ctx, path, PGDP_STORE_READ);
    assert_ok(ctx, pgdp_store_series(ctx, store, "gross", &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 1);
    pgdp_frame_free(frame);
    assert_observed(ctx, store, "GDP", NULL, "1972Q3 1.5");
    assert_sound(ctx, store);
    assert_status(ctx, put(ctx, store, "april.csv", april, "2026-04-30", NULL), PGDP_BAD_ARGUMENT);
    pgdp_store_close(store);
    pgt_remove_folder(folder);
}

/* Four bytes of the file's header, big-endian. */
static void patch(const char *path, size_t at, unsigned char last)
{
    size_t n;
    char *bytes = pgt_read_file(path, &n);
    memset(bytes + at, 0, 3);
    bytes[at + 3] = (char)last;
    pgt_write_file(path, bytes, n);
    free(bytes);
}

static void what_is_no_store_is_told(void **state)
{
    enum { VERSION_AT = 60, APPLICATION_AT = 68 };
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "s.db"), *text = pgt_path(folder, "t.csv");
    pgdp_store *store = NULL;
    pgt_write_file(text, may, sizeof may - 1);
    assert_status(ctx, pgdp_store_open(ctx, text, PGDP_STORE_WRITE, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "t.csv: found another kind of file, expected a series store");
    assert_status(ctx, pgdp_store_open(ctx, path, PGDP_STORE_READ, &store), PGDP_IO);
    assert_contains(pgdp_ctx_error(ctx), "s.db: opening failed: No such file or directory");
    assert_status(ctx, pgdp_store_open(ctx, folder, PGDP_STORE_READ, &store), PGDP_IO);
    pgdp_store_close(open_store(ctx, path, PGDP_STORE_WRITE));
    patch(path, VERSION_AT, 99);
    assert_status(ctx, pgdp_store_open(ctx, path, PGDP_STORE_WRITE, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "this store has version 99, this program knows those up to 4");
    patch(path, APPLICATION_AT, 7);
    assert_status(ctx, pgdp_store_open(ctx, path, PGDP_STORE_WRITE, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "found another program's database, expected a series store");
    pgt_write_file(path, "", 0);
    assert_status(ctx, pgdp_store_open(ctx, path, PGDP_STORE_READ, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "this file is empty");
    assert_null(store);
    pgt_remove_folder(folder);
}

/* The sum of faults that verify finds. */
static double faults_after(pgdp_ctx *ctx, const char *path, const char *sql)
{
    pgdp_frame *frame = NULL;
    double n = 0;
    char damage[512];
    (void)snprintf(damage, sizeof damage, "%s; %s",
                   server == NULL ? "PRAGMA foreign_keys = OFF" : "SET session_replication_role = replica", sql);
    run_sql(ctx, path, damage);
    pgdp_store *store = open_store(ctx, path, PGDP_STORE_READ);
    assert_status(ctx, pgdp_store_verify(ctx, store, &frame), PGDP_MISMATCH);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++)
        n += pgdp_frame_reals(frame, 2)[i];
    pgdp_frame_free(frame);
    pgdp_store_close(store);
    return n;
}

static void verify_finds_each_kind_of_damage(void **state)
{
    static const struct {
        const char *sqlite, *postgres; /* NULL: the same */
        double at_least;
    } damages[] = {
        { "UPDATE document SET bytes = x'00'", "UPDATE document SET bytes = '\\x00'", 1 },
        { "UPDATE kept_column SET cells = zeroblob(length(cells)) WHERE place = 1",
          "UPDATE kept_column SET cells = decode(repeat('00', length(cells)), 'hex') WHERE place = 1", 1 },
        { "INSERT INTO observation SELECT series, period, vintage - 1, value, flag, document FROM observation"
          " WHERE series = 1 AND period = (SELECT min(period) FROM observation)",
          NULL, 1 },
        { "DELETE FROM coverage WHERE series = 2", NULL, 1 },
        { "UPDATE observation SET document = 77 WHERE series = 1", NULL, 3 },
    };
    pgdp_ctx *ctx = *state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        place p = new_store(ctx);
        assert_ok(ctx, put(ctx, p.store, "april.csv", april, "2026-04-30", NULL));
        pgdp_store_close(p.store);
        p.store = NULL;
        const bool other = server != NULL && damages[i].postgres != NULL;
        assert_true(faults_after(ctx, p.path, other ? damages[i].postgres : damages[i].sqlite) >= damages[i].at_least);
        done_with(p);
    }
}

static void series_are_found_by_words(void **state)
{
    static const char long_table[] = "series_id,date,value,title,units,seasonal_adjustment,footnotes\n"
                                     "UNRATE,2025-10-01,4.1,Unemployment Rate,pct,seasonally_adjusted,\n"
                                     "UNRATE,2025-11-01,4.2,Unemployment Rate,pct,seasonally_adjusted,p\n"
                                     "PAYEMS,2025-10-01,150,\"All \"\"nonfarm\"\" employees\",heads_th,,\n";
    pgdp_ctx *ctx = *state;
    place p = new_store(ctx);
    pgdp_frame *frame = NULL;
    assert_ok(ctx, put(ctx, p.store, "list.csv", long_table, "2026-01-09", NULL));
    assert_ok(ctx, pgdp_store_series(ctx, p.store, "rate UNEMPL", &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 1);
    assert_string_equal(pgdp_frame_text(frame, 1, 0), "UNRATE");
    assert_string_equal(pgdp_frame_text(frame, 6, 0), "pct");
    assert_string_equal(pgdp_frame_text(frame, 8, 0), "seasonally_adjusted");
    pgdp_frame_free(frame);
    assert_ok(ctx, pgdp_store_series(ctx, p.store, "\"nonfarm\" OR -(*", &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 0);
    pgdp_frame_free(frame);
    assert_ok(ctx, pgdp_store_series(ctx, p.store, "(employee's) nonfarm", &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 0);
    pgdp_frame_free(frame);
    assert_ok(ctx, pgdp_store_series(ctx, p.store, "rates", &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 1);
    pgdp_frame_free(frame);
    assert_status(ctx, pgdp_store_series(ctx, p.store, "  ", &frame), PGDP_BAD_ARGUMENT);
    assert_status(ctx, pgdp_store_series(ctx, p.store, "a b c d e f g", &frame), PGDP_BAD_ARGUMENT);
    frame = observed(ctx, p.store, "UNRATE", NULL);
    assert_null(pgdp_frame_text(frame, 3, 0));
    assert_string_equal(pgdp_frame_text(frame, 3, 1), "p");
    assert_string_equal(pgdp_frame_text(frame, 5, 1), "Unemployment Rate");
    pgdp_frame_free(frame);
    done_with(p);
}

#define ON_BOTH                                                                                                        \
    TEST(a_query_sees_what_was_known_on_its_day), TEST(history_tells_every_interval_and_diff_what_changed),            \
        TEST(a_document_twice_changes_nothing), TEST(the_sign_of_zero_is_no_revision),                                 \
        TEST(a_refused_document_leaves_nothing), TEST(kept_tables_come_back_as_they_were),                             \
        TEST(verify_finds_each_kind_of_damage), TEST(series_are_found_by_words)

int main(void)
{
    const struct CMUnitTest on_files[] = {
        ON_BOTH,
        TEST(an_older_store_is_brought_up_to_date),
        TEST(what_is_no_store_is_told),
    };
    const struct CMUnitTest on_server[] = { ON_BOTH };
    run_on_both(on_files, on_server);
}
