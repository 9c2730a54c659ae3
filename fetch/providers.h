/* providers.h  The list of publishers' interfaces, and what a client of one is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PROVIDERS_H
#define PG_PROVIDERS_H

#include "fetch/client.h"

/** Each name has a constant pg_provider_NAME in fetch/provider_NAME.c. */
#define PG_PROVIDERS(X) X(fred) X(bls) X(bea) X(census) X(onet)

/** One interface. */
struct pg_provider {
    pgdp_provider_facts facts;
    const char *publisher, *licence;
    const char *host;           /**< files of the catalogue at this host get the key too */
    const char *key_field;      /**< as this field of the query */
    double requests_per_second; /**< below what it allows */
    size_t at_once[2];          /**< items in one call of fetch(): without a key, with one */
    bool series;                /**< items are series, found in a store by name; else documents */
    bool vintages;              /**< it keeps them */
    bool ranges;                /**< it can be asked for periods */
    /** Ask for the items, judge the answers, hand them to pg_client_take(). */
    pgdp_status (*fetch)(pgdp_ctx *ctx, pg_client *client, const pg_item *items, size_t n);
};

#define PG_DECLARE(name) extern const pg_provider pg_provider_##name;
PG_PROVIDERS(PG_DECLARE)
#undef PG_DECLARE
/** A provider of the list; NULL: past its end. */
const pg_provider *pg_provider_at(size_t i);

#endif
