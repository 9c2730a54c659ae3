/* store_import.c  A document into the store, in one transaction. SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/text.h"
#include "ingest/bytes.h"
#include "ingest/store_catalogue.h"
#include "ingest/store_merge.h"
#include "ingest/store_words.h"

enum { STOP_EVERY = 64 }; /* series */

/* The points of one series: [first, end). */
typedef struct span {
    size_t first, end;
} span;

/* An import under way. */
typedef struct importing {
    pgdp_store *store;
    const pg_points *points;
    pgdp_imported *done;
    int64_t *flags; /* keys of the store by number in points */
    int64_t document;
    pg_catalogue catalogue;
    pg_known_list known; /* memory of the series before, used again */
    pg_known *fresh, *steps;
    pg_seen *seen;
    pg_point *by_vintage;
    size_t n_seen, seen_capacity, steps_capacity, fresh_capacity, points_capacity;
} importing;

/* Room for n; what was there need not stay. */
static pgdp_status room(pgdp_ctx *ctx, void **memory, size_t *capacity, size_t n, size_t size)
{
    if (n <= *capacity) return PGDP_OK;
    PG_TRY_ALLOC(ctx, *memory, pg_arena_alloc(&ctx->scratch, 2 * n, size));
    *capacity = 2 * n;
    return PGDP_OK;
}

static pgdp_status read_seen(pgdp_ctx *ctx, importing *m, int64_t series)
{
    pg_db *db = m->store->db;
    bool row;
    m->n_seen = 0;
    PG_TRY(pg_sql_begin(ctx, db, PG_SQL_COVERAGE, (pg_sql_value[]){ pg_sql_int(series) }, 1));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, db, PG_SQL_COVERAGE, &row));
        if (!row) return PGDP_OK;
        if (m->n_seen == m->seen_capacity) {
            const size_t capacity = 2 * m->seen_capacity + 256;
            PG_TRY_ALLOC(ctx, m->seen, pg_arena_grow(&ctx->scratch, m->seen, m->n_seen, capacity, sizeof *m->seen));
            m->seen_capacity = capacity;
        }
        m->seen[m->n_seen++] = (pg_seen){ .vintage = (int32_t)pg_sql_cell_int(db, PG_SQL_COVERAGE, 0),
                                          .first = (int32_t)pg_sql_cell_int(db, PG_SQL_COVERAGE, 1),
                                          .last = (int32_t)pg_sql_cell_int(db, PG_SQL_COVERAGE, 2),
                                          .document = pg_sql_cell_int(db, PG_SQL_COVERAGE, 3),
                                          .description = pg_sql_cell_int(db, PG_SQL_COVERAGE, 4) };
    }
}

static pgdp_status add_step(pgdp_ctx *ctx, const importing *m, int64_t series, const pg_known *step)
{
    const pg_sql_value values[] = { pg_sql_int(series),
                                    pg_sql_int(step->period),
                                    pg_sql_int(step->vintage),
                                    pg_sql_real(step->value),
                                    step->flag == 0 ? pg_sql_text(NULL) : pg_sql_int(step->flag),
                                    pg_sql_int(step->document) };
    return pg_bulk_add(ctx, m->store->db, PG_BULK_OBSERVATION, values);
}

static pgdp_status drop_step(pgdp_ctx *ctx, const importing *m, int64_t series, const pg_known *step)
{
    const pg_sql_value values[] = { pg_sql_int(series), pg_sql_int(step->period), pg_sql_int(step->vintage) };
    return pg_sql_run(ctx, m->store->db, PG_SQL_DROP_OBSERVATION, values, 3);
}

/* Steps that are new go in; those that are now told by an earlier one go out, so that intervals begin as early as is
 * known. */
static pgdp_status write_steps(pgdp_ctx *ctx, importing *m, int64_t series, const pg_merging *g, size_t n)
{
    size_t old = 0;
    for (size_t i = 0; i < n; i++) {
        while (old < g->n_known && g->known[old].vintage < m->steps[i].vintage)
            PG_TRY(drop_step(ctx, m, series, &g->known[old++]));
        if (old < g->n_known && g->known[old].vintage == m->steps[i].vintage) {
            old++;
            continue;
        }
        PG_TRY(add_step(ctx, m, series, &m->steps[i]));
        if (i == 0)
            m->done->n_added++;
        else
            m->done->n_revised++;
    }
    for (; old < g->n_known; old++)
        PG_TRY(drop_step(ctx, m, series, &g->known[old]));
    return PGDP_OK;
}

static pgdp_status fail_conflict(pgdp_ctx *ctx, const importing *m, const pg_series *series, const pg_known *stored)
{
    char period[16], day[16];
    pgdp_period_format((pgdp_period){ series->frequency, stored->period }, period);
    pgdp_period_format((pgdp_period){ PGDP_DAILY, stored->vintage }, day);
    return pg_fail(ctx, PGDP_MISMATCH,
                   "%s: series \"%.80s\", %s: the store has another value in the vintage of %s; nothing was changed; "
                   "name the day this document was published as its vintage, or another source",
                   m->points->label, series->name, period, day);
}

