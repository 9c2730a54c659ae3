/* ingest.c  The runner: refuses what nobody can read, unpacks, decodes, finds the reader, drops what it left half done.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/columnar.h"
#include "core/text.h"
#include "ingest/labstat.h"
#include "ingest/load.h"
#include "ingest/readers.h"
#include "ingest/statistics_file.h"
#include "ingest/unpack.h"
#include "ingest/xls.h"
#include "ingest/zip.h"
#include "pgdp/file.h"

enum { PEEK_ROWS = 12, PEEK_TEXT = 1 << 16 };

#define ENTRY(name) &pg_read_##name,
static const pgdp_reader *const readers[] = { PG_READERS(ENTRY) };
#undef ENTRY
#define COUNT(name) READER_##name,
enum { PG_READERS(COUNT) N_READERS };
#undef COUNT

const pgdp_reader *pgdp_reader_at(size_t i)
{
    return i < N_READERS ? readers[i] : NULL;
}

static pgdp_status find_reader(pgdp_ctx *ctx, const char *name, const pgdp_reader **out)
{
    const char *names[N_READERS];
    for (size_t i = 0; i < N_READERS; i++) {
        names[i] = readers[i]->name;
        if (!pg_streq(names[i], name)) continue;
        *out = readers[i];
        return PGDP_OK;
    }
    const char *near = pgdp_nearest(name, names, N_READERS);
    if (near != NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "there is no input format \"%s\"; did you mean \"%s\"?", name, near);
    return pg_fail(ctx, PGDP_NOT_FOUND, "there is no input format \"%s\"; leave it out to have it found by content",
                   name);
}

/* The first rows of each sheet as text, for sniffing. */
static pgdp_status peek(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_bytes *head)
{
    pg_workbook workbook;
    pg_text text;
    PG_TRY(pg_any_workbook_read(ctx, in, PEEK_ROWS, &workbook));
    pg_text_init(&text, &ctx->scratch);
    pg_text_add(&text, PG_WORKBOOK);
    for (size_t s = 0; s < workbook.n_sheets && text.n < PEEK_TEXT; s++) {
        const pg_grid *grid = &workbook.sheets[s].grid;
        pg_text_addf(&text, "#sheet %s\n", workbook.sheets[s].name);
        for (size_t i = 0; i < grid->n_rows; i++) {
            for (size_t k = 0; k < grid->rows[i].n; k++) {
                pg_text_add(&text, grid->rows[i].cells[k].text);
                pg_text_add_char(&text, '\t');
            }
            pg_text_add_char(&text, '\n');
        }
    }
    if (text.failed) return pg_no_memory(ctx);
    *head = (pgdp_bytes){ in->label, (const unsigned char *)text.data, text.n };
    return PGDP_OK;
}

/* The only file of an archive, or its only workbook; PGDP_NONE when there are several. */
static size_t sole_member(const pg_zip *zip)
{
    size_t n_files = 0, n_books = 0, file = PGDP_NONE, book = PGDP_NONE;
    const char *name;
    for (size_t i = 0; (name = pg_zip_name(zip, i)) != NULL; i++) {
        if (pg_ends_with(name, "/") || pg_starts_with(name, "__MACOSX/")) continue;
        n_files++;
        file = i;
        if (!pg_ends_with(name, ".xlsx")) continue;
        n_books++;
        book = i;
    }
    if (n_files == 1) return file;
    return n_books == 1 ? book : PGDP_NONE;
}

/* A workbook stays as it is; an archive of one file becomes that file. */
static pgdp_status unpack_opened(pgdp_ctx *ctx, pg_zip *zip, pgdp_bytes *in)
{
    if (pg_zip_find(zip, "[Content_Types].xml") != PGDP_NONE) {
        if (pg_zip_find(zip, "xl/workbook.bin") != PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE, "%s: this is a binary workbook (.xlsb); save it as .xlsx", in->label);
        return PGDP_OK;
    }
    if (pg_zip_find(zip, "mimetype") != PGDP_NONE && pg_zip_find(zip, "content.xml") != PGDP_NONE)
        return pg_fail(ctx, PGDP_PARSE, "%s: this is an OpenDocument file; save it as .xlsx or CSV", in->label);
    const size_t member = sole_member(zip);
    if (member == PGDP_NONE)
        return pg_fail(ctx, PGDP_PARSE, "%s: this archive holds several files, or none; unpack it and name one of them",
                       in->label);
    const char *outer = in->label;
    PG_TRY(pg_zip_read(ctx, zip, member, in));
    PG_TRY_ALLOC(ctx, in->label, pg_arena_printf(&ctx->scratch, "%s/%s", outer, pg_zip_name(zip, member)));
    PG_TRY(pg_bytes_refuse(ctx, in));
    return PGDP_OK;
}

