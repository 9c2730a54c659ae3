/* json.h  Writing JSON with exact round-trip of doubles; reading it through jansson.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_JSON_H
#define PG_JSON_H

#include "core/ctx.h"

enum { PG_JSON_DEPTH = 64, PG_JSON_BUFFER = 1024 };
/** A writer of one document; misuse (a value where a key is due) is a programming error caught by `bad`. */
typedef struct pg_json {
    const pgdp_sink *sink;
    pgdp_status status; /**< the first failure of the sink; later calls do nothing */
    size_t depth;
    bool indent;                            /**< two blanks a level; arrays of numbers stay on one line */
    bool bad;                               /**< keys and values out of order */
    unsigned char state[PG_JSON_DEPTH + 1]; /**< [0] is the document */
    size_t n_buffer;
    char buffer[PG_JSON_BUFFER]; /**< goes to the sink when full and at pg_json_end() */
} pg_json;
void pg_json_init(pg_json *json, const pgdp_sink *sink, bool indent);
void pg_json_object(pg_json *json);
void pg_json_object_end(pg_json *json);
void pg_json_array(pg_json *json);
void pg_json_array_end(pg_json *json);
void pg_json_key(pg_json *json, const char *key);
void pg_json_string(pg_json *json, const char *utf8); /**< NULL: null; invalid UTF-8 becomes U+FFFD */
void pg_json_real(pg_json *json, double value);       /**< shortest exact form; NaN and infinities: null */
void pg_json_integer(pg_json *json, int64_t value);
void pg_json_bool(pg_json *json, bool value);
void pg_json_null(pg_json *json);
/** key and value at once */
void pg_json_key_string(pg_json *json, const char *key, const char *utf8);
void pg_json_key_real(pg_json *json, const char *key, double value);
void pg_json_key_integer(pg_json *json, const char *key, int64_t value);
void pg_json_key_bool(pg_json *json, const char *key, bool value);
/** A final line end, and the status of all that went before (BAD_ARGUMENT when keys and values were out of order). */
pgdp_status pg_json_end(pgdp_ctx *ctx, pg_json *json);

/** A parsed value; borrowed from its document. NULL is accepted by every accessor and reads as absent. */
typedef struct pg_json_value pg_json_value;
typedef struct pg_json_document pg_json_document;
/** Strict JSON: duplicate keys, depth > 64 refused; a BOM is skipped. @return PARSE with label:line:column */
pgdp_status pg_json_parse(pgdp_ctx *ctx, const char *label, const void *bytes, size_t n, pg_json_document **out);
void pg_json_document_free(pg_json_document *document);
const pg_json_value *pg_json_root(const pg_json_document *document);
const pg_json_value *pg_json_member(const pg_json_value *object, const char *key);
size_t pg_json_count(const pg_json_value *array_or_object);
const pg_json_value *pg_json_at(const pg_json_value *array, size_t i);
/** Members in the document's order: the key, or NULL past the end; *value may be NULL on entry to ignore. */
const char *pg_json_member_at(const pg_json_value *object, size_t i, const pg_json_value **value);
const char *pg_json_text(const pg_json_value *value);         /**< NULL when not a string */
bool pg_json_number(const pg_json_value *value, double *out); /**< numbers only */
bool pg_json_is_null(const pg_json_value *value);             /**< JSON null (absent is not null) */
bool pg_json_is_array(const pg_json_value *value);
bool pg_json_is_object(const pg_json_value *value);
bool pg_json_truth(const pg_json_value *value, bool *out); /**< booleans only */

#endif
