/** @file monitor.h  The evidence ladder: what has been shown of AI doing an activity, and the pay that stands behind
 * it. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_MONITOR_H
#define PGDP_MONITOR_H

#include "pgdp/tasks.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Tiers of evidence: unverified, AI self-assessment, adversarial AI evaluation, professional endorsement, production
 * deployment, adjudicated, insured. */
enum { PGDP_N_TIERS = 7 };
/** Classes: what AI does to the people who do the activity. */
enum { PGDP_N_CLASSES = 3 };
PGDP_API const char *const *pgdp_tier_names(void);  /**< [PGDP_N_TIERS], NULL-ended: "unverified", ... */
PGDP_API const char *const *pgdp_class_names(void); /**< "augmentation", "mixed", "replacement", NULL */

typedef struct pgdp_monitor pgdp_monitor; /**< the ladder over a task list; frames owned by it */
/**
 * Tie evidence to the activities of a task list.
 * @param evidence  a row a piece of evidence: dwa_id, tier (0 to 6), class, url, date (period or text); and, where
 * known, runs (a year), tokens (a run), usd_per_million (tokens). The strongest piece makes an activity's tier and
 * class, the newest of equally strong ones.
 * @param tier      from which an activity counts as exposed in the occupations and the headline: 4 as published
 * @return NOT_FOUND (a column), PARSE (names row and column: an unknown activity, tier or class, a negative amount, two
 *         equal pieces that differ in class), BAD_ARGUMENT (tier), NO_MEMORY
 * Source: Spittler & Patel (2026), "AI Dark Output", SemiAnalysis, for ladder and classes; dollars: a task's pay is
 * split over its activities in equal parts, which is pgdp's choice (docs/tasks.md 7).
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_monitor_new(pgdp_ctx *ctx, const pgdp_task_list *list,
                                                    const pgdp_frame *evidence, size_t tier, pgdp_monitor **out);
PGDP_API void pgdp_monitor_free(pgdp_monitor *monitor);
/** A row for each tier (and above) and class, and "all": tier, tier_name, class, activities, occupations, fte, hours,
 * wage_bill_usd, share (of the list's wage bill), token_cost_usd (of those with known use), saving_usd. Dollars and
 * heads of the classes add up to "all" exactly, and fall from tier to tier. */
PGDP_API const pgdp_frame *pgdp_monitor_tiers(const pgdp_monitor *monitor);
/** A row an activity with evidence: dwa_id, title, tier, class, url, date, pieces, tasks, occupations, fte,
 * wage_bill_usd, token_cost_usd. */
PGDP_API const pgdp_frame *pgdp_monitor_activities(const pgdp_monitor *monitor);
/** A row an occupation with tasks: onet_soc, title, wage_bill_usd, exposed_usd, share. */
PGDP_API const pgdp_frame *pgdp_monitor_occupations(const pgdp_monitor *monitor);
/** The share of activities AI can do now, by definition: definition, share, conf_low, conf_high (Jeffreys, 95 %: as if
 * each activity were a draw), n, of. */
PGDP_API const pgdp_frame *pgdp_monitor_headline(const pgdp_monitor *monitor);

#ifdef __cplusplus
}
#endif
#endif
