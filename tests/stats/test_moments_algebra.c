/* test_moments_algebra.c  Moments add, travel as bytes, do not depend on threads, and say when digits are lost.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/moments.h"
#include "stats/fit.h"
#include "stats/moments.h"
#include "tests/stats/moments_data.h"

#include <stdlib.h>

enum { N = 2000, PARTS = 5 };
static pgdp_ctx *ctx;
static const pgdp_moments_spec kept = { .formula = "y ~ x1 + x2 + d + z1 + z2",
                                        .cells = "state + year",
                                        .weights = "aw:w" };

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

static pgdp_moments *moments_of(const pgdp_frame *frame, const pgdp_moments_spec *spec)
{
    pgdp_moments *m = NULL;
    assert_ok(ctx, pgt_moments_of_frame(ctx, frame, spec, &m));
    return m;
}

/* Every product to 1e-14 of the lengths of its columns. */
static void assert_same_products(const pgdp_moments *a, const pgdp_moments *b)
{
    assert_int_equal(pgdp_moments_n_rows(a), pgdp_moments_n_rows(b));
    assert_int_equal(pgdp_moments_n_cells(a), pgdp_moments_n_cells(b));
    for (size_t i = 0; pgdp_moments_name(a, i) != NULL; i++) {
        assert_string_equal(pgdp_moments_name(a, i), pgdp_moments_name(b, i));
        for (size_t j = 0; j <= i; j++) {
            const double size = sqrt(pgdp_moments_product(b, i, i) * pgdp_moments_product(b, j, j));
            assert_close(pgdp_moments_product(a, i, j), pgdp_moments_product(b, i, j), 0, 1e-14 * size);
        }
    }
}

static void assert_same_model(const pgdp_moments *a, const pgdp_moments *b, double rel)
{
    const pgdp_regression_spec spec = { .formula = "y ~ x1 + x2 | d ~ z1 + z2", .vcov = "cluster(state + year)" };
    const pgdp_regression_spec draws = { .formula = "y ~ x1 + d", .vcov = "bootstrap(year, B=49)" };
    const pgdp_regression_spec *const specs[] = { &spec, &draws };
    for (size_t i = 0; i < 2; i++) {
        pgdp_regression *r = NULL, *s = NULL;
        assert_ok(ctx, pgdp_moments_regress(ctx, a, specs[i], &r));
        assert_ok(ctx, pgdp_moments_regress(ctx, b, specs[i], &s));
        pgt_assert_same_regressions(r, s, rel);
        pgdp_regression_free(r);
        pgdp_regression_free(s);
    }
}

static void parts_in_any_order_add_up_to_the_whole(void **state)
{
    (void)state;
    static const size_t orders[][PARTS] = { { 0, 1, 2, 3, 4 }, { 4, 3, 2, 1, 0 }, { 2, 0, 4, 1, 3 } };
    static const size_t ends[PARTS + 1] = { 0, 31, 400, 950, 1777, N };
    pgdp_frame *all = pgt_moments_frame(ctx, N, 0, N);
    pgdp_moments *whole = moments_of(all, &kept), *parts[PARTS];
    for (size_t p = 0; p < PARTS; p++) {
        pgdp_frame *rows = pgt_moments_frame(ctx, N, ends[p], ends[p + 1]);
        parts[p] = moments_of(rows, &kept);
        pgdp_frame_free(rows);
    }
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        pgdp_moments *sum = NULL;
        assert_ok(ctx, pgdp_moments_add(ctx, parts[orders[o][0]], parts[orders[o][1]], &sum));
        for (size_t p = 2; p < PARTS; p++) {
            pgdp_moments *next = NULL;
            assert_ok(ctx, pgdp_moments_add(ctx, sum, parts[orders[o][p]], &next));
            pgdp_moments_free(sum);
            sum = next;
        }
        assert_same_products(sum, whole);
        assert_same_model(sum, whole, 1e-12);
        pgdp_moments_free(sum);
    }
    for (size_t p = 0; p < PARTS; p++)
        pgdp_moments_free(parts[p]);
    pgdp_moments_free(whole);
    pgdp_frame_free(all);
}

