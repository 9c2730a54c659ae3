/* serial.c  Serial numbers of days to dates. Source: ECMA-376 part 1, 18.17.4.1; formats.md 21.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/serial.h"

#include <math.h>

enum { DAYS_TO_1970 = 25569, DAYS_FROM_1904 = 24107, LEAP_DAY_1900 = 60, AFTER_9999 = 2958466 };

/* Serial 60 is 29 February 1900, which never was. */
bool pg_serial_date(double serial, bool date1904, char text[PG_DATE_TEXT])
{
    if (!(serial >= 1 && serial < AFTER_9999)) return false;
    const int32_t day = (int32_t)floor(serial);
    const int32_t from_1900 = day - DAYS_TO_1970 + (day < LEAP_DAY_1900 ? 1 : 0);
    pgdp_period_format((pgdp_period){ PGDP_DAILY, date1904 ? day - DAYS_FROM_1904 : from_1900 }, text);
    return true;
}

/* 18 to 21 and 45 to 47 show the time of day alone. */
bool pg_format_is_date(unsigned id)
{
    return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
}

/* y or d outside quotes, brackets and escapes; m alone may be minutes. */
bool pg_format_shows_date(const char *code)
{
    bool quoted = false, bracket = false, month = false, time = false;
    for (const char *c = code; *c != '\0'; c++) {
        if (*c == '"') quoted = !quoted;
        if (!quoted && *c == '[') bracket = true;
        if (!quoted && *c == ']') bracket = false;
        const bool skip = quoted || bracket;
        if (!skip && (*c == '\\' || *c == '_' || *c == '*')) {
            c += c[1] != '\0';
            continue;
        }
        if (!skip && (*c == 'y' || *c == 'Y' || *c == 'd' || *c == 'D')) return true;
        month = month || (!skip && (*c == 'm' || *c == 'M'));
        time = time || (!skip && (*c == 'h' || *c == 'H' || *c == 's' || *c == 'S'));
    }
    return month && !time;
}
