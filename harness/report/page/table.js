/* Every cell in one table, to be sorted and filtered. */

const TEXT_COLUMNS = [
    {key: 'scenario', name: 'scenario', text: (row) => row.group.scenario},
    {key: 'stack', name: 'stack', text: (row) => row.label},
    {key: 'format', name: 'format', text: (row) => row.group.format},
    {key: 'outcome', name: 'outcome', text: (row) => row.outcome_text},
    {key: 'expected', name: 'expected', text: (row) => row.expected},
];
const FIGURE_COLUMNS = report.columns.map(
    (column) =>
        ({...column, write: (value) => (column.whole ? count : decimal)(value / column.scale)}));

function outcomePill(row) {
    return el('span', {class: `o ${row.outcome}`}, row.outcome_text);
}

function expectation(row) {
    const mark = {met: 'ok', FAILED: 'bad'}[row.expected] || 'open';
    return el('span', {class: mark}, row.expected);
}

function figureCell(column, row) {
    const figure = columnFigure(column, row);
    const range = spread(figure, column.write);
    return el(
        'td', {class: 'n'}, figure ? column.write(figure.median) : '\u2013',
        range ? el('small', null, range) : null);
}

class CellTable {
    constructor() {
        this.columns = [
            ...TEXT_COLUMNS,
            ...FIGURE_COLUMNS.filter((column) => allRows.some((row) => columnFigure(column, row)))
        ];
        this.heads = this.columns.map((column) => this.headOf(column));
        this.body = el('tbody');
        this.counted = el('p', {class: 'note', role: 'status'});
        this.filters = TEXT_COLUMNS.map((column) => this.filterOf(column));
        this.search = el('input', {
            type: 'search',
            placeholder: 'text',
            'aria-label': 'text in scenario or stack',
            oninput: () => state.set({q: this.search.value || null}, true)
        });
        this.root = el(
            'section', {id: 'cells', 'data-view': 'cells'}, el('h2', null, 'All cells'),
            el('form', {class: 'filters', onsubmit: (event) => event.preventDefault()},
               this.filters.map(({node}) => node), el('label', null, 'text', this.search),
               button('Clear', {onclick: () => this.clear()})),
            this.counted,
            scrolled(
                'all cells',
                el('table', {class: 'figures sortable'},
                   el('caption', null,
                      'Medians; where repetitions differ, lowest..highest beneath. what is above null is less what the harness itself costs'),
                   el('thead', null, el('tr', null, this.heads)), this.body)));
    }

    headOf(column) {
        return el(
            'th', {scope: 'col', class: column.metric ? 'n' : null},
            button(
                [column.name, column.unit ? el('small', null, ` ${column.unit}`) : ''].flat(),
                {onclick: () => this.sortBy(column)}));
    }

    filterOf(column) {
        const values = [...new Set(allRows.map((row) => this.filterValue(column, row)))].sort();
        const node = el(
            'select', {onchange: () => state.set({[`f.${column.key}`]: node.value || null})},
            el('option', {value: ''}, 'all'), values.map((value) => el('option', {value}, value)));
        return {column, select: node, node: el('label', null, column.name, node)};
    }

    /* Repetitions may have ended in several ways: the worst is what is filtered by. */
    filterValue(column, row) {
        return column.key === 'outcome' ? row.outcome : column.text(row);
    }

    clear() {
        const none = Object.fromEntries(TEXT_COLUMNS.map((column) => [`f.${column.key}`, null]));
        state.set({...none, q: null});
    }

    /* Texts begin at A, figures at the highest; again turns round. */
    sortBy(column) {
        const first = column.metric ? `-${column.key}` : column.key;
        const second = column.metric ? column.key : `-${column.key}`;
        state.set({sort: state.get('sort') === first ? second : first});
    }

    rowOf(row) {
        row.tableRow = row.tableRow ||
            el('tr', null, el('td', null, row.group.scenario),
               el('th', {scope: 'row'}, cellLink(row, row.label)), el('td', null, row.group.format),
               el('td', null, outcomePill(row)), el('td', null, expectation(row)),
               this.columns.slice(TEXT_COLUMNS.length).map((column) => figureCell(column, row)));
        return row.tableRow;
    }

    /* Rows are made when the table is first looked at. */
    update() {
        if (this.root.hidden) return;
        const seen = ['sort', 'q', ...TEXT_COLUMNS.map((column) => `f.${column.key}`)].map(
            (key) => state.get(key));
        if (JSON.stringify(seen) === this.seen) return;
        this.seen = JSON.stringify(seen);
        const rows = this.sorted(allRows.filter((row) => this.passes(row)));
        refill(this.body, rows.map((row) => this.rowOf(row)));
        this.counted.textContent = rows.length === allRows.length ?
            `${rows.length} cells` :
            `${rows.length} of ${allRows.length} cells${
                rows.length ? '' : ': nothing is like that'}`;
        this.filters.forEach(({column, select}) => {
            select.value = state.get(`f.${column.key}`) || '';
        });
        if (document.activeElement !== this.search) this.search.value = state.get('q') || '';
    }

    passes(row) {
        const text = (state.get('q') || '').toLowerCase();
        const inText =
            `${row.group.scenario} ${row.group.title} ${row.label}`.toLowerCase().includes(text);
        return inText && TEXT_COLUMNS.every((column) => {
            const wanted = state.get(`f.${column.key}`);
            return !wanted || wanted === this.filterValue(column, row);
        });
    }

    /* What has no figure stands last, whichever way. */
    sorted(rows) {
        const wanted = state.get('sort') || '', down = wanted.startsWith('-');
        const column = this.columns.find(({key}) => key === (down ? wanted.slice(1) : wanted));
        this.heads.forEach((head, i) => {
            head.setAttribute(
                'aria-sort',
                this.columns[i] !== column ? 'none' :
                    down                   ? 'descending' :
                                             'ascending');
        });
        if (!column) return rows;
        const keyed = rows.map(
            (row) =>
                [column.metric ? (columnFigure(column, row) || {}).median : column.text(row), row]);
        const order = down ? -1 : 1;
        return keyed
            .sort(([a], [b]) => {
                if (a === undefined || b === undefined)
                    return (a === undefined) - (b === undefined);
                return order * (typeof a === 'string' ? a.localeCompare(b) : a - b);
            })
            .map(([, row]) => row);
    }
}
