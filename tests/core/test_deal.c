/* test_deal.c  Items dealt over ranks, whose results are texts of any length, end on every rank; what fails on one ends
 * all. Ranks are threads. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/spread.h"
#include "tests/support/ranks.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

enum { N = 103, LONGEST = 300 };

typedef struct job {
    size_t n;
    bool in_turn;
    size_t run_fails, keep_fails, take_fails, cut; /* items that do; PGDP_NONE: none */
    pgdp_status want;
    const char *sentence;
} job;

/* What a rank has of the items. */
typedef struct own {
    const job *job;
    size_t n_run, n_kept, n_taken, last_kept;
    char text[N][LONGEST + 1];
} own;

static size_t length_of(size_t item)
{
    return item * 37 % LONGEST; /* item 0 has none */
}

static pgdp_status run(pgdp_ctx *ctx, void *user, size_t item)
{
    own *o = user;
    memset(o->text[item], 'a' + (int)(item % 26), length_of(item));
    assert_true(!pg_meets(ctx));
    return item == o->job->run_fails ? pg_fail(ctx, PGDP_NO_MEMORY, "item %zu is too large", item) : PGDP_OK;
}

static pgdp_status keep(pgdp_ctx *ctx, void *user, size_t item, pg_text *to)
{
    own *o = user;
    o->n_kept++;
    assert_true(o->n_kept == 1 || item > o->last_kept);
    o->last_kept = item;
    if (item == o->job->keep_fails) return pg_fail(ctx, PGDP_NUMERICAL, "item %zu has no text", item);
    if (to != NULL) pg_pack_bytes(to, o->text[item], length_of(item) - (item == o->job->cut));
    return PGDP_OK;
}

static pgdp_status take(pgdp_ctx *ctx, void *user, size_t item, pg_packed *from)
{
    own *o = user;
    o->n_taken++;
    if (item == o->job->take_fails) return pg_fail(ctx, PGDP_IO, "item %zu cannot be kept", item);
    pg_unpack_bytes(from, o->text[item], length_of(item));
    return PGDP_OK;
}

static void deal(pgdp_ctx *ctx, void *user)
{
    const job *j = user;
    const pg_dealing how = { .in_turn = j->in_turn, .run = run, .keep = keep, .take = take };
    own *o = calloc(1, sizeof *o);
    assert_non_null(o);
    o->job = j;
    assert_int_equal(pg_deal(ctx, j->n, &how, o), j->want);
    if (j->want != PGDP_OK) assert_string_equal(pgdp_ctx_error(ctx), j->sentence);
    for (size_t i = 0; i < j->n && j->want == PGDP_OK; i++) {
        assert_int_equal(strlen(o->text[i]), length_of(i));
        assert_int_equal(strspn(o->text[i], (const char[]){ (char)('a' + i % 26), '\0' }), length_of(i));
    }
    const pg_range range = pg_rank_range(j->n, pg_rank(ctx), pg_n_ranks(ctx));
    if (j->want == PGDP_OK) assert_true(o->n_kept == range.end - range.first && o->n_taken == j->n - o->n_kept);
    free(o);
}

static void every_rank_ends_with_every_text(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 2, 5, N };
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t n_ranks = 1; n_ranks <= 5; n_ranks++)
            for (size_t n_threads = 1; n_threads <= 2; n_threads++) {
                job j = { sizes[s], n_threads == 1, PGDP_NONE, PGDP_NONE, PGDP_NONE, PGDP_NONE, PGDP_OK, "" };
                pgt_run_ranks(n_ranks, n_threads, deal, &j);
            }
}

static void what_fails_on_one_rank_fails_on_all_with_its_sentence(void **state)
{
    (void)state;
    static const job jobs[] = {
        { N, true, 30, PGDP_NONE, PGDP_NONE, PGDP_NONE, PGDP_NO_MEMORY, "item 30 is too large" },
        { N, false, PGDP_NONE, 31, PGDP_NONE, PGDP_NONE, PGDP_NUMERICAL, "item 31 has no text" },
        { N, false, PGDP_NONE, PGDP_NONE, 32, PGDP_NONE, PGDP_IO, "item 32 cannot be kept" },
        { N, true, PGDP_NONE, PGDP_NONE, PGDP_NONE, 8, PGDP_IO, "the results of item 8 came from rank 0 cut short" },
    };
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        job j = jobs[i];
        for (size_t n_ranks = 2; n_ranks <= 4; n_ranks += 2)
            pgt_run_ranks(n_ranks, 1, deal, &j);
    }
}

