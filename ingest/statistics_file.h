/* statistics_file.h  Stata, SAS and SPSS files as events: the only door to ReadStat.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STATISTICS_FILE_H
#define PG_STATISTICS_FILE_H

#include "core/ctx.h"
#include "pgdp/ingest.h"

typedef enum pg_statistics_kind {
    PG_NO_STATISTICS,
    PG_STATA,         /**< .dta, formats 104 to 119 */
    PG_SAS,           /**< .sas7bdat */
    PG_SAS_TRANSPORT, /**< .xpt, versions 5 and 8 */
    PG_SPSS,          /**< .sav, .zsav */
    PG_SPSS_PORTABLE  /**< .por */
} pg_statistics_kind;

/** Which of them the bytes are, told by their beginning. */
pg_statistics_kind pg_statistics_kind_of(const pgdp_bytes *in);
/** "Stata file", ... for messages. */
const char *pg_statistics_name(pg_statistics_kind kind);

/** What to parse: head, then body, as if they were one file. */
typedef struct pg_statistics_source {
    pg_statistics_kind kind;
    const char *label;
    pgdp_bytes head, body; /**< a transport file's members share its library header; otherwise body is empty */
    const char *encoding;  /**< of its texts, in place of the one that the file states; NULL: as stated */
} pg_statistics_source;

/** Texts are UTF-8, "" for none, and borrowed for the call. */
typedef struct pg_statistics_variable {
    const char *name, *label, *format, *value_labels; /**< value_labels: name of the set of labels */
    bool is_text;
} pg_statistics_variable;
typedef struct pg_statistics_value {
    const char *text; /**< of a text; NULL for a number */
    double number;    /**< NaN when missing */
    char tag;         /**< .a is 'a'; 0: none */
    bool declared;    /**< a value that the file says stands for missing */
} pg_statistics_value;

/** A handler that fails ends the parse with its status. value_label may be NULL: not wanted; skip: its values are not.
 */
typedef struct pg_statistics_handlers {
    pgdp_status (*table)(void *user, const char *name, const char *title);
    pgdp_status (*note)(void *user, const char *text);
    pgdp_status (*weight)(void *user, const char *variable);
    pgdp_status (*variable)(void *user, size_t column, const pg_statistics_variable *variable, bool *skip);
    pgdp_status (*value_label)(void *user, const char *set, const pg_statistics_value *value, const char *label);
    pgdp_status (*value)(void *user, size_t row, size_t column, const pg_statistics_value *value);
} pg_statistics_handlers;

/**
 * One pass over the file.
 * @param[out] bad_text  the failure is a text that is not in the encoding
 * @return PARSE with a sentence, or what a handler answered
 */
pgdp_status pg_statistics_parse(pgdp_ctx *ctx, const pg_statistics_source *source,
                                const pg_statistics_handlers *handlers, void *user, bool *bad_text);

#endif
