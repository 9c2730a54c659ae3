/* fred.h  What the FRED client's files share. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FETCH_FRED_H
#define PG_FETCH_FRED_H

#include "fetch/judge.h"

/** A series as FRED describes it; texts in ctx->scratch. */
typedef struct pg_fred_series {
    const char *id, *title, *units, *adjustment;
    pgdp_frequency frequency;
    int32_t slack; /* days by which the first observation may lie behind the first day asked for */
    int32_t first, last;
} pg_fred_series;
/** Days of publication, ascending, in ctx->scratch. */
typedef struct pg_fred_vintages {
    int32_t *days;
    size_t n;
} pg_fred_vintages;

/** A request with key and file_type. */
pg_ask pg_fred_ask(const pg_client *client, const char *url, const char *what);
pgdp_status pg_fred_series_of(pgdp_ctx *ctx, pg_client *client, const char *id, pg_fred_series *out);
pgdp_status pg_fred_vintages_of(pgdp_ctx *ctx, pg_client *client, const char *id, pg_fred_vintages *out);
/** All pages of all observations, taken. @param vintages  n 0: those of one day */
pgdp_status pg_fred_observations_of(pgdp_ctx *ctx, pg_client *client, const pg_fred_series *series,
                                    const pg_fred_vintages *vintages);
/** All pages of a release, by version 2 of the interface. */
pgdp_status pg_fred_release_of(pgdp_ctx *ctx, pg_client *client, const char *release);
/** "2031-02-28" of a member as days; false when it is none. */
bool pg_fred_day(const pg_json_value *object, const char *key, int32_t *day);

#endif
