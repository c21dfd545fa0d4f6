/* The histogram against exact quantiles, and files that are whole or not there. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/base/files.h"
#include "harness/base/histogram.h"
#include "harness/base/random.h"
#include "harness/base/text_stream.h"

#define VALUES 20000

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Every bucket's top lies in it, and the next value in the next one. */
static void buckets_leave_no_gap(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < PL_HISTOGRAM_BUCKETS; i++) {
        uint64_t top = pl_histogram_bucket_top(i);
        assert_int_equal(pl_histogram_bucket(top), i);
        assert_int_equal(pl_histogram_bucket(top + 1), i + 1);
    }
    assert_int_equal(pl_histogram_bucket(UINT64_MAX), PL_HISTOGRAM_BUCKETS - 1);
}

static void quantiles_are_within_the_stated_error(void **state)
{
    (void)state;
    struct pl_histogram *h = calloc(1, sizeof *h);
    uint64_t *values = calloc(VALUES, sizeof *values), random = 7;
    assert_true(h && values);
    for (size_t i = 0; i < VALUES; i++) { /* from ns to minutes, evenly over the powers of two */
        values[i] = pl_random_next(&random) >> (28 + pl_random_next(&random) % 36);
        pl_histogram_add(h, values[i]);
    }
    qsort(values, VALUES, sizeof *values, compare);
    const double quantiles[] = {0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1};
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        size_t rank = (size_t)ceil(quantiles[i] * VALUES);
        uint64_t exact = values[rank ? rank - 1 : 0], got = pl_histogram_quantile(h, quantiles[i]);
        assert_true(got >= exact && (double)got <= (double)exact * (1 + 1.0 / 32));
    }
    assert_int_equal(h->max, values[VALUES - 1]);
    assert_int_equal(pl_histogram_quantile(h, 1), values[VALUES - 1]); /* the highest is exact */
    free(values);
    free(h);
}

static void an_empty_histogram_reads_zero(void **state)
{
    (void)state;
    struct pl_histogram *h = calloc(1, sizeof *h);
    assert_non_null(h);
    assert_int_equal(pl_histogram_quantile(h, 0.5), 0);
    free(h);
}

static void an_arena_ends(void **state)
{
    (void)state;
    _Alignas(PL_ARENA_ALIGN) static uint8_t memory[256];
    struct pl_arena arena = {memory, 0, sizeof memory};
    uint8_t *first = pl_arena_take(&arena, 1), *second = pl_arena_take(&arena, 100);
    assert_true(first == memory && second == memory + 64);
    assert_null(pl_arena_take(&arena, 65));
    assert_non_null(pl_arena_take(&arena, 64));
    assert_null(pl_arena_take(&arena, 1));
}

static void a_file_appears_when_it_is_whole(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX", path[64], *text;
    size_t size;
    struct pl_file file;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a", folder);
    assert_int_equal(pl_file_open(&file, path, NULL), 0);
    fputs("hello", file.stream);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(pl_file_commit(&file, NULL), 0);
    assert_int_equal(pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, NULL), 0);
    assert_string_equal(text, "hello");
    assert_int_equal(size, 5);
    free(text);
    assert_int_equal(pl_file_open(&file, path, NULL), 0);
    pl_file_discard(&file);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing else was left in it */
}

