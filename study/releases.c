/* releases.c  Which release of O*NET and which SOC an input is of. Source: O*NET database releases archive; O*NET-SOC
 * 2010 (SOC 2010) since release 15.1, O*NET-SOC 2019 (SOC 2018) since 25.1. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "study/releases.h"

#include "core/text.h"
#include "study/yaml.h"

#include <ctype.h>
#include <string.h>

/* The tables of the task list: those of O*NET, then those that only carry SOC codes. */
#define PART(name, onet)                                                                                               \
    {                                                                                                                  \
        PG_INPUT_##name, #name, onet                                                                                   \
    }
static const struct {
    pg_input_index input;
    const char *name;
    bool onet;
} parts[] = { PART(tasks, true),  PART(task_dwas, true), PART(activities, true),  PART(occupations, true),
              PART(wages, false), PART(combined, false), PART(sector_jobs, false) };
enum { N_PARTS = sizeof parts / sizeof *parts };

/* Letters of a release at the start of a text, "30.1" or "30_1"; 0: none. */
static size_t release_at(const char *s)
{
    const size_t major = strspn(s, "0123456789");
    if (major == 0 || major > 2 || (s[major] != '.' && s[major] != '_')) return 0;
    const size_t minor = strspn(s + major + 1, "0123456789");
    return minor == 1 ? major + 2 : 0;
}

static bool begins(const char *s, const char *prefix)
{
    for (; *prefix != '\0'; s++, prefix++)
        if (tolower((unsigned char)*s) != *prefix) return false;
    return true;
}

/* The last release that a path tells, "30.1"; NULL: none. */
static pgdp_status release_of_path(pgdp_ctx *ctx, pg_arena *arena, const char *path, const char **out)
{
    static const char *const before[] = { "db_", "o*net ", "o*net_", "onet ", "onet_", "onet-" };
    const char *found = NULL;
    for (const char *s = path; *s != '\0'; s++) {
        if (s > path && isalnum((unsigned char)s[-1])) continue;
        for (size_t i = 0; i < sizeof before / sizeof *before; i++)
            if (begins(s, before[i]) && release_at(s + strlen(before[i])) > 0) found = s + strlen(before[i]);
    }
    if (found == NULL) return PGDP_OK;
    char *text;
    PG_TRY_ALLOC(ctx, text, pg_arena_strndup(arena, found, release_at(found)));
    text[strspn(text, "0123456789")] = '.';
    *out = text;
    return PGDP_OK;
}

/* The SOC that a release of O*NET is coded in; 0: one older than O*NET-SOC 2010. */
static double soc_of_release(const char *release)
{
    double major = 0;
    for (; isdigit((unsigned char)*release); release++)
        major = 10 * major + (*release - '0');
    const bool initial = pg_streq(release, ".0");
    return major > 25 || (major > 24 && !initial) ? 2018 : major > 15 || (major > 14 && !initial) ? 2010 : 0;
}

static bool is_onet(const char *name)
{
    for (size_t i = 0; i < N_PARTS; i++)
        if (pg_streq(parts[i].name, name)) return parts[i].onet;
    return false;
}

pgdp_status pg_release_read(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_input *out)
{
    const char *told = NULL;
    PG_TRY(release_of_path(ctx, arena, out->path, &told));
    out->release = told;
    PG_TRY(pg_yaml_text(ctx, node, "release", &out->release));
    PG_TRY(pg_yaml_whole(ctx, node, "soc", 2000, 2100, &out->soc));
    const pg_yaml *stated = pg_yaml_find(node, "release");
    if (stated != NULL && told != NULL && !pg_streq(told, out->release))
        return pg_yaml_fail(ctx, stated, "found release \"%s\" of a file whose path says %s; correct one", out->release,
                            told);
    if (out->release == NULL || !is_onet(out->name)) return PGDP_OK;
    if (release_at(out->release) != strlen(out->release) || strchr(out->release, '_') != NULL)
        return pg_yaml_fail(ctx, stated, "found release \"%s\", expected one of O*NET like 30.1", out->release);
    if (pg_yaml_find(node, "soc") == NULL) out->soc = soc_of_release(out->release);
    return PGDP_OK;
}

