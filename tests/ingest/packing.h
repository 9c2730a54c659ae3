/* packing.h  Archives and workbooks made in memory, sound ones and broken ones. Source: PKWARE APPNOTE 4.3; ECMA-376.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_PACKING_H
#define PGT_PACKING_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST /* deflate() reads constant bytes */
#include <zlib.h>

enum { PACK_ROOM = 1 << 20, PACK_PARTS = 32 };

/* An archive under construction; starts zeroed. data is the file after pack_end(). */
typedef struct pack {
    unsigned char *data, *directory;
    size_t n, n_directory;
    unsigned n_parts;
    int method; /* claimed for parts to come: 0 stored, 8 deflated; others lie */
    int flags;  /* 1: claims encryption */
} pack;

static inline void pack_number(unsigned char *to, size_t *n, unsigned long value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++)
        to[(*n)++] = (unsigned char)(i < 8 ? value >> 8 * i & 0xff : 0);
}

/* Fields that a local header and a directory entry share. */
static inline void pack_common(unsigned char *to, size_t *n, const pack *p, const unsigned long sizes[3], size_t name)
{
    pack_number(to, n, 20, 2);
    pack_number(to, n, (unsigned)p->flags, 2);
    pack_number(to, n, (unsigned)p->method, 2);
    pack_number(to, n, 0, 4);
    for (int i = 0; i < 3; i++)
        pack_number(to, n, sizes[i], 4); /* checksum, packed, unpacked */
    pack_number(to, n, name, 2);
    pack_number(to, n, 0, 2);
}

static inline void pack_bytes(pack *p, const char *name, const void *bytes, size_t n)
{
    if (p->data == NULL) {
        p->data = calloc(1, PACK_ROOM);
        p->directory = calloc(1, PACK_ROOM);
    }
    unsigned char *body = calloc(1, n + 1024);
    assert(p->data != NULL && p->directory != NULL && body != NULL);
    z_stream z = { 0 };
    unsigned long packed = n;
    if (p->method == 8) {
        (void)deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
        z.next_in = bytes;
        z.avail_in = (unsigned)n;
        z.next_out = body;
        z.avail_out = (unsigned)n + 1024;
        (void)deflate(&z, Z_FINISH);
        packed = z.total_out;
        (void)deflateEnd(&z);
    } else {
        memcpy(body, bytes, n);
    }
    const unsigned long offset = p->n, sizes[3] = { crc32(0, bytes, (unsigned)n), packed, n };
    assert(p->n + packed + 256 < PACK_ROOM);
    pack_number(p->data, &p->n, 0x04034b50, 4);
    pack_common(p->data, &p->n, p, sizes, strlen(name));
    memcpy(p->data + p->n, name, strlen(name));
    p->n += strlen(name);
    memcpy(p->data + p->n, body, packed);
    p->n += packed;
    pack_number(p->directory, &p->n_directory, 0x02014b50, 4);
    pack_number(p->directory, &p->n_directory, 20, 2);
    pack_common(p->directory, &p->n_directory, p, sizes, strlen(name));
    pack_number(p->directory, &p->n_directory, 0, 10);
    pack_number(p->directory, &p->n_directory, offset, 4);
    memcpy(p->directory + p->n_directory, name, strlen(name));
    p->n_directory += strlen(name);
    p->n_parts++;
    free(body);
}

static inline void pack_text(pack *p, const char *name, const char *text)
{
    pack_bytes(p, name, text, strlen(text));
}

static inline void pack_end(pack *p)
{
    const size_t start = p->n, size = p->n_directory;
    memcpy(p->data + p->n, p->directory, size);
    p->n += size;
    pack_number(p->data, &p->n, 0x06054b50, 4);
    pack_number(p->data, &p->n, 0, 4);
    pack_number(p->data, &p->n, p->n_parts, 2);
    pack_number(p->data, &p->n, p->n_parts, 2);
    pack_number(p->data, &p->n, size, 4);
    pack_number(p->data, &p->n, start, 4);
    pack_number(p->data, &p->n, 0, 2);
    free(p->directory);
    p->directory = NULL;
}

static inline void pack_free(pack *p)
{
    free(p->data);
    free(p->directory);
}

#define MAIN_SPACE                 "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define DOCUMENT                   "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE                    "http://schemas.openxmlformats.org/package/2006/relationships"
#define RELATION(id, type, target) "<Relationship Id=\"" id "\" Type=\"" DOCUMENT "/" type "\" Target=\"" target "\"/>"
#define SHEET(rows)                                                                                                    \
    "<?xml version=\"1.0\"?><worksheet xmlns=\"" MAIN_SPACE "\"><sheetData>" rows "</sheetData></worksheet>"

/* The parts around one visible sheet, "Data"; strings and styles are the insides of sst and styleSheet, or NULL. */
static inline void pack_workbook(pack *p, const char *sheet, const char *strings, const char *styles)
{
    char text[4096] = "<sst xmlns=\"" MAIN_SPACE "\">";
    pack_text(p, "[Content_Types].xml", "<Types/>");
    pack_text(p, "_rels/.rels",
              "<Relationships xmlns=\"" PACKAGE
              "\">" RELATION("rId1", "officeDocument", "xl/book.xml") "</Relationships>");
    pack_text(p, "xl/book.xml",
              "<workbook xmlns=\"" MAIN_SPACE "\" xmlns:r=\"" DOCUMENT "\"><sheets>"
              "<sheet name=\"Hidden\" sheetId=\"1\" r:id=\"rId7\" state=\"hidden\"/>"
              "<sheet name=\"Data\" sheetId=\"2\" r:id=\"rId3\"/></sheets></workbook>");
    pack_text(p, "xl/_rels/book.xml.rels",
              "<Relationships xmlns=\"" PACKAGE "\">" RELATION("rId3", "worksheet", "/xl/worksheets/sheet9.xml")
                  RELATION("rId7", "worksheet", "worksheets/sheet1.xml")
                      RELATION("rId4", "sharedStrings", "strings.xml")
                          RELATION("rId5", "styles", "styles.xml") "</Relationships>");
    pack_text(p, "xl/worksheets/sheet1.xml", SHEET("<row><c t=\"str\"><v>secret</v></c></row>"));
    pack_text(p, "xl/worksheets/sheet9.xml", sheet);
    if (strings != NULL) pack_text(p, "xl/strings.xml", strcat(strcat(text, strings), "</sst>"));
    strcpy(text, "<styleSheet xmlns=\"" MAIN_SPACE "\">");
    if (styles != NULL) pack_text(p, "xl/styles.xml", strcat(strcat(text, styles), "</styleSheet>"));
}

#endif
