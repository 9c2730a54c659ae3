/* test_provenance.c  Every file among the shared sources is read as PROVENANCE.md says: that list is the table of this
 * test. SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include <stdio.h>

enum { CELLS = 4, TEXT = 400 };
typedef char cells[CELLS][TEXT];

/* Prose, and one file of fixed width: each must be refused in a sentence. */
static bool is_prose(const char *path)
{
    static const char *const parts[] = { "LICENSE", "NOTICE.md", "Read Me.txt", "bea/io-2002/" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(path, parts[i]) != NULL) return true;
    return false;
}

/* Lines above and below the data that the list counts as rows, and columns that are ours or nobody's. */
static const struct {
    const char *path;
    size_t rows;
    int columns;
} differences[] = {
    { "fred/fred-md/2023-06/current.csv", 3, 0 }, /* Transform:, two rows of commas */
    { "fred/fred-qd/", 2, 0 },                    /* factors, transform */
    { "2023-preamble/CPIAUCSL.csv", 10, 0 },
    { "2023-preamble/FEDFUNDS", 10, 0 },
    { "2023-preamble/GDP", 10, 0 },
    { "fed-board/FRB_H15.csv", 5, 0 },
    { "2012/bananas.csv", 0, -1 }, /* a comma at the end of each line */
    { "2012/cpi-CUSR0000SA0.csv", 0, -1 },
    { "bls/labstat/cu/cu.data", 0, 1 },
    { "bls/labstat/pr/", 0, 1 },
    { "release_2025_02_10/wage_data.csv", 0, 1 }, /* MedianSalary_period */
    { "panels/nlswork/nlswork.dta", 0, 1 },       /* race_label */
};

static size_t total_rows(const pgdp_dataset *d)
{
    size_t n = 0;
    for (size_t i = 0; i < pgdp_dataset_n_tables(d); i++)
        n += pgdp_frame_n_rows(pgdp_dataset_table(d, i));
    return n;
}

static void check_shape(const char *path, const pgdp_dataset *d, size_t rows, size_t columns)
{
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    int more = 0;
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if (strstr(path, differences[i].path) != NULL) {
            rows -= differences[i].rows;
            more = differences[i].columns;
        }
    const size_t n = pgdp_frame_n_columns(f), want = (size_t)((int)columns + more);
    const bool flags = strcmp(pgdp_dataset_format(d), "oews") == 0; /* NAME_flag beside numbers */
    if (pgdp_frame_n_rows(f) != rows || (flags ? n < want : n != want))
        fail_msg("%s: %zu rows and %zu columns, expected %zu and %zu", path, pgdp_frame_n_rows(f), n, rows, want);
}

/* "2000-01-01 to 2026-02-01, real-time 2026-03-11" of observations of which some are missing. */
static void check_observations(const char *path, const pgdp_dataset *d, const char *contents, const char *coverage)
{
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    unsigned n, n_missing;
    char first[11], last[11], vintage[11];
    const double *x = pgdp_frame_reals(f, 1);
    const int32_t *periods = pgdp_frame_periods(f, 0);
    size_t missing = 0;
    assert_int_equal(sscanf(contents, "%u observations, %u missing", &n, &n_missing), 2);
    assert_int_equal(sscanf(coverage, "%10s to %10[^,], real-time %10s", first, last, vintage), 3);
    const size_t rows = pgdp_frame_n_rows(f);
    for (size_t i = 0; i < rows; i++)
        missing += isnan(x[i]) != 0;
    if (rows != n || missing != n_missing) fail_msg("%s: %zu rows, %zu missing", path, rows, missing);
    for (size_t i = 0; i < 2; i++) {
        const pgdp_period period = { pgdp_frame_column(f, 0)->frequency, periods[i == 0 ? 0 : rows - 1] };
        char day[16];
        pgdp_period_format((pgdp_period){ PGDP_DAILY, pgdp_period_first_day(period) }, day);
        assert_string_equal(day, i == 0 ? first : last);
    }
    assert_string_equal(pgdp_frame_column(f, 1)->vintage, vintage);
}

/* "Skills 62581x15; ...": of the first sheet, the header too. Sheets with titles have fewer rows of data. */
static void check_sheet(const char *path, const pgdp_dataset *d, size_t rows, size_t columns)
{
    const char *format = pgdp_dataset_format(d);
    const size_t n = pgdp_frame_n_rows(pgdp_dataset_table(d, 0)), m = pgdp_frame_n_columns(pgdp_dataset_table(d, 0));
    const bool header_alone = strncmp(path, "onet/", 5) == 0 || strcmp(format, "oews") == 0;
    if (strncmp(format, "bea_", 4) == 0 || strcmp(format, "btos") == 0 || strcmp(format, "ep") == 0) return; /* long */
    if (strncmp(path, "census/", 7) == 0 && strcmp(format, "crosswalk") == 0) return; /* its first sheet is no table */
    if (header_alone ? n + 1 != rows : n >= rows) fail_msg("%s: %zu rows of a sheet with %zu", path, n, rows);
    if (strcmp(format, "oews") == 0 ? m < columns : m > columns) fail_msg("%s: %zu columns of %zu", path, m, columns);
}

