#include "harness/cli/command_table.h"

#include <stdio.h>
#include <string.h>

#define OPTION(variable, ...) static const struct pl_cli_option variable = {__VA_ARGS__}
#define OPTIONS(...)                      \
    (const struct pl_cli_option *const[]) \
    {                                     \
        __VA_ARGS__, NULL                 \
    }

OPTION(o_allocator, "allocator", "SPEC[,SPEC]", "@allocator",
       "the scenario's own list; of a program glibc",
       "the stacks to run, outermost layer first, heap last: limited:max=32MiB/slab/jemalloc; "
       "heaps stands for every heap");
OPTION(o_format, "format", "F[,F]", "f32 s16 f64 s32 ffmpeg yuv420p yuv422p rgb24 rgba",
       "the scenario's own", "the formats in which samples or pictures are held");
OPTION(o_repeat, "repeat", "N", NULL, "the scenario's own", "runs of each cell, 1 to 1000");
OPTION(o_set, "set", "KEY=VALUE", NULL, NULL,
       "sets a key of the scenario by its dotted path, such as duration=240s, container=none or "
       "limits.packets=64MiB; may stand several times");
OPTION(o_clock, "clock", "CLOCK", "virtual wall", "the scenario's own, mostly virtual",
       "virtual replays as fast as the machine can; wall runs in real time over real sockets");
OPTION(o_tier, "tier", "TIER", "smoke default full", "default", "which of the scenario's tiers");
OPTION(o_tier_pairs, "tier", "TIER", "smoke default full", "smoke",
       "which of the scenario's tiers");
OPTION(o_out, "out", "DIR", "@folder", "results/<time>",
       "the folder for the results; one that holds a run is refused");
OPTION(o_force, "force", NULL, NULL, NULL,
       "with --out: removes the run that the folder holds first, its reports too");
OPTION(o_no_save, "no-save", NULL, NULL, NULL, "prints the results and keeps nothing");
OPTION(o_seed, "seed", "N", NULL, "the scenario's own", "the seed of what is drawn");
OPTION(o_json, "json", NULL, NULL, NULL, "prints the results as JSON on stdout");
OPTION(o_instrument, "instrument", "NAME[,NAME]", "massif heaptrack callgrind gbench hyperfine",
       NULL, "runs each stack once more under an instrument");
OPTION(o_ledger, "ledger", NULL, NULL, NULL,
       "records who allocated what, by call site, size and age, and prints it");
OPTION(o_at, "at", "TIME[,TIME]", NULL, "the end of the run", "with --ledger: when it is reported");
OPTION(o_duration, "duration", "TIME", NULL, "the scenario's own; of a program 30s",
       "as --set duration=TIME");
OPTION(o_duration_faults, "duration", "TIME", NULL, "the scenario's own; of a program 5s",
       "as --set duration=TIME");
OPTION(o_duration_record, "duration", "TIME", NULL,
       "the scenario's own; of a program until it ends, with --send 30s", "as --set duration=TIME");
OPTION(o_container, "container", "SIZE", "none", "the scenario's own; of a program none",
       "as --set container=SIZE; or none");
OPTION(o_send, "send", "FILE=ADDRESS:PORT", NULL, NULL,
       "sends a capture to a program that follows `--`; may stand several times");
OPTION(
    o_ready, "ready", "WHEN", NULL, "the port of --send, else 100ms",
    "when a program that follows `--` is ready: udp:PORT, tcp:PORT, output:EXPRESSION or a time");
OPTION(o_sites, "sites", "[=stack]", NULL, NULL,
       "records the caller of each allocation; =stack: its whole call stack");
OPTION(o_children, "children", NULL, NULL, NULL, "records the program's children, too");
OPTION(o_out_trace, "out", "FILE", "@file", "plimsoll.trace", "the file of the trace");
OPTION(o_heap, "allocator", "HEAP", "@allocator", "glibc", "the heap under which it is recorded");
OPTION(o_count, "count", "N|all", NULL, "20",
       "how many injected failures, over even steps of all allocations");
OPTION(o_one_allocator, "allocator", "SPEC", "@allocator", "glibc",
       "the stack below which allocations fail");
OPTION(o_baseline_dir, "baseline", "DIR", "@folder", NULL,
       "earlier results, to compare these with");
OPTION(o_history_file, "history", "FILE", "@file", NULL,
       "a history of runs, whose changes are shown");
