/* test_store_postgres.c  A store on a server: what is none is told, passwords are not, one writer, readers that hold
 * still. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store.h"
#include "ingest/store_postgres.h"
#include "tests/ingest/store_files.h"

static const char april[] = "date,gdp\n2025-10-01,10\n2025-11-01,11\n";
static const char may[] = "date,gdp\n2025-10-01,10\n2025-11-01,11.5\n";

static void what_is_no_store_is_told(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_store *store = NULL;
    const char *place = new_place(ctx, NULL, NULL);
    assert_status(ctx, pgdp_store_open(ctx, place, PGDP_STORE_READ, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "this database has no series store; import something first");
    run_sql(ctx, place, "CREATE SCHEMA pgdp; CREATE TABLE pgdp.other (x INTEGER)");
    assert_status(ctx, pgdp_store_open(ctx, place, PGDP_STORE_WRITE, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "found another program's database, expected a series store");
    run_sql(ctx, place, "COMMENT ON SCHEMA pgdp IS 'pgdp series store, version 99'");
    assert_status(ctx, pgdp_store_open(ctx, place, PGDP_STORE_WRITE, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "this store has version 99, this program knows those up to 4");
    assert_status(ctx, pgdp_store_open(ctx, address_of("nowhere"), PGDP_STORE_READ, &store), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(ctx), "connecting failed: ");
    run_sql(ctx, address_of("postgres"), "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    assert_status(ctx, pgdp_store_open(ctx, address_of("latin"), PGDP_STORE_WRITE, &store), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "this database has the encoding LATIN1, expected UTF8");
    assert_null(store);
}

static void a_password_is_never_shown(void **state)
{
    static const char *const forms[] = {
        "postgresql://u:hunter2@/nowhere?host=", "postgresql:///nowhere?user=u&password=hunter2&host=",
        "postgresql://u:hunter2@h:x:y/db?host=", "postgresql://u:hunter2@h/db?unknown=1&host=",
        "postgres://u:hunter2%zz@h/db?host=",    "postgresql://u:hunter2@[::1/db?host=",
        "postgresql://u:/hunter2@h/db?host=", /* a slash that should have been %2F */
        "postgresql://u:hunter2/db?host=",
    };
    pgdp_ctx *ctx = *state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char place[256];
        pgdp_store *store = NULL;
        (void)snprintf(place, sizeof place, "%s%s", forms[i], server->folder);
        assert_true(pgdp_store_open(ctx, place, PGDP_STORE_READ, &store) != PGDP_OK);
        if (strstr(pgdp_ctx_error(ctx), "hunter2") != NULL) fail_msg("%s", pgdp_ctx_error(ctx));
    }
}

static void a_second_writer_waits_and_is_told(void **state)
{
    pgdp_ctx *ctx = *state;
    const char *place = new_place(ctx, NULL, NULL);
    pgdp_store *first = open_store(ctx, place, PGDP_STORE_WRITE), *second = open_store(ctx, place, PGDP_STORE_WRITE);
    assert_ok(ctx, pg_db_begin(ctx, first->db, true));
    assert_ok(ctx, pg_db_script(ctx, second->db, "SET lock_timeout = 50"));
    assert_status(ctx, put(ctx, second, "april.csv", april, "2026-04-30", NULL), PGDP_IO);
    assert_contains(pgdp_ctx_error(ctx), "another program is writing to the store; nothing was changed");
    assert_ok(ctx, pg_db_undo(ctx, first->db, false));
    assert_ok(ctx, put(ctx, second, "april.csv", april, "2026-04-30", NULL));
    assert_ok(ctx, put(ctx, first, "may.csv", may, "2026-05-31", NULL));
    assert_observed(ctx, second, "gdp", NULL, "2025-10 10, 2025-11 11.5");
    pgdp_store_close(first);
    pgdp_store_close(second);
}

static int64_t number_of_observations(pgdp_ctx *ctx, pgdp_store *store)
{
    int64_t n = -1;
    assert_ok(ctx, pg_sql_one(ctx, store->db, PG_SQL_N_OBSERVATIONS, NULL, 0, &n));
    return n;
}

static void a_reader_sees_one_state(void **state)
{
    pgdp_ctx *ctx = *state;
    const char *place = new_place(ctx, NULL, NULL);
    pgdp_store *writer = open_store(ctx, place, PGDP_STORE_WRITE);
    assert_ok(ctx, put(ctx, writer, "april.csv", april, "2026-04-30", NULL));
    pgdp_store *reader = open_store(ctx, place, PGDP_STORE_READ);
    assert_ok(ctx, pg_store_begin(ctx, reader));
    assert_int_equal(number_of_observations(ctx, reader), 2);
    assert_ok(ctx, put(ctx, writer, "may.csv", may, "2026-05-31", NULL));
    assert_int_equal(number_of_observations(ctx, reader), 2);
    assert_ok(ctx, pg_store_end(ctx, reader, PGDP_OK));
    assert_int_equal(number_of_observations(ctx, reader), 3);
    assert_status(ctx, pg_db_script(ctx, reader->db, "CREATE TABLE pgdp.mine (x INTEGER)"), PGDP_IO);
    assert_contains(pgdp_ctx_error(ctx), "this server takes no writing");
    pgdp_store_close(reader);
    pgdp_store_close(writer);
}

