/* statistics_table.c  Two passes over a statistics file: what its columns hold, then the cells into a frame of known
 * size. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/statistics_table.h"

#include <math.h>

#include "core/number.h"
#include "core/text.h"
#include "ingest/fill.h"
#include "ingest/periods.h"
#include "ingest/statistics_columns.h"

typedef pg_statistics_contents build;
typedef pg_statistics_column column;

static bool is_missing(const pg_statistics_value *value)
{
    if (value->declared) return true;
    return value->text == NULL ? isnan(value->number) : value->text[0] == '\0';
}

static pgdp_status fill_text(build *b, const column *c, size_t row, const char *text)
{
    return pg_frame_intern(b->ctx, b->frame, c->index, text, PGDP_NONE, &c->texts[row]);
}

static pgdp_status ignore_table(void *user, const char *name, const char *title)
{
    (void)user, (void)name, (void)title;
    return PGDP_OK;
}

static pgdp_status ignore_text(void *user, const char *text)
{
    (void)user, (void)text;
    return PGDP_OK;
}

static pgdp_status skip_as_before(void *user, size_t at, const pg_statistics_variable *variable, bool *skip)
{
    const build *b = user;
    (void)variable;
    *skip = b->columns[at].skipped;
    return PGDP_OK;
}

static pgdp_status fill(void *user, size_t row, size_t at, const pg_statistics_value *value)
{
    build *b = user;
    column *c = &b->columns[at];
    if (c->skipped || is_missing(value)) return PGDP_OK;
    if (c->is_text) return fill_text(b, c, row, value->text);
    if (c->periods != NULL)
        (void)pg_clock_period(c->clock, value->number, &c->periods[row]);
    else
        c->reals[row] = value->number;
    if (c->labels == NULL) return PGDP_OK;
    pg_level *l = pg_statistics_level(c, value->number);
    if (l->code == PGDP_NO_CODE)
        PG_TRY(pg_frame_intern(b->ctx, b->frame, c->label_index, l->label, PGDP_NONE, &l->code));
    c->labels[row] = l->code;
    return PGDP_OK;
}

/* A name not taken yet: SAS files may repeat one in other cases, others never should. */
static pgdp_status free_name(build *b, const char **name)
{
    const char *plain = *name;
    for (size_t n = 2; pgdp_frame_find(b->frame, *name) != PGDP_NONE; n++)
        PG_TRY_ALLOC(b->ctx, *name, pg_arena_printf(&b->ctx->scratch, "%s (%zu)", plain, n));
    return PGDP_OK;
}

/* A label column follows when there are values and each has a label. */
static pgdp_status label_levels(build *b, column *c, bool *labelled)
{
    char buffer[PG_NUMBER_SIZE];
    *labelled = false;
    if (c->n_levels == 0 || c->n_levels > PG_MOST_VALUES) return PGDP_OK;
    for (size_t i = 0; i < c->n_levels; i++) {
        pg_number_format(c->levels[i]->number, buffer);
        PG_TRY(pg_statistics_label(b, c->set, buffer, &c->levels[i]->label));
        if (c->levels[i]->label == NULL) return PGDP_OK;
    }
    *labelled = true;
    return PGDP_OK;
}

static pgdp_status add_column(build *b, column *c, size_t place)
{
    bool labelled;
    const bool dated = c->clock != NULL && c->clock->frequency != PGDP_NO_FREQUENCY && c->all_dates;
    pgdp_column about = { .type = c->is_text ? PGDP_TEXT : dated ? PGDP_PERIOD : PGDP_REAL };
    if (dated) about.frequency = c->clock->frequency;
    if (c->clock != NULL && !dated) about.unit = c->clock->unit;
    if (c->name[0] == '\0') PG_TRY_ALLOC(b->ctx, c->name, pg_arena_printf(&b->ctx->scratch, "column%zu", place + 1));
    PG_TRY(free_name(b, &c->name));
    about.name = c->name;
    PG_TRY(pgdp_frame_add_column(b->ctx, b->frame, &about, &c->index));
    c->label_index = PGDP_NONE;
    PG_TRY(label_levels(b, c, &labelled));
    if (!labelled) return PGDP_OK;
    pgdp_column label = { .type = PGDP_TEXT };
    PG_TRY_ALLOC(b->ctx, label.name, pg_arena_printf(&b->ctx->scratch, "%s_label", c->name));
    PG_TRY(free_name(b, &label.name));
    return pgdp_frame_add_column(b->ctx, b->frame, &label, &c->label_index);
}

