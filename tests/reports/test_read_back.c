/* test_read_back.c  A workbook that is not what it was written from is found out. Source: reliability.md 5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/sample.h"

#include <stdlib.h>

#include "reports/sheets.h"
#include "reports/writers.h"

typedef struct fixture {
    pgt_sample s;
    pg_book book;
    char *folder, *bytes;
    size_t n;
} fixture;

static void open_fixture(fixture *f)
{
    pgt_sample_new(&f->s);
    f->folder = pgt_new_folder();
    const char *path = pgt_path(f->folder, "report.xlsx");
    assert_ok(f->s.ctx, pgdp_report_write(f->s.ctx, path, &f->s.results));
    f->bytes = pgt_read_file(path, &f->n);
    pg_book_init(&f->book, &f->s.ctx->scratch);
    assert_ok(f->s.ctx, pg_book_fill(f->s.ctx, &f->s.results, &f->book));
}

static void close_fixture(fixture *f)
{
    free(f->bytes);
    pgt_remove_folder(f->folder);
    pgt_sample_free(&f->s);
}

static pgdp_status read_back(fixture *f)
{
    return pg_read_back(f->s.ctx, &f->book, "report.xlsx", (const unsigned char *)f->bytes, f->n);
}

static void what_was_written_reads_back(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f);
    assert_ok(f.s.ctx, read_back(&f));
    close_fixture(&f);
}

/* Change one cell of the book at a time: each must be found, with its place. */
static void any_cell_that_differs_is_found(void **state)
{
    (void)state;
    fixture f;
    size_t changed = 0;
    open_fixture(&f);
    for (const pg_page *page = f.book.pages; page != NULL; page = page->next) {
        const pg_table *t = page->tables;
        if (t == NULL) continue;
        pg_value *v = &t->values[t->n_rows * t->n_columns - 1]; /* the last cell */
        const pg_value kept = *v;
        if (v->kind == PG_VALUE_NUMBER || v->kind == PG_VALUE_FORMULA || v->kind == PG_VALUE_BOOL) {
            v->number = v->kind == PG_VALUE_BOOL ? 1 - v->number : v->number * (1 + 4e-15) + 1e-12;
        }
        if (v->text != NULL || v->kind == PG_VALUE_MISSING) {
            *v = (pg_value){ .kind = PG_VALUE_TEXT, .text = "another" };
        }
        assert_status(f.s.ctx, read_back(&f), PGDP_IO);
        assert_contains(pgdp_ctx_error(f.s.ctx), page->name);
        assert_contains(pgdp_ctx_error(f.s.ctx), "reads back as");
        *v = kept;
        changed++;
    }
    assert_true(changed > 20);
    assert_ok(f.s.ctx, read_back(&f));
    close_fixture(&f);
}

static void a_line_or_a_sheet_that_lacks_is_found(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f);
    f.book.pages->lines->text = "another purpose";
    assert_status(f.s.ctx, read_back(&f), PGDP_IO);
    f.book.pages->lines->text = f.s.results.purpose;
    assert_ok(f.s.ctx, read_back(&f));
    assert_non_null(pg_book_add(&f.book, "One more", "t", "a"));
    assert_status(f.s.ctx, read_back(&f), PGDP_IO);
    assert_contains(pgdp_ctx_error(f.s.ctx), "One more");
    close_fixture(&f);
}

static void a_file_cut_off_is_found_wherever_it_is_cut(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f);
    const size_t whole = f.n;
    for (size_t k = 1; k < 24; k++) {
        f.n = whole * k / 24;
        const pg_mark mark = pg_arena_mark(&f.s.ctx->scratch);
        assert_status(f.s.ctx, read_back(&f), PGDP_IO);
        pg_arena_rewind(&f.s.ctx->scratch, mark);
    }
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_reads_back),
        cmocka_unit_test(any_cell_that_differs_is_found),
        cmocka_unit_test(a_line_or_a_sheet_that_lacks_is_found),
        cmocka_unit_test(a_file_cut_off_is_found_wherever_it_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
