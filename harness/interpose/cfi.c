/* A reader of .eh_frame (cfi.h). It follows two registers only, the stack pointer's and the frame
 * pointer's: code that compilers make for x86-64 computes a frame's address from no other. */
#include "harness/interpose/cfi.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __x86_64__

enum { FP = 6, SP = 7, RETURN = 16 }; /* rbp, rsp, the return address */

enum {
    ADVANCE = 1, /* in the upper two bits */
    OFFSET = 2,
    RESTORE = 3
};

enum {
    NOP = 0x00,
    ADVANCE1 = 0x02,
    ADVANCE2 = 0x03,
    ADVANCE4 = 0x04,
    OFFSET_EXTENDED = 0x05,
    RESTORE_EXTENDED = 0x06,
    UNDEFINED = 0x07,
    SAME_VALUE = 0x08,
    REGISTER = 0x09,
    REMEMBER = 0x0a,
    RECALL = 0x0b,
    DEF_CFA = 0x0c,
    DEF_CFA_REGISTER = 0x0d,
    DEF_CFA_OFFSET = 0x0e,
    DEF_CFA_EXPRESSION = 0x0f,
    EXPRESSION = 0x10,
    OFFSET_EXTENDED_SF = 0x11,
    DEF_CFA_SF = 0x12,
    DEF_CFA_OFFSET_SF = 0x13,
    VAL_OFFSET = 0x14,
    VAL_OFFSET_SF = 0x15,
    VAL_EXPRESSION = 0x16,
    ARGS_SIZE = 0x2e
};

enum { BREG_FP = 0x70 + FP, DEREF = 0x06 }; /* operations of an expression */

/* Encodings of pointers that the linkers write. */
enum { PCREL_SDATA4 = 0x1b, UDATA4 = 0x03, DATAREL_SDATA4 = 0x3b, FORMAT = 0x0f };

enum where { KEPT, AT_OFFSET, AT_FP, NOWHERE };

struct row {
    int64_t cfa_register; /* -1: by an expression, the offset being that of its register */
    int64_t cfa_offset;
    enum where fp, ra;
    int64_t fp_offset, ra_offset;
};

enum { REMEMBERED_MAX = 8 };

struct machine {
    const uint8_t *at, *end;
    bool failed;
    uint64_t code_align;
    int64_t data_align;
    uintptr_t location, target;
    struct row row, initial, remembered[REMEMBERED_MAX];
    unsigned depth;
};

static uint64_t take(struct machine *m, size_t bytes)
{
    uint64_t value = 0;
    if ((size_t)(m->end - m->at) < bytes) {
        m->failed = true;
        return 0;
    }
    memcpy(&value, m->at, bytes);
    m->at += bytes;
    return value;
}

