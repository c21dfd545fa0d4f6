/* The Plimsoll chart, drawn anew whenever its view, its stacks or its width change. */

const PLOT = {
    left: 56,
    right: 14,
    bottom: 40,
    top: 14,
    names: 13
};

class Chart {
    /* id: its name in the address. isDefault(row): whether a row is shown unasked. */
    constructor(group, id, isDefault) {
        this.group = group;
        this.id = id;
        this.isDefault = isDefault;
        this.rows = group.rows.filter((row) => curves(row));
        this.svg = svg('svg', {class: 'chart', 'aria-hidden': 'true'});
        this.tip = el('div', {class: 'tip', hidden: true});
        this.plot =
            el('div', {
                class: 'plot',
                tabindex: 0,
                role: 'slider',
                'aria-valuemin': 0,
                'aria-valuemax': group.duration,
                'aria-valuenow': 0,
                'aria-label': `${group.scenario}: time of the replay, seconds`,
            },
               this.svg, this.tip);
        this.tools = chartTools(this);
        this.legend = new Legend(this);
        this.root =
            el('div', {class: 'live-chart'}, this.tools.root,
               el('div', {class: 'chart-body'}, this.plot, this.legend.root));
        listenToPointer(this);
        listenToKeys(this);
        new ResizeObserver(() => this.draw()).observe(this.plot);
    }

    key(name) {
        return `${name}.${this.id}`;
    }

    /* Draws what the address says, where that is not what is drawn already. */
    update() {
        const seen =
            ['zoom', 'off', 'on', 'scale'].map((k) => state.all(this.key(k)).join('\n')).join('\t');
        if (seen === this.seen) return;
        this.seen = seen;
        this.readState();
        this.draw();
    }

    readState() {
        const off = new Set(state.all(this.key('off'))), on = new Set(state.all(this.key('on')));
        this.shown = this.rows.filter(
            (row) => on.has(row.label) || (this.isDefault(row) && !off.has(row.label)));
        const scale = state.get(this.key('scale'));
        this.logarithmic = scale ? scale === 'log' : this.group.logarithmic;
        const [from, to] = (state.get(this.key('zoom')) || '').split('-').map(Number);
        const fits = from >= 0 && to > from && from < this.group.duration;
        this.from = fits ? from : 0;
        this.to = fits ? Math.min(to, this.group.duration) : this.group.duration || 1;
        this.zoomed = this.from > 0 || this.to < this.group.duration;
    }

    /* Sets the part of the time that is shown; none for all of it. */
    zoom(from, to, replace) {
        const all = this.group.duration, least = all / 1000;
        const start = Math.max(0, Math.min(from, all - least));
        const end = Math.min(all, Math.max(to, start + least));
        const whole = start <= 0 && end >= all;
        const text = `${Number(start.toPrecision(6))}-${Number(end.toPrecision(6))}`;
        state.set({[this.key('zoom')]: whole ? null : text}, replace);
    }

    /* Zooms by a factor around a time, which stays where it is. */
    zoomAround(time, factor, replace) {
        this.zoom(time - (time - this.from) * factor, time + (this.to - time) * factor, replace);
    }

    toggle(row) {
        const off = new Set(state.all(this.key('off'))), on = new Set(state.all(this.key('on')));
        const wasShown = this.shown.includes(row);
        off.delete(row.label);
        on.delete(row.label);
        if (wasShown && this.isDefault(row)) off.add(row.label);
        if (!wasShown && !this.isDefault(row)) on.add(row.label);
        state.set({[this.key('off')]: [...off], [this.key('on')]: [...on]});
    }

    showAll(shown) {
        const labels = (rows) => rows.map((row) => row.label);
        state.set({
            [this.key('off')]: shown ? null : labels(this.rows.filter(this.isDefault)),
            [this.key('on')]:
                shown ? labels(this.rows.filter((row) => !this.isDefault(row))) : null,
        });
    }

    draw() {
        const width = this.plot.clientWidth;
        if (!width || !this.shown) return;
        this.width = width;
        this.height = width < 520 ? 300 : 390;
        this.lines = shownLines(this);
        this.kills = placeKills(this);
        const top = PLOT.top + PLOT.names * this.kills.rows + 6;
        const {low, high} = byteRange(this);
        this.x = scaleOf(this.from, this.to, PLOT.left, width - PLOT.right, false);
        this.y = scaleOf(low, high, this.height - PLOT.bottom, top, this.logarithmic);
        this.top = top;
        this.cursorLayer = svg('g', {class: 'cursor'});
        for (const [name, value] of [
                 ['width', width], ['height', this.height],
                 ['viewBox', `0 0 ${width} ${this.height}`]])
            this.svg.setAttribute(name, value);
        refill(
            this.svg, drawClip(this), drawAxes(this), drawCurves(this), drawLines(this),
            drawKills(this), drawPeaks(this), drawAlerts(this), this.cursorLayer);
        this.tools.update();
        this.legend.update();
        this.moveCursor(this.cursor === undefined ? null : this.cursor);
    }

    /* The crosshair: time in seconds, or null for none. */
    moveCursor(time) {
        this.cursor = time;
        drawCursor(this);
        if (time === null) return;
        this.plot.setAttribute('aria-valuenow', Number(time.toFixed(1)));
        this.plot.setAttribute(
            'aria-valuetext',
            `${duration(time)}: ${
                this.readings.map(({row, text}) => `${row.label} ${text}`).join(', ')}`);
    }
}

