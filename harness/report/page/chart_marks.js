/* What is marked in a chart: the lines of container and limits, kills, alerts. */

function drawLines(chart) {
    const {container, limit} = chart.lines, right = chart.width - PLOT.right;
    const across = (kind, value) =>
        svg('path', {class: kind, d: `M${PLOT.left},${chart.y(value)}H${right}`});
    return [
        limit ? across('limit', limit) : null,
        container ? across('line', container) : null,
        container ? label(
                        right - 4, chart.y(container) - 5, 'line end',
                        `the Plimsoll line: ${bytes(container)}`) :
                    null,
    ];
}

/* Names of what was killed stand above the plot, in as many rows as keep them apart. */
function placeKills(chart) {
    const killed = chart.shown
                       .filter(
                           (row) => isKilled(row) && curves(row).rss.end >= chart.from &&
                               curves(row).rss.end <= chart.to)
                       .sort((a, b) => curves(a).rss.end - curves(b).rss.end);
    const named = chart.width >= 520 && killed.length <= 12;
    const x = scaleOf(chart.from, chart.to, PLOT.left, chart.width - PLOT.right, false);
    const ends = [];
    const places = killed.map((row) => {
        const text = `${row.label.slice(0, 26)} ${duration(curves(row).rss.end)}`;
        const half = text.length * 3.1;
        const middle = Math.max(half + 2, Math.min(x(curves(row).rss.end), chart.width - half - 2));
        const free = ends.findIndex((end) => end + 8 < middle - half);
        const place = free < 0 ? ends.length : free;
        ends[place] = middle + half;
        return {row, text, middle, place};
    });
    return {places, named, rows: named ? ends.length : 0};
}

function drawKills(chart) {
    return chart.kills.places.map(({row, text, middle, place}) => {
        const {rss} = curves(row);
        const x = chart.x(rss.end), y = Math.max(chart.top, chart.y(rss.v[rss.v.length - 1]));
        const above = chart.top - 8 - PLOT.names * place;
        return [
            chart.kills.named ? svg('path', {class: 'lead', d: `M${x},${y}V${above + 3}`}) : null,
            chart.kills.named ? label(middle, above, 'name middle', text) : null,
            svg('path',
                {class: 'kill', stroke: colourOf(row), d: `M${x - 5},${y - 5}l10,10m0,-10l-10,10`},
                svg('title', null, `${row.label}: killed after ${duration(rss.end)}`)),
        ];
    });
}

/* Peaks above every sample, over the highest of those: when they were is not known more closely. */
function drawPeaks(chart) {
    return chart.shown.filter((row) => isPeakOnView(chart, row)).map((row) => {
        const {rss} = curves(row);
        const x = chart.x(row.peak_time), y = chart.y(row.peak_between);
        return [
            svg('path', {class: 'lead', d: `M${x},${y}V${chart.y(valueAt(rss, row.peak_time))}`}),
            svg('path', {class: 'peak', stroke: colourOf(row), d: `M${x - 5},${y}h10`},
                svg('title', null,
                    `${row.label}: peak ${bytes(row.peak_between)}, between samples`)),
        ];
    });
}

function drawAlerts(chart) {
    return chart.shown.flatMap((row) => (row.alerts || []).map((alert) => {
        const time = alert.t_seconds, value = valueAt(curves(row).rss, time);
        if (value === null || time < chart.from || time > chart.to) return null;
        return svg(
            'path', {
                class: 'alert',
                fill: colourOf(row),
                d: `M${chart.x(time)},${chart.y(value) - 2}l6,-10h-12z`
            },
            svg('title', null, `${row.label} ${alertText(alert)}`));
    }));
}
