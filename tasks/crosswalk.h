/* crosswalk.h  A crosswalk read and joined with a table: which rows go where, and by what share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CROSSWALK_H
#define PG_CROSSWALK_H

#include "tasks/measures.h"

/** One line of a crosswalk. */
typedef struct pg_link {
    const char *from, *to, *title;
    size_t row, target; /**< of the crosswalk; of pg_walk.to */
    double share;       /**< of `from` that goes to `to`; the shares of a `from` sum to one */
} pg_link;
/** A code of the table. */
typedef struct pg_walker {
    const char *code;
    size_t row, first, end; /**< its row; its links, none: unmatched */
    double weight;          /**< in means */
} pg_walker;
/** Links in order of from and to, walkers and targets in order of code: no result depends on the order of rows. */
typedef struct pg_walk {
    pg_table table, by;
    const pgdp_crosswalk *how;
    const char *from, *to; /**< names of the crosswalk's columns */
    pg_link *links;
    pg_walker *walkers;
    const char **target; /**< codes */
    size_t n_links, n_walkers, n_targets;
} pg_walk;

/** Read both tables, match them and refuse what is wrong. Into ctx->scratch. */
pgdp_status pg_walk_read(pgdp_ctx *ctx, pg_walk *walk);

#endif