static pgdp_status unpack(pgdp_ctx *ctx, pgdp_bytes *in)
{
    pg_zip *zip;
    if (!pg_is_zip(in)) return PGDP_OK;
    PG_TRY(pg_zip_open(ctx, in, &zip));
    const pgdp_status status = unpack_opened(ctx, zip, in);
    pg_zip_close(zip);
    return status;
}

static const pgdp_reader *surest(const pgdp_bytes *head)
{
    const pgdp_reader *best = NULL;
    int most = PG_NOT_OURS;
    for (size_t i = 0; i < N_READERS; i++) {
        const int sure = readers[i]->sniff(head);
        if (sure <= most) continue;
        most = sure;
        best = readers[i];
    }
    return best;
}

pg_manner *pg_manner_of(const char *format, const pgdp_bytes *head)
{
    static const struct {
        const pgdp_reader *reader;
        pg_manner *manner;
    } plain[] = { { &pg_read_csv, pg_csv_manner }, { &pg_read_onet_text, pg_onet_manner } };
    const pgdp_reader *found = format == NULL ? surest(head) : NULL;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (format == NULL ? found == plain[i].reader : pg_streq(format, plain[i].reader->name)) return plain[i].manner;
    return NULL;
}

static pgdp_status fail_unknown(pgdp_ctx *ctx, const pgdp_bytes *head)
{
    char start[41];
    size_t n = 0;
    while (n < sizeof start - 1 && n < head->n && head->data[n] >= ' ' && head->data[n] < 0x7f) {
        start[n] = (char)head->data[n];
        n++;
    }
    start[n] = '\0';
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: no reader knows this content, which begins \"%s\"; expected a table with a "
                   "header row, or name the format",
                   head->label, start);
}

static pgdp_status let_read(pgdp_ctx *ctx, const pgdp_reader *reader, const pgdp_load *how, const pgdp_bytes *in,
                            pgdp_dataset *out)
{
    out->columns = how->columns;
    out->n_columns = how->n_columns;
    PG_TRY(reader->read(ctx, in, out));
    if (out->n_tables == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: there is no table in it, as format %s reads it; name another format",
                       in->label, reader->name);
    out->note = NULL;
    out->columns = NULL;
    out->schema = NULL;
    out->mapping = NULL;
    return PGDP_OK;
}

/* The description that pgdp wrote with this very file. */
static pgdp_status find_schema(pgdp_ctx *ctx, const pgdp_reader *wanted, const pg_origin *origin, pg_schema *schema,
                               const pgdp_reader **reader)
{
    const pgdp_bytes *in = &origin->description;
    const bool sheet = pg_is_zip(&origin->in);
    const pgdp_reader *own = sheet ? &pg_read_xlsx : &pg_read_csv;
    *reader = NULL;
    if ((wanted != NULL && wanted != own) || (!sheet && in->n == 0)) return PGDP_OK;
    bool found = !sheet;
    PG_TRY(sheet ? pg_workbook_schema(ctx, &origin->in, schema, &found)
                 : pg_schema_parse(ctx, in->label, in->data, in->n, schema));
    if (found) *reader = own;
    return PGDP_OK;
}

/* A table that pgdp wrote, by its description. Where the two do not agree, *why says so and *out is NULL. */
static pgdp_status read_described(pgdp_ctx *ctx, const pgdp_reader *wanted, const pgdp_load *how,
                                  const pg_origin *origin, pgdp_dataset **out, const char **why)
{
    const pgdp_reader *reader = NULL;
    const char *note = NULL;
    pg_schema schema;
    pgdp_bytes in = origin->in;
    pgdp_status status = find_schema(ctx, wanted, origin, &schema, &reader);
    if (status == PGDP_OK && reader == NULL) return PGDP_OK;
    if (status == PGDP_OK && reader == &pg_read_csv) status = pg_bytes_as_text(ctx, &in, &origin->mapping, &in, &note);
    if (status == PGDP_OK && note != NULL) status = pg_fail(ctx, PGDP_PARSE, "%s: %s", in.label, note);
    if (status == PGDP_OK) status = pg_dataset_new(ctx, reader->name, out);
    if (status == PGDP_OK) {
        (*out)->schema = &schema;
        (*out)->mapping = &origin->mapping;
        status = let_read(ctx, reader, how, &in, *out);
    }
    if (status == PGDP_OK) return PGDP_OK;
    pgdp_dataset_free(*out);
    *out = NULL;
    if (status != PGDP_PARSE) return status;
    PG_TRY_ALLOC(ctx, *why, pg_arena_printf(&ctx->scratch, "not used: %s", ctx->error));
    return PGDP_OK;
}

