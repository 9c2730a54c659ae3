/* kernel.c  One BLAS kernel on every machine with AVX2, so that the same inputs give the same bits on all of them.
 * OpenBLAS chooses its kernel while it is loaded, by processor: two processors round differently, and one that Debian's
 * version does not know gets the slowest. OPENBLAS_CORETYPE overrides the choice, but only from before the program
 * starts. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>
#include <unistd.h>

void pgc_pin_kernel(char **argv)
{
#if defined __x86_64__ && defined __GNUC__
    const char *chosen = getenv("OPENBLAS_CORETYPE");
    if ((chosen != NULL && *chosen != '\0') || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return;
    if (setenv("OPENBLAS_CORETYPE", "Haswell", 1) != 0) return;
    (void)execv("/proc/self/exe", argv); /* where it cannot, OpenBLAS's own choice stands */
#else
    (void)argv;
#endif
}
