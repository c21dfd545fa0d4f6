/* Media that are cut, foreign, damaged or odd: one line, or a count; never a crash, never an end of
 * the run. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/base/random.h"
#include "harness/media/convert.h"
#include "harness/media/tests/rig.h"

#define S INT64_C(1000000000)

struct file {
    char *data;
    size_t bytes;
};

static struct file read_file(const char *name)
{
    char path[128];
    struct file file;
    struct pl_error error;
    snprintf(path, sizeof path, "scenarios/traffic/%s", name);
    if (pl_file_read(path, PL_FILE_BYTES_MAX, &file.data, &file.bytes, &error))
        fail_msg("%s", error.text);
    return file;
}

static void fails_to_open(const char *name, const void *data, size_t bytes, const char *picture,
                          int code, const char *words)
{
    struct pl_scenario s;
    struct rig rig;
    struct pl_error error = {""};
    rig_scenario(&s, "music.mp3");
    if (picture) {
        strcpy(s.media.picture, picture);
        strcpy(s.classes[0].name, "image");
    }
    int rc = rig_open(&rig, &s, picture ? PL_FORMAT_RGBA : PL_FORMAT_S16, "glibc",
                      rig_material(name, data, bytes), &error);
    if (rc != code || !strstr(error.text, words) || !strstr(error.text, name))
        fail_msg("%s: %d, '%s'; expected %d, '%s'", name, rc, error.text, code, words);
}

/* A RIFF of 0.5 s of mono float32 at 44.1 kHz. @param tag of the codec: 3 is float */
static struct file make_wave(uint16_t tag, const float *samples, uint32_t count)
{
    struct file file = {.bytes = 44 + count * sizeof *samples};
    file.data = calloc(1, file.bytes);
    assert_non_null(file.data);
    uint32_t riff = (uint32_t)file.bytes - 8, format = 16, rate = 44100, per_second = 176400;
    uint32_t data = count * (uint32_t)sizeof *samples;
    uint16_t channels = 1, align = 4, bits = 32;
    char *at = file.data;
    memcpy(at, "RIFF", 4), memcpy(at + 4, &riff, 4), memcpy(at + 8, "WAVEfmt ", 8);
    memcpy(at + 16, &format, 4), memcpy(at + 20, &tag, 2), memcpy(at + 22, &channels, 2);
    memcpy(at + 24, &rate, 4), memcpy(at + 28, &per_second, 4), memcpy(at + 32, &align, 2);
    memcpy(at + 34, &bits, 2), memcpy(at + 36, "data", 4), memcpy(at + 40, &data, 4);
    memcpy(at + 44, samples, data);
    return file;
}

static void what_is_no_media_gets_one_line(void **state)
{
    (void)state;
    static const char text[] = "There is nothing here that anybody could hear.\n";
    fails_to_open("foreign.txt", text, sizeof text, NULL, -EINVAL, "no media file");
    struct file clip = read_file("clip.mp4"), music = read_file("music.mp3");
    fails_to_open("silent.mp4", clip.data, clip.bytes, NULL, -EINVAL, "it holds no audio");
    fails_to_open("blind.mp3", music.data, music.bytes, "64x64", -EINVAL, "it holds no video");
    /* MP4 keeps its index at the end. */
    struct file talk = read_file("talk.m4a");
    fails_to_open("cut.m4a", talk.data, talk.bytes / 2, NULL, -EINVAL, "no media file");
    free(clip.data);
    free(music.data);
    free(talk.data);
}

static void a_codec_that_ffmpeg_lacks_is_named(void **state)
{
    (void)state;
    float samples[22050] = {0};
    struct file wave = make_wave(0x1234, samples, 22050);
    fails_to_open("odd.wav", wave.data, wave.bytes, NULL, -ENOSYS,
                  "no decoder of none (tag 0x1234");
    free(wave.data);
}

/* Runs 20 s on bytes, in samples and as the decoder's frames. @return decode errors of the former
 */
