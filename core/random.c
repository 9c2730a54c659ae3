/* random.c  Philox4x32-10 streams and inversion. Source: Salmon et al. (2011), SC'11; Wichura (1988), AS 241, PPND16.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"

#include <math.h>

/* Salmon et al. (2011), table 2 and section 3.3: multipliers, and the Weyl sequence of the key. */
enum { ROUNDS = 10 };
static const uint32_t multiplier_0 = 0xD2511F53u, multiplier_1 = 0xCD9E8D57u;
static const uint32_t weyl_0 = 0x9E3779B9u, weyl_1 = 0xBB67AE85u;

void pg_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int i = 0; i < ROUNDS; i++) {
        const uint64_t p0 = (uint64_t)multiplier_0 * c0, p1 = (uint64_t)multiplier_1 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        k0 += weyl_0;
        k1 += weyl_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* Blocks side by side: a vector loop, twice as fast as one after another. */
void pg_random_words(pg_random *random, uint32_t out[PG_WORDS])
{
    enum { LANES = PG_WORDS / 4 };
    uint32_t c0[LANES], c1[LANES], c2[LANES], c3[LANES], k0 = random->key[0], k1 = random->key[1];
    for (size_t l = 0; l < LANES; l++, random->next++) {
        c0[l] = (uint32_t)random->next;
        c1[l] = (uint32_t)(random->next >> 32) ^ random->job[0];
        c2[l] = random->replicate;
        c3[l] = random->job[1];
    }
    for (int i = 0; i < ROUNDS; i++, k0 += weyl_0, k1 += weyl_1) {
        for (size_t l = 0; l < LANES; l++) {
            const uint64_t p0 = (uint64_t)multiplier_0 * c0[l], p1 = (uint64_t)multiplier_1 * c2[l];
            c0[l] = (uint32_t)(p1 >> 32) ^ c1[l] ^ k0;
            c2[l] = (uint32_t)(p0 >> 32) ^ c3[l] ^ k1;
            c1[l] = (uint32_t)p1;
            c3[l] = (uint32_t)p0;
        }
    }
    for (size_t l = 0; l < LANES; l++) {
        out[4 * l] = c0[l];
        out[4 * l + 1] = c1[l];
        out[4 * l + 2] = c2[l];
        out[4 * l + 3] = c3[l];
    }
}

/* FNV-1a, 64 bits (Fowler, Noll & Vo). */
static uint64_t hash_name(const char *name)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (; *name != '\0'; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001B3u;
    return h;
}

/* Philox itself mixes job and seed into 128 bits: two for the key, two for the counter. For one seed this is a
 * permutation, so two jobs share a stream only if their hashes are equal. */
pg_random pg_random_stream(uint64_t seed, const char *job, uint32_t replicate)
{
    const uint64_t h = hash_name(job);
    const uint32_t counter[4] = { (uint32_t)h, (uint32_t)(h >> 32), 0, 0 };
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    uint32_t mixed[4];
    pg_philox4x32_10(counter, key, mixed);
    return (pg_random){ .key = { mixed[0], mixed[1] }, .job = { mixed[2], mixed[3] }, .replicate = replicate };
}

/* Block b holds draws 2b and 2b + 1, 64 bits each. */
static void draw_block(const pg_random *r, uint64_t block, uint64_t out[2])
{
    const uint32_t counter[4] = { (uint32_t)block, (uint32_t)(block >> 32) ^ r->job[0], r->replicate, r->job[1] };
    uint32_t x[4];
    pg_philox4x32_10(counter, r->key, x);
    out[0] = x[0] | (uint64_t)x[1] << 32;
    out[1] = x[2] | (uint64_t)x[3] << 32;
}

static uint64_t next_bits(pg_random *r)
{
    uint64_t pair[2];
    draw_block(r, r->next / 2, pair);
    return pair[r->next++ % 2];
}

/* Odd multiples of 2^-53: all exact, none 0 or 1, and 1 - u is one of them too. */
static double uniform_of(uint64_t bits)
{
    return (double)(int64_t)(bits >> 12 << 1 | 1) * 0x1p-53;
}

double pg_random_uniform(pg_random *random)
{
    return uniform_of(next_bits(random));
}

void pg_random_uniforms(pg_random *random, double *out, size_t n)
{
    size_t i = 0;
    if (n > 0 && random->next % 2 == 1) out[i++] = pg_random_uniform(random);
    for (; i + 2 <= n; i += 2, random->next += 2) {
        uint64_t pair[2];
        draw_block(random, random->next / 2, pair);
        out[i] = uniform_of(pair[0]);
        out[i + 1] = uniform_of(pair[1]);
    }
    if (i < n) out[i] = pg_random_uniform(random);
}

double pg_random_normal(pg_random *random)
{
    return pg_quantile_normal(pg_random_uniform(random));
}

/* The high 64 bits of bits * n, by halves. */
size_t pg_random_index(pg_random *random, size_t n)
{
    const uint64_t bits = next_bits(random), m = n, low = UINT32_MAX;
    const uint64_t cross = (bits >> 32) * (m & low) + ((bits & low) * (m & low) >> 32);
    return (size_t)((bits >> 32) * (m >> 32) + (cross >> 32) + (((bits & low) * (m >> 32) + (cross & low)) >> 32));
}

/* p(r) / q(r), both of degree 7 in Horner's form. */
static double ratio(const double p[8], const double q[8], double r)
{
    double numerator = p[7], denominator = q[7];
    for (int i = 6; i >= 0; i--) {
        numerator = numerator * r + p[i];
        denominator = denominator * r + q[i];
    }
    return numerator / denominator;
}

/* AS 241's coefficients: a/b for |u - 1/2| <= 0.425, c/d and e/f in sqrt(-log tail) up to 5 and beyond. */
static const double as241_a[8] = { 3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                   1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                   3.3430575583588128105e+4, 2.5090809287301226727e+3 };
static const double as241_b[8] = { 1.0,
                                   4.2313330701600911252e+1,
                                   6.8718700749205790830e+2,
                                   5.3941960214247511077e+3,
                                   2.1213794301586595867e+4,
                                   3.9307895800092710610e+4,
                                   2.8729085735721942674e+4,
                                   5.2264952788528545610e+3 };
static const double as241_c[8] = { 1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                   3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                   2.27238449892691845833e-2, 7.74545014278341407640e-4 };
static const double as241_d[8] = { 1.0,
                                   2.05319162663775882187e0,
                                   1.67638483018380384940e0,
                                   6.89767334985100004550e-1,
                                   1.48103976427480074590e-1,
                                   1.51986665636164571966e-2,
                                   5.47593808499534494600e-4,
                                   1.05075007164441684324e-9 };
static const double as241_e[8] = { 6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                   2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                   2.71155556874348757815e-5, 2.01033439929228813265e-7 };
static const double as241_f[8] = { 1.0,
                                   5.99832206555887937690e-1,
                                   1.36929880922735805310e-1,
                                   1.48753612908506148525e-2,
                                   7.86869131145613259100e-4,
                                   1.84631831751005468180e-5,
                                   1.42151175831644588870e-7,
                                   2.04426310338993978564e-15 };

double pg_quantile_normal(double u)
{
    if (!(u >= 0 && u <= 1)) return (double)NAN;
    if (u <= 0 || u >= 1) return u <= 0 ? -(double)INFINITY : (double)INFINITY;
    const double q = u - 0.5;
    if (fabs(q) <= 0.425) return q * ratio(as241_a, as241_b, 0.180625 - q * q);
    const double r = sqrt(-log(q < 0 ? u : 1 - u));
    const double z = r <= 5 ? ratio(as241_c, as241_d, r - 1.6) : ratio(as241_e, as241_f, r - 5);
    return q < 0 ? -z : z;
}

double pg_quantile_triangular(double u, double lo, double mode, double hi)
{
    if (!(u >= 0 && u <= 1 && lo <= mode && mode <= hi)) return (double)NAN;
    const double width = hi - lo, left = mode - lo, right = hi - mode;
    if (!(width > 0)) return lo;
    return u * width <= left ? lo + sqrt(u * width * left) : hi - sqrt((1 - u) * width * right);
}
