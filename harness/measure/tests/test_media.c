/* Metrics of media and of collectors, from evidence made by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/measure/metrics.h"

/* 10 s of media held, RSS from 8 to 11.5 MB; a round trip with 1/1000 of the signal's power as
 * error: 30 dB. */
static struct pl_cell_evidence evidence(struct pl_sample *samples)
{
    samples[0] = (struct pl_sample){.t_ns = 0, .rss_bytes = 8000000};
    samples[1] = (struct pl_sample){.t_ns = INT64_C(20000000000), .rss_bytes = 11500000};
    struct pl_cell_evidence e = {.samples = samples, .sample_count = 2, .has_final = true};
    e.final.t_ns = INT64_C(20000000000);
    e.final.media = (struct pl_media_facts){.present = 1,
                                            .held_ns = UINT64_C(10000000000),
                                            .decode_errors = 3,
                                            .samples_invalid = 4,
                                            .source_changes = 5,
                                            .crossfades = 6,
                                            .crossfades_cut = 1,
                                            .encoded_bytes = 7,
                                            .frames_leaked = 8,
                                            .compared = 100,
                                            .signal = 50,
                                            .noise = 0.05,
                                            .error_max = 0.25};
    return e;
}

static double metric(const struct pl_measured *m, const char *name)
{
    const struct pl_metric *found = pl_metric_find(name);
    assert_non_null(found);
    return pl_value_double(found->value(m));
}

static void facts_become_metrics(void **state)
{
    (void)state;
    struct pl_sample samples[2];
    struct pl_scenario s = {.media = {.crossfade_ns = 1, .leak = 0.5}};
    struct pl_cell_evidence e = evidence(samples);
    struct pl_measured m;
    pl_measure(&s, &e, &m);
    assert_true(metric(&m, "rss_bytes_per_media_second") == 350000);
    assert_true(fabs(metric(&m, "round_trip_snr_db") - 30) < 1e-9);
    assert_true(metric(&m, "round_trip_error_max") == 0.25);
    assert_true(metric(&m, "decode_errors") == 3);
    assert_true(metric(&m, "samples_invalid") == 4);
    assert_true(metric(&m, "source_changes") == 5);
    assert_true(metric(&m, "crossfades") == 6);
    assert_true(metric(&m, "crossfades_cut") == 1);
    assert_true(metric(&m, "encoded_bytes_total") == 7);
    assert_true(metric(&m, "frames_leaked") == 8);
    s.media.leak = 0; /* of a scenario that loses none nothing is said */
    pl_measure(&s, &e, &m);
    assert_true(isnan(metric(&m, "frames_leaked")));
}

static void what_is_exact_has_no_ratio(void **state)
{
    (void)state;
    struct pl_sample samples[2];
    struct pl_scenario s = {0};
    struct pl_cell_evidence e = evidence(samples);
    struct pl_measured m;
    e.final.media.noise = e.final.media.error_max = 0;
    pl_measure(&s, &e, &m);
    assert_true(isnan(metric(&m, "round_trip_snr_db")));
    assert_true(metric(&m, "round_trip_error_max") == 0);
    assert_true(isnan(metric(&m, "crossfades"))); /* none was asked for */
}

/* Of another pipeline, and where nothing is held at the end, there is nothing to say. */
static void without_media_there_is_nothing(void **state)
{
    (void)state;
    struct pl_sample samples[2];
    struct pl_scenario s = {.media = {.crossfade_ns = 1}};
    struct pl_cell_evidence e = evidence(samples);
    struct pl_measured m;
    e.final.media.held_ns = 0;
    pl_measure(&s, &e, &m);
    assert_true(isnan(metric(&m, "rss_bytes_per_media_second")));
    e.final.media.present = 0;
    pl_measure(&s, &e, &m);
    static const char *const names[] = {"rss_bytes_per_media_second",
                                        "round_trip_snr_db",
                                        "round_trip_error_max",
                                        "decode_errors",
                                        "samples_invalid",
                                        "source_changes",
                                        "crossfades",
                                        "crossfades_cut",
                                        "encoded_bytes_total"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(isnan(metric(&m, names[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_become_metrics),
        cmocka_unit_test(what_is_exact_has_no_ratio),
        cmocka_unit_test(without_media_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
