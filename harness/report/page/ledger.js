/* Who allocated what: the ledger of a cell's page. */

function ledgerPart(row) {
    const {ledger} = row;
    if (!ledger) return null;
    const when = {
        asked: 'as asked',
        end: 'at the end',
        last: 'the last report of a cell that did not come to its end'
    };
    return [
        part(
            'Who allocated what',
            el('p', null,
               `After ${duration(ledger.t_seconds)} (${when[ledger.reason] || ledger.reason}): ${
                   bytes(ledger.totals.current_bytes)} in ${
                   count(ledger.totals.live_blocks)} live blocks, at most ${
                   bytes(ledger.totals.peak_bytes)}; ${
                   bytes(ledger.totals.allocated_bytes)} allocated, ${
                   bytes(ledger.totals.freed_bytes)} freed.`,
               ledger.at_rest ?
                   '' :
                   ' Threads were at work: figures are of moments close to each other.',
               ledger.corruptions ?
                   el('b', {class: 'bad'}, ` ${count(ledger.corruptions)} corruptions.`) :
                   ''),
            leaks(ledger), sites(ledger)),
        part(
            'Churn by site',
            bars(
                'Bytes allocated and freed, a second of the replay',
                [...ledger.sites]
                    .sort((a, b) => b.churn_bytes_per_second - a.churn_bytes_per_second)
                    .slice(0, 12)
                    .map((site) => [site.site, site.churn_bytes_per_second]),
                (v) => `${bytes(v)}/s`)),
        part(
            'Sizes',
            bars(
                'Blocks allocated, by size',
                ledger.size_classes.map(
                    (size) =>
                        [`up to ${bytes(size.up_to_bytes)}`, size.allocated_blocks,
                         `${bytes(size.allocated_bytes)}; live ${count(size.live_blocks)}`]),
                count)),
        part(
            'Ages',
            bars(
                'Live bytes, by the age of their blocks',
                ledger.ages.map(
                    (age) =>
                        [age.below_seconds === undefined ?
                             `${age.from_seconds} s and older` :
                             `${age.from_seconds} to ${age.below_seconds} s`,
                         age.current_bytes, `${count(age.live_blocks)} blocks`]),
                bytes)),
        ledger.live.length ? part(
                                 'Live blocks',
                                 el('ul', {class: 'plain'},
                                    ledger.live.map(
                                        (live) =>
                                            el('li', null,
                                               el('code', null,
                                                  `${count(live.live_blocks)} x ${
                                                      bytes(live.size_bytes)} ${live.site}`))))) :
                             null
    ];
}

function leaks(ledger) {
    const stuck = ledger.stuck || [];
    if (!ledger.suspected_leaks.length && !stuck.length)
        return el('p', {class: 'note'}, 'No site is suspected of a leak.');
    return [
        el('p', null, 'Suspected of a leak, or a queue that still fills up:'),
        el('ul', null,
           ledger.suspected_leaks.map(
               (leak) =>
                   el('li', null,
                      `${leak.site}: ${bytes(leak.bytes_per_minute)} (${
                          count(leak.blocks_per_minute)} blocks) a minute, over ${
                          leak.windows} windows of ${duration(leak.window_seconds)}`)),
           stuck.map(
               (site) =>
                   el('li', null,
                      `${site.site}: ${count(site.live_blocks)} blocks, all older than ${
                          duration(site.youngest_seconds)}, while ${
                          count(site.refused)} acquires were refused`)))
    ];
}

function sites(ledger) {
    const left = ledger.site_count - ledger.sites.length;
    return [
        scrolled(
            'sites',
            el('table', {class: 'figures'},
               el('caption', null, 'By site, those that hold most first'),
               headings(
                   'site', ['live', '', true], ['blocks', '', true], ['peak', '', true],
                   ['allocated', '', true], ['freed', '', true], ['oldest', '', true]),
               el('tbody', null,
                  ledger.sites.map(
                      (site) =>
                          el('tr', null,
                             el('th', {scope: 'row', title: (site.chain || []).join('\n') || null},
                                site.site),
                             [
                                 bytes(site.current_bytes), count(site.live_blocks),
                                 bytes(site.peak_bytes), bytes(site.allocated_bytes),
                                 bytes(site.freed_bytes),
                                 site.oldest_seconds === undefined ? '\u2013' :
                                                                     duration(site.oldest_seconds)
                             ].map((text) => el('td', {class: 'n'}, text))))))),
        left > 0 ? el('p', {class: 'note'}, `${left} more in results.json.`) : null
    ];
}
