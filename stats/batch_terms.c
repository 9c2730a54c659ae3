/* batch_terms.c  The columns of one model over the moments of its group: batch_terms.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch_terms.h"

#include <float.h>
#include <math.h>

static const double same = 4e-26; /* squared norm left of a column that is a constant: collinear.c's rule */

double pg_batch_product(const pg_batch_terms *m, size_t i, size_t j)
{
    const size_t p = m->s->n_columns;
    const double *t = m->total, *shift = m->s->moments->shift;
    double x = t[i + j * p];
    if (m->constant) x -= t[i * p] * t[j * p] / t[0];
    if (m->raw) x += shift[i] * t[j * p] + shift[j] * t[i * p] + shift[i] * shift[j] * t[0];
    return x;
}

double pg_batch_raw_square(const pg_batch_terms *m, size_t i)
{
    const size_t p = m->s->n_columns;
    const double s = m->s->moments->shift[i];
    return m->total[i + i * p] + 2 * s * m->total[i * p] + s * s * m->total[0];
}

/* How the column stands before others are looked at: a term, none (collinear by itself), or not clear. */
typedef enum standing { STANDS, FALLS, UNCLEAR } standing;
static standing stand(pg_batch_terms *m, size_t i)
{
    const double own = pg_batch_product(m, i, i), raw = pg_batch_raw_square(m, i), left = m->s->columns[i].left;
    if (m->s->design.n_effects > 0) {
        const double noise = 16 * DBL_EPSILON / left; /* pg_fit_settle_terms()'s */
        if (!(left > 0) || noise >= 1) return FALLS;
        if (noise > PG_BATCH_UNCLEAR) return UNCLEAR;
    } else {
        if (!(raw > 0) || (m->constant && own <= same * raw)) return FALLS;
        if (m->constant && own <= 1e-18 * raw) return UNCLEAR;
        m->worst = fmax(m->worst, m->constant ? m->total[i + i * m->s->n_columns] / own : 1);
    }
    return own > 0 ? STANDS : UNCLEAR;
}

/* The columns left out stay in the order of the model. */
void pg_batch_drop(const pg_batch_terms *m, uint32_t column, size_t place, pg_batch_solution *out)
{
    size_t at = out->n_dropped++;
    for (; at > 0 && m->dropped_place[at - 1] > place; at--) {
        out->dropped[at] = out->dropped[at - 1];
        m->dropped_place[at] = m->dropped_place[at - 1];
    }
    out->dropped[at] = column;
    m->dropped_place[at] = place;
}

/* List the columns of a source: of a term, or of an instrument, which is left out without a word in the results. */
static bool add(pg_batch_terms *m, pg_batch_solution *out, uint32_t source, bool term, bool reported)
{
    const pg_batch_sample *s = m->s;
    for (uint32_t j = s->first[source]; j < s->first[source] + s->count[source]; j++) {
        const standing how = stand(m, j);
        const size_t place = m->n_all + out->n_dropped;
        if (how == UNCLEAR) return false;
        if (how == FALLS) {
            if (term) pg_batch_drop(m, j, place, out);
            continue;
        }
        m->place[m->n_all] = place;
        m->reported[m->n_all] = reported;
        m->columns[m->n_all++] = j;
    }
    return true;
}

/* Rows enough for all columns that the model names, as pgdp_regress() asks before it leaves any out? For the terms, or
 * for the exogenous terms and instruments. */
static bool has_rows(const pg_batch_sample *s, size_t n_columns)
{
    return s->rows.n >= n_columns && s->nobs > (double)(n_columns + s->n_absorbed);
}

static pgdp_status new_lists(pgdp_ctx *ctx, size_t room, pg_batch_terms *m)
{
    PG_TRY_ALLOC(ctx, m->columns, pg_arena_alloc(&ctx->scratch, room, sizeof *m->columns));
    PG_TRY_ALLOC(ctx, m->reported, pg_arena_alloc(&ctx->scratch, room, sizeof *m->reported));
    PG_TRY_ALLOC(ctx, m->place, pg_arena_alloc(&ctx->scratch, room, sizeof *m->place));
    PG_TRY_ALLOC(ctx, m->dropped_place, pg_arena_alloc(&ctx->scratch, room, sizeof *m->dropped_place));
    return PGDP_OK;
}

pgdp_status pg_batch_terms_new(pgdp_ctx *ctx, const pg_batch_formula *f, pg_batch_solution *out, pg_batch_terms *m)
{
    const pg_batch_sample *s = m->s;
    const size_t n_x = f->n_exogenous + f->n_endogenous, n = n_x + f->n_instruments;
    size_t named[3] = { 0 }; /* columns of exogenous terms, endogenous ones, instruments */
    bool clear = true;
    m->outcome = s->first[f->outcome];
    m->constant = f->constant;
    m->liml = f->liml;
    m->raw = !f->constant && s->design.n_effects == 0;
    for (size_t i = 0; i < n; i++)
        named[(i >= f->n_exogenous) + (i >= n_x)] += s->count[f->terms[i]];
    m->n_endogenous = named[1];
    PG_TRY(new_lists(ctx, named[0] + named[1] + named[2], m));
    m->yy = pg_batch_product(m, m->outcome, m->outcome);
    m->worst = fmax(1, m->constant ? m->total[m->outcome * (s->n_columns + 1)] / m->yy : 1);
    for (size_t i = 0; i < n && clear; i++) {
        clear = add(m, out, f->terms[i], i < n_x, i < n_x && f->reported[i]);
        if (i < f->n_exogenous) m->n_exogenous = m->n_all;
        if (i < n_x) m->n_terms = m->n_all;
    }
    out->n_terms = m->n_terms + m->constant;
    const size_t n_first = m->constant + named[0] + named[2];
    const bool enough = has_rows(s, m->constant + named[0] + named[1]) && (named[1] == 0 || has_rows(s, n_first + 1));
    out->by_row = !clear || !(m->yy > 0) || !enough || out->n_terms == 0 || named[2] < named[1];
    return PGDP_OK;
}
