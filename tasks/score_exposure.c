/* score_exposure.c  Exposure of a task to language models: E0 none, E1 by the model alone, E2 with software around it.
 * Source: Eloundou, Manning, Mishkin & Rock (2024), Science 384, 1306-1308: alpha = E1, beta = E1 + E2 / 2, zeta = E1 +
 * E2. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/scores.h"

#define SOURCE "Eloundou, Manning, Mishkin & Rock (2024), Science 384, 1306-1308"

/* From lowest to highest exposure: what needs software around the model (E2) is less exposed than what does not (E1).
 */
static const char *const levels[] = { "E0", "E2", "E1", NULL };
static const double alpha[] = { 0, 0, 1 };
static const double beta[] = { 0, 0.5, 1 };
static const double zeta[] = { 0, 1, 1 };

#define EXPOSURE(grader, column, words, greek, text)                                                                   \
    const pgdp_score pg_score_##grader##_##greek = {                                                                   \
        .name = #grader "_" #greek,                                                                                    \
        .title = "Exposure " #greek " (" text "), graded by " words,                                                   \
        .source = SOURCE,                                                                                              \
        .grade = (column),                                                                                             \
        .levels = levels,                                                                                              \
        .values = (greek),                                                                                             \
    };
#define GRADER(grader, column, words)                                                                                  \
    EXPOSURE(grader, column, words, alpha, "E1")                                                                       \
    EXPOSURE(grader, column, words, beta, "E1 + E2/2")                                                                 \
    EXPOSURE(grader, column, words, zeta, "E1 + E2")

GRADER(gpt4, "gpt4_exposure", "GPT-4")
GRADER(gpt4_alt, "gpt4_exposure_alt", "GPT-4, alternative rubric")
GRADER(human, "human_exposure", "people")
