/* What is on view stands behind the # of the address, so that a view can be sent to a colleague and
 * the browser's back and forward lead through views. */

const watchers = [];

const state = {
    /* A mere name of a section, as links of the still page have it, is the view of its scenario. */
    read() {
        const hash = location.hash.slice(1);
        const section = /^g(\d+)$/.exec(hash), group = section && report.groups[Number(section[1])];
        if (group) return new URLSearchParams({view: 'charts', scenario: group.key});
        return new URLSearchParams(hash.includes('=') ? hash : '');
    },
    get(key) {
        return this.read().get(key);
    },
    all(key) {
        return this.read().getAll(key);
    },
    /* The address of a view that differs in some keys: text, a list, or null for none. */
    address(changes) {
        const next = this.read();
        for (const [key, value] of Object.entries(changes)) {
            next.delete(key);
            for (const each of value === null ? [] : [value].flat()) next.append(key, each);
        }
        const text = next.toString();
        return `#${text.replace(/%(2F|3A|2C|7E)/g, (code) => decodeURIComponent(code))}`;
    },
    /* replace: no step of its own for the back button, as for each notch of a wheel. */
    set(changes, replace = false) {
        const address = this.address(changes);
        if (address === (location.hash || '#')) return;
        history[replace ? 'replaceState' : 'pushState'](null, '', address);
        this.changed();
    },
    watch(watcher) {
        watchers.push(watcher);
    },
    changed() {
        watchers.forEach((watcher) => watcher());
    },
};

addEventListener('popstate', () => state.changed());

/* A link to a view: its address is real, for a new tab; a click goes there without losing state. */
function viewLink(text, changes, attributes) {
    return el(
        'a', {
            href: state.address(changes),
            onclick: (event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
                event.preventDefault();
                state.set(changes);
            },
            ...attributes
        },
        text);
}

function cellLink(row, text, attributes) {
    return viewLink(text, {cell: row.key, ...freshCell}, attributes);
}

/* What a chart on a cell's page was set to is no view of the next cell's. */
const freshCell = {
    'zoom.cell': null,
    'off.cell': null,
    'on.cell': null,
    'scale.cell': null
};
