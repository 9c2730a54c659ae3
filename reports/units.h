/* units.h  How a unit of a frame is written out and its numbers are shown.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_UNITS_H
#define PG_UNITS_H

#include "reports/page.h"

/** One list: unit of frames, as written in a header, format. Format automatic: by magnitude; money then in millions or
 * billions, which the text says. */
#define PG_UNIT_LIST(X)                                                                                                \
    X("usd", "USD", automatic)                                                                                         \
    X("value", "USD", automatic)                                                                                       \
    X("usd_mn", "USD mn", number1)                                                                                     \
    X("usd_bn", "USD bn", number1)                                                                                     \
    X("usd_per_hour", "USD per hour", number2)                                                                         \
    X("usd_per_million", "USD per million", number2)                                                                   \
    X("heads", "heads", integer)                                                                                       \
    X("thousand_heads", "thousand heads", integer)                                                                     \
    X("hours", "hours", automatic)                                                                                     \
    X("count", "", integer)                                                                                            \
    X("activities", "activities", integer)                                                                             \
    X("tasks", "tasks", integer)                                                                                       \
    X("rows", "rows", integer)                                                                                         \
    X("tokens", "tokens", integer)                                                                                     \
    X("share", "%", percent)                                                                                           \
    X("pct", "%", number1)                                                                                             \
    X("percent", "%", number1)                                                                                         \
    X("pp", "pp", number1)                                                                                             \
    X("probability", "%", percent)                                                                                     \
    X("ratio", "ratio", number3)                                                                                       \
    X("elasticity", "", number2)                                                                                       \
    X("log", "log", number3)

/** What a unit comes to for numbers up to `largest` in absolute value. */
typedef struct pg_unit {
    const char *text; /**< "USD bn" */
    pg_format format;
} pg_unit;
/** NULL or unknown units keep their name, with blanks for "_"; the number's magnitude decides its decimals. */
pg_unit pg_unit_for(pg_book *book, const char *unit, double largest);

#endif
