/* A chart's buttons: what it shows, how far it is zoomed, and which stacks. */

function chartTools(chart) {
    const middle = () => middleOf(chart);
    const whole = button('Whole run', {onclick: () => chart.zoom(0, chart.group.duration)});
    const scale = button('Logarithmic', {
        onclick: () => {
            const wanted = chart.logarithmic ? 'linear' : 'log';
            const usual = chart.group.logarithmic ? 'log' : 'linear';
            state.set({[chart.key('scale')]: wanted === usual ? null : wanted});
        }
    });
    const root = el(
        'div', {class: 'tools', role: 'group', 'aria-label': 'view of the chart'},
        button('\u2212', {'aria-label': 'Zoom out', onclick: () => chart.zoomAround(middle(), 2)}),
        button('+', {'aria-label': 'Zoom in', onclick: () => chart.zoomAround(middle(), 0.5)}),
        whole, scale,
        el('span', {class: 'hint'}, 'Drag to zoom; click, then wheel, arrows, + \u2212 0'));
    return {
        root,
        update() {
            whole.disabled = !chart.zoomed;
            scale.setAttribute('aria-pressed', chart.logarithmic);
        }
    };
}

/* Stacks as buttons, those that sank first, then the highest. */
class Legend {
    constructor(chart) {
        this.chart = chart;
        const rows = [...chart.rows].sort((a, b) => isKilled(b) - isKilled(a) || b.peak - a.peak);
        this.buttons = rows.map((row) => [row, this.buttonOf(row)]);
        this.all = button('All', {onclick: () => chart.showAll(true)});
        this.none = button('None', {onclick: () => chart.showAll(false)});
        this.root = el(
            'div', {class: 'legend'},
            el('div', {class: 'legend-head'}, el('span', null, 'Peak RSS'), this.all, this.none),
            el('ul', null,
               this.buttons.map(([row, toggle]) => el('li', null, toggle, cellLink(row, '\u203a', {
                                                          class: 'more',
                                                          'aria-label': `${row.label} in detail`,
                                                          title: 'this cell in detail'
                                                      })))),
            keys(chart));
    }

    buttonOf(row) {
        return el(
            'button', {
                type: 'button',
                class: 'stack',
                title: row.label,
                onclick: () => this.chart.toggle(row)
            },
            swatch(row), el('span', {class: 'name'}, row.label),
            el('span', {class: 'peak'}, isKilled(row) ? '\u00d7 ' : '', bytes(row.peak)));
    }

    update() {
        const {shown, rows} = this.chart;
        this.buttons.forEach(
            ([row, toggle]) => toggle.setAttribute('aria-pressed', shown.includes(row)));
        this.all.disabled = shown.length === rows.length;
        this.none.disabled = shown.length === 0;
    }
}

function keyLine(kind, text, shape) {
    return el(
        'li', null,
        svg('svg', {class: 'swatch chart', width: 28, height: 12, 'aria-hidden': 'true'},
            svg('path', {
                class: kind,
                stroke: 'var(--muted)',
                fill: 'var(--muted)',
                d: shape || 'M1,6H27'
            })),
        text);
}

/* What the other marks mean, those that are there. */
function keys(chart) {
    const {rows, group} = chart;
    const limits = Object.entries(group.limits || {});
    const total = limits.reduce((sum, [, size]) => sum + size, 0);
    const runs = Math.max(0, ...rows.filter((row) => row.low).map((row) => row.runs));
    return el(
        'ul', {class: 'keys'},
        group.container_bytes ? keyLine('line', `the container: ${bytes(group.container_bytes)}`) :
                                null,
        total ?
            keyLine(
                'limit',
                `limits: ${limits.map(([name, size]) => `${name} ${bytes(size)}`).join(' + ')}`) :
            null,
        keyLine('live', 'live bytes'),
        rows.some(isKilled) ? keyLine('kill', 'killed by the kernel', 'M9,1l10,10m0,-10l-10,10') :
                              null,
        rows.some((row) => row.peak_between) ? keyLine('peak', 'peak, between samples', 'M9,6h10') :
                                               null,
        rows.some((row) => row.alerts) ? keyLine('alert', 'an alert', 'M14,12l6,-10h-12z') : null,
        runs ? keyLine('band', `spread of ${runs} repetitions`, 'M1,1H27V11H1z') : null);
}