static pgdp_status compare_releases(pgdp_ctx *ctx, const pg_study *study, const pg_input *first, const pg_input *in)
{
    if (first == NULL || pg_streq(first->release, in->release)) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE,
                   "%s:%zu:%zu: found input %s of O*NET %s beside input %s of O*NET %s (line %zu); take both from one "
                   "release, or set mixed_releases: true under tasks",
                   study->path, in->line, in->column, in->name, in->release, first->name, first->release, first->line);
}

static pgdp_status compare_socs(pgdp_ctx *ctx, const pg_study *study, const pg_input *first, const pg_input *in)
{
    if (first == NULL || !(first->soc < in->soc || first->soc > in->soc)) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE,
                   "%s:%zu:%zu: found input %s of SOC %.0f beside input %s of SOC %.0f (line %zu); move one with 'pgdp "
                   "tasks crosswalk', or set mixed_releases: true under tasks",
                   study->path, in->line, in->column, in->name, in->soc, first->name, first->soc, first->line);
}

pgdp_status pg_releases_agree(pgdp_ctx *ctx, const pg_study *study)
{
    const pg_input *release = NULL, *soc = NULL;
    for (size_t i = 0; i < N_PARTS && !study->mixed_releases; i++) {
        const pg_input *in = &study->inputs[parts[i].input];
        if (parts[i].onet && in->release != NULL) {
            PG_TRY(compare_releases(ctx, study, release, in));
            release = in;
        }
        if (in->soc > 0) {
            PG_TRY(compare_socs(ctx, study, soc, in));
            soc = in;
        }
    }
    return PGDP_OK;
}

/* Is a file's name one of the words of a list? */
static bool has_word(const char *list, const char *word)
{
    const size_t n = strlen(word);
    for (const char *s = list; (s = strstr(s, word)) != NULL; s += n)
        if ((s == list || s[-1] == ' ') && (s[n] == ' ' || s[n] == '\0')) return true;
    return false;
}

/* The catalogue's sources of a table with their vintages. */
static void add_sources(pg_text *text, const pgdp_frame *catalogue, const char *file)
{
    const size_t id = pgdp_frame_find(catalogue, "id"), vintage = pgdp_frame_find(catalogue, "vintage");
    const size_t used = pgdp_frame_find(catalogue, "used_for");
    if (id == PGDP_NONE || vintage == PGDP_NONE || used == PGDP_NONE) return;
    for (size_t i = 0; i < pgdp_frame_n_rows(catalogue); i++) {
        const char *list = pgdp_frame_text(catalogue, used, i), *of = pgdp_frame_text(catalogue, vintage, i);
        if (list == NULL || of == NULL || !has_word(list, file)) continue;
        pg_text_addf(text, "%s%s (%s)", text->n > 0 ? ", " : "", pgdp_frame_text(catalogue, id, i), of);
    }
}

pgdp_status pg_release_words(pgdp_ctx *ctx, const pg_study *study, const pg_loaded *loaded, pg_input_index input,
                             const char **out)
{
    const pg_input *in = &study->inputs[input];
    pg_text text;
    size_t part = 0;
    *out = NULL;
    while (part < N_PARTS && parts[part].input != input)
        part++;
    if (part == N_PARTS) return PGDP_OK;
    pg_text_init(&text, &ctx->scratch);
    if (in->release != NULL) pg_text_addf(&text, "%s%s", parts[part].onet ? "O*NET " : "", in->release);
    if (in->soc > 0) pg_text_addf(&text, "%sSOC %.0f", text.n > 0 ? ", " : "", in->soc);
    const char *slash = strrchr(in->given, '/'), *file = slash == NULL ? in->given : slash + 1;
    const pgdp_frame *catalogue = pg_loaded_table(loaded, PG_INPUT_catalogue);
    if (text.n == 0 && in->series == NULL) add_sources(&text, catalogue, file);
    if (text.failed) return pg_no_memory(ctx);
    *out = text.n > 0 ? text.data : NULL;
    return PGDP_OK;
}
