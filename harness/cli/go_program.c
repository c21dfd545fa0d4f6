/* A note of Go's linker in an executable (go_program.h), which may be any file: each offset in it
 * is checked before it is followed. */
#include "harness/cli/go_program.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#define NOTES_MAX 4096 /* bytes of a segment that are looked at; Go's note is among the first */

static bool read_at(FILE *file, uint64_t offset, void *bytes, size_t size)
{
    return offset <= INT64_MAX && fseeko(file, (off_t)offset, SEEK_SET) == 0 &&
           fread(bytes, size, 1, file) == 1;
}

/* Owners and descriptions are padded to four bytes each. */
static bool has_owner(const unsigned char *notes, size_t size, const char *owner, size_t length)
{
    Elf64_Nhdr note;
    for (size_t at = 0; size - at >= sizeof note;) {
        memcpy(&note, notes + at, sizeof note);
        at += sizeof note;
        uint64_t padded = (((uint64_t)note.n_namesz + 3) & ~UINT64_C(3)) +
                          (((uint64_t)note.n_descsz + 3) & ~UINT64_C(3));
        if (note.n_namesz > size - at)
            return false;
        if (note.n_namesz == length && memcmp(notes + at, owner, length) == 0)
            return true;
        if (padded > size - at)
            return false;
        at += padded;
    }
    return false;
}

static bool is_noted(FILE *file, const Elf64_Ehdr *head)
{
    unsigned char notes[NOTES_MAX];
    Elf64_Phdr segment;
    for (uint64_t i = 0; i < head->e_phnum; i++) {
        if (!read_at(file, head->e_phoff + i * sizeof segment, &segment, sizeof segment))
            return false;
        size_t size = segment.p_filesz < sizeof notes ? segment.p_filesz : sizeof notes;
        if (segment.p_type == PT_NOTE && size && read_at(file, segment.p_offset, notes, size) &&
            has_owner(notes, size, "Go\0", 4))
            return true;
    }
    return false;
}

bool pl_go_program(const char *path)
{
    Elf64_Ehdr head;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    bool is = read_at(file, 0, &head, sizeof head) && memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
              head.e_ident[EI_CLASS] == ELFCLASS64 && head.e_phentsize == sizeof(Elf64_Phdr) &&
              is_noted(file, &head);
    fclose(file);
    return is;
}
