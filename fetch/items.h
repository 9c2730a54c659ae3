/* items.h  What is asked for, "bea:NIPA/T10105?Frequency=A", as a provider, a name and fields.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ITEMS_H
#define PG_ITEMS_H

#include "fetch/client.h"

/** All items of a request, those of one provider together, in ctx->scratch. A list after the provider's name,
 * "fred:GDP,PAYEMS", is several; with a "?" it is one. @return BAD_ARGUMENT, NOT_FOUND */
pgdp_status pg_items_of(pgdp_ctx *ctx, const pgdp_fetch_request *request, pg_item **out, size_t *n);
/** The request's periods and days. @return BAD_ARGUMENT */
pgdp_status pg_wanted_of(pgdp_ctx *ctx, const pgdp_fetch_request *request, pg_wanted *out);
/** A document's name that tells what was asked: "NIPA_T10105_Frequency=A_2000-2026.json". */
pgdp_status pg_item_label(pgdp_ctx *ctx, const pg_item *item, const pg_wanted *wanted, const char *ending,
                          const char **out);
/** The value of a field, its name in upper or lower case; NULL: not given. */
const char *pg_item_field(const pg_item *item, const char *name);

#endif
