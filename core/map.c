/* map.c  Open addressing with linear probing; the hash is FNV-1a, by words of eight bytes while there are any,
 * with MurmurHash3's finaliser.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/map.h"

#include <string.h>

enum { FIRST_CAPACITY = 16 }; /* capacities are powers of two, at most two thirds full */

typedef struct pg_map_slot {
    const char *key; /* NULL: empty */
    size_t length, index;
    uint64_t hash;
} pg_map_slot;

void pg_map_init(pg_map *map, pg_arena *arena)
{
    *map = (pg_map){ .arena = arena };
}

static uint64_t hash_of(const char *key, size_t length)
{
    uint64_t h = 0xcbf29ce484222325u ^ length, word;
    for (; length >= sizeof word; key += sizeof word, length -= sizeof word) {
        memcpy(&word, key, sizeof word);
        h = (h ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
    }
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)key[i]) * 0x100000001b3u;
    h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
    h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 33;
}

/* The slot that holds key, or the empty one where it would go; the map has at least one empty slot. */
static pg_map_slot *slot_for(pg_map_slot *slots, size_t capacity, const char *key, size_t length, uint64_t hash)
{
    for (size_t i = (size_t)hash & (capacity - 1);; i = (i + 1) & (capacity - 1)) {
        pg_map_slot *slot = &slots[i];
        if (slot->key == NULL) return slot;
        const bool same = slot->hash == hash && slot->length == length;
        if (same && memcmp(slot->key, key, length) == 0) return slot;
    }
}

size_t pg_map_find(const pg_map *map, const char *key, size_t length)
{
    if (map->capacity == 0) return PGDP_NONE;
    if (length == 0) key = "";
    const pg_map_slot *slot = slot_for(map->slots, map->capacity, key, length, hash_of(key, length));
    return slot->key == NULL ? PGDP_NONE : slot->index;
}

static bool enlarge(pg_map *map)
{
    const size_t capacity = map->capacity == 0 ? FIRST_CAPACITY : 2 * map->capacity;
    pg_map_slot *slots = pg_arena_alloc(map->arena, capacity, sizeof *slots);
    if (slots == NULL) return false;
    for (size_t i = 0; i < map->capacity; i++) {
        const pg_map_slot *old = &map->slots[i];
        if (old->key != NULL) *slot_for(slots, capacity, old->key, old->length, old->hash) = *old;
    }
    map->slots = slots;
    map->capacity = capacity;
    return true;
}

bool pg_map_put(pg_map *map, const char *key, size_t length, size_t index)
{
    if (map->n >= map->capacity / 3 * 2 && !enlarge(map)) return false;
    if (length == 0) key = "";
    const uint64_t hash = hash_of(key, length);
    pg_map_slot *slot = slot_for(map->slots, map->capacity, key, length, hash);
    if (slot->key == NULL) map->n++;
    *slot = (pg_map_slot){ key, length, index, hash };
    return true;
}
