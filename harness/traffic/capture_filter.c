/* libpcap's programs by link type (capture_filter.h). */
#include "harness/traffic/capture_filter.h"

#include <errno.h>

enum { SNAP_LENGTH = 262144 }; /* tcpdump's own */

static int compile(struct pl_filter *f, int link, struct pl_error *error)
{
    pcap_t *dead = f->count < PL_FILTER_LINKS ? pcap_open_dead(link, SNAP_LENGTH) : NULL;
    if (!dead)
        return pl_error_set(error, -EINVAL, "the filter can't be asked of link type %d", link);
    int rc = pcap_compile(dead, &f->compiled[f->count].program, f->text, 1, PCAP_NETMASK_UNKNOWN);
    if (rc)
        pl_error_set(error, -EINVAL, "the filter '%.120s' is not understood: %s", f->text,
                     pcap_geterr(dead));
    else
        f->compiled[f->count++].link = link;
    pcap_close(dead);
    return rc ? -EINVAL : 0;
}

int pl_filter_open(struct pl_filter *f, const char *text, int link, struct pl_error *error)
{
    *f = (struct pl_filter){.text = text && *text ? text : NULL};
    return f->text ? compile(f, link, error) : 0;
}

int pl_filter_passes(struct pl_filter *f, int link, const struct pl_frame *frame, bool *passes,
                     struct pl_error *error)
{
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->captured,
                                 .len = (bpf_u_int32)(frame->captured + frame->missing)};
    size_t i = 0;
    *passes = true;
    if (!f->text)
        return 0;
    while (i < f->count && f->compiled[i].link != link)
        i++;
    int rc = i == f->count ? compile(f, link, error) : 0;
    if (!rc)
        *passes = pcap_offline_filter(&f->compiled[i].program, &header, frame->data);
    return rc;
}

void pl_filter_close(struct pl_filter *f)
{
    for (size_t i = 0; i < f->count; i++)
        pcap_freecode(&f->compiled[i].program);
    f->count = 0;
}
