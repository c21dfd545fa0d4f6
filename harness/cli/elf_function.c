/* Symbols of an ELF file (call_site.h). The file is a program's own and may be anything: each
 * offset in it is checked before it is followed. */
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cli/call_site.h"

struct image {
    const unsigned char *bytes;
    uint64_t size;
};

static bool holds(const struct image *image, uint64_t offset, uint64_t size)
{
    return offset <= image->size && size <= image->size - offset;
}

/* Copied, since a hostile file aligns nothing. */
static bool read_section(const struct image *image, const Elf64_Ehdr *head, uint64_t index,
                         Elf64_Shdr *section)
{
    if (index >= head->e_shnum || head->e_shentsize != sizeof *section ||
        !holds(image, head->e_shoff, (uint64_t)head->e_shnum * sizeof *section))
        return false;
    memcpy(section, image->bytes + head->e_shoff + index * sizeof *section, sizeof *section);
    return true;
}

static void copy_name(const struct image *image, const Elf64_Shdr *strings, uint32_t at, char *name,
                      size_t capacity)
{
    if (!holds(image, strings->sh_offset, strings->sh_size) || at >= strings->sh_size)
        return;
    uint64_t left = strings->sh_size - at;
    const char *from = (const char *)image->bytes + strings->sh_offset + at;
    snprintf(name, capacity, "%.*s", (int)(left < capacity ? left : capacity - 1), from);
}

static void search(const struct image *image, const Elf64_Ehdr *head, const Elf64_Shdr *table,
                   uint64_t address, char *name, size_t capacity)
{
    Elf64_Shdr strings;
    Elf64_Sym symbol;
    if (!holds(image, table->sh_offset, table->sh_size) ||
        !read_section(image, head, table->sh_link, &strings))
        return;
    for (uint64_t at = 0; at + sizeof symbol <= table->sh_size; at += sizeof symbol) {
        memcpy(&symbol, image->bytes + table->sh_offset + at, sizeof symbol);
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF ||
            address < symbol.st_value || address - symbol.st_value >= symbol.st_size)
            continue;
        copy_name(image, &strings, symbol.st_name, name, capacity);
        return;
    }
}

static void search_tables(const struct image *image, uint64_t address, char *name, size_t capacity)
{
    static const uint32_t kinds[] = {SHT_SYMTAB, SHT_DYNSYM};
    Elf64_Ehdr head;
    Elf64_Shdr section;
    if (!holds(image, 0, sizeof head))
        return;
    memcpy(&head, image->bytes, sizeof head);
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64)
        return;
    for (size_t k = 0; k < 2 && !name[0]; k++)
        for (uint64_t i = 0; !name[0] && read_section(image, &head, i, &section); i++)
            if (section.sh_type == kinds[k])
                search(image, &head, &section, address, name, capacity);
}

void pl_elf_function(const char *path, uint64_t address, char *name, size_t capacity)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    name[0] = '\0';
    if (fd < 0)
        return;
    void *bytes = MAP_FAILED;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED)
        return;
    const struct image image = {bytes, (uint64_t)status.st_size};
    search_tables(&image, address, name, capacity);
    munmap(bytes, (size_t)status.st_size);
}
