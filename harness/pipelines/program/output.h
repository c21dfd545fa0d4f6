/* What a foreign program prints: kept in a file up to a bound, read on beyond it so that it never
 * has to wait, and looked through for the line that says it is ready. */
#ifndef PL_PIPELINES_PROGRAM_OUTPUT_H
#define PL_PIPELINES_PROGRAM_OUTPUT_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

/** Of one file; whoever prints more says the same over and over. */
#define PL_OUTPUT_BYTES_MAX (UINT64_C(4) << 20)

struct pl_output {
    int read_fd;  /* -1 at its end */
    int write_fd; /* for whoever prints */
    int file_fd;
    uint64_t bytes; /* that were printed */
    char line[512]; /* the last one, as far as it goes */
    uint32_t line_length;
    char last[256]; /* the last whole line that holds anything, for messages */
    const regex_t *awaited;
    bool matched;
};

/** @param path of the file, made anew; NULL: what is printed is read and dropped
 *  @return 0 or a negative errno */
int pl_output_open(struct pl_output *output, const char *path);

/** Takes what there is, without waiting. */
void pl_output_take(struct pl_output *output);

/** Takes the rest, and says in the file how much is missing. */
void pl_output_close(struct pl_output *output);

#endif