/* One period of one series. */
static pgdp_status add_period(pgdp_ctx *ctx, importing *m, int64_t key, const pg_series *series, const pg_merging *g)
{
    PG_TRY(room(ctx, (void **)&m->steps, &m->steps_capacity, g->n_known + g->n_fresh + g->n_seen, sizeof *m->steps));
    const size_t n = pg_store_merge(g, m->steps);
    if (n == PGDP_NONE) return fail_conflict(ctx, m, series, &m->steps[0]);
    return write_steps(ctx, m, key, g, n);
}

/* What earlier documents said matters only from the first vintage of this one on. */
static const pg_seen *seen_since(const importing *m, int32_t vintage, size_t *n)
{
    size_t first = 0;
    while (first < m->n_seen && m->seen[first].vintage < vintage)
        first++;
    *n = m->n_seen - first;
    return m->seen + first;
}

static pgdp_status add_periods(pgdp_ctx *ctx, importing *m, int64_t key, const pg_series *series, span range)
{
    const pg_point *points = m->points->points;
    size_t old = 0;
    for (size_t i = range.first, end; i < range.end; i = end) {
        pg_merging g = { .known = NULL };
        for (end = i; end < range.end && points[end].period == points[i].period; end++)
            g.n_fresh++;
        PG_TRY(room(ctx, (void **)&m->fresh, &m->fresh_capacity, g.n_fresh, sizeof *m->fresh));
        for (size_t k = 0; k < g.n_fresh; k++)
            m->fresh[k] = (pg_known){ .period = points[i + k].period,
                                      .vintage = points[i + k].vintage,
                                      .flag = m->flags[points[i + k].flag],
                                      .document = m->document,
                                      .value = points[i + k].value };
        while (old < m->known.n && m->known.known[old].period < points[i].period)
            old++;
        const size_t first = old;
        while (old < m->known.n && m->known.known[old].period == points[i].period)
            old++;
        g.known = m->known.known + first;
        g.n_known = old - first;
        g.fresh = m->fresh;
        g.seen = seen_since(m, m->fresh[0].vintage, &g.n_seen);
        PG_TRY(add_period(ctx, m, key, series, &g));
    }
    return PGDP_OK;
}

static int compare_vintages(const void *a, const void *b)
{
    const pg_point *x = a, *y = b;
    if (x->vintage != y->vintage) return x->vintage < y->vintage ? -1 : 1;
    return (x->period > y->period) - (x->period < y->period);
}

/* By the words of all titles that it has had. */
static pgdp_status add_words(pgdp_ctx *ctx, const importing *m, int64_t key, const pg_series *series,
                             int64_t description)
{
    const char *const texts[] = { series->name, series->title };
    for (size_t i = 0; i < m->n_seen; i++)
        if (m->seen[i].description == description) return PGDP_OK;
    return pg_words_add(ctx, m->store->db, key, texts, m->n_seen == 0);
}

/* From which period to which the document speaks, in each of its vintages. */
static pgdp_status add_coverage(pgdp_ctx *ctx, importing *m, int64_t key, const pg_series *series, span range)
{
    const size_t n = range.end - range.first;
    const pg_point *points = m->points->points + range.first;
    int64_t description;
    bool one = true;
    PG_TRY(pg_description_add(ctx, &m->catalogue, series, &description));
    PG_TRY(add_words(ctx, m, key, series, description));
    for (size_t i = 1; i < n; i++)
        one = one && points[i].vintage == points[0].vintage;
    if (!one) {
        PG_TRY(room(ctx, (void **)&m->by_vintage, &m->points_capacity, n, sizeof *m->by_vintage));
        memcpy(m->by_vintage, points, n * sizeof *points);
        qsort(m->by_vintage, n, sizeof *m->by_vintage, compare_vintages);
        points = m->by_vintage;
    }
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && points[end].vintage == points[i].vintage;)
            end++;
        const pg_sql_value values[] = { pg_sql_int(key),
                                        pg_sql_int(points[i].vintage),
                                        pg_sql_int(m->document),
                                        pg_sql_int(points[i].period),
                                        pg_sql_int(points[end - 1].period),
                                        pg_sql_int(description) };
        PG_TRY(pg_bulk_add(ctx, m->store->db, PG_BULK_COVERAGE, values));
    }
    return PGDP_OK;
}

static pgdp_status add_series(pgdp_ctx *ctx, importing *m, span range)
{
    const pg_series *series = &m->points->series[m->points->points[range.first].series];
    int64_t key;
    bool is_new;
    PG_TRY(pg_series_add(ctx, &m->catalogue, series, &key, &is_new));
    m->known.n = m->n_seen = 0;
    if (!is_new) PG_TRY(pg_store_known(ctx, m->store, key, &m->known));
    if (!is_new) PG_TRY(read_seen(ctx, m, key));
    PG_TRY(add_periods(ctx, m, key, series, range));
    m->done->n_series++;
    m->done->n_new_series += is_new;
    return add_coverage(ctx, m, key, series, range);
}

