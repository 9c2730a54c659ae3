/* vcov_conley.c  Covariance consistent under correlation among places within a distance. Source: Conley (1999), J.
 * Econometrics 92(1), equation 3.13; great-circle distances by the chord, as of the haversine.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meat = sum over pairs of rows of k(distance / km) s_i's_l: k is 1 up to the cutoff, or falls to 0 there. Distances
 * are great circles on a sphere of radius 6371.0088 km. Rows stand in bands of latitude as high as the cutoff and by
 * longitude within them, so that a row meets its own band and the next, and of these the longitudes within reach. */
#include "stats/kernels.h"
#include "stats/linalg.h"
#include "stats/vcovs.h"

#include "core/number.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 512, UNIFORM = 0, BARTLETT = 1, MAX_BANDS = 1 << 20 };
static const double earth_radius = 6371.0088; /* km, mean radius of the IUGG */
static const double pi = 3.14159265358979323846;

typedef struct options {
    double km;
    int kernel;
} options;

static const char *const kernels[] = { "uniform", "bartlett", NULL };
static const char *const columns[] = { "lat", "lon", NULL };

static const pgdp_option rows[] = {
    { "km", PGDP_OPTION_REAL, offsetof(options, km), -1, 0, 20038, NULL, "cutoff: farther rows are uncorrelated" },
    { "kernel", PGDP_OPTION_CHOICE, offsetof(options, kernel), UNIFORM, 0, 1, kernels,
      "uniform: 1 up to the cutoff; bartlett: 1 - distance / km" },
    { .name = NULL },
};

/* A row's place: radians, and the vector from the centre of a sphere of radius 1. */
typedef struct place {
    size_t row, band;
    double lat, lon, cos_lat, x, y, z;
} place;

typedef struct map {
    const place *places; /**< [n] by band, then longitude */
    const size_t *start; /**< [n_bands + 2] first place of a band */
    size_t n;
    double km, longest; /**< square of the cutoff's chord */
    int kernel;
} map;

static int compare_places(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->band != y->band) return x->band < y->band ? -1 : 1;
    if (x->lon < y->lon || x->lon > y->lon) return x->lon < y->lon ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Of a pair at most a cutoff apart: by the chord between them, so that pairs farther apart cost no sine. */
static double weight(const map *m, const place *a, const place *b)
{
    const double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z, square = x * x + y * y + z * z;
    if (square > m->longest) return 0;
    if (m->kernel == UNIFORM || !(square > 0)) return 1;
    return fmax(0, 1 - 2 * earth_radius * asin(fmin(1, sqrt(square) / 2)) / m->km);
}

static pgdp_status check_place(pgdp_ctx *ctx, const char *name, double degrees, double most, size_t row)
{
    if (degrees >= -180 && degrees <= most && (most > 90 || degrees >= -90)) return PGDP_OK;
    char text[PG_NUMBER_SIZE];
    pg_number_format(degrees, text);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "covariance conley: %s of row %zu is %s, expected degrees from %s; correct the column", name,
                   row + 1, text, most > 90 ? "-180 to 360" : "-90 to 90");
}

static pgdp_status place_rows(pgdp_ctx *ctx, const pgdp_design *d, double km, map *out)
{
    const size_t n = d->y.n;
    const double height = fmax(km / earth_radius * (1 + 1e-9), pi / MAX_BANDS);
    place *places;
    size_t *start;
    PG_TRY_ALLOC(ctx, places, pg_arena_alloc(&ctx->scratch, n, sizeof *places));
    for (size_t i = 0; i < n; i++) {
        const double lat = d->columns[0][i], lon = d->columns[1][i];
        PG_TRY(check_place(ctx, "the latitude", lat, 90, i));
        PG_TRY(check_place(ctx, "the longitude", lon, 360, i));
        places[i] = (place){ .row = i, .lat = lat * pi / 180, .lon = (lon >= 180 ? lon - 360 : lon) * pi / 180 };
        places[i].cos_lat = cos(places[i].lat);
        places[i].x = places[i].cos_lat * cos(places[i].lon);
        places[i].y = places[i].cos_lat * sin(places[i].lon);
        places[i].z = sin(places[i].lat);
        places[i].band = (size_t)floor((places[i].lat + pi / 2) / height);
    }
    qsort(places, n, sizeof *places, compare_places);
    const size_t n_bands = places[n - 1].band + 1;
    PG_TRY_ALLOC(ctx, start, pg_arena_alloc(&ctx->scratch, n_bands + 2, sizeof *start));
    for (size_t i = 0; i < n; i++) /* the end of each band is the start of the next */
        start[places[i].band + 1] = i + 1;
    for (size_t b = 1; b < n_bands + 2; b++)
        if (start[b] < start[b - 1]) start[b] = start[b - 1];
    const double chord = 2 * sin(fmin(km / earth_radius, pi) / 2);
    *out = (map){ .places = places, .start = start, .n = n, .km = km, .longest = chord * chord * (1 + 1e-15) };
    return PGDP_OK;
}

