/* option.c  Settings by name into a struct of doubles and ints, checked against the component's option rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/option.h"
#include "core/number.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

static void store_real(const pgdp_option *option, void *fields, double value)
{
    memcpy((char *)fields + option->offset, &value, sizeof value);
}

static void store_choice(const pgdp_option *option, void *fields, int choice)
{
    memcpy((char *)fields + option->offset, &choice, sizeof choice);
}

/* Names as "a, b, c" in scratch memory. */
static const char *join(pgdp_ctx *ctx, const char *const *names, size_t n)
{
    pg_text list;
    pg_text_init(&list, &ctx->scratch);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) pg_text_add(&list, ", ");
        pg_text_add(&list, names[i]);
    }
    return list.failed ? NULL : list.data;
}

/* The end of a sentence about a name that is none of these: a suggestion, or all there are. */
static pgdp_status advise(pgdp_ctx *ctx, const char *name, const char *const *names, size_t n, const char **advice)
{
    const char *nearest = pgdp_nearest(name, names, n), *list;
    if (nearest != NULL) {
        PG_TRY_ALLOC(ctx, *advice, pg_arena_printf(&ctx->scratch, "did you mean \"%s\"?", nearest));
        return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, list, join(ctx, names, n));
    const char *words = n == 0 ? "it has none" : "expected one of ";
    PG_TRY_ALLOC(ctx, *advice, pg_arena_printf(&ctx->scratch, "%s%s", words, list));
    return PGDP_OK;
}

static pgdp_status fail_unknown(pgdp_ctx *ctx, const char *what, const pgdp_option *options, const char *name)
{
    size_t n = 0;
    while (options[n].name != NULL)
        n++;
    const char **names, *advice = NULL;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    for (size_t i = 0; i < n; i++)
        names[i] = options[i].name;
    PG_TRY(advise(ctx, name, names, n, &advice));
    return pg_fail(ctx, PGDP_NOT_FOUND, "%s has no option \"%s\"; %s", what, name, advice);
}

static pgdp_status read_real(pgdp_ctx *ctx, const char *what, const pgdp_option *option, const char *value,
                             void *fields)
{
    double x = 0;
    if (pg_number_parse(value, strlen(value), &x) && isfinite(x) && x >= option->lo && x <= option->hi) {
        store_real(option, fields, x);
        return PGDP_OK;
    }
    char lo[PG_NUMBER_SIZE], hi[PG_NUMBER_SIZE];
    pg_number_format(option->lo, lo);
    pg_number_format(option->hi, hi);
    const bool below = isfinite(option->lo), above = isfinite(option->hi);
    const char *const from = !below ? "" : above ? " from " : " of at least ";
    const char *const to = !above ? "" : below ? " to " : " of at most ";
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: option %s is \"%s\", expected a number%s%s%s%s", what, option->name,
                   value, from, below ? lo : "", to, above ? hi : "");
}

static pgdp_status read_choice(pgdp_ctx *ctx, const char *what, const pgdp_option *option, const char *value,
                               void *fields)
{
    size_t n = 0;
    for (; option->choices[n] != NULL; n++) {
        if (!pg_streq(option->choices[n], value)) continue;
        store_choice(option, fields, (int)n);
        return PGDP_OK;
    }
    const char *advice = NULL;
    PG_TRY(advise(ctx, value, option->choices, n, &advice));
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: option %s is \"%s\", which is no choice of it; %s", what, option->name,
                   value, advice);
}

static pgdp_status read_setting(pgdp_ctx *ctx, const char *what, const pgdp_option *options,
                                const pgdp_setting *setting, void *fields)
{
    const pgdp_option *option = options;
    while (option->name != NULL && !pg_streq(option->name, setting->name))
        option++;
    if (option->name == NULL) return fail_unknown(ctx, what, options, setting->name);
    if (setting->value == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: option %s has no value; give one", what, option->name);
    if (option->kind == PGDP_OPTION_REAL) return read_real(ctx, what, option, setting->value, fields);
    return read_choice(ctx, what, option, setting->value, fields);
}

pgdp_status pg_options_read(pgdp_ctx *ctx, const char *what, const pgdp_option *options, const pgdp_setting *settings,
                            void *fields)
{
    static const pgdp_option none[] = { { .name = NULL } };
    if (options == NULL) options = none;
    for (const pgdp_option *option = options; option->name != NULL; option++) {
        if (option->kind == PGDP_OPTION_REAL)
            store_real(option, fields, option->initial);
        else
            store_choice(option, fields, (int)option->initial);
    }
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = PGDP_OK;
    for (; settings != NULL && settings->name != NULL && status == PGDP_OK; settings++)
        status = read_setting(ctx, what, options, settings, fields);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
