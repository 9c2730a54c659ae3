/* test_store_vintages.c  Real-time intervals held against documents read one by one; layouts; memory that fails.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "core/random.h"
#include "tests/ingest/store_files.h"

enum { DOCUMENTS = 7, PERIODS = 12, TEXT = 4096 };

/* Document k of a round: periods first to last, each with one of three values or a missing one. */
typedef struct paper {
    char text[TEXT], day[16], label[16];
    double values[PERIODS]; /* infinity: it does not tell that period */
} paper;

static void write_paper(pg_random *r, size_t k, paper *out)
{
    const size_t first = pg_random_index(r, 4), last = first + 3 + pg_random_index(r, PERIODS - first - 3);
    size_t n = (size_t)snprintf(out->text, TEXT, "date,x\n");
    (void)snprintf(out->day, sizeof out->day, "2026-%02zu-15", k + 1);
    (void)snprintf(out->label, sizeof out->label, "%zu.csv", k);
    for (size_t i = 0; i < PERIODS; i++) {
        out->values[i] = (double)INFINITY;
        if (i < first || i > last) continue;
        const size_t value = pg_random_index(r, 4);
        out->values[i] = value == 3 ? (double)NAN : (double)value + 0.5;
        n += (size_t)snprintf(out->text + n, TEXT - n, "2025-%02zu-01,", i + 1);
        n += (size_t)snprintf(out->text + n, TEXT - n, value == 3 ? "\n" : "%g\n", out->values[i]);
    }
}

/* What the documents up to the day of k tell: the last that speaks of a period. */
static void assert_as_told(pgdp_ctx *ctx, pgdp_store *store, const paper *papers, size_t k)
{
    pgdp_frame *frame = observed(ctx, store, "x", papers[k].day);
    size_t row = 0;
    for (int32_t i = 0; i < PERIODS; i++) {
        double want = (double)INFINITY;
        for (size_t d = 0; d <= k; d++)
            if (!isinf(papers[d].values[i])) want = papers[d].values[i];
        if (isinf(want)) continue;
        assert_true(row < pgdp_frame_n_rows(frame));
        assert_int_equal(pgdp_frame_periods(frame, 1)[row], 12 * 55 + i);
        assert_close(pgdp_frame_reals(frame, 2)[row++], want, 0, 0);
    }
    assert_int_equal(pgdp_frame_n_rows(frame), row);
    pgdp_frame_free(frame);
}

static void the_order_in_which_documents_come_does_not_matter(void **state)
{
    pgdp_ctx *ctx = *state;
    static paper papers[DOCUMENTS];
    for (uint32_t round = 0; round < 4; round++) {
        pg_random r = pg_random_stream(11, "vintages", round);
        char *folder = pgt_new_folder();
        pgdp_store *store = open_store(ctx, new_place(ctx, folder, "s.db"), PGDP_STORE_WRITE);
        size_t order[DOCUMENTS];
        for (size_t k = 0; k < DOCUMENTS; k++) {
            const size_t other = pg_random_index(&r, k + 1);
            write_paper(&r, k, &papers[k]);
            order[k] = order[other];
            order[other] = k;
        }
        for (size_t k = 0; k < DOCUMENTS; k++)
            assert_ok(ctx, put(ctx, store, papers[order[k]].label, papers[order[k]].text, papers[order[k]].day, NULL));
        for (size_t k = 0; k < DOCUMENTS; k++)
            assert_as_told(ctx, store, papers, k);
        assert_sound(ctx, store);
        pgdp_store_close(store);
        pgt_remove_folder(folder);
    }
}

