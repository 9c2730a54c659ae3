/* statistics_columns.c  The first pass over a statistics file: variables, labels, values that occur, what is missing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/statistics_columns.h"

#include <math.h>
#include <string.h>

#include "core/number.h"

enum { MOST_COLUMNS = 65536, MOST_CODES = 64, RATIO = 200, FREE_BYTES = 64 << 20 };
typedef pg_statistics_contents build;
typedef pg_statistics_column column;

static pgdp_status copy(build *b, const char *text, const char **out)
{
    PG_TRY_ALLOC(b->ctx, *out, pg_arena_strdup(&b->ctx->scratch, text));
    return PGDP_OK;
}

static pgdp_status on_table(void *user, const char *name, const char *title)
{
    build *b = user;
    PG_TRY(copy(b, name, &b->name));
    return copy(b, title, &b->title);
}

static pgdp_status on_note(void *user, const char *text)
{
    build *b = user;
    if (b->notes.n > 0) pg_text_add_char(&b->notes, '\n');
    pg_text_add(&b->notes, text);
    return b->notes.failed ? pg_no_memory(b->ctx) : PGDP_OK;
}

static pgdp_status on_weight(void *user, const char *variable)
{
    build *b = user;
    return copy(b, variable, &b->weight);
}

bool pg_statistics_wants(const pg_statistics_contents *contents, const char *name)
{
    const pgdp_dataset *into = contents->into;
    for (size_t i = 0; into->columns != NULL && i < into->n_columns; i++)
        if (pg_streq(into->columns[i], name)) return true;
    return into->columns == NULL;
}

/* A column of labels needs that of the numbers. */
static pgdp_status decide(build *b, column *c)
{
    const char *label;
    PG_TRY_ALLOC(b->ctx, label, pg_arena_printf(&b->ctx->scratch, "%s_label", c->name));
    c->skipped = !pg_statistics_wants(b, c->name) && !pg_statistics_wants(b, label);
    return PGDP_OK;
}

static pgdp_status on_variable(void *user, size_t at, const pg_statistics_variable *variable, bool *skip)
{
    (void)at;
    build *b = user;
    pg_arena *arena = &b->ctx->scratch;
    if (b->n_columns == MOST_COLUMNS)
        return pg_fail(b->ctx, PGDP_PARSE, "%s: this file has more than %d variables; drop those not needed",
                       b->source->label, MOST_COLUMNS);
    if (b->n_columns == b->columns_capacity) {
        const size_t capacity = 2 * b->columns_capacity + 16;
        PG_TRY_ALLOC(b->ctx, b->columns,
                     pg_arena_grow(arena, b->columns, b->columns_capacity, capacity, sizeof *b->columns));
        b->columns_capacity = capacity;
    }
    column *c = &b->columns[b->n_columns++];
    *c = (column){ .is_text = variable->is_text, .all_dates = true };
    if (!c->is_text) c->clock = pg_clock_of(b->source->kind, variable->format);
    PG_TRY(copy(b, variable->name, &c->name));
    PG_TRY(copy(b, variable->label, &c->label));
    PG_TRY(copy(b, variable->format, &c->format));
    PG_TRY(copy(b, variable->value_labels, &c->set));
    pg_map_init(&c->by_value, arena);
    PG_TRY(decide(b, c));
    *skip = c->skipped;
    return PGDP_OK;
}

/* Stata and SAS: ".a"; a number as it is. */
static const char *value_text(const pg_statistics_value *value, char buffer[PG_NUMBER_SIZE])
{
    if (value->text != NULL) return value->text;
    if (value->tag == 0 && isnan(value->number)) return ".";
    if (value->tag == 0)
        pg_number_format(value->number, buffer);
    else
        memcpy(buffer, (char[]){ '.', value->tag, '\0' }, 3);
    return buffer;
}

/* The key of a label in its set: a text's bytes, since ".a" is no number's text. */
static pgdp_status label_key(build *b, const char *set, const char *value, const char **key, size_t *n)
{
    PG_TRY_ALLOC(b->ctx, *key, pg_arena_printf(&b->ctx->scratch, "%s\n%s", set, value));
    *n = strlen(*key);
    return PGDP_OK;
}

const pg_label_set *pg_statistics_set(const pg_statistics_contents *contents, const char *name)
{
    const size_t at = pg_map_find(&contents->sets_by_name, name, strlen(name));
    return at == PGDP_NONE ? NULL : &contents->sets[at];
}

static pgdp_status find_set(build *b, const char *name, pg_label_set **out)
{
    size_t at = pg_map_find(&b->sets_by_name, name, strlen(name));
    if (at == PGDP_NONE) {
        if (b->n_sets == b->sets_capacity) {
            const size_t capacity = 2 * b->sets_capacity + 8;
            PG_TRY_ALLOC(b->ctx, b->sets,
                         pg_arena_grow(&b->ctx->scratch, b->sets, b->sets_capacity, capacity, sizeof *b->sets));
            b->sets_capacity = capacity;
        }
        at = b->n_sets++;
        PG_TRY(copy(b, name, &b->sets[at].name));
        pg_text_init(&b->sets[at].list, &b->ctx->scratch);
        if (!pg_map_put(&b->sets_by_name, b->sets[at].name, strlen(name), at)) return pg_no_memory(b->ctx);
    }
    *out = &b->sets[at];
    return PGDP_OK;
}

