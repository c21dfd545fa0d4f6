/* Which sites only ever hold more: minima over windows of the run that merge in pairs as it goes
 * on, so that there are always enough and never many (ledger.h has the rule). */
#include "allocators/ledger/books.h"

enum { WINDOWS_MIN = PL_LEDGER_WINDOWS / 2, WARM_UP = 1 };

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void merge_pairs(struct pl_ledger_minima *m)
{
    for (uint32_t i = 0; i < PL_LEDGER_WINDOWS / 2; i++) {
        m->blocks[i] = smaller(m->blocks[2 * i], m->blocks[2 * i + 1]);
        m->bytes[i] = smaller(m->bytes[2 * i], m->bytes[2 * i + 1]);
    }
}

static void end_window(struct pl_ledger_watched *w, uint32_t sites, int64_t now_ns)
{
    w->samples = 0;
    w->windows++;
    w->last_ns = now_ns;
    if (w->windows < PL_LEDGER_WINDOWS)
        return;
    for (uint32_t i = 0; i < sites; i++)
        merge_pairs(&w->sites[i]);
    w->windows /= 2;
    w->per_window *= 2;
}

/* Of a site that is new, all windows before this one are 0, as they were made. */
static void look_at(struct pl_ledger *ledger, uint32_t site)
{
    struct pl_ledger_watched *w = &ledger->watched;
    struct pl_ledger_minima *m = &w->sites[site];
    struct pl_ledger_count count;
    pl_ledger_site(ledger, site, &count);
    uint64_t blocks = pl_ledger_live_blocks(&count), bytes = pl_ledger_current(&count);
    bool first = w->samples == 0;
    m->blocks[w->windows] = first ? blocks : smaller(blocks, m->blocks[w->windows]);
    m->bytes[w->windows] = first ? bytes : smaller(bytes, m->bytes[w->windows]);
}

void pl_ledger_watch(struct pl_ledger *ledger, int64_t now_ns)
{
    struct pl_ledger_watched *w = &ledger->watched;
    uint32_t sites = pl_ledger_site_count(ledger);
    if (!w->per_window) {
        w->per_window = 1;
        w->first_ns = now_ns;
    }
    for (uint32_t i = 0; i < sites; i++)
        look_at(ledger, i);
    if (++w->samples == w->per_window)
        end_window(w, sites, now_ns);
}

static bool rises(const uint64_t *minima, uint32_t windows)
{
    for (uint32_t i = WARM_UP + 1; i < windows; i++)
        if (minima[i] <= minima[i - 1])
            return false;
    return true;
}

bool pl_ledger_leak(const struct pl_ledger *ledger, uint32_t site, struct pl_ledger_leak *leak)
{
    const struct pl_ledger_watched *w = &ledger->watched;
    const struct pl_ledger_minima *m = &w->sites[site];
    if (w->windows < WINDOWS_MIN || !rises(m->blocks, w->windows))
        return false;
    uint32_t last = w->windows - 1;
    double window_ns = (double)(w->last_ns - w->first_ns) / w->windows;
    double minutes = window_ns * (last - WARM_UP) / 60e9;
    if (minutes <= 0)
        return false;
    *leak = (struct pl_ledger_leak){
        .blocks_per_minute = (double)(m->blocks[last] - m->blocks[WARM_UP]) / minutes,
        .bytes_per_minute = ((double)m->bytes[last] - (double)m->bytes[WARM_UP]) / minutes,
        .windows = w->windows - WARM_UP,
        .window_ns = (int64_t)window_ns,
    };
    return true;
}
