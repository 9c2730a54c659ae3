/* store_grades.c  Requests to language models and their answers in a store (docs/grading.md).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_grades.h"

#include <string.h>

#include "core/hash.h"
#include "pgdp/store.h"

/* Made when first used. A released column is never changed; new ones are added by another statement. */
static const char tables[] =
    "CREATE TABLE IF NOT EXISTS grade_rubric (sha256 TEXT PRIMARY KEY, rubric TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS grade_request (request TEXT NOT NULL, pass INTEGER NOT NULL, attempt INTEGER NOT NULL,"
    " rubric TEXT NOT NULL, model TEXT NOT NULL, task TEXT NOT NULL, format TEXT NOT NULL, address TEXT NOT NULL,"
    " status INTEGER NOT NULL, outcome TEXT NOT NULL, detail TEXT, day TEXT, answered_by TEXT,"
    " tokens_in DOUBLE PRECISION, tokens_out DOUBLE PRECISION, tokens_cached DOUBLE PRECISION,"
    " cost DOUBLE PRECISION, body TEXT NOT NULL, answer BLOB, answer_sha256 TEXT, PRIMARY KEY (request, pass, "
    "attempt));";

#define COLUMNS                                                                                                        \
    "request, pass, rubric, model, task, format, address, status, outcome, detail, day, answered_by,"                  \
    " tokens_in, tokens_out, tokens_cached, cost, body, answer, answer_sha256"
/* clang-format off */
#define GRADES_SQL(X) \
    X(ADD, "INSERT INTO grade_request (" COLUMNS ", attempt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12," \
           " ?13, ?14, ?15, ?16, ?17, ?18, ?19, (SELECT coalesce(max(attempt), 0) + 1 FROM grade_request" \
           " WHERE request = ?1 AND pass = ?2))") \
    X(ADD_RUBRIC, "INSERT INTO grade_rubric (sha256, rubric) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING") \
    X(ACCEPTED, "SELECT count(*) FROM grade_request WHERE request = ?1 AND pass = ?2 AND outcome = 'accepted'") \
    X(SPENT, "SELECT coalesce(sum(cost), 0) FROM grade_request WHERE rubric = ?1 AND model = ?2") \
    X(ATTEMPTS, "SELECT " COLUMNS ", attempt FROM grade_request WHERE request = ?1 AND pass = ?2 ORDER BY attempt")
/* clang-format on */
#define ENTRY(name, text) SQL_##name,
enum { GRADES_SQL(ENTRY) N_SQL };
#undef ENTRY
#define ENTRY(name, text) text,
static const char *const texts[] = { GRADES_SQL(ENTRY) };
#undef ENTRY

/** For reading, the tables must be there: without them no statement can be prepared, which is an IO failure. */
static pgdp_status prepare(pgdp_ctx *ctx, pg_db *db, bool write)
{
    bool found;
    if (write) return pg_db_script(ctx, db, tables);
    const pgdp_status status = pg_grades_accepted(ctx, db, "", 0, &found);
    if (status != PGDP_IO) return status;
    return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no grades in this store, expected those of an earlier run",
                   pg_db_path(db));
}

pgdp_status pg_grades_open(pgdp_ctx *ctx, const char *path, bool write, pg_db **out)
{
    pgdp_store *store = NULL;
    pg_db *db = NULL;
    PG_TRY(pgdp_store_open(ctx, path, write ? PGDP_STORE_WRITE : PGDP_STORE_READ, &store)); /* is it one? */
    pgdp_store_close(store);
    PG_TRY(pg_db_open(ctx, path, write, texts, N_SQL, &db));
    const pgdp_status status = prepare(ctx, db, write);
    if (status == PGDP_OK)
        *out = db;
    else
        pg_db_close(db);
    return status;
}

pgdp_status pg_grades_add(pgdp_ctx *ctx, pg_db *db, const pg_kept_request *kept)
{
    char sha256[PG_SHA256_HEX];
    if (kept->answer != NULL) PG_TRY(pg_sha256(ctx, kept->answer, kept->n_answer, sha256));
    const pg_sql_value values[] = {
        pg_sql_text(kept->request),
        pg_sql_int(kept->pass),
        pg_sql_text(kept->rubric),
        pg_sql_text(kept->model),
        pg_sql_text(kept->task),
        pg_sql_text(kept->format),
        pg_sql_text(kept->address),
        pg_sql_int(kept->status),
        pg_sql_text(kept->outcome),
        pg_sql_text(kept->detail),
        pg_sql_text(kept->day),
        pg_sql_text(kept->answered_by),
        pg_sql_real(kept->tokens_in),
        pg_sql_real(kept->tokens_out),
        pg_sql_real(kept->tokens_cached),
        pg_sql_real(kept->cost),
        pg_sql_text(kept->body),
        kept->answer == NULL ? pg_sql_text(NULL) : pg_sql_blob(kept->answer, kept->n_answer),
        pg_sql_text(kept->answer == NULL ? NULL : sha256),
    };
    PG_TRY(pg_db_begin(ctx, db, true)); /* the number of the attempt is asked and given as one step */
    pgdp_status status = pg_sql_run(ctx, db, SQL_ADD, values, sizeof values / sizeof *values);
    if (status == PGDP_OK) status = pg_db_commit(ctx, db);
    if (status != PGDP_OK) (void)pg_db_undo(ctx, db, true);
    return status;
}

