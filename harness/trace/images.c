#include "harness/trace/images.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, HEADERS_MAX = 256 };

static bool read_at(int fd, void *to, size_t bytes, uint64_t offset)
{
    return pread(fd, to, bytes, (off_t)offset) == (ssize_t)bytes;
}

static bool is_program(const Elf64_Ehdr *header)
{
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_phentsize == sizeof(Elf64_Phdr) &&
           header->e_phnum <= HEADERS_MAX &&
           (header->e_type == ET_EXEC || header->e_type == ET_DYN);
}

/* From the first page that is loaded to the last one's end. */
static uint64_t loaded_bytes(int fd, const Elf64_Ehdr *header)
{
    uint64_t begin = UINT64_MAX, end = 0;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr program;
        if (!read_at(fd, &program, sizeof program, header->e_phoff + i * sizeof program))
            return 0;
        if (program.p_type != PT_LOAD)
            continue;
        const uint64_t first = program.p_vaddr / PAGE * PAGE;
        const uint64_t behind = (program.p_vaddr + program.p_memsz + PAGE - 1) / PAGE * PAGE;
        begin = first < begin ? first : begin;
        end = behind > end ? behind : end;
    }
    return end > begin ? end - begin : 0;
}

struct pl_image pl_image_read(const char *path)
{
    struct pl_image image = {0};
    Elf64_Ehdr header = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return image;
    if (read_at(fd, &header, sizeof header, 0) && is_program(&header)) {
        image.is_fixed = header.e_type == ET_EXEC;
        image.bytes = loaded_bytes(fd, &header);
    }
    close(fd);
    return image;
}

static void remember(struct pl_images *images, struct pl_image image)
{
    if (images->count == images->capacity) {
        const uint32_t capacity = 2 * images->capacity + 64;
        struct pl_image *grown = reallocarray(images->list, capacity, sizeof *grown);
        if (!grown) /* read again the next time */
            return;
        images->list = grown;
        images->capacity = capacity;
    }
    images->list[images->count++] = image;
}

struct pl_image pl_images_find(struct pl_images *images, const char *path, uint64_t device,
                               uint64_t inode)
{
    for (uint32_t i = 0; i < images->count; i++)
        if (images->list[i].inode == inode && images->list[i].device == device)
            return images->list[i];
    struct pl_image image = pl_image_read(path);
    image.device = device;
    image.inode = inode;
    remember(images, image);
    return image;
}

void pl_images_free(struct pl_images *images)
{
    free(images->list);
    *images = (struct pl_images){0};
}