static void moments_of_other_things_do_not_add(void **state)
{
    (void)state;
    pgdp_moments_spec other[] = { kept, kept, kept };
    static const char *const says[] = { "other columns", "other cells", "other weights" };
    other[0].formula = "y ~ x1 + x2 + d + z2 + z1";
    other[1].cells = "year";
    other[2].weights = "pw:w";
    pgdp_frame *frame = pgt_moments_frame(ctx, 60, 0, 60);
    pgdp_moments *m = moments_of(frame, &kept), *sum = NULL;
    for (size_t i = 0; i < 3; i++) {
        pgdp_moments *o = moments_of(frame, &other[i]);
        assert_status(ctx, pgdp_moments_add(ctx, m, o, &sum), PGDP_SHAPE_MISMATCH);
        assert_contains(pgdp_ctx_error(ctx), says[i]);
        pgdp_moments_free(o);
    }
    pgdp_moments_free(m);
    pgdp_frame_free(frame);
}

static pgt_buffer bytes_of(const pgdp_moments *m)
{
    pgt_buffer buffer = { 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(ctx, pgdp_moments_write(ctx, m, &sink));
    return buffer;
}

static void bytes_are_read_again_to_the_bit(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_moments_frame(ctx, N, 0, N);
    pgdp_moments *m = moments_of(frame, &kept), *again = NULL;
    pgt_buffer first = bytes_of(m);
    assert_ok(ctx, pgdp_moments_read(ctx, "m.mom", (const unsigned char *)first.data, first.n, &again));
    pgt_buffer second = bytes_of(again);
    assert_int_equal(first.n, second.n);
    assert_memory_equal(first.data, second.data, first.n);
    for (size_t i = 0; pgdp_moments_name(m, i) != NULL; i++)
        for (size_t j = 0; pgdp_moments_name(m, j) != NULL; j++)
            assert_true(!(pgdp_moments_product(m, i, j) < pgdp_moments_product(again, i, j)) &&
                        !(pgdp_moments_product(m, i, j) > pgdp_moments_product(again, i, j)));
    assert_same_model(again, m, 0);
    pgt_buffer_free(&first);
    pgt_buffer_free(&second);
    pgdp_moments_free(again);
    pgdp_moments_free(m);
    pgdp_frame_free(frame);
}

static void a_columnar_file_gives_the_bytes_of_its_frame(void **state)
{
    (void)state;
    enum { MANY = PGDP_BLOCK_ROWS + 700 };
    const pgdp_moments_spec spec = { .formula = "y ~ x1 + i(f) | d ~ z1",
                                     .cells = "state^year + state",
                                     .subset = "n < 4" };
    pgdp_frame *frame = pgt_moments_frame(ctx, MANY, 0, MANY);
    pgdp_moments *m = moments_of(frame, &spec), *of_file = NULL;
    pgdp_table_writer *writer = NULL;
    pgdp_table *table = NULL;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "t.pgt");
    assert_ok(ctx, pgdp_table_writer_new(ctx, path, frame, &writer));
    assert_ok(ctx, pgdp_table_writer_add(ctx, writer, frame));
    assert_ok(ctx, pgdp_table_writer_commit(ctx, writer));
    assert_ok(ctx, pgdp_table_open(ctx, path, NULL, 0, &table));
    pgdp_ctx_set_threads(ctx, 2);
    assert_ok(ctx, pgdp_moments_new(ctx, table, &spec, &of_file));
    pgdp_ctx_set_threads(ctx, 1);
    pgt_buffer first = bytes_of(m), second = bytes_of(of_file);
    assert_int_equal(first.n, second.n);
    assert_memory_equal(first.data, second.data, first.n);
    pgt_buffer_free(&first);
    pgt_buffer_free(&second);
    pgdp_moments_free(of_file);
    pgdp_moments_free(m);
    pgdp_table_free(table);
    pgdp_frame_free(frame);
    pgt_remove_folder(folder);
}

static void damaged_bytes_are_refused(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_moments_frame(ctx, 60, 0, 60);
    pgdp_moments *m = moments_of(frame, &kept), *again = NULL;
    pgt_buffer buffer = bytes_of(m);
    unsigned char *bytes = (unsigned char *)buffer.data;
    assert_status(ctx, pgdp_moments_read(ctx, "m.mom", bytes, buffer.n - 1, &again), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "m.mom: found a checksum");
    bytes[buffer.n / 2] ^= 1;
    assert_status(ctx, pgdp_moments_read(ctx, "m.mom", bytes, buffer.n, &again), PGDP_PARSE);
    assert_status(ctx, pgdp_moments_read(ctx, "m.mom", bytes, 5, &again), PGDP_PARSE);
    bytes[0] = 'x';
    assert_status(ctx, pgdp_moments_read(ctx, "m.mom", bytes, buffer.n, &again), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "m.mom: found other bytes");
    pgt_buffer_free(&buffer);
    pgdp_moments_free(m);
    pgdp_frame_free(frame);
}

