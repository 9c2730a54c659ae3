/* main.c  The program: finds the command, sets up its context, hands over.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const pgc_command *const commands[] = {
#define PGC_ENTRY(name) &pgc_##name,
    PGC_COMMANDS(PGC_ENTRY)
#undef PGC_ENTRY
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    fputs("pgdp measures the output that AI makes and GDP does not see.\n\n"
          "  pgdp run data/studies/baseline.yaml --out out/baseline   one study file in, one workbook out\n"
          "  pgdp regress 'y ~ x + i(year)' --data panel.csv --vcov 'cluster(soc)'\n"
          "  pgdp gap run --cells cells.csv --json\n"
          "  pgdp data show file.xlsx\n\ncommands (each has --help):\n",
          stdout);
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  %-16s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nflags of every command:\n"
          "  --json         one JSON document on standard output\n"
          "  --quiet        no progress, no remarks\n"
          "  --threads N    threads to use (default: the machine's); results do not depend on it\n"
          "  --seed N       seed of everything random (default: the study's)\n"
          "\nexit codes: 0 ok, 1 some jobs of a batch failed, 2 usage, 3 input data, 4 numerical, 5 input or output,\n"
          "  6 network or provider, 7 verification mismatch, 130 and 143 signals\n",
          stdout);
}

/** Show progress as one line that is redrawn, at most every hundredth part. */
static void show_progress(void *user, const char *what, size_t done, size_t total)
{
    size_t *shown = user;
    const size_t percent = total == 0 ? 100 : done * 100 / total;
    if (percent == *shown && done != total) return;
    *shown = percent;
    fprintf(stderr, "\r\033[K%s %3zu %%", what, percent);
    if (done == total) fputs("\r\033[K", stderr);
    fflush(stderr);
}

/** The command whose name the arguments begin with, one or two words; *used words. */
static const pgc_command *find_command(int argc, char **argv, int *used)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const char *name = commands[i]->name, *blank = strchr(name, ' ');
        const size_t first = blank != NULL ? (size_t)(blank - name) : strlen(name);
        if (strlen(argv[1]) != first || strncmp(argv[1], name, first) != 0) continue;
        *used = blank != NULL ? 2 : 1;
        if (blank == NULL) return commands[i];
        if (argc > 2 && strcmp(argv[2], blank + 1) == 0) return commands[i];
    }
    return NULL;
}

/** Is it one of a group: "gap run" of "gap"? */
static bool in_group(const char *command, const char *group)
{
    const size_t n = strlen(group);
    return strncmp(command, group, n) == 0 && command[n] == ' ';
}

/** The commands of a group, a line each; how many. */
static size_t print_group(FILE *to, const char *group)
{
    size_t n = 0;
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (!in_group(commands[i]->name, group)) continue;
        fprintf(to, "  pgdp %-16s %s\n", commands[i]->name, commands[i]->summary);
        n++;
    }
    return n;
}

/** Say what is near to what was typed; a group alone, or with --help, is told its commands. */
static int no_such_command(int argc, char **argv)
{
    const char *names[N_COMMANDS], *typed = argv[1];
    char two[128];
    for (size_t i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i]->name;
    if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0) && print_group(stdout, typed) > 0)
        return 0;
    const char *near = pgdp_nearest(typed, names, N_COMMANDS);
    if (argc > 2 && argv[2][0] != '-') {
        snprintf(two, sizeof two, "%s %s", typed, argv[2]);
        if (near == NULL) near = pgdp_nearest(two, names, N_COMMANDS);
        if (near != NULL && strchr(near, ' ') != NULL) typed = two;
    }
    if (near != NULL)
        fprintf(stderr, "pgdp: no command \"%s\"; did you mean \"%s\"?\n", typed, near);
    else
        fprintf(stderr, "pgdp: no command \"%s\"\n", typed);
    if (print_group(stderr, argv[1]) == 0) fputs("'pgdp --help' lists the commands\n", stderr);
    return 2;
}

/** Threads the machine has, by default. */
static size_t machine_threads(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (size_t)n;
}

static int run_command(const pgc_command *command, int argc, char **argv)
{
    char title[64];
    snprintf(title, sizeof title, "pgdp %s", command->name);
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) break;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return fputs(command->help, stdout), 0;
    }
    size_t shown = SIZE_MAX;
    pgc_app app = { .ctx = pgdp_ctx_new(NULL), .command = title };
    if (app.ctx == NULL) return fputs("pgdp: out of memory\n", stderr), 5;
    pgdp_ctx_set_threads(app.ctx, machine_threads());
    bool quiet = isatty(STDERR_FILENO) == 0;
    for (int i = 0; i < argc; i++)
        quiet = quiet || strcmp(argv[i], "--quiet") == 0;
    if (!quiet) pgdp_ctx_set_progress(app.ctx, show_progress, &shown);
    const int code = command->run(&app, argc, argv);
    pgdp_ctx_free(app.ctx);
    return code;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return print_help(), argc < 2 ? 2 : 0;
    if (strcmp(argv[1], "--version") == 0) return printf("pgdp %s\n", pgdp_version()), 0;
    int used = 0;
    const pgc_command *command = find_command(argc, argv, &used);
    if (command == NULL) return no_such_command(argc, argv);
    return run_command(command, argc - 1 - used, argv + 1 + used);
}

int main(int argc, char **argv)
{
    pgc_pin_kernel(argv);
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes then fails the write, which is told and cleaned up */
#endif
    const int code = dispatch(argc, argv);
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return code;
    fputs("pgdp: standard output could not be written\n", stderr);
    return code == 0 ? 5 : code;
}