/* A rank's items, and the cost of those it has when one of every `period` costs 1 and the others nothing. */
typedef struct shares {
    size_t n, period;
    size_t cost[8], owner[4096];
} shares;

static pgdp_status note(pgdp_ctx *ctx, void *user, size_t item)
{
    shares *s = user;
    s->owner[item] = pg_rank(ctx); /* each item is one rank's: no two write the same */
    return PGDP_OK;
}

static pgdp_status keep_none(pgdp_ctx *ctx, void *user, size_t item, pg_text *to)
{
    (void)ctx, (void)user, (void)item, (void)to;
    return PGDP_OK;
}

static pgdp_status take_none(pgdp_ctx *ctx, void *user, size_t item, pg_packed *from)
{
    (void)ctx, (void)user, (void)item, (void)from;
    return PGDP_OK;
}

static void deal_shares(pgdp_ctx *ctx, void *user)
{
    shares *s = user;
    const pg_dealing how = { .in_turn = true, .run = note, .keep = keep_none, .take = take_none };
    assert_int_equal(pg_deal(ctx, s->n, &how, s), PGDP_OK);
}

static void no_rank_gets_all_costly_items_of_a_list_with_a_period(void **state)
{
    (void)state;
    for (size_t n_ranks = 2; n_ranks <= 4; n_ranks++)
        for (size_t period = 2; period <= 16; period++) {
            shares s = { .n = 4096, .period = period };
            pgt_run_ranks(n_ranks, 1, deal_shares, &s);
            for (size_t i = 0; i < s.n; i += period)
                s.cost[s.owner[i]]++;
            const double even = (double)(s.n / period) / (double)n_ranks;
            for (size_t r = 0; r < n_ranks; r++)
                if ((double)s.cost[r] > 1.25 * even || (double)s.cost[r] < 0.75 * even)
                    fail_msg("rank %zu of %zu has %zu of %zu costly items, one of every %zu", r, n_ranks, s.cost[r],
                             s.n / period, period);
        }
}

static void see_other_items(pgdp_ctx *ctx, void *user)
{
    const job *j = user;
    const pg_dealing how = { .run = run, .keep = keep, .take = take };
    own *o = calloc(1, sizeof *o);
    assert_non_null(o);
    o->job = j;
    assert_int_equal(pg_deal(ctx, j->n - (pg_rank(ctx) == 1), &how, o), PGDP_IO);
    assert_contains(pgdp_ctx_error(ctx), "rank 0 came to deal out work (103 items");
    assert_contains(pgdp_ctx_error(ctx), "rank 1 to deal out work (102 of");
    free(o);
}

static void ranks_that_deal_other_items_are_found_out(void **state)
{
    (void)state;
    job j = { N, false, PGDP_NONE, PGDP_NONE, PGDP_NONE, PGDP_NONE, PGDP_OK, "" };
    pgt_run_ranks(3, 1, see_other_items, &j);
}

static void end_alone(pgdp_ctx *ctx, void *user)
{
    const job *j = user;
    const pg_dealing how = { .run = run, .keep = keep, .take = take };
    own *o = calloc(1, sizeof *o);
    assert_non_null(o);
    o->job = j;
    pgdp_status status = pg_fail(ctx, PGDP_PARSE, "gdp.csv:7: found no number");
    if (pg_rank(ctx) != 2) status = pg_deal(ctx, j->n, &how, o);
    assert_int_equal(status, PGDP_PARSE);
    if (pg_rank(ctx) != 2) assert_string_equal(pgdp_ctx_error(ctx), "rank 2 of 3: gdp.csv:7: found no number");
    assert_int_equal(pgdp_ranks_end(ctx, pgdp_status_exit_code(status)), 3);
    free(o);
}

static void a_rank_that_fails_before_is_not_waited_for(void **state)
{
    (void)state;
    job j = { N, false, PGDP_NONE, PGDP_NONE, PGDP_NONE, PGDP_NONE, PGDP_OK, "" };
    pgt_run_ranks(3, 1, end_alone, &j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rank_ends_with_every_text),
        cmocka_unit_test(what_fails_on_one_rank_fails_on_all_with_its_sentence),
        cmocka_unit_test(no_rank_gets_all_costly_items_of_a_list_with_a_period),
        cmocka_unit_test(ranks_that_deal_other_items_are_found_out),
        cmocka_unit_test(a_rank_that_fails_before_is_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
