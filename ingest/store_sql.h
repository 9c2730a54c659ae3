/* store_sql.h  Every statement of the store, by name. Values are ?1, ?2, ... in the order told by the statement.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_SQL_H
#define PG_STORE_SQL_H

/** The catalogue with what was told last; conditions on series s follow. */
#define PG_LAST_DESCRIPTION                                                                                            \
    "d.id = (SELECT description FROM coverage WHERE series = s.id ORDER BY vintage DESC, document DESC LIMIT 1)"
#define PG_CATALOGUE                                                                                                   \
    "SELECT s.source, s.name, s.frequency, (SELECT min(first) FROM coverage WHERE series = s.id),"                     \
    " (SELECT max(last) FROM coverage WHERE series = s.id),"                                                           \
    " (SELECT count(DISTINCT vintage) FROM coverage WHERE series = s.id), d.unit, d.price_basis, d.adjustment,"        \
    " d.title FROM series s JOIN description d ON " PG_LAST_DESCRIPTION
/** Series with a word from LO to HI; no LO: any. (A server knows a value's type by where it stands first.) */
#define PG_WITH_WORD(lo, hi)                                                                                           \
    " (s.id IN (SELECT series FROM series_word WHERE word BETWEEN " lo " AND " hi ") OR " lo " IS NULL)"
enum { PG_MAX_WORDS = 6 }; /**< as many as SEARCH has places for */

/** An observation's references are looked at by verify alone: asking at every insertion took a quarter of an import. */
#define PG_LOST_OBSERVATIONS                                                                                           \
    "SELECT 'observation ' || series || ', ' || period FROM observation"                                               \
    " WHERE series NOT IN (SELECT id FROM series) OR document NOT IN (SELECT id FROM document)"                        \
    " OR (flag IS NOT NULL AND flag NOT IN (SELECT id FROM flag))"