/* A wide table comes back from its observations alone. */
static void a_wide_table_comes_back_from_its_observations(void **state)
{
    static const char *const names[] = { "zeta", "alpha", "mid" };
    static const char text[] = "period,zeta,alpha,mid\n2031Q1,1.25,NA,-0\n2031Q2,0.1,NA,3\n2031Q4,1e-300,7,\n";
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_store *store = open_store(ctx, new_place(ctx, folder, "s.db"), PGDP_STORE_WRITE);
    const pgdp_bytes bytes = { "wide.csv", (const unsigned char *)text, sizeof text - 1 };
    const pgdp_store_query query = { .series = names, .n_series = 3, .wide = true };
    pgdp_dataset *dataset = NULL;
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &bytes, &dataset));
    assert_ok(ctx, put(ctx, store, "wide.csv", text, "2032-01-31", NULL));
    assert_ok(ctx, pgdp_store_observations(ctx, store, &query, &frame));
    for (size_t j = 0; j < 4; j++)
        assert_true(same_column(pgdp_dataset_table(dataset, 0), frame, j, j));
    assert_string_equal(pgdp_frame_column(frame, 1)->vintage, "2032-01-31");
    pgdp_frame_free(frame);
    pgdp_dataset_free(dataset);
    pgdp_store_close(store);
    pgt_remove_folder(folder);
}

/* A long answer is itself a document that can be imported: names, values, flags, vintages and facts are in it. */
static void a_long_answer_can_be_imported(void **state)
{
    static const char text[] = "series_id,period,value,flag,title,unit,adjustment\n"
                               "A,2031Q1,1,p,First,usd,seasonally_adjusted\nA,2031Q2,,e,First,usd,seasonally_adjusted\n"
                               "B,2031Q1,-3.5,,Second,share,\n";
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_store *store = open_store(ctx, new_place(ctx, folder, "s.db"), PGDP_STORE_WRITE);
    pgdp_store *second = open_store(ctx, new_place(ctx, folder, "t.db"), PGDP_STORE_WRITE);
    const pgdp_store_query all = { .n_series = 0 };
    pgdp_frame *before = NULL, *after = NULL;
    pgt_buffer csv = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&csv);
    assert_ok(ctx, put(ctx, store, "long.csv", text, "2032-01-31", NULL));
    assert_ok(ctx, pgdp_store_observations(ctx, store, &all, &before));
    assert_ok(ctx, pgdp_frame_write_csv(ctx, before, &sink));
    assert_ok(ctx, put(ctx, second, "again.csv", csv.data, "2033-12-31", NULL));
    assert_ok(ctx, pgdp_store_observations(ctx, second, &all, &after));
    const char *difference = frame_difference(before, after);
    if (difference != NULL) fail_msg("%s differs", difference);
    pgt_buffer_free(&csv);
    pgdp_frame_free(before);
    pgdp_frame_free(after);
    pgdp_store_close(store);
    pgdp_store_close(second);
    pgt_remove_folder(folder);
}

/* Columns NAME_YYYYMMDD are vintages of one series. */
static void vintages_of_alfred_become_one_series(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_store *store = open_store(ctx, new_place(ctx, folder, "s.db"), PGDP_STORE_WRITE);
    static const char text[] = "observation_date,GDP_20310130,GDP_20310227\n2030-07-01,10,10.5\n2030-10-01,.,11\n";
    pgdp_imported done;
    assert_ok(ctx, put(ctx, store, "GDP.csv", text, "2031-03-01", &done));
    assert_int_equal(done.n_series, 1);
    assert_observed(ctx, store, "GDP", "2031-01-30", "2030Q3 10, 2030Q4 nan");
    assert_observed(ctx, store, "GDP", "2031-02-27", "2030Q3 10.5, 2030Q4 11");
    pgdp_store_close(store);
    pgt_remove_folder(folder);
}

