#!/usr/bin/env bash
# The page in a real browser: 300 cells in time, sorted, filtered, zoomed, by hash, back and forward,
# by keyboard, with hostile names, without scripts and on paper. test_browser.sh BUILD
set -uo pipefail
plimsoll=$(realpath "$1")/plimsoll
cd "$(dirname "$0")"
. ./webdriver.sh
if browser_missing; then
    exit 77
fi
work=$(mktemp -d /tmp/plimsoll-browser-XXXXXX)
trap 'browser_stop; wait "${driver:-}" 2>/dev/null; rm -rf "$work"' EXIT

# 12 scenarios of 25 stacks. Stack k of scenario s peaks at (s + 1)(k + 1) MiB; stack 24 is killed.
./many_cells.sh "$work/run" 12 25 || exit 1
"$plimsoll" report "$work/run" >/dev/null || { echo "no report" && exit 1; }
page=file://$work/run/report.html
browser_start "$work"
rows='document.querySelectorAll("#cells tbody tr")'
first='document.querySelector("#cells tbody tr th").textContent'

go "$page"
is "the title" "Plimsoll report" document.title
is "what the script made" 5 'document.querySelectorAll("nav.views a").length'
took=$(js 'Math.round(performance.timing.loadEventEnd - performance.timing.navigationStart)')
echo "300 cells, $(stat -c %s "$work/run/report.html") bytes: opened in $took ms"
[ "$took" -lt 2000 ] || { echo "FAILED: it took 2 s or more" && failures=$((failures + 1)); }
is "a name that would run" 0 'document.querySelectorAll("main script").length + (window.ran || 0)'
is "it as text" true 'document.body.textContent.includes("<script>window.ran = 1</script>")'

# the matrix: its figures, its metric in the address, a cell's page from it
is "the matrix" 12 'document.querySelectorAll("table.matrix tbody tr").length'
is "a figure in it" "1 MiB" 'document.querySelector("table.matrix tbody td a").textContent'
is "its colour: twice the least" 25% 'document.querySelector("table.matrix tbody td:nth-of-type(2)").style.getPropertyValue("--heat-share")'
is "what was killed, to the ear" true '[...document.querySelectorAll(".matrix .spoken")].every(s => [", oom_killed", ", drops "].includes(s.textContent))'
click '.choices button:nth-of-type(2)'
is "the second metric" true 'location.hash.includes("metric=growth")'
is "its button" true 'document.querySelectorAll(".choices button")[1].getAttribute("aria-pressed") == "true"'
click 'table.matrix tbody td a'
is "a cell's page" "stack-00" 'document.querySelector("#cell h2").textContent'
is "alone on view" true 'document.querySelector("#matrix").hidden'
is "its command" true 'document.querySelector("#cell pre").textContent.startsWith("plimsoll run scenario-00")'
click '#cell .copy'
is "copied, or marked where that may not be" true '["Copied", "Selected: Ctrl+C"].includes(document.querySelector("#cell .copy").textContent)'
is "its ledger" true '[...document.querySelectorAll("#cell h3")].some(h => h.textContent == "Churn by site")'
is "what a limit has stopped" true 'document.querySelector("#cell").textContent.includes("while 40 acquires were refused")'
is "its alert" true 'document.querySelector("#cell").textContent.includes("at 30 s: live_bytes > 3145728 (3.05 MiB)")'
is "its instrument's blind spot" true 'document.querySelector("#cell .instrument").textContent.includes("What it can'"'"'t see")'
js 'history.back()' >/dev/null
is "back: the matrix" false 'document.querySelector("#matrix").hidden'
is "back: no cell" true 'document.querySelector("#cell").hidden'
js 'history.forward()' >/dev/null
is "forward: the cell" false 'document.querySelector("#cell").hidden'

# the table: sorted, filtered, by text, by hash
go "$page#view=cells"
is "all cells" 300 "$rows.length"
click '#cells thead th:nth-child(7) button'
is "sorted by peak" descending 'document.querySelector("#cells thead th:nth-child(7)").getAttribute("aria-sort")'
is "the highest first" stack-24 "$first"
click '#cells thead th:nth-child(7) button'
is "turned round" ascending 'document.querySelector("#cells thead th:nth-child(7)").getAttribute("aria-sort")'
is "the lowest first" stack-00 "$first"
keys '#cells input' 'stack-07'
is "those with the text" 12 "$rows.length"
is "how many" "12 of 300 cells" 'document.querySelector("#cells [role=status]").textContent'
is "the text in the address" true 'location.hash.includes("q=stack-07")'
go "$page#view=cells&f.outcome=oom_killed&f.scenario=scenario-03&sort=-time_to_oom_seconds"
is "a view that was sent" 1 "$rows.length"
is "its filter" oom_killed 'document.querySelectorAll("#cells select")[3].value'
go "$page#view=cells&q=nothing-like-it"
is "nothing found" "0 of 300 cells: nothing is like that" 'document.querySelector("#cells [role=status]").textContent'

