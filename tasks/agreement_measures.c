/* agreement_measures.c  Agreement beyond chance from sums over tasks. Source: Fleiss (1971), Psychol. Bull. 76(5); Gwet
 * (2008), Br. J. Math. Stat. Psychol. 61(1), and (2014), Handbook of Inter-Rater Reliability, ch. 2-3, equations for
 * ratings missing at will; Krippendorff (2019), Content Analysis, ch. 12; Light (1971), Psychol. Bull. 76(5); Cohen
 * (1968), Psychol. Bull. 70(4). SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/agreement.h"

#include <math.h>
#include <string.h>

static size_t n_pairs(const pg_grades *g)
{
    return g->n_graders * (g->n_graders - 1) / 2;
}

pgdp_status pg_agreement_sums_new(pgdp_ctx *ctx, const pg_grades *g, pg_agreement_sums *out)
{
    const size_t q = g->n_levels;
    *out = (pg_agreement_sums){ 0 };
    PG_TRY_ALLOC(ctx, out->share, pg_arena_alloc(&ctx->scratch, q, sizeof(double)));
    PG_TRY_ALLOC(ctx, out->coincidence, pg_arena_alloc(&ctx->scratch, q * q, sizeof(double)));
    PG_TRY_ALLOC(ctx, out->pair, pg_arena_alloc(&ctx->scratch, n_pairs(g) * q * q, sizeof(double)));
    return PGDP_OK;
}

void pg_agreement_sums_clear(const pg_grades *g, pg_agreement_sums *s)
{
    const size_t q = g->n_levels;
    s->n_tasks = s->n_multiple = s->agreement = 0;
    memset(s->share, 0, q * sizeof(double));
    memset(s->coincidence, 0, q * q * sizeof(double));
    memset(s->pair, 0, n_pairs(g) * q * q * sizeof(double));
}

/** Pairs of a task's own grades. */
static void add_pairs(const pg_grades *g, const unsigned char *grade, pg_agreement_sums *s)
{
    const size_t q = g->n_levels;
    double *table = s->pair;
    for (size_t a = 0; a < g->n_graders; a++)
        for (size_t b = a + 1; b < g->n_graders; b++, table += q * q)
            if (grade[a] != PG_UNGRADED && grade[b] != PG_UNGRADED) table[grade[a] + grade[b] * q] += 1;
}

void pg_agreement_sums_add(const pg_grades *g, size_t task, pg_agreement_sums *s)
{
    const unsigned char *grade = &g->grade[task * g->n_graders];
    const size_t q = g->n_levels;
    double count[PG_MOST_LEVELS] = { 0 }, n = 0, agreement = 0;
    for (size_t j = 0; j < g->n_graders; j++) {
        if (grade[j] == PG_UNGRADED) continue;
        count[grade[j]] += 1;
        n += 1;
    }
    if (n < 1) return;
    s->n_tasks += 1;
    for (size_t k = 0; k < q; k++)
        s->share[k] += count[k] / n;
    if (n < 2) return;
    s->n_multiple += 1;
    for (size_t k = 0; k < q; k++)
        for (size_t l = 0; l < q; l++) {
            const double pairs = count[k] * (k == l ? count[l] - 1 : count[l]);
            agreement += g->weight[k + l * q] * pairs;
            s->coincidence[k + l * q] += pairs / (n - 1);
        }
    s->agreement += agreement / (n * (n - 1));
    add_pairs(g, grade, s);
}

/** Krippendorff's squared difference of two levels, given how often each level is in a pair. */
static double difference(const pg_grades *g, const double *n, size_t c, size_t k)
{
    if (g->scale == PGDP_NOMINAL) return c == k ? 0 : 1;
    if (g->scale == PGDP_INTERVAL) return (g->value[c] - g->value[k]) * (g->value[c] - g->value[k]);
    double between = 0;
    for (size_t l = c < k ? c : k; l <= (c < k ? k : c); l++)
        between += n[l];
    between -= (n[c] + n[k]) / 2;
    return between * between;
}

/** alpha = 1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck; *expected: agreement by chance on the scale of nominal data.
 */
static double krippendorff(const pg_grades *g, const double *o, double *expected)
{
    const size_t q = g->n_levels;
    double n[PG_MOST_LEVELS] = { 0 }, all = 0, observed = 0, chance = 0, equal = 0;
    for (size_t c = 0; c < q; c++)
        for (size_t k = 0; k < q; k++)
            n[c] += o[c + k * q];
    for (size_t c = 0; c < q; c++)
        all += n[c];
    for (size_t c = 0; c < q; c++)
        for (size_t k = 0; k < q; k++) {
            const double d = difference(g, n, c, k);
            observed += o[c + k * q] * d;
            chance += n[c] * n[k] * d;
            if (c == k) equal += n[c] * (n[c] - 1);
        }
    *expected = g->scale == PGDP_NOMINAL && all > 1 ? equal / (all * (all - 1)) : (double)NAN;
    return chance > 0 ? 1 - (all - 1) * observed / chance : (double)NAN;
}

/** Agreement beyond chance; NaN where chance alone is whole. */
static double beyond(double agreement, double chance)
{
    return chance < 1 ? (agreement - chance) / (1 - chance) : (double)NAN;
}

