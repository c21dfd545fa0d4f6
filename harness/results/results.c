/* The run's folder and the head of results.json (results.h). */
#include "harness/results/results.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/base/monotonic.h"
#include "harness/cell/process.h"
#include "harness/results/clean.h"
#include "harness/results/document.h"
#include "harness/results/folder.h"
#include "harness/results/host.h"
#include "harness/results/hosts.h"
#include "harness/scenario/conditions.h"
#include "harness/scenario/traits.h"

/* Of the time of a run, writing what there is so far takes one part in so many. */
#define KEEPING_SHARE 20

static json_t *now_utc(void)
{
    char text[32];
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return json_string(text);
}

static int make_folders(struct pl_results *r, bool force, struct pl_error *error)
{
    char series[sizeof r->folder + 8];
    struct stat status;
    r->made_folder = stat(r->folder, &status) != 0;
    snprintf(series, sizeof series, "%s/series", r->folder);
    int rc = pl_folder_claim(r->folder, force, &r->claim, error);
    if (!rc)
        rc = pl_folder_make(series, error);
    if (!rc && access(series, W_OK))
        rc = pl_error_set(error, -errno, "can't write into %s: %s", series, strerror(errno));
    return rc;
}

int pl_results_open(struct pl_results *r, const char *folder, bool force, const char *command,
                    const char *tier, struct pl_error *error)
{
    *r = (struct pl_results){.claim = -1};
    if (strlen(folder) + 300 >= sizeof r->folder)
        return pl_error_set(error, -ENAMETOOLONG, "the path of the results is too long");
    strcpy(r->folder, folder);
    int rc = make_folders(r, force, error);
    if (rc)
        return rc;
    json_t *host = pl_host_fingerprint();
    r->root =
        json_pack("{s:i, s:{s:s, s:s}, s:{s:o, s:s, s:o, s:b}, s:o, s:[], s:[], s:[]}",
                  "schema_version", PL_SCHEMA_VERSION, "suite", "name", "plimsoll", "version",
                  PL_VERSION, "run", "command", pl_clean_string(command), "tier", tier, "started",
                  now_utc(), "complete", 0, "host", host, "warnings", "recordings", "cells");
    return r->root ? 0 : pl_error_set(error, -ENOMEM, "out of memory");
}

int pl_results_reopen(struct pl_results *r, const char *folder, struct pl_error *error)
{
    *r = (struct pl_results){.claim = -1};
    if (strlen(folder) + 300 >= sizeof r->folder)
        return pl_error_set(error, -ENAMETOOLONG, "the path of the results is too long");
    strcpy(r->folder, folder);
    int rc = pl_folder_claim_run(folder, false, &r->claim, error);
    if (!rc)
        rc = pl_document_load(folder, &r->root, error);
    if (!rc)
        r->host = pl_hosts_find(r->root, r->fingerprint = pl_host_fingerprint());
    return rc;
}

void pl_results_note_matrix(struct pl_results *r, const struct pl_matrix_record *m)
{
    json_t *run = json_object_get(r->root, "run"), *of_cells = json_array();
    json_object_set_new(json_object_get(r->root, "suite"), "commit", pl_clean_string(m->commit));
    json_object_set_new(run, "matrix",
                        json_pack("{s:I, s:s}", "cells", (json_int_t)m->cells, "hash", m->hash));
    for (size_t i = 0; m->shard_of && i < m->cells; i++)
        json_array_append_new(of_cells, json_integer(m->shard_of[i]));
    if (m->shard)
        json_object_set_new(run, "shard",
                            json_pack("{s:i, s:i, s:O}", "index", (int)m->shard, "count",
                                      (int)m->shards, "of_cells", of_cells));
    json_decref(of_cells);
}

static json_t *stream_json(const struct pl_recorded_stream *stream)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:i, s:b}", "codec",
                     pl_codec_name((enum pl_codec)stream->codec), "payload_type",
                     (int)stream->payload_type, "rate", (int)stream->rate, "channels",
                     (int)stream->channels, "packets", (int)stream->packets, "samples",
                     stream->codec != PL_CODEC_OPAQUE);
}

static void add_condition(void *context, const char *key, const char *value)
{
    json_object_set_new(context, key, pl_clean_string(value));
}

/* Whose decoders, encoders and filters a cell had. */
static json_t *ffmpeg_version(void)
{
    char version[128];
    return json_string(pl_process_ffmpeg(version, sizeof version, NULL) ? "unknown" : version);
}

/* Paths and hashes of what is replayed, separated by commas. */
static void name_files(const struct pl_scenario *s, json_t **files, json_t **hashes)
{
    char names[PL_FILES_MAX * PL_PATH_MAX] = "", all[PL_FILES_MAX * 64] = "", hash[64];
    const char *paths[PL_FILES_MAX];
    uint32_t count = pl_scenario_files(s, paths);
    for (uint32_t i = 0; i < count; i++) {
        size_t at = strlen(names), end = strlen(all);
        pl_file_hash(paths[i], hash, sizeof hash);
        snprintf(names + at, sizeof names - at, "%s%s", i ? "," : "", paths[i]);
        snprintf(all + end, sizeof all - end, "%s%s", i ? "," : "", hash);
    }
    *files = pl_clean_string(names);
    *hashes = json_string(all);
}

