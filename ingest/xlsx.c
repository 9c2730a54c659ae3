/* xlsx.c  A workbook's package: relationships, list of sheets, then the parts they need. Source: ECMA-376 part 1 and 2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/xlsx.h"

#include <string.h>

#include "ingest/bytes.h"
#include "ingest/xlsx_parts.h"

/* One relationship; its target is a path in the archive. */
typedef struct relation {
    const char *id, *type, *target;
} relation;
typedef struct relations {
    pgdp_ctx *ctx;
    const char *folder; /* of the part that refers: "xl/" */
    relation *items;
    size_t n, capacity;
} relations;

typedef struct entry {
    const char *name, *id;
    bool hidden;
} entry;
typedef struct contents {
    pgdp_ctx *ctx;
    entry *items;
    size_t n, capacity;
    bool date1904;
} contents;

bool pg_is_zip(const pgdp_bytes *in)
{
    return pg_bytes_start(in, "PK\x03\x04") || pg_bytes_start(in, "PK\x05\x06");
}

typedef struct pipe {
    pg_xml *xml;
} pipe;

static pgdp_status pass_on(pgdp_ctx *ctx, void *user, const void *bytes, size_t n, bool *enough)
{
    const pipe *p = user;
    return pg_xml_feed(ctx, p->xml, bytes, n, false, enough);
}

pgdp_status pg_part_parse(pgdp_ctx *ctx, pg_zip *zip, size_t part, const pg_xml_handlers *handlers, void *user)
{
    pipe p;
    PG_TRY(pg_xml_new(ctx, pg_zip_name(zip, part), handlers, user, &p.xml));
    pgdp_status status = pg_zip_stream(ctx, zip, part, pass_on, &p);
    bool enough = false;
    if (status == PGDP_OK && !pg_xml_stopped(p.xml)) status = pg_xml_feed(ctx, p.xml, "", 0, true, &enough);
    pg_xml_free(p.xml);
    return status;
}

static void ignore_end(pg_xml *xml, void *user, const char *name)
{
    (void)xml, (void)user, (void)name;
}

/* Room for one more item of a list in the scratch memory. */
static bool reserve(pgdp_ctx *ctx, void **items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity) return true;
    void *more = pg_arena_grow(&ctx->scratch, *items, *capacity, 2 * *capacity + 8, size);
    if (more == NULL) return false;
    *items = more;
    *capacity = 2 * *capacity + 8;
    return true;
}

static void on_relation(pg_xml *xml, void *user, const char *name, const char **attributes)
{
    relations *r = user;
    const char *id = pg_xml_attribute(attributes, "Id"), *type = pg_xml_attribute(attributes, "Type");
    const char *target = pg_xml_attribute(attributes, "Target");
    if (!pg_streq(name, "Relationship") || id == NULL || type == NULL || target == NULL) return;
    pg_arena *arena = &r->ctx->scratch;
    void *items = r->items;
    if (!reserve(r->ctx, &items, r->n, &r->capacity, sizeof *r->items)) {
        pg_xml_stop(xml, pg_no_memory(r->ctx));
        return;
    }
    r->items = items;
    const char *slash = strrchr(type, '/');
    const bool above = pg_starts_with(target, "../"); /* of xl/: the archive itself */
    relation *to = &r->items[r->n];
    to->id = pg_arena_strdup(arena, id);
    to->type = pg_arena_strdup(arena, slash == NULL ? type : slash + 1);
    to->target = target[0] == '/' || above ? pg_arena_strdup(arena, target + (above ? 3 : 1))
                                           : pg_arena_printf(arena, "%s%s", r->folder, target);
    if (to->id == NULL || to->type == NULL || to->target == NULL)
        pg_xml_stop(xml, pg_no_memory(r->ctx));
    else
        r->n++;
}

/* The relationships of `part`, or of the package for "". */
static pgdp_status read_relations(pgdp_ctx *ctx, pg_zip *zip, const char *part, relations *out)
{
    static const pg_xml_handlers handlers = { on_relation, ignore_end, NULL };
    const char *base = pg_base_name(part), *path;
    *out = (relations){ .ctx = ctx };
    PG_TRY_ALLOC(ctx, out->folder, pg_arena_strndup(&ctx->scratch, part, (size_t)(base - part)));
    PG_TRY_ALLOC(ctx, path, pg_arena_printf(&ctx->scratch, "%s_rels/%s.rels", out->folder, base));
    const size_t index = pg_zip_find(zip, path);
    return index == PGDP_NONE ? PGDP_OK : pg_part_parse(ctx, zip, index, &handlers, out);
}

