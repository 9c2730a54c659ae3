/* schema.c  A description of a frame, and as JSON. Source: W3C, Metadata Vocabulary for Tabular Data (2015), 5.3
 * to 5.7; W3C XML Schema part 2 (names of types). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the vocabulary has no word for stands in schema.org's pairs of name and value. */
#include "core/schema.h"

#include "core/json.h"

/* ---- of a frame ---- */

static bool has_level(const pgdp_frame *frame, size_t column, const char *text)
{
    return pg_frame_find_level(frame, column, text, PGDP_NONE) != PGDP_NO_CODE;
}

/* NA, or with as many lines below it as it takes to be no text of the column. */
static pgdp_status choose_mark(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const char **out)
{
    *out = "NA";
    while (has_level(frame, column, *out))
        PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%s_", *out));
    return PGDP_OK;
}

static pgdp_status list_texts(pgdp_ctx *ctx, pg_schema *s)
{
    size_t n = 0;
    PG_TRY_ALLOC(ctx, s->texts, pg_arena_alloc(&ctx->scratch, s->n_columns + 1, sizeof *s->texts));
    for (size_t j = 0; j < s->n_columns; j++)
        if (s->columns[j].about.type == PGDP_TEXT) s->texts[n++] = s->columns[j].about.name;
    return PGDP_OK;
}

pgdp_status pg_schema_of(pgdp_ctx *ctx, const pgdp_frame *frame, const char *url, bool marks, pg_schema *out)
{
    const char *value = NULL;
    *out = (pg_schema){ .url = url, .n_columns = pgdp_frame_n_columns(frame) };
    PG_TRY_ALLOC(ctx, out->columns, pg_arena_alloc(&ctx->scratch, out->n_columns, sizeof *out->columns));
    for (size_t j = 0; j < out->n_columns; j++) {
        pg_schema_column *c = &out->columns[j];
        *c = (pg_schema_column){ *pgdp_frame_column(frame, j), "" };
        if (c->about.name[0] == '\0')
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "column %zu has no name, by which it would be known again; name it",
                           j + 1);
        if (marks && has_level(frame, j, "")) PG_TRY(choose_mark(ctx, frame, j, &c->missing));
    }
    while (pg_frame_note_at(frame, out->n_notes, NULL) != NULL)
        out->n_notes++;
    PG_TRY_ALLOC(ctx, out->notes, pg_arena_alloc(&ctx->scratch, out->n_notes, sizeof *out->notes));
    for (size_t i = 0; i < out->n_notes; i++) {
        out->notes[i][0] = pg_frame_note_at(frame, i, &value);
        out->notes[i][1] = value;
    }
    return list_texts(ctx, out);
}

/* ---- JSON ---- */

static const char *datatype(const pgdp_column *about)
{
    if (about->type == PGDP_REAL) return "double";
    if (about->type == PGDP_TEXT) return "string";
    switch (about->frequency) {
    case PGDP_ANNUAL:
        return "gYear";
    case PGDP_MONTHLY:
        return "gYearMonth";
    case PGDP_DAILY:
        return "date";
    default:
        return "string"; /* XML Schema knows no quarters and no weeks */
    }
}

static void put_pair(pg_json *json, const char *name, const char *value)
{
    pg_json_object(json);
    pg_json_key_string(json, "schema:name", name);
    pg_json_key_string(json, "schema:value", value);
    pg_json_object_end(json);
}

/* What CSVW has no word for, if there is any. */
static void put_properties(pg_json *json, const pgdp_column *a)
{
    const bool is_period = a->type == PGDP_PERIOD;
    const char *frequency = pgdp_frequency_name(a->frequency);
    const char *const pairs[][2] = { { "period", !is_period             ? ""
                                                 : frequency[0] == '\0' ? "none"
                                                                        : frequency },
                                     { "frequency", is_period ? "" : frequency },
                                     { "unit", a->unit },
                                     { "price_basis", a->price_basis },
                                     { "adjustment", a->adjustment },
                                     { "vintage", a->vintage } };
    bool any = false;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (pairs[i][1][0] == '\0') continue;
        if (!any) {
            pg_json_key(json, "schema:additionalProperty");
            pg_json_array(json);
        }
        any = true;
        put_pair(json, pairs[i][0], pairs[i][1]);
    }
    if (any) pg_json_array_end(json);
}

static void put_column(pg_json *json, const pg_schema_column *c)
{
    pg_json_object(json);
    pg_json_key_string(json, "titles", c->about.name);
    pg_json_key_string(json, "datatype", datatype(&c->about));
    if (c->missing[0] != '\0') pg_json_key_string(json, "null", c->missing);
    put_properties(json, &c->about);
    pg_json_object_end(json);
}

pgdp_status pg_schema_print(pgdp_ctx *ctx, const pg_schema *schema, const pgdp_sink *sink)
{
    pg_json json;
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "@context", "http://www.w3.org/ns/csvw");
    pg_json_key_string(&json, "url", schema->url);
    pg_json_key(&json, "tableSchema");
    pg_json_object(&json);
    pg_json_key(&json, "columns");
    pg_json_array(&json);
    for (size_t j = 0; j < schema->n_columns; j++)
        put_column(&json, &schema->columns[j]);
    pg_json_array_end(&json);
    pg_json_object_end(&json);
    pg_json_key(&json, "notes");
    pg_json_array(&json);
    for (size_t i = 0; i < schema->n_notes; i++)
        put_pair(&json, schema->notes[i][0], schema->notes[i][1]);
    pg_json_array_end(&json);
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

