/* kernel.c  One BLAS kernel on every machine with AVX2, so that the same inputs give the same bits on all of them.
 * OpenBLAS chooses its kernel while it is loaded, by processor: two processors round differently, and one that Debian's
 * version does not know gets the slowest. OPENBLAS_CORETYPE overrides the choice, but is read only there: OpenBLAS is
 * made to choose again, or, where it has no such function, the program starts again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined __x86_64__ && defined __GNUC__
/* Of OpenBLAS where it is built for many processors: forget the kernel, choose one. */
void gotoblas_dynamic_quit(void) __attribute__((weak));
void gotoblas_dynamic_init(void) __attribute__((weak));
/* Calls stay on their own thread; end the others. */
void openblas_set_num_threads(int n) __attribute__((weak));
int blas_thread_shutdown_(void) __attribute__((weak));

static bool is_set(const char *name, const char *value)
{
    const char *now = getenv(name);
    return now != NULL && strcmp(now, value) == 0;
}

/** The kernel of every x86-64 processor, and the C library's functions without fused multiplication: both are chosen
 * while the program is loaded, so it starts again. Its own loops have the same bits on every vector unit. */
static void start_portable(char **argv)
{
    static const char kernel[] = "Prescott", units[] = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4";
    if (is_set("OPENBLAS_CORETYPE", kernel) && is_set("GLIBC_TUNABLES", units)) return;
    if (setenv("OPENBLAS_CORETYPE", kernel, 1) != 0 || setenv("GLIBC_TUNABLES", units, 1) != 0) return;
    (void)execv("/proc/self/exe", argv);
}

/** OpenBLAS starts a thread a core, which the program never uses; each keeps its core busy for 27 ms before it sleeps.
 */
static void end_waiting_threads(void)
{
    if (openblas_set_num_threads == NULL || blas_thread_shutdown_ == NULL) return;
    openblas_set_num_threads(1);
    (void)blas_thread_shutdown_();
}

void pgc_pin_kernel(char **argv)
{
    const char *chosen = getenv("OPENBLAS_CORETYPE");
    end_waiting_threads();
    for (char **word = argv; *word != NULL; word++)
        if (strcmp(*word, "--portable") == 0) {
            start_portable(argv);
            return;
        }
    if ((chosen != NULL && *chosen != '\0') || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return;
    if (setenv("OPENBLAS_CORETYPE", "Haswell", 1) != 0) return;
    if (gotoblas_dynamic_quit != NULL && gotoblas_dynamic_init != NULL) {
        gotoblas_dynamic_quit();
        gotoblas_dynamic_init();
        return;
    }
    (void)execv("/proc/self/exe", argv); /* where it cannot, OpenBLAS's own choice stands */
}
#else
void pgc_pin_kernel(char **argv)
{
    (void)argv;
}
#endif
