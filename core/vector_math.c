/* vector_math.c  Which vector instructions this processor has.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/vector_math.h"

pg_vector_unit pg_vector_unit_here(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return PG_UNIT_AVX512;
    if (__builtin_cpu_supports("avx2")) return PG_UNIT_AVX2;
#endif
    return PG_UNIT_PLAIN;
}
