/* dataset.h  Files written down in a test, read by the reader that knows them; cells by name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_DATASET_H
#define PGT_DATASET_H

#include "pgdp/ingest.h"

/** Read text, or a file of the repository, by content alone; the test fails unless this format reads it. */
pgdp_dataset *pgt_ingest(pgdp_ctx *ctx, const char *format, const char *label, const char *text);
pgdp_dataset *pgt_ingest_file(pgdp_ctx *ctx, const char *format, const char *path);
/** The same for a shared source; NULL when it is absent. */
pgdp_dataset *pgt_ingest_shared(pgdp_ctx *ctx, const char *format, const char *name);
/** Reading must fail as PARSE with a sentence that holds the part. format NULL: by content. */
void pgt_refuse(pgdp_ctx *ctx, const char *format, const char *text, const char *part);
/** Do the same with every allocation failing once: no leak, NO_MEMORY each time. */
void pgt_ingest_without_memory(const char *label, const void *bytes, size_t n);
/** The same for each of n files of a folder, which ends with a slash. */
void pgt_ingest_files_without_memory(const char *folder, const char *const *files, size_t n);

/** A table by name; the test fails when there is none. */
const pgdp_frame *pgt_table(const pgdp_dataset *dataset, const char *name);
/** Cells by the column's name; the test fails when there is no such column. */
double pgt_real(const pgdp_frame *frame, const char *column, size_t row);
const char *pgt_cell(const pgdp_frame *frame, const char *column, size_t row); /**< text or period; "." missing */
const pgdp_column *pgt_about(const pgdp_frame *frame, const char *column);

#endif
