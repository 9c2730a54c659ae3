/* store_words.h  The words by which series are found. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_WORDS_H
#define PG_STORE_WORDS_H

#include "ingest/store_db.h"

enum { PG_WORD_SIZE = 64 };
/** The next word of *text, which moves behind it: letters (small) and digits, the first 60 bytes of them.
 * @return false: there is none */
bool pg_word_next(const char **text, char word[PG_WORD_SIZE]);
/** The words of a name and a title, each once, for a series. @param is_new  none of its words is there */
pgdp_status pg_words_add(pgdp_ctx *ctx, pg_db *db, int64_t series, const char *const texts[2], bool is_new);
/** Those of all series, of a store that had none. */
pgdp_status pg_words_add_all(pgdp_ctx *ctx, pg_db *db);
/** Texts between which the words lie that begin as the words of `text` do, by pairs, NULL where there are fewer, in
 * ctx->scratch; a plural's s is left out. @return BAD_ARGUMENT: no word, or more than PG_MAX_WORDS */
pgdp_status pg_words_ranges(pgdp_ctx *ctx, const char *text, pg_sql_value *out);

#endif