/* Find the reader and let it read. */
static pgdp_status read(pgdp_ctx *ctx, const pgdp_load *how, const pg_origin *origin, pgdp_dataset **out)
{
    pgdp_bytes in = origin->in, head;
    const char *note = NULL, *why = NULL;
    const pgdp_reader *reader = NULL;
    if (how->format != NULL) PG_TRY(find_reader(ctx, how->format, &reader));
    PG_TRY(read_described(ctx, reader, how, origin, out, &why));
    if (*out != NULL) return PGDP_OK;
    PG_TRY(pg_bytes_refuse(ctx, &in));
    PG_TRY(unpack(ctx, &in));
    const bool binary =
        pg_is_workbook(&in) || pg_is_columnar(in.data, in.n) || pg_statistics_kind_of(&in) != PG_NO_STATISTICS;
    if (!binary) PG_TRY(pg_bytes_as_text(ctx, &in, &origin->mapping, &in, &note));
    head = in;
    if (reader == NULL && pg_is_workbook(&in)) PG_TRY(peek(ctx, &in, &head));
    if (reader == NULL) reader = surest(&head);
    if (reader == NULL) return fail_unknown(ctx, &head);
    PG_TRY(pg_dataset_new(ctx, reader->name, out));
    (*out)->note = note;
    (*out)->mapping = &origin->mapping;
    PG_TRY(let_read(ctx, reader, how, &in, *out));
    for (size_t i = 0; why != NULL && i < (*out)->n_tables; i++)
        PG_TRY(pgdp_frame_set_note(ctx, (*out)->tables[i].frame, "description", why));
    return PGDP_OK;
}

static pgdp_status ingest_plain(pgdp_ctx *ctx, const pgdp_load *how, const pg_origin *origin, pgdp_dataset **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_dataset *dataset = NULL;
    const pgdp_status status = read(ctx, how, origin, &dataset);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = dataset;
    else
        pgdp_dataset_free(dataset);
    return status;
}

static pgdp_status ingest_any(pgdp_ctx *ctx, const pgdp_load *how, const pg_origin *origin, pgdp_dataset **out)
{
    const pgdp_bytes *in = &origin->in;
    if (!pg_is_packed(in)) return ingest_plain(ctx, how, origin, out);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    unsigned char *bytes;
    pg_origin plain = { .read = NULL };
    PG_TRY_ALLOC(ctx, plain.in.label, pg_unpacked_label(&ctx->scratch, in->label));
    PG_TRY(pg_unpack(ctx, in, &bytes, &plain.in.n));
    pg_mapping_forget(&origin->mapping, in->data, in->n);
    plain.in.data = bytes;
    const pgdp_status status = ingest_plain(ctx, how, &plain, out);
    pgdp_file_release(ctx, bytes);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

pgdp_status pg_ingest(pgdp_ctx *ctx, const pgdp_load *how, const pg_origin *origin, pgdp_dataset **out)
{
    pgdp_dataset *dataset = NULL;
    PG_TRY(ingest_any(ctx, how, origin, &dataset));
    const pgdp_status status =
        how->survey == NULL ? PGDP_OK : pg_labstat_join_folder(ctx, how->survey, origin->in.label, dataset);
    if (status == PGDP_OK)
        *out = dataset;
    else
        pgdp_dataset_free(dataset);
    return status;
}

pgdp_status pgdp_ingest_as(pgdp_ctx *ctx, const pgdp_load *how, const pgdp_bytes *in, pgdp_dataset **out)
{
    pg_origin origin = { .in = *in };
    if (how->described) PG_TRY(pg_origin_describe(ctx, &origin));
    const pgdp_status status = pg_ingest(ctx, how, &origin, out);
    pgdp_file_release(ctx, origin.described);
    return status;
}

pgdp_status pgdp_ingest(pgdp_ctx *ctx, const char *format, const pgdp_bytes *in, pgdp_dataset **out)
{
    return pgdp_ingest_as(ctx, &(pgdp_load){ .format = format }, in, out);
}

pgdp_status pgdp_ingest_path(pgdp_ctx *ctx, const pgdp_load *how, const char *path, pgdp_dataset **out)
{
    pg_origin origin;
    PG_TRY(pg_origin_open(ctx, path, &origin));
    const pgdp_status status = pg_ingest(ctx, how, &origin, out);
    pg_origin_close(ctx, &origin);
    return status;
}

pgdp_status pgdp_ingest_file(pgdp_ctx *ctx, const char *format, const char *path, pgdp_dataset **out)
{
    return pgdp_ingest_path(ctx, &(pgdp_load){ .format = format }, path, out);
}