/* Texts that repeat periods are keys; those that tell no rows apart, or every row, name no series. */
static void layouts_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        size_t n_series, n_plain;
    } cases[] = {
        { "date,state,x,y\n2031Q1,a,1,2\n2031Q1,b,3,4\n2031Q2,a,1,2\n2031Q2,b,3,4\n", 4, 0 },
        { "year,state,value\n2030,a,1\n2030,b,2\n2031,a,3\n", 2, 0 },
        { "date,state,x\n2031Q1,a,1\n2031Q1,a,2\n2031Q2,a,3\n", 0, 1 },
        { "date,state,x\n2031Q1,a,1\n2031Q1,b,2\n2031Q2,c,3\n", 0, 1 },
        { "date,x,remark\n2031Q1,1,\n2031Q2,2,strike\n", 1, 0 },
        { "code,x\n1,2\n", 0, 1 },
        { "date,remark\n2031Q1,a\n2031Q2,b\n", 0, 1 },
    };
    pgdp_ctx *ctx = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *folder = pgt_new_folder();
        pgdp_store *store = open_store(ctx, new_place(ctx, folder, "s.db"), PGDP_STORE_WRITE);
        pgdp_imported done;
        assert_ok(ctx, put(ctx, store, "t.csv", cases[i].text, "2032-01-01", &done));
        assert_int_equal(done.n_series, cases[i].n_series);
        assert_int_equal(done.n_plain, cases[i].n_plain);
        pgdp_store_close(store);
        pgt_remove_folder(folder);
    }
}

static void names_that_are_not_plain_are_told(void **state)
{
    static const char *const names[] = { "x", "q" };
    static const char other[] = "date,x\n2031Q1,1\n2031Q2,1\n";
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_store *store = open_store(ctx, new_place(ctx, folder, "s.db"), PGDP_STORE_WRITE);
    pgdp_store_query query = { .series = names, .n_series = 1 };
    pgdp_frame *frame = NULL;
    assert_status(ctx, pgdp_store_observations(ctx, store, &query, &frame), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "found no series \"x\"");
    assert_ok(ctx, put(ctx, store, "m.csv", "date,x\n2031-01-01,1\n2031-02-01,1\n", "2032-01-01", NULL));
    assert_ok(ctx, put(ctx, store, "q.csv", other, "2032-01-01", NULL));
    assert_status(ctx, pgdp_store_observations(ctx, store, &query, &frame), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx),
                    "\"x\" is quarterly of test and monthly of test; name a source or a frequency");
    query.n_series = 0;
    assert_status(ctx, pgdp_store_observations(ctx, store, &query, &frame), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "expected one frequency");
    query.frequency = PGDP_MONTHLY;
    assert_ok(ctx, pgdp_store_observations(ctx, store, &query, &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 2);
    pgdp_frame_free(frame);
    query.as_of = "yesterday";
    assert_status(ctx, pgdp_store_observations(ctx, store, &query, &frame), PGDP_BAD_ARGUMENT);
    pgdp_store_close(store);
    pgt_remove_folder(folder);
}

/* A file of FRED into the store, its bytes its own; its only table is what a query as of its vintage gives back. */
static void put_file(pgdp_ctx *ctx, pgdp_store *store, const char *path)
{
    size_t n;
    char *data = pgt_read_file(path, &n);
    const pgdp_bytes bytes = { path, (const unsigned char *)data, n };
    const pgdp_document about = { .vintage = "2026-12-31", .keep = PGDP_KEEP_OBSERVATIONS };
    pgdp_dataset *dataset = NULL;
    pgdp_imported done;
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &bytes, &dataset));
    assert_ok(ctx, pgdp_store_import(ctx, store, &bytes, dataset, &about, &done));
    pgdp_dataset_free(dataset);
    free(data);
}

static void assert_given_back(pgdp_ctx *ctx, pgdp_store *store, const pgdp_dataset *dataset)
{
    const pgdp_frame *table = pgdp_dataset_table(dataset, 0);
    const pgdp_column *about = pgdp_frame_column(table, 1);
    const pgdp_store_query query = { .series = &about->name, .n_series = 1, .as_of = about->vintage, .wide = true };
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_store_observations(ctx, store, &query, &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), pgdp_frame_n_rows(table));
    assert_true(same_column(table, frame, 0, 0) && same_column(table, frame, 1, 1));
    assert_string_equal(pgdp_frame_column(frame, 1)->vintage, about->vintage);
    pgdp_frame_free(frame);
}

