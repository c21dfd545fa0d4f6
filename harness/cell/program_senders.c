/* Jobs and processes of senders (program_senders.h). */
#include "harness/cell/program_senders.h"

#include "harness/cell/enclosing.h"
#include "harness/cell/record.h"
#include "harness/traffic/material.h"

bool pl_program_sender_failed(const struct pl_program_sender *fed)
{
    return !fed->sent_all || fed->late_ns > PL_SENDER_LATE_NS;
}

static struct pl_live_link *link_of(const struct pl_program_senders *f, uint32_t i)
{
    return &pl_job_of(&f->memory[i])->link;
}

static int open_one(struct pl_program_senders *f, const struct pl_scenario *s, uint32_t i,
                    const struct pl_recording *recording, uint64_t seed, struct pl_error *error)
{
    struct pl_enclosing enclosing;
    pl_enclosing_look(&enclosing);
    struct pl_job_options options = {.scenario = s,
                                     .recording = recording,
                                     .stack = "glibc",
                                     .format = PL_FORMAT_OWN,
                                     .clock = PL_CLOCK_WALL,
                                     .threads = 1,
                                     .seed = seed + i,
                                     .room_bytes = pl_enclosing_room(&enclosing)};
    f->memory[i] = PL_JOB_MEMORY_NONE;
    int rc = pl_job_make(&options, &f->memory[i], error);
    if (rc)
        return rc;
    f->count++;
    link_of(f, i)->to = s->program.sends[i].address;
    link_of(f, i)->port[0] = s->program.sends[i].port;
    return 0;
}

int pl_program_senders_open(struct pl_program_senders *f, const struct pl_scenario *s,
                            const struct pl_recording *recording, uint64_t seed,
                            struct pl_error *error)
{
    const struct pl_material *material = pl_recording_material(recording);
    int rc = 0;
    *f = (struct pl_program_senders){0};
    for (uint32_t i = 0; !rc && i < s->program.send_count; i++)
        rc = open_one(f, s, i, pl_material_file(material, i), seed, error);
    if (rc)
        pl_program_senders_close(f, NULL);
    return rc;
}

int pl_program_senders_start(struct pl_program_senders *f, int64_t start_ns, struct pl_error *error)
{
    int rc = 0;
    f->started = true;
    for (uint32_t i = 0; !rc && i < f->count; i++) {
        atomic_store(&link_of(f, i)->start_ns, start_ns);
        rc = pl_sender_process_start(&f->sender[i], f->memory[i].fd, error);
    }
    return rc;
}

bool pl_program_senders_failed(struct pl_program_senders *f, struct pl_error *error)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (pl_sender_process_failed(&f->sender[i], error))
            return true;
    return false;
}

static void add_up(const struct pl_live_link *link, struct pl_program_sender *fed)
{
    int64_t late_ns = atomic_load(&link->late_ns_max);
    fed->sent += atomic_load(&link->sent);
    fed->send_errors += atomic_load(&link->send_errors);
    fed->late_ns = late_ns > fed->late_ns ? late_ns : fed->late_ns;
    fed->sent_all &= atomic_load(&link->sent_all) != 0;
}

void pl_program_senders_close(struct pl_program_senders *f, struct pl_program_sender *fed)
{
    if (fed)
        *fed = (struct pl_program_sender){.sent_all = f->started};
    for (uint32_t i = 0; i < f->count; i++) {
        pl_sender_process_end(&f->sender[i]);
        if (fed)
            add_up(link_of(f, i), fed);
        pl_job_memory_free(&f->memory[i]);
    }
    f->count = 0;
}
