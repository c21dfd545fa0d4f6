/* Asking libdw (symbols.h). */
#include "harness/interpose/symbols.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/interpose/program_books.h"

/* Of one file at one address. */
struct module {
    struct module *next;
    struct pl_books_object object;
    Dwfl *dwfl; /* NULL: nothing is known of it */
};

typedef char *(*demangler)(const char *name, char *to, size_t *length, int *status);

struct pl_symbols {
    struct module *modules;
    void *cxx;
    demangler demangle; /* of the C++ ABI; NULL: names stay as they are */
};

/* The C++ library has the only demangler that is installed wherever C++ programs run. */
struct pl_symbols *pl_symbols_open(void)
{
    struct pl_symbols *symbols = calloc(1, sizeof *symbols);
    if (!symbols)
        return NULL;
    symbols->cxx = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_LOCAL);
    void *found = symbols->cxx ? dlsym(symbols->cxx, "__cxa_demangle") : NULL;
    memcpy(&symbols->demangle, &found, sizeof found);
    return symbols;
}

void pl_symbols_close(struct pl_symbols *symbols)
{
    if (!symbols)
        return;
    while (symbols->modules) {
        struct module *module = symbols->modules;
        symbols->modules = module->next;
        if (module->dwfl)
            dwfl_end(module->dwfl);
        free(module);
    }
    if (symbols->cxx)
        dlclose(symbols->cxx);
    free(symbols);
}

static bool is_file(Dwfl_Module *module, const struct pl_books_object *object)
{
    const unsigned char *bits;
    GElf_Addr address;
    if (object->build_id_bytes == PL_SYMBOL_ANY_BUILD)
        return true;
    const int bytes = dwfl_module_build_id(module, &bits, &address);
    return bytes <= 0 ? object->build_id_bytes == 0
                      : (uint32_t)bytes == object->build_id_bytes &&
                            memcmp(bits, object->build_id, (size_t)bytes) == 0;
}

/* At the address where the program had it, so that nothing has to be converted. */
static Dwfl *open_file(const struct pl_books_object *object)
{
    static const Dwfl_Callbacks callbacks = {.find_debuginfo = dwfl_standard_find_debuginfo,
                                             .section_address = dwfl_offline_section_address};
    Dwfl *dwfl = dwfl_begin(&callbacks);
    if (!dwfl)
        return NULL;
    dwfl_report_begin(dwfl);
    Dwfl_Module *module = dwfl_report_elf(dwfl, object->path, object->path, -1, object->base, true);
    dwfl_report_end(dwfl, NULL, NULL);
    if (module && is_file(module, object))
        return dwfl;
    dwfl_end(dwfl);
    return NULL;
}

static struct module *module_of(struct pl_symbols *symbols, const struct pl_books_object *object)
{
    struct module *module = symbols->modules;
    while (module && memcmp(&module->object, object, sizeof *object) != 0)
        module = module->next;
    if (module || !(module = calloc(1, sizeof *module)))
        return module;
    module->object = *object;
    module->dwfl = open_file(object);
    module->next = symbols->modules;
    symbols->modules = module;
    return module;
}

static void set_function(const struct pl_symbols *symbols, const char *name, struct pl_symbol *to)
{
    int status = -1;
    char *plain = symbols->demangle && name && strncmp(name, "_Z", 2) == 0
                      ? symbols->demangle(name, NULL, NULL, &status)
                      : NULL;
    const char *text = plain && status == 0 ? plain : name ? name : "";
    pl_printable_copy(to->function, sizeof to->function, text, strlen(text));
    free(plain);
}

static void set_place(const char *file, int line, struct pl_symbol *to)
{
    const size_t length = file ? strlen(file) : 0;
    const size_t cut = length < sizeof to->file ? 0 : length - sizeof to->file + 1;
    if (!file)
        return;
    pl_printable_copy(to->file, sizeof to->file, file + cut, length - cut);
    to->line = line > 0 ? (uint32_t)line : 0;
}

