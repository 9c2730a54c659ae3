/* arena.c  Bump allocation in blocks that double from 4 KiB to 1 MiB; larger requests get a block of their own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Under the address sanitizer unused bytes are poisoned, and a gap stands between any two pieces of memory. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define GAP            16u
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP            0u
#endif

#define ALIGNMENT _Alignof(max_align_t)
enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct pg_block {
    pg_block *previous;
    size_t size, used; /* bytes of data; used is a multiple of ALIGNMENT */
    _Alignas(max_align_t) unsigned char data[];
};

void pg_arena_init(pg_arena *arena, const pgdp_allocator *allocator)
{
    arena->allocator = *allocator;
    arena->last = NULL;
}

static void drop_last(pg_arena *arena)
{
    pg_block *block = arena->last;
    arena->last = block->previous;
    UNPOISON(block->data, block->size);
    arena->allocator.realloc(arena->allocator.user, block, 0);
}

void pg_arena_free(pg_arena *arena)
{
    while (arena->last != NULL)
        drop_last(arena);
}

/* Room that n * size bytes take in a block; 0 when that overflows. */
static size_t room_for(size_t n, size_t size)
{
    if (size != 0 && n > (PTRDIFF_MAX - sizeof(pg_block) - GAP - ALIGNMENT) / size) return 0;
    const size_t bytes = n * size == 0 ? 1 : n * size;
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + GAP;
}

static bool add_block(pg_arena *arena, size_t room)
{
    size_t size = FIRST_BLOCK;
    if (arena->last != NULL) size = arena->last->size < LARGEST_BLOCK / 2 ? 2 * arena->last->size : LARGEST_BLOCK;
    if (size < room) size = room;
    pg_block *block = arena->allocator.realloc(arena->allocator.user, NULL, sizeof(pg_block) + size);
    if (block == NULL) return false;
    block->previous = arena->last;
    block->size = size;
    block->used = 0;
    POISON(block->data, size);
    arena->last = block;
    return true;
}

void *pg_arena_uncleared(pg_arena *arena, size_t n, size_t size)
{
    const size_t room = room_for(n, size);
    if (room == 0) return NULL;
    if ((arena->last == NULL || arena->last->size - arena->last->used < room) && !add_block(arena, room)) return NULL;
    pg_block *block = arena->last;
    unsigned char *p = block->data + block->used;
    block->used += room;
    UNPOISON(p, n * size);
    return p;
}

void *pg_arena_alloc(pg_arena *arena, size_t n, size_t size)
{
    void *p = pg_arena_uncleared(arena, n, size);
    return p == NULL ? NULL : memset(p, 0, n * size);
}

void *pg_arena_grow(pg_arena *arena, void *p, size_t old_n, size_t n, size_t size)
{
    if (p == NULL) return pg_arena_alloc(arena, n, size);
    if (n <= old_n) return p;
    pg_block *block = arena->last;
    const size_t old_room = room_for(old_n, size), room = room_for(n, size), old_bytes = old_n * size;
    if (room == 0) return NULL;
    unsigned char *old = p;
    const bool newest = old + old_room == block->data + block->used;
    if (newest && block->size - block->used >= room - old_room) {
        block->used += room - old_room;
        UNPOISON(old, n * size);
        memset(old + old_bytes, 0, n * size - old_bytes);
        return p;
    }
    void *moved = pg_arena_alloc(arena, n, size);
    return moved == NULL ? NULL : memcpy(moved, p, old_bytes);
}

char *pg_arena_strdup(pg_arena *arena, const char *text)
{
    return pg_arena_strndup(arena, text, strlen(text));
}

char *pg_arena_strndup(pg_arena *arena, const char *text, size_t n)
{
    const size_t length = strnlen(text, n);
    if (length == SIZE_MAX) return NULL;
    char *copy = pg_arena_alloc(arena, length + 1, 1);
    return copy == NULL ? NULL : memcpy(copy, text, length);
}

char *pg_arena_printf(pg_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) return NULL;
    char *text = pg_arena_alloc(arena, (size_t)length + 1, 1);
    if (text == NULL) return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

pg_mark pg_arena_mark(const pg_arena *arena)
{
    return (pg_mark){ arena->last, arena->last == NULL ? 0 : arena->last->used };
}

void pg_arena_rewind(pg_arena *arena, pg_mark mark)
{
    while (arena->last != mark.block)
        drop_last(arena);
    if (arena->last == NULL) return;
    arena->last->used = mark.used;
    POISON(arena->last->data + mark.used, arena->last->size - mark.used);
}
