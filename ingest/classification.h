/* classification.h  Columns of occupation codes, told by their names: SOC, O*NET-SOC, Census and their relatives.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CLASSIFICATION_H
#define PG_CLASSIFICATION_H

#include "core/ctx.h"

#define PG_NO_CLASS PGDP_NONE

/** The classification of a column of codes, PG_NO_CLASS for any other: "2010 SOC Code" is soc. */
size_t pg_class_of(const char *name);
/** The edition in a name: 2010 in "2010 SOC Code", 2008 in "ISCO-08 Code"; 0: none. */
int pg_class_year(const char *name);
/** "soc", "onet", "census", "isco", ... */
const char *pg_class_name(size_t class);
/** How long its codes are, where a spreadsheet may have taken them for numbers; 0: no zeros are lost. */
int pg_class_digits(size_t class);

#endif