pgdp_status pg_grades_add_rubric(pgdp_ctx *ctx, pg_db *db, const char *sha256, const char *text)
{
    return pg_sql_run(ctx, db, SQL_ADD_RUBRIC, (pg_sql_value[]){ pg_sql_text(sha256), pg_sql_text(text) }, 2);
}

pgdp_status pg_grades_accepted(pgdp_ctx *ctx, pg_db *db, const char *request, size_t pass, bool *out)
{
    const pg_sql_value values[] = { pg_sql_text(request), pg_sql_int((int64_t)pass) };
    int64_t n = 0;
    PG_TRY(pg_sql_one(ctx, db, SQL_ACCEPTED, values, 2, &n));
    *out = n > 0;
    return PGDP_OK;
}

pgdp_status pg_grades_spent(pgdp_ctx *ctx, pg_db *db, const char *rubric, const char *model, double *usd)
{
    bool row;
    *usd = 0;
    PG_TRY(pg_sql_begin(ctx, db, SQL_SPENT, (pg_sql_value[]){ pg_sql_text(rubric), pg_sql_text(model) }, 2));
    PG_TRY(pg_sql_next(ctx, db, SQL_SPENT, &row));
    if (row) *usd = pg_sql_cell_real(db, SQL_SPENT, 0);
    pg_sql_end(db, SQL_SPENT);
    return PGDP_OK;
}

pgdp_status pg_grades_begin(pgdp_ctx *ctx, pg_db *db, const char *request, size_t pass)
{
    return pg_sql_begin(ctx, db, SQL_ATTEMPTS, (pg_sql_value[]){ pg_sql_text(request), pg_sql_int((int64_t)pass) }, 2);
}

/** Is a kept answer the one that came? */
static pgdp_status check_answer(pgdp_ctx *ctx, const pg_db *db, const pg_kept_request *kept, const char *sha256)
{
    char found[PG_SHA256_HEX];
    if (kept->answer == NULL) return PGDP_OK;
    PG_TRY(pg_sha256(ctx, kept->answer, kept->n_answer, found));
    if (sha256 != NULL && strcmp(found, sha256) == 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_MISMATCH, "%s: the answer about task %.60s, pass %lld, was changed after it came",
                   pg_db_path(db), kept->task, (long long)kept->pass);
}

pgdp_status pg_grades_next(pgdp_ctx *ctx, pg_db *db, bool *row, pg_kept_request *out)
{
    const size_t s = SQL_ATTEMPTS;
    PG_TRY(pg_sql_next(ctx, db, s, row));
    if (!*row) return PGDP_OK;
    *out = (pg_kept_request){ .request = pg_sql_cell_text(db, s, 0),
                              .pass = pg_sql_cell_int(db, s, 1),
                              .rubric = pg_sql_cell_text(db, s, 2),
                              .model = pg_sql_cell_text(db, s, 3),
                              .task = pg_sql_cell_text(db, s, 4),
                              .format = pg_sql_cell_text(db, s, 5),
                              .address = pg_sql_cell_text(db, s, 6),
                              .status = pg_sql_cell_int(db, s, 7),
                              .outcome = pg_sql_cell_text(db, s, 8),
                              .detail = pg_sql_cell_text(db, s, 9),
                              .day = pg_sql_cell_text(db, s, 10),
                              .answered_by = pg_sql_cell_text(db, s, 11),
                              .tokens_in = pg_sql_cell_real(db, s, 12),
                              .tokens_out = pg_sql_cell_real(db, s, 13),
                              .tokens_cached = pg_sql_cell_real(db, s, 14),
                              .cost = pg_sql_cell_real(db, s, 15),
                              .body = pg_sql_cell_text(db, s, 16),
                              .attempt = pg_sql_cell_int(db, s, 19) };
    out->answer = pg_sql_cell_blob(db, s, 17, &out->n_answer);
    return check_answer(ctx, db, out, pg_sql_cell_text(db, s, 18));
}