static void files_fail_with_a_reason(void **state)
{
    (void)state;
    struct pl_file file;
    struct pl_error error;
    char *text;
    size_t size;
    assert_int_equal(pl_file_open(&file, "/no/such/folder/a", &error), -ENOENT);
    assert_string_equal(error.text, "can't write /no/such/folder/a: No such file or directory");
    assert_int_equal(pl_file_read("/tmp", PL_FILE_BYTES_MAX, &text, &size, &error), -EISDIR);
    assert_int_equal(pl_folder_make("/dev/null/a", &error), -ENOTDIR);
    assert_int_equal(pl_folder_make("/dev/null", &error), -ENOTDIR);
    if (access("/dev/full", W_OK) == 0) { /* a full disk shows on commit, and nothing stays */
        char folder[] = "/tmp/plimsoll-test-XXXXXX", path[64];
        assert_non_null(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/a", folder);
        assert_int_equal(pl_file_open(&file, path, NULL), 0);
        fclose(file.stream);
        file.stream = fopen("/dev/full", "w");
        for (int i = 0; i < 100000;
             i++) /* more than stdio holds: the failure comes before the end */
            fputc('x', file.stream);
        assert_int_equal(pl_file_commit(&file, &error), -ENOSPC);
        assert_non_null(strstr(error.text, "No space left on device"));
        assert_int_equal(rmdir(folder), 0);
    }
}

/* A file would take the place of what everybody on the machine uses. */
static void only_regular_files_are_replaced(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX", pipe[64], link[64];
    struct pl_file file;
    struct pl_error error;
    struct stat status;
    assert_non_null(mkdtemp(folder));
    snprintf(pipe, sizeof pipe, "%s/pipe", folder);
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(pl_file_open(&file, pipe, &error), -EINVAL);
    assert_non_null(strstr(error.text, "it is not a regular file"));
    assert_int_equal(symlink("/proc/self/fd/99", link), 0); /* as /dev/stdout is one */
    assert_int_equal(pl_file_open(&file, link, &error), -EINVAL);
    assert_true(lstat(pipe, &status) == 0 && S_ISFIFO(status.st_mode));
    assert_true(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
    unlink(pipe);
    unlink(link);
    assert_int_equal(rmdir(folder), 0);
}

static void a_text_is_kept_whole(void **state)
{
    (void)state;
    struct pl_text_stream stream;
    char *text;
    size_t size;
    assert_int_equal(pl_text_stream_open(&stream), 0);
    assert_int_equal(pl_text_stream_close(&stream, &text, &size), 0);
    assert_string_equal(text, "");
    free(text);
    assert_int_equal(pl_text_stream_open(&stream), 0);
    for (int i = 0; i < 100000; i++)
        fputc('a' + i % 26, stream.out);
    assert_int_equal(ftell(stream.out), 100000);
    assert_int_equal(pl_text_stream_close(&stream, &text, &size), 0);
    assert_int_equal(size, 100000);
    assert_int_equal(strlen(text), 100000);
    assert_true(text[99999] == 'a' + 99999 % 26);
    free(text);
}

/* Made to be met by a program that writes or reads where others may write, too. */
static void what_others_put_there_is_not_touched(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX", path[64], kept[64], temporary[128], *text;
    size_t size;
    struct pl_file file;
    struct pl_error error;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a", folder);
    snprintf(kept, sizeof kept, "%s/kept", folder);
    snprintf(temporary, sizeof temporary, "%s.tmp", path);
    assert_int_equal(pl_file_open(&file, kept, NULL), 0);
    fputs("kept", file.stream);
    assert_int_equal(pl_file_commit(&file, NULL), 0);
    assert_int_equal(symlink(kept, temporary), 0); /* the temporary's own name leads elsewhere */
    assert_int_equal(pl_file_open(&file, path, NULL), 0);
    fputs("written", file.stream);
    assert_int_equal(pl_file_commit(&file, NULL), 0);
    assert_int_equal(pl_file_read(kept, PL_FILE_BYTES_MAX, &text, &size, NULL), 0);
    assert_string_equal(text, "kept");
    free(text);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, &error), -EINVAL);
    assert_non_null(strstr(error.text, "it is not a regular file"));
    assert_int_equal(pl_file_read("/dev/zero", PL_FILE_BYTES_MAX, &text, &size, &error), -EINVAL);
    assert_int_equal(pl_file_read(kept, 3, &text, &size, &error), -EFBIG);
    assert_int_equal(pl_file_read("/proc/self/status", 3, &text, &size, &error), -EFBIG);
    assert_int_equal(pl_file_read(kept, 4, &text, &size, &error), 0);
    free(text);
    unlink(path);
    unlink(kept);
    unlink(temporary); /* left, where the file system has no files without a name */
    assert_int_equal(rmdir(folder), 0);
}

/* A program that is killed while it writes leaves nothing, where the file system has files without
 * a name. */
static void a_killed_writer_leaves_nothing(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX", path[64];
    int status = 0;
    assert_non_null(mkdtemp(folder));
    int fd = open(folder, O_TMPFILE | O_WRONLY, 0600);
    bool nameless = fd >= 0;
    close(fd);
    snprintf(path, sizeof path, "%s/a", folder);
    pid_t writer = nameless ? fork() : -1;
    if (writer == 0) {
        struct pl_file file;
        if (pl_file_open(&file, path, NULL) == 0)
            fputs("half", file.stream);
        fflush(file.stream);
        raise(SIGKILL);
    }
    if (nameless)
        assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(rmdir(folder), 0);
    if (!nameless)
        skip();
    assert_true(WIFSIGNALED(status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_leave_no_gap),
        cmocka_unit_test(quantiles_are_within_the_stated_error),
        cmocka_unit_test(an_empty_histogram_reads_zero),
        cmocka_unit_test(an_arena_ends),
        cmocka_unit_test(a_file_appears_when_it_is_whole),
        cmocka_unit_test(files_fail_with_a_reason),
        cmocka_unit_test(only_regular_files_are_replaced),
        cmocka_unit_test(a_text_is_kept_whole),
        cmocka_unit_test(what_others_put_there_is_not_touched),
        cmocka_unit_test(a_killed_writer_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
