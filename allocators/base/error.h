/* One line for the person: what every fallible call of Plimsoll fills in beside its negative errno.
 * Lives here because the allocators know nothing of the harness and both need it. */
#ifndef PL_ALLOCATORS_BASE_ERROR_H
#define PL_ALLOCATORS_BASE_ERROR_H

/** What went wrong, as one line without a newline: what is wrong and what is expected. */
struct pl_error {
    char text[512];
};

/**
 * Fills in the line, unless `error` is NULL. Longer text is cut; what is not printable
 * becomes an escape (printable.h).
 * @param error where to write, may be NULL
 * @param code the negative errno that the caller is about to return
 * @return `code`, so that `return pl_error_set(error, -EINVAL, "...")` reads as one step
 */
int pl_error_set(struct pl_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
