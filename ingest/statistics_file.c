/* statistics_file.c  ReadStat over bytes in memory, its answers in our own words. Source: ReadStat 1.1.8, readstat.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/statistics_file.h"

#include <math.h>
#include <string.h>

#include <readstat.h>

#include "core/text.h"
#include "ingest/bytes.h"

enum { SET_SIZE = 256 };

/* A parse under way: where ReadStat reads, and to whom it tells what it found. */
typedef struct parse {
    pgdp_ctx *ctx;
    const pg_statistics_source *source;
    const pg_statistics_handlers *handlers;
    void *user;
    size_t at;          /* next byte of head and body together */
    size_t set_size;    /* bytes of the field that names a set of labels */
    pgdp_status status; /* of the handler that failed */
    bool bad_text;
} parse;

static const struct {
    const char *name;
    readstat_error_t (*run)(readstat_parser_t *parser, const char *path, void *user);
} kinds[] = {
    [PG_NO_STATISTICS] = { "file", NULL },
    [PG_STATA] = { "Stata file", readstat_parse_dta },
    [PG_SAS] = { "SAS file", readstat_parse_sas7bdat },
    [PG_SAS_TRANSPORT] = { "SAS transport file", readstat_parse_xport },
    [PG_SPSS] = { "SPSS file", readstat_parse_sav },
    [PG_SPSS_PORTABLE] = { "SPSS portable file", readstat_parse_por },
};

const char *pg_statistics_name(pg_statistics_kind kind)
{
    return kinds[kind].name;
}

/* Formats up to 116 open with the format, the byte order, the file type 1 and a zero. */
static bool is_old_stata(const pgdp_bytes *in)
{
    return in->n > 60 && in->data[0] >= 104 && in->data[0] <= 116 && (in->data[1] == 1 || in->data[1] == 2) &&
           in->data[2] == 1 && in->data[3] == 0;
}

/* 456 characters of titles and code tables, cut into lines, then the signature. */
static bool is_portable(const pgdp_bytes *in)
{
    enum { SIGNATURE_AT = 456 };
    static const char signature[] = "SPSSPORT";
    size_t n = 0;
    for (size_t i = 0; i < in->n && n < SIGNATURE_AT + sizeof signature - 1; i++) {
        if (in->data[i] == '\r' || in->data[i] == '\n') continue;
        if (n >= SIGNATURE_AT && in->data[i] != (unsigned char)signature[n - SIGNATURE_AT]) return false;
        n++;
    }
    return n == SIGNATURE_AT + sizeof signature - 1;
}

pg_statistics_kind pg_statistics_kind_of(const pgdp_bytes *in)
{
    static const unsigned char sas[] = { 0xc2, 0xea, 0x81, 0x60, 0xb3, 0x14, 0x11, 0xcf, 0xbd, 0x92,
                                         0x08, 0x00, 0x09, 0xc7, 0x31, 0x8c, 0x18, 0x1f, 0x10, 0x11 };
    enum { SAS_AT = 12 };
    if (pg_bytes_start(in, "<stata_dta>") || is_old_stata(in)) return PG_STATA;
    if (pg_bytes_start(in, "$FL2") || pg_bytes_start(in, "$FL3")) return PG_SPSS;
    if (pg_bytes_start(in, "HEADER RECORD*******LIB")) return PG_SAS_TRANSPORT;
    if (in->n > SAS_AT + sizeof sas && memcmp(in->data + SAS_AT, sas, sizeof sas) == 0) return PG_SAS;
    return is_portable(in) ? PG_SPSS_PORTABLE : PG_NO_STATISTICS;
}

static size_t size_of(const parse *p)
{
    return p->source->head.n + p->source->body.n;
}

static int on_open(const char *path, void *io)
{
    (void)path;
    ((parse *)io)->at = 0;
    return 0;
}

static int on_close(void *io)
{
    (void)io;
    return 0;
}

static readstat_off_t on_seek(readstat_off_t offset, readstat_io_flags_t whence, void *io)
{
    parse *p = io;
    const readstat_off_t size = (readstat_off_t)size_of(p), at = (readstat_off_t)p->at;
    const readstat_off_t from = whence == READSTAT_SEEK_SET ? 0 : whence == READSTAT_SEEK_CUR ? at : size;
    if (offset > size - from || offset < -from) return -1;
    p->at = (size_t)(from + offset);
    return from + offset;
}