void pl_results_add_recording(struct pl_results *r, const struct pl_scenario *s,
                              const struct pl_recording *recording,
                              const struct pl_capture_counts *counts)
{
    json_t *streams = json_array(), *conditions = json_object(), *files, *hashes;
    pl_scenario_conditions(s, add_condition, conditions);
    name_files(s, &files, &hashes);
    for (uint32_t i = 0; i < recording->stream_count; i++)
        json_array_append_new(streams, stream_json(&pl_recording_streams(recording)[i]));
    json_t *object = json_pack(
        "{s:s, s:o, s:o, s:s, s:i, s:f, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "scenario", s->name,
        "file", files, "hash", hashes, "filter", s->traffic.filter, "packets",
        (int)recording->packet_count, "seconds", (double)recording->duration_ns / 1e9, "frames",
        (json_int_t)counts->frames, "not_udp", (json_int_t)pl_capture_not_udp(counts), "not_rtp",
        (json_int_t)pl_capture_not_rtp(counts), "filtered", (json_int_t)counts->filtered,
        "bytes_cut", (json_int_t)counts->bytes_cut, "streams", streams, "conditions", conditions);
    if (pl_traits_of(s)->ffmpeg)
        json_object_set_new(object, "ffmpeg", ffmpeg_version());
    json_array_append_new(json_object_get(r->root, "recordings"), object);
}

bool pl_results_warn(struct pl_results *r, const char *warning)
{
    json_t *warnings = json_object_get(r->root, "warnings"), *known;
    json_t *clean = pl_clean_string(warning);
    bool told = false;
    size_t i;
    json_array_foreach(warnings, i, known) told |= json_equal(known, clean);
    if (!told)
        json_array_append(warnings, clean);
    json_decref(clean);
    return !told;
}

void pl_results_add_instrument(struct pl_results *r, json_t *entry)
{
    json_t *instruments = json_object_get(r->root, "instruments");
    if (!instruments) {
        instruments = json_array();
        json_object_set_new(r->root, "instruments", instruments);
    }
    json_array_append_new(instruments, entry);
}

bool pl_results_number(const json_t *cell, size_t *number)
{
    static const char folder[] = "series/";
    const char *series = pl_document_string(cell, "series");
    if (strncmp(series, folder, sizeof folder - 1) != 0)
        return false;
    char *end;
    unsigned long long value = strtoull(series + sizeof folder - 1, &end, 10);
    *number = (size_t)value;
    return end > series + sizeof folder - 1 && *end == '.' && value < SIZE_MAX;
}

/* A run that goes on may add what comes before a cell that is there. */
static void sort_cells(json_t *cells)
{
    size_t count = json_array_size(cells), number, other;
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0; k--) {
            json_t *cell = json_array_get(cells, k), *before = json_array_get(cells, k - 1);
            if (!pl_results_number(cell, &number) || !pl_results_number(before, &other) ||
                other <= number)
                break;
            json_incref(before);
            json_array_set(cells, k - 1, cell);
            json_array_set_new(cells, k, before);
        }
}

int pl_results_write(struct pl_results *r, bool complete, struct pl_error *error)
{
    char path[sizeof r->folder + 16];
    struct pl_file file;
    snprintf(path, sizeof path, "%s/results.json", r->folder);
    json_object_set_new(json_object_get(r->root, "run"), "complete", json_boolean(complete));
    sort_cells(json_object_get(r->root, "cells"));
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    if (json_dumpf(r->root, file.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) == 0)
        fputc('\n', file.stream);
    return pl_file_commit(&file, error);
}

int pl_results_keep(struct pl_results *r, struct pl_error *error)
{
    int64_t begun = pl_monotonic_ns();
    if (r->kept_ns && begun - r->kept_ns < KEEPING_SHARE * r->keeping_ns)
        return 0;
    int rc = pl_results_write(r, false, error);
    r->kept_ns = pl_monotonic_ns();
    r->keeping_ns = r->kept_ns - begun;
    return rc;
}

void pl_results_close(struct pl_results *r)
{
    char path[sizeof r->folder + 16];
    if (r->claim < 0)
        return; /* it was never opened: the folder is another's */
    snprintf(path, sizeof path, "%s/results.json", r->folder);
    if (r->made_folder && access(path, F_OK) != 0) {
        snprintf(path, sizeof path, "%s/series", r->folder);
        rmdir(path); /* both only when empty */
        rmdir(r->folder);
    }
    close(r->claim);
    r->claim = -1;
    json_decref(r->root);
    json_decref(r->fingerprint);
    r->root = r->fingerprint = NULL;
}
