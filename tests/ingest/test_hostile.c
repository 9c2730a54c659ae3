/* test_hostile.c  Every reader with its own sample, damaged in every way that files are: right data or one sentence, in
 * bounded memory and time. A new reader needs a sample, tests/fixtures/readers/NAME. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "reading.h"

#include <stdio.h>
#include <time.h>

#define SAMPLES "tests/fixtures/readers/"
enum { COLUMNS = 1000000, DEEP = 200000, SECONDS = 3 };
#define MOST_MEMORY ((size_t)256 << 20)

/* ---- memory that has an end ---- */

typedef struct bounded {
    size_t live, most;
} bounded;

/* Each piece begins with its size. */
static void *take(void *user, void *p, size_t size)
{
    enum { HEAD = 16 };
    bounded *b = user;
    unsigned char *old = p == NULL ? NULL : (unsigned char *)p - HEAD;
    const size_t before = old == NULL ? 0 : *(size_t *)(void *)old;
    if (size > before && b->live + size - before > MOST_MEMORY) return NULL;
    b->live += size - before;
    if (b->live > b->most) b->most = b->live;
    if (size == 0) {
        free(old);
        return NULL;
    }
    unsigned char *new = realloc(old, size + HEAD);
    assert_non_null(new);
    *(size_t *)(void *)new = size;
    return new + HEAD;
}

/* ---- one attempt ---- */

typedef struct outcome {
    pgdp_status status;
    size_t n_rows;
    char error[256];
} outcome;

static outcome attempt(const char *format, const char *bytes, size_t n, const char *how)
{
    bounded memory = { 0 };
    const pgdp_allocator allocator = { take, &memory };
    pgdp_ctx *ctx = pgdp_ctx_new(&allocator);
    pgdp_dataset *d = NULL;
    const pgdp_bytes in = { "hostile", (const unsigned char *)bytes, n };
    outcome o = { .n_rows = 0 };
    const clock_t start = clock();
    o.status = pgdp_ingest(ctx, format, &in, &d);
    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (o.status == PGDP_OK)
        for (size_t i = 0; i < pgdp_dataset_n_tables(d); i++)
            o.n_rows += pgdp_frame_n_rows(pgdp_dataset_table(d, i));
    else
        (void)snprintf(o.error, sizeof o.error, "%s", pgdp_ctx_error(ctx));
    pgdp_dataset_free(d);
    pgdp_ctx_free(ctx);
    if ((o.status != PGDP_OK && o.status != PGDP_PARSE) || seconds > SECONDS ||
        (o.status == PGDP_PARSE && strlen(o.error) < 15))
        fail_msg("reader %s, %s: %s after %.1f s, %zu bytes at most: \"%s\"", format == NULL ? "by content" : format,
                 how, pgdp_status_text(o.status), seconds, memory.most, o.error);
    assert_int_equal(memory.live, 0);
    return o;
}

static void must_refuse(const char *format, const char *bytes, size_t n, const char *how)
{
    if (attempt(format, bytes, n, how).status != PGDP_PARSE)
        fail_msg("reader %s took %s", format == NULL ? "by content" : format, how);
}

/* ---- samples ---- */

typedef struct sample {
    const char *format;
    char *bytes;
    size_t n, n_rows;
    bool text;
} sample;

static sample sample_of(const char *format)
{
    char path[128];
    sample s = { .format = format, .text = true };
    (void)snprintf(path, sizeof path, SAMPLES "%s", format);
    s.bytes = pgt_read_file(path, &s.n);
    for (size_t i = 0; i < s.n; i++)
        s.text = s.text && s.bytes[i] != '\0';
    const outcome whole = attempt(format, s.bytes, s.n, "the sample as it is");
    if (whole.status != PGDP_OK) fail_msg("reader %s refuses its own sample: %s", format, whole.error);
    s.n_rows = whole.n_rows;
    return s;
}

/* The sample with something put in at a place. */
static char *with(const sample *s, size_t at, const char *what, size_t n_what, size_t *n)
{
    char *bytes = malloc(s->n + n_what + 1);
    assert_non_null(bytes);
    memcpy(bytes, s->bytes, at);
    memcpy(bytes + at, what, n_what);
    memcpy(bytes + at + n_what, s->bytes + at, s->n - at);
    *n = s->n + n_what;
    return bytes;
}

