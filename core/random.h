/* random.h  Counter-based random numbers: Philox4x32-10. Source: Salmon, Moraes, Dror & Shaw (2011), SC'11.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_RANDOM_H
#define PG_RANDOM_H

#include "pgdp/base.h"

/** A stream addressed by (seed, job, replicate); draws are addressed by their number, so any one can be had alone. */
typedef struct pg_random {
    uint32_t key[2], job[2];
    uint32_t replicate;
    uint64_t next; /**< number of the next draw */
} pg_random;

/** The block function, for known-answer tests: counter[4], key[2] -> out[4]. */
void pg_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
/** job: a name, hashed; replicate: the bootstrap draw or Monte Carlo run. */
pg_random pg_random_stream(uint64_t seed, const char *job, uint32_t replicate);
double pg_random_uniform(pg_random *random); /**< in (0, 1), 53 bits, never 0 or 1; takes one number of the stream */
/** The next n of them, at half the price each. */
void pg_random_uniforms(pg_random *random, double *out, size_t n);
enum { PG_WORDS = 32 };
/** The words of the next 8 blocks, four each, not to be mixed with other draws; `next` then counts blocks. */
void pg_random_words(pg_random *random, uint32_t out[PG_WORDS]);
/** By inversion, one uniform each, so streams never lose step. */
double pg_random_normal(pg_random *random);
/** Quantiles of u in (0,1); pure functions. */
double pg_quantile_normal(double u);                   /**< Wichura (1988) AS 241 PPND16, 1e-16 relative */
double pg_quantile_beta(double u, double a, double b); /**< to 1e-12; a, b > 0 */
double pg_quantile_triangular(double u, double lo, double mode, double hi);
/** Uniform index below n by multiply-shift on 64 bits (bias < 2^-32). */
size_t pg_random_index(pg_random *random, size_t n);

#endif
