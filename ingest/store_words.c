/* store_words.c  Words of names and titles: the same in every database and locale.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_words.h"

#include <string.h>

#include "core/text.h"
#include "ingest/store_sql.h"

enum { LONGEST = PG_WORD_SIZE - 4 };

/* A letter or digit made small: how many bytes; 0: another character, whose bytes are *skip. Signs of UTF-8 are those
 * of Latin-1 and general punctuation (dashes, quotes); capitals those of Latin-1 and ASCII. */
static size_t letter(const unsigned char *s, char out[2], size_t *skip)
{
    *skip = 1;
    out[0] = (char)s[0];
    if (s[0] < 0x80) {
        if (s[0] >= 'A' && s[0] <= 'Z') out[0] = (char)(s[0] + ('a' - 'A'));
        return (out[0] >= 'a' && out[0] <= 'z') || (s[0] >= '0' && s[0] <= '9') ? 1 : 0;
    }
    if (s[0] == 0xc2 && s[1] != 0) return *skip = 2, 0;
    if (s[0] == 0xe2 && (s[1] == 0x80 || s[1] == 0x81) && s[2] != 0) return *skip = 3, 0;
    if (s[0] != 0xc3 || s[1] == 0) return 1;
    out[1] = (char)(s[1] >= 0x80 && s[1] <= 0x9e && s[1] != 0x97 ? s[1] + 0x20 : s[1]);
    return 2;
}

bool pg_word_next(const char **text, char word[PG_WORD_SIZE])
{
    const unsigned char *s = (const unsigned char *)*text;
    size_t n = 0, skip, size;
    bool full = false;
    char bytes[2];
    while (s[0] != 0 && letter(s, bytes, &skip) == 0)
        s += skip;
    while (s[0] != 0 && (size = letter(s, bytes, &skip)) > 0) {
        full = full || (n >= LONGEST && (s[0] & 0xc0) != 0x80); /* never within a character */
        if (!full && n + size < PG_WORD_SIZE) {
            memcpy(word + n, bytes, size);
            n += size;
        }
        s += size;
    }
    word[n] = '\0';
    *text = (const char *)s;
    return n > 0;
}

static pgdp_status add_word(pgdp_ctx *ctx, pg_db *db, int64_t series, const char *word, bool is_new)
{
    const pg_sql_value values[] = { pg_sql_text(word), pg_sql_int(series) };
    return is_new ? pg_bulk_add(ctx, db, PG_BULK_WORD, values) : pg_sql_run(ctx, db, PG_SQL_ADD_WORD, values, 2);
}

/* Titles are short: each word is looked for among those before it. */
static pgdp_status add_words(pgdp_ctx *ctx, pg_db *db, int64_t series, const char *const texts[2], bool is_new)
{
    pg_text said; /* each word with its NUL */
    pg_text_init(&said, &ctx->scratch);
    for (size_t k = 0; k < 2; k++) {
        char word[PG_WORD_SIZE];
        const char *rest = texts[k];
        while (pg_word_next(&rest, word)) {
            bool known = false;
            for (size_t at = 0; at < said.n && !known; at += strlen(said.data + at) + 1)
                known = strcmp(said.data + at, word) == 0;
            if (known) continue;
            pg_text_add_bytes(&said, word, strlen(word) + 1);
            if (said.failed) return pg_no_memory(ctx);
            PG_TRY(add_word(ctx, db, series, word, is_new));
        }
    }
    return PGDP_OK;
}

pgdp_status pg_words_add(pgdp_ctx *ctx, pg_db *db, int64_t series, const char *const texts[2], bool is_new)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = add_words(ctx, db, series, texts, is_new);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

pgdp_status pg_words_add_all(pgdp_ctx *ctx, pg_db *db)
{
    bool row;
    PG_TRY(pg_sql_begin(ctx, db, PG_SQL_LAST_TITLES, NULL, 0));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, db, PG_SQL_LAST_TITLES, &row));
        if (!row) return pg_bulk_end(ctx, db);
        const char *const texts[] = { pg_sql_cell_text(db, PG_SQL_LAST_TITLES, 1),
                                      pg_sql_cell_text(db, PG_SQL_LAST_TITLES, 2) };
        PG_TRY(pg_words_add(ctx, db, pg_sql_cell_int(db, PG_SQL_LAST_TITLES, 0), texts, true));
    }
}

pgdp_status pg_words_ranges(pgdp_ctx *ctx, const char *text, pg_sql_value *out)
{
    static const char last[] = "\xf4\x8f\xbf\xbf"; /* U+10FFFF: above all that can follow */
    const char *rest = text, *lo, *hi;
    char word[PG_WORD_SIZE];
    size_t n = 0;
    for (size_t i = 0; i < 2 * PG_MAX_WORDS; i++)
        out[i] = pg_sql_text(NULL);
    for (; pg_word_next(&rest, word); n++) {
        const size_t length = strlen(word);
        if (n == PG_MAX_WORDS)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found more than %d words to search, expected fewer", PG_MAX_WORDS);
        if (length > 3 && word[length - 1] == 's' && word[length - 2] != 's') word[length - 1] = '\0';
        PG_TRY_ALLOC(ctx, lo, pg_arena_strdup(&ctx->scratch, word));
        PG_TRY_ALLOC(ctx, hi, pg_arena_printf(&ctx->scratch, "%s%s", word, last));
        out[2 * n] = pg_sql_text(lo);
        out[2 * n + 1] = pg_sql_text(hi);
    }
    if (n == 0) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found no word to search, expected one at least");
    return PGDP_OK;
}
