/* Axes of the charts: ticks of 1, 2 and 5. */

function roundStep(least) {
    const power = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].find((step) => step * power >= least * (1 - 1e-9)) * power;
}

function linearTicks(low, high, unit, most) {
    const step = roundStep((high - low) / unit / (most - 1)) * unit;
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++)
        ticks.push(i * step);
    return ticks;
}

function powerTicks(low, high, unit, most) {
    const first = Math.ceil(Math.log2(low / unit) - 1e-9);
    const last = Math.floor(Math.log2(high / unit) + 1e-9);
    const step = Math.max(1, Math.ceil((last - first + 1) / most));
    const ticks = [];
    for (let power = first; power <= last; power += step) ticks.push(2 ** power * unit);
    return ticks;
}

/* A function from values to pixels, with `back` from pixels to values. */
function scaleOf(low, high, from, to, logarithmic) {
    const warp = logarithmic ? (v) => Math.log2(Math.max(v, low)) : (v) => v;
    const base = warp(low), span = warp(high) - base || 1;
    const scale = (value) => from + (to - from) * (warp(value) - base) / span;
    scale.back = (pixel) => low + (pixel - from) / (to - from) * (high - low);
    scale.low = low;
    scale.high = high;
    return scale;
}

function timeUnit(seconds) {
    if (seconds <= 600) return [1, 's'];
    return seconds <= 3 * 3600 ? [60, 'min'] : [3600, 'h'];
}

/* A tick's figure: as few digits as tell it from its neighbours. */
function tickText(value) {
    return String(Number(value.toPrecision(4)));
}
