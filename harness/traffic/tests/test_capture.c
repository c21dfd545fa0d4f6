/* Captures that are cut, damaged, filtered or not captures at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/traffic/recording.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

static const struct craft_frame ethernet = {.link = 1};

/* Of a file cut at `size` bytes, the records that end before it are whole. */
static void check_cut(const struct craft_file *file, size_t head, size_t size)
{
    struct pl_recording *recording;
    struct pl_capture_counts counts;
    struct pl_error error;
    size_t whole = 0, end = head;
    while (whole < file->records && file->ends[whole] <= size)
        end = file->ends[whole++];
    uint8_t *exact = malloc(size); /* so that sanitizers see a read beyond it */
    assert_non_null(exact);
    memcpy(exact, file->bytes.data, size);
    int rc = read_bytes(exact, size, NULL, &recording, &counts, &error);
    free(exact);
    if (whole < 2) { /* one packet alone is no stream */
        assert_int_equal(rc, -EINVAL);
        return;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(recording->packet_count, whole);
    assert_int_equal(counts.frames, whole);
    assert_int_equal(counts.bytes_cut, size - end);
    free(recording);
}

static void cut_at_every_byte(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 4; bits++) {
        struct craft_file file = {.link = 1, .pcapng = bits & 1, .swapped = bits & 2};
        craft_begin(&file);
        size_t head = file.bytes.size;
        add_packets(&file, 6, &ethernet);
        for (size_t size = 1; size <= file.bytes.size; size++)
            check_cut(&file, head, size);
        craft_free(&file.bytes);
    }
}

static void record_claims_2_gib(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 4; bits++) {
        struct craft_file file = {.link = 1, .pcapng = bits & 1, .swapped = bits & 2};
        struct craft frame = whole_frame(7);
        craft_begin(&file);
        add_packets(&file, 3, &ethernet);
        craft_record_of(&file, 0, start_ns + 9000, &frame, 0x80000000u, 0x80000000u);
        add_packets(&file, 3, &ethernet);
        craft_free(&frame);
        refuse(&file, NULL, "record 4", "damaged");
    }
}

/* What decodes payloads refuses cut ones; for all others they are as long as they were. */
static void short_snap_length(void **state)
{
    (void)state;
    const struct pl_capture_options decoding = {.decodes = true};
    for (unsigned kept = 54; kept < 90; kept += 5) { /* Ethernet, IPv4, UDP and RTP are 54 */
        struct craft_file file = {.link = 1};
        craft_begin(&file);
        for (uint16_t i = 0; i < 3; i++) {
            struct craft frame = whole_frame(i);
            uint32_t length = (uint32_t)frame.size;
            frame.size = kept;
            craft_record_of(&file, 0, start_ns + i, &frame, kept, length);
            craft_free(&frame);
        }
        struct pl_recording *recording;
        struct pl_capture_counts counts;
        struct pl_error error;
        assert_int_equal(
            read_bytes(file.bytes.data, file.bytes.size, NULL, &recording, &counts, &error), 0);
        assert_int_equal(counts.completed, 3);
        struct craft frame = whole_frame(0);
        assert_int_equal(pl_recording_packets(recording)[0].datagram_size, frame.size - 42);
        craft_free(&frame);
        free(recording);
        refuse(&file, &decoding, "record 1", "tcpdump -s 0");
    }
}

/* A snap length that keeps not even the RTP header leaves no RTP, and the line says why. */
static void shorter_than_the_header(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    struct craft frame = whole_frame(1);
    uint32_t length = (uint32_t)frame.size;
    craft_begin(&file);
    frame.size = 50;
    for (unsigned i = 0; i < 3; i++)
        craft_record_of(&file, 0, start_ns + i, &frame, 50, length);
    craft_free(&frame);
    refuse(&file, NULL, "no RTP", "tcpdump -s 0");
}

