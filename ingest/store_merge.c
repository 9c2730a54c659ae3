/* store_merge.c  Real-time intervals: a value holds from the vintage in which it is met first until another replaces
 * it. Source: docs/store.md. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_merge.h"

#include "ingest/store_points.h"

bool pg_same_known(const pg_known *a, const pg_known *b)
{
    return a->flag == b->flag && pg_same_value(a->value, b->value);
}

/* The least vintage that is still to come in one of the three lists. */
static int64_t next_vintage(const pg_merging *m, const size_t at[3])
{
    int64_t least = INT64_MAX;
    if (at[0] < m->n_known) least = m->known[at[0]].vintage;
    if (at[1] < m->n_fresh && m->fresh[at[1]].vintage < least) least = m->fresh[at[1]].vintage;
    if (at[2] < m->n_seen && m->seen[at[2]].vintage < least) least = m->seen[at[2]].vintage;
    return least;
}

/* Did a document of this vintage speak of the period? Passes over all of the vintage. */
static const pg_seen *speaker(const pg_merging *m, size_t *at, int64_t vintage, int32_t period)
{
    const pg_seen *found = NULL;
    for (; *at < m->n_seen && m->seen[*at].vintage == vintage; (*at)++)
        if (m->seen[*at].first <= period && period <= m->seen[*at].last) found = &m->seen[*at];
    return found;
}

size_t pg_store_merge(const pg_merging *m, pg_known *out)
{
    size_t at[3] = { 0, 0, 0 }, n = 0;
    const int32_t period = m->fresh[0].period;
    for (int64_t vintage; (vintage = next_vintage(m, at)) != INT64_MAX;) {
        const pg_known *told = NULL, *fresh = NULL;
        pg_known step;
        if (at[0] < m->n_known && m->known[at[0]].vintage == vintage) told = &m->known[at[0]++];
        if (at[1] < m->n_fresh && m->fresh[at[1]].vintage == vintage) fresh = &m->fresh[at[1]++];
        const pg_seen *seen = speaker(m, &at[2], vintage, period);
        if (told == NULL && seen != NULL && at[0] > 0) { /* what held in the store when that document came out */
            step = m->known[at[0] - 1];
            step.vintage = (int32_t)vintage;
            step.document = seen->document;
            told = &step;
        }
        if (told != NULL && fresh != NULL && !pg_same_known(told, fresh)) {
            out[0] = *told;
            return PGDP_NONE;
        }
        if (told == NULL) told = fresh;
        if (told != NULL && (n == 0 || !pg_same_known(&out[n - 1], told))) out[n++] = *told;
    }
    return n;
}
