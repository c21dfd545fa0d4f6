/* Programs of Go that load the C library, as cgo makes them: they can be preloaded into, and yet
 * keep nearly all that they hold in a heap of Go's own. */
#ifndef PL_CLI_GO_PROGRAM_H
#define PL_CLI_GO_PROGRAM_H

#include <stdbool.h>

/** Whether an executable was linked by Go: its linker leaves a note of the owner "Go" (Go's
 *  src/cmd/link/internal/ld/elf.go, ELF_NOTE_GO_NAME).
 *  @return false also where the file can't be read, or is none of 64 bits */
bool pl_go_program(const char *path);

#endif
