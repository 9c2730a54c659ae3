/* read_csv.c  Any delimited text with a header row. Source: RFC 4180; formats.md 0.2 to 0.4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/fast_csv.h"
#include "ingest/fill.h"
#include "ingest/load.h"
#include "ingest/readers.h"
#include "ingest/table.h"

/* Delimiters in a line, quoted ones aside; moves *start to the next line that is not blank. */
static size_t count(const pgdp_bytes *in, size_t *start, char delimiter)
{
    bool inside = false;
    size_t n = 0, i = *start;
    for (; i < in->n && (inside || (in->data[i] != '\n' && in->data[i] != '\r')); i++) {
        if (in->data[i] == '"') inside = !inside;
        n += !inside && in->data[i] == (unsigned char)delimiter;
    }
    while (i < in->n && (in->data[i] == '\n' || in->data[i] == '\r'))
        i++;
    *start = i;
    return n;
}

/* A line of one word, as the header of a lone column is. */
static bool is_word(const pgdp_bytes *in)
{
    size_t n = 0;
    while (n < in->n && in->data[n] > ' ' && in->data[n] != 0x7f)
        n++;
    return n > 0 && n < in->n && (in->data[n] == '\n' || in->data[n] == '\r');
}

/* By name it is CSV; without such a name the second line must be cut up as the first is, which prose is not. */
static int sniff(const pgdp_bytes *head)
{
    if (pg_bytes_start(head, PG_WORKBOOK) || head->n == 0 || head->data[0] == '{' || head->data[0] == '[')
        return PG_NOT_OURS;
    const bool labelled = pg_ends_with(head->label, ".csv") || pg_ends_with(head->label, ".tsv");
    const char delimiter = pg_csv_delimiter(head);
    if (labelled) return delimiter != '\0' || is_word(head) ? PG_PERHAPS + PG_BY_LABEL : PG_NOT_OURS;
    size_t start = 0;
    const size_t first = count(head, &start, delimiter);
    if (delimiter == '\0') {
        const pgdp_bytes rest = { head->label, head->data + start, head->n - start };
        return is_word(head) && is_word(&rest) ? PG_PERHAPS : PG_NOT_OURS;
    }
    return start < head->n && count(head, &start, delimiter) == first ? PG_PERHAPS : PG_NOT_OURS;
}

void pg_csv_manner(const pgdp_bytes *head, pg_csv_dialect *dialect, pg_rules *rules)
{
    const char delimiter = pg_csv_delimiter(head);
    *dialect = (pg_csv_dialect){ .delimiter = delimiter == '\0' ? ',' : delimiter, .quote = '"' };
    /* With another delimiter 12,345 may have a decimal comma: then it stays text. */
    *rules = (pg_rules){ .missing = pg_missing_csv, .text_holds_numbers = true, .grouped = dialect->delimiter == ',' };
}

pgdp_status pg_read_in_manner(pgdp_ctx *ctx, const pgdp_bytes *in, pg_manner *manner, pgdp_dataset *out)
{
    pg_rules rules;
    pg_fast_csv how = {
        .in = in, .rules = &rules, .columns = out->columns, .n_columns = out->n_columns, .mapping = out->mapping
    };
    pgdp_frame *frame;
    manner(in, &how.dialect, &rules);
    PG_TRY(pg_delimited_read(ctx, &how, &frame));
    return pg_dataset_put(ctx, out, frame);
}

/* As pgdp_frame_save_csv() wrote it. */
static pgdp_status read_described(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_rules rules = pg_rules_described(out->schema, false);
    const pg_fast_csv how = { .in = in,
                              .dialect = { .delimiter = ',', .quote = '"', .keep_blanks = true },
                              .rules = &rules,
                              .columns = out->columns,
                              .n_columns = out->n_columns,
                              .mapping = out->mapping };
    pgdp_frame *frame;
    PG_TRY(pg_delimited_read(ctx, &how, &frame));
    const pgdp_status status = pg_schema_apply(ctx, in->label, out->schema, frame);
    if (status == PGDP_OK) return pg_dataset_put(ctx, out, frame);
    pgdp_frame_free(frame);
    return status;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    return out->schema == NULL ? pg_read_in_manner(ctx, in, pg_csv_manner, out) : read_described(ctx, in, out);
}

const pgdp_reader pg_read_csv = {
    .name = "csv",
    .title = "Delimited text with a header row",
    .spec = "RFC 4180, with semicolon, TAB or bar as well as comma",
    .sniff = sniff,
    .read = read,
};
