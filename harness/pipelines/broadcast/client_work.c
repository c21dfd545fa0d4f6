/* What is done for clients, and by which workers (broadcast_state.h). */
#include "harness/pipelines/broadcast/broadcast_state.h"

/* Kind by kind: as many workers as clients serve one each, and four times as many have a job each,
 * as ascii-chat's threads. */
static void give_jobs(struct broadcast *b)
{
    static const enum client_task jobs[][2] = {{TASK_RECEIVE, TASK_RECEIVE},
                                               {TASK_CONSUME, TASK_SHOW},
                                               {TASK_SPEAK, TASK_SPEAK},
                                               {TASK_SEND, TASK_SEND}};
    for (uint32_t k = 0; k < sizeof jobs / sizeof *jobs; k++)
        for (uint32_t i = 0; i < b->settings->clients; i++) {
            uint32_t worker = pl_crew_assign(b->in.crew);
            for (enum client_task t = jobs[k][0]; t <= jobs[k][1]; t++)
                b->clients[i].work[t].task.worker = worker;
        }
}

static void add(struct work *w, struct client *c, pl_event_function fire, int64_t due_ns)
{
    w->client = c;
    w->task.event = (struct pl_event){.fire = fire, .context = w};
    pl_crew_add(c->broadcast->in.crew, &w->task, due_ns);
}

/* What comes to a client beside its pictures, on the worker that receives them. */
static void add_beside(struct work *w, struct client *c, pl_event_function fire)
{
    w->task.worker = c->work[TASK_RECEIVE].task.worker;
    add(w, c, fire, 0);
}

static void add_to_all(struct broadcast *b, enum client_task task, pl_event_function fire)
{
    for (uint32_t i = 0; i < b->settings->clients; i++)
        add(&b->clients[i].work[task], &b->clients[i], fire, 0);
}

/* At one time pictures arrive before they are shown, and are shown before they are sent. The
 * clients' first pictures come one after the other: they join then. */
void broadcast_add_work(struct broadcast *b)
{
    const struct pl_broadcast_settings *s = b->settings;
    give_jobs(b);
    for (uint32_t i = 0; i < s->clients; i++)
        add(&b->clients[i].work[TASK_RECEIVE], &b->clients[i], arrival_fire,
            arrival_due(&b->clients[i]));
    if (s->hostile)
        add_beside(&b->hostile, &b->clients[0], hostile_fire);
    if (s->rejoin_ns)
        add_beside(&b->rejoin, &b->clients[s->clients - 1], rejoin_fire);
    add_to_all(b, TASK_CONSUME, consume_fire);
    add_to_all(b, TASK_SHOW, show_fire);
    add_to_all(b, TASK_SPEAK, speak_fire);
    add_to_all(b, TASK_SEND, send_fire);
}