/* clang-format off */
#define PG_STORE_SQL(X) \
    X(USER_VERSION, "PRAGMA user_version") \
    X(APPLICATION, "PRAGMA application_id") \
    X(N_OBJECTS, "SELECT count(*) FROM sqlite_schema") \
    X(FIND_DOCUMENT, "SELECT id FROM document WHERE sha256 = ?1 AND source = ?2") \
    X(ADD_DOCUMENT, "INSERT INTO document (sha256, source, name, format, publisher, address, licence, retrieved," \
                    " vintage, n_bytes, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)") \
    X(FIND_SERIES, "SELECT id FROM series WHERE name = ?1 AND source = ?2 AND frequency = ?3") \
    X(ADD_WORD, "INSERT INTO series_word (word, series) VALUES (?1, ?2) ON CONFLICT DO NOTHING") \
    X(LAST_TITLES, "SELECT s.id, s.name, d.title FROM series s JOIN description d ON " PG_LAST_DESCRIPTION) \
    X(LAST_SERIES, "SELECT coalesce(max(id), 0) FROM series") \
    X(LAST_DESCRIPTION, "SELECT coalesce(max(id), 0) FROM description") \
    X(KEYS_OF_SERIES, "SELECT id, name, frequency FROM series WHERE source = ?1") \
    X(KEYS_OF_DESCRIPTIONS, "SELECT id, title, unit, price_basis, adjustment FROM description") \
    X(FIND_DESCRIPTION, "SELECT id FROM description WHERE title = ?1 AND unit = ?2 AND price_basis = ?3" \
                        " AND adjustment = ?4") \
    X(FIND_FLAG, "SELECT id FROM flag WHERE flag = ?1") \
    X(ADD_FLAG, "INSERT INTO flag (flag) VALUES (?1)") \
    X(FLAG, "SELECT flag FROM flag WHERE id = ?1") \
    X(COVERAGE, "SELECT vintage, first, last, document, description FROM coverage WHERE series = ?1" \
                " ORDER BY vintage, document") \
    X(OBSERVATIONS, "SELECT period, vintage, value, flag, document FROM observation WHERE series = ?1" \
                    " ORDER BY period, vintage") \
    X(HISTORY, "SELECT o.vintage, lead(o.vintage) OVER (ORDER BY o.vintage), o.value, f.flag, d.name, d.sha256" \
               " FROM observation o" \
               " JOIN document d ON d.id = o.document LEFT JOIN flag f ON f.id = o.flag" \
               " WHERE o.series = ?1 AND o.period = ?2 ORDER BY o.vintage") \
    X(DROP_OBSERVATION, "DELETE FROM observation WHERE series = ?1 AND period = ?2 AND vintage = ?3") \
    X(SERIES_NAMED, "SELECT id, name, frequency, source FROM series WHERE name = ?1" \
                    " AND (source = ?2 OR ?2 IS NULL) AND (?3 = 0 OR frequency = ?3) ORDER BY source, frequency") \
    X(SERIES_ALL, "SELECT id, name, frequency, source FROM series" \
                  " WHERE (source = ?1 OR ?1 IS NULL) AND (?2 = 0 OR frequency = ?2) ORDER BY source, name, frequency") \
    X(DESCRIPTION, "SELECT d.title, d.unit, d.price_basis, d.adjustment, c.vintage FROM coverage c" \
                   " JOIN description d ON d.id = c.description WHERE c.series = ?1 AND c.vintage <= ?2" \
                   " ORDER BY c.vintage DESC, c.document DESC LIMIT 1") \
    X(CATALOGUE, PG_CATALOGUE " ORDER BY s.source, s.name, s.frequency") \
    X(SEARCH, PG_CATALOGUE " WHERE s.id IN (SELECT series FROM series_word WHERE word BETWEEN ?1 AND ?2) AND" \
              PG_WITH_WORD("?3", "?4") " AND" PG_WITH_WORD("?5", "?6") " AND" PG_WITH_WORD("?7", "?8") \
              " AND" PG_WITH_WORD("?9", "?10") " AND" PG_WITH_WORD("?11", "?12") \
              " ORDER BY CASE WHEN lower(s.name) = lower(?13) THEN 0 ELSE 1 END, length(s.name) + length(d.title)," \
              " s.source, s.name, s.frequency") \
    X(DOCUMENTS, "SELECT id, sha256, name, source, format, publisher, address, licence, retrieved, vintage, n_bytes," \
                 " CASE WHEN bytes IS NOT NULL THEN 'bytes'" \
                 " WHEN EXISTS (SELECT 1 FROM kept_table WHERE document = document.id) THEN 'tables'" \
                 " ELSE 'observations' END FROM document ORDER BY vintage, source, name, sha256") \
    X(DOCUMENT_SERIES, "SELECT document, count(DISTINCT series) FROM coverage GROUP BY document") \
    X(DOCUMENTS_OF, "SELECT DISTINCT document FROM coverage WHERE series = ?1 AND vintage <= ?2") \
    X(DOCUMENT_NAMED, "SELECT id, sha256, name, bytes IS NOT NULL FROM document" \
                      " WHERE name = ?1 OR substr(sha256, 1, length(?1)) = ?1 LIMIT 2") \
    X(BYTES, "SELECT bytes FROM document WHERE id = ?1") \
    X(ADD_TABLE, "INSERT INTO kept_table (document, place, name, n_rows) VALUES (?1, ?2, ?3, ?4)") \
    X(ADD_COLUMN, "INSERT INTO kept_column (kept_table, place, name, type, frequency, unit, price_basis, adjustment," \
                  " vintage, sha256, cells) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)") \
    X(ADD_NOTE, "INSERT INTO kept_note (kept_table, place, note, value) VALUES (?1, ?2, ?3, ?4)") \
    X(TABLES, "SELECT id, name, n_rows FROM kept_table WHERE document = ?1 AND (name = ?2 OR ?2 IS NULL)" \
              " ORDER BY place LIMIT 2") \
    X(COLUMNS, "SELECT name, type, frequency, unit, price_basis, adjustment, vintage, cells FROM kept_column" \
               " WHERE kept_table = ?1 ORDER BY place") \
    X(NOTES, "SELECT note, value FROM kept_note WHERE kept_table = ?1 ORDER BY place") \
    X(INTEGRITY, "PRAGMA integrity_check(1)") \
    X(FOREIGN_KEYS, "SELECT \"table\" FROM pragma_foreign_key_check UNION ALL " PG_LOST_OBSERVATIONS) \
    X(KEPT_BYTES, "SELECT name, sha256, id, 0 FROM document WHERE bytes IS NOT NULL ORDER BY id") \
    X(KEPT_COLUMNS, "SELECT d.name || ', ' || c.name, c.sha256, c.kept_table, c.place FROM kept_column c" \
                    " JOIN kept_table t ON t.id = c.kept_table JOIN document d ON d.id = t.document" \
                    " ORDER BY c.kept_table, c.place") \
    X(CELLS, "SELECT cells FROM kept_column WHERE kept_table = ?1 AND place = ?2") \
    X(INTERVALS, "SELECT s.name, o.period, s.frequency, o.same FROM (SELECT series, period," \
                 " value IS NOT DISTINCT FROM lag(value) OVER w" \
                 " AND flag IS NOT DISTINCT FROM lag(flag) OVER w AND row_number() OVER w > 1 AS same FROM observation" \
                 " WINDOW w AS (PARTITION BY series, period ORDER BY vintage)) o JOIN series s ON s.id = o.series" \
                 " WHERE o.same") \
    X(N_OBSERVATIONS, "SELECT count(*) FROM observation") \
    X(N_SERIES, "SELECT count(*) FROM series") \
    X(UNCOVERED, "SELECT s.name FROM series s WHERE NOT EXISTS (SELECT 1 FROM coverage WHERE series = s.id)" \
                 " UNION ALL SELECT s.name FROM (SELECT DISTINCT series, vintage FROM observation" \
                 " EXCEPT SELECT series, vintage FROM coverage) o JOIN series s ON s.id = o.series")

