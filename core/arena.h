/* arena.h  Memory that is freed together: bump allocation with marks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ARENA_H
#define PG_ARENA_H

#include "pgdp/base.h"

typedef struct pg_block pg_block;
/** Owns blocks from one allocator; all memory is aligned for any type and not cleared unless said. */
typedef struct pg_arena {
    pgdp_allocator allocator;
    pg_block *last;
} pg_arena;
/** A point to rewind to. */
typedef struct pg_mark {
    pg_block *block;
    size_t used;
} pg_mark;

void pg_arena_init(pg_arena *arena, const pgdp_allocator *allocator);
void pg_arena_free(pg_arena *arena); /**< leaves it empty and usable */
/** n * size bytes, zeroed; NULL when memory is out or n * size overflows; a valid pointer for n == 0. */
void *pg_arena_alloc(pg_arena *arena, size_t n, size_t size);
/** The same as it comes, for large arrays that are written at once: threads then touch their own pages first. */
void *pg_arena_uncleared(pg_arena *arena, size_t n, size_t size);
/** Grow the most recent or an older block of memory: contents are kept, the new part is zeroed. */
void *pg_arena_grow(pg_arena *arena, void *p, size_t old_n, size_t n, size_t size);
char *pg_arena_strdup(pg_arena *arena, const char *text);
char *pg_arena_strndup(pg_arena *arena, const char *text, size_t n);
/** Formatted text; use pg_number_format() for doubles, not %g. */
char *pg_arena_printf(pg_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
pg_mark pg_arena_mark(const pg_arena *arena);
void pg_arena_rewind(pg_arena *arena, pg_mark mark); /**< frees all that came after */

#endif
