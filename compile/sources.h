/* sources.h  The official files that data/ is compiled from: place, address, owner, terms, vintage.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SOURCES_H
#define PG_SOURCES_H

#include "core/ctx.h"

/** Who published a file and on what terms. */
typedef struct pg_owner {
    const char *publisher, *licence, *attribution;
} pg_owner;

/** One file below the --from folder. Every string may be "", none is NULL. */
typedef struct pg_source {
    const char *id;     /**< the catalogue's key */
    const char *file;   /**< path below the folder; "": facts kept by hand, no file */
    const char *format; /**< reader of ingest/readers.h */
    const pg_owner *owner;
    const char *title;
    const char *address; /**< where its publisher offers it */
    const char *vintage; /**< release, reference month or real-time date */
    const char *copy;    /**< repository @ commit of the copy that was compiled, since no download date is known */
    const char *unit;
    const char *used_for; /**< files of data/, blank between them */
} pg_source;

const pg_source *pg_source_at(size_t i); /**< NULL: past the end */
size_t pg_source_find(const char *id);   /**< its number, or PGDP_NONE */
/** The same facts as their publisher names the file, read where the one of the list is not there; NULL: none. */
const char *pg_source_as_published(const char *id);

#endif
