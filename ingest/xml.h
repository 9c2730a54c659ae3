/* xml.h  XML of office documents and of data providers as events: the only door to expat.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_XML_H
#define PG_XML_H

#include "core/ctx.h"

typedef struct pg_xml pg_xml;
/**
 * Events of elements in the namespaces of spreadsheets and package relationships, or of those without a namespace, by
 * local name; all else is skipped with what it holds. A handler that fails calls pg_xml_stop().
 */
typedef struct pg_xml_handlers {
    void (*start)(pg_xml *xml, void *user, const char *name, const char **attributes); /**< name, value, ..., NULL */
    void (*end)(pg_xml *xml, void *user, const char *name);
    void (*text)(pg_xml *xml, void *user, const char *text, size_t n); /**< pieces; NULL: not wanted */
} pg_xml_handlers;

/** @param label  file and part, for messages */
pgdp_status pg_xml_new(pgdp_ctx *ctx, const char *label, const pg_xml_handlers *handlers, void *user, pg_xml **out);
/** Before the first bytes: the document's elements have no namespace. */
void pg_xml_set_plain(pg_xml *xml);
void pg_xml_free(pg_xml *xml); /**< NULL is fine */
/** The next bytes; *enough after pg_xml_stop(PGDP_OK). @return PARSE for bad XML, a DOCTYPE, depth beyond 64 */
pgdp_status pg_xml_feed(pgdp_ctx *ctx, pg_xml *xml, const void *bytes, size_t n, bool last, bool *enough);
/** From a handler: end the parse with this status (its sentence is in the context); OK: the rest is not wanted. */
void pg_xml_stop(pg_xml *xml, pgdp_status status);
bool pg_xml_stopped(const pg_xml *xml);
/** Value of an attribute without namespace, or NULL; "id" with a namespace: the relationship id. */
const char *pg_xml_attribute(const char **attributes, const char *name);
const char *pg_xml_relationship(const char **attributes);

#endif
