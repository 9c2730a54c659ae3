/* store_schema.h  The store's tables as a list of migrations: version k is what the first k scripts make.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_SCHEMA_H
#define PG_STORE_SCHEMA_H

enum { PG_STORE_VERSION = 4 };
/** The third script is SQLite's alone: no other database had a store before the fourth. */
enum { PG_STORE_FTS = 2, PG_STORE_WORDS = 4 };
/** "pgdp" in the file's header, so that another program's database is not taken for a store. */
enum { PG_STORE_APPLICATION = 0x70676470 };
extern const char *const pg_store_migrations[PG_STORE_VERSION];

#endif
