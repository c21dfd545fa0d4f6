/* What a person does with a chart: crosshair, zoom by pointer, wheel and keyboard. */

/* What each stack has at the crosshair's time, the highest first; ends are told. */
function readingsAt(chart, time) {
    return chart.shown
        .map((row) => {
            const {rss, live} = curves(row);
            const value = valueAt(rss, time);
            const text = value === null ?
                `${isKilled(row) ? 'killed' : 'ended'} at ${duration(rss.end)}` :
                bytes(value);
            return {row, value, text, live: value === null ? null : valueAt(live, time)};
        })
        .sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
}

function drawCursor(chart) {
    const {cursor, tip, cursorLayer} = chart;
    if (!cursorLayer) return;
    if (cursor === null || cursor < chart.from || cursor > chart.to) {
        cursorLayer.replaceChildren();
        tip.hidden = true;
        return;
    }
    chart.readings = readingsAt(chart, cursor);
    const x = chart.x(cursor);
    refill(
        cursorLayer, svg('path', {d: `M${x},${chart.top}V${chart.height - PLOT.bottom}`}),
        chart.readings.filter(({value}) => value !== null)
            .map(
                ({row, value}) =>
                    svg('circle', {cx: x, cy: chart.y(value), r: 3.5, fill: colourOf(row)})));
    showTip(chart, x);
}

function showTip(chart, x) {
    const {tip, readings, width} = chart;
    const most = 14;
    refill(
        tip, el('b', null, duration(chart.cursor)),
        el('table', null,
           el('tbody', null,
              readings.slice(0, most).map(
                  ({row, text, live}) =>
                      el('tr', null, el('td', null, swatch(row)), el('td', null, row.label),
                         el('td', {class: 'n'}, text),
                         el('td', {class: 'n live'}, live === null ? '' : bytes(live)))))),
        readings.length > most ? el('small', null, `and ${readings.length - most} more`) : null,
        el('small', null, 'RSS, and live bytes'));
    tip.hidden = false;
    const room = tip.offsetWidth;
    const left = x + 14 + room < width ? x + 14 : x - 14 - room;
    tip.style.left = `${Math.max(0, Math.min(left, width - room))}px`;
    tip.style.top = `${chart.top + 4}px`;
}

function timeOf(chart, event) {
    const x = event.clientX - chart.plot.getBoundingClientRect().left;
    return Math.max(chart.from, Math.min(chart.x.back(x), chart.to));
}

/* A drag marks the part of the time that is to be shown. */
function listenToPointer(chart) {
    const {plot} = chart;
    let start = null;
    const mark = svg('rect', {class: 'mark'});
    plot.addEventListener('pointerdown', (event) => {
        if (event.button || !chart.x) return;
        start = timeOf(chart, event);
        plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener('pointermove', (event) => {
        if (!chart.x) return;
        chart.moveCursor(timeOf(chart, event));
        if (start !== null) markTime(chart, mark, start, chart.cursor);
    });
    plot.addEventListener('pointerup', (event) => {
        const from = start, to = chart.x ? timeOf(chart, event) : 0;
        start = null;
        mark.remove();
        if (from !== null && Math.abs(chart.x(to) - chart.x(from)) > 6) {
            chart.zoom(Math.min(from, to), Math.max(from, to));
        }
    });
    plot.addEventListener('pointercancel', () => {
        start = null;
        mark.remove();
    });
    plot.addEventListener('pointerleave', () => {
        if (start === null) chart.moveCursor(null);
    });
    plot.addEventListener('dblclick', () => chart.zoom(0, chart.group.duration));
    plot.addEventListener('wheel', (event) => zoomByWheel(chart, event), {passive: false});
}

function markTime(chart, mark, from, to) {
    const [left, right] = [chart.x(Math.min(from, to)), chart.x(Math.max(from, to))];
    furnish(
        mark, {
            x: left,
            y: chart.top,
            width: right - left,
            height: chart.height - PLOT.bottom - chart.top
        },
        []);
    chart.svg.append(mark);
}

/* A wheel over a chart that was not chosen goes on scrolling the page. */
function zoomByWheel(chart, event) {
    if (!chart.x || (document.activeElement !== chart.plot && !event.ctrlKey)) return;
    event.preventDefault();
    chart.zoomAround(timeOf(chart, event), Math.exp(Math.sign(event.deltaY) * 0.2), true);
}

const CHART_KEYS = {
    'ArrowLeft': (chart, event) => (event.shiftKey ? pan(chart, -0.1) : step(chart, -0.01)),
    'ArrowRight': (chart, event) => (event.shiftKey ? pan(chart, 0.1) : step(chart, 0.01)),
    'PageUp': (chart) => pan(chart, -0.5),
    'PageDown': (chart) => pan(chart, 0.5),
    'Home': (chart) => chart.moveCursor(chart.from),
    'End': (chart) => chart.moveCursor(chart.to),
    '+': (chart) => chart.zoomAround(middleOf(chart), 0.7, true),
    '=': (chart) => chart.zoomAround(middleOf(chart), 0.7, true),
    '-': (chart) => chart.zoomAround(middleOf(chart), 1 / 0.7, true),
    '0': (chart) => chart.zoom(0, chart.group.duration),
    'Escape': (chart) => chart.zoom(0, chart.group.duration),
};

/* Around the crosshair, where there is one on view. */
function middleOf(chart) {
    const {cursor, from, to} = chart;
    return cursor !== null && cursor >= from && cursor <= to ? cursor : (from + to) / 2;
}

function step(chart, share) {
    const at = middleOf(chart) + share * (chart.to - chart.from);
    chart.moveCursor(Math.max(chart.from, Math.min(at, chart.to)));
}

function pan(chart, share) {
    const span = chart.to - chart.from;
    const from = Math.max(0, Math.min(chart.from + share * span, chart.group.duration - span));
    chart.zoom(from, from + span, true);
}

function listenToKeys(chart) {
    chart.plot.addEventListener('keydown', (event) => {
        const act = CHART_KEYS[event.key];
        if (!act || event.ctrlKey || event.metaKey || event.altKey || !chart.x) return;
        event.preventDefault();
        act(chart, event);
    });
    chart.plot.addEventListener('blur', () => chart.moveCursor(null));
}
