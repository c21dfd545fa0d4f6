/* Which columns of a table are time and memory, and their units. */
#ifndef PL_FORECAST_CSV_COLUMNS_H
#define PL_FORECAST_CSV_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/forecast/series_reading.h"

#define PL_CSV_FIELDS_MAX 128

/** A line cut into its fields, in place. */
struct pl_csv_line {
    char *fields[PL_CSV_FIELDS_MAX];
    size_t count;
};

struct pl_csv_columns {
    char delimiter; /* ' ' stands for any blanks */
    bool named;     /* by the first line */
    size_t count, time, memory;
    bool timed;           /* there is a column of time */
    int64_t time_unit_ns; /* 0: by the size of the figures */
    double bytes;         /* of a unit of memory */
    bool assumed;         /* the unit is that of who writes so: its figures have to fit */
};

/** What stands between the fields of a line. */
char pl_csv_delimiter(const char *line);

/** Cuts a line; quotes around a field go. @param text is written into; without its end of line */
void pl_csv_cut(char *text, char delimiter, struct pl_csv_line *line);

/** Chooses by the first line. @return 0, or -EINVAL with what is missing and the option that tells
 */
int pl_csv_columns_find(const struct pl_memory_reading *reading, const struct pl_csv_line *first,
                        char delimiter, struct pl_csv_columns *columns, struct pl_error *error);

#endif
