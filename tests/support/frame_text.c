/* frame_text.c  Small tables written down in a test: frame_text.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/frame_text.h"

#include "core/number.h"
#include "tests/support/support.h"

#include <string.h>

enum { WORD_SIZE = 64 };

/** The next word of a line, and whether the line ends after it. */
static bool next_word(const char **text, char word[WORD_SIZE])
{
    const size_t n = strcspn(*text, " \n");
    assert_true(n > 0 && n < WORD_SIZE);
    memcpy(word, *text, n);
    word[n] = '\0';
    *text += n;
    const bool last = **text != ' ';
    if (**text != '\0') (*text)++;
    return last;
}

static void add_column(pgdp_ctx *ctx, pgdp_frame *frame, char *word, const char *cell)
{
    pgdp_column column = { .name = word, .type = PGDP_REAL };
    char *mark = strchr(word, ':');
    if (mark != NULL) {
        column.type = mark[1] == 't' ? PGDP_TEXT : PGDP_PERIOD;
        *mark = '\0';
    }
    pgdp_period period = { PGDP_NO_FREQUENCY, 0 };
    if (column.type == PGDP_PERIOD) assert_true(pgdp_period_parse(cell, &period));
    column.frequency = period.frequency;
    size_t index = 0;
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &column, &index));
}

static void set_cell(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *word)
{
    const pgdp_type type = pgdp_frame_column(frame, column)->type;
    double number = 0;
    pgdp_period period = { PGDP_NO_FREQUENCY, 0 };
    if (strcmp(word, ".") == 0) return;
    if (type == PGDP_TEXT) {
        assert_ok(ctx, pgdp_frame_set_text(ctx, frame, column, word, PGDP_NONE));
    } else if (type == PGDP_PERIOD) {
        assert_true(pgdp_period_parse(word, &period));
        pgdp_frame_set_period(frame, column, period.ordinal);
    } else {
        assert_true(pg_number_parse(word, strlen(word), &number));
        pgdp_frame_set_real(frame, column, number);
    }
}

pgdp_frame *pgt_frame(pgdp_ctx *ctx, const char *text)
{
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    const char *first = strchr(text, '\n');
    char word[WORD_SIZE], cell[WORD_SIZE];
    assert_non_null(first);
    first++;
    for (bool last = false; !last;) {
        last = next_word(&text, word);
        next_word(&first, cell); /* a period column takes its frequency from its first cell */
        add_column(ctx, frame, word, cell);
    }
    while (*text != '\0') {
        size_t column = 0;
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (bool last = false; !last; column++) {
            last = next_word(&text, word);
            set_cell(ctx, frame, column, word);
        }
        assert_int_equal(column, pgdp_frame_n_columns(frame));
    }
    return frame;
}

pgdp_frame *pgt_series(pgdp_ctx *ctx, pgdp_frequency frequency, int32_t first, const double *x, size_t n)
{
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = frequency },
                      value = { .name = "x", .type = PGDP_REAL, .unit = "usd" };
    pgdp_frame *f;
    size_t at;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &period, &at));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &value, &at));
    for (size_t i = 0; i < n; i++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
        pgdp_frame_set_period(f, 0, first + (int32_t)i);
        pgdp_frame_set_real(f, 1, x[i]);
    }
    return f;
}

const double *pgt_reals(const pgdp_frame *frame, const char *name)
{
    const size_t at = pgdp_frame_find(frame, name);
    assert_true(at != PGDP_NONE);
    assert_non_null(pgdp_frame_reals(frame, at));
    return pgdp_frame_reals(frame, at);
}
