#include "harness/results/alert_series.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/files.h"

static const char *text_of(const struct pl_measured *m, const struct pl_alert_record *record)
{
    return m->scenario->alerts[record->index].text;
}

json_t *pl_alerts_json(const struct pl_measured *m)
{
    const struct pl_alert_log *alerted = &m->evidence->alerted;
    if (!m->scenario->alert_count)
        return NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < alerted->count; i++) {
        const struct pl_alert_record *record = &alerted->list[i];
        json_array_append_new(list, json_pack("{s:s, s:f, s:I}", "alert", text_of(m, record),
                                              "t_seconds", (double)record->t_ns / 1e9, "value",
                                              (json_int_t)record->value));
    }
    return list;
}

int pl_alerts_write(const char *series_path, const struct pl_measured *m, struct pl_error *error)
{
    const struct pl_alert_log *alerted = &m->evidence->alerted;
    char path[4600];
    struct pl_file file;
    if (!alerted->count)
        return 0;
    snprintf(path, sizeof path, "%.*s.alerts.csv", (int)(strlen(series_path) - strlen(".csv")),
             series_path);
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    file.unsynced = true;
    fputs("t_ns,value,alert\n", file.stream);
    for (size_t i = 0; i < alerted->count; i++)
        fprintf(file.stream, "%" PRId64 ",%" PRIu64 ",%s\n", alerted->list[i].t_ns,
                alerted->list[i].value, text_of(m, &alerted->list[i]));
    return pl_file_commit(&file, error);
}

bool pl_alerts_raised(const struct pl_measured *m, const char *text)
{
    const struct pl_alert_log *alerted = &m->evidence->alerted;
    for (size_t i = 0; i < alerted->count; i++)
        if (strcmp(text_of(m, &alerted->list[i]), text) == 0)
            return true;
    return false;
}