static void check(const char *path, const pgdp_dataset *d, const char *contents, const char *coverage)
{
    unsigned a, b;
    char sheet[64];
    if (sscanf(contents, "%u rows x %u cols", &a, &b) == 2)
        check_shape(path, d, a, b);
    else if (strstr(contents, " observations, ") != NULL)
        check_observations(path, d, contents, coverage);
    else if (sscanf(contents, "%u models, %u prices", &a, &b) == 2)
        assert_int_equal(pgdp_frame_n_rows(pgdp_dataset_table(d, 0)), b);
    else if (sscanf(contents, "%u record%1[s]", &a, sheet) == 2)
        assert_int_equal(pgdp_frame_n_rows(pgdp_dataset_table(d, 0)), a);
    else if (strstr(path, ".xlsx") != NULL && strstr(contents, "x") != NULL) {
        const char *size = contents + strcspn(contents, ";");
        while (size > contents && size[-1] != ' ')
            size--;
        if (sscanf(size, "%ux%u", &a, &b) == 2) check_sheet(path, d, a, b);
    }
}

/* "| `path` | what | contents | coverage | ..." into its cells; false for other lines. */
static bool parse_line(const char *line, cells out)
{
    if (strncmp(line, "| `", 3) != 0) return false;
    const char *at = line + 2;
    for (size_t i = 0; i < CELLS; i++) {
        const char *end = strstr(at, " | ");
        if (end == NULL) return false;
        (void)snprintf(out[i], TEXT, "%.*s", (int)(end - at), at);
        at = end + 3;
    }
    char *tick = strchr(out[0] + 1, '`');
    if (tick == NULL) return false;
    *tick = '\0';
    memmove(out[0], out[0] + 1, strlen(out[0]));
    return true;
}

static size_t check_line(pgdp_ctx *ctx, const cells line)
{
    char name[TEXT + 8];
    pgdp_dataset *d = NULL;
    (void)snprintf(name, sizeof name, "data/%.300s", line[0]);
    const char *path = pgt_shared_path(name);
    assert_non_null(path);
    const pgdp_status status = pgdp_ingest_file(ctx, NULL, path, &d);
    if (is_prose(line[0])) {
        if (status != PGDP_PARSE) fail_msg("%s was read as %s", line[0], d == NULL ? "" : pgdp_dataset_format(d));
        return 0;
    }
    if (status != PGDP_OK) fail_msg("%s: %s", line[0], pgdp_ctx_error(ctx));
    assert_true(total_rows(d) > 0);
    check(line[0], d, line[2], line[3]);
    pgdp_dataset_free(d);
    return 1;
}

static void every_file_of_the_list_is_read_as_the_list_says(void **state)
{
    const char *path = pgt_shared_path("data/PROVENANCE.md");
    if (path == NULL) skip();
    char *text = pgt_read_file(path, NULL);
    size_t n = 0;
    for (char *line = text; line != NULL && *line != '\0';) {
        static cells c;
        char *next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        if (parse_line(line, c)) n += check_line(*state, (const char(*)[TEXT])c);
        line = next;
    }
    free(text);
    assert_true(n > 190);
}

/* Text and Excel editions of O*NET: a column of one name has one type. */
static void both_editions_of_onet_have_columns_of_the_same_types(void **state)
{
    static const char *const names[] = { "Content Model Reference", "DWA Reference",
                                         "Emerging Tasks",          "Job Zones",
                                         "Scales Reference",        "Task Categories",
                                         "Task Statements",         "Tasks to DWAs",
                                         "Work Context Categories" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[TEXT], book[TEXT];
        (void)snprintf(text, sizeof text, "data/onet/db_29_1_text/%s.txt", names[i]);
        (void)snprintf(book, sizeof book, "data/onet/db_30_1_excel/%s.xlsx", names[i]);
        pgdp_dataset *a = pgt_ingest_shared(*state, "onet_text", text), *b = pgt_ingest_shared(*state, "xlsx", book);
        if (a == NULL || b == NULL) skip();
        const pgdp_frame *f = pgdp_dataset_table(a, 0), *g = pgdp_dataset_table(b, 0);
        for (size_t j = 0; j < pgdp_frame_n_columns(f); j++)
            assert_int_equal(pgt_about(g, pgdp_frame_column(f, j)->name)->type, pgdp_frame_column(f, j)->type);
        pgdp_dataset_free(a);
        pgdp_dataset_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_file_of_the_list_is_read_as_the_list_says),
        TEST(both_editions_of_onet_have_columns_of_the_same_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