/* Where in the archive the first relation of a type, or the one with this id, leads. */
static size_t part_of(const pg_zip *zip, const relations *r, const char *type, const char *id)
{
    for (size_t i = 0; i < r->n; i++)
        if (pg_streq(r->items[i].type, type) && (id == NULL || pg_streq(r->items[i].id, id)))
            return pg_zip_find(zip, r->items[i].target);
    return PGDP_NONE;
}

static void on_workbook(pg_xml *xml, void *user, const char *name, const char **attributes)
{
    contents *c = user;
    if (pg_streq(name, "workbookPr")) {
        const char *date1904 = pg_xml_attribute(attributes, "date1904");
        c->date1904 = date1904 != NULL && (pg_streq(date1904, "1") || pg_streq(date1904, "true"));
    }
    if (!pg_streq(name, "sheet")) return;
    const char *title = pg_xml_attribute(attributes, "name"), *id = pg_xml_relationship(attributes);
    const char *state = pg_xml_attribute(attributes, "state");
    void *items = c->items;
    if (title == NULL || id == NULL) return;
    if (!reserve(c->ctx, &items, c->n, &c->capacity, sizeof *c->items)) {
        pg_xml_stop(xml, pg_no_memory(c->ctx));
        return;
    }
    c->items = items;
    entry *to = &c->items[c->n];
    to->name = pg_clean_name(&c->ctx->scratch, title);
    to->id = pg_arena_strdup(&c->ctx->scratch, id);
    to->hidden = state != NULL && !pg_streq(state, "visible");
    if (to->name == NULL || to->id == NULL)
        pg_xml_stop(xml, pg_no_memory(c->ctx));
    else
        c->n++;
}

/* A workbook being read. */
typedef struct package {
    const char *label;
    pg_zip *zip;
    size_t max_rows;
    bool bare; /* without strings and styles */
    relations relations;
    contents contents;
    pg_lookups lookups;
} package;

static pgdp_status read_contents(pgdp_ctx *ctx, package *p)
{
    static const pg_xml_handlers handlers = { on_workbook, ignore_end, NULL };
    relations roots;
    PG_TRY(read_relations(ctx, p->zip, "", &roots));
    const size_t workbook = part_of(p->zip, &roots, "officeDocument", NULL);
    if (workbook == PGDP_NONE)
        return pg_fail(ctx, PGDP_PARSE, "%s: this ZIP archive holds no workbook; unpack it and name the file inside",
                       p->label);
    p->contents.ctx = ctx;
    PG_TRY(pg_part_parse(ctx, p->zip, workbook, &handlers, &p->contents));
    PG_TRY(read_relations(ctx, p->zip, pg_zip_name(p->zip, workbook), &p->relations));
    p->lookups.date1904 = p->contents.date1904;
    return PGDP_OK;
}

static pgdp_status read_lookups(pgdp_ctx *ctx, package *p)
{
    const size_t strings = part_of(p->zip, &p->relations, "sharedStrings", NULL);
    const size_t styles = part_of(p->zip, &p->relations, "styles", NULL);
    if (strings != PGDP_NONE) PG_TRY(pg_strings_read(ctx, p->zip, strings, &p->lookups));
    return styles == PGDP_NONE ? PGDP_OK : pg_styles_read(ctx, p->zip, styles, &p->lookups);
}

/* The i-th sheet without its rows; part PGDP_NONE: it is hidden, or no worksheet but a chart. */
static pgdp_status find_sheet(pgdp_ctx *ctx, const package *p, size_t i, pg_sheet *sheet)
{
    const entry *e = &p->contents.items[i];
    const char *label;
    *sheet = (pg_sheet){ .name = e->name, .package = p, .part = PGDP_NONE };
    if (!e->hidden) sheet->part = part_of(p->zip, &p->relations, "worksheet", e->id);
    PG_TRY_ALLOC(ctx, label, pg_arena_printf(&ctx->scratch, "%s[%s]", p->label, e->name));
    pg_grid_init(&sheet->grid, &ctx->scratch, label);
    return PGDP_OK;
}

static pgdp_status read_sheets(pgdp_ctx *ctx, const package *p, void *user)
{
    pg_workbook *out = user;
    PG_TRY_ALLOC(ctx, out->sheets, pg_arena_alloc(&ctx->scratch, p->contents.n, sizeof *out->sheets));
    for (size_t i = 0; i < p->contents.n; i++) {
        pg_sheet *sheet = &out->sheets[out->n_sheets];
        PG_TRY(find_sheet(ctx, p, i, sheet));
        if (sheet->part == PGDP_NONE) continue;
        out->n_sheets++;
        PG_TRY(pg_sheet_read(ctx, p->zip, sheet->part, &p->lookups, p->max_rows, sheet));
    }
    return PGDP_OK;
}