/* A piece of head or body into buffer; moves both on. */
static size_t take(parse *p, unsigned char *buffer, size_t n)
{
    const pgdp_bytes *head = &p->source->head, *body = &p->source->body;
    const pgdp_bytes *from = p->at < head->n ? head : body;
    const size_t start = p->at < head->n ? p->at : p->at - head->n;
    const size_t n_taken = n < from->n - start ? n : from->n - start;
    if (n_taken > 0) memcpy(buffer, from->data + start, n_taken);
    p->at += n_taken;
    return n_taken;
}

static ssize_t on_read(void *buffer, size_t n, void *io)
{
    const size_t first = take(io, buffer, n);
    return (ssize_t)(first + take(io, (unsigned char *)buffer + first, n - first));
}

static readstat_error_t on_update(long size, readstat_progress_handler progress, void *user, void *io)
{
    (void)size, (void)progress, (void)user, (void)io;
    return READSTAT_OK;
}

static int answer(parse *p, pgdp_status status)
{
    p->status = status;
    return status == PGDP_OK ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

/* ReadStat passes texts on unread when the file says that they are UTF-8, or nothing at all. */
static bool is_utf8(parse *p, const char *text)
{
    const size_t n = strlen(text);
    if (pg_utf8_valid(text, n) == n) return true;
    p->bad_text = true;
    p->status = pg_fail(p->ctx, PGDP_PARSE, "%s: a text in this %s is not %s; save it anew with its encoding stated",
                        p->source->label, pg_statistics_name(p->source->kind),
                        p->source->encoding == NULL ? "UTF-8" : p->source->encoding);
    return false;
}

/* ReadStat says NULL for nothing. */
static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* Stata's field for it; ReadStat hands it on as it is, and a broken file may not end it with NUL. */
static size_t set_size_of(int version)
{
    return version < 110 ? 9 : version < 118 ? 33 : 129;
}

static void copy_set(const parse *p, const char *set, char out[SET_SIZE + 1])
{
    size_t n = 0;
    while (n < p->set_size && set[n] != '\0')
        n++;
    memcpy(out, set, n);
    out[n] = '\0';
}

static int on_metadata(readstat_metadata_t *metadata, void *user)
{
    parse *p = user;
    const char *name = or_empty(readstat_get_table_name(metadata));
    const char *title = or_empty(readstat_get_file_label(metadata));
    if (p->source->kind == PG_STATA) p->set_size = set_size_of(readstat_get_file_format_version(metadata));
    if (!is_utf8(p, name) || !is_utf8(p, title)) return READSTAT_HANDLER_ABORT;
    return answer(p, p->handlers->table(p->user, name, title));
}

static int on_note(int index, const char *text, void *user)
{
    parse *p = user;
    (void)index;
    if (text == NULL) return READSTAT_HANDLER_OK;
    return is_utf8(p, text) ? answer(p, p->handlers->note(p->user, text)) : READSTAT_HANDLER_ABORT;
}

static int on_weight(readstat_variable_t *variable, void *user)
{
    parse *p = user;
    return answer(p, p->handlers->weight(p->user, or_empty(readstat_variable_get_name(variable))));
}

/* There ReadStat calls a format a set of labels, which only a catalogue beside the file can have. */
static bool is_sas(const parse *p)
{
    return p->source->kind == PG_SAS || p->source->kind == PG_SAS_TRANSPORT;
}

static int on_variable(int index, readstat_variable_t *variable, const char *value_labels, void *user)
{
    parse *p = user;
    char set[SET_SIZE + 1] = "";
    if (value_labels != NULL && !is_sas(p)) copy_set(p, value_labels, set);
    const pg_statistics_variable told = {
        .name = or_empty(readstat_variable_get_name(variable)),
        .label = or_empty(readstat_variable_get_label(variable)),
        .format = or_empty(readstat_variable_get_format(variable)),
        .value_labels = set,
        .is_text = readstat_variable_get_type_class(variable) == READSTAT_TYPE_CLASS_STRING,
    };
    bool skip = false;
    if (!is_utf8(p, told.name) || !is_utf8(p, told.label) || !is_utf8(p, told.format) || !is_utf8(p, told.value_labels))
        return READSTAT_HANDLER_ABORT;
    const int answered = answer(p, p->handlers->variable(p->user, (size_t)index, &told, &skip));
    return answered == READSTAT_HANDLER_OK && skip ? READSTAT_HANDLER_SKIP_VARIABLE : answered;
}

static pg_statistics_value value_of(readstat_value_t value)
{
    pg_statistics_value told = { .number = (double)NAN };
    if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
        told.text = or_empty(readstat_string_value(value));
    } else if (readstat_value_is_tagged_missing(value)) {
        told.tag = readstat_value_tag(value);
    } else if (!readstat_value_is_system_missing(value)) {
        told.number = readstat_double_value(value);
    }
    return told;
}

