/* What a file of heaptrack's says as a whole: a trace tells of it before its first event. */
#ifndef PL_TRACE_HEAPTRACK_SURVEY_H
#define PL_TRACE_HEAPTRACK_SURVEY_H

#include "harness/trace/heaptrack/records.h"
#include "harness/trace/trace.h"

struct pl_heaptrack_survey {
    uint32_t version;    /* heaptrack's: 0x010400 is 1.4.0 */
    bool is_interpreted; /* else it is raw */
    bool is_attached;    /* to a program that was running already */
    bool is_cut;         /* within its last line */
    bool has_end;        /* it ends as that of a program that exits does */
    uint64_t duration_ms, page_bytes;
    uint64_t allocations;
    char program[PL_TRACE_TEXT_MAX], command[PL_TRACE_TEXT_MAX];
};

/** Reads a file through. @param name kept for messages
 *  @return 0, or as pl_heaptrack_records_next; -EINVAL too for one without an allocation */
int pl_heaptrack_survey(FILE *stream, const char *name, struct pl_heaptrack_survey *survey,
                        struct pl_error *error);

/** Takes the time of a record `c`. @return false for none, or one beyond 34 years */
bool pl_heaptrack_time(struct pl_heaptrack_records *records, uint64_t *ms);

#endif
