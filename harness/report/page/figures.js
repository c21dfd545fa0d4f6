/* Figures as a person reads them: as harness/report/writers/text.c writes them. */

const MIB = 2 ** 20;

function decimal(value) {
    const size = Math.abs(value);
    return size < 0.005 ? '0.00' : value.toFixed(size < 9.995 ? 2 : 1);
}

function count(value) {
    return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

function bytes(value) {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let unit = 0, size = Math.abs(value);
    while (size >= 1024 && unit + 1 < units.length) {
        size /= 1024;
        unit++;
    }
    const number = size === Math.floor(size) ? String(size) : decimal(size);
    return `${value < 0 ? '-' : ''}${number} ${units[unit]}`;
}

function duration(seconds) {
    const tenths = Math.round(seconds * 10) / 10;
    const whole = Math.round(seconds);
    if (tenths < 60) return `${tenths} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ''}`;
    const minutes = Math.floor((whole + 30) / 60);
    return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
}

/* Small ones with decimals, large ones in groups of three digits. */
function plain(value) {
    return Math.abs(value) < 1000 ? decimal(value) : count(value);
}

/* Times as short as an acquire. */
function nanoseconds(value) {
    const units = ['ns', '\u00b5s', 'ms', 's'];
    let unit = 0;
    while (Math.abs(value) >= 1000 && unit + 1 < units.length) {
        value /= 1000;
        unit++;
    }
    return `${unit ? decimal(value) : count(value)} ${units[unit]}`;
}

/* A metric's value with its unit. */
const WRITERS = {
    'B': bytes,
    'B/s': (v) => `${bytes(v)}/s`,
    'B/min': (v) => `${bytes(v)}/min`,
    's': duration,
    'ns': nanoseconds,
    '%': (v) => `${decimal(v)} %`,
    'x': (v) => `${decimal(v)} x`,
    'dB': (v) => `${decimal(v)} dB`,
    '/s': (v) => `${count(v)} /s`,
    '': count,
};

function written(value, unit) {
    return (WRITERS[unit] || ((v) => `${decimal(v)} ${unit}`))(value);
}

/* "44.1 MiB..44.3 MiB", or nothing where all repetitions show the same. */
function spread(figure, write) {
    if (!figure || figure.count < 2) return '';
    const low = write(figure.low), high = write(figure.high);
    return low === high ? '' : `${low}..${high}`;
}