/* The server goes away while an import is under way: the store is as before. */
static void a_lost_connection_changes_nothing(void **state)
{
    pgdp_ctx *ctx = *state;
    const char *place = new_place(ctx, NULL, NULL);
    pgdp_store *store = open_store(ctx, place, PGDP_STORE_WRITE);
    assert_ok(ctx, put(ctx, store, "april.csv", april, "2026-04-30", NULL));
    run_sql(ctx, address_of("postgres"),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgdp'"
            " AND pid <> pg_backend_pid()");
    assert_status(ctx, put(ctx, store, "may.csv", may, "2026-05-31", NULL), PGDP_NETWORK);
    pgdp_store_close(store);
    store = open_store(ctx, place, PGDP_STORE_WRITE);
    assert_observed(ctx, store, "gdp", NULL, "2025-10 10, 2025-11 11");
    assert_ok(ctx, put(ctx, store, "may.csv", may, "2026-05-31", NULL));
    assert_sound(ctx, store);
    pgdp_store_close(store);
}

/* More rows than the buffers of COPY hold, through several of them; then all of them once more with other values. */
static void many_rows_go_in_by_copy(void **state)
{
    enum { SERIES = 300, PERIODS = 200, LINE = 40 };
    pgdp_ctx *ctx = *state;
    const char *place = new_place(ctx, NULL, NULL);
    pgdp_store *store = open_store(ctx, place, PGDP_STORE_WRITE);
    char *text = malloc((size_t)LINE * SERIES * PERIODS);
    assert_non_null(text);
    for (size_t round = 0; round < 2; round++) {
        size_t n = (size_t)sprintf(text, "series_id,date,value,title\n");
        pgdp_imported done;
        for (size_t s = 0; s < SERIES; s++)
            for (size_t t = 0; t < PERIODS; t++)
                n += (size_t)sprintf(text + n, "S%zu,%zu-%02zu-01,%zu,T %zu\n", s, 1990 + t / 12, t % 12 + 1,
                                     s * t + (t % 2 == 0 ? round : 0), s + round);
        assert_ok(ctx, put(ctx, store, "many.csv", text, round == 0 ? "2026-01-31" : "2026-02-28", &done));
        assert_int_equal(done.n_added, round == 0 ? SERIES * PERIODS : 0);
        assert_int_equal(done.n_revised, round == 0 ? 0 : SERIES * PERIODS / 2);
        assert_int_equal(done.n_new_series, round == 0 ? SERIES : 0);
    }
    free(text);
    assert_int_equal(number_of_observations(ctx, store), SERIES * PERIODS * 3 / 2);
    assert_sound(ctx, store);
    pgdp_store_close(store);
}

/* What the door makes of values and codes, without a server. */
static void values_become_what_the_server_takes(void **state)
{
    static const char bytes[] = { (char)0xff, (char)0xfe, 1, 0 };
    char text[PG_NUMBER_SIZE];
    int length, format;
    pgdp_status status = PGDP_OK;
    const pg_sql_value values[] = { pg_sql_int(INT64_MIN), pg_sql_real(-0.0), pg_sql_blob(NULL, 0) };
    (void)state;
    assert_string_equal(pg_postgres_parameter(&values[0], text, &length, &format), "-9223372036854775808");
    assert_string_equal(pg_postgres_parameter(&values[1], text, &length, &format), "-0");
    assert_non_null(pg_postgres_parameter(&values[2], text, &length, &format));
    assert_true(format == 1 && length == 0);
    assert_int_equal(pg_postgres_integer(bytes, 2), -2);
    assert_int_equal(pg_postgres_integer(bytes + 2, 2), 256);
    assert_int_equal(pg_postgres_integer(bytes + 2, 1), 1);
    assert_int_equal(pg_postgres_integer(NULL, 0), 0);
    assert_non_null(pg_postgres_sentence("40001", &status));
    assert_int_equal(status, PGDP_IO);
    assert_null(pg_postgres_sentence("42601", &status));
}

int main(void)
{
    const struct CMUnitTest without[] = { TEST(values_become_what_the_server_takes) };
    const struct CMUnitTest on_server[] = {
        TEST(what_is_no_store_is_told),          TEST(a_password_is_never_shown),
        TEST(a_second_writer_waits_and_is_told), TEST(a_reader_sees_one_state),
        TEST(a_lost_connection_changes_nothing), TEST(many_rows_go_in_by_copy),
    };
    run_on_both(without, on_server);
}