static pgdp_status add_columns(build *b)
{
    for (size_t j = 0; j < b->n_columns; j++)
        if (!b->columns[j].skipped) PG_TRY(add_column(b, &b->columns[j], j));
    PG_TRY(pg_frame_reserve(b->ctx, b->frame, b->n_rows));
    PG_TRY(pg_frame_add_rows(b->ctx, b->frame, b->n_rows));
    for (size_t j = 0; j < b->n_columns; j++) {
        column *c = &b->columns[j];
        if (c->skipped) continue;
        c->reals = pg_frame_edit_reals(b->frame, c->index);
        c->periods = pg_frame_edit_periods(b->frame, c->index);
        c->texts = pg_frame_edit_codes(b->frame, c->index);
        if (c->label_index != PGDP_NONE) c->labels = pg_frame_edit_codes(b->frame, c->label_index);
    }
    return PGDP_OK;
}

/* "3 .a (Refused), 1 .b" */
static pgdp_status note_missing(build *b, const column *c)
{
    pg_text list;
    if (c->n_codes == 0) return PGDP_OK;
    pg_text_init(&list, &b->ctx->scratch);
    for (size_t i = 0; i < c->n_codes; i++) {
        const char *label;
        PG_TRY(pg_statistics_label(b, c->set, c->codes[i].text, &label));
        pg_text_addf(&list, "%s%zu %s", i == 0 ? "" : ", ", c->codes[i].n, c->codes[i].text);
        if (label != NULL) pg_text_addf(&list, " (%s)", label);
    }
    if (c->n_uncounted > 0) pg_text_addf(&list, ", %zu others", c->n_uncounted);
    if (list.failed) return pg_no_memory(b->ctx);
    return pg_note_of(b->ctx, b->frame, "missing", c->name, list.data);
}

/* SAS keeps labels in a file of their own: only the name of the format is known. */
static pgdp_status note_labels(build *b, const column *c)
{
    const pg_label_set *set = pg_statistics_set(b, c->set);
    const bool sas = b->source->kind == PG_SAS || b->source->kind == PG_SAS_TRANSPORT;
    if (sas && c->clock == NULL) PG_TRY(pg_note_of(b->ctx, b->frame, "format", c->name, c->format));
    if (set == NULL) return PGDP_OK;
    PG_TRY(pg_statistics_charge(b, set->list.n));
    return pg_note_of(b->ctx, b->frame, "labels", c->name, set->list.data);
}

static pgdp_status note_column(build *b, const column *c)
{
    const bool dated = c->periods != NULL;
    PG_TRY(pg_note_of(b->ctx, b->frame, "label", c->name, c->label));
    PG_TRY(note_labels(b, c));
    PG_TRY(note_missing(b, c));
    if (dated && c->clock->stata_weeks)
        PG_TRY(pg_note_of(b->ctx, b->frame, "frequency", c->name, "Stata weeks, told as their first days"));
    if (!dated || c->clock->frequency != PGDP_DAILY || c->clock->stata_weeks) return PGDP_OK;
    const pgdp_frequency frequency = pg_infer_frequency(c->periods, b->n_rows, false);
    if (frequency == PGDP_DAILY) return PGDP_OK;
    PG_TRY(pg_note_of(b->ctx, b->frame, "frequency", c->name, "inferred from the spacing of the dates"));
    return pg_set_frequency(b->ctx, b->frame, c->index, frequency);
}

static pgdp_status set_notes(build *b)
{
    if (b->title[0] != '\0') PG_TRY(pgdp_frame_set_note(b->ctx, b->frame, "title", b->title));
    if (b->notes.n > 0) PG_TRY(pgdp_frame_set_note(b->ctx, b->frame, "notes", b->notes.data));
    if (b->weight != NULL) PG_TRY(pgdp_frame_set_note(b->ctx, b->frame, "weight", b->weight));
    if (b->source->encoding != NULL)
        PG_TRY(pgdp_frame_set_note(b->ctx, b->frame, "encoding",
                                   "read as Windows-1252, since its texts are not in the encoding that it states"));
    for (size_t j = 0; j < b->n_columns; j++)
        if (!b->columns[j].skipped) PG_TRY(note_column(b, &b->columns[j]));
    return PGDP_OK;
}

pgdp_status pg_statistics_table(pgdp_ctx *ctx, const pg_statistics_source *source, pgdp_dataset *out)
{
    static const pg_statistics_handlers filling = {
        .table = ignore_table,
        .note = ignore_text,
        .weight = ignore_text,
        .variable = skip_as_before,
        .value = fill,
    };
    pg_statistics_source as = *source;
    build b;
    bool bad_text;
    pgdp_status status = pg_statistics_look(ctx, &as, out, &b, &bad_text);
    if (status == PGDP_PARSE && bad_text) {
        as.encoding = "WINDOWS-1252";
        status = pg_statistics_look(ctx, &as, out, &b, &bad_text);
    }
    PG_TRY(status);
    PG_TRY(pg_dataset_add(ctx, out, b.name, &b.frame));
    PG_TRY(add_columns(&b));
    PG_TRY(pg_statistics_parse(ctx, &as, &filling, &b, &bad_text));
    return set_notes(&b);
}