static void cut_short(const sample *s)
{
    enum { CUTS = 40 };
    for (size_t i = 0; i < CUTS; i++)
        (void)attempt(s->format, s->bytes, s->n * i / CUTS, "cut short");
    must_refuse(s->format, s->bytes, 0, "a file of no bytes");
}

static void strange_bytes(const sample *s)
{
    static const struct {
        const char *bytes, *how;
        size_t n;
        bool refused; /* in every text */
    } odd[] = { { "\0", "a NUL byte", 1, true },           { "\"", "a stray quote", 1, false },
                { "\xe4", "a byte of Latin-1", 1, false }, { "\xff\xfe", "half a BOM", 2, false },
                { "\r", "a lone CR", 1, false },           { "\"\n\"", "a line end in quotes", 3, false },
                { "=1+1", "a formula", 4, false },         { "\x1a", "an end mark of DOS", 1, false } };
    enum { PLACES = 12 };
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++)
        for (size_t i = 0; i < PLACES; i++) {
            size_t n;
            char *bytes = with(s, (s->n - 1) * i / PLACES + 1, odd[k].bytes, odd[k].n, &n);
            const outcome o = attempt(s->format, bytes, n, odd[k].how);
            if (s->text && odd[k].refused && o.status == PGDP_OK) fail_msg("reader %s took %s", s->format, odd[k].how);
            free(bytes);
        }
}

static void flipped_bits(const sample *s)
{
    uint64_t state = 12345;
    char *bytes = malloc(s->n);
    assert_non_null(bytes);
    for (size_t i = 0; i < 150; i++) {
        memcpy(bytes, s->bytes, s->n);
        for (size_t k = 0; k <= i % 4; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            bytes[(state >> 33) % s->n] = (char)(state >> 20);
        }
        (void)attempt(s->format, bytes, s->n, "changed bytes");
    }
    free(bytes);
}

/* Line ends of all three kinds in one file change nothing. */
static void mixed_line_ends(const sample *s)
{
    char *bytes = malloc(2 * s->n + 1);
    size_t n = 0, lines = 0;
    assert_non_null(bytes);
    for (size_t i = 0; i < s->n; i++) {
        if (s->bytes[i] == '\r') continue;
        if (s->bytes[i] != '\n') {
            bytes[n++] = s->bytes[i];
            continue;
        }
        if (lines % 3 != 0) bytes[n++] = '\r';
        if (lines++ % 3 != 2) bytes[n++] = '\n';
    }
    const outcome o = attempt(s->format, bytes, n, "mixed line ends");
    if (o.status != PGDP_OK || o.n_rows != s->n_rows)
        fail_msg("reader %s with mixed line ends: %zu rows, expected %zu: %s", s->format, o.n_rows, s->n_rows, o.error);
    free(bytes);
}

static void utf_16(const sample *s)
{
    char *bytes = malloc(2 * s->n + 2);
    assert_non_null(bytes);
    memcpy(bytes, "\xff\xfe", 2);
    for (size_t i = 0; i < s->n; i++) {
        bytes[2 + 2 * i] = s->bytes[i];
        bytes[3 + 2 * i] = '\0';
    }
    must_refuse(s->format, bytes, 2 * s->n + 2, "UTF-16");
    free(bytes);
}

static void for_every_reader(void (*damage)(const sample *s), bool text_alone)
{
    for (size_t i = 0; pgdp_reader_at(i) != NULL; i++) {
        sample s = sample_of(pgdp_reader_at(i)->name);
        if (s.text || !text_alone) damage(&s);
        free(s.bytes);
    }
}

static void files_cut_short_are_data_or_a_sentence(void **state)
{
    (void)state;
    for_every_reader(cut_short, false);
}

static void strange_bytes_anywhere_are_data_or_a_sentence(void **state)
{
    (void)state;
    for_every_reader(strange_bytes, false);
}

static void changed_bytes_are_data_or_a_sentence(void **state)
{
    (void)state;
    for_every_reader(flipped_bits, false);
}

static void line_ends_of_all_kinds_are_line_ends(void **state)
{
    (void)state;
    for_every_reader(mixed_line_ends, true);
}

static void utf_16_is_refused_by_all(void **state)
{
    (void)state;
    for_every_reader(utf_16, true);
}

