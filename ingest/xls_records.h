/* xls_records.h  Records of a binary workbook and the texts in them. Source: [MS-XLS] 2.3 to 2.5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_XLS_RECORDS_H
#define PG_XLS_RECORDS_H

#include "core/ctx.h"
#include "core/text.h"
#include "pgdp/ingest.h"

/** One record of a stream; p points to its n bytes. */
typedef struct pg_record {
    unsigned id;
    const unsigned char *p;
    size_t n, next; /* next: where in the stream the one after it begins */
} pg_record;
/** The record that begins at `at`. @return false at the end of the stream, or when it is cut short */
bool pg_record_at(const pgdp_bytes *stream, size_t at, pg_record *out);

typedef struct pg_shared_text {
    const char *text;
    size_t length;
} pg_shared_text;

/**
 * A text as records hold it: a count of characters, then in Excel 97 and later a byte that tells their width.
 * @param wide_count  the count has two bytes
 * @param old         Excel 5 and 95: bytes of Windows-1252
 * @return false when it leaves its n bytes, or memory is out (to->failed)
 */
typedef struct pg_text_form {
    bool wide_count, old;
} pg_text_form;
bool pg_record_text(const unsigned char *p, size_t n, pg_text_form form, pg_text *to);
/** The table of shared texts, which runs on in CONTINUE records. @return PARSE (without a label), NO_MEMORY */
pgdp_status pg_shared_texts(pgdp_ctx *ctx, const pgdp_bytes *stream, const pg_record *first, pg_shared_text **out,
                            size_t *n);

#endif