static uint64_t play(const char *name, const void *data, size_t bytes, uint64_t *invalid)
{
    static const enum pl_format formats[] = {PL_FORMAT_FFMPEG, PL_FORMAT_S16};
    uint64_t errors = 0;
    for (size_t i = 0; i < 2; i++) {
        struct pl_scenario s;
        struct rig rig;
        struct pl_error error = {""};
        rig_scenario(&s, "music.mp3");
        if (rig_open(&rig, &s, formats[i], "glibc", rig_material(name, data, bytes), &error))
            fail_msg("%s", error.text);
        rig_run(&rig, 20 * S);
        rig_close(&rig);
        assert_true(rig.counts.delivered > 100); /* FFmpeg 7 cuts WAV into longer frames than 5.1 */
        errors = rig.facts.decode_errors;
        if (invalid)
            *invalid = rig.facts.samples_invalid;
    }
    return errors;
}

static void what_is_cut_plays_as_far_as_it_goes(void **state)
{
    (void)state;
    static const char *const names[] = {"music.mp3", "speech.ogg"};
    for (size_t i = 0; i < 2; i++) {
        struct file file = read_file(names[i]);
        play(names[i], file.data, file.bytes / 2, NULL);
        play(names[i], file.data, file.bytes - 1, NULL);
        free(file.data);
    }
}

/* A byte here and there is another: errors are counted, and the next packets play. Ogg's pages have
 * sums, so that a whole page is lost with a byte. */
static void what_is_damaged_is_counted_and_goes_on(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t head, tail, step; /* bytes left whole at both ends, and from one to the next */
        uint64_t errors_min;
    } files[] = {{"music.mp3", 4096, 0, 400, 10},
                 {"speech.ogg", 40000, 20000, 30000, 0},
                 {"talk.m4a", 4096, 8192, 400, 10}};
    uint64_t random = 7;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct file file = read_file(files[i].name);
        size_t until = file.bytes - files[i].tail;
        for (size_t at = files[i].head; at < until;
             at += 1 + pl_random_next(&random) % files[i].step)
            file.data[at] = (char)pl_random_next(&random);
        assert_true(play(files[i].name, file.data, file.bytes, NULL) >= files[i].errors_min);
        free(file.data);
    }
}

/* 3 of 22,050 samples, which loop: 20 s hold 40 rounds, and one second of delay two more or less.
 */
static void samples_that_are_no_numbers_become_silence(void **state)
{
    (void)state;
    float samples[22050];
    for (int i = 0; i < 22050; i++)
        samples[i] = (float)(i % 100) / 200;
    samples[100] = NAN;
    samples[5000] = INFINITY;
    samples[22000] = -INFINITY;
    uint64_t invalid;
    struct file wave = make_wave(3, samples, 22050);
    assert_int_equal(play("nan.wav", wave.data, wave.bytes, &invalid), 0);
    assert_true(invalid >= 3 * 39 && invalid <= 3 * 41);
    free(wave.data);
}

#define BMP_HEAD (54 + 256 * 4) /* with its palette */
#define BMP_BYTES (BMP_HEAD + 64 * 64)

/* A BMP of 8 bits a pixel, whose runs are whatever follows its head: of such a one no decoder can
 * tell beforehand that its pixels are not there. */
static void write_bmp_head(char *at, uint32_t bytes, int32_t width, int32_t height)
{
    uint32_t offset = BMP_HEAD, header = 40, runs = 1;
    uint16_t planes = 1, bits = 8;
    memset(at, 0, offset);
    memcpy(at, "BM", 2), memcpy(at + 2, &bytes, 4), memcpy(at + 10, &offset, 4);
    memcpy(at + 14, &header, 4), memcpy(at + 18, &width, 4), memcpy(at + 22, &height, 4);
    memcpy(at + 26, &planes, 2), memcpy(at + 28, &bits, 2), memcpy(at + 30, &runs, 4);
}

/* A picture of 64x64, and one as long that claims another size. */
static struct file make_pictures(int32_t width, int32_t height)
{
    struct file file = {.bytes = 2 * BMP_BYTES};
    file.data = malloc(file.bytes);
    assert_non_null(file.data);
    memset(file.data, 7, file.bytes);
    write_bmp_head(file.data, BMP_BYTES, 64, 64);
    write_bmp_head(file.data + BMP_BYTES, BMP_BYTES, width, height);
    return file;
}

