/* golden.h  The shared golden numbers: a file, its data, and looking into both. The file names who computed and who
 * agreed. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_GOLDEN_H
#define PGT_GOLDEN_H

#include "core/json.h"
#include "pgdp/ingest.h"
#include "pgdp/regression.h"

typedef struct pgt_golden {
    pgdp_ctx *ctx;
    pg_json_document *document;
    const pg_json_value *spec, *results;
    pgdp_dataset *data;
    const pgdp_frame *frame; /**< its only table */
    double tolerance;        /**< of the file: what all packages together support */
} pgt_golden;

/** golden/NAME.json and the CSV that it names; skips the test when they are absent. */
pgt_golden pgt_golden_open(const char *name);
void pgt_golden_close(pgt_golden *golden);
/** A number that must be there. */
double pgt_golden_number(const pg_json_value *object, const char *key);
/** What the files call a term. */
const char *pgt_golden_term(const char *term);
/** A model of the data that must be fitted. */
pgdp_regression *pgt_golden_regress(const pgt_golden *golden, const pgdp_regression_spec *spec);
/** A line beside the coefficients that must be there. */
pgdp_diagnostic pgt_line(const pgdp_regression *regression, const char *name);

#endif
