/* bls.h  Long tables of BLS observations: what LABSTAT files and the API share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BLS_H
#define PG_BLS_H

#include "core/frame.h"

/**
 * series_id, period, period_code, year, value, footnote_codes. A period column has one frequency, the finest of the
 * file; rows of another one (annual averages M13, Q05, S03, half-years among months) have a missing period, so that
 * nothing averages them in, but keep year and period_code, and are counted in a note.
 */
typedef struct pg_observations {
    pgdp_frame *frame;
    size_t series, period, code, year, value, footnotes;
    pgdp_frequency frequency;
} pg_observations;
typedef struct pg_observation {
    const char *series, *code, *footnotes; /**< footnotes NULL: none */
    int year;
    double value;
} pg_observation;

/** "M02" -> month 2 of the year; annual averages are none. */
bool pg_bls_period(const char *code, int year, pgdp_period *out);
/** @param frequency  the finest of all rows to come */
pgdp_status pg_observations_begin(pgdp_ctx *ctx, pgdp_frame *frame, pgdp_frequency frequency, pg_observations *out);
/**
 * Of a finished table with the columns period and period_code: how many rows have no period, by code and with why, as
 * the note "no_period"; none when all have one.
 */
pgdp_status pg_bls_note_periods(pgdp_ctx *ctx, pgdp_frame *frame);
pgdp_status pg_observations_add(pgdp_ctx *ctx, pg_observations *to, const pg_observation *row);

#endif
