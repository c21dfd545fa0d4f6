/* The matrix: a row a scenario, a column a stack, a colour for what it costs. The value stands in
 * each cell as text, so colour alone says nothing. */

const COLUMNS_MOST = 14;

/* How deep a cell's colour is, 0 to 1, and what the legend says of its five steps. */
const RATIO = {
    text: 'times the least of its scenario: ',
    steps: ['1\u00d7', '2\u00d7', '4\u00d7', '8\u00d7', '16\u00d7 or more'],
    heat(value, values) {
        const least = Math.min(...values.filter((v) => v > 0));
        return value > 0 && least > 0 ? Math.log2(value / least) / 4 : 0;
    },
};
const SHARE = {
    text: 'share of the most of its scenario: ',
    steps: ['0', '\u00bc', '\u00bd', '\u00be', 'most'],
    heat: (value, values) => value / Math.max(...values, 1e-9),
};
/* Some KiB a minute are no leak, however little the others grow. */
const GROWTH = {
    text: 'a minute: ',
    steps: ['64 KiB or less', '362 KiB', '2 MiB', '11.3 MiB', '64 MiB or more'],
    heat: (value) => (value > 0 ? Math.log2(value / 65536) / 10 : 0),
};
const LOST = {
    text: 'of the packets received: ',
    steps: ['0', '\u00bc', '\u00bd', '\u00be', 'all'],
    heat: (value, values, row) =>
        value / ((figureOf(row, 'packets_received') || {}).median || Infinity),
};

const MATRIX_METRICS =
    [
        {key: 'peak', name: 'Peak RSS', metric: 'rss_bytes_peak', colour: RATIO},
        {key: 'growth', name: 'RSS growth', metric: 'rss_growth_bytes_per_minute', colour: GROWTH},
        {key: 'cpu', name: 'CPU a packet', metric: 'cpu_ns_per_packet', colour: RATIO},
        {
            key: 'cpu-own',
            name: 'CPU above null',
            metric: 'cpu_ns_per_packet',
            colour: SHARE,
            floor: true
        },
        {key: 'drops', name: 'Packets dropped', metric: 'packets_dropped', colour: LOST},
        {key: 'faults', name: 'Page faults', metric: 'faults_minor', colour: RATIO},
        {key: 'over', name: 'Peak RSS over live', metric: 'rss_over_live', colour: RATIO},
    ]
        .map(
            (choice) =>
                ({...choice, unit: unitOf(choice.metric), of: (row) => columnFigure(choice, row)}));

const SIGNS = {
    bounded: '',
    growing: '\u2197',
    oom_killed: '\u00d7',
    alloc_failed: '\u2205',
    crashed: '!',
    timeout: '\u2026'
};

/* A server that loses most of its packets is as good as dead, whatever its memory does. */
const DROPS_FROM = 0.01;

function dropShare(row) {
    const dropped = figureOf(row, 'packets_dropped'), received = figureOf(row, 'packets_received');
    return dropped && received && received.median > 0 ? dropped.median / received.median : 0;
}

function dropMark(row) {
    const share = dropShare(row);
    return share < DROPS_FROM ?
        null :
        el('small', {class: 'drops'}, el('span', {'aria-hidden': 'true'}, '\u25be '),
           el('span', {class: 'spoken'}, ', drops '),
           `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`);
}

/* The usual stacks, then those that most scenarios have; of a single scenario all that fit. */
function matrixStacks() {
    const counts = new Map();
    allRows.forEach((row) => counts.set(row.label, (counts.get(row.label) || 0) + 1));
    const shared =
        [...counts.keys()].filter((name) => report.groups.length < 3 || counts.get(name) > 1);
    const rank = (name) =>
        (report.known.includes(name) ? report.known.indexOf(name) - 1000 : -counts.get(name));
    return shared.sort((a, b) => rank(a) - rank(b)).slice(0, COLUMNS_MOST);
}

