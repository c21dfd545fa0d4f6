/* What instruments found for a cell's stack: each with what it can't see. */

function entriesOf(row) {
    return report.instruments.entries.filter(
        (entry) => entry.scenario === row.group.scenario && entry.allocator === row.stack &&
            entry.format === row.group.format && (entry.threads || 1) === row.threads);
}

function instrumentsPart(row) {
    const entries = entriesOf(row);
    if (!entries.length) return null;
    return part(
        'Under instruments',
        el('p', {class: 'note'}, 'Each is a run of its own, without a container.'),
        entries.map(instrumentPart));
}

function instrumentPart(entry) {
    const known = report.instruments.known[entry.instrument];
    return el(
        'article', {class: 'instrument'},
        el('h4', null, entry.instrument, entry.version ? ` ${entry.version}` : '', ' ',
           el('span', {class: entry.status === 'ok' ? 'ok' : 'bad'}, entry.status)),
        known ? el('p', null, `It sees ${known.sees}. `, el('b', null, 'What it can\'t see: '),
                   known.blind) :
                null,
        entry.why ? el('p', null, entry.why) : null,
        entry.allocator_run && entry.allocator_run !== entry.allocator ?
            el('p', {class: 'note'}, `Run as ${entry.allocator_run}.`) :
            null,
        instrumentFigures(entry), entry.benchmarks ? benchmarkTable(entry.benchmarks) : null,
        entry.sites.length ? el('ul', {class: 'plain'},
                                entry.sites.map((site) => el('li', null, el('code', null, site)))) :
                             null,
        entry.pictures.map(pictureOf), command(entry.reproduce));
}

function instrumentFigures(entry) {
    const figures = Object.entries(entry.figures || {});
    if (!figures.length && !entry.agreement) return null;
    return el(
        'dl', {class: 'facts'},
        figures.map(
            ([name, value]) =>
                [el('dt', null, name.replaceAll('_', ' ')),
                 el('dd', null,
                    Number.isInteger(value) ? count(value) :
                                              String(Number(value.toPrecision(6))))]),
        entry.agreement ? [el('dt', null, 'agreement'), el('dd', null, entry.agreement)] : null);
}

function benchmarkTable(benchmarks) {
    const ns = (value) => (value === undefined ? '\u2013' : plain(value));
    return scrolled(
        'benchmarks',
        el('table', {class: 'figures'},
           headings(
               'benchmark', ['CPU', 'ns/operation', true], ['lowest..highest', '', true],
               ['peak RSS', '', true]),
           el('tbody', null,
              benchmarks.map(
                  (one) =>
                      el('tr', null, el('th', {scope: 'row'}, one.name),
                         one.why ? el('td', {colspan: 3}, `skipped: ${one.why}`) : [
                             el('td', {class: 'n'}, ns(one.cpu_ns_per_operation)),
                             el('td', {class: 'n'},
                                `${ns(one.cpu_ns_per_operation_min)}..${
                                    ns(one.cpu_ns_per_operation_max)}`),
                             el('td', {class: 'n'},
                                one.rss_bytes_peak === undefined ? '\u2013' :
                                                                   bytes(one.rss_bytes_peak))
                         ])))));
}

/* The picture stands in the page already; what it draws is shown here once more. */
function pictureOf({name, caption}) {
    const figure = document.getElementById(`picture-${name}`);
    if (!figure) return el('p', {class: 'note'}, `${caption}: plots/${name}.svg`);
    const copy = figure.cloneNode(true);
    copy.removeAttribute('id');
    return copy;
}
