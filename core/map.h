/* map.h  A hash map from strings to indices, in an arena; order of insertion is kept by the caller's own arrays.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MAP_H
#define PG_MAP_H

#include "core/arena.h"

/** Open addressing; keys are borrowed and must outlive the map. */
typedef struct pg_map {
    pg_arena *arena;
    struct pg_map_slot *slots;
    size_t n, capacity;
} pg_map;
void pg_map_init(pg_map *map, pg_arena *arena);
/** Index stored under key, or PGDP_NONE. */
size_t pg_map_find(const pg_map *map, const char *key, size_t length);
/** Store; a key already there is replaced. @return false when memory is out */
bool pg_map_put(pg_map *map, const char *key, size_t length, size_t index);

#endif