OPTION(o_gate, "gate", NULL, NULL, NULL, "ends with 1 where something became worse");
OPTION(o_out_compare, "out", "DIR", "@folder", "NEW",
       "the folder for compare.md, compare.json and compare.xml");
OPTION(o_out_agreement, "out", "DIR", "@folder", "VIRTUAL",
       "the folder for agreement.md and agreement.json");
OPTION(o_calibration, "calibration", "FILE", "@file", "this host's own", "the noise of this host");
OPTION(o_base, "base", "PROGRAM", "@file", "this plimsoll", "the plimsoll to compare with");
OPTION(o_new, "new", "PROGRAM", "@file", "this plimsoll", "the plimsoll that is new");
OPTION(o_base_directory, "base-directory", "DIR", "@folder", NULL,
       "of a program: the working folder of its old build");
OPTION(o_new_directory, "new-directory", "DIR", "@folder", NULL,
       "of a program: the working folder of its new build");
OPTION(o_pairs, "pairs", "N", NULL, "20", "pairs of each cell");
OPTION(o_pairs_calibrate, "pairs", "N", NULL, "100", "pairs of each cell");
OPTION(o_confirm, "confirm", "N", NULL, "40",
       "fresh pairs of what the first ones flagged; 0 for none");
OPTION(o_shuffle, "shuffle", "SEED", NULL, "1", "the seed of the order");
OPTION(o_out_pairs, "out", "DIR", "@folder", NULL,
       "the folder that gets base/ and new/; has to be named");
OPTION(o_out_calibrate, "out", "DIR", "@folder", "none is kept", "a folder that keeps the runs");
OPTION(o_renew, "renew", NULL, NULL, NULL, "takes the values as they are");
OPTION(o_in_baseline, "in", "FOLDER", "@folder", "results/baseline",
       "the folder of the accepted values");
OPTION(o_add, "add", "DIR", "@folder", NULL, "adds the medians of a run");
OPTION(o_file, "file", "FILE", "@file", "results/history.jsonl", "the history");
OPTION(o_commit, "commit", "C", NULL, "what the run says, else the tree's",
       "with --add: the commit that was run");
OPTION(o_metric, "metric", "M[,M]", "@metric",
       "rss_bytes_peak,cpu_ns_per_packet,live_bytes_peak,packets_dropped", "the figures to print");
OPTION(o_only_allocator, "allocator", "SPEC", "@allocator", "all", "the stack to print");
OPTION(o_counterparts, "counterparts", NULL, NULL, NULL,
       "with scenarios: how far the models are off real programs");
OPTION(o_events, "events", NULL, NULL, NULL, "of a trace: each event");
OPTION(o_list_json, "json", NULL, NULL, NULL,
       "prints lists as JSON on stdout; not what is in a trace");
OPTION(o_classes, "classes", NULL, NULL, NULL,
       "of a trace: the size classes for slabs and pools that lose the least");
OPTION(o_in_runs, "in", "DIR", "@folder", "results", "the folder that is searched for runs");
OPTION(o_prune, "prune", "N", NULL, NULL,
       "removes all but the latest N; nothing but what runs and reports wrote is touched");
OPTION(o_one_allocator_s, "allocator", "SPEC[,SPEC]", "@allocator", "glibc",
       "the stacks below the pool and the limit");

OPTION(o_limit, "limit", "SIZE", NULL, "a cell's container",
       "says when RSS meets it, with an interval");
OPTION(o_within, "within", "TIME", NULL, NULL,
       "ends with 1 where the limit was met, or is foretold to be met within that time: the "
       "estimate, not the earliest time of the interval");
OPTION(o_unit, "unit", "UNIT", "B KiB MiB GiB kB MB GB", "as its names and its kind say",
       "of the memory in a file");
OPTION(o_interval_lines, "interval", "TIME", NULL, NULL,
       "between the lines of a file without times");
OPTION(o_series, "series", "NAME", NULL, "the only one",
       "the column of a file, or what the labels of one series of Prometheus hold");
OPTION(o_check, "check", "SHARE", NULL, NULL,
       "of results: foretells from the first part of each cell, such as 40%, and says how far that "
       "was off");
OPTION(
    o_shard, "shard", "I/N", NULL, "all cells",
    "runs the I-th of N parts of about equal time; a stack's repetitions stay together. Without "
    "--plan the parts are by the scenarios' own budgets and durations, the same on every machine");
