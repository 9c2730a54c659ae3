/* main.c  The program: finds the command, sets up its context, hands over.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/ranks.h"

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
          "  --portable     the same bits on every x86-64 processor, and slower; else on every one with AVX2\n"
          "\nexit codes: 0 ok, 1 some jobs of a batch failed, 2 usage, 3 input data, 4 numerical, 5 input or output,\n"
          "  6 network or provider, 7 verification mismatch, 130 and 143 signals\n",
          stdout);
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

/** A whole number from the environment; 0: not there. */
static size_t number_of(const char *variable)
{
    const char *text = getenv(variable);
    return text == NULL ? 0 : (size_t)strtoul(text, NULL, 10);
}

/** Processes that were started together, as their launcher tells each. */
static size_t n_started(void)
{
    static const char *const variables[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS" };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (number_of(variables[i]) > 0) return number_of(variables[i]);
    return 1;
}

/** Threads by default: what the scheduler gave, else the machine's shared among its ranks. */
static size_t default_threads(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t given = number_of("SLURM_CPUS_PER_TASK"), ranks = number_of("OMPI_COMM_WORLD_LOCAL_SIZE");
    if (given > 0) return given;
    return cores < 1 ? 1 : (size_t)cores / (ranks < 1 ? 1 : ranks);
}

static volatile sig_atomic_t caught; /* the signal that asked the program to stop */

static void note_signal(int signal_number)
{
    caught = signal_number;
}

static bool is_caught(void *user)
{
    (void)user;
    return caught != 0;
}

/** The first signal asks the work to stop, which then clears up; a second one ends the program at once. */
static void catch_signals(void)
{
    static const int signals[] = { SIGINT, SIGTERM };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action = { .sa_handler = note_signal, .sa_flags = (int)(SA_RESETHAND | SA_RESTART) }, before;
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &action, NULL);
    }
}

/** Join the processes started together; the first alone speaks. */
static pgdp_status join_ranks(pgdp_ctx *ctx)
{
    if (n_started() == 1) return PGDP_OK;
    const pgdp_status status = pgdp_ranks_begin(ctx);
    if (status != PGDP_OK || pgdp_rank(ctx) == 0) return status;
    const bool silent = freopen("/dev/null", "w", stdout) != NULL && freopen("/dev/null", "w", stderr) != NULL;
    return silent ? PGDP_OK : PGDP_IO;
}

static bool is_quiet(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--quiet") == 0) return true;
    return false;
}

static int run_command(const pgc_command *command, int argc, char **argv)
{
    char title[64];
    snprintf(title, sizeof title, "pgdp %s", command->name);
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) break;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return fputs(command->help, stdout), 0;
    }
    pgc_progress progress;
    pgc_app app = { .ctx = pgdp_ctx_new(NULL), .command = title };
    if (app.ctx == NULL) return fputs("pgdp: out of memory\n", stderr), 5;
    catch_signals();
    pgdp_ctx_set_stop(app.ctx, is_caught, NULL);
    pgdp_ctx_set_threads(app.ctx, default_threads());
    const pgdp_status joined = join_ranks(app.ctx);
    if (joined == PGDP_OK && pgdp_rank(app.ctx) == 0 && !is_quiet(argc, argv)) pgc_progress_begin(app.ctx, &progress);
    const int own = joined == PGDP_OK ? command->run(&app, argc, argv) : pgc_end(&app, joined);
    const int code = pgdp_ranks_end(app.ctx, own != 0 && caught != 0 ? 128 + caught : own);
    if (own == 0 && code != 0) fprintf(stderr, "%s: %s\n", title, pgdp_ctx_error(app.ctx));
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
