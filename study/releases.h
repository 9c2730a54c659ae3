/* releases.h  Which release of O*NET and which SOC an input is of, as stated or as its path tells.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_RELEASES_H
#define PG_RELEASES_H

#include "study/load.h"

/** The keys `release` and `soc` of an input whose path is known; else the release in the path ("db_30_1_text", "O*NET
 * 30.1 Database") and the SOC that a release of O*NET is coded in. @return PARSE: the two tell different releases */
pgdp_status pg_release_read(pgdp_ctx *ctx, const struct pg_yaml *node, pg_arena *arena, pg_input *out);
/** The inputs of the task list must be of one release and one SOC as far as these are known, unless the study says
 * `mixed_releases: true`. @return PARSE: names the first two that differ */
pgdp_status pg_releases_agree(pgdp_ctx *ctx, const pg_study *study);
/** "O*NET 30.1, SOC 2018"; else what the catalogue says a shipped table is made from: "onet_dwas_29_1 (29.1), ...". In
 * scratch; NULL: nothing known, or not of the task list. */
pgdp_status pg_release_words(pgdp_ctx *ctx, const pg_study *study, const pg_loaded *loaded, pg_input_index input,
                             const char **out);

#endif