OPTION(o_plan, "plan", "FILE", "@file", NULL,
       "with --shard: what `plimsoll plan --json` wrote, which says what is run and in which part; "
       "from the folder in which it was made, since paths in it may be relative");
OPTION(o_resume, "resume", "DIR", "@folder", NULL,
       "goes on with the run in DIR: cells that it has are not run again; beside it stands the "
       "command that began it");
OPTION(
    o_jobs, "jobs", "N", NULL, "as many as there are processors",
    "cells that run at the same time, each on a processor of its own: 1 to as many as there are. "
    "Cells in real time, programs, repeated ones, those that are judged by CPU or latencies and "
    "those that need more "
    "than their share of the memory run alone after that; a cell says how many may have run "
    "beside it, which its CPU and latencies then show");
OPTION(o_shards, "shards", "N", NULL, NULL, "how many parts, 1 to 10000; has to be named");
OPTION(o_history_plan, "history", "FILE", "@file", "none: the scenarios' own budgets and durations",
       "a history of runs, which says how long cells take");
OPTION(o_json_plan, "json", NULL, NULL, NULL, "prints the plan as JSON, for `plimsoll run --plan`");
OPTION(o_out_merge, "out", "DIR", "@folder", NULL,
       "the folder for the merged run; has to be named, and one that holds a run is refused");
OPTION(
    o_partial, "partial", NULL, NULL, NULL,
    "joins what there is: shards and cells that lack are a warning, and the run is not complete");
OPTION(o_pid, "pid", "N", NULL, NULL, "the process; what descends from it counts, too");
OPTION(o_watch_duration, "duration", "TIME", NULL, "until the process ends", "how long");
OPTION(o_watch_interval, "interval", "TIME", NULL, "1s", "between two samples, 10ms or more");
OPTION(o_out_watch, "out", "FILE", "@file", "stdout",
       "the file; what an earlier watch wrote into it stays");