/* ---- and back ---- */

static pgdp_status copy(pgdp_ctx *ctx, const char *text, const char **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, text));
    return PGDP_OK;
}

static pgdp_status fail_other(pgdp_ctx *ctx, const char *label, const char *what)
{
    return pg_fail(ctx, PGDP_PARSE, "%s: %s, expected a description as pgdp writes it", label, what);
}

static pgdp_status take_pair(pgdp_ctx *ctx, const char *label, const pg_json_value *pair, const char *out[2])
{
    const char *name = pg_json_text(pg_json_member(pair, "schema:name"));
    const char *value = pg_json_text(pg_json_member(pair, "schema:value"));
    if (name == NULL || value == NULL) return fail_other(ctx, label, "found a pair without name or value");
    PG_TRY(copy(ctx, name, &out[0]));
    return copy(ctx, value, &out[1]);
}

static pgdp_status take_frequency(pgdp_ctx *ctx, const char *label, const char *name, pgdp_column *to)
{
    if (pg_streq(name, "none")) return PGDP_OK;
    for (int f = PGDP_ANNUAL; pgdp_frequency_name((pgdp_frequency)f)[0] != '\0'; f++)
        if (pg_streq(pgdp_frequency_name((pgdp_frequency)f), name)) {
            to->frequency = (pgdp_frequency)f;
            return PGDP_OK;
        }
    return fail_other(ctx, label, "found a frequency that this version does not know");
}

static pgdp_status take_properties(pgdp_ctx *ctx, const char *label, const pg_json_value *pairs, pgdp_column *to)
{
    for (size_t i = 0; i < pg_json_count(pairs); i++) {
        const char *pair[2];
        PG_TRY(take_pair(ctx, label, pg_json_at(pairs, i), pair));
        const bool period = pg_streq(pair[0], "period");
        if (period) to->type = PGDP_PERIOD;
        if (period || pg_streq(pair[0], "frequency")) PG_TRY(take_frequency(ctx, label, pair[1], to));
        if (pg_streq(pair[0], "unit")) to->unit = pair[1];
        if (pg_streq(pair[0], "price_basis")) to->price_basis = pair[1];
        if (pg_streq(pair[0], "adjustment")) to->adjustment = pair[1];
        if (pg_streq(pair[0], "vintage")) to->vintage = pair[1];
    }
    return PGDP_OK;
}

static pgdp_status take_column(pgdp_ctx *ctx, const char *label, const pg_json_value *column, pg_schema_column *to)
{
    const char *name = pg_json_text(pg_json_member(column, "titles"));
    const char *type = pg_json_text(pg_json_member(column, "datatype"));
    const pg_json_value *null = pg_json_member(column, "null");
    if (name == NULL || type == NULL) return fail_other(ctx, label, "found a column without title or datatype");
    if (null != NULL && pg_json_text(null) == NULL) return fail_other(ctx, label, "found several marks of the missing");
    *to = (pg_schema_column){ .about = { .type = pg_streq(type, "double") ? PGDP_REAL : PGDP_TEXT }, .missing = "" };
    PG_TRY(copy(ctx, name, &to->about.name));
    if (null != NULL) PG_TRY(copy(ctx, pg_json_text(null), &to->missing));
    PG_TRY(take_properties(ctx, label, pg_json_member(column, "schema:additionalProperty"), &to->about));
    return pg_streq(datatype(&to->about), type) ? PGDP_OK : fail_other(ctx, label, "found another datatype");
}

static pgdp_status take(pgdp_ctx *ctx, const char *label, const pg_json_value *root, pg_schema *out)
{
    const pg_json_value *columns = pg_json_member(pg_json_member(root, "tableSchema"), "columns");
    const pg_json_value *notes = pg_json_member(root, "notes");
    const char *url = pg_json_text(pg_json_member(root, "url"));
    if (url == NULL || !pg_json_is_array(columns)) return fail_other(ctx, label, "found no columns of one table");
    *out = (pg_schema){ .n_columns = pg_json_count(columns), .n_notes = pg_json_count(notes) };
    PG_TRY(copy(ctx, url, &out->url));
    PG_TRY_ALLOC(ctx, out->columns, pg_arena_alloc(&ctx->scratch, out->n_columns, sizeof *out->columns));
    PG_TRY_ALLOC(ctx, out->notes, pg_arena_alloc(&ctx->scratch, out->n_notes, sizeof *out->notes));
    for (size_t j = 0; j < out->n_columns; j++)
        PG_TRY(take_column(ctx, label, pg_json_at(columns, j), &out->columns[j]));
    for (size_t i = 0; i < out->n_notes; i++)
        PG_TRY(take_pair(ctx, label, pg_json_at(notes, i), out->notes[i]));
    return list_texts(ctx, out);
}

pgdp_status pg_schema_parse(pgdp_ctx *ctx, const char *label, const void *bytes, size_t n, pg_schema *out)
{
    pg_json_document *document;
    PG_TRY(pg_json_parse(ctx, label, bytes, n, &document));
    const pgdp_status status = take(ctx, label, pg_json_root(document), out);
    pg_json_document_free(document);
    return status;
}