/* A matrix of several blocks with uneven cells. */
static pg_moments *pass(size_t n, size_t n_cells, bool weighted, size_t n_threads)
{
    enum { K = 4 };
    static const char *const names[K] = { "(Intercept)", "a", "b", "c" };
    double *x = calloc(n * K, sizeof *x), *w = calloc(n, sizeof *w);
    uint32_t *cell = calloc(n, sizeof *cell), *group = calloc(n_cells, sizeof *group);
    pg_random random = pg_random_stream(5, "pass", 0);
    assert_true(x != NULL && w != NULL && cell != NULL && group != NULL);
    pg_random_uniforms(&random, x, n * K);
    for (size_t i = 0; i < n; i++) {
        cell[i] = (uint32_t)((double)n_cells * x[i] * x[i]);
        w[i] = 0.5 + x[i];
        x[i] = 1;
        x[i + n] += 1000;
    }
    for (size_t c = 0; c < n_cells; c++)
        group[c] = (uint32_t)c;
    const pg_cells cells = { n_cells, 1, (const uint32_t *const[]){ group }, &n_cells };
    const pg_matrix_blocks of = { pg_matrix_of(x, n, K), weighted ? w : NULL, n_cells > 1 ? cell : NULL };
    const pg_blocks blocks =
        pg_blocks_of_matrix(&of, names, weighted ? PGDP_ANALYTIC : PGDP_UNWEIGHTED, n_cells > 1 ? &cells : NULL);
    pg_moments *m = NULL;
    pgdp_ctx_set_threads(ctx, n_threads);
    assert_ok(ctx, pg_moments_pass(ctx, &blocks, NULL, &m));
    pgdp_ctx_set_threads(ctx, 1);
    free(x), free(w), free(cell), free(group);
    return m;
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static const size_t n_cells[] = { 1, 37, 30000 };
    for (size_t i = 0; i < 6; i++) {
        const size_t n = 4 * PGDP_BLOCK_ROWS + 1234;
        pg_moments *one = pass(n, n_cells[i / 2], i % 2 == 1, 1);
        for (size_t threads = 2; threads <= 4; threads += 2) {
            pg_moments *many = pass(n, n_cells[i / 2], i % 2 == 1, threads);
            assert_memory_equal(one->total, many->total, 16 * sizeof *one->total);
            assert_memory_equal(one->cross, many->cross, one->cells.n_cells * 16 * sizeof *one->cross);
            assert_memory_equal(&one->sum_log_weights, &many->sum_log_weights, sizeof one->sum_log_weights);
            pg_moments_free(many);
        }
        assert_int_equal(one->n_rows, n);
        pg_moments_free(one);
    }
}

static void cells_are_parts_of_the_total(void **state)
{
    (void)state;
    pg_moments *one = pass(70000, 1, true, 1), *many = pass(70000, 37, true, 1);
    for (size_t i = 0; i < 16; i++)
        assert_close(many->total[i], one->total[i], 0, 1e-14 * sqrt(one->total[i % 4 * 5] * one->total[i / 4 * 5]));
    assert_close(many->total[0], many->sum_weights, 1e-14, 0);
    assert_close(many->sum_log_weights, one->sum_log_weights, 1e-13, 0);
    pg_moments_free(one);
    pg_moments_free(many);
}

/* y on x1 and x2, where x2 is x1 times `near` and `apart` times noise, all about `mean`. */
static pgdp_frame *hard_frame(double mean, double near, double apart)
{
    static const char *const names[] = { "y", "x1", "x2", "g" };
    pgdp_frame *frame = NULL;
    pg_random random = pg_random_stream(3, "hard", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < 4; j++) {
        const pgdp_column c = { .name = names[j], .type = PGDP_REAL };
        size_t at;
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &c, &at));
    }
    for (size_t i = 0; i < N; i++) {
        double u[4];
        pg_random_uniforms(&random, u, 4);
        const double x1 = mean + floor(221 * u[0]) / 64; /* exact in binary and in decimals of every mean */
        const double x2 = near * x1 + apart * 3.46 * u[1];
        const double row[] = { 5 + (x1 - mean) - 2 * u[1] + u[2], x1, x2, floor(40 * u[3]) };
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (size_t j = 0; j < 4; j++)
            pgdp_frame_set_real(frame, j, row[j]);
    }
    return frame;
}

