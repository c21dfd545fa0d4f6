#!/usr/bin/env bash
# Makes a results folder of many cells: many_cells.sh FOLDER SCENARIOS STACKS
# Stack k of scenario s peaks at (s + 1)(k + 1) MiB after two minutes; the last stack is killed then. Stack 5 of
# scenario 2 had twice as much between two samples.
set -euo pipefail
folder=$1
mkdir -p "$folder/series"
jq -n --argjson scenarios "$2" --argjson stacks "$3" '
    def two: tostring | if length < 2 then "0" + . else . end;
    def report: {t_seconds: 120, reason: "end", at_rest: true, corruptions: 0,
        totals: {allocated_bytes: 9000000, freed_bytes: 8000000, current_bytes: 1000000, peak_bytes: 2000000,
            allocated_blocks: 900, freed_blocks: 800, live_blocks: 100, refused: 0},
        sites: [{site: "a.c:1 packet", label: "packet", function: "f", file: "a.c", line: 1, allocated_bytes: 9000000,
            freed_bytes: 8000000, current_bytes: 1000000, peak_bytes: 2000000, allocated_blocks: 900, freed_blocks: 800,
            live_blocks: 100, refused: 0, churn_bytes_per_second: 141666.7, oldest_seconds: 3}],
        size_classes: [{above_bytes: 512, up_to_bytes: 1024, allocated_bytes: 9000000, freed_bytes: 8000000,
            current_bytes: 1000000, peak_bytes: 2000000, allocated_blocks: 900, freed_blocks: 800, live_blocks: 100}],
        ages: [{from_seconds: 0, live_blocks: 100, current_bytes: 1000000}],
        live: [{live_blocks: 100, size_bytes: 10000, site: "a.c:1 packet"}], suspected_leaks: [],
        stuck: [{site: "a.c:1 packet", live_blocks: 15, refused: 40, youngest_seconds: 7.8}]};
    def cell($s; $k): ("scenario-" + ($s | two)) as $scenario | ("stack-" + ($k | two)) as $stack |
        (($s + 1) * ($k + 1) * 1048576) as $peak | ($k == $stacks - 1) as $killed |
        {scenario: $scenario, title: (if $s == 5 then "<script>window.ran = 1</script>" else "Scenario \($s)" end),
        allocator: $stack, format: "f32", limits: {}, container: {kind: "cgroup2", bytes: 268435456},
        clock: "virtual", threads: 1, duration_seconds: 120, repetition: 0, seed: 1,
        outcome: (if $killed then "oom_killed" else "bounded" end), outcome_why: "the evidence",
        expected: "met", expected_why: "", environment: ["A=b"],
        metrics: ({rss_bytes_peak: (if $s == 2 and $k == 5 then 2 * $peak else $peak end), rss_growth_bytes_per_minute: ($k * 1000), cpu_ns_per_packet: (100 + $k + 0.5),
            acquire_ns_p50: 40, acquire_ns_p99: 200, acquire_ns_max: 90000, faults_minor: 77,
            packets_received: 1000, packets_dropped: $k, packets_dropped_late: $k}
            + if $killed then {time_to_oom_seconds: 120} else {} end),
        series: "series/\($scenario).\($stack).csv", reproduce: "plimsoll run \($scenario) --allocator \($stack)"}
        + if $k == 0 then {ledger: {reports: [report]},
            alerts: [{alert: "live_bytes > 3145728", t_seconds: 30, value: 3200000}]} elif $k == 1 then {ledger: {reports: [{sites: 5}]}, alerts: ["odd"]} else {} end;
    {schema_version: 1, suite: {name: "plimsoll", version: "0.1.0"},
    run: {command: "plimsoll run", tier: "default", started: "2026-01-01T00:00:00Z", complete: true},
    host: {cpu: "a cpu", libraries: {}}, warnings: [], recordings: [],
    cells: [range($scenarios) as $s | range($stacks) as $k | cell($s; $k)],
    instruments: [{instrument: "massif", scenario: "scenario-00", allocator: "stack-00", allocator_run: "stack-00",
        format: "f32", threads: 1, duration_seconds: 60, status: "ok", why: "", command: "valgrind", version: "3.19",
        reproduce: "plimsoll run scenario-00 --instrument massif", figures: {peak_bytes: 4711}, ours: {},
        sites: [{frames: "main;take", cost: 4711, unit: "B"}], files: ["instruments/a.folded"]}]}
    ' >"$folder/results.json"
# a sample each second that wavers by a page, so that curves have as many points as real ones
awk -v folder="$folder" -v scenarios="$2" -v stacks="$3" 'BEGIN {
    for (s = 0; s < scenarios; s++)
        for (k = 0; k < stacks; k++) {
            file = sprintf("%s/series/scenario-%02d.stack-%02d.csv", folder, s, k)
            print "t_ns,rss_bytes,live_bytes,reserved_bytes" > file
            for (t = 0; t <= 120; t++)
                printf "%d000000000,%d,%d,0\n", t, int((s + 1) * (k + 1) * 256 * t / 120) * 4096 + (t * 7 + k) % 5 * 4096 * (t < 120), t * 1000 > file
            close(file)
        }
}'
