/* Listing mapped objects (objects.h). What two threads list at a time stands twice: whoever reads
 * goes by what an object is, and not by its number. */
#include "harness/interpose/objects.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/interpose/shared_count.h"

#define ALIGNED(bytes) (((bytes) + 3) & ~(size_t)3)

/* gABI: the note's name is "GNU", of the type NT_GNU_BUILD_ID. */
static bool take_note(const uint8_t *at, const uint8_t *end, struct pl_books_object *object)
{
    ElfW(Nhdr) note;
    while ((size_t)(end - at) > sizeof note) {
        memcpy(&note, at, sizeof note);
        const uint8_t *name = at + sizeof note, *text = name + ALIGNED(note.n_namesz);
        if ((size_t)(end - name) < ALIGNED((size_t)note.n_namesz) + ALIGNED((size_t)note.n_descsz))
            return false;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(name, "GNU", 4) == 0 &&
            note.n_descsz <= PL_BOOKS_BUILD_ID) {
            memcpy(object->build_id, text, note.n_descsz);
            object->build_id_bytes = note.n_descsz;
            return true;
        }
        at = text + ALIGNED(note.n_descsz);
    }
    return false;
}

/* The file's head lies at its first address, as every linker lays it out. */
static void take_build_id(const struct dl_find_object *found, struct pl_books_object *object)
{
    const uint8_t *head = found->dlfo_map_start;
    const uint8_t *const end = found->dlfo_map_end;
    ElfW(Ehdr) elf;
    memcpy(&elf, head, sizeof elf);
    if (memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 || elf.e_phentsize != sizeof(ElfW(Phdr)))
        return;
    for (unsigned i = 0; i < elf.e_phnum; i++) {
        ElfW(Phdr) segment;
        memcpy(&segment, head + elf.e_phoff + i * sizeof segment, sizeof segment);
        const uint8_t *notes = (const uint8_t *)(found->dlfo_link_map->l_addr + segment.p_vaddr);
        if (segment.p_type == PT_NOTE && notes >= head && notes + segment.p_memsz <= end &&
            take_note(notes, notes + segment.p_memsz, object))
            return;
    }
}

/* The program's own name is empty, and that of a plugin may be relative. */
static void take_path(const char *name, char *path)
{
    size_t length = 0;
    if (!*name) {
        ssize_t told = readlink("/proc/self/exe", path, PL_BOOKS_OBJECT_PATH - 1);
        path[told > 0 ? told : 0] = '\0';
        return;
    }
    if (*name != '/' && syscall(SYS_getcwd, path, PL_BOOKS_OBJECT_PATH - 1) > 0) {
        length = strlen(path);
        path[length++] = '/';
    }
    const size_t kept = strnlen(name, PL_BOOKS_OBJECT_PATH - 1 - length);
    memcpy(path + length, name, kept);
    path[length + kept] = '\0';
}

static bool is_same(const struct pl_books_object *a, const struct pl_books_object *b)
{
    return a->base == b->base && a->begin == b->begin && a->end == b->end &&
           a->build_id_bytes == b->build_id_bytes &&
           memcmp(a->build_id, b->build_id, a->build_id_bytes) == 0 && !strcmp(a->path, b->path);
}

uint64_t pl_object_find(struct pl_books *books, const struct dl_find_object *found)
{
    struct pl_books_object object = {
        .base = found->dlfo_link_map->l_addr,
        .begin = (uintptr_t)found->dlfo_map_start,
        .end = (uintptr_t)found->dlfo_map_end,
    };
    take_build_id(found, &object);
    take_path(found->dlfo_link_map->l_name, object.path);
    uint64_t count = pl_count_read(&books->object_count);
    count = count < PL_BOOKS_OBJECTS ? count : PL_BOOKS_OBJECTS;
    for (uint64_t i = 0; i < count; i++)
        if (__atomic_load_n(&books->objects[i].known, __ATOMIC_ACQUIRE) &&
            is_same(&books->objects[i], &object))
            return i + 1;
    const uint64_t own = __atomic_fetch_add(&books->object_count, 1, __ATOMIC_RELAXED);
    if (own >= PL_BOOKS_OBJECTS)
        return 0;
    books->objects[own] = object;
    __atomic_store_n(&books->objects[own].known, 1, __ATOMIC_RELEASE);
    return own + 1;
}
