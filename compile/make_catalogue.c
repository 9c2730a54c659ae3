/* make_catalogue.c  catalogue.csv: every source file with publisher, terms, vintage and hash.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

static const char *const header[] = { "id",      "file",        "publisher", "title",     "address",
                                      "licence", "attribution", "vintage",   "retrieved", "sha256",
                                      "unit",    "used_for",    NULL };

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    pg_put_row(out, header);
    for (size_t i = 0; i < inputs->n; i++) {
        const pg_source *s = pg_source_at(i);
        const char *copy = "";
        if (s->copy[0] != '\0') PG_TRY_ALLOC(ctx, copy, pg_arena_printf(&ctx->scratch, "as in %s", s->copy));
        PG_TRY(pg_inputs_read(ctx, inputs, i));
        const char *const cells[] = { s->id,
                                      inputs->inputs[i].file == NULL ? s->file : inputs->inputs[i].file,
                                      s->owner->publisher,
                                      s->title,
                                      s->address,
                                      s->owner->licence,
                                      s->owner->attribution,
                                      s->vintage,
                                      copy,
                                      inputs->inputs[i].sha256,
                                      s->unit,
                                      s->used_for,
                                      NULL };
        pg_put_row(out, cells);
    }
    return PGDP_OK;
}

const pg_product pg_product_catalogue = { .file = "catalogue.csv", .make = make };