const struct pl_cli_command pl_cli_commands[] = {
    {.name = "run",
     .summary = "measures scenarios, a recorded program or one of your own",
     .usage =
         "SCENARIO... [OPTION...]\nFILE.trace [OPTION...]\n[OPTION...] -- PROGRAM [ARGUMENT...]\n"
         "--plan FILE --shard I/N [OPTION...]",
     .about = "Runs each stack of each scenario in a process of its own, prints what came out and "
              "keeps it in a folder. A scenario is a name (plimsoll list scenarios) or a YAML "
              "file. A trace is replayed. A program that follows `--` is run as it is, in the same "
              "containers and under the same heaps, and measured from outside.",
     .options =
         OPTIONS(&o_allocator, &o_format, &o_repeat, &o_set, &o_clock, &o_tier, &o_out, &o_force,
                 &o_no_save, &o_seed, &o_json, &o_instrument, &o_ledger, &o_at, &o_duration,
                 &o_container, &o_send, &o_ready, &o_shard, &o_plan, &o_resume, &o_jobs),
     .refused = "",
     .words = "@scenario",
     .examples = {"plimsoll run stalled-reader --allocator glibc,slab,limited",
                  "plimsoll run --duration 60s --allocator jemalloc --send "
                  "calls.pcap=127.0.0.1:5004 -- ./my-server"},
     .exits = "0 all is as the scenarios expect\n1 an expectation failed"},
    {.name = "plan",
     .summary = "cuts scenarios into shards for several machines",
     .usage = "SCENARIO... --shards N [OPTION...]\n--shards N [OPTION...] -- PROGRAM [ARGUMENT...]",
     .about = "Cuts the cells that `plimsoll run` would run with the same options into parts of "
              "about equal time. All repetitions of a stack in a format, with one thread and with "
              "several, stay together. The same command at the same commit gives the same parts on "
              "every machine with the same heaps; with --history the plan has to be given to them "
              "(--json, then `plimsoll run --plan`), and is the better one.",
     .options = OPTIONS(&o_shards, &o_history_plan, &o_json_plan, &o_allocator, &o_format,
                        &o_repeat, &o_set, &o_clock, &o_tier, &o_seed, &o_ledger, &o_at,
                        &o_duration, &o_container, &o_send, &o_ready),
     .refused = "",
     .words = "@scenario",
     .examples = {"plimsoll plan stalled-reader steady-reader --shards 3",
                  "plimsoll plan steady-reader --shards 20 --history results/history.jsonl --json "
                  ">plan.json"},
     .exits = "0 done"},
    {.name = "merge",
     .summary = "joins the shards of a run",
     .usage = "DIR... --out DIR [OPTION...]",
     .about = "Joins folders that `plimsoll run --shard` wrote into the run that one machine would "
              "have left. They have to be of one commit, matrix and question. A shard that lacks, "
              "or is there twice, is named. Where hosts differ each cell says its own, and noisy "
              "figures are never compared across them.",
     .options = OPTIONS(&o_out_merge, &o_force, &o_partial),
     .refused = "",
     .words = "@folder",
     .examples = {"plimsoll merge shard-1 shard-2 shard-3 --out results/whole",
                  "plimsoll merge shards/* --out results/whole --partial"},
     .exits = "0 all is as the scenarios expect\n1 an expectation failed"},
    {.name = "runs",
     .summary = "lists the runs below results/, or removes all but the latest",
     .usage = "[OPTION...]",
     .about = "Lists the runs that lie below a folder, the latest first. With --prune, older ones "
              "are removed.",
     .options = OPTIONS(&o_in_runs, &o_prune, &o_json),
     .refused = "",
     .words = NULL,
     .examples = {"plimsoll runs", "plimsoll runs --prune 20"},
     .exits = "0 done"},
    {.name = "list",
     .summary = "lists scenarios, allocators, formats, metrics, instruments, traces",
     .usage =
         "[scenarios|allocators|formats|metrics|instruments] [OPTION...]\n[OPTION...] FILE.trace",
     .about = "Lists what Plimsoll has, one line each, and why something is missing; or what is in "
              "the file of a trace.",
     .options = OPTIONS(&o_counterparts, &o_events, &o_classes, &o_list_json),
     .refused = "",
     .words = "scenarios allocators formats metrics instruments",
     .examples = {"plimsoll list allocators", "plimsoll list --classes my.trace"},
     .exits = "0 done"},
    {.name = "doctor",
     .summary = "checks what this machine can measure, and how to get the rest",
     .usage = "[OPTION...]",
     .about =
         "Checks what this machine can measure: containers, heaps, FFmpeg, instruments, plots.",
     .options = OPTIONS(&o_json),
     .refused = "",
     .words = NULL,
     .examples = {"plimsoll doctor", "plimsoll doctor --json"},
     .exits = "0 done"},
    {.name = "validate",
     .summary = "checks scenarios without running them",
     .usage = "[OPTION...] SCENARIO...",
     .about = "Checks every tier of each scenario, and that what it replays is there.",
     .options = OPTIONS(&o_json),
     .refused = "",
     .words = "@scenario",
     .examples = {"plimsoll validate my.yaml", "plimsoll validate --json stalled-reader"},
     .exits = "0 all are valid"},
    {.name = "report",
     .summary = "writes report.html, report.md, report.json and junit.xml of a run",
     .usage = "DIR [OPTION...]",
     .about = "Writes the report of a run into its folder: a page to work with, Markdown, JSON and "
              "JUnit.",
     .options = OPTIONS(&o_baseline_dir, &o_history_file),
     .refused = "",
     .words = "@folder",
     .examples = {"plimsoll report results/20260131-120000", "plimsoll report new --baseline old"},
     .exits = "0 the report is written"},
    {.name = "compare",
     .summary = "compares two runs, figure by figure",
     .usage = "BASE NEW [OPTION...]",
     .about =
         "Compares two folders of results, figure by figure: better, worse, or within the noise.",
     .options = OPTIONS(&o_gate, &o_out_compare, &o_calibration),
     .refused = "",
     .words = "@folder",
     .examples = {"plimsoll compare old new", "plimsoll compare pairs/base pairs/new --gate"},
     .exits = "0 done, and with --gate nothing became worse\n1 the gate fails"},
    {.name = "size",
     .summary = "finds the smallest pool and limit that lose nothing",
     .usage = "SCENARIO [OPTION...]",
     .about = "Finds, by replays, the smallest pool and the smallest limit at which a scenario "
              "loses nothing, beside the rule of thumb.",
     .options = OPTIONS(&o_one_allocator_s, &o_format, &o_set, &o_clock, &o_tier, &o_seed, &o_json,
                        &o_duration, &o_container),
     .refused = "out instrument repeat",
     .words = "@scenario",
     .examples = {"plimsoll size lossy-network",
                  "plimsoll size lossy-network --allocator jemalloc --set traffic.sessions=4"},
     .exits = "0 both were found\n1 there is no size that is enough"},
    {.name = "faults",
     .summary = "fails one allocation in each run of a program, and shows what follows",
     .usage = "[OPTION...] -- PROGRAM [ARGUMENT...]\nSCENARIO [OPTION...]",
     .about = "Runs a program once, and then again and again with one of its allocations refused: "
              "which it survives, which end it, which crash or hang it.",
     .options = OPTIONS(&o_count, &o_one_allocator, &o_json, &o_set, &o_tier, &o_seed,
                        &o_duration_faults, &o_container, &o_send, &o_ready),
     .refused = "out instrument repeat ledger at format",
     .words = "@scenario",
     .examples = {"plimsoll faults -- ./my-server --port 5004",
                  "plimsoll faults --count all -- ./my-tool in.wav"},
     .exits = "0 nothing crashed or hung\n1 something did"},
    {.name = "record",
     .summary = "records a trace of a program's allocations",
     .usage = "[OPTION...] -- PROGRAM [ARGUMENT...]\nSCENARIO [OPTION...]",
     .about = "Runs a program and records each call of its heap, to be replayed in any stack by "
              "`plimsoll run FILE.trace`.",
     .options = OPTIONS(&o_out_trace, &o_heap, &o_sites, &o_children, &o_set, &o_tier, &o_seed,
                        &o_duration_record, &o_container, &o_send, &o_ready),
     .refused = "instrument repeat ledger at json",
     .words = "@scenario",
     .examples = {"plimsoll record -- ffmpeg -i in.wav out.mp3",
                  "plimsoll record --sites=stack --out my.trace -- ./my-server"},
     .exits = "0 the trace is written, however the program ended"},
    {.name = "import",
     .summary = "makes a trace of a recording of heaptrack",
     .usage = "FILE [OPTION...]",
     .about = "Makes a trace of a recording of heaptrack, raw or interpreted.",
     .options = OPTIONS(&o_out_trace),
     .refused = "",
     .words = "@file",
     .examples = {"plimsoll import heaptrack.my-server.1234.zst",
                  "plimsoll import heaptrack.my-server.1234.raw.zst --out my.trace"},
     .exits = "0 the trace is written"},
    {.name = "pairs",
     .summary = "runs another build and this one in turns, to compare them",
     .usage = "--base PROGRAM --out DIR [SCENARIO...] [OPTION...]\n--base-directory DIR --out DIR "
              "SCENARIO... [OPTION...]",
     .about = "Runs an old build and a new one of plimsoll, or of the program that a scenario "
              "runs, in turns, into DIR/base and DIR/new, for `plimsoll compare`. Without a "
              "scenario all that are for the gate.",
     .options = OPTIONS(&o_base, &o_new, &o_base_directory, &o_new_directory, &o_out_pairs,
                        &o_force, &o_pairs, &o_confirm, &o_shuffle, &o_allocator, &o_format, &o_set,
                        &o_tier_pairs, &o_seed, &o_duration, &o_container),
     .refused = "repeat json clock instrument",
     .words = "@scenario",
     .examples =
         {"plimsoll pairs --base old/plimsoll --out pairs steady-reader",
          "plimsoll pairs --base-directory old --new-directory new --out pairs my-server.yaml"},
     .exits = "0 done"},
    {.name = "calibrate",
     .summary = "measures this host's noise",
     .usage = "[SCENARIO...] [OPTION...]",
     .about = "Runs this plimsoll against itself, and stores how far figures differ for no "
              "reason on this host.",
     .options =
         OPTIONS(&o_pairs_calibrate, &o_calibration, &o_out_calibrate, &o_force, &o_allocator,
                 &o_format, &o_set, &o_tier_pairs, &o_seed, &o_duration, &o_container),
     .refused = "repeat json clock instrument",
     .words = "@scenario",
     .examples = {"plimsoll calibrate", "plimsoll calibrate steady-reader --pairs 200"},
     .exits = "0 done"},
    {.name = "baseline",
     .summary = "checks exact figures against accepted ones",
     .usage = "DIR... [OPTION...]",
     .about =
         "Compares the figures of class D, which are the same in every run, with accepted ones.",
     .options = OPTIONS(&o_renew, &o_in_baseline),
     .refused = "",
     .words = "@folder",
     .examples = {"plimsoll baseline results/20260131-120000",
                  "plimsoll baseline run --renew --in accepted"},
     .exits = "0 all are the same\n1 some differ"},
    {.name = "history",
     .summary = "figures of a scenario over runs, and when they changed",
     .usage = "SCENARIO [OPTION...]\n--add DIR [OPTION...]",
     .about = "Stores the medians of runs, and prints those of a scenario over time, and at "
              "which commits they changed.",
     .options = OPTIONS(&o_add, &o_file, &o_commit, &o_metric, &o_only_allocator),
     .refused = "",
     .words = "@scenario",
     .examples = {"plimsoll history --add results/20260131-120000",
                  "plimsoll history steady-reader --metric rss_bytes_peak"},
     .exits = "0 done"},
    {.name = "agreement",
     .summary = "compares RSS over time under both clocks",
     .usage = "WALL1 WALL2 VIRTUAL [OPTION...]",
     .about = "Compares the curves of RSS of a run under the virtual clock with two runs under the "
              "wall clock.",
     .options = OPTIONS(&o_out_agreement),
     .refused = "",
     .words = "@folder",
     .examples = {"plimsoll agreement wall1 wall2 virtual",
                  "plimsoll agreement wall1 wall2 virtual --out agreement"},
     .exits = "0 they agree\n1 they differ"},
    {.name = "forecast",
     .summary = "foretells RSS from a series of it, and when it meets a limit",
     .usage = "FILE [OPTION...]\nRESULTS [OPTION...]",
     .about = "Says how memory grows (linear, staircase, saturating, none), what RSS will be, and "
              "when it meets a limit, with intervals of 95 %. FILE is what `plimsoll watch` or a "
              "loop around ps wrote (EPOCH KIB, or KIB alone with --interval), an answer of "
              "Prometheus' query_range, an export of Grafana, or any table of time and bytes; - "
              "reads it from stdin.",
     .options =
         OPTIONS(&o_limit, &o_within, &o_unit, &o_interval_lines, &o_series, &o_check, &o_json),
     .refused = "",
     .words = "@file",
     .examples = {"plimsoll forecast my-server.csv --limit 512MiB --within 24h",
                  "plimsoll forecast results/20260131-120000 --check 40%"},
     .exits = "0 done\n1 with --within the limit is met within that time; with --check less than 9 "
              "in 10 were inside the interval, or more than 1 in 20 bounded cells were foretold to "
              "be killed"},
    {.name = "watch",
     .summary = "records the RSS of a running process and its children",
     .usage = "--pid N [OPTION...]",
     .about = "Writes time, RSS (RssAnon) and processes of a tree of processes, line by line, for "
              "`plimsoll forecast`. It reads /proc and leaves the processes alone; those of other "
              "users can be watched, too.",
     .options = OPTIONS(&o_pid, &o_watch_duration, &o_watch_interval, &o_out_watch),
     .refused = "",
     .words = NULL,
     .examples = {"plimsoll watch --pid 1234 --out my-server.csv",
                  "plimsoll watch --pid 1234 --interval 10s --duration 24h --out my-server.csv"},
     .exits = "0 the duration is over, or the process has ended; stderr says which"},
};
const size_t pl_cli_command_count = sizeof pl_cli_commands / sizeof *pl_cli_commands;

const char pl_cli_common_exits[] =
    "2 bad usage or input; one line says what is wrong and what is expected\n3 this machine can't "
    "do it; one line says what is missing\n129, 130, 143 stopped by SIGHUP, SIGINT or SIGTERM; "
    "what was finished is kept";

const struct pl_cli_command *pl_cli_command_find(const char *name)
{
    for (size_t i = 0; i < pl_cli_command_count; i++)
        if (strcmp(pl_cli_commands[i].name, name) == 0)
            return &pl_cli_commands[i];
    return NULL;
}

const struct pl_cli_option *pl_cli_option_find(const struct pl_cli_command *command,
                                               const char *name, size_t length)
{
    for (const struct pl_cli_option *const *o = command->options; *o; o++)
        if (strncmp((*o)->name, name, length) == 0 && !(*o)->name[length])
            return *o;
    return NULL;
}

void pl_cli_command_names(char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < pl_cli_command_count && used < capacity; i++)
        used += (size_t)snprintf(text + used, capacity - used, "%s%s", used ? ", " : "",
                                 pl_cli_commands[i].name);
}
