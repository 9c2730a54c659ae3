/* text_words.c  Words of a text in any script: Unicode's compatibility composition with case folding, cut by category.
 * Source: Unicode Standard Annex 15 (NFKC), chapter 3.13 (case folding) and Annex 44, table 12 (categories).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/statements.h"

#include <utf8proc.h>

enum { HANGUL_FIRST = 0xac00, HANGUL_LAST = 0xd7a3 };

typedef enum kind { GAP, WORD, SIGN } kind;

/* Letters, marks and numbers make words. A sign is a word by itself: one of a script that sets no blanks between words
 * (wide letters, Korean's apart), and a picture. */
static kind kind_of(int32_t code)
{
    const utf8proc_category_t category = utf8proc_category(code);
    const bool wide = utf8proc_charwidth(code) == 2;
    if (category == UTF8PROC_CATEGORY_SO) return wide ? SIGN : GAP;
    if (category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_NO) return GAP;
    return wide && category == UTF8PROC_CATEGORY_LO && (code < HANGUL_FIRST || code > HANGUL_LAST) ? SIGN : WORD;
}

/* Composed code points, in scratch. */
static pgdp_status fold(pgdp_ctx *ctx, const char *utf8, size_t n, int32_t **out, size_t *n_codes)
{
    const utf8proc_option_t how =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)utf8;
    utf8proc_ssize_t length = utf8proc_decompose(bytes, (utf8proc_ssize_t)n, NULL, 0, how);
    if (length < 0) return pg_fail(ctx, PGDP_PARSE, "found a text that is not UTF-8, expected UTF-8; save it as UTF-8");
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, (size_t)length + 1, sizeof **out));
    length = utf8proc_decompose(bytes, (utf8proc_ssize_t)n, *out, length, how);
    length = utf8proc_normalize_utf32(*out, length, how);
    *n_codes = length < 0 ? 0 : (size_t)length;
    return PGDP_OK;
}

pgdp_status pg_text_words(pgdp_ctx *ctx, const char *utf8, size_t n, pg_words *out)
{
    int32_t *codes = NULL;
    size_t n_codes = 0, at = 0;
    PG_TRY(fold(ctx, utf8, n, &codes, &n_codes));
    *out = (pg_words){ .codes = codes };
    PG_TRY_ALLOC(ctx, out->first, pg_arena_alloc(&ctx->scratch, n_codes + 1, sizeof *out->first));
    kind before = GAP;
    for (size_t i = 0; i < n_codes; i++) {
        const kind now = kind_of(codes[i]);
        if (now == SIGN || (now == WORD && before != WORD)) out->first[out->n++] = at;
        if (now != GAP) codes[at++] = codes[i];
        before = now;
    }
    out->first[out->n] = at;
    return PGDP_OK;
}
