/* build_info.c  What the program stands on, in one line: compiler, BLAS with its kernel, GSL.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/dist.h"
#include "stats/linalg.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "another compiler"
#endif

/* In the scratch, which lives as long as the context unless a runner called before rewinds it. */
const char *pgdp_build_info(pgdp_ctx *ctx)
{
    const char *text =
        pg_arena_printf(&ctx->scratch, "%s; %s; BLAS kernel %s; GSL %s; long double of %d bits", COMPILER,
                        pg_blas_config(), pg_blas_kernel(), pg_gsl_version(), __LDBL_MANT_DIG__);
    return text == NULL ? "" : text;
}