/* Only what is kept has to be in order; other frames cut by the snap length do not matter. */
static void others_may_be_cut_and_late(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    struct craft_frame tcp = {.link = 1, .protocol = 6};
    struct craft_rtp rtp = {.payload = 40};
    struct craft payload = {.data = NULL}, frame = {.data = NULL};
    craft_begin(&file);
    add_packets(&file, 2, &ethernet);
    craft_rtp(&payload, &rtp);
    craft_frame(&frame, &tcp, &payload);
    craft_record_of(&file, 0, start_ns - 5000000000, &frame, (uint32_t)frame.size, 1500);
    struct pl_capture_counts counts;
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_int_equal(counts.snapped, 1);
    assert_int_equal(pl_capture_not_udp(&counts), 1);
    free(recording);
    craft_free(&payload);
    craft_free(&frame);
}

static void out_of_order_time_stamps(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(3);
    struct craft frame = whole_frame(3);
    craft_record(&file, start_ns + 2000 - 1500000000, &frame);
    craft_free(&frame);
    refuse(&file, NULL, "record 4", "1.500 s before");
}

static void order_names_the_remedy(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    struct craft frame = whole_frame(1);
    craft_begin(&file);
    add_packets(&file, 1, &ethernet);
    craft_record(&file, start_ns - 10000001, &frame);
    craft_free(&frame);
    refuse(&file, NULL, "record 2", "reordercap");
}

/* Two cards' clocks: what is 10 ms early at most is put in its place. */
static void a_little_disorder_is_sorted(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    struct pl_capture_counts counts;
    struct craft frames[] = {whole_frame(1), whole_frame(2), whole_frame(3), whole_frame(4)};
    craft_begin(&file);
    craft_record(&file, start_ns + 10000000, &frames[1]);
    craft_record(&file, start_ns, &frames[0]);
    craft_record(&file, start_ns + 10000012, &frames[2]);
    craft_record(&file, start_ns + 10000013, &frames[3]);
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_int_equal(counts.sorted, 1);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(pl_recording_packets(recording)[i].position, i);
        craft_free(&frames[i]);
    }
    free(recording);
}

static void no_time_passes(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    craft_begin(&file);
    for (uint16_t i = 0; i < 3; i++) {
        struct craft frame = whole_frame(i);
        craft_record(&file, start_ns, &frame);
        craft_free(&frame);
    }
    refuse(&file, NULL, "3 RTP packets", "same time stamp");
}

/* Loops of such a recording would leave what int64 nanoseconds hold. */
static void centuries_pass(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    craft_begin(&file);
    for (uint16_t i = 0; i < 2; i++) {
        struct craft frame = whole_frame(i);
        craft_record(&file, start_ns + (uint64_t)i * 400 * 86400 * 1000000000, &frame);
        craft_free(&frame);
    }
    refuse(&file, NULL, "span 400 days", "a year at most");
}

/* pcapng counts 64 bits of whatever unit; seconds here, far beyond int64 nanoseconds. */
static void time_beyond_2262(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1, .pcapng = true};
    struct craft frame = whole_frame(1);
    craft_begin(&file);
    craft_interface(&file, 0);
    craft_record_of(&file, 1, 1ull << 40, &frame, (uint32_t)frame.size, (uint32_t)frame.size);
    craft_free(&frame);
    refuse(&file, NULL, "record 1", "1970 to 2262");
}

static void no_rtp(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    struct craft_frame tcp = {.link = 1, .protocol = 6};
    struct craft payload = {.data = NULL}, frame = {.data = NULL};
    craft_begin(&file);
    add_packets(&file, 2, &tcp);
    craft_fill(&payload, 'x', 30);
    craft_frame(&frame, &ethernet, &payload);
    craft_record(&file, start_ns, &frame);
    craft_free(&payload);
    craft_free(&frame);
    refuse(&file, NULL, "3 frames, 2 not UDP, 1 UDP but no RTP", "no RTP in it");
}