static void workbooks_that_are_binary_or_described_are_no_safer(void **state)
{
    static const char *const files[] = { SAMPLES "xls", SAMPLES "xlsx_described" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        sample s = { .format = "xlsx" };
        s.bytes = pgt_read_file(files[i], &s.n);
        cut_short(&s);
        strange_bytes(&s);
        flipped_bits(&s);
        free(s.bytes);
    }
}

/* ---- files that are too much, for every reader and by content ---- */

static char *repeat(const char *piece, size_t n, const char *end)
{
    const size_t length = strlen(piece);
    char *text = malloc(n * length + strlen(end) + 1);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * length, piece, length);
    (void)strcpy(text + n * length, end);
    return text;
}

static void refused_by_all(const char *text, const char *how)
{
    for (size_t i = 0; pgdp_reader_at(i) != NULL; i++)
        must_refuse(pgdp_reader_at(i)->name, text, strlen(text), how);
    must_refuse(NULL, text, strlen(text), how);
}

static void a_million_columns_are_refused_by_all(void **state)
{
    char *text = repeat("a,", COLUMNS, "a\n1,2\n");
    (void)state;
    refused_by_all(text, "a million columns");
    free(text);
    text = repeat("a\t", COLUMNS, "a\n1\t2\n");
    refused_by_all(text, "a million columns between TABs");
    free(text);
}

static void what_is_nested_too_deep_is_no_data(void **state)
{
    static const char *const pieces[] = { "[", "{\"a\":", "<a>" };
    (void)state;
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        char *text = repeat(pieces[k], DEEP, "");
        must_refuse(NULL, text, strlen(text), pieces[k]);
        for (size_t i = 0; pgdp_reader_at(i) != NULL; i++) { /* as a line of CSV it is the name of a column */
            const char *format = pgdp_reader_at(i)->name;
            const outcome o = attempt(format, text, strlen(text), pieces[k]);
            if (o.status == PGDP_OK && o.n_rows > 0) fail_msg("reader %s made rows of %s", format, pieces[k]);
        }
        free(text);
    }
}

static void entities_that_multiply_are_refused(void **state)
{
    static const char bomb[] =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE observations [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
        "\"&a;&a;&a;&a;&a;&a;\">]>\n<observations realtime_start=\"&b;\"><observation date=\"&b;\"/></observations>";
    (void)state;
    must_refuse("fred_api_xml", bomb, sizeof bomb - 1, "entities");
    must_refuse("fred_lists", bomb, sizeof bomb - 1, "entities");
    must_refuse(NULL, bomb, sizeof bomb - 1, "entities");
}

static void names_that_come_twice_are_told_with_their_place(void **state)
{
    pgt_refuse(*state, "csv", "a,b,a\n1,2,3\n", "invented:1:3: the header names \"a\" twice (column 1 too)");
    pgt_refuse(*state, "labstat", "series_id\tyear\tperiod\tvalue\tx\tx\nA\t2031\tM01\t1\t2\t3\n", "twice");
    pgt_refuse(*state, "fred_md", "sasdate,A,A\n1/1/2031,1,2\n", "twice");
    pgt_refuse(*state, "onet_text", "Scale ID\tScale ID\nA\tB\n", "twice");
}

static void formulas_in_cells_are_texts(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "a,b\n=1+1,1\n\"=HYPERLINK(\"\"x\"\")\",2\n@SUM(A1),3\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "a", 0), "=1+1");
    assert_string_equal(pgt_cell(f, "a", 1), "=HYPERLINK(\"x\")");
    assert_string_equal(pgt_cell(f, "a", 2), "@SUM(A1)");
    pgdp_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_cut_short_are_data_or_a_sentence),
        TEST(strange_bytes_anywhere_are_data_or_a_sentence),
        TEST(changed_bytes_are_data_or_a_sentence),
        TEST(line_ends_of_all_kinds_are_line_ends),
        TEST(utf_16_is_refused_by_all),
        TEST(workbooks_that_are_binary_or_described_are_no_safer),
        TEST(a_million_columns_are_refused_by_all),
        TEST(what_is_nested_too_deep_is_no_data),
        TEST(entities_that_multiply_are_refused),
        TEST(names_that_come_twice_are_told_with_their_place),
        TEST(formulas_in_cells_are_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
