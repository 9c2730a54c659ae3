/* args.c  Arguments of the program: long flags, shared ones, suggestions for misspelt ones.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PGC_MAX_THREADS = 1024, PGC_MAX_FLAGS = 160 };
#define PGC_MAX_SEED 9007199254740992U /* every whole number up to it is a double, as JSON readers have them */

/** A message, in which an address that was taken for something else loses its password: scheme://user:PASSWORD@host. */
static void put_message(const char *text)
{
    while (*text != '\0') {
        const char *address = strstr(text, "://");
        const char *from = address == NULL ? text + strlen(text) : address + 3;
        const size_t n = strcspn(from, " \"\n"), user = strcspn(from, ":@ \"\n");
        size_t at = n;
        while (at > user && from[at] != '@')
            at--;
        fwrite(text, 1, (size_t)(from - text) + (at > user ? user : n), stderr);
        text = from + (at > user ? at : n);
    }
}

int pgc_usage(const pgc_app *app, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "%s: ", app->command);
    put_message(text);
    fprintf(stderr, "\ntry '%s --help'\n", app->command);
    return 2;
}

int pgc_end(pgc_app *app, pgdp_status status)
{
    const char *why = pgdp_ctx_error(app->ctx);
    if (status == PGDP_IO && why[0] == '\0') why = "standard output cannot be written: a closed pipe or a full disk";
    if (status == PGDP_OK) return 0;
    fprintf(stderr, "%s: ", app->command);
    put_message(why);
    fputc('\n', stderr);
    return pgdp_status_exit_code(status);
}

pgdp_sink pgc_stdout(void)
{
    return pgdp_standard_output();
}

/** A whole number in [lo, hi]; false after a message. */
static bool whole_number(const pgc_app *app, const char *flag, const char *text, uint64_t lo, uint64_t hi,
                         uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < lo || value > hi) {
        pgc_usage(app, "%s takes a whole number from %llu to %llu, found \"%s\"", flag, (unsigned long long)lo,
                  (unsigned long long)hi, text);
        return false;
    }
    *out = value;
    return true;
}

/** Take the shared flags' values into the app. */
static bool apply_shared(pgc_app *app, const char *threads, const char *seed)
{
    uint64_t n = 0;
    if (threads != NULL) {
        if (!whole_number(app, "--threads", threads, 1, PGC_MAX_THREADS, &n)) return false;
        pgdp_ctx_set_threads(app->ctx, (size_t)n);
    }
    if (seed != NULL) {
        if (!whole_number(app, "--seed", seed, 0, PGC_MAX_SEED, &app->seed)) return false;
        app->has_seed = true;
    }
    return true;
}

/** The flag that `text` names up to its "=", or NULL. */
static const pgc_flag *find_flag(const pgc_flag *flags, const char *text, size_t n)
{
    for (; flags->name != NULL; flags++)
        if (strlen(flags->name) == n && strncmp(flags->name, text, n) == 0) return flags;
    return NULL;
}

/** Say that there is no such flag, with the nearest that there is. */
static void unknown_flag(const pgc_app *app, const pgc_flag *flags, const pgc_flag *shared, const char *text)
{
    const char *names[PGC_MAX_FLAGS];
    size_t n = 0;
    for (; flags->name != NULL && n < PGC_MAX_FLAGS; flags++)
        names[n++] = flags->name;
    for (; shared->name != NULL && n < PGC_MAX_FLAGS; shared++)
        names[n++] = shared->name;
    const char *near = pgdp_nearest(text, names, n);
    if (near != NULL)
        pgc_usage(app, "no flag \"%s\"; did you mean %s?", text, near);
    else
        pgc_usage(app, "no flag \"%s\"", text);
}

bool pgc_parse(pgc_app *app, int argc, char **argv, const pgc_flag *flags, const char **positional, size_t max)
{
    const char *threads = NULL, *seed = NULL;
    bool portable; /* acted upon before this: kernel.c */
    const pgc_flag shared[] = {
        { "--json", NULL, &app->json },
        { "--quiet", NULL, &app->quiet },
        { "--verbose", NULL, &app->verbose },
        { "--threads", &threads, NULL },
        { "--seed", &seed, NULL },
        { "--portable", NULL, &portable },
        { NULL, NULL, NULL },
    };
    size_t n = 0;
    bool only_names = false;
    for (size_t i = 0; i < max; i++)
        positional[i] = NULL;
    for (int i = 0; i < argc; i++) {
        const char *a = argv[i];
        if (only_names || strncmp(a, "--", 2) != 0) {
            if (n == max) return pgc_usage(app, "one argument too many: \"%s\"", a), false;
            positional[n++] = a;
            continue;
        }
        if (a[2] == '\0') {
            only_names = true;
            continue;
        }
        const char *equals = strchr(a, '=');
        const size_t length = equals != NULL ? (size_t)(equals - a) : strlen(a);
        const pgc_flag *flag = find_flag(flags, a, length);
        if (flag == NULL) flag = find_flag(shared, a, length);
        if (flag == NULL) return unknown_flag(app, flags, shared, a), false;
        if (flag->given != NULL) {
            if (equals != NULL) return pgc_usage(app, "%s takes no value", flag->name), false;
            *flag->given = true;
            continue;
        }
        if (equals == NULL && i + 1 == argc) return pgc_usage(app, "%s needs a value", flag->name), false;
        if (flag->value != NULL) *flag->value = equals != NULL ? equals + 1 : argv[++i];
    }
    return apply_shared(app, threads, seed);
}
