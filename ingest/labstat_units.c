/* labstat_units.c  Units of LABSTAT series: the files state none, their data types imply them. Source: formats.md 6, 9.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/labstat.h"

#include <ctype.h>
#include <string.h>

#include "core/text.h"

/* Surveys, the column that tells, the codes (blanks between them; "*": any) or a part of the code's name. */
static const struct {
    const char *surveys, *column, *codes, *part, *unit;
} rules[] = {
    { "ce sm", "data_type_code", "01 06 10 25 26", NULL, "heads_thousand" },
    { "ce sm", "data_type_code", "02 04 07 09 19 20 36 37", NULL, "hours" },
    { "ce sm", "data_type_code", "03 08 11 15 30 33", NULL, "usd" },
    { "ce sm", "data_type_code", "12 13 31 32", NULL, "usd_1982_84" },
    { "ce", "data_type_code", "16 17 21 22 23 24 34 35", NULL, "index" },
    { "ce", "data_type_code", "56 58 81 83", NULL, "hours_thousand" },
    { "ce", "data_type_code", "57 82", NULL, "usd_thousand" },
    { "ce", "data_type_code", "C1 C2 C3 RR", NULL, "pct" },
    { "la", "measure_code", "03 07 08", NULL, "pct" },
    { "la", "measure_code", "04 05 06 09", NULL, "heads" },
    { "ln", "tdat_code", NULL, "thousand", "heads_thousand" },
    { "ln", "tdat_code", NULL, "ercent", "pct" },
    { "oe", "datatype_code", "01", NULL, "heads" },
    { "oe", "datatype_code", "02 05", NULL, "pct" },
    { "oe", "datatype_code", "03 04 06 07 08 09 10 11 12 13 14 15", NULL, "usd" },
    { "oe", "datatype_code", "16", NULL, "per_1000_jobs" },
    { "oe", "datatype_code", "17", NULL, "ratio" },
    { "pr", "duration_code", "0", NULL, "index" },
    { "pr", "duration_code", "1 2", NULL, "pct" },
    { "cu cw", "item_code", "*", NULL, "index" },
    { "pc", "product_code", "*", NULL, "index" },
};
enum { N_RULES = sizeof rules / sizeof *rules, BASE_TEXT = 24 };

/* Is the word one of those in a list with blanks between? */
static bool lists(const char *words, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = words; n > 0 && (at = strstr(at, word)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) return true;
    return false;
}

static bool holds(size_t rule, const pg_labstat_dimension *d, size_t level)
{
    if (!pg_streq(d->code_name, rules[rule].column)) return false;
    const char *code = d->codes[level], *text = d->text_name == NULL ? NULL : d->texts[level];
    if (rules[rule].codes == NULL) return text != NULL && strstr(text, rules[rule].part) != NULL;
    return code != NULL && (pg_streq(rules[rule].codes, "*") || lists(rules[rule].codes, code));
}

/* "1982-84=100" -> "1982_84", "198112" -> "1981_12", "..., 2007=100" -> "2007"; false: there is no base in it. */
static bool base_of(const char *text, char base[BASE_TEXT])
{
    const char *end = strstr(text, "=100");
    size_t n = end == NULL ? strlen(text) : (size_t)(end - text), from = n;
    while (from > 0 && (isdigit((unsigned char)text[from - 1]) || text[from - 1] == '-'))
        from--;
    if (n - from < 4 || n - from > 10 || (end == NULL && from > 0)) return false;
    const bool month = end == NULL && n - from == 6 && strchr(text, '-') == NULL;
    size_t length = 0;
    for (size_t i = from; i < n; i++) {
        if (month && i == from + 4) base[length++] = '_';
        base[length++] = text[i] == '-' ? '_' : text[i];
    }
    base[length] = '\0';
    return base[0] != '_';
}

/* "index" with the base that another column of the series states. */
static pgdp_status index_unit(pgdp_ctx *ctx, const pg_labstat_dimension *dimensions, size_t n, size_t level,
                              const char **unit)
{
    static const char columns[] = "base_period base_date base_year bench_date data_type_code";
    char base[BASE_TEXT];
    for (size_t i = 0; i < n; i++) {
        const pg_labstat_dimension *d = &dimensions[i];
        const bool named = pg_streq(d->code_name, "data_type_code");
        const char *text = named ? (d->text_name == NULL ? NULL : d->texts[level]) : d->codes[level];
        if (text == NULL || !lists(columns, d->code_name) || !base_of(text, base)) continue;
        PG_TRY_ALLOC(ctx, *unit, pg_arena_printf(&ctx->scratch, "index_%s", base));
        return PGDP_OK;
    }
    return PGDP_OK;
}

pgdp_status pg_labstat_unit(pgdp_ctx *ctx, const char *survey, const pg_labstat_dimension *dimensions, size_t n,
                            size_t level, const char **unit)
{
    *unit = NULL;
    for (size_t r = 0; r < N_RULES && *unit == NULL; r++)
        for (size_t i = 0; i < n && *unit == NULL && lists(rules[r].surveys, survey); i++)
            if (holds(r, &dimensions[i], level)) *unit = rules[r].unit;
    return *unit != NULL && pg_streq(*unit, "index") ? index_unit(ctx, dimensions, n, level, unit) : PGDP_OK;
}

const char *pg_labstat_aspect_unit(const char *aspect)
{
    static const char *const units[][2] = { { "A1", "heads_thousand" },
                                            { "A2", "pct" },
                                            { "A4", "heads_thousand" },
                                            { "A5", "usd" },
                                            { "PR", "heads_thousand" } };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (pg_streq(units[i][0], aspect)) return units[i][1];
    return NULL;
}