static pgdp_status add_all(pgdp_ctx *ctx, importing *m)
{
    const pg_points *p = m->points;
    size_t n_series = 0;
    for (size_t i = 0, end; i < p->n; i = end) {
        for (end = i; end < p->n && p->points[end].series == p->points[i].series;)
            end++;
        PG_TRY(add_series(ctx, m, (span){ i, end }));
        if (n_series++ % STOP_EVERY == 0) PG_TRY(pg_check_stop(ctx));
        if (n_series % STOP_EVERY == 0) pg_progress(ctx, "import", end, p->n);
    }
    pg_progress(ctx, "import", p->n, p->n);
    return pg_bulk_end(ctx, m->store->db);
}

/* ---- the document ---- */

/* Whose series these are, where nobody says so: the provider of a format that has one, the format's own (FRED-MD, whose
 * authors adjust what they take), or the file's name without its endings. */
static pgdp_status usual_source(pgdp_ctx *ctx, const char *format, const char *file, const char **out)
{
    static const char *const sources[][2] = {
        { "fred_graph", "fred" },
        { "fred_api_json", "fred" },
        { "fred_api_xml", "fred" },
        { "fred_release", "fred" },
        { "labstat", "bls" },
        { "bls_api_json", "bls" },
        { "bls_data_tool", "bls" },
        { "bea_table", "bea" },
        { "bea_api_json", "bea" },
        { "nipa_flat", "bea" },
        { "csv", NULL },
        { "xlsx", NULL },
        { "json_records", NULL },
        { "columnar", NULL },
        { "dta", NULL },
        { "sas", NULL },
        { "spss", NULL },
    };
    *out = format;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (pg_streq(sources[i][0], format)) *out = sources[i][1];
    if (*out != NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(&ctx->scratch, file, strcspn(file, ".")));
    return PGDP_OK;
}

static bool is_told(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static pgdp_status read_vintage(pgdp_ctx *ctx, const pgdp_document *about, const char *label, int32_t *day)
{
    const char *text = is_told(about->vintage) ? about->vintage : about->retrieved;
    int32_t retrieved;
    if (!is_told(text))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s: on which day was it published? expected a vintage or a day of retrieval", label);
    if (!pg_store_day(text, day))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: found the vintage \"%.40s\", expected a day such as 2031-02-28",
                       label, text);
    if (is_told(about->retrieved) && !pg_store_day(about->retrieved, &retrieved))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: found it retrieved on \"%.40s\", expected a day such as 2031-02-28",
                       label, about->retrieved);
    return PGDP_OK;
}

static pgdp_status add_document(pgdp_ctx *ctx, importing *m, const pg_paper *paper, const pgdp_bytes *bytes,
                                const pgdp_dataset *dataset, const pgdp_document *about)
{
    PG_TRY(pg_document_find(ctx, m->store, paper, &m->document));
    m->done->already = m->document != 0;
    if (m->done->already) return PGDP_OK;
    PG_TRY(pg_document_add(ctx, m->store, paper, bytes, about, &m->document));
    PG_TRY(pg_flags_add(ctx, m->store, m->points, &m->flags));
    PG_TRY(pg_catalogue_start(ctx, &m->catalogue));
    PG_TRY(add_all(ctx, m));
    if (about->keep != PGDP_KEEP_OBSERVATIONS) PG_TRY(pg_store_keep(ctx, m->store, m->document, dataset));
    PG_TRY(pg_check_stop(ctx));
    return pg_db_commit(ctx, m->store->db);
}

static pgdp_status import_inside(pgdp_ctx *ctx, pgdp_store *store, const pgdp_bytes *bytes, const pgdp_dataset *dataset,
                                 const pgdp_document *about, pgdp_imported *done)
{
    const char *format = pgdp_dataset_format(dataset);
    pg_paper paper = { .sha256 = done->sha256, .name = pg_base_name(bytes->label), .format = format };
    pg_points points;
    paper.source = about->source;
    if (!is_told(about->source)) PG_TRY(usual_source(ctx, format, paper.name, &paper.source));
    PG_TRY(read_vintage(ctx, about, bytes->label, &paper.vintage));
    PG_TRY(pg_sha256(ctx, bytes->data, bytes->n, done->sha256));
    PG_TRY(pg_points_of(ctx, bytes->label, dataset, paper.vintage, &points));
    done->n_tables = pgdp_dataset_n_tables(dataset);
    done->n_observations = points.n;
    done->n_no_period = points.n_no_period;
    done->n_plain = points.n_plain;
    importing m = { .store = store, .points = &points, .done = done };
    m.catalogue = (pg_catalogue){ .store = store, .source = paper.source, .n_series = points.n_series };
    PG_TRY(pg_db_begin(ctx, store->db, true));
    return pg_store_end(ctx, store, add_document(ctx, &m, &paper, bytes, dataset, about));
}

pgdp_status pgdp_store_import(pgdp_ctx *ctx, pgdp_store *store, const pgdp_bytes *bytes, const pgdp_dataset *dataset,
                              const pgdp_document *about, pgdp_imported *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_imported done = { .already = false };
    if (!store->write)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the store is open for reading only; open it for writing");
    const pgdp_status status = import_inside(ctx, store, bytes, dataset, about, &done);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK) *out = done;
    return status;
}