static pgdp_status pass(pgdp_ctx *ctx, pg_sheet *sheet, const pg_taker *rows)
{
    const package *p = sheet->package;
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pg_grid_init_window(&sheet->grid, &arena, sheet->grid.label, rows);
    sheet->n_uncached = 0;
    pgdp_status status = pg_sheet_read(ctx, p->zip, sheet->part, &p->lookups, 0, sheet);
    if (status == PGDP_OK) status = pg_grid_flush(ctx, &sheet->grid);
    pg_arena_free(&arena);
    return status;
}

static pgdp_status stream_sheets(pgdp_ctx *ctx, const package *p, void *user)
{
    const pg_sheets_taker *taker = user;
    for (size_t i = 0; i < p->contents.n; i++) {
        pg_sheet sheet;
        PG_TRY(find_sheet(ctx, p, i, &sheet));
        sheet.pass = pass;
        if (sheet.part != PGDP_NONE) PG_TRY(taker->take(ctx, taker->user, &sheet));
    }
    return PGDP_OK;
}

/* Custom XML of pgdp: <csvw>JSON</csvw>. The first item that is such; other programs may have their own beside it. */
typedef struct item {
    pgdp_ctx *ctx;
    pg_text text;
    bool inside, found;
} item;

static void item_start(pg_xml *xml, void *user, const char *name, const char **attributes)
{
    (void)attributes;
    item *i = user;
    i->inside = pg_streq(name, "csvw");
    i->found = i->found || i->inside;
    if (!i->inside) pg_xml_stop(xml, PGDP_OK);
}

static void item_text(pg_xml *xml, void *user, const char *text, size_t n)
{
    item *i = user;
    if (i->inside) pg_text_add_bytes(&i->text, text, n);
    if (i->text.failed) pg_xml_stop(xml, pg_no_memory(i->ctx));
}

static pgdp_status read_item(pgdp_ctx *ctx, pg_zip *zip, size_t part, item *i)
{
    static const pg_xml_handlers handlers = { item_start, ignore_end, item_text };
    pgdp_bytes in;
    pg_xml *xml;
    bool enough = false;
    PG_TRY(pg_zip_read(ctx, zip, part, &in));
    PG_TRY(pg_xml_new(ctx, pg_zip_name(zip, part), &handlers, i, &xml));
    pg_xml_set_plain(xml);
    const pgdp_status status = pg_xml_feed(ctx, xml, in.data, in.n, true, &enough);
    pg_xml_free(xml);
    return status;
}

static pgdp_status find_item(pgdp_ctx *ctx, const package *p, void *user)
{
    item *i = user;
    for (size_t k = 0; k < p->relations.n && !i->found; k++) {
        const relation *r = &p->relations.items[k];
        const size_t part = pg_streq(r->type, "customXml") ? pg_zip_find(p->zip, r->target) : PGDP_NONE;
        if (part != PGDP_NONE) PG_TRY(read_item(ctx, p->zip, part, i));
    }
    return PGDP_OK;
}

static pgdp_status with_package(pgdp_ctx *ctx, const pgdp_bytes *in, package p,
                                pgdp_status (*read)(pgdp_ctx *, const package *, void *), void *user)
{
    p.label = in->label;
    PG_TRY(pg_zip_open(ctx, in, &p.zip));
    pgdp_status status = read_contents(ctx, &p);
    if (status == PGDP_OK && !p.bare) status = read_lookups(ctx, &p);
    if (status == PGDP_OK) status = read(ctx, &p, user);
    pg_zip_close(p.zip);
    if (status == PGDP_PARSE && !pg_starts_with(ctx->error, in->label))
        status = pg_fail_within(ctx, status, "%s: ", in->label);
    return status;
}

pgdp_status pg_workbook_read(pgdp_ctx *ctx, const pgdp_bytes *in, size_t max_rows, pg_workbook *out)
{
    *out = (pg_workbook){ .n_sheets = 0 };
    return with_package(ctx, in, (package){ .max_rows = max_rows }, read_sheets, out);
}

pgdp_status pg_workbook_stream(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_sheets_taker *taker)
{
    pg_sheets_taker copy = *taker;
    return with_package(ctx, in, (package){ .lookups = { .exact = taker->exact } }, stream_sheets, &copy);
}

pgdp_status pg_workbook_schema(pgdp_ctx *ctx, const pgdp_bytes *in, pg_schema *out, bool *found)
{
    item i = { .ctx = ctx };
    pg_text_init(&i.text, &ctx->scratch);
    *found = false;
    const pgdp_status status = with_package(ctx, in, (package){ .bare = true }, find_item, &i);
    if (status == PGDP_NO_MEMORY || i.text.failed) return pg_no_memory(ctx);
    if (!i.found) return PGDP_OK; /* nor in an archive that is no workbook, or a broken one: its reader says so */
    *found = true;
    return pg_schema_parse(ctx, in->label, i.text.data, i.text.n, out);
}
