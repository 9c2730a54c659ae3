/* regression_columns.c  Which columns a regression is about, told by the names in its texts, so that no others are
 * read. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/regression_args.h"

#include <string.h>

/** A name in a text, and what stands around it. */
typedef struct word {
    const char *start;
    size_t n;
    bool is_column; /**< else perhaps a function, an argument's name or value */
} word;

static bool in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           (unsigned char)c >= 0x80;
}

/** What follows the blanks. */
static const char *after_blanks(const char *p)
{
    return p + strspn(p, " \t\n\r");
}

static bool is_argument(const char *after)
{
    return *after == '(' || (*after == '=' && after[1] != '=');
}

/** A quoted text or name, up to its closing mark. */
static const char *skip_quoted(const char *p)
{
    const char *end = strchr(p + 1, *p);
    return end == NULL ? p + strlen(p) : end + 1;
}

/** The next name from *at, which moves behind it; false at the end. */
static bool next_word(const char **at, word *out)
{
    const char *p = *at;
    bool value = false; /* of an argument: after a lone "=" */
    while (*p != '\0') {
        const char *start = p;
        if (*p == '`') {
            *at = skip_quoted(p);
            *out = (word){ start + 1, (size_t)(*at - start) - (*at - start > 1 ? 2 : 1), true };
            return true;
        }
        const size_t letters = *p == '%' ? strspn(p + 1, "abcdefghijklmnopqrstuvwxyz") : 0;
        if (*p == '"' || *p == '\'') {
            p = skip_quoted(p);
        } else if (*p == '%' && p[letters + 1] == '%') {
            p += letters + 2; /* %in% */
        } else if (in_name(*p)) {
            while (in_name(*p))
                p++;
            const bool number =
                (*start >= '0' && *start <= '9') || (*start == '.' && start[1] >= '0' && start[1] <= '9');
            *out = (word){ start, (size_t)(p - start), !value && !is_argument(after_blanks(p)) };
            *at = p;
            if (!number) return true;
            value = false;
        } else {
            value = *p == '=' && p[1] != '=' && (p == *at || strchr("=<>!", p[-1]) == NULL);
            p = after_blanks(p + 1);
        }
    }
    *at = p;
    return false;
}

static void add(pgc_columns *c, const char *text)
{
    word w;
    for (const char *at = text; text != NULL && next_word(&at, &w);) {
        c->all = c->all || w.start[0] == '.' || w.n + 1 > sizeof c->text - c->used ||
                 c->n == sizeof c->names / sizeof *c->names;
        if (c->all) return;
        char *copy = c->text + c->used;
        memcpy(copy, w.start, w.n);
        copy[w.n] = '\0';
        c->used += w.n + 1;
        bool there = false;
        for (size_t i = 0; i < c->n && !there; i++)
            there = strcmp(c->names[i], copy) == 0;
        if (!there) c->names[c->n++] = copy;
    }
}

void pgc_columns_of(const pgdp_regression_spec *s, const pgc_flag *extra, pgc_columns *out)
{
    const char *const texts[] = { s->formula, s->weights, s->panel,       s->subset, s->split,  s->offset,
                                  s->vcov,    s->tests,   s->diagnostics, s->start,  s->margins };
    out->n = out->used = 0;
    /* the parameters of nls are names too */
    out->all = s->method != NULL && strcmp(s->method, "nls") == 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(out, texts[i]);
    for (const pgdp_setting *setting = s->settings; setting != NULL && setting->name != NULL; setting++)
        add(out, setting->value);
    for (; extra != NULL && extra->name != NULL; extra++)
        if (extra->value != NULL) add(out, *extra->value);
}

static bool lacks(const char *text, const pgdp_frame *frame)
{
    char name[256];
    word w;
    for (const char *at = text; text != NULL && next_word(&at, &w);) {
        if (!w.is_column || w.n >= sizeof name) continue;
        memcpy(name, w.start, w.n);
        name[w.n] = '\0';
        if (pgdp_frame_find(frame, name) == PGDP_NONE) return true;
    }
    return false;
}

bool pgc_columns_lack(const pgdp_regression_spec *s, const pgc_flag *extra, const pgdp_frame *frame)
{
    const char *const texts[] = {
        s->formula, s->weights != NULL ? strchr(s->weights, ':') : NULL, s->panel, s->subset, s->split,
        s->offset,  s->vcov != NULL ? strchr(s->vcov, '(') : NULL
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (lacks(texts[i], frame)) return true;
    /* an own flag may be a path */
    for (; extra != NULL && extra->name != NULL; extra++)
        if (extra->value != NULL && *extra->value != NULL && strpbrk(*extra->value, "./") == NULL &&
            lacks(*extra->value, frame))
            return true;
    return false;
}
