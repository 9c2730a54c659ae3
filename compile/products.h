/* products.h  The files of data/ that are compiled, in the order in which they are made.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PRODUCTS_H
#define PG_PRODUCTS_H

#include "compile/inputs.h"
#include "core/csv_out.h"

/** One file: a constant in compile/make_NAME.c. */
typedef struct pg_product {
    const char *file; /**< its name in data/ */
    /** Write header and rows. Shapes, memory and writing to disk are the runner's. */
    pgdp_status (*make)(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out);
} pg_product;

/* catalogue comes last: it tells the hashes of what the others read. */
#define PG_PRODUCTS(X)                                                                                                 \
    X(tasks)                                                                                                           \
    X(task_dwas)                                                                                                       \
    X(activities)                                                                                                      \
    X(occupations)                                                                                                     \
    X(oews)                                                                                                            \
    X(oews_sector)                                                                                                     \
    X(soc_combined)                                                                                                    \
    X(occupation_levels)                                                                                               \
    X(ai_applicability)                                                                                                \
    X(soc_2010_2018)                                                                                                   \
    X(onet_soc_2010_2019)                                                                                              \
    X(series_list)                                                                                                     \
    X(series)                                                                                                          \
    X(industry_value_added)                                                                                            \
    X(industry_accounts)                                                                                               \
    X(ai_use_rate)                                                                                                     \
    X(token_prices)                                                                                                    \
    X(catalogue)

#define PG_PRODUCT_EXTERN(name) extern const pg_product pg_product_##name;
PG_PRODUCTS(PG_PRODUCT_EXTERN)
#undef PG_PRODUCT_EXTERN

#endif
