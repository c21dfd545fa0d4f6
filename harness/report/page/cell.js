/* A cell's page: all that is known of one stack in one scenario. */

/* A part whose figures are not as they should be is left out, not the page with it. */
function whole(make, row) {
    try {
        return make(row);
    } catch (damaged) {
        return el(
            'p', {class: 'note'},
            `Part of this cell can't be shown: it is damaged in results.json (${
                damaged.message}).`);
    }
}

class CellPage {
    constructor() {
        this.root = el('section', {id: 'cell', hidden: true, tabindex: -1, 'aria-label': 'a cell'});
    }

    /* Makes the page of the cell that the address names. @return whether it names one */
    update() {
        const key = state.get('cell');
        this.root.hidden = !key;
        if (!key) return false;
        if (key !== this.key) this.open(key);
        if (this.chart) this.chart.update();
        return true;
    }

    open(key) {
        const row = rowsByKey.get(key);
        this.key = key;
        this.chart =
            row && curves(row) ? new Chart(row.group, 'cell', (other) => other === row) : null;
        refill(this.root, row ? this.parts(row) : [
            el('h2', null, 'No such cell'), el('p', null, `This report has no cell "${key}".`),
            this.back(null)
        ]);
        scrollTo(0, 0);
        this.root.focus({preventScroll: true});
    }

    back(row) {
        return el(
            'p', {class: 'back'}, viewLink('\u2190 All scenarios', {cell: null, ...freshCell}),
            row ?
                [
                    ' ',
                    viewLink(
                        row.group.scenario,
                        {cell: null, view: 'charts', scenario: row.group.key, ...freshCell})
                ] :
                null);
    }

    parts(row) {
        const {group} = row;
        return [
            this.back(row),
            el('h2', null, row.label),
            el('p', {class: 'lead-in'},
               `${group.title || group.scenario} (${group.scenario}, ${group.conditions})`),
            el('p', null, outcomePill(row), ' ', this.why(row)),
            this.expected(row),
            this.lastSample(row),
            this.neighbours(row),
            this.chart ? this.chart.root :
                         el('p', {class: 'note'}, 'Its series is missing: there is no chart.'),
            part('Run it again', command(row.reproduce)),
            [
                alertsPart, metricsPart, latencyPart, dropsPart, factsPart, ledgerPart,
                instrumentsPart, repetitionsPart, environmentPart
            ].map((make) => whole(make, row)),
        ];
    }

    why(row) {
        const worst =
            row.repetitions.find((one) => one.outcome === row.outcome) || row.repetitions[0];
        return worst ? `${worst.outcome_why}.` : '';
    }

    expected(row) {
        const failed = row.repetitions.find((one) => one.expected_why);
        return el(
            'p', null, 'Expectation: ', expectation(row), failed ? `: ${failed.expected_why}` : '');
    }

    lastSample(row) {
        const last = row.at_last_sample;
        return last ?
            el('p', null,
               `At its last sample, after ${duration(last.t_seconds)}, it held ${
                   bytes(last.live_bytes)} live and ${bytes(last.reserved_bytes)} reserved; ${
                   count(last.packets_received)} packets received, ${
                   count(last.packets_delivered)} delivered, ${
                   count(last.packets_dropped)} dropped.`) :
            null;
    }

    /* The other stacks of the scenario, each with its peak. */
    neighbours(row) {
        if (row.group.rows.length < 2) return null;
        return el(
            'nav', {class: 'neighbours', 'aria-label': 'stacks of this scenario'},
            row.group.rows.map((other) => {
                const current = other === row ? {'aria-current': 'page'} : {};
                return [cellLink(other, other.label, current), ' '];
            }));
    }
}
