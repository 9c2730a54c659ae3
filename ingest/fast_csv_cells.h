/* fast_csv_cells.h  Inside the fast reader: columns, chunks, and parsing one chunk.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FAST_CSV_CELLS_H
#define PG_FAST_CSV_CELLS_H

#include "ingest/build.h"
#include "ingest/fast_csv.h"

/** What settles a column's type. */
typedef enum pg_settled { PG_OPEN, PG_BY_TEXT, PG_BY_CODE, PG_BY_MIXED } pg_settled;
/** What the cells of a column have been so far, up to the one that settles it. */
typedef struct pg_facts {
    bool numbers, periods, marks;
    bool month_first, either_order; /**< of dates such as 2/28/2031 and 2/3/2031 */
    pgdp_frequency frequency;
    pg_settled settled;
    size_t line; /**< of the cell that settles it, and its text */
    char text[PG_STRAY_TEXT];
} pg_facts;
/** The type that all cells together have. */
pgdp_type pg_facts_type(const pg_facts *facts);
/** Facts of the rows that follow are added to those before. */
void pg_facts_add(pg_facts *facts, const pg_facts *next);

/** One column of the file; its cells go to one of the arrays by `type`. */
typedef struct pg_fast_column {
    const char *name;
    size_t index; /**< in the frame; PGDP_NONE: not wanted */
    pgdp_type type;
    bool number; /**< whatever its cells are */
    bool parse;  /**< in this pass */
    bool watch;  /**< its facts are not settled yet */
    pg_facts facts;
    double *reals;
    uint32_t *codes;
    int32_t *periods;
} pg_fast_column;

/** Texts of one column in one chunk, in order of first appearance. */
typedef struct pg_fast_levels {
    pg_map map;
    const char **texts;
    uint32_t *lengths, *codes; /**< codes: those of the frame */
    size_t n, capacity, last;
} pg_fast_levels;

/** Whole rows of the text, the last ended by a line end. */
typedef struct pg_fast_chunk {
    const char *text;
    size_t n;
    size_t first_row, max_rows, n_rows; /**< where its rows go, at most how many, how many they were */
    size_t line, n_lines;               /**< of its first byte, from 1; line ends in it */
    bool odd;                           /**< holds something for the careful reader */
    pg_arena arena;
    pg_facts *facts;        /**< [columns] */
    pg_fast_levels *levels; /**< [columns] */
} pg_fast_chunk;

/** The whole file while it is read. */
typedef struct pg_fast_file {
    const pg_fast_csv *how;
    size_t n_columns; /**< of the header */
    pg_fast_column *columns;
    pg_fast_chunk *chunks;
    size_t n_chunks, chunks_capacity;
    pgdp_frame *frame;
} pg_fast_file;

/** Chunks under way at once: enough to keep the threads busy, few enough that memory is that of the columns. */
size_t pg_fast_wave_size(const pgdp_ctx *ctx);
/** Some chunks, parsed at once. */
typedef struct pg_fast_wave {
    const pg_fast_file *file;
    pg_fast_chunk *chunks;
    size_t n;
} pg_fast_wave;
/** Where a pass stands in the text. */
typedef struct pg_fast_place {
    size_t offset, row, line;
} pg_fast_place;
/** Cut at most `most` chunks of about `size` bytes, adding them to the file's. */
pgdp_status pg_fast_wave_cut(pgdp_ctx *ctx, pg_fast_file *file, size_t size, size_t most, pg_fast_place *at,
                             pg_fast_wave *w);
/** Find places for the rows of new chunks and parse them; *odd: one is for the careful reader. */
pgdp_status pg_fast_wave_first(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_place *at, pg_fast_wave *w, bool *odd);
/** Parse chunks whose places are known. */
pgdp_status pg_fast_wave_again(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_wave *w, bool *odd);
/** Free what the chunks hold beside their rows; to be called on every path. */
void pg_fast_wave_end(const pg_fast_file *file, const pg_fast_wave *w);

/** The steps of the fast reader: the columns of the file; *end: where rows begin, 0: a header for the careful reader;
 */
pgdp_status pg_fast_header(pgdp_ctx *ctx, pg_fast_file *file, size_t *end);
/** types guessed from the first rows; a column that they settle need not be watched any more; */
pgdp_status pg_fast_guess(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_place at, bool *odd);
/** columns of those types in the frame, without rows; */
pgdp_status pg_fast_add_columns(pgdp_ctx *ctx, pg_fast_file *file);
/** every row from `at` on once, into the frame: it has at->row of them then; */
pgdp_status pg_fast_rows(pgdp_ctx *ctx, pg_fast_file *file, pg_fast_place *at, bool *odd);
/** what the cells have told of periods, and of texts among numbers. */
pgdp_status pg_fast_describe(pgdp_ctx *ctx, const pg_fast_file *file);
pgdp_status pg_fast_note_strays(pgdp_ctx *ctx, const pg_fast_file *file, const char *label, pgdp_frame *frame);
pgdp_status pg_fast_note_orders(pgdp_ctx *ctx, const pg_fast_file *file, pgdp_frame *frame);

/** Parse one chunk into the frame's rows from chunk->first_row on; sets n_rows, facts and levels, or odd. */
pgdp_status pg_fast_chunk_parse(pgdp_ctx *ctx, const pg_fast_file *file, pg_fast_chunk *chunk);
/** Line ends: CR LF, LF or CR. */
size_t pg_count_line_ends(const char *text, size_t n);

#endif