static const char *name_of(Dwarf_Die *function)
{
    Dwarf_Attribute attribute;
    const char *linkage =
        dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));
    return linkage ? linkage : dwarf_diename(function);
}

static bool is_function(Dwarf_Die *scope)
{
    const int tag = dwarf_tag(scope);
    return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
           tag == DW_TAG_entry_point;
}

/* Where the function that it was inlined into calls it. */
static void set_call(Dwarf_Die *unit, Dwarf_Die *inlined, struct pl_symbol *to)
{
    Dwarf_Attribute attribute;
    Dwarf_Files *files;
    Dwarf_Word file = 0, line = 0;
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) ||
        dwarf_getsrcfiles(unit, &files, NULL))
        return;
    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line);
    set_place(dwarf_filesrc(files, file, NULL, NULL), (int)line, to);
}

/* From the innermost scope outwards: inlined functions, and the one that is really there. */
static uint32_t walk_scopes(const struct pl_symbols *symbols, Dwarf_Die *unit, Dwarf_Die *scopes,
                            int count, struct pl_symbol *found)
{
    uint32_t known = 0;
    for (int i = 0; i < count && known < PL_SYMBOL_INLINED_MAX; i++) {
        if (!is_function(&scopes[i]))
            continue;
        set_function(symbols, name_of(&scopes[i]), &found[known++]);
        if (dwarf_tag(&scopes[i]) != DW_TAG_inlined_subroutine)
            break;
        if (known < PL_SYMBOL_INLINED_MAX)
            set_call(unit, &scopes[i], &found[known]);
    }
    return known;
}

static uint32_t find_by_scopes(const struct pl_symbols *symbols, Dwfl_Module *module,
                               uint64_t address, struct pl_symbol *found)
{
    Dwarf_Addr bias = 0;
    Dwarf_Die innermost, *scopes = NULL, *around = NULL;
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, &bias);
    if (!unit || dwarf_getscopes(unit, address - bias, &scopes) <= 0)
        return 0;
    /* What dwarf_getscopes says of an inlined function's surroundings is where it was defined. */
    Dwarf_Die *is =
        dwarf_offdie(dwfl_module_getdwarf(module, &bias), dwarf_dieoffset(&scopes[0]), &innermost);
    const int count = is ? dwarf_getscopes_die(is, &around) : 0;
    Dwfl_Line *line = dwfl_module_getsrc(module, address);
    int number = 0;
    const char *file = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;
    set_place(file, number, &found[0]);
    const uint32_t known = walk_scopes(symbols, unit, around, count, found);
    free(scopes);
    free(around);
    return known;
}

/* A symbol that ends before the address is another function's. */
static uint32_t find_by_symbol(const struct pl_symbols *symbols, Dwfl_Module *module,
                               uint64_t address, struct pl_symbol *found)
{
    GElf_Sym symbol;
    GElf_Off offset;
    const char *name = dwfl_module_addrinfo(module, address, &offset, &symbol, NULL, NULL, NULL);
    if (!name || offset >= symbol.st_size)
        return 0;
    set_function(symbols, name, found);
    return 1;
}

uint32_t pl_symbols_find(struct pl_symbols *symbols, const struct pl_books_object *object,
                         uint64_t address, struct pl_symbol found[PL_SYMBOL_INLINED_MAX])
{
    const struct module *known = module_of(symbols, object);
    const uint64_t call = address - 1; /* what follows a call may be another line, or function */
    Dwfl_Module *module = known && known->dwfl ? dwfl_addrmodule(known->dwfl, call) : NULL;
    memset(found, 0, PL_SYMBOL_INLINED_MAX * sizeof *found);
    if (!module)
        return 0;
    const uint32_t count = find_by_scopes(symbols, module, call, found);
    return count ? count : find_by_symbol(symbols, module, call, found);
}
