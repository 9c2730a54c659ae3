/* kernel.c  One BLAS kernel on every machine with AVX2, so that the same inputs give the same bits on all of them.
 * OpenBLAS chooses its kernel while it is loaded, by processor: two processors round differently, and one that Debian's
 * version does not know gets the slowest. OPENBLAS_CORETYPE overrides the choice, but is read only there: OpenBLAS is
 * made to choose again, or, where it has no such function, the program starts again, which takes 6 ms.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>
#include <unistd.h>

#if defined __x86_64__ && defined __GNUC__
/* Of OpenBLAS where it is built for many processors: forget the kernel, choose one. */
void gotoblas_dynamic_quit(void) __attribute__((weak));
void gotoblas_dynamic_init(void) __attribute__((weak));

void pgc_pin_kernel(char **argv)
{
    const char *chosen = getenv("OPENBLAS_CORETYPE");
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
