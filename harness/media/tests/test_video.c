/* Pictures as FFmpeg's decoder made them. Apart, since memcheck is no judge of them: the decoder's
 * vector code reads what nothing has written yet, and masks it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/media/tests/rig.h"

#define S INT64_C(1000000000)

static void a_video_decoders_frames_lie_in_the_stack(void **state)
{
    (void)state;
    for (int pooled = 0; pooled < 2; pooled++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "clip.mp4");
        strcpy(s.media.picture, "640x360");
        strcpy(s.classes[0].name, "image");
        s.media.delay_ns = 200000000;
        s.media.buffer_pool = pooled;
        rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
        rig_run(&rig, 4 * S); /* through the end of the clip, twice */
        assert_true(pl_sides_live(&rig.sides) >= 5 * 640 * 360 * 3 / 2);
        if (pooled)
            assert_true(rig.side->meter.books[0].acquires < 30);
        rig_close(&rig);
        assert_int_equal(rig.counts.received, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_video_decoders_frames_lie_in_the_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
