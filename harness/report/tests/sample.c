/* Made-up results (sample.h). */
#include "harness/report/tests/sample.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/files.h"

json_t *sample_empty(void)
{
    json_t *d = json_pack(
        "{s:i, s:{s:s, s:s}, s:{s:s, s:s, s:s, s:b}, s:{s:s, s:i, s:{s:s}}, s:[], s:[{s:s, s:s, "
        "s:s, s:s, s:i, s:f, s:i, s:i, s:i, s:i, s:i, s:[{s:s, s:i, s:i, s:i, s:i, s:b}]}], s:[]}",
        "schema_version", 1, "suite", "name", "plimsoll", "version", "0.1.0", "run", "command",
        "plimsoll run stalled-reader", "tier", "default", "started", "2025-01-02T03:04:05Z",
        "complete", 1, "host", "cpu", "Abacus 3000", "cores", 2, "libraries", "jemalloc",
        "fnv1a64:0123", "warnings", "recordings", "scenario", "stalled-reader", "file", "my.pcap",
        "hash", "fnv1a64:4567", "filter", "udp", "packets", 4096, "seconds", 11.9, "frames", 4100,
        "not_udp", 3, "not_rtp", 1, "filtered", 0, "bytes_cut", 17, "streams", "codec", "L16",
        "payload_type", 10, "rate", 44100, "channels", 2, "packets", 4096, "samples", 1, "cells");
    assert_non_null(d);
    return d;
}

json_t *sample_cell(json_t *document, const char *stack, const char *outcome)
{
    char series[64], reproduce[256];
    json_t *cells = json_object_get(document, "cells");
    snprintf(series, sizeof series, "series/%03zu.csv", json_array_size(cells));
    snprintf(reproduce, sizeof reproduce, "plimsoll run stalled-reader --allocator %s", stack);
    json_t *cell = json_pack(
        "{s:s, s:s, s:s, s:s, s:{}, s:{s:s, s:I}, s:s, s:f, s:i, s:i, s:s, s:s, s:s, s:s, s:[s], "
        "s:{}, s:s, s:s}",
        "scenario", "stalled-reader", "title", "A receiver whose reader stalls", "allocator", stack,
        "format", "f32", "limits", "container", "kind", "cgroup2", "bytes", (json_int_t)268435456,
        "clock", "virtual", "duration_seconds", 240.0, "repetition", 0, "seed", 1, "outcome",
        outcome, "outcome_why", "the evidence", "expected", "met", "expected_why", "",
        "environment", "A=b", "metrics", "series", series, "reproduce", reproduce);
    assert_non_null(cell);
    json_array_append_new(cells, cell);
    return cell;
}

void sample_set(json_t *cell, const char *key, const char *text)
{
    json_object_set_new(cell, key, json_string(text));
}

void sample_metric(json_t *cell, const char *metric, double value)
{
    json_object_set_new(json_object_get(cell, "metrics"), metric, json_real(value));
}

static void add_killed(json_t *document, const char *stack, double seconds, double rss)
{
    json_t *cell = sample_cell(document, stack, "oom_killed");
    sample_metric(cell, "time_to_oom_seconds", seconds);
    sample_metric(cell, "rss_bytes_peak", rss);
}

json_t *sample_document(void)
{
    static const double cpu[] = {210, 200, 205};
    json_t *document = sample_empty();
    add_killed(document, "glibc", 139.5, 267730944);
    add_killed(document, "slab", 95.1, 184758272);
    for (size_t i = 0; i < 3; i++) {
        json_t *cell = sample_cell(document, "limited", "bounded");
        json_object_set_new(cell, "repetition", json_integer((json_int_t)i));
        sample_metric(cell, "rss_bytes_peak", 46313472);
        sample_metric(cell, "packets_received", 165375);
        sample_metric(cell, "packets_dropped", 158554);
        sample_metric(cell, "packets_delivered", 6682);
        sample_metric(cell, "cpu_ns_per_packet", cpu[i]);
    }
    json_t *failed = sample_cell(document, "jemalloc:dirty_decay_ms=0,muzzy_decay_ms=0", "growing");
    sample_metric(failed, "rss_bytes_peak", 1048576);
    sample_set(failed, "expected", "failed");
    sample_set(failed, "expected_why", "outcome is growing; expected oom_killed");
    json_array_append_new(json_object_get(document, "warnings"), json_string("the host was busy"));
    return document;
}

char *sample_folder(void)
{
    char *folder = strdup("/tmp/plimsoll-report-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

void sample_write(const char *folder, const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

void sample_save(const char *folder, const json_t *document, int series)
{
    char path[4096];
    const json_t *cell;
    size_t i;
    snprintf(path, sizeof path, "%s/results.json", folder);
    assert_int_equal(json_dump_file(document, path, JSON_INDENT(1)), 0);
    snprintf(path, sizeof path, "%s/series", folder);
    mkdir(path, 0777);
    json_array_foreach(json_object_get(document, "cells"), i, cell) if (series)
        sample_write(folder, json_string_value(json_object_get(cell, "series")),
                     "t_ns,rss_bytes,live_bytes,reserved_bytes\n0,4096,0,0\n"
                     "60000000000,99614720,9437184,9437184\n"
                     "120000000000,46313472,9437184,9437184\n");
}

char *sample_read(const char *folder, const char *name)
{
    char path[4096], *text = NULL;
    size_t size;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, NULL) ? NULL : text;
}

size_t sample_entries(const char *folder)
{
    size_t count = 0;
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(stream);
    return count;
}

size_t sample_count(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void sample_remove(char *folder)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

bool sample_can_draw(void)
{
    /* found is as good as imported, which takes eight times as long */
    return system("/usr/bin/python3 -E -s -c 'import importlib.util as u, sys; "
                  "sys.exit(u.find_spec(\"matplotlib\") is None)'") == 0;
}
