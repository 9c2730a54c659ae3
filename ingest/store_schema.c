/* store_schema.c  What a store's tables are (docs/store.md tells each). A script that was released is never changed:
 * what comes later is another script. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_schema.h"

/* Dates are days since 1970-01-01, periods ordinals of the series' frequency. Values have no declared type, so that
 * they keep every bit (-0 too). WITHOUT ROWID: the rows of a series lie together and are read in one piece. What an
 * observation refers to is looked at by verify: asking at every insertion took a quarter of an import. */
static const char series_and_documents[] =
    "CREATE TABLE document (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,"
    " format TEXT NOT NULL, publisher TEXT, address TEXT, licence TEXT, retrieved TEXT, vintage INTEGER NOT NULL,"
    " n_bytes INTEGER NOT NULL, bytes BLOB, UNIQUE (sha256, source));"
    "CREATE TABLE series (id INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL,"
    " frequency INTEGER NOT NULL, UNIQUE (name, source, frequency));"
    "CREATE TABLE description (id INTEGER PRIMARY KEY, title TEXT NOT NULL, unit TEXT NOT NULL,"
    " price_basis TEXT NOT NULL, adjustment TEXT NOT NULL, UNIQUE (title, unit, price_basis, adjustment));"
    "CREATE TABLE flag (id INTEGER PRIMARY KEY, flag TEXT NOT NULL UNIQUE);"
    "CREATE TABLE coverage (series INTEGER NOT NULL REFERENCES series, vintage INTEGER NOT NULL,"
    " document INTEGER NOT NULL REFERENCES document, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " description INTEGER NOT NULL REFERENCES description, PRIMARY KEY (series, vintage, document)) WITHOUT ROWID;"
    "CREATE TABLE observation (series INTEGER NOT NULL, period INTEGER NOT NULL, vintage INTEGER NOT NULL, value,"
    " flag INTEGER, document INTEGER NOT NULL, PRIMARY KEY (series, period, vintage)) WITHOUT ROWID;";

static const char kept_tables[] =
    "CREATE TABLE kept_table (id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document,"
    " place INTEGER NOT NULL, name TEXT NOT NULL, n_rows INTEGER NOT NULL, UNIQUE (document, place));"
    "CREATE TABLE kept_column (kept_table INTEGER NOT NULL REFERENCES kept_table, place INTEGER NOT NULL,"
    " name TEXT NOT NULL, type INTEGER NOT NULL, frequency INTEGER NOT NULL, unit TEXT NOT NULL,"
    " price_basis TEXT NOT NULL, adjustment TEXT NOT NULL, vintage TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " cells BLOB NOT NULL, PRIMARY KEY (kept_table, place));"
    "CREATE TABLE kept_note (kept_table INTEGER NOT NULL REFERENCES kept_table, place INTEGER NOT NULL,"
    " note TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kept_table, place)) WITHOUT ROWID;";

static const char words_of_series[] =
    "CREATE VIRTUAL TABLE series_words USING fts5(name, title, tokenize = 'porter unicode61');"
    "INSERT INTO series_words (rowid, name, title) SELECT id, name, coalesce((SELECT title FROM coverage c"
    " JOIN description d ON d.id = c.description WHERE c.series = series.id ORDER BY c.vintage DESC LIMIT 1), '')"
    " FROM series;";

/* Words of names and titles, made by store_words.c, in place of SQLite's own index: found alike in every database. */
static const char words_of_ours[] =
    "DROP TABLE IF EXISTS series_words;"
    "CREATE TABLE series_word (word TEXT NOT NULL, series INTEGER NOT NULL, PRIMARY KEY (word, series)) WITHOUT ROWID;";

const char *const pg_store_migrations[PG_STORE_VERSION] = { series_and_documents, kept_tables, words_of_series,
                                                            words_of_ours };
