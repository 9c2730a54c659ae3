/* frame_out.h  A small frame as an answer: an array of JSON objects, or a table for people.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FRAME_OUT_H
#define PG_FRAME_OUT_H

#include "core/json.h"
#include "core/text.h"
#include "pgdp/frame.h"

/** "key": [{ column: cell, ... }, ...]; missing cells are null. Real and text columns. */
void pg_frame_put_json(pg_json *json, const char *key, const pgdp_frame *frame);
/** Texts to the left, numbers to the right: four decimals, none in a column of whole numbers. */
void pg_frame_put_text(pg_text *text, const pgdp_frame *frame);

#endif
