/* store_sql.h  Every statement of the store, by name. Values are ?1, ?2, ... in the order told by the statement.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_SQL_H
#define PG_STORE_SQL_H

/** Many rows a statement: each statement costs as much as the insertion of a row. */
enum { PG_ROWS_AT_ONCE = 16, PG_ROW_VALUES = 4 };
#define PG_ADD_OBSERVATIONS  "INSERT INTO observation (series, document, period, vintage, value, flag) VALUES "
#define PG_ROW               "(?1, ?2, ?, ?, ?, ?)"
#define PG_ROWS_4            PG_ROW ", " PG_ROW ", " PG_ROW ", " PG_ROW

/* clang-format off */
#define PG_STORE_SQL(X) \
    X(USER_VERSION, "PRAGMA user_version") \
    X(APPLICATION, "PRAGMA application_id") \
    X(N_OBJECTS, "SELECT count(*) FROM sqlite_schema") \
    X(FIND_DOCUMENT, "SELECT id FROM document WHERE sha256 = ?1 AND source = ?2") \
    X(ADD_DOCUMENT, "INSERT INTO document (sha256, source, name, format, publisher, address, licence, retrieved," \
                    " vintage, n_bytes, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)") \
    X(FIND_SERIES, "SELECT id FROM series WHERE name = ?1 AND source = ?2 AND frequency = ?3") \
    X(ADD_SERIES, "INSERT INTO series (name, source, frequency) VALUES (?1, ?2, ?3)") \
    X(FIND_WORDS, "SELECT title FROM series_words WHERE rowid = ?1") \
    X(DROP_WORDS, "DELETE FROM series_words WHERE rowid = ?1") \
    X(ADD_WORDS, "INSERT INTO series_words (rowid, name, title) VALUES (?1, ?2, ?3)") \
    X(FIND_DESCRIPTION, "SELECT id FROM description WHERE title = ?1 AND unit = ?2 AND price_basis = ?3" \
                        " AND adjustment = ?4") \
    X(ADD_DESCRIPTION, "INSERT INTO description (title, unit, price_basis, adjustment) VALUES (?1, ?2, ?3, ?4)") \
    X(FIND_FLAG, "SELECT id FROM flag WHERE flag = ?1") \
    X(ADD_FLAG, "INSERT INTO flag (flag) VALUES (?1)") \
    X(FLAG, "SELECT flag FROM flag WHERE id = ?1") \
    X(COVERAGE, "SELECT vintage, first, last, document FROM coverage WHERE series = ?1 ORDER BY vintage, document") \
    X(ADD_COVERAGE, "INSERT INTO coverage (series, vintage, document, first, last, description)" \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)") \
    X(OBSERVATIONS, "SELECT period, vintage, value, flag, document FROM observation WHERE series = ?1" \
                    " ORDER BY period, vintage") \
    X(HISTORY, "SELECT o.vintage, lead(o.vintage) OVER (ORDER BY o.vintage), o.value, f.flag, d.name, d.sha256" \
               " FROM observation o" \
               " JOIN document d ON d.id = o.document LEFT JOIN flag f ON f.id = o.flag" \
               " WHERE o.series = ?1 AND o.period = ?2 ORDER BY o.vintage") \
    X(ADD_OBSERVATION, PG_ADD_OBSERVATIONS PG_ROW) \
    X(ADD_OBSERVATIONS, PG_ADD_OBSERVATIONS PG_ROWS_4 ", " PG_ROWS_4 ", " PG_ROWS_4 ", " PG_ROWS_4) \
    X(DROP_OBSERVATION, "DELETE FROM observation WHERE series = ?1 AND period = ?2 AND vintage = ?3") \
    X(SERIES_NAMED, "SELECT id, name, frequency, source FROM series WHERE name = ?1" \
                    " AND (?2 IS NULL OR source = ?2) AND (?3 = 0 OR frequency = ?3) ORDER BY source, frequency") \
    X(SERIES_ALL, "SELECT id, name, frequency, source FROM series" \
                  " WHERE (?1 IS NULL OR source = ?1) AND (?2 = 0 OR frequency = ?2) ORDER BY source, name, frequency") \
    X(DESCRIPTION, "SELECT d.title, d.unit, d.price_basis, d.adjustment, c.vintage FROM coverage c" \
                   " JOIN description d ON d.id = c.description WHERE c.series = ?1 AND c.vintage <= ?2" \
                   " ORDER BY c.vintage DESC, c.document DESC LIMIT 1") \
    X(CATALOGUE, "SELECT s.source, s.name, s.frequency, min(c.first), max(c.last), count(DISTINCT c.vintage), s.id" \
                 " FROM series s JOIN coverage c ON c.series = s.id GROUP BY s.id" \
                 " ORDER BY s.source, s.name, s.frequency") \
    X(SEARCH, "SELECT s.source, s.name, s.frequency, (SELECT min(first) FROM coverage WHERE series = s.id)," \
              " (SELECT max(last) FROM coverage WHERE series = s.id)," \
              " (SELECT count(DISTINCT vintage) FROM coverage WHERE series = s.id), s.id" \
              " FROM series_words w JOIN series s ON s.id = w.rowid WHERE series_words MATCH ?1" \
              " ORDER BY w.rank, s.source, s.name, s.frequency") \
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
    X(TABLES, "SELECT id, name, n_rows FROM kept_table WHERE document = ?1 AND (?2 IS NULL OR name = ?2)" \
              " ORDER BY place LIMIT 2") \
    X(COLUMNS, "SELECT name, type, frequency, unit, price_basis, adjustment, vintage, cells FROM kept_column" \
               " WHERE kept_table = ?1 ORDER BY place") \
    X(NOTES, "SELECT note, value FROM kept_note WHERE kept_table = ?1 ORDER BY place") \
    X(INTEGRITY, "PRAGMA integrity_check(1)") \
    X(FOREIGN_KEYS, "SELECT \"table\" FROM pragma_foreign_key_check UNION ALL" \
                    " SELECT 'observation ' || series || ', ' || period FROM observation" \
                    " WHERE series NOT IN (SELECT id FROM series) OR document NOT IN (SELECT id FROM document)" \
                    " OR (flag IS NOT NULL AND flag NOT IN (SELECT id FROM flag))") \
    X(KEPT_BYTES, "SELECT name, sha256, bytes FROM document WHERE bytes IS NOT NULL ORDER BY id") \
    X(KEPT_COLUMNS, "SELECT d.name || ', ' || c.name, c.sha256, c.cells FROM kept_column c" \
                    " JOIN kept_table t ON t.id = c.kept_table JOIN document d ON d.id = t.document" \
                    " ORDER BY c.kept_table, c.place") \
    X(INTERVALS, "SELECT s.name, o.period, s.frequency, o.same FROM (SELECT series, period, value IS lag(value) OVER w" \
                 " AND flag IS lag(flag) OVER w AND row_number() OVER w > 1 AS same FROM observation" \
                 " WINDOW w AS (PARTITION BY series, period ORDER BY vintage)) o JOIN series s ON s.id = o.series" \
                 " WHERE o.same") \
    X(N_OBSERVATIONS, "SELECT count(*) FROM observation") \
    X(N_SERIES, "SELECT count(*) FROM series") \
    X(UNCOVERED, "SELECT s.name FROM series s WHERE NOT EXISTS (SELECT 1 FROM coverage WHERE series = s.id)" \
                 " UNION ALL SELECT s.name FROM (SELECT DISTINCT series, vintage FROM observation" \
                 " EXCEPT SELECT series, vintage FROM coverage) o JOIN series s ON s.id = o.series")
/* clang-format on */

#define PG_ENTRY(name, text) PG_SQL_##name,
enum { PG_STORE_SQL(PG_ENTRY) PG_N_SQL };
#undef PG_ENTRY

#endif
