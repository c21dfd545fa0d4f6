#include "harness/pipelines/tests/relay_rig.h"

struct pl_scenario relay_rig_scenario(void)
{
    return (struct pl_scenario){
        .path = "rig",
        .pipeline = PL_PIPELINE_RELAY,
        .duration_ns = 10 * S,
        .traffic = {.sessions = 1, .rate = 1.0},
        .relay = {.subscribers = 1,
                  .socket_initial = 2000,
                  .socket_max = 2000,
                  .rtt_ns = 50 * MS,
                  .video = 1},
        .classes = {{"packet", 128, -1},
                    {"buffer", 500, -1},
                    {"node", 32, -1},
                    {"session", 4096, -1}},
        .class_count = 4,
    };
}

const struct relay *relay_rig_run(struct rig *rig, const struct pl_scenario *s, int64_t ns)
{
    rig_open_in_order(rig, s, RELAY_RIG_LOOP, "glibc");
    rig_run(rig, ns);
    return rig->state;
}

uint64_t relay_rig_live(const struct rig *rig, int class)
{
    const struct pl_class_books *books = &rig->side->meter.books[class];
    return books->acquires - books->releases;
}
