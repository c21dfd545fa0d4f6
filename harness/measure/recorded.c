/* Metrics of a replayed trace: what was recorded of its program, beside what the replay did. */
#include <string.h>

#include "harness/measure/value.h"
#include "harness/traffic/tape.h"

static const struct pl_tape *tape_of(const struct pl_measured *m)
{
    const struct pl_recording *recording = m->evidence->recording;
    return recording && pl_traits_of(m->scenario)->material == PL_MATERIAL_TAPE
               ? pl_tape_of(recording)
               : NULL;
}

static uint64_t recorded_bytes(const struct pl_tape_look *look)
{
    return look->rss_bytes > look->beside_bytes ? look->rss_bytes - look->beside_bytes : 0;
}

static uint64_t recorded_peak(const struct pl_tape *tape)
{
    uint64_t peak = 0;
    for (uint64_t i = 0; i < tape->look_count; i++) {
        uint64_t bytes = recorded_bytes(&pl_tape_looks(tape)[i]);
        peak = bytes > peak ? bytes : peak;
    }
    return peak;
}

struct pl_value pl_metric_recorded_rss_bytes_peak(const struct pl_measured *m)
{
    const struct pl_tape *tape = tape_of(m);
    return tape && tape->look_count ? pl_value_integer(recorded_peak(tape)) : pl_value_none();
}

/* Whether the replay did what the recorded program did, and nothing else. */
static bool is_alike(const struct pl_measured *m)
{
    const struct pl_trace_settings *t = &m->scenario->trace;
    return m->evidence->recorded_heap && t->copies == 1 && t->loop == PL_TRACE_LOOP_OFF &&
           t->touch == PL_TRACE_TOUCH_RECORDED;
}

/* What the replay's process weighs without its heap, which is not in the recording. A heap with a
 * library of its own has taken what it begins with by then, and that is in both. */
static double base_of(const struct pl_measured *m, const struct pl_tape *tape)
{
    return strstr(tape->heap, "/libc.so") ? (double)m->evidence->final.rss_bytes_before : 0;
}

/* The replay's own, at a time, straight between samples. Samples rise, and so do the looks.
 * @return below 0 behind the last sample */
static double replayed_bytes(const struct pl_cell_evidence *e, double base, double t_ns, size_t *at)
{
    while (*at + 1 < e->sample_count && (double)e->samples[*at + 1].t_ns < t_ns)
        (*at)++;
    if (*at + 1 >= e->sample_count)
        return -1;
    const struct pl_sample *a = &e->samples[*at], *b = &e->samples[*at + 1];
    double share = (t_ns - (double)a->t_ns) / (double)(b->t_ns - a->t_ns);
    double bytes = (double)a->rss_bytes + share * ((double)b->rss_bytes - (double)a->rss_bytes);
    return bytes > base ? bytes - base : 0;
}

/* Distances from what was recorded. */
struct errors {
    double sum, max; /* bytes */
    size_t looks;    /* that the replay reached */
};

static struct errors errors_of(const struct pl_measured *m, const struct pl_tape *tape)
{
    const double base = base_of(m, tape);
    struct errors errors = {0};
    size_t at = 0;
    for (uint64_t i = 0; i < tape->look_count; i++) {
        const struct pl_tape_look *look = &pl_tape_looks(tape)[i];
        double t_ns = (double)look->time_ms / m->scenario->trace.speed * 1e6;
        double bytes = replayed_bytes(m->evidence, base, t_ns, &at);
        if (bytes < 0)
            break;
        double error = fabs(bytes - (double)recorded_bytes(look));
        errors.sum += error;
        errors.max = error > errors.max ? error : errors.max;
        errors.looks++;
    }
    return errors;
}

static struct pl_value percent_of_peak(const struct pl_tape *tape, double bytes)
{
    return pl_value_real(100 * bytes / (double)recorded_peak(tape));
}

struct pl_value pl_metric_replayed_seconds(const struct pl_measured *m)
{
    const struct pl_final *final = pl_final_of(m);
    return final && final->trace_over_ns > 0 ? pl_value_real((double) final->trace_over_ns / 1e9)
                                             : pl_value_none();
}

struct pl_value pl_metric_recorded_rss_error_percent(const struct pl_measured *m)
{
    const struct pl_tape *tape = tape_of(m);
    if (!tape || !pl_final_of(m) || !is_alike(m))
        return pl_value_none();
    struct errors errors = errors_of(m, tape);
    return percent_of_peak(tape, errors.sum / (double)errors.looks);
}

struct pl_value pl_metric_recorded_rss_error_percent_max(const struct pl_measured *m)
{
    const struct pl_tape *tape = tape_of(m);
    if (!tape || !pl_final_of(m) || !is_alike(m))
        return pl_value_none();
    return percent_of_peak(tape, errors_of(m, tape).max);
}

struct pl_value pl_metric_alignment_fallbacks(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final && tape_of(m) ? pl_value_integer(final->stack.alignment_fallbacks)
                               : pl_value_none();
}

struct pl_value pl_metric_resize_fallbacks(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final && tape_of(m) ? pl_value_integer(final->stack.resize_fallbacks) : pl_value_none();
}