/* Those that PostgreSQL has other words for. A store there is the schema pgdp; its version stands in the comment on it.
 * The server's files are looked over by its own pg_amcheck. */
#define PG_COMMENT "FROM coalesce(obj_description(to_regnamespace('pgdp')::oid, 'pg_namespace'), '') AS comment"
#define PG_STORE_SQL_POSTGRES(X) \
    X(USER_VERSION, "SELECT coalesce(substring(comment from 'version ([0-9]+)$')::bigint, 0) " PG_COMMENT) \
    X(APPLICATION, "SELECT CASE WHEN comment LIKE 'pgdp series store, version %' THEN 1885824112 ELSE 0 END " PG_COMMENT) \
    X(N_OBJECTS, "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('pgdp')") \
    X(INTEGRITY, "SELECT coalesce((SELECT 'index ' || min(c.relname) || ' is not valid' FROM pg_index i" \
                 " JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = to_regnamespace('pgdp')" \
                 " AND NOT i.indisvalid), 'ok')") \
    X(FOREIGN_KEYS, PG_LOST_OBSERVATIONS " UNION ALL SELECT 'observation ' || series || ', ' || period || ' twice'" \
                    " FROM observation GROUP BY series, period, vintage HAVING count(*) > 1")

/* Tables that take many rows at once: name, columns, how many columns, how many rows go into SQLite together. What a row
 * refers to stands before it. */
#define PG_STORE_BULK(X) \
    X(OBSERVATION, "observation", "series, period, vintage, value, flag, document", 6, 16) \
    X(WORD, "series_word", "word, series", 2, 1) \
    X(SERIES, "series", "id, name, source, frequency", 4, 1) \
    X(DESCRIPTION, "description", "id, title, unit, price_basis, adjustment", 5, 1) \
    X(COVERAGE, "coverage", "series, vintage, document, first, last, description", 6, 1)
/* clang-format on */

#define PG_ENTRY(name, text) PG_SQL_##name,
enum { PG_STORE_SQL(PG_ENTRY) PG_N_SQL };
#undef PG_ENTRY
#define PG_ENTRY(name, ...) PG_BULK_##name,
enum { PG_STORE_BULK(PG_ENTRY) PG_N_BULK };
#undef PG_ENTRY

#endif
