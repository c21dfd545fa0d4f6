/* Parts of a cell's page: figures, latencies, drops, repetitions. */

/* Bars of values, each with its text and, where repetitions differ, [lowest, highest] as a whisker;
 * the longest is the whole width. */
function bars(caption, entries, write) {
    const most =
        Math.max(...entries.flatMap(([, value, , ends]) => [value, ...(ends || [])]), 0) || 1;
    const share = (value) => `${Math.max(0, value / most) * 100}%`;
    return el(
        'table', {class: 'bars'}, el('caption', null, caption),
        el('tbody', null, entries.map(([name, value, more, ends]) => {
            const bar = el('span', {class: 'bar', 'aria-hidden': 'true'});
            bar.style.setProperty('--share', share(value));
            const whisker = ends ? el('span', {class: 'whisker', 'aria-hidden': 'true'}) : null;
            if (whisker) {
                whisker.style.setProperty('--low', share(ends[0]));
                whisker.style.setProperty('--high', share(ends[1]));
            }
            return el(
                'tr', null, el('th', {scope: 'row'}, name), el('td', {class: 'n'}, write(value)),
                el('td', {class: 'bar-room'}, el('div', null, bar, whisker)),
                more === undefined ? null : el('td', null, more));
        })));
}

function part(title, ...children) {
    const held = children.flat(3).filter(Boolean);
    return held.length ? el('section', {class: 'part'}, el('h3', null, title), held) : null;
}

const BETTER = {
    lower: 'lower is better',
    higher: 'higher is better',
    none: ''
};

/* Every metric that the cell has. */
function metricsPart(row) {
    const have = report.metrics.filter((metric) => figureOf(row, metric.name));
    if (!have.length) return part('Figures', el('p', {class: 'note'}, 'It left none.'));
    return part(
        'Figures',
        scrolled(
            'figures',
            el('table', {class: 'figures'},
               el('caption', null, 'Class D repeats to the byte, S nearly, N is noisy'),
               headings(
                   'metric', ['median', '', true], ['lowest..highest', '', true], 'class',
                   'what it is'),
               el('tbody', null, have.flatMap((metric) => {
                   const line =
                       metricLine(row, metric, figureOf(row, metric.name), metric.name, metric.how);
                   const own =
                       metric.name === 'cpu_ns_per_packet' ? aboveFloor(row, metric.name) : null;
                   return own ?
                       [
                           line,
                           metricLine(
                               row, metric, own, 'above null',
                               'less the floor: what the harness itself costs')
                       ] :
                       [line];
               })))));
}

function metricLine(row, metric, figure, name, how) {
    const write = (value) => written(value, metric.unit);
    const better = BETTER[metric.better];
    return el(
        'tr', null, el('th', {scope: 'row'}, name.replaceAll('_', ' ')),
        el('td', {class: 'n'}, write(figure.median)),
        el('td', {class: 'n'},
           spread(figure, write) || (figure.count > 1 ? `alike in ${figure.count}` : '')),
        el('td', null, metric.class), el('td', {class: 'how'}, how, better ? `; ${better}` : ''));
}

function latencyPart(row) {
    const quantiles =
        [['p50', 'half'], ['p99', '1 in 100'], ['p999', '1 in 1,000'], ['max', 'the slowest']]
            .map(([name, words]) => [`${name}: ${words}`, figureOf(row, `acquire_ns_${name}`)])
            .filter(([, figure]) => figure);
    if (!quantiles.length) return null;
    const length = (value) => Math.log10(Math.max(1, value));
    const repeated = quantiles.some(([, figure]) => figure.count > 1);
    return part(
        'How long an acquire takes',
        scrolled(
            'latencies',
            bars(
                `One in 64 timed, two clock reads included; bars are logarithmic. ${
                    repeated ? 'A line spans all repetitions' :
                               'One run: how far they spread is not known'}`,
                quantiles.map(
                    ([name, figure]) =>
                        [name, length(figure.median), spread(figure, nanoseconds),
                         figure.count > 1 ? [length(figure.low), length(figure.high)] : null]),
                (value) => nanoseconds(10 ** value))));
}

const DROPS = [
    ['limit', 'an acquire was refused'], ['late', 'too late to be played'],
    ['duplicate', 'was there already'], ['session', 'its session was ended'],
    ['queue', 'a bounded queue was full'], ['kernel', 'the socket\'s buffer was full'],
    ['invalid', 'no RTP, or too long']
];

