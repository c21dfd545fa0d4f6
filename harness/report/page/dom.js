/* Elements of the page. Whatever comes from results becomes text, never markup. */

const SVG_NAMES = 'http://www.w3.org/2000/svg';

/* attributes: {class: 'n', hidden: true, onclick: f}; null and false leave one out. */
function furnish(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith('on'))
            node.addEventListener(name.slice(2), value);
        else
            node.setAttribute(name, value === true ? '' : value);
    }
    for (const child of children.flat(3)) {
        if (child !== null && child !== undefined && child !== false) node.append(child);
    }
    return node;
}

function el(name, attributes, ...children) {
    return furnish(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
    return furnish(document.createElementNS(SVG_NAMES, name), attributes, children);
}

/* Puts children in the place of those that a node has. */
function refill(node, ...children) {
    node.replaceChildren(
        ...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
    return node;
}

function button(text, attributes) {
    return el('button', {type: 'button', ...attributes}, text);
}

/* A table that is scrolled sideways where it does not fit, by keyboard too. */
function scrolled(label, table) {
    return el('div', {class: 'scroll', tabindex: 0, role: 'group', 'aria-label': label}, table);
}

function headings(...texts) {
    return el('thead', null, el('tr', null, texts.map((text) => {
                  const [name, unit, numeric] = Array.isArray(text) ? text : [text, '', false];
                  return el(
                      'th', {scope: 'col', class: numeric ? 'n' : null}, name,
                      unit ? [' ', el('small', null, unit)] : null);
              })));
}

/* A long name may go on in the next line behind what joins its parts. */
function breakable(text) {
    return text.split(/(?<=[/:,=+])/).map((piece) => [piece, el('wbr')]);
}

/* The line of a stack as it is drawn in charts. */
function swatch(row) {
    const line = {d: 'M1,6H27', stroke: colourOf(row), 'stroke-width': 2.5, fill: 'none'};
    if (row.look[1]) line['stroke-dasharray'] = row.look[1];
    return svg(
        'svg', {class: 'swatch', width: 28, height: 12, 'aria-hidden': 'true'}, svg('path', line));
}

function colourOf(row) {
    return `var(--${row.look[0]})`;
}

/* A command with a button that copies it. */
function command(text) {
    const block = el('pre', {tabindex: 0}, text);
    const copy =
        button('Copy', {class: 'copy', 'aria-label': 'Copy the command', 'aria-live': 'polite'});
    const done = (word) => {
        copy.textContent = word;
        setTimeout(() => {
            copy.textContent = 'Copy';
        }, 2000);
    };
    copy.addEventListener(
        'click',
        () => copyText(text, block).then(() => done('Copied'), () => done('Selected: Ctrl+C')));
    return el('div', {class: 'command'}, block, copy);
}

/* Where a page may not write to the clipboard the text is left selected. */
async function copyText(text, block) {
    try {
        await navigator.clipboard.writeText(text);
    } catch (refused) {
        getSelection().selectAllChildren(block);
        if (!document.execCommand('copy')) throw refused;
    }
}