/* The container's line and the limits' together, where they are near what is shown. */
function shownLines(chart) {
    const {group} = chart;
    const peak = highest(chart) || 1;
    const near = (value) => value > 0 && (!chart.zoomed || value < 1.3 * peak);
    const limit = Object.values(group.limits || {}).reduce((a, b) => a + b, 0);
    return {
        container: near(group.container_bytes) ? group.container_bytes : 0,
        limit: near(limit) && limit <= Math.max(group.container_bytes, peak) * 1.05 ? limit : 0,
    };
}

/* Calls back with the points of a curve that are on view. */
function eachOnView(chart, curve, visit) {
    for (let i = placeAt(curve, chart.from); i < curve.t.length; i++) {
        visit(curve.v[i]);
        if (curve.t[i] > chart.to) return;
    }
}

/* Whether a row's peak lies between samples, at a time that is shown. */
function isPeakOnView(chart, row) {
    return row.peak_between && row.peak_time >= chart.from && row.peak_time <= chart.to;
}

function highest(chart) {
    let most = 0;
    for (const row of chart.shown) {
        const {rss, high} = curves(row);
        eachOnView(chart, high || rss, (v) => {
            most = Math.max(most, v);
        });
        eachOnView(chart, rss, (v) => {
            most = Math.max(most, v);
        });
        if (isPeakOnView(chart, row)) most = Math.max(most, row.peak_between);
    }
    return most;
}

function lowest(chart) {
    let least = Infinity;
    for (const row of chart.shown) {
        eachOnView(chart, curves(row).rss, (v) => {
            least = Math.min(least, v);
        });
    }
    return least;
}

/* From zero, but for a zoomed view whose curves all lie far above it. */
function byteRange(chart) {
    const peak = highest(chart), least = lowest(chart);
    const top = Math.max(peak, chart.lines.container, chart.lines.limit, 1);
    if (chart.logarithmic)
        return {low: Math.max(Math.min(least, peak), peak / 64, 1) / 2, high: top * 1.5};
    const far = chart.zoomed && least > peak / 2;
    return {low: far ? Math.max(0, least - (top - least) * 0.1) : 0, high: top * 1.06};
}

function drawClip(chart) {
    const id = `clip-${chart.id === 'cell' ? 'cell' : chart.group.number}`;
    chart.clip = `url(#${id})`;
    return svg('clipPath', {id}, svg('rect', {
                   x: PLOT.left,
                   y: chart.top - 6,
                   width: Math.max(0, chart.width - PLOT.left - PLOT.right),
                   height: Math.max(0, chart.height - PLOT.bottom - chart.top + 6)
               }));
}

function label(x, y, kind, text) {
    return svg('text', {x, y, class: kind}, text);
}

function drawAxes(chart) {
    const {x, y, width, height} = chart, bottom = height - PLOT.bottom;
    const ticks = (chart.logarithmic ? powerTicks : linearTicks)(y.low, y.high, MIB, 7);
    const [seconds, unit] = timeUnit(chart.to - chart.from);
    const right = width - PLOT.right;
    return [
        ticks.map(
            (tick) =>
                [svg('path', {class: 'grid', d: `M${PLOT.left},${y(tick)}H${right}`}),
                 label(PLOT.left - 7, y(tick) + 4, 'tick end', tickText(tick / MIB))]),
        linearTicks(x.low, x.high, seconds, Math.max(3, Math.min(9, Math.floor(width / 75))))
            .map(
                (tick) =>
                    [svg('path', {class: 'grid', d: `M${x(tick)},${chart.top}V${bottom}`}),
                     label(x(tick), bottom + 17, 'tick middle', tickText(tick / seconds))]),
        svg('path', {class: 'axis', d: `M${PLOT.left},${chart.top}V${bottom}H${right}`}),
        label((PLOT.left + right) / 2, bottom + 35, 'tick middle', `time of the replay, ${unit}`),
        label(4, 10, 'tick', `RSS (RssAnon), MiB${chart.logarithmic ? ', logarithmic' : ''}`),
    ];
}

/* The part of a curve that is on view, and a point more at each side. */
function pathOf(chart, curve, first = 'M') {
    const parts = [];
    for (let i = placeAt(curve, chart.from); i < curve.t.length; i++) {
        parts.push(`${parts.length ? 'L' : first}${chart.x(curve.t[i]).toFixed(1)},${
            chart.y(curve.v[i]).toFixed(1)}`);
        if (curve.t[i] > chart.to) break;
    }
    return parts.join('');
}

function bandOf(chart, row) {
    const {low, high} = curves(row);
    if (!low) return null;
    const back = pathOf(chart, high, 'L').split('L').reverse().filter(Boolean).join('L');
    return svg('path', {class: 'band', fill: colourOf(row), d: `${pathOf(chart, low)}L${back}Z`});
}

function drawCurves(chart) {
    const lives = new Map(); /* alike ones are drawn once */
    chart.shown.forEach((row) => lives.set(row.live, lives.get(row.live) || row));
    return svg(
        'g', {'clip-path': chart.clip},
        [...lives.values()].map(
            (row) =>
                svg('path',
                    {class: 'live', stroke: colourOf(row), d: pathOf(chart, curves(row).live)})),
        chart.shown.map((row) => bandOf(chart, row)),
        chart.shown.map((row) => svg('path', {
                            class: row.dots ? 'rss dots' : 'rss',
                            stroke: colourOf(row),
                            'stroke-dasharray': row.dots ? null : row.look[1] || null,
                            d: pathOf(chart, curves(row).rss)
                        })));
}