/* What FFmpeg itself would take, what it would not (2 GiB in 3 bytes a pixel), and nothing: each is
 * counted, nobody allocates for it, and what comes before and after plays on. */
static void a_header_that_claims_too_much_is_counted(void **state)
{
    (void)state;
    static const int32_t sizes[][2] = {{16000, 16000}, {26755, 26755}, {0, 0}};
    static const enum pl_format formats[] = {PL_FORMAT_FFMPEG, PL_FORMAT_RGBA};
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        struct file file = make_pictures(sizes[i / 2][0], sizes[i / 2][1]);
        struct pl_scenario s;
        struct rig rig;
        struct pl_error error = {""};
        rig_scenario(&s, "music.mp3");
        strcpy(s.media.picture, "64x64");
        strcpy(s.classes[0].name, "image");
        struct pl_recording *bytes = rig_material("claims.bmp", file.data, file.bytes);
        if (rig_open(&rig, &s, formats[i % 2], "glibc", bytes, &error))
            fail_msg("%s", error.text);
        rig_run(&rig, 4 * S);
        assert_true(pl_sides_live_peak(&rig.sides) < 1 << 20);
        rig_close(&rig);
        assert_true(rig.facts.decode_errors > 90);
        assert_true(rig.counts.delivered > 70);
        free(file.data);
    }
}

static void a_first_header_that_claims_too_much_gets_one_line(void **state)
{
    (void)state;
    static const int32_t sizes[][2] = {{16000, 16000}, {26755, 26755}, {0, 0}, {-3, INT32_MAX}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char bytes[BMP_BYTES];
        memset(bytes, 7, sizeof bytes);
        write_bmp_head(bytes, sizeof bytes, sizes[i][0], sizes[i][1]);
        fails_to_open("claims.bmp", bytes, sizeof bytes, "64x64", -EINVAL, "");
    }
}

static AVFrame *frame_of(int rate, int channels, int samples)
{
    AVFrame *frame = av_frame_alloc();
    assert_non_null(frame);
    frame->format = AV_SAMPLE_FMT_S16;
    frame->sample_rate = rate;
    frame->nb_samples = samples;
    av_channel_layout_default(&frame->ch_layout, channels);
    assert_true(av_frame_get_buffer(frame, 0) >= 0);
    memset(frame->data[0], 0, (size_t)(samples * channels) * 2);
    return frame;
}

/* A stream that turns from stereo at 44.1 kHz to mono, then to 22.05 kHz: two changes, and twice as
 * many samples out as in at the end. */
static void a_change_in_mid_stream_is_counted_and_followed(void **state)
{
    (void)state;
    static const struct {
        int rate, channels;
        uint64_t changes;
    } steps[] = {{44100, 2, 0}, {44100, 2, 0}, {44100, 1, 1}, {22050, 1, 2}, {22050, 1, 2}};
    struct pl_media_facts facts = {0};
    struct pl_media_resampler r = {
        .to_format = AV_SAMPLE_FMT_FLTP, .to_rate = 44100, .to_channels = 2, .facts = &facts};
    float left[8192], right[8192];
    uint8_t *out[] = {(uint8_t *)left, (uint8_t *)right};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        AVFrame *frame = frame_of(steps[i].rate, steps[i].channels, 1000);
        int samples = pl_media_resample(&r, frame, out, 8192);
        assert_int_equal(facts.source_changes, steps[i].changes);
        if (steps[i].rate == 44100)
            assert_int_equal(samples, 1000);
        else
            assert_true(samples >= 1900 && samples <= 2000);
        av_frame_free(&frame);
    }
    pl_media_resampler_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_media_gets_one_line),
        cmocka_unit_test(a_codec_that_ffmpeg_lacks_is_named),
        cmocka_unit_test(what_is_cut_plays_as_far_as_it_goes),
        cmocka_unit_test(what_is_damaged_is_counted_and_goes_on),
        cmocka_unit_test(samples_that_are_no_numbers_become_silence),
        cmocka_unit_test(a_header_that_claims_too_much_is_counted),
        cmocka_unit_test(a_first_header_that_claims_too_much_gets_one_line),
        cmocka_unit_test(a_change_in_mid_stream_is_counted_and_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
