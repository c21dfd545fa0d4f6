/* Metrics of media: what a second of it weighs, and how exact its format is. */
#include "harness/measure/value.h"

static const struct pl_media_facts *facts_of(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final && final->media.present ? &final->media : NULL;
}

struct pl_value pl_metric_rss_bytes_per_media_second(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    const struct pl_cell_evidence *e = m->evidence;
    if (!facts || facts->held_ns == 0 || e->sample_count < 2)
        return pl_value_none();
    double grown =
        (double)e->samples[e->sample_count - 1].rss_bytes - (double)e->samples[0].rss_bytes;
    return pl_value_real(grown / ((double)facts->held_ns / 1e9));
}

struct pl_value pl_metric_round_trip_snr_db(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    if (!facts || facts->compared == 0 || facts->noise <= 0)
        return pl_value_none();
    return pl_value_real(10 * log10(facts->signal / facts->noise));
}

struct pl_value pl_metric_round_trip_error_max(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    return facts && facts->compared ? pl_value_real(facts->error_max) : pl_value_none();
}

struct pl_value pl_metric_encoded_bytes_total(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    return facts && facts->encoded_bytes ? pl_value_integer(facts->encoded_bytes) : pl_value_none();
}

struct pl_value pl_metric_crossfades(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    return facts && m->scenario->media.crossfade_ns ? pl_value_integer(facts->crossfades)
                                                    : pl_value_none();
}

struct pl_value pl_metric_crossfades_cut(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    return facts && m->scenario->media.crossfade_ns ? pl_value_integer(facts->crossfades_cut)
                                                    : pl_value_none();
}

/* Of a scenario that loses none it says nothing. */
struct pl_value pl_metric_frames_leaked(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    return facts && m->scenario->media.leak > 0 ? pl_value_integer(facts->frames_leaked)
                                                : pl_value_none();
}

struct pl_value pl_metric_decode_errors(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    return facts ? pl_value_integer(facts->decode_errors) : pl_value_none();
}

struct pl_value pl_metric_samples_invalid(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    return facts ? pl_value_integer(facts->samples_invalid) : pl_value_none();
}

struct pl_value pl_metric_source_changes(const struct pl_measured *m)
{
    const struct pl_media_facts *facts = facts_of(m);
    return facts ? pl_value_integer(facts->source_changes) : pl_value_none();
}