static pgdp_status on_value_label(void *user, const char *set, const pg_statistics_value *value, const char *label)
{
    build *b = user;
    char buffer[PG_NUMBER_SIZE];
    const char *key, *text = value_text(value, buffer);
    size_t n;
    pg_label_set *into = NULL;
    PG_TRY(find_set(b, set, &into));
    pg_text_addf(&into->list, "%s%s=%s", into->list.n == 0 ? "" : "; ", text, label);
    if (into->list.failed) return pg_no_memory(b->ctx);
    if (b->n_labels == b->labels_capacity) {
        const size_t capacity = 2 * b->labels_capacity + 32;
        PG_TRY_ALLOC(b->ctx, b->labels,
                     pg_arena_grow(&b->ctx->scratch, b->labels, b->labels_capacity, capacity, sizeof *b->labels));
        b->labels_capacity = capacity;
    }
    PG_TRY(copy(b, label, &b->labels[b->n_labels]));
    PG_TRY(label_key(b, set, text, &key, &n));
    return pg_map_put(&b->labels_by_value, key, n, b->n_labels++) ? PGDP_OK : pg_no_memory(b->ctx);
}

pgdp_status pg_statistics_label(pg_statistics_contents *contents, const char *set, const char *value, const char **out)
{
    const char *key;
    size_t n;
    PG_TRY(label_key(contents, set, value, &key, &n));
    const size_t at = pg_map_find(&contents->labels_by_value, key, n);
    *out = at == PGDP_NONE ? NULL : contents->labels[at];
    return PGDP_OK;
}

static pgdp_status count_code(build *b, column *c, const pg_statistics_value *value)
{
    char buffer[PG_NUMBER_SIZE];
    const char *text = value_text(value, buffer);
    size_t i = 0;
    while (i < c->n_codes && !pg_streq(c->codes[i].text, text))
        i++;
    if (i == MOST_CODES) {
        c->n_uncounted++;
        return PGDP_OK;
    }
    if (c->codes == NULL)
        PG_TRY_ALLOC(b->ctx, c->codes, pg_arena_alloc(&b->ctx->scratch, MOST_CODES, sizeof *c->codes));
    if (i == c->n_codes) PG_TRY(copy(b, text, &c->codes[c->n_codes++].text));
    c->codes[i].n++;
    return PGDP_OK;
}

/* -0 is 0. */
pg_level *pg_statistics_level(const pg_statistics_column *of, double number)
{
    const double plain = number + 0.0;
    const size_t at = pg_map_find(&of->by_value, (const char *)&plain, sizeof plain);
    return at == PGDP_NONE ? NULL : of->levels[at];
}

static pgdp_status look_at_level(build *b, column *c, double number)
{
    pg_level *new;
    if (c->set[0] == '\0' || c->n_levels > PG_MOST_VALUES || pg_statistics_level(c, number) != NULL) return PGDP_OK;
    if (c->n_levels == c->levels_capacity) {
        const size_t capacity = 2 * c->levels_capacity + 8;
        PG_TRY_ALLOC(b->ctx, c->levels,
                     pg_arena_grow(&b->ctx->scratch, c->levels, c->levels_capacity, capacity, sizeof(pg_level *)));
        c->levels_capacity = capacity;
    }
    PG_TRY_ALLOC(b->ctx, new, pg_arena_alloc(&b->ctx->scratch, 1, sizeof *new));
    *new = (pg_level){ .number = number + 0.0, .code = PGDP_NO_CODE };
    c->levels[c->n_levels] = new;
    return pg_map_put(&c->by_value, (const char *)&new->number, sizeof new->number, c->n_levels++)
               ? PGDP_OK
               : pg_no_memory(b->ctx);
}

pgdp_status pg_statistics_charge(pg_statistics_contents *contents, size_t n)
{
    const pg_statistics_source *source = contents->source;
    const size_t size = source->head.n + source->body.n;
    contents->n_bytes += (double)n;
    if (contents->n_bytes <= RATIO * (double)size + FREE_BYTES) return PGDP_OK;
    return pg_fail(contents->ctx, PGDP_PARSE,
                   "%s: this file of %zu bytes unpacks to more than %d times its size; do not trust it", source->label,
                   size, RATIO);
}

static pgdp_status look_at(void *user, size_t row, size_t at, const pg_statistics_value *value)
{
    build *b = user;
    int32_t ordinal;
    if (at >= b->n_columns)
        return pg_fail(b->ctx, PGDP_PARSE, "%s: a row is longer than the list of variables", b->source->label);
    column *c = &b->columns[at];
    if (row >= b->n_rows) b->n_rows = row + 1;
    PG_TRY(pg_statistics_charge(b, sizeof(double) + (value->text == NULL ? 0 : strlen(value->text))));
    if (value->tag != 0 || value->declared) return count_code(b, c, value);
    if (c->is_text || isnan(value->number)) return PGDP_OK;
    if (c->clock != NULL && c->all_dates) c->all_dates = pg_clock_period(c->clock, value->number, &ordinal);
    return look_at_level(b, c, value->number);
}

pgdp_status pg_statistics_look(pgdp_ctx *ctx, const pg_statistics_source *source, const pgdp_dataset *into,
                               pg_statistics_contents *out, bool *bad_text)
{
    static const pg_statistics_handlers handlers = {
        .table = on_table,
        .note = on_note,
        .weight = on_weight,
        .variable = on_variable,
        .value_label = on_value_label,
        .value = look_at,
    };
    *out = (pg_statistics_contents){ .ctx = ctx, .source = source, .into = into, .name = "", .title = "" };
    pg_text_init(&out->notes, &ctx->scratch);
    if (out->notes.failed) return pg_no_memory(ctx);
    pg_map_init(&out->sets_by_name, &ctx->scratch);
    pg_map_init(&out->labels_by_value, &ctx->scratch);
    PG_TRY(pg_statistics_parse(ctx, source, &handlers, out, bad_text));
    if (out->n_columns > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s: this %s has no variables", source->label, pg_statistics_name(source->kind));
}
