/* judge.h  What providers' answers have in common: words of refusals, secrets, years that lack.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_JUDGE_H
#define PG_JUDGE_H

#include "core/json.h"
#include "fetch/client.h"

/** Overwrite a secret with stars wherever it stands, upper and lower case alike. */
void pg_strike_out(unsigned char *bytes, size_t n, const char *secret);
/** What an answer that is no success says, in at most 200 characters, in ctx->scratch: the text of a member
 * error_message, message, error, ... of JSON; the beginning of plain text; "a web page". */
const char *pg_words_of(pgdp_ctx *ctx, const unsigned char *bytes, size_t n);
bool pg_is_page(const unsigned char *bytes, size_t n); /**< markup, not data */

/** Which years were met. */
typedef struct pg_years {
    bool *met;                        /* [last - first + 1] */
    int first, last, lowest, highest; /**< of those met; lowest > highest: none */
} pg_years;
pgdp_status pg_years_new(pgdp_ctx *ctx, int first, int last, pg_years *out);
void pg_years_add(pg_years *years, int year);
/** Those asked for and not met as "2001-2003, 2005", or NULL: none. */
const char *pg_years_lacking(pgdp_ctx *ctx, const pg_years *years);
int pg_year_of(int32_t day);
/** The year that a text begins with, or 0. */
int pg_year_of_text(const char *text);
/** Text of a member that is text or a whole number; NULL else. */
const char *pg_member_text(pgdp_ctx *ctx, const pg_json_value *object, const char *key);
/** A whole number of a member, as number or text; false when it is neither. */
bool pg_member_count(const pg_json_value *object, const char *key, double *out);

#endif
