/* The page comes alive: views, the still charts replaced, the address followed. */

const VIEWS = [
    ['summary', 'Summary'], ['charts', 'Charts'], ['cells', 'All cells'],
    ['before', 'Before and after'], ['past', 'History'], ['instruments', 'Instruments'],
    ['about', 'About']
];

/* Sections of the still page say which view they belong to; the summary is for the rest. */
function viewOf(section) {
    return section.dataset.view || 'summary';
}

class Page {
    constructor() {
        this.main = document.querySelector('main');
        this.still = [...this.main.querySelectorAll(':scope > section')];
        this.matrix = new Matrix();
        this.table = new CellTable();
        this.cell = new CellPage();
        this.charts = new Map();
        document.querySelector('main').prepend(this.matrix.root);
        this.main.append(this.table.root, this.cell.root);
        this.views = VIEWS.filter(
            ([name]) => name === 'summary' || name === 'cells' ||
                this.still.some((section) => viewOf(section) === name));
        this.navigation = this.makeNavigation();
        document.querySelector('header').after(this.navigation);
        this.groups =
            report.groups.map((group) => [group, document.getElementById(`g${group.number}`)]);
        /* What a report with a baseline is asked for. */
        this.first = this.views.some(([name]) => name === 'before') ? 'before' : 'summary';
        this.strange = el('p', {class: 'note strange', role: 'status', hidden: true},
                          'Nothing in this report has the address that was asked for.');
        this.main.prepend(this.strange);
        this.lead();
        this.watch();
    }

    /* Names that lead nowhere: of a view, of a scenario, of a section. */
    isStrange(known) {
        const hash = location.hash.slice(1), scenario = state.get('scenario');
        const section = hash && !hash.includes('=');
        return !known || Boolean(scenario && !groupsByKey.has(scenario)) ||
            Boolean(section && !document.getElementById(decodeURIComponent(hash)));
    }

    makeNavigation() {
        this.links = this.views.map(([name, text]) => [name, viewLink(text, {
                                                           view: name,
                                                           scenario: null,
                                                           cell: null,
                                                           ...freshCell
                                                       })]);
        this.choice = el(
            'select', {
                'aria-label': 'scenario',
                onchange: () => state.set(
                    {scenario: this.choice.value || null, view: 'charts', cell: null, ...freshCell})
            },
            el('option', {value: ''}, 'all scenarios'),
            report.groups.map(
                (group) => el('option', {value: group.key}, `${group.scenario}, ${group.format}`)));
        return el(
            'nav', {class: 'views', 'aria-label': 'views'},
            el('ul', null, this.links.map(([, link]) => el('li', null, link))), this.choice);
    }

    /* Links of the still page lead to views. */
    lead() {
        for (const link of this.main.querySelectorAll('a[href^="#g"]')) {
            const group = report.groups[Number(link.hash.slice(2))];
            if (group)
                link.replaceWith(viewLink(link.textContent, {view: 'charts', scenario: group.key}));
        }
        this.groups.forEach(
            ([group, section]) =>
                section.querySelectorAll('table.figures tbody tr').forEach((line) => {
                    const head = line.querySelector('th');
                    const row = head && rowsByKey.get(`${group.key}~${head.textContent}`);
                    if (row) head.replaceChildren(cellLink(row, row.label));
                }));
    }

    /* A chart is made when it comes near what is on the screen. */
    watch() {
        const observer = new IntersectionObserver(
            (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
                observer.unobserve(entry.target);
                this.bringAlive(entry.target);
            }),
            {rootMargin: '600px'});
        this.groups.forEach(([, section]) => {
            const figure = section.querySelector('figure.memory');
            if (figure) observer.observe(figure);
        });
    }

    bringAlive(figure) {
        const [group] = this.groups.find(([, section]) => section.contains(figure));
        const chart = new Chart(group, group.key, (row) => row.shown);
        figure.querySelector('.scroll').after(chart.root);
        figure.classList.add('alive');
        this.charts.set(group, chart);
        chart.update();
    }

    update() {
        const inCell = this.cell.update();
        const scenario = groupsByKey.has(state.get('scenario')) ? state.get('scenario') : null;
        const wanted = state.get('view') || (scenario ? 'charts' : this.first);
        const known = this.views.some(([name]) => name === wanted);
        const view = inCell ? 'cell' : known ? wanted : this.first;
        this.strange.hidden = !this.isStrange(known);
        document.body.classList.toggle('focused', inCell || Boolean(scenario) || view === 'cells');
        this.still.forEach(
            (section) => section.classList.toggle(
                'away', viewOf(section) !== view || (view === 'charts' && scenario !== null)));
        this.groups.forEach(([group, section]) => {
            section.classList.toggle(
                'away', view !== 'charts' || (scenario !== null && scenario !== group.key));
        });
        this.matrix.root.hidden = view !== 'summary';
        this.table.root.hidden = view !== 'cells';
        this.links.forEach(
            ([name, link]) =>
                (name === view ? link.setAttribute('aria-current', 'page') :
                                 link.removeAttribute('aria-current')));
        this.choice.value = inCell ? this.cell.key.split('~')[0] : scenario || '';
        if (this.view !== undefined && this.view !== `${view} ${scenario}`) scrollTo(0, 0);
        this.view = `${view} ${scenario}`;
        this.matrix.update();
        this.table.update();
        this.charts.forEach((chart) => chart.update());
        this.refreshLinks();
    }

    /* A view's link leads there with what else is set: for a new tab, and to be copied. */
    refreshLinks() {
        this.links.forEach(([name, link]) => {
            link.href = state.address(
                {view: name, scenario: null, cell: null, ...freshCell});
        });
    }
}

document.documentElement.classList.add('scripted');
const page = new Page();
state.watch(() => page.update());
page.update();
