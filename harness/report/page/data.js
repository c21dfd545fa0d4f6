/* What the page was made of, read once from the document inside it. */

const report = JSON.parse(document.getElementById('figures').textContent);
const metricPlaces = new Map(report.metrics.map((metric, i) => [metric.name, i]));
const rowsByKey = new Map();

/* Differences from point to point become seconds and bytes. */
function curveOf(points) {
    const t = new Float64Array(points.t.length), v = new Float64Array(points.v.length);
    let time = 0, value = 0;
    for (let i = 0; i < t.length; i++) {
        t[i] = (time += points.t[i]) / 1000;
        v[i] = (value += points.v[i]) * points.unit;
    }
    return {t, v, end: t.length ? t[t.length - 1] : 0};
}

/* Curves are unpacked when a chart is first drawn. */
function curves(row) {
    if (!row.curves && row.rss) {
        row.curves = {
            rss: curveOf(row.rss),
            live: curveOf(row.group.lives[row.live]),
            low: row.low ? curveOf(row.low) : null,
            high: row.high ? curveOf(row.high) : null,
        };
        const {v, t} = row.curves.rss;
        const highest = v.reduce((most, value, i) => (value > v[most] ? i : most), 0);
        row.peak = row.peak_between || v[highest] || 0;
        row.peak_time = t[highest]; /* of a peak between samples the next best */
    }
    return row.curves || null;
}

/* The place of the last point at a time or before it. */
function placeAt(curve, time) {
    let low = 0, high = curve.t.length - 1;
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (curve.t[middle] <= time)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* The value at a time, straight between points; null where the curve has ended. */
function valueAt(curve, time) {
    if (!curve.t.length || time > curve.end || time < curve.t[0]) return null;
    const i = placeAt(curve, time);
    if (i + 1 >= curve.t.length) return curve.v[i];
    const share = (time - curve.t[i]) / (curve.t[i + 1] - curve.t[i] || 1);
    return curve.v[i] + share * (curve.v[i + 1] - curve.v[i]);
}

/* A text among figures says of how many metrics there are none. */
function placed(figures) {
    return figures.flatMap(
        (figure) => (typeof figure === 'string' ? Array(Number(figure)).fill(null) : [figure]));
}

/* {median, low, high, count} of a metric, or null. */
function figureOf(row, name) {
    const figure = row.figures[metricPlaces.get(name)];
    if (figure === null || figure === undefined) return null;
    if (!Array.isArray(figure)) return {median: figure, low: figure, high: figure, count: 1};
    return {median: figure[0], low: figure[1], high: figure[2], count: figure[3]};
}

/* Less what the harness itself costs: the median of the `null` heap with as many threads. */
function aboveFloor(row, name) {
    const figure = figureOf(row, name);
    const floor = row.floor === undefined ? null : figureOf(row.group.rows[row.floor], name);
    if (!figure || !floor) return null;
    const {median} = floor;
    return {
        median: figure.median - median,
        low: figure.low - median,
        high: figure.high - median,
        count: figure.count
    };
}

function columnFigure(column, row) {
    return column.floor ? aboveFloor(row, column.metric) : figureOf(row, column.metric);
}

function unitOf(name) {
    return report.metrics[metricPlaces.get(name)].unit;
}

function isKilled(row) {
    return row.drawn_outcome === 'oom_killed';
}

report.groups.forEach((group, number) => {
    group.number = number;
    group.rows.forEach((row) => {
        row.group = group;
        row.figures = placed(row.figures);
        row.key = `${group.key}~${row.label}`;
        rowsByKey.set(row.key, row);
    });
});
const allRows = report.groups.flatMap((group) => group.rows);
const groupsByKey = new Map(report.groups.map((group) => [group.key, group]));