function dropsPart(row) {
    const all = figureOf(row, 'packets_dropped'), received = figureOf(row, 'packets_received');
    if (!all) return null;
    const share = received && received.median ?
        ` of ${count(received.median)} (${decimal(100 * all.median / received.median)} %)` :
        '';
    if (!all.median)
        return part(
            'Packets dropped',
            el('p', null, `None${received ? ` of ${count(received.median)}` : ''}.`));
    const reasons = DROPS.map(([name, words]) => [words, figureOf(row, `packets_dropped_${name}`)])
                        .filter(([, figure]) => figure && figure.median)
                        .map(([words, figure]) => [words, figure.median]);
    return part(
        'Packets dropped', el('p', null, `${count(all.median)}${share}`),
        bars('By reason', reasons, count));
}

/* Short facts, those that there are. */
function factsPart(row) {
    const facts = [];
    const add = (name, metric, more = '') => {
        const figure = figureOf(row, metric);
        if (figure) facts.push([name, written(figure.median, unitOf(metric)) + more]);
    };
    const faults = figureOf(row, 'faults_minor'), packets = figureOf(row, 'packets_received');
    add('Page faults', 'faults_minor',
        faults && packets && packets.median ?
            `, ${decimal(1000 * faults.median / packets.median)} a thousand packets` :
            '');
    add('Churn', 'churn_bytes_per_second');
    add('Churn', 'churn_ops_per_second', ' acquires and releases');
    add('Collector cycles', 'gc_cycles');
    add('Minor collections', 'gc_minor_collections');
    add('Longest pause of the collector', 'gc_pause_ns_max');
    add('Fallbacks around a pool or limit', 'fallback_allocations');
    if (!facts.length) return null;
    return part(
        'Faults, churn and collector',
        el('dl', {class: 'facts'},
           facts.map(([name, text]) => [el('dt', null, name), el('dd', null, text)])));
}

/* "live_bytes > 3145728 (3.1 MiB)": a quantity of bytes says so in its name. */
function alertText({alert, t_seconds: time, value}) {
    const write = alert.split(' ')[0].endsWith('_bytes') ? bytes : count;
    return `at ${duration(time)}: ${alert}${typeof value === 'number' ? ` (${write(value)})` : ''}`;
}

function alertsPart(row) {
    if (!row.alerts) return null;
    const most = 12;
    return part(
        'Alerts',
        el('ul', null, row.alerts.slice(0, most).map((alert) => el('li', null, alertText(alert)))),
        row.alert_count > most ?
            el('p', {class: 'note'}, `and ${count(row.alert_count - most)} more in results.json.`) :
            null);
}

function repetitionsPart(row) {
    if (row.repetitions.length < 2) return null;
    return part(
        'Repetitions',
        scrolled(
            'repetitions',
            el('table', {class: 'figures'},
               headings(
                   ['repetition', '', true], ['seed', '', true], 'outcome', 'why', 'expectation'),
               el('tbody', null,
                  row.repetitions.map(
                      (one) =>
                          el('tr', null, el('td', {class: 'n'}, one.repetition),
                             el('td', {class: 'n'}, one.seed),
                             el('td', null, el('span', {class: `o ${one.outcome}`}, one.outcome)),
                             el('td', null, one.outcome_why),
                             el('td', null, one.expected_why || '')))))));
}

function environmentPart(row) {
    const limits = Object.entries(row.limits || {});
    return part(
        'Environment',
        el('dl', {class: 'facts'}, el('dt', null, 'Variables'),
           el('dd', null,
              (row.environment || []).length ?
                  row.environment.map((text) => [el('code', null, text), ' ']) :
                  'none set'),
           limits.length ?
               [
                   el('dt', null, 'Limits'),
                   el('dd', null, limits.map(([name, size]) => `${name} ${bytes(size)}`).join(', '))
               ] :
               null,
           el('dt', null, 'Held by'),
           el('dd', null,
              row.group.container === 'none' ?
                  'no container' :
                  `${row.group.container}, ${bytes(row.group.container_bytes)}`),
           el('dt', null, 'Threads'), el('dd', null, String(row.threads)),
           row.heap && row.heap.version ?
               [
                   el('dt', null, 'Heap'),
                   el('dd', null,
                      [row.heap.name, row.heap.version].join(' ') +
                          (row.heap.library ? `, ${row.heap.library}` : ''))
               ] :
               null,
           row.library ? [el('dt', null, 'Library'), el('dd', null, row.library)] : null,
           row.series ? [el('dt', null, 'Series'), el('dd', null, el('code', null, row.series))] :
                        null),
        el('p', {class: 'note'}, 'The host stands under ',
           viewLink('About', {cell: null, view: 'about', ...freshCell}), '.'));
}
