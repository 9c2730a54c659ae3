/* classification.c  Which classification of occupations a column of codes belongs to, by its name. Source: formats.md
 * 18.1 and 18.3. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/classification.h"

#include "core/text.h"

/* A classification by what the name of its column of codes says; digits: how long codes are that a spreadsheet has
 * taken for numbers. The first that fits: "Hybrid SOC Code" is of the national employment matrix. */
static const struct {
    const char *word, *name;
    int digits;
} classes[] = {
    { "hybrid", "nem", 0 }, { "matrix", "nem", 0 },     { "nem", "nem", 0 },       { "estimates", "oews", 0 },
    { "oews", "oews", 0 },  { "o*net-soc", "onet", 0 }, { "onet", "onet", 0 },     { "census", "census", 4 },
    { "cps", "cps", 4 },    { "acs", "acs", 4 },        { "isco", "isco", 4 },     { "cip", "cip", 0 },
    { "dot", "dot", 0 },    { "moc", "moc", 0 },        { "rapids", "rapids", 4 }, { "soc", "soc", 0 },
};
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether the word stands in the name by itself: soc is in "SOC2018Code", not in "social code". */
static bool holds_word(const char *name, const char *word)
{
    for (const char *at = name; *at != '\0'; at++) {
        size_t n = 0;
        while (word[n] != '\0' && (at[n] == word[n] || (is_letter(word[n]) && at[n] == word[n] - 'a' + 'A')))
            n++;
        if (word[n] == '\0' && !is_letter(at[n]) && (at == name || !is_letter(at[-1]))) return true;
    }
    return false;
}

size_t pg_class_of(const char *name)
{
    const bool code = pg_text_holds(name, "code") && !pg_text_holds(name, "related") && !pg_text_holds(name, "change");
    for (size_t i = 0; code && i < sizeof classes / sizeof *classes; i++)
        if (holds_word(name, classes[i].word)) return i;
    return PG_NO_CLASS;
}

int pg_class_year(const char *name)
{
    int year = 0, digits = 0;
    for (const char *c = name;; c++) {
        const bool digit = *c >= '0' && *c <= '9';
        if (digit) year = digits++ == 0 ? *c - '0' : 10 * (year % 1000) + (*c - '0');
        if (digit) continue;
        if (digits == 4 && (year / 100 == 19 || year / 100 == 20)) return year;
        if (digits == 2) return 2000 + year;
        if (*c == '\0') return 0;
        digits = 0;
    }
}

const char *pg_class_name(size_t class)
{
    return classes[class].name;
}

int pg_class_digits(size_t class)
{
    return classes[class].digits;
}
