/* statistics.h  Four invented people as a file of Stata, SAS or SPSS, and readers found by content.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_STATISTICS_H
#define PGT_STATISTICS_H

#include "direct.h"

#include <readstat.h>

#include "ingest/statistics_file.h"

/* What to write: the format of its dates is the kind's own. */
typedef struct people {
    pg_statistics_kind kind;
    int version; /* 0: the writer's own choice */
    readstat_compress_t compression;
    const char *date_format; /* of the column day */
    double days[4];          /* NaN: missing */
} people;
enum { N_PEOPLE = 4 };

static inline ssize_t put_bytes(const void *data, size_t n, void *user)
{
    const pgdp_sink sink = pgt_sink(user);
    return sink.write(sink.user, data, n) == PGDP_OK ? (ssize_t)n : -1;
}

static inline readstat_error_t begin_writing(readstat_writer_t *writer, const people *as, pgt_buffer *out)
{
    switch (as->kind) {
    case PG_STATA:
        return readstat_begin_writing_dta(writer, out, N_PEOPLE);
    case PG_SAS:
        return readstat_begin_writing_sas7bdat(writer, out, N_PEOPLE);
    case PG_SAS_TRANSPORT:
        return readstat_begin_writing_xport(writer, out, N_PEOPLE);
    case PG_SPSS:
        return readstat_begin_writing_sav(writer, out, N_PEOPLE);
    default:
        return readstat_begin_writing_por(writer, out, N_PEOPLE);
    }
}

static inline bool has_tags(const people *as)
{
    return (as->kind == PG_STATA && (as->version == 0 || as->version >= 113)) || as->kind == PG_SAS ||
           as->kind == PG_SAS_TRANSPORT;
}

static inline void put_row(readstat_writer_t *writer, const people *as, int i)
{
    static const double wages[] = { 2.385, (double)NAN, 7.3125, -0.5 };
    static const int races[] = { 1, 2, 0, 3 }, reasons[] = { 1, 0, 0, 0 };
    static const char *const names[] = { "Ann", "Bob", "", "Eve, the third" };
    const char tags[] = { 0, as->kind == PG_STATA ? 'a' : 'A', as->kind == PG_STATA ? 'b' : 'B', 0 };
    readstat_variable_t *at[5];
    for (int j = 0; j < 5; j++)
        at[j] = readstat_get_variable(writer, j);
    assert_int_equal(readstat_begin_row(writer), READSTAT_OK);
    (void)(isnan(wages[i]) ? readstat_insert_missing_value(writer, at[0])
                           : readstat_insert_double_value(writer, at[0], wages[i]));
    (void)(races[i] == 0 ? readstat_insert_missing_value(writer, at[1])
                         : readstat_insert_double_value(writer, at[1], races[i]));
    if (has_tags(as) && tags[i] != 0)
        (void)readstat_insert_tagged_missing_value(writer, at[2], tags[i]);
    else
        (void)readstat_insert_double_value(writer, at[2], i == 3 ? -9 : reasons[i]);
    (void)readstat_insert_string_value(writer, at[3], names[i]);
    (void)(isnan(as->days[i]) ? readstat_insert_missing_value(writer, at[4])
                              : readstat_insert_double_value(writer, at[4], as->days[i]));
    assert_int_equal(readstat_end_row(writer), READSTAT_OK);
}

/* To be freed with pgt_buffer_free(). */
static inline pgt_buffer write_people(const people *as)
{
    static const char *const lower[] = { "wage", "race", "why", "name", "day" };
    static const char *const upper[] = { "WAGE", "RACE", "WHY", "NAME", "DAY" };
    const char *const *names = as->kind == PG_SPSS_PORTABLE ? upper : lower;
    pgt_buffer out = { 0 };
    readstat_writer_t *writer = readstat_writer_init();
    const bool spss = as->kind == PG_SPSS || as->kind == PG_SPSS_PORTABLE;
    (void)readstat_set_data_writer(writer, put_bytes);
    if (as->version != 0) (void)readstat_writer_set_file_format_version(writer, (uint8_t)as->version);
    (void)readstat_writer_set_compression(writer, as->compression);
    (void)readstat_writer_set_file_label(writer, "Invented people");
    (void)readstat_writer_set_table_name(writer, "PEOPLE");
    readstat_label_set_t *labels = readstat_add_label_set(writer, READSTAT_TYPE_DOUBLE, "races");
    readstat_label_double_value(labels, 1, "White");
    readstat_label_double_value(labels, 2, "Black");
    readstat_label_double_value(labels, 3, "Other");
    for (int j = 0; j < 5; j++) {
        readstat_variable_t *v = readstat_add_variable(
            writer, names[j], j == 3 ? READSTAT_TYPE_STRING : READSTAT_TYPE_DOUBLE, j == 3 ? 20 : 8);
        if (j == 0) readstat_variable_set_label(v, "Hourly wage");
        if (j == 1 && as->kind != PG_SAS && as->kind != PG_SAS_TRANSPORT) readstat_variable_set_label_set(v, labels);
        if (j == 2 && spss) (void)readstat_variable_add_missing_double_value(v, -9);
        if (j == 4) readstat_variable_set_format(v, as->date_format);
    }
    assert_int_equal(begin_writing(writer, as, &out), READSTAT_OK);
    for (int i = 0; i < N_PEOPLE; i++)
        put_row(writer, as, i);
    assert_int_equal(readstat_end_writing(writer), READSTAT_OK);
    readstat_writer_free(writer);
    return out;
}