# the chart: stacks off and on, zoom by drag, keyboard and button, readings, all in the address
chart='#g2 .live-chart'
plot='#g2 .plot'
go "$page#scenario=scenario-02-f32"
is "the chart" 24 "document.querySelectorAll('$chart .stack[aria-pressed=true]').length"
is "its curves" 24 "document.querySelectorAll('$chart path.rss').length"
is "a peak between samples, at its height" 1 'document.querySelectorAll("#g2 .plot path.peak").length'
is "and what the mark means" true 'document.querySelector("#g2 .keys").textContent.includes("peak, between samples")'
is "its peak beside its name" "36 MiB" '[...document.querySelectorAll("#g2 .stack")].find((one) => one.title == "stack-05").querySelector(".peak").textContent'
is "the others away" true 'document.querySelector("#g1").classList.contains("away")'
is "the still one away" none 'getComputedStyle(document.querySelector("#g2 figure.memory > .scroll")).display'
click "$chart .legend li:nth-child(2) .stack"
is "one stack off" 23 "document.querySelectorAll('$chart path.rss').length"
is "in the address" true 'location.hash.includes("off.scenario-02-f32=stack-")'
js 'history.back()' >/dev/null
is "back: on again" 24 "document.querySelectorAll('$chart path.rss').length"
drag "$plot" 0.3 0.6
is "zoomed by a drag" true 'location.hash.includes("zoom.scenario-02-f32=")'
is "a narrower axis" true "Math.max(...[...document.querySelectorAll('$plot text.tick.middle')].map(t => parseFloat(t.textContent) || 0)) < 100"
keys "$plot" 0
is "the whole run again" false 'location.hash.includes("zoom")'
keys "$plot" +
is "zoomed by a key" true 'location.hash.includes("zoom")'
click "$chart .tools button:nth-of-type(3)"
is "and by a button back" false 'location.hash.includes("zoom")'
keys "$plot" $'\ue014\ue014'
is "the crosshair's time" true "document.querySelector('$plot').getAttribute('aria-valuetext').startsWith('1 min 2')"
is "its readings" true "document.querySelector('$plot').getAttribute('aria-valuetext').includes('stack-23 ')"
is "shown, too" false "document.querySelector('$plot .tip').hidden"
go "$page#scenario=scenario-02-f32&zoom.scenario-02-f32=30-60&off.scenario-02-f32=stack-03&scale.scenario-02-f32=log"
is "a chart that was sent" 23 "document.querySelectorAll('$chart path.rss').length"
is "logarithmic" true "document.querySelectorAll('$chart .tools button')[3].getAttribute('aria-pressed') == 'true'"

go "$page#g3"
is "a section's own name" false 'document.querySelector("#g3").classList.contains("away")'

# what does not exist is said, and nothing breaks
go "$page#cell=scenario-00-f32~none"
is "no such cell" "No such cell" 'document.querySelector("#cell h2").textContent'
go "$page#cell=scenario-00-f32~stack-01"
is "a damaged ledger" true 'document.querySelector("#cell").textContent.includes("damaged in results.json")'
is "the rest of its cell" true '[...document.querySelectorAll("#cell h3")].some(h => h.textContent == "Environment")'
go "$page#zoom.scenario-00-f32=9-3&view=%3Cb%3E&metric=x&sort=-x&scenario=y"
is "a strange address" false 'document.querySelector("#matrix").hidden'
is "and that it is one" false 'document.querySelector(".strange").hidden'

# a narrow screen: nothing but what is scrolled by itself is wider
post 'goog/cdp/execute' '{"cmd": "Emulation.setDeviceMetricsOverride", "params": {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": false}}' >/dev/null
for view in '' view=charts view=cells view=about cell=scenario-00-f32~stack-00; do
    go "$page#$view"
    is "the width of '$view'" true 'document.documentElement.scrollWidth <= 400'
done
post 'goog/cdp/execute' '{"cmd": "Emulation.clearDeviceMetricsOverride", "params": {}}' >/dev/null

# paper: every chart still, the buttons gone
go "$page"
post 'goog/cdp/execute' '{"cmd": "Emulation.setEmulatedMedia", "params": {"media": "print"}}' >/dev/null
is "printed sections" 12 '[...document.querySelectorAll("section.group")].filter(s => getComputedStyle(s).display != "none").length'
is "printed charts" 12 '[...document.querySelectorAll("figure.memory > .scroll")].filter(s => getComputedStyle(s).display != "none").length'
is "no buttons on paper" none 'getComputedStyle(document.querySelector("nav.views")).display'

# without scripts: all that stands in the page, and its still charts
post 'goog/cdp/execute' '{"cmd": "Emulation.setEmulatedMedia", "params": {"media": ""}}' >/dev/null
post 'goog/cdp/execute' '{"cmd": "Emulation.setScriptExecutionDisabled", "params": {"value": true}}' >/dev/null
go "file://$work/run/report.html?still"
is "no script ran" 0 'document.querySelectorAll("nav.views").length'
is "still charts, or where they are" 12 '[...document.querySelectorAll("figure.memory > .scroll > svg")].filter(s => s.getBoundingClientRect().height > 100).length + [...document.querySelectorAll("section.group > p.note")].filter(n => n.textContent.startsWith("No room in this page: plots/scenario-") && !n.textContent.includes("-cpu")).length'

complaints=$(console)
[ -z "$complaints" ] || { echo "FAILED: the console holds $complaints" && failures=$((failures + 1)); }
[ "$failures" -eq 0 ] && echo "the page works"
exit $((failures > 0))