static int on_value_label(const char *set, readstat_value_t value, const char *label, void *user)
{
    parse *p = user;
    const pg_statistics_value told = value_of(value);
    char name[SET_SIZE + 1];
    if (set == NULL || label == NULL) return READSTAT_HANDLER_OK;
    copy_set(p, set, name);
    if (!is_utf8(p, name) || !is_utf8(p, label) || (told.text != NULL && !is_utf8(p, told.text)))
        return READSTAT_HANDLER_ABORT;
    return answer(p, p->handlers->value_label(p->user, name, &told, label));
}

static int on_value(int row, readstat_variable_t *variable, readstat_value_t value, void *user)
{
    parse *p = user;
    pg_statistics_value told = value_of(value);
    if (told.text != NULL && !is_utf8(p, told.text)) return READSTAT_HANDLER_ABORT;
    told.declared = readstat_value_is_defined_missing(value, variable) != 0;
    return answer(p, p->handlers->value(p->user, (size_t)row, (size_t)readstat_variable_get_index(variable), &told));
}

static bool is_about_text(readstat_error_t error)
{
    return error == READSTAT_ERROR_CONVERT || error == READSTAT_ERROR_CONVERT_BAD_STRING;
}

/* What ReadStat says, as what to do about it. */
static pgdp_status fail(parse *p, readstat_error_t error)
{
    const char *label = p->source->label, *name = pg_statistics_name(p->source->kind);
    const char *said = readstat_error_message(error);
    if (p->status != PGDP_OK) return p->status;
    p->bad_text = is_about_text(error);
    switch (error) {
    case READSTAT_ERROR_READ:
    case READSTAT_ERROR_SEEK:
    case READSTAT_ERROR_ROW_COUNT_MISMATCH:
        return pg_fail(p->ctx, PGDP_PARSE,
                       "%s: this %s ends before its last row, at byte %zu of %zu; fetch or save it again", label, name,
                       p->at, size_of(p));
    case READSTAT_ERROR_MALLOC:
        return pg_fail(p->ctx, PGDP_PARSE,
                       "%s: this %s states a part of more than 16 MiB, or memory ran out; do not trust this file",
                       label, name);
    case READSTAT_ERROR_UNSUPPORTED_FILE_FORMAT_VERSION:
        return pg_fail(p->ctx, PGDP_PARSE, "%s: this %s is of a version that is not read; save it as an older one",
                       label, name);
    default:
        return pg_fail(p->ctx, PGDP_PARSE, "%s: this %s is broken near byte %zu of %zu (%s); fetch or save it again",
                       label, name, p->at, size_of(p), or_empty(said));
    }
}

static void listen(readstat_parser_t *parser, const parse *p)
{
    (void)readstat_set_open_handler(parser, on_open);
    (void)readstat_set_close_handler(parser, on_close);
    (void)readstat_set_seek_handler(parser, on_seek);
    (void)readstat_set_read_handler(parser, on_read);
    (void)readstat_set_update_handler(parser, on_update);
    (void)readstat_set_metadata_handler(parser, on_metadata);
    (void)readstat_set_note_handler(parser, on_note);
    (void)readstat_set_fweight_handler(parser, on_weight);
    (void)readstat_set_variable_handler(parser, on_variable);
    (void)readstat_set_value_handler(parser, on_value);
    if (p->handlers->value_label != NULL) (void)readstat_set_value_label_handler(parser, on_value_label);
    if (p->source->encoding != NULL) (void)readstat_set_file_character_encoding(parser, p->source->encoding);
}

pgdp_status pg_statistics_parse(pgdp_ctx *ctx, const pg_statistics_source *source,
                                const pg_statistics_handlers *handlers, void *user, bool *bad_text)
{
    parse p = { .ctx = ctx, .source = source, .handlers = handlers, .user = user, .set_size = SET_SIZE };
    readstat_parser_t *parser;
    *bad_text = false;
    PG_TRY_ALLOC(ctx, parser, readstat_parser_init());
    listen(parser, &p);
    (void)readstat_set_io_ctx(parser, &p);
    const readstat_error_t error = kinds[source->kind].run(parser, source->label, &p);
    readstat_parser_free(parser);
    const pgdp_status status = error == READSTAT_OK ? p.status : fail(&p, error);
    *bad_text = p.bad_text;
    return status;
}
