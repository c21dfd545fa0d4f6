/* What names a cell of the matrix, wherever one is written down: in the results, the history, a
 * calibration, among what pairs could not run or an instrument observed. Which of them are the same
 * cell is decided here alone. */
#ifndef PL_RESULTS_CELL_NAME_H
#define PL_RESULTS_CELL_NAME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A cell but for its repetition. */
struct pl_cell_name {
    const char *scenario;
    const char *allocator; /* the stack */
    const char *format;
    const char *clock;
    uint32_t threads;
};

/** Reads the name off an object with these keys. What older versions and instruments don't say is
 *  what there was: the virtual clock, one thread.
 *  @return pointing into the object, "" for any other text that it lacks */
struct pl_cell_name pl_cell_name_of(const json_t *object);

/** A new object with these keys, to which others are added. @return NULL when out of memory */
json_t *pl_cell_name_json(const struct pl_cell_name *name);

/** Whether both are the same cell. */
bool pl_cell_name_equal(const struct pl_cell_name *a, const struct pl_cell_name *b);

/** The name as a text that no other cell has, to look it up by. @return free() it; NULL when out of
 *  memory */
char *pl_cell_name_key(const struct pl_cell_name *name);

/** Whether both stand in one table: they differ in stack and threads at most. */
bool pl_cell_name_beside(const struct pl_cell_name *a, const struct pl_cell_name *b);

/** The stack as a row's label: "glibc", "glibc, 2 threads". */
void pl_cell_name_stack(const struct pl_cell_name *name, char *text, size_t capacity);

/** How the stack ran: "f32", "f32, 2 threads", "f32, wall clock, 2 threads". */
void pl_cell_name_how(const struct pl_cell_name *name, char *text, size_t capacity);

/** The whole in one line: "steady-reader glibc f32". */
void pl_cell_name_text(const struct pl_cell_name *name, char *text, size_t capacity);

#endif