/* First place in [first, end) of a longitude of at least lon. */
static size_t find_longitude(const map *m, size_t first, size_t end, double lon)
{
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (m->places[middle].lon < lon)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* Half the width of the longitudes within km of a place, anywhere on the sphere; pi: all of them. */
static double reach(const place *p, double km)
{
    const double angle = km / earth_radius, sine = sin(fmin(angle, pi / 2));
    if (fabs(p->lat) + angle >= pi / 2 - 1e-6 || sine >= p->cos_lat) return pi;
    return asin(sine / p->cos_lat) * (1 + 1e-9) + 1e-12;
}

/* Add the weighted scores of places [first, end) to row i of v. */
static void add_places(const map *m, const place *now, size_t first, size_t end, pg_matrix scores, double *v)
{
    for (size_t p = first; p < end; p++) {
        const double w = weight(m, now, &m->places[p]);
        if (!(w > 0)) continue;
        for (size_t j = 0; j < scores.n_cols; j++)
            v[j * ROWS] += w * scores.x[m->places[p].row + j * scores.stride];
    }
}

/* All partners of place i that stand after it: the rest of its band, and the next band. */
static void add_partners(const map *m, size_t i, pg_matrix scores, double *v)
{
    const place *now = &m->places[i];
    const double half = reach(now, m->km), low = now->lon - half, high = now->lon + half;
    for (size_t b = now->band; b <= now->band + 1; b++) {
        const size_t first = b == now->band ? i + 1 : m->start[b], stop = m->start[b + 1];
        if (half >= pi) {
            add_places(m, now, first, stop, scores, v);
            continue;
        }
        const size_t from = find_longitude(m, first, stop, low), to = find_longitude(m, from, stop, high);
        if (high > pi) add_places(m, now, first, find_longitude(m, first, from, high - 2 * pi), scores, v);
        add_places(m, now, from, to, scores, v);
        if (low < -pi) add_places(m, now, find_longitude(m, to, stop, low + 2 * pi), stop, scores, v);
    }
}

static pgdp_status pair_meat(pgdp_ctx *ctx, const map *m, pg_matrix scores, pg_matrix meat)
{
    const size_t k = scores.n_cols;
    const pg_matrix s = pg_matrix_new(&ctx->scratch, ROWS, k), v = pg_matrix_new(&ctx->scratch, ROWS, k);
    const pg_matrix half = pg_matrix_new(&ctx->scratch, k, k);
    if (s.x == NULL || v.x == NULL || half.x == NULL) return pg_no_memory(ctx);
    for (size_t first = 0; first < m->n; first += ROWS) {
        const size_t n = m->n - first < ROWS ? m->n - first : ROWS;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < k; j++) {
                s.x[i + j * ROWS] = scores.x[m->places[first + i].row + j * scores.stride];
                v.x[i + j * ROWS] = s.x[i + j * ROWS] / 2;
            }
            add_partners(m, first + i, scores, v.x + i);
        }
        pg_add_cross((pg_matrix){ s.x, n, k, ROWS }, (pg_matrix){ v.x, n, k, ROWS }, half);
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            meat.x[i + j * k] = half.x[i + j * k] + half.x[j + i * k];
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t k = fit->n_terms;
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k);
    pg_matrix scores;
    map m;
    if (meat.x == NULL) return pg_no_memory(ctx);
    if (design->n_columns < 2 || design->columns == NULL || o->km < 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance conley needs a cutoff and two columns in degrees: conley(km=100, lat=LAT, lon=LON)");
    PG_TRY(place_rows(ctx, design, o->km, &m));
    m.kernel = o->kernel;
    PG_TRY(pg_all_scores(ctx, fit, false, &scores));
    PG_TRY(pair_meat(ctx, &m, scores, meat));
    pg_fit_add_factor(fit, "km", o->km);
    const pg_ssc_rule rule = { .g = 0 };
    PG_TRY(pg_fit_sandwich(ctx, fit, meat.x, pg_ssc_apply(fit, &rule)));
    return pg_fit_make_psd(ctx, fit);
}

const pgdp_vcov pg_vcov_conley = {
    .name = "conley",
    .title = "Conley's spatial covariance",
    .source = "Conley (1999), J. Econometrics 92(1), equation 3.13",
    .options = rows,
    .options_size = sizeof(options),
    .columns = columns,
    .compute = compute,
};
