/* absorb_sorted.h  What stands in the sorted rows of an absorber. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ABSORB_SORTED_H
#define PG_ABSORB_SORTED_H

#include "stats/absorb_system.h"

/** Where the weight or element of a sorted row stands. */
static inline size_t pg_absorber_row(const pg_absorber *a, size_t sorted)
{
    return a->sorted ? sorted : a->order[sorted];
}

/** Level of a sorted row of a group that stores it. */
static inline size_t pg_group_level(const pg_effect_group *g, size_t sorted)
{
    return g->narrow != NULL ? g->narrow[sorted] : g->level[sorted];
}

enum { PG_LEVELS_ROOM = 16 };
/** Of n sorted rows, in room [n + PG_LEVELS_ROOM] where they are narrow; a fixed number at a time is a vector. */
static inline const uint32_t *pg_group_levels(const pg_effect_group *g, size_t begin, size_t n, uint32_t *room)
{
    if (g->narrow == NULL) return g->level + begin;
    for (size_t i = 0; i < n; i += PG_LEVELS_ROOM)
        for (size_t v = 0; v < PG_LEVELS_ROOM; v++)
            room[i + v] = g->narrow[begin + i + v];
    return room;
}

/** Level of group g of a sorted row that has level l of group 0. */
static inline size_t pg_absorber_level(const pg_absorber *a, size_t g, size_t l, size_t sorted)
{
    return g == 0 ? l : pg_group_level(&a->groups[g], sorted);
}

/** Weight of a sorted row. */
static inline double pg_absorber_weight(const pg_absorber *a, size_t sorted)
{
    return a->weight == NULL ? 1 : a->weight[sorted];
}

/** Where the columns and the weight of a row of a source of levels stand. */
static inline size_t pg_level_row(const pg_level_source *levels, size_t row)
{
    return levels->rows == NULL ? row : levels->rows[row];
}

#endif
