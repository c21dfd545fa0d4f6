#include "harness/pipelines/relay/history.h"

#include <string.h>

static void append(struct relay_sent_list *list, struct relay_sent *sent)
{
    sent->next = NULL;
    if (list->last)
        list->last->next = sent;
    else
        list->first = sent;
    list->last = sent;
    list->count++;
}

static struct relay_sent *take(struct relay_sent_list *list)
{
    struct relay_sent *sent = list->first;
    list->first = sent->next;
    if (!list->first)
        list->last = NULL;
    list->count--;
    return sent;
}

static void release(const struct relay *r, struct pl_side *side, const struct relay_subscriber *u,
                    struct relay_sent *sent)
{
    if (sent->subscriber != u->index)
        pl_counter_add(&side->counts.integrity_errors, 1);
    pl_meter_release(&side->meter, r->classes[CLASS_HISTORY], sent);
}

/* What is known to be lost was sent before all that nothing is known of. */
static struct relay_sent_list *oldest(struct relay_history *h)
{
    return h->lost.first ? &h->lost : &h->sent;
}

/* Full with one more. */
static bool is_full(const struct pl_relay_settings *s, struct relay_history *h, int64_t now_ns)
{
    const struct relay_sent *first = oldest(h)->first;
    return first &&
           ((s->rtcp_history_ns && now_ns - first->sent_ns > s->rtcp_history_ns) ||
            (s->rtcp_history_packets && h->sent.count + h->lost.count >= s->rtcp_history_packets));
}

void relay_history_add(const struct relay *r, struct pl_side *side,
                       const struct relay_subscriber *u, bool lost, int64_t now_ns)
{
    if (!r->histories)
        return;
    struct relay_history *h = &r->histories[u->index];
    while (is_full(r->settings, h, now_ns)) {
        release(r, side, u, take(oldest(h)));
        pl_counter_add(&side->counts.rtcp_history_expired, 1);
    }
    struct relay_sent *sent = pl_meter_acquire(&side->meter, r->classes[CLASS_HISTORY]);
    if (!sent)
        return; /* it is sent all the same, and no feedback can be matched with it */
    memset(sent, 0, side->meter.sizes[r->classes[CLASS_HISTORY]]); /* as a constructor does */
    sent->sent_ns = now_ns;
    sent->subscriber = u->index;
    sent->lost = lost;
    append(&h->sent, sent);
}

uint32_t relay_history_told(const struct relay *r, const struct relay_subscriber *u,
                            int64_t sent_until_ns, uint32_t most)
{
    uint32_t count = 0;
    for (const struct relay_sent *sent = r->histories[u->index].sent.first;
         sent && count < most && sent->sent_ns <= sent_until_ns; sent = sent->next)
        count++;
    return count;
}

void relay_history_acknowledge(const struct relay *r, struct pl_side *side,
                               const struct relay_subscriber *u, uint32_t count)
{
    struct relay_history *h = &r->histories[u->index];
    while (count--) {
        struct relay_sent *sent = take(&h->sent);
        if (sent->lost)
            append(&h->lost, sent);
        else
            release(r, side, u, sent);
    }
}

void relay_history_clear(const struct relay *r, struct pl_side *side,
                         const struct relay_subscriber *u)
{
    struct relay_history *h = r->histories ? &r->histories[u->index] : NULL;
    while (h && oldest(h)->first)
        release(r, side, u, take(oldest(h)));
}
