/* formats.h  How a provider is asked and how it answers: one file a format, listed here.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GRADE_FORMATS_H
#define PG_GRADE_FORMATS_H

#include "grade/prompt.h"
#include "net/http.h"

/** What is asked in one request. */
typedef struct pg_ask {
    const pgdp_rubric *rubric;
    const char *model, *system, *user;
    double temperature; /**< NaN: the provider's */
    size_t max_tokens;
} pg_ask;

/** What an answer says, before it is held to the rubric; borrowed from its document. */
typedef struct pg_told {
    const pg_json_value *object; /**< the structured answer, or NULL: */
    const char *text;            /**< its text, or NULL: there is none */
    size_t n_answers;
    bool refused, truncated;
    const char *refusal;                         /**< the model's words, or NULL */
    const char *model;                           /**< as the provider names it, or NULL */
    double tokens_in, tokens_out, tokens_cached; /**< in: cached ones among them; NaN: not told */
} pg_told;

enum { PG_MOST_HEADERS = 4 };
/** One format: a constant in grade/format_NAME.c, listed below. */
typedef struct pg_grade_format {
    const char *name, *title, *source;
    const char *ending;   /**< of addresses that speak it */
    bool own_host_only;   /**< elsewhere it must be named */
    const char *host;     /**< the provider's own, for which `variable` is meant; NULL: none */
    const char *variable; /**< usual environment variable of the key; NULL: none */
    void (*body)(pg_json *json, const pg_ask *ask);
    /** Headers beside the content type; key NULL: none. @return how many */
    size_t (*headers)(pg_arena *arena, const char *key, pg_http_field out[PG_MOST_HEADERS]);
    void (*read)(const pg_json_value *root, pg_told *out); /**< *out is empty, tokens are NaN */
} pg_grade_format;

/* The first one that fits an address speaks it. */
#define PG_GRADE_FORMATS(X) X(openai) X(compatible) X(anthropic)
#define PG_ENTRY(name)      extern const pg_grade_format pg_format_##name;
PG_GRADE_FORMATS(PG_ENTRY)
#undef PG_ENTRY

/** The format of an address; name NULL: told by the address. @return NOT_FOUND, BAD_ARGUMENT (which? say so) */
pgdp_status pg_grade_format_find(pgdp_ctx *ctx, const char *name, const char *address, const pg_grade_format **out);
/** Is the address at the provider's own host? */
bool pg_grade_format_owns(const pg_grade_format *format, const char *address);
/** The body of a request. */
pgdp_status pg_grade_body(pgdp_ctx *ctx, const pg_grade_format *format, const pg_ask *ask, pg_text *out);
/** Tokens under a key of the usage: whole, from 0 to 1e12; NaN otherwise. */
double pg_told_tokens(const pg_json_value *usage, const char *key);

#endif