static uint64_t take_uleb(struct machine *m)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !m->failed; shift += 7) {
        const uint64_t byte = take(m, 1);
        value |= (byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    return value;
}

static int64_t take_sleb(struct machine *m)
{
    uint64_t value = 0, byte = 0x80;
    unsigned shift = 0;
    for (; shift < 64 && byte & 0x80 && !m->failed; shift += 7) {
        byte = take(m, 1);
        value |= (byte & 0x7f) << shift;
    }
    if (shift < 64 && byte & 0x40)
        value |= UINT64_MAX << shift;
    return (int64_t)value;
}

static void set_register(struct row *row, uint64_t number, enum where where, int64_t offset)
{
    if (number == FP) {
        row->fp = where;
        row->fp_offset = offset;
    } else if (number == RETURN) {
        row->ra = where;
        row->ra_offset = offset;
    }
}

static void restore_register(struct machine *m, uint64_t number)
{
    const struct row *initial = &m->initial;
    set_register(&m->row, number, number == FP ? initial->fp : initial->ra,
                 number == FP ? initial->fp_offset : initial->ra_offset);
}

/* Only the one form that compilers use where a function aligns its stack: rbp plus an offset.
 * @return whether it is that, and then `dereferenced` */
static bool take_expression(struct machine *m, bool *dereferenced, int64_t *offset)
{
    const uint64_t length = take_uleb(m);
    if ((uint64_t)(m->end - m->at) < length) {
        m->failed = true;
        return false;
    }
    const uint8_t *after = m->at + length;
    struct machine e = {.at = m->at, .end = after};
    const bool based = take(&e, 1) == BREG_FP;
    *offset = take_sleb(&e);
    *dereferenced = e.at < e.end && take(&e, 1) == DEREF;
    m->at = after;
    return based && !e.failed && e.at == e.end;
}

static void define_by_expression(struct machine *m)
{
    bool dereferenced;
    int64_t offset;
    m->row.cfa_register = -1;
    if (!take_expression(m, &dereferenced, &offset) || !dereferenced)
        m->failed = true; /* a procedure linkage table, or a signal's frame */
    m->row.cfa_offset = offset;
}

static void save_by_expression(struct machine *m)
{
    bool dereferenced;
    int64_t offset;
    const uint64_t number = take_uleb(m);
    const bool known = take_expression(m, &dereferenced, &offset) && !dereferenced;
    set_register(&m->row, number, known ? AT_FP : NOWHERE, offset);
}

static void advance(struct machine *m, uint64_t steps)
{
    m->location += steps * m->code_align;
}

static void define_cfa(struct machine *m, int64_t number, int64_t offset)
{
    m->row.cfa_register = number;
    m->row.cfa_offset = offset;
}

static void run_saving(struct machine *m, uint64_t operation)
{
    const uint64_t number = take_uleb(m);
    switch (operation) {
    case OFFSET_EXTENDED:
        set_register(&m->row, number, AT_OFFSET, (int64_t)take_uleb(m) * m->data_align);
        break;
    case OFFSET_EXTENDED_SF:
        set_register(&m->row, number, AT_OFFSET, take_sleb(m) * m->data_align);
        break;
    case RESTORE_EXTENDED:
        restore_register(m, number);
        break;
    case SAME_VALUE:
        set_register(&m->row, number, KEPT, 0);
        break;
    default:
        if (operation != UNDEFINED)
            take_uleb(m); /* an operand that nothing is made of */
        set_register(&m->row, number, NOWHERE, 0);
    }
}

static void run_state(struct machine *m, uint64_t operation)
{
    if (operation == REMEMBER && m->depth < REMEMBERED_MAX)
        m->remembered[m->depth++] = m->row;
    else if (operation == RECALL && m->depth > 0)
        m->row = m->remembered[--m->depth];
    else
        m->failed = true;
}

static void run_extended(struct machine *m, uint64_t operation)
{
    switch (operation) {
    case NOP:
        break;
    case ADVANCE1:
        advance(m, take(m, 1));
        break;
    case ADVANCE2:
        advance(m, take(m, 2));
        break;
    case ADVANCE4:
        advance(m, take(m, 4));
        break;
    case REMEMBER:
    case RECALL:
        run_state(m, operation);
        break;
    case DEF_CFA: {
        const int64_t number = (int64_t)take_uleb(m);
        define_cfa(m, number, (int64_t)take_uleb(m));
        break;
    }
    case DEF_CFA_SF: {
        const int64_t number = (int64_t)take_uleb(m);
        define_cfa(m, number, take_sleb(m) * m->data_align);
        break;
    }
    case DEF_CFA_REGISTER:
        m->row.cfa_register = (int64_t)take_uleb(m);
        break;
    case DEF_CFA_OFFSET:
        m->row.cfa_offset = (int64_t)take_uleb(m);
        break;
    case DEF_CFA_OFFSET_SF:
        m->row.cfa_offset = take_sleb(m) * m->data_align;
        break;
    case DEF_CFA_EXPRESSION:
        define_by_expression(m);
        break;
    case EXPRESSION:
        save_by_expression(m);
        break;
    case ARGS_SIZE:
        take_uleb(m);
        break;
    case OFFSET_EXTENDED:
    case OFFSET_EXTENDED_SF:
    case RESTORE_EXTENDED:
    case UNDEFINED:
    case SAME_VALUE:
    case REGISTER:
    case VAL_OFFSET:
    case VAL_OFFSET_SF:
        run_saving(m, operation);
        break;
    default:
        m->failed = true;
    }
}

/* Until the instructions are over, or what follows holds behind the target. */
static void run(struct machine *m)
{
    while (m->at < m->end && !m->failed) {
        const uint64_t byte = take(m, 1), operand = byte & 0x3f;
        if (byte >> 6 == ADVANCE)
            advance(m, operand);
        else if (byte >> 6 == OFFSET)
            set_register(&m->row, operand, AT_OFFSET, (int64_t)take_uleb(m) * m->data_align);
        else if (byte >> 6 == RESTORE)
            restore_register(m, operand);
        else
            run_extended(m, byte);
        if (m->location > m->target)
            return;
    }
}

/* An entry of .eh_frame: its length and what follows that. @return false where it has none */
static bool enter(struct machine *m, const uint8_t *entry)
{
    uint32_t length;
    memcpy(&length, entry, sizeof length);
    m->at = entry + sizeof length;
    m->end = m->at + length;
    return length && length != UINT32_MAX; /* that would be one of more than 4 GiB */
}

/* @return bytes of a pointer in that encoding, 0 for one that is not known */
static size_t encoded_bytes(uint64_t encoding)
{
    static const uint8_t bytes[FORMAT + 1] = {8, 0, 2, 4, 8, 0, 0, 0, 0, 0, 2, 4, 8};
    return bytes[encoding & FORMAT];
}

/* What the letters of a common entry's augmentation announce. @return the encoding of the addresses
 * of its functions' entries */
static uint64_t take_augmentation(struct machine *m, const char *letters)
{
    uint64_t encoding = 0, personality;
    for (; *letters && !m->failed; letters++)
        switch (*letters) {
        case 'R':
            encoding = take(m, 1);
            break;
        case 'L':
            take(m, 1);
            break;
        case 'P':
            personality = take(m, 1);
            take(m, encoded_bytes(personality));
            break;
        default: /* 'S': a signal's frame, which no call made */
            m->failed = true;
        }
    return encoding;
}

/* Runs what holds at the beginning of each function. @return the encoding, see above */
static uint64_t run_common(struct machine *m, const uint8_t *entry)
{
    if (!enter(m, entry) || take(m, 4) != 0) {
        m->failed = true;
        return 0;
    }
    const uint64_t version = take(m, 1);
    const char *letters = (const char *)m->at;
    while (take(m, 1) && !m->failed)
        ;
    m->code_align = take_uleb(m);
    m->data_align = take_sleb(m);
    const uint64_t ra = version == 1 ? take(m, 1) : take_uleb(m);
    if (m->failed || *letters != 'z' || ra != RETURN) {
        m->failed = true;
        return 0;
    }
    const uint64_t length = take_uleb(m);
    const uint8_t *instructions = m->at + length;
    const uint64_t encoding = take_augmentation(m, letters + 1);
    m->at = instructions;
    run(m);
    m->initial = m->row;
    return encoding;
}

/* @return whether the function that the entry describes reaches that far */
static bool run_function(struct machine *m, const uint8_t *entry)
{
    struct machine own = {0};
    if (!enter(&own, entry))
        return false;
    const uint8_t *pointer = own.at;
    const uint64_t back = take(&own, 4);
    const uint64_t encoding = run_common(m, pointer - back);
    const size_t bytes = encoded_bytes(encoding);
    take(&own, bytes);
    const uint64_t range = take(&own, bytes);
    if (m->failed || own.failed || !bytes || m->target - m->location >= range)
        return false;
    const uint64_t augmentation = take_uleb(&own);
    m->at = own.at + augmentation;
    m->end = own.end;
    run(m);
    return !m->failed;
}

/* Of a search table: addresses relative to the header's own, sorted. */
struct sought {
    int32_t begin, entry;
};

struct header {
    uint8_t version, frame_encoding, count_encoding, table_encoding;
    int32_t frame;
    uint32_t count;
};

/* @return the entry of the last function that begins at or before the address; NULL for none */
static const uint8_t *search(uintptr_t pc, const uint8_t *base, uintptr_t *begin)
{
    struct header header;
    struct sought found;
    memcpy(&header, base, sizeof header);
    if (header.version != 1 || header.frame_encoding != PCREL_SDATA4 ||
        header.count_encoding != UDATA4 || header.table_encoding != DATAREL_SDATA4)
        return NULL;
    const uint8_t *table = base + sizeof header;
    uint32_t low = 0, high = header.count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        memcpy(&found, table + middle * sizeof found, sizeof found);
        if ((uintptr_t)base + (uintptr_t)(intptr_t)found.begin <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return NULL;
    memcpy(&found, table + (low - 1) * sizeof found, sizeof found);
    *begin = (uintptr_t)base + (uintptr_t)(intptr_t)found.begin;
    return base + found.entry;
}

/* What unwind.c packs them into. */
static bool fits(int64_t value, unsigned bits)
{
    return value >= -(INT64_C(1) << (bits - 1)) && value < INT64_C(1) << (bits - 1);
}

static void take_rule(const struct row *row, struct pl_frame_rule *rule)
{
    static const enum pl_saved saved[] = {
        [KEPT] = PL_SAVED_NOT, [AT_OFFSET] = PL_SAVED_BELOW, [AT_FP] = PL_SAVED_AT_FP};
    const bool known =
        row->cfa_register == -1 || row->cfa_register == SP || row->cfa_register == FP;
    if (!known || row->ra != AT_OFFSET || row->ra_offset != -(int64_t)sizeof(void *) ||
        row->fp == NOWHERE || !fits(row->cfa_offset, 24) || !fits(row->fp_offset, 20))
        return;
    rule->cfa = row->cfa_register == SP   ? PL_CFA_SP
                : row->cfa_register == FP ? PL_CFA_FP
                                          : PL_CFA_AT_FP;
    rule->saved = saved[row->fp];
    rule->cfa_offset = (int32_t)row->cfa_offset;
    rule->saved_offset = (int32_t)row->fp_offset;
}

void pl_cfi_find(uintptr_t pc, const void *header, struct pl_frame_rule *rule)
{
    struct machine m = {.target = pc};
    *rule = (struct pl_frame_rule){PL_CFA_UNKNOWN, PL_SAVED_NOT, 0, 0};
    const uint8_t *entry = header ? search(pc, header, &m.location) : NULL;
    if (entry && run_function(&m, entry))
        take_rule(&m.row, rule);
}

#else

void pl_cfi_find(uintptr_t pc, const void *header, struct pl_frame_rule *rule)
{
    (void)pc;
    (void)header;
    *rule = (struct pl_frame_rule){PL_CFA_UNKNOWN, PL_SAVED_NOT, 0, 0};
}

#endif