/* The certificate's digits of a fit from moments, none of which may be wrong; 0: refused. */
static double certified(const pgdp_frame *frame, const char *formula, const char *vcov)
{
    const pgdp_moments_spec columns = { .formula = formula, .cells = "g" };
    const pgdp_regression_spec spec = { .formula = formula, .vcov = vcov };
    pgdp_moments *m = moments_of(frame, &columns);
    pgdp_regression *rows = NULL, *sums = NULL;
    double digits = 0;
    assert_ok(ctx, pgdp_regress(ctx, frame, &spec, &rows));
    const pgdp_status status = pgdp_moments_regress(ctx, m, &spec, &sums);
    if (status == PGDP_OK) {
        const pgdp_fit *a = pgdp_regression_fit(sums), *b = pgdp_regression_fit(rows);
        digits = pgdp_fit_certificate(a).digits;
        const double error = pow(10, -digits);
        for (size_t j = 0; a->n_terms == b->n_terms && j < b->n_terms; j++) {
            const double se = sqrt(b->vcov[j + j * b->n_terms]);
            assert_close(a->estimate[j], b->estimate[j], error, error * se);
            assert_close(sqrt(a->vcov[j + j * b->n_terms]), se, fmax(error, 1e-12), 0);
        }
        pgdp_regression_free(sums);
    } else {
        assert_true(status == PGDP_NUMERICAL);
    }
    pgdp_regression_free(rows);
    pgdp_moments_free(m);
    return digits;
}

static void a_certificate_tells_lost_digits(void **state)
{
    (void)state;
    static const double aparts[] = { 1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9 };
    for (size_t i = 0; i < sizeof aparts / sizeof *aparts; i++) {
        const char *vcov = i % 2 == 0 ? "iid" : "cluster(g)";
        pgdp_frame *frame = hard_frame(0, 1, aparts[i]);
        const double digits = certified(frame, "y ~ x1 + x2", vcov);
        assert_true(i > 0 || digits > 13);
        assert_true(digits < fmax(15 + 2 * log10(aparts[i]), 8)); /* below: left out or refused */
        assert_true(certified(frame, "y ~ 1 | I(x1 + g / 10) ~ x1 + x2", vcov) < fmax(16 + 2 * log10(aparts[i]), 8));
        pgdp_frame_free(frame);
    }
}

static void a_large_mean_costs_what_doubles_of_that_size_do(void **state)
{
    (void)state;
    pgdp_frame *large = hard_frame(1e4, 0, 1), *huge = hard_frame(1e8, 0, 1);
    assert_true(certified(large, "y ~ x1 + x2", "iid") > 12);
    const double digits = certified(huge, "y ~ x1 + x2", "iid");
    assert_true(digits > 8 && digits < 12);
    pgdp_frame_free(large);
    pgdp_frame_free(huge);
}

static pgdp_status make_and_fit(pgdp_ctx *c, void *user)
{
    const pgdp_frame *frame = user;
    const pgdp_regression_spec spec = { .formula = "y ~ x1 + d", .vcov = "cluster(state)", .subset = "year > 2001" };
    pgdp_moments *m = NULL, *sum = NULL, *again = NULL;
    pgdp_regression *r = NULL;
    pgt_buffer buffer = { 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pgdp_status status = pgt_moments_of_frame(c, frame, &kept, &m);
    if (status == PGDP_OK) status = pgdp_moments_add(c, m, m, &sum);
    if (status == PGDP_OK) status = pgdp_moments_write(c, sum, &sink);
    if (status == PGDP_OK) status = pgdp_moments_read(c, "m", (const unsigned char *)buffer.data, buffer.n, &again);
    if (status == PGDP_OK) status = pgdp_moments_regress(c, again, &spec, &r);
    pgdp_regression_free(r);
    pgdp_moments_free(again);
    pgdp_moments_free(sum);
    pgdp_moments_free(m);
    pgt_buffer_free(&buffer);
    return status;
}

static void nothing_leaks_when_memory_is_out(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_moments_frame(ctx, 60, 0, 60);
    pgt_fail_every_allocation(make_and_fit, frame);
    pgdp_frame_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_in_any_order_add_up_to_the_whole),
        cmocka_unit_test(moments_of_other_things_do_not_add),
        cmocka_unit_test(bytes_are_read_again_to_the_bit),
        cmocka_unit_test(a_columnar_file_gives_the_bytes_of_its_frame),
        cmocka_unit_test(damaged_bytes_are_refused),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(cells_are_parts_of_the_total),
        cmocka_unit_test(a_certificate_tells_lost_digits),
        cmocka_unit_test(a_large_mean_costs_what_doubles_of_that_size_do),
        cmocka_unit_test(nothing_leaks_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
