/* from_store.h  Inputs of a study that stand in a series store. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FROM_STORE_H
#define PG_FROM_STORE_H

#include "core/text.h"
#include "study/spec.h"

/**
 * The series that an input names, as they were known on its day, as the text of a file like data/series.csv or, for the
 * input series_list, data/series_list.csv: what is hashed, read and checked as any other.
 * @param file  of the study  @return NOT_FOUND, BAD_ARGUMENT, IO, NO_MEMORY; the message begins with the input's place
 */
pgdp_status pg_input_from_store(pgdp_ctx *ctx, const char *file, const pg_input *input, pg_text *out);

#endif
