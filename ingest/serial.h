/* serial.h  Dates of workbooks: serial numbers, and the formats that show them. Source: ECMA-376 part 1, 18.8.30;
 * formats.md 21.1. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SERIAL_H
#define PG_SERIAL_H

#include "pgdp/frame.h"

enum { PG_DATE_TEXT = 16 };
/** A serial number as 2031-02-28; false when it is none of the years 1900 to 9999. */
bool pg_serial_date(double serial, bool date1904, char text[PG_DATE_TEXT]);
/** Whether a built-in format shows a date; others do when their code does. */
bool pg_format_is_date(unsigned id);
bool pg_format_shows_date(const char *code);

#endif
