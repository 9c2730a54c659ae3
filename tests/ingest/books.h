/* books.h  Workbooks of several sheets written as text: "#sheet NAME", then a row a line, cells between TABs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_BOOKS_H
#define PGT_BOOKS_H

#include <stdio.h>

#include "packing.h"
#include "reading.h"

/* One cell; what reads as a number is one unless it begins with ', and nothing is no cell. */
static inline char *book_cell(char *to, const char *text, size_t n, unsigned row, unsigned column)
{
    char cell[512], *end;
    const bool quoted = n > 0 && text[0] == '\'';
    (void)snprintf(cell, sizeof cell, "%.*s", (int)(n - quoted), text + quoted);
    if (n == 0) return to;
    (void)strtod(cell, &end);
    const bool number = !quoted && *end == '\0';
    to += sprintf(to, "<c r=\"%c%u\"%s>", (int)('A' + column), row, number ? "" : " t=\"inlineStr\"");
    to += sprintf(to, number ? "<v>" : "<is><t xml:space=\"preserve\">");
    for (const char *c = cell; *c != '\0'; c++)
        if (*c == '&' || *c == '<' || *c == '>')
            to += sprintf(to, "&#%d;", *c);
        else
            *to++ = *c;
    return to + sprintf(to, number ? "</v></c>" : "</t></is></c>");
}

/* Rows up to the next sheet; returns where that begins. */
static inline const char *book_sheet(char *to, const char *text)
{
    to += sprintf(to, "<?xml version=\"1.0\"?><worksheet xmlns=\"" MAIN_SPACE "\"><sheetData>");
    for (unsigned row = 1; *text != '\0' && strncmp(text, "#sheet ", 7) != 0; row++) {
        unsigned column = 0;
        to += sprintf(to, "<row r=\"%u\">", row);
        for (size_t n;; text += n + 1) {
            n = strcspn(text, "\t\n");
            to = book_cell(to, text, n, row, column++);
            if (text[n] != '\t') {
                text += n + (text[n] == '\n');
                break;
            }
        }
        to += sprintf(to, "</row>");
    }
    (void)sprintf(to, "</sheetData></worksheet>");
    return text;
}

/* The bytes die with pack_free(). */
static inline pgdp_bytes book_pack(pack *p, const char *label, const char *text)
{
    char book[4096] = "<workbook xmlns=\"" MAIN_SPACE "\" xmlns:r=\"" DOCUMENT "\"><sheets>";
    char relations[4096] = "<Relationships xmlns=\"" PACKAGE "\">", name[64];
    char *sheet = malloc(16 * strlen(text) + 65536);
    assert_non_null(sheet);
    *p = (pack){ .method = 8 };
    pack_text(p, "[Content_Types].xml", "<Types/>");
    pack_text(p, "_rels/.rels",
              "<Relationships xmlns=\"" PACKAGE
              "\">" RELATION("rId1", "officeDocument", "xl/book.xml") "</Relationships>");
    for (unsigned i = 1; *text != '\0'; i++) {
        const size_t n = strcspn(text, "\n");
        (void)sprintf(book + strlen(book), "<sheet name=\"%.*s\" sheetId=\"%u\" r:id=\"r%u\"/>", (int)n - 7, text + 7,
                      i, i);
        (void)sprintf(relations + strlen(relations),
                      "<Relationship Id=\"r%u\" Type=\"" DOCUMENT "/worksheet\" Target=\"s%u.xml\"/>", i, i);
        text = book_sheet(sheet, text + n + 1);
        (void)sprintf(name, "xl/s%u.xml", i);
        pack_text(p, name, sheet);
    }
    free(sheet);
    pack_text(p, "xl/book.xml", strcat(book, "</sheets></workbook>"));
    pack_text(p, "xl/_rels/book.xml.rels", strcat(relations, "</Relationships>"));
    pack_end(p);
    return (pgdp_bytes){ label, p->data, p->n };
}

/* Read by content alone; the test fails unless this format reads it. */
static inline pgdp_dataset *book_read(pgdp_ctx *ctx, const char *format, const char *label, const char *text)
{
    pack p;
    pgdp_dataset *d = NULL;
    const pgdp_bytes in = book_pack(&p, label, text);
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &in, &d));
    assert_string_equal(pgdp_dataset_format(d), format);
    pack_free(&p);
    return d;
}

/* Must be refused in a sentence that holds the part. */
static inline void book_refuse(pgdp_ctx *ctx, const char *format, const char *text, const char *part)
{
    pack p;
    pgdp_dataset *d = NULL;
    const pgdp_bytes in = book_pack(&p, "book.xlsx", text);
    assert_status(ctx, pgdp_ingest(ctx, format, &in, &d), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), part);
    pack_free(&p);
}

#endif
