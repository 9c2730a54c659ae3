/* yaml.h  A YAML document as a tree of nodes with positions, and checked access to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_YAML_H
#define PG_YAML_H

#include "core/ctx.h"

typedef enum pg_yaml_kind { PG_YAML_SCALAR, PG_YAML_SEQUENCE, PG_YAML_MAPPING } pg_yaml_kind;
/** One node; children of a mapping carry their key. Lives in the arena it was read into. */
typedef struct pg_yaml pg_yaml;
struct pg_yaml {
    pg_yaml_kind kind;
    const char *path;    /**< "study.yaml", for messages */
    const char *key;     /**< under which it stands in a mapping; NULL otherwise */
    const char *text;    /**< of a scalar; "" for an empty one */
    size_t line, column; /**< counted from 1; of the key where there is one */
    pg_yaml *children, *next;
    size_t n_children;
};

/** Parse YAML 1.2 (duplicate keys, aliases that do not resolve, depth above 64 and more than 100,000 values are
 * errors; "<<" is a key like any other). @return PARSE label:line:column */
pgdp_status pg_yaml_parse(pgdp_ctx *ctx, const char *label, const void *bytes, size_t n, pg_arena *arena,
                          pg_yaml **out);

/** Fail at a node: "path:line:column: ...". */
pgdp_status pg_yaml_fail(pgdp_ctx *ctx, const pg_yaml *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** The node must be a mapping whose keys are all in `known`, NULL-ended; an unknown key is an error with a suggestion.
 */
pgdp_status pg_yaml_keys(pgdp_ctx *ctx, const pg_yaml *node, const char *const *known);
const pg_yaml *pg_yaml_find(const pg_yaml *mapping, const char *key); /**< NULL: not there (or mapping NULL) */
/** The same, an error when it is not there. */
pgdp_status pg_yaml_need(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, const pg_yaml **out);
/** Values under a key; a missing key leaves *out as it is. */
pgdp_status pg_yaml_text(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, const char **out);
pgdp_status pg_yaml_real(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, double lo, double hi, double *out);
/** A whole number, as a double. */
pgdp_status pg_yaml_whole(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, double lo, double hi, double *out);
pgdp_status pg_yaml_count(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, size_t lo, size_t hi, size_t *out);
/** Index of the scalar in choices (NULL-ended). */
pgdp_status pg_yaml_choice(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, const char *const *choices,
                           size_t *out);
/** A sequence of numbers or of texts, into the arena; the list of texts is NULL-ended. */
pgdp_status pg_yaml_reals(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, pg_arena *arena, double **out,
                          size_t *n);
pgdp_status pg_yaml_texts(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, pg_arena *arena, const char ***out);
/** The scalar itself as a number in [lo, hi]. */
pgdp_status pg_yaml_number(pgdp_ctx *ctx, const pg_yaml *scalar, double lo, double hi, double *out);

#endif
