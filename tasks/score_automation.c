/* score_automation.c  How much of a task a language model could do by itself: T0 none of it ... T4 all of it; and
 * whether GPT-3 is of use. Source: Eloundou, Manning, Mishkin & Rock (2024), supplement, automation rubric: score T/4.
 * These T0-T4 grade a task's exposure; they are not the evidence tiers T0-T6 of a production record.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/scores.h"

#define SOURCE "Eloundou, Manning, Mishkin & Rock (2024), Science 384, 1306-1308, supplement"

static const char *const levels[] = { "T0", "T1", "T2", "T3", "T4", NULL };
static const double quarters[] = { 0, 0.25, 0.5, 0.75, 1 };
static const char *const truth[] = { "false", "true", NULL };
static const double share[] = { 0, 1 };

const pgdp_score pg_score_gpt4_automation = {
    .name = "gpt4_automation",
    .title = "Automation T/4, graded by GPT-4",
    .source = SOURCE,
    .grade = "gpt4_automation",
    .levels = levels,
    .values = quarters,
};
const pgdp_score pg_score_gpt4_automation_rerun = {
    .name = "gpt4_automation_rerun",
    .title = "Automation T/4, graded by GPT-4, another run",
    .source = SOURCE,
    .grade = "gpt4_automation_rerun",
    .levels = levels,
    .values = quarters,
};
const pgdp_score pg_score_human_automation = {
    .name = "human_automation",
    .title = "Automation T/4, graded by people (100 tasks)",
    .source = SOURCE,
    .grade = "human_automation",
    .levels = levels,
    .values = quarters,
};
const pgdp_score pg_score_gpt3_relevant = {
    .name = "gpt3_relevant",
    .title = "GPT-3 is of use (1) or not (0), graded by GPT-4",
    .source = SOURCE,
    .grade = "gpt3_relevant",
    .levels = truth,
    .values = share,
};
