#!/usr/bin/env bash
# Alerts as a person meets them: on stderr, in the table, in results.json, beside the series and in the
# reports; judged; and refused with one line where they are none.     test_alerts.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
field() { # JQ-FREE: KEY of the first alert in results.json
    sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" "$tmp/run/results.json" | head -n 1
}

# Two sessions of 344.5 packets a second whose reader does not read: 10,000 live ones after 14.5 s.
stalled=(stalled-reader --allocator glibc --set container=none --set duration=40s --set 'alerts=[live_packets > 10000]')
plimsoll run "${stalled[@]}" --out "$tmp/run" >"$tmp/out" 2>"$tmp/err" || bad "exit $?: $(cat "$tmp/err")"
grep -Eq '^alert: stalled-reader glibc at 14\.[5-7] s: live_packets > 10000 \(10,0[0-9][0-9]\)$' "$tmp/err" ||
    bad "stderr: $(cat "$tmp/err")"
[ "$(grep -c '^alert' "$tmp/err")" -eq 1 ] || bad "told more than once: $(cat "$tmp/err")"
grep -Eq '^- glibc at 14\.[5-7] s: live_packets > 10000' "$tmp/out" || bad "table: $(cat "$tmp/out")"
[ "$(field alert)" = 'live_packets > 10000' ] || bad "results.json: $(grep -A5 '"alerts"' "$tmp/run/results.json")"
awk -v t="$(field t_seconds)" 'BEGIN { exit !(t >= 14.5 && t <= 14.7) }' || bad "t_seconds is $(field t_seconds)"
[ "$(field time_to_alert_seconds)" = "$(field t_seconds)" ] || bad "the metric is $(field time_to_alert_seconds)"
[ "$(head -n 1 "$tmp"/run/series/*.alerts.csv)" = t_ns,value,alert ] || bad "no file beside the series"
[ "$(wc -l <"$(echo "$tmp"/run/series/*.alerts.csv)")" -eq 2 ] || bad "alerts.csv: $(cat "$tmp"/run/series/*.alerts.csv)"
head -n 1 "$tmp"/run/series/*r0.csv | grep -q '^t_ns,rss_bytes,live_bytes,reserved_bytes,' || bad "the series changed"
plimsoll report "$tmp/run" >/dev/null 2>"$tmp/err" || bad "report: $(cat "$tmp/err")"
grep -q 'glibc\*\* at 14\.[5-7] s: live' "$tmp/run/report.md" || bad "report.md has no alert"
grep -q '<p>Alerts:</p>' "$tmp/run/report.html" || bad "report.html has no alert"

# One that comes and goes with each pass of the cycle is told ten times, and counted.
plimsoll run packet-pool --allocator glibc --set duration=30s --set 'alerts=[live_bytes > 400KiB]' \
    --out "$tmp/many" >"$tmp/out" 2>"$tmp/err" || bad "exit $?: $(cat "$tmp/err")"
[ "$(grep -c '^alert: packet-pool glibc at ' "$tmp/err")" -eq 10 ] || bad "not ten: $(cat "$tmp/err")"
grep -Eq '^alert: \.\.\. and 20 more of packet-pool glibc$' "$tmp/err" || bad "the rest: $(tail -n 1 "$tmp/err")"

# What is expected of them is judged.
expects() { # CODE EXPECTED
    sed -e 's/^allocators:.*/allocators: [glibc]/' -e '/^expect:/,/^tiers:/{/^tiers:/!d}' -e '/^tiers:/,$d' \
        -e 's/^container:.*//' -e "s|traffic/|$PWD/scenarios/traffic/|" scenarios/stalled-reader.yaml >"$tmp/mine.yaml"
    printf 'alerts: [live_packets > 10000, rss_bytes > 1GiB]\nexpect: [{stacks: all, alerts: %s}]\n' "$2" >>"$tmp/mine.yaml"
    plimsoll run "$tmp/mine.yaml" --set duration=40s --out "$tmp/judged$((++judged))" >"$tmp/out" 2>"$tmp/err"
    rc=$?
    [ $rc -eq "$1" ] || bad "expected $2: exit $rc: $(cat "$tmp/out" "$tmp/err")"
}
judged=0
expects 0 '[live_packets > 10000]'
expects 1 none
grep -q 'the alert live_packets > 10000 was raised after 14.[5-7] s; expected none' "$tmp/out" || bad "$(cat "$tmp/out")"
expects 1 '[rss_bytes > 1GiB]'
grep -q 'the alert rss_bytes > 1GiB was not raised' "$tmp/out" || bad "$(cat "$tmp/out")"
expects 2 '[live_packets > 1]'
grep -Eq "mine.yaml:[0-9]+:[0-9]+: expect: 'live_packets > 1' is not one of the scenario's alerts; expected one of its list alerts" "$tmp/err" ||
    bad "$(cat "$tmp/err")"

refuses "^plimsoll: --set alerts: unknown quantity of an alert: live_images; " \
    run stalled-reader --set 'alerts=[live_images > 100]'
refuses "'100' is not a size" run stalled-reader --set 'alerts=[rss_bytes > 100]'
refuses "unknown quantity of an alert: rss; did you mean rss_bytes" run stalled-reader --set 'alerts=[rss > 100MiB]'
refuses "is not an alert" run stalled-reader --set 'alerts=[live_packets]'
finish
