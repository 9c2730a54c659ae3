/* xml.c  expat with namespaces, without DOCTYPE, to depth 64. Source: ECMA-376 part 1, formats.md 21.1 and 21.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/xml.h"

#include <limits.h>
#include <string.h>

#include <expat.h>

enum { DEPTH = 64 };
#define SEPARATOR '|'

struct pg_xml {
    XML_Parser parser;
    const pg_xml_handlers *handlers;
    void *user;
    const char *label;
    size_t depth, skipped_from; /* elements deeper than skipped_from are skipped; 0: none */
    bool plain, stopped, doctype, too_deep;
    pgdp_status status;
};

/* The main namespace of spreadsheets comes first: nearly all elements are in it. */
static const struct {
    const char *text;
    size_t length;
} spaces[] = {
#define SPACE(text)                                                                                                    \
    {                                                                                                                  \
        text "|", sizeof(text)                                                                                         \
    }
    SPACE("http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    SPACE("http://purl.oclc.org/ooxml/spreadsheetml/main"),
    SPACE("http://schemas.openxmlformats.org/package/2006/relationships"),
#undef SPACE
};

/* Name without its namespace, or NULL when that is none of ours. */
static const char *local_name(const pg_xml *xml, const char *name)
{
    if (xml->plain) return strchr(name, SEPARATOR) == NULL ? name : NULL;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (strncmp(name, spaces[i].text, spaces[i].length) == 0) return name + spaces[i].length;
    return NULL;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    pg_xml *xml = user;
    xml->depth++;
    if (xml->stopped) return;
    if (xml->depth > DEPTH) {
        xml->too_deep = true;
        pg_xml_stop(xml, PGDP_PARSE);
        return;
    }
    if (xml->skipped_from != 0) return;
    const char *local = local_name(xml, name);
    if (local == NULL)
        xml->skipped_from = xml->depth;
    else
        xml->handlers->start(xml, xml->user, local, attributes);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    pg_xml *xml = user;
    const size_t depth = xml->depth--;
    if (xml->stopped) return;
    if (xml->skipped_from == 0) {
        const char *local = local_name(xml, name);
        if (local != NULL) xml->handlers->end(xml, xml->user, local);
    } else if (xml->skipped_from == depth) {
        xml->skipped_from = 0;
    }
}

static void XMLCALL on_text(void *user, const XML_Char *text, int n)
{
    pg_xml *xml = user;
    if (!xml->stopped && xml->skipped_from == 0 && n > 0) xml->handlers->text(xml, xml->user, text, (size_t)n);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                               int has_subset)
{
    (void)name, (void)system, (void)public, (void)has_subset;
    pg_xml *xml = user;
    xml->doctype = true;
    pg_xml_stop(xml, PGDP_PARSE);
}

pgdp_status pg_xml_new(pgdp_ctx *ctx, const char *label, const pg_xml_handlers *handlers, void *user, pg_xml **out)
{
    pg_xml *xml;
    PG_TRY_ALLOC(ctx, xml, pg_arena_alloc(&ctx->scratch, 1, sizeof *xml));
    xml->handlers = handlers;
    xml->user = user;
    xml->label = label;
    PG_TRY_ALLOC(ctx, xml->parser, XML_ParserCreateNS(NULL, SEPARATOR));
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(xml->parser, on_doctype);
    if (handlers->text != NULL) XML_SetCharacterDataHandler(xml->parser, on_text);
    (void)XML_SetHashSalt(xml->parser, 0x9e3779b9UL ^ (unsigned long)(uintptr_t)user);
    *out = xml;
    return PGDP_OK;
}

void pg_xml_set_plain(pg_xml *xml)
{
    xml->plain = true;
}

void pg_xml_free(pg_xml *xml)
{
    if (xml != NULL) XML_ParserFree(xml->parser);
}

bool pg_xml_stopped(const pg_xml *xml)
{
    return xml->stopped;
}

void pg_xml_stop(pg_xml *xml, pgdp_status status)
{
    if (!xml->stopped) (void)XML_StopParser(xml->parser, XML_FALSE);
    if (!xml->stopped) xml->status = status;
    xml->stopped = true;
}

static pgdp_status fail(pgdp_ctx *ctx, const pg_xml *xml)
{
    const unsigned long line = XML_GetCurrentLineNumber(xml->parser), column = XML_GetCurrentColumnNumber(xml->parser);
    const enum XML_Error error = XML_GetErrorCode(xml->parser);
    if (xml->doctype)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s:%lu:%lu: found a DOCTYPE, which neither workbooks nor data have; do not trust this file",
                       xml->label, line, column + 1);
    if (xml->too_deep)
        return pg_fail(ctx, PGDP_PARSE, "%s:%lu:%lu: elements nest deeper than %d; do not trust this file", xml->label,
                       line, column + 1, DEPTH);
    if (xml->stopped) return xml->status;
    if (error == XML_ERROR_NO_MEMORY) return pg_no_memory(ctx);
    return pg_fail(ctx, PGDP_PARSE, "%s:%lu:%lu: this is not well-formed XML (%s); fetch the file again", xml->label,
                   line, column + 1, XML_ErrorString(error));
}

pgdp_status pg_xml_feed(pgdp_ctx *ctx, pg_xml *xml, const void *bytes, size_t n, bool last, bool *enough)
{
    if (n > INT_MAX) return pg_fail(ctx, PGDP_PARSE, "%s: the part is too big", xml->label);
    const enum XML_Status status = XML_Parse(xml->parser, bytes, (int)n, last);
    *enough = xml->stopped && xml->status == PGDP_OK;
    return status == XML_STATUS_OK || *enough ? PGDP_OK : fail(ctx, xml);
}

const char *pg_xml_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(attributes[i], name) == 0) return attributes[i + 1];
    return NULL;
}

const char *pg_xml_relationship(const char **attributes)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        const char *separator = strrchr(attributes[i], SEPARATOR);
        if (separator != NULL && strcmp(separator + 1, "id") == 0) return attributes[i + 1];
    }
    return NULL;
}
