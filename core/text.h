/* text.h  Growing text in an arena, and small string helpers that ignore the locale.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TEXT_H
#define PG_TEXT_H

#include "core/arena.h"

/** Text that grows; always ends with NUL. A failed allocation sets `failed` and later calls do nothing. */
typedef struct pg_text {
    pg_arena *arena;
    char *data; /**< "" at first, never NULL once initialised unless failed */
    size_t n, capacity;
    bool failed;
} pg_text;
void pg_text_init(pg_text *text, pg_arena *arena);
void pg_text_add(pg_text *text, const char *s);
void pg_text_add_bytes(pg_text *text, const char *s, size_t n);
void pg_text_add_char(pg_text *text, char c);
void pg_text_addf(pg_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pg_text_add_number(pg_text *text, double value); /**< pg_number_format() */
void pg_text_clear(pg_text *text);
/** A sink that appends to text. */
pgdp_sink pg_text_sink(pg_text *text);

bool pg_streq(const char *a, const char *b);
bool pg_starts_with(const char *s, const char *prefix);
bool pg_ends_with(const char *s, const char *suffix);
/** ASCII case folding only. */
bool pg_streq_nocase(const char *a, const char *b);
bool pg_text_holds(const char *s, const char *part); /**< somewhere in it; ASCII case folding */
/** Length of valid UTF-8 prefix; n when all of it is valid. */
size_t pg_utf8_valid(const char *s, size_t n);
/** Columns a terminal needs for UTF-8 text (combining marks 0, wide East Asian 2 not told apart: 1). */
size_t pg_utf8_width(const char *s);
/** Trim blanks, TAB, CR, LF and NBSP on both sides: moves *s and *n. */
void pg_trim(const char **s, size_t *n);

/** Order of strings by bytes, for qsort of `const char *`. */
int pg_compare_strings(const void *a, const void *b);

#endif
