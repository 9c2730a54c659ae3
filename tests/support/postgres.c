/* postgres.c  A PostgreSQL server of the test's own. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/postgres.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCRIPT "tests/support/postgres.sh"

static bool command(const char *what, const char *folder)
{
    char line[160];
    (void)snprintf(line, sizeof line, "%s '%s'", what, folder);
    return system(line) == 0;
}

bool pgt_server_start(pgt_server *server)
{
    char line[256] = "";
    FILE *script = popen("sh " SCRIPT " new", "r");
    if (script == NULL) return false;
    const bool told = fgets(line, sizeof line, script) != NULL;
    if (pclose(script) != 0 || !told) {
        printf("%s", told ? line : "skip: no PostgreSQL server could be made here\n");
        return false;
    }
    (void)snprintf(server->folder, sizeof server->folder, "%.*s", (int)strcspn(line, "\n"), line);
    (void)fflush(stdout); /* or the child would print it again */
    server->pid = fork();
    if (server->pid == 0) {
        (void)execlp("sh", "sh", SCRIPT, "run", server->folder, (char *)NULL);
        _exit(127);
    }
    if (server->pid > 0 && command("sh " SCRIPT " wait", server->folder)) return true;
    pgt_server_stop(server);
    printf("skip: the PostgreSQL server of the test does not answer\n");
    return false;
}

void pgt_server_stop(pgt_server *server)
{
    if (server->pid > 0) {
        (void)kill(server->pid, SIGINT); /* a fast end */
        (void)waitpid(server->pid, NULL, 0);
    }
    (void)command("rm -rf", server->folder);
}
