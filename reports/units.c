/* units.c  How a unit of a frame is written out and its numbers are shown.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/frame_table.h"

#include <math.h>

#include "core/text.h"

static const struct {
    const char *name, *text;
    pg_format format;
} units[] = {
#define PGDP_ENTRY(name, text, format) { name, text, PG_FORMAT_##format },
    PG_UNIT_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
};

/* Four to seven digits are shown; the whole value stays in the cell. */
static pg_unit by_magnitude(pg_book *book, const char *text, double largest)
{
    if (largest >= 1e10) return (pg_unit){ pg_say(book, "%s bn", text), PG_FORMAT_billions };
    if (largest >= 1e7) return (pg_unit){ pg_say(book, "%s mn", text), PG_FORMAT_millions };
    return (pg_unit){ text, largest >= 1e4 ? PG_FORMAT_integer : PG_FORMAT_number2 };
}

static pg_format plain(double largest)
{
    if (largest >= 1e4) return PG_FORMAT_integer;
    if (largest >= 100) return PG_FORMAT_number1;
    return largest >= 1e-3 || !(largest > 0) ? PG_FORMAT_number3 : PG_FORMAT_scientific;
}

pg_unit pg_unit_for(pg_book *book, const char *unit, double largest)
{
    if (unit == NULL || unit[0] == '\0') return (pg_unit){ "", plain(largest) };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!pg_streq(units[i].name, unit)) continue;
        if (units[i].format == PG_FORMAT_automatic) return by_magnitude(book, units[i].text, largest);
        return (pg_unit){ units[i].text, units[i].format };
    }
    return (pg_unit){ pg_words(book, unit), plain(largest) };
}