static void filters(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(4);
    struct craft_frame other = {.link = 1, .port = 6000};
    add_packets(&file, 3, &other);
    struct pl_capture_options options = {.filter = "udp port 6000"};
    struct pl_recording *recording;
    struct pl_capture_counts counts;
    struct pl_error error;
    assert_int_equal(
        read_bytes(file.bytes.data, file.bytes.size, &options, &recording, &counts, &error), 0);
    assert_int_equal(recording->packet_count, 3);
    assert_int_equal(recording->stream_count, 1);
    assert_int_equal(counts.filtered, 4);
    assert_int_equal(counts.frames, 7);
    assert_int_equal(pl_recording_packets(recording)[0].arrival_ns, 0);
    free(recording);
    options.filter = "";
    assert_int_equal(
        read_bytes(file.bytes.data, file.bytes.size, &options, &recording, &counts, &error), 0);
    assert_int_equal(recording->packet_count, 7);
    assert_int_equal(recording->stream_count, 2);
    free(recording);
    craft_free(&file.bytes);
}

static void bad_filters(void **state)
{
    (void)state;
    static const char *const filters[][2] = {{"udp prt 5004", "syntax error"},
                                             {"udp port 1000000", "1000000"}};
    for (unsigned i = 0; i < 2; i++) {
        struct craft_file file = ethernet_file(2);
        refuse(&file, &(struct pl_capture_options){.filter = filters[i][0]}, filters[i][0],
               filters[i][1]);
    }
    struct craft_file file = ethernet_file(2);
    refuse(&file, &(struct pl_capture_options){.filter = "udp port 9"}, "2 turned away",
           "the filter turned all away");
}

static void other_link_types(void **state)
{
    (void)state;
    struct craft_file file = {.link = 209};
    craft_begin(&file);
    refuse(&file, NULL, "209 (", "Ethernet");
    file = (struct craft_file){.link = 65000};
    craft_begin(&file);
    refuse(&file, NULL, "65000", "not supported");
}

static void bad_payload_option(void **state)
{
    (void)state;
    struct pl_capture_options options = {.payload = "mp3"};
    struct pl_recording *recording;
    struct pl_error error;
    assert_int_equal(pl_capture_read_memory("x", 1, "crafted", &options, &recording, NULL, &error),
                     -EINVAL);
    assert_non_null(strstr(error.text, "'mp3'"));
}

static void no_captures(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    craft_bytes(&file.bytes, "these are words, and no capture at all", 38);
    refuse(&file, NULL, "unknown file format", "pcapng");
    struct pl_recording *recording;
    struct pl_error error;
    assert_int_equal(read_bytes("", 0, NULL, &recording, NULL, &error), -EINVAL);
    assert_non_null(strstr(error.text, "empty"));
}

/* Opens a path; expects a code, and the path and the word in the line. */
static void refuse_path(const char *path, int code, const char *word)
{
    struct pl_recording *recording = NULL;
    struct pl_error error;
    assert_int_equal(pl_capture_read(path, NULL, &recording, NULL, &error), code);
    assert_null(recording);
    if (!strstr(error.text, path) || !strstr(error.text, word))
        fail_msg("'%s' is missing: %s", word, error.text);
}

static void paths_that_are_no_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-capture-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    refuse_path(path, -ENOENT, "No such file");
    refuse_path(folder, -EISDIR, "folder");
    refuse_path("/dev/null", -EINVAL, "not a regular file");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    refuse_path(path, -EINVAL, "empty");
    fputs("text", file);
    fclose(file);
    refuse_path(path, -EINVAL, "unknown file format");
    chmod(path, 0);
    if (geteuid() != 0)
        refuse_path(path, -EACCES, "Permission denied");
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(record_claims_2_gib),
        cmocka_unit_test(short_snap_length),
        cmocka_unit_test(shorter_than_the_header),
        cmocka_unit_test(others_may_be_cut_and_late),
        cmocka_unit_test(out_of_order_time_stamps),
        cmocka_unit_test(order_names_the_remedy),
        cmocka_unit_test(a_little_disorder_is_sorted),
        cmocka_unit_test(no_time_passes),
        cmocka_unit_test(centuries_pass),
        cmocka_unit_test(time_beyond_2262),
        cmocka_unit_test(no_rtp),
        cmocka_unit_test(filters),
        cmocka_unit_test(bad_filters),
        cmocka_unit_test(other_link_types),
        cmocka_unit_test(bad_payload_option),
        cmocka_unit_test(no_captures),
        cmocka_unit_test(paths_that_are_no_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