static inline pgdp_status read_statistics(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset **out)
{
    return read_direct(ctx, NULL, in->label, in->data, in->n, out);
}

static inline pgdp_dataset *read_people(pgdp_ctx *ctx, const char *format, const people *as)
{
    pgt_buffer file = write_people(as);
    const pgdp_bytes in = { "people", (const unsigned char *)file.data, file.n };
    pgdp_dataset *dataset = NULL;
    assert_ok(ctx, read_statistics(ctx, &in, &dataset));
    assert_string_equal(pgdp_dataset_format(dataset), format);
    pgt_buffer_free(&file);
    return dataset;
}

/* The cells that every kind has. */
static inline void assert_people(const pgdp_frame *f)
{
    assert_int_equal(pgdp_frame_n_rows(f), N_PEOPLE);
    assert_close(pgt_real(f, "wage", 0), 2.385, 0, 0);
    assert_true(isnan(pgt_real(f, "wage", 1)));
    assert_close(pgt_real(f, "wage", 3), -0.5, 0, 0);
    assert_close(pgt_real(f, "race", 3), 3, 0, 0);
    assert_true(isnan(pgt_real(f, "race", 2)));
    assert_string_equal(pgt_cell(f, "name", 0), "Ann");
    assert_string_equal(pgt_cell(f, "name", 2), ".");
    assert_string_equal(pgt_cell(f, "name", 3), "Eve, the third");
    assert_string_equal(pgdp_frame_note(f, "label:wage"), "Hourly wage");
}

static inline void assert_labelled(const pgdp_frame *f)
{
    assert_string_equal(pgt_cell(f, "race_label", 0), "White");
    assert_string_equal(pgt_cell(f, "race_label", 2), ".");
    assert_string_equal(pgt_cell(f, "race_label", 3), "Other");
    assert_string_equal(pgdp_frame_note(f, "labels:race"), "1=White; 2=Black; 3=Other");
    assert_int_equal(pgdp_frame_find(f, "race_label"), pgdp_frame_find(f, "race") + 1);
}

static inline pgdp_status read_and_free(pgdp_ctx *ctx, void *user)
{
    pgdp_dataset *dataset = NULL;
    const pgdp_status status = read_statistics(ctx, user, &dataset);
    pgdp_dataset_free(dataset);
    return status;
}

static inline void read_without_memory(const people *as)
{
    pgt_buffer file = write_people(as);
    pgdp_bytes in = { "people", (const unsigned char *)file.data, file.n };
    assert_true(pgt_fail_every_allocation(read_and_free, &in) > 1);
    pgt_buffer_free(&file);
}

/* A copy of exactly n bytes, so that a sanitizer sees every step beyond them: a table, or one sentence. */
static inline void read_or_refuse(const unsigned char *bytes, size_t n)
{
    unsigned char *copy = malloc(n + (n == 0));
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = NULL;
    memcpy(copy, bytes, n);
    const pgdp_bytes in = { "broken", copy, n };
    const pgdp_status status = read_statistics(ctx, &in, &dataset);
    if (status == PGDP_OK)
        assert_non_null(dataset);
    else
        assert_true(strlen(pgdp_ctx_error(ctx)) > 10);
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    free(copy);
}

/* Cut at every 7th byte; every 13th byte with one bit turned, then with all. */
static inline void break_people(const people *as)
{
    pgt_buffer file = write_people(as);
    unsigned char *bytes = (unsigned char *)file.data;
    for (size_t n = 0; n < file.n; n += 7 + n / 64)
        read_or_refuse(bytes, n);
    for (size_t i = 0; i < file.n; i += 13 + i / 512) {
        const unsigned char was = bytes[i];
        bytes[i] = (unsigned char)(was ^ (1u << i % 8));
        read_or_refuse(bytes, file.n);
        bytes[i] = (unsigned char)~was;
        read_or_refuse(bytes, file.n);
        bytes[i] = was;
    }
    pgt_buffer_free(&file);
}

/* Half of the file is no file. */
static inline void assert_half_is_refused(pgdp_ctx *ctx, const people *as, const char *part)
{
    pgt_buffer file = write_people(as);
    const pgdp_bytes in = { "half", (const unsigned char *)file.data, file.n - file.n / 4 };
    pgdp_dataset *dataset = NULL;
    assert_status(ctx, read_statistics(ctx, &in, &dataset), PGDP_PARSE);
    assert_null(dataset);
    assert_contains(pgdp_ctx_error(ctx), part);
    pgt_buffer_free(&file);
}

#endif