static void releases_of_fred_come_back_as_of_their_day(void **state)
{
    static const char *const days[] = { "2026-07-17", "2026-03-21", "2026-08-18", "2026-05-15" };
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), name[64];
    pgdp_store *store = open_store(ctx, new_place(ctx, folder, "s.db"), PGDP_STORE_WRITE);
    for (size_t k = 0; k < 8; k++) { /* all in, then each looked at */
        (void)snprintf(name, sizeof name, "data/fred/api-json/%s/INDPRO.json", days[k % 4]);
        const char *path = pgt_shared_path(name);
        if (path != NULL && k < 4) put_file(ctx, store, path);
        pgdp_dataset *dataset = k < 4 ? NULL : pgt_ingest_shared(ctx, "fred_api_json", name);
        if (dataset != NULL) assert_given_back(ctx, store, dataset);
        pgdp_dataset_free(dataset);
    }
    assert_sound(ctx, store);
    pgdp_store_close(store);
    pgt_remove_folder(folder);
}

static pgdp_status import_and_ask(pgdp_ctx *ctx, pgdp_store *store, const pgdp_dataset *dataset)
{
    static const char text[] = "any";
    const pgdp_bytes bytes = { "long.csv", (const unsigned char *)text, sizeof text };
    const pgdp_document about = { .source = "test", .vintage = "2032-01-31" };
    const pgdp_store_query all = { .n_series = 0 };
    pgdp_imported done;
    pgdp_frame *frames[3] = { NULL, NULL, NULL };
    pgdp_status status = pgdp_store_import(ctx, store, &bytes, dataset, &about, &done);
    if (status == PGDP_OK) status = pgdp_store_observations(ctx, store, &all, &frames[0]);
    if (status == PGDP_OK) status = pgdp_store_table(ctx, store, "long.csv", NULL, &frames[1]);
    if (status == PGDP_OK) status = pgdp_store_documents(ctx, store, &all, &frames[2]);
    for (size_t i = 0; i < 3; i++)
        pgdp_frame_free(frames[i]);
    return status;
}

typedef struct attempt {
    const pgdp_dataset *dataset;
    const char *place;
} attempt;

static pgdp_status in_a_store(pgdp_ctx *ctx, void *user)
{
    const attempt *a = user;
    pgdp_store *store = NULL;
    pgdp_status status = pgdp_store_open(ctx, a->place, PGDP_STORE_WRITE, &store);
    if (status == PGDP_OK && a->dataset != NULL) status = import_and_ask(ctx, store, a->dataset);
    pgdp_store_close(store);
    return status;
}

/* The store is made by the first attempts: every later one finds it as those left it. */
static void memory_that_fails_leaks_nothing(void **state)
{
    static const char text[] = "series_id,period,value,flag\nA,2031Q2,1,p\nA,2031Q1,2,\nB,2031Q1,3,e\n";
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), place[128];
    const pgdp_bytes bytes = { "long.csv", (const unsigned char *)text, sizeof text - 1 };
    pgdp_dataset *dataset = NULL;
    attempt a = { NULL, place };
    (void)snprintf(place, sizeof place, "%s", new_place(ctx, folder, "s.db"));
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &bytes, &dataset));
    assert_true(pgt_fail_every_allocation(in_a_store, &a) > 2);
    a.dataset = dataset;
    assert_true(pgt_fail_every_allocation(in_a_store, &a) > 10);
    pgdp_dataset_free(dataset);
    pgt_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_order_in_which_documents_come_does_not_matter),
        TEST(a_wide_table_comes_back_from_its_observations),
        TEST(a_long_answer_can_be_imported),
        TEST(vintages_of_alfred_become_one_series),
        TEST(layouts_are_told_apart),
        TEST(names_that_are_not_plain_are_told),
        TEST(releases_of_fred_come_back_as_of_their_day),
        TEST(memory_that_fails_leaks_nothing),
    };
    run_on_both(tests, tests);
}