function matrixCell(metric, row, values) {
    if (!row) return el('td', {class: 'none'}, '');
    const figure = metric.of(row), value = figure ? figure.median : null;
    const text = value === null ? '\u2013' : written(value, metric.unit);
    const sign = SIGNS[row.outcome];
    const cell =
        el('td', {class: 'n'},
           cellLink(
               row,
               [
                   sign ? el('span', {class: 'sign', 'aria-hidden': 'true'}, sign) : null, text,
                   row.outcome === 'bounded' ? null :
                                               el('span', {class: 'spoken'}, `, ${row.outcome}`),
                   metric.key === 'drops' ? null : dropMark(row)
               ],
               {title: `${row.group.scenario}, ${row.label}: ${row.outcome_text}`}));
    const heat = value === null ? 0 : metric.colour.heat(value, values, row);
    cell.style.setProperty('--heat-share', `${Math.round(Math.max(0, Math.min(heat, 1)) * 100)}%`);
    return cell;
}

function matrixRow(metric, stacks, group) {
    const rows = new Map(group.rows.map((row) => [row.label, row]));
    const values = group.rows.filter((row) => row.stack !== 'null')
                       .map(metric.of)
                       .filter(Boolean)
                       .map((figure) => figure.median);
    const others = group.rows.filter((row) => !stacks.includes(row.label)).length;
    return el(
        'tr', null,
        el('th', {scope: 'row'}, viewLink(group.scenario, {view: 'charts', scenario: group.key}),
           ' ', el('small', null, group.format)),
        stacks.map((name) => matrixCell(metric, rows.get(name), values)),
        el('td', {class: 'n others'},
           others ? viewLink(
                        `${others} more`,
                        {view: 'cells', 'f.scenario': group.scenario, scenario: null}) :
                    ''));
}

function matrixLegend(metric) {
    return el(
        'p', {class: 'heat-legend'}, metric.colour.text, metric.colour.steps.map((text, i) => {
            const step = el('span', {class: 'heat-step'}, text);
            step.style.setProperty('--heat-share', `${i * 25}%`);
            return step;
        }),
        ' ',
        Object.entries(SIGNS)
            .filter(([outcome, sign]) => sign && allRows.some((row) => row.outcome === outcome))
            .map(([outcome, sign]) => [el('b', null, sign), ` ${outcome} `]),
        allRows.some((row) => dropShare(row) >= DROPS_FROM) ?
            [el('b', {class: 'drops'}, '\u25be'), ' packets dropped'] :
            null);
}

class Matrix {
    constructor() {
        this.stacks = matrixStacks();
        this.choices = MATRIX_METRICS.filter((metric) => allRows.some(metric.of));
        this.buttons = this.choices.map(
            (metric) => button(metric.name, {
                onclick: () => state.set({metric: metric === this.choices[0] ? null : metric.key})
            }));
        this.body = el('div');
        this.root =
            el('section', {id: 'matrix', 'data-view': 'summary'}, el('h2', null, 'Matrix'),
               el('div', {class: 'choices', role: 'group', 'aria-label': 'figure shown'},
                  this.buttons),
               this.body);
    }

    update() {
        const metric = this.choices.find(({key}) => key === state.get('metric')) || this.choices[0];
        if (!metric || metric === this.metric) return;
        this.metric = metric;
        this.choices.forEach(
            (choice, i) => this.buttons[i].setAttribute('aria-pressed', choice === metric));
        const others = report.groups.some(
            (group) => group.rows.some((row) => !this.stacks.includes(row.label)));
        refill(
            this.body,
            scrolled(
                'matrix',
                el('table', {class: 'matrix'},
                   el('caption', null,
                      `${metric.name}, the median of each cell; each leads to its page`),
                   headings(
                       'scenario', ...this.stacks.map((name) => [breakable(name), '', true]),
                       ...(others ? [['others', '', true]] : [])),
                   el('tbody', null,
                      report.groups.map((group) => matrixRow(metric, this.stacks, group))))),
            matrixLegend(metric));
    }
}