/** Mean over pairs of graders of Cohen's kappa. */
static double light(const pg_grades *g, const pg_agreement_sums *s)
{
    double sum = 0, n = 0, out[PG_N_PAIR_STATISTICS];
    for (size_t p = 0; p < n_pairs(g); p++) {
        pg_pair_statistics_of(g, s->pair + p * g->n_levels * g->n_levels, out);
        if (isnan(out[PG_PAIR_KAPPA])) continue;
        sum += out[PG_PAIR_KAPPA];
        n += 1;
    }
    return n > 0 ? sum / n : (double)NAN;
}

void pg_agreement_measures_of(const pg_grades *g, const pg_agreement_sums *s, double measure[PG_N_MEASURES],
                              double chance[PG_N_MEASURES])
{
    const size_t q = g->n_levels;
    const double agreement = s->n_multiple > 0 ? s->agreement / s->n_multiple : (double)NAN;
    double fleiss = 0, spread = 0, weights = 0;
    for (size_t k = 0; k < q; k++) {
        const double share = s->share[k] / s->n_tasks;
        spread += share * (1 - share);
        for (size_t l = 0; l < q; l++) {
            fleiss += g->weight[k + l * q] * share * (s->share[l] / s->n_tasks);
            weights += g->weight[k + l * q];
        }
    }
    for (size_t m = 0; m < PG_N_MEASURES; m++)
        chance[m] = (double)NAN;
    chance[PG_FLEISS] = fleiss;
    chance[PG_GWET] = q > 1 ? weights / ((double)q * (double)(q - 1)) * spread : (double)NAN;
    measure[PG_AGREEMENT] = agreement;
    measure[PG_FLEISS] = beyond(agreement, fleiss);
    measure[PG_GWET] = beyond(agreement, chance[PG_GWET]);
    measure[PG_KRIPPENDORFF] = krippendorff(g, s->coincidence, &chance[PG_KRIPPENDORFF]);
    measure[PG_LIGHT] = light(g, s);
}

/** Pearson's correlation of level scores x (of rows) and y (of columns) in a table of counts. */
static double correlation(const double *table, size_t q, const double *x, const double *y)
{
    double n = 0, mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < q * q; i++) {
        n += table[i];
        mean_x += table[i] * x[i % q];
        mean_y += table[i] * y[i / q];
    }
    for (size_t i = 0; i < q * q; i++) {
        const double u = x[i % q] - mean_x / n, v = y[i / q] - mean_y / n;
        xx += table[i] * u * u;
        yy += table[i] * v * v;
        xy += table[i] * u * v;
    }
    return xx > 0 && yy > 0 ? xy / (sqrt(xx) * sqrt(yy)) : (double)NAN;
}

/** Mid-ranks of levels that occur so often. */
static void mid_ranks(const double *count, size_t q, double *rank)
{
    double below = 0;
    for (size_t k = 0; k < q; k++) {
        rank[k] = below + (count[k] + 1) / 2;
        below += count[k];
    }
}

/** tau-b of a table: concordant less discordant pairs by sums over the cells below, left and right. */
static double tau_b(const double *table, const double *row, const double *column, size_t q)
{
    double right[PG_MOST_LEVELS] = { 0 }; /* of each column, rows above the one in hand */
    double n = 0, score = 0, ties_a = 0, ties_b = 0;
    for (size_t i = 0; i < q; i++) {
        double before = 0, after = 0;
        for (size_t j = 0; j < q; j++)
            after += right[j];
        for (size_t j = 0; j < q; j++) {
            after -= right[j];
            score += table[i + j * q] * (before - after);
            before += right[j];
        }
        for (size_t j = 0; j < q; j++)
            right[j] += table[i + j * q];
        n += row[i];
        ties_a += row[i] * (row[i] - 1) / 2;
        ties_b += column[i] * (column[i] - 1) / 2;
    }
    const double all = n * (n - 1) / 2, scale = sqrt(all - ties_a) * sqrt(all - ties_b);
    return scale > 0 ? score / scale : (double)NAN;
}

void pg_pair_statistics_of(const pg_grades *g, const double *table, double out[PG_N_PAIR_STATISTICS])
{
    const size_t q = g->n_levels;
    double row[PG_MOST_LEVELS] = { 0 }, column[PG_MOST_LEVELS] = { 0 }, a[PG_MOST_LEVELS], b[PG_MOST_LEVELS];
    double n = 0, equal = 0, agreement = 0, chance = 0;
    for (size_t m = 0; m < PG_N_PAIR_STATISTICS; m++)
        out[m] = (double)NAN;
    for (size_t i = 0; i < q * q; i++) {
        row[i % q] += table[i];
        column[i / q] += table[i];
        n += table[i];
    }
    if (!(n > 0)) return;
    for (size_t i = 0; i < q * q; i++) {
        if (i % q == i / q) equal += table[i] / n;
        agreement += g->weight[i] * table[i] / n;
        chance += g->weight[i] * (row[i % q] / n) * (column[i / q] / n);
    }
    mid_ranks(row, q, a);
    mid_ranks(column, q, b);
    out[PG_PAIR_AGREEMENT] = equal;
    out[PG_PAIR_KAPPA] = beyond(agreement, chance);
    out[PG_PAIR_PEARSON] = correlation(table, q, g->value, g->value);
    out[PG_PAIR_SPEARMAN] = correlation(table, q, a, b);
    out[PG_PAIR_KENDALL] = tau_b(table, row, column, q);
}
