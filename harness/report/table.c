#include "harness/report/table.h"
void pl_report_table(FILE *out, const json_t *results)
{
    json_t *cell; size_t i;
    json_array_foreach(json_object_get(results, "cells"), i, cell) {
        json_t *m = json_object_get(cell, "metrics");
        fprintf(out, "%-16s %-20s %-12s %-11s rss %.1f MiB live %.1f reserved %.1f cpu/pkt %.0f deliv %lld drop %lld %s | %s\n",
            json_string_value(json_object_get(cell, "scenario")), json_string_value(json_object_get(cell, "allocator")),
            json_string_value(json_object_get(cell, "outcome")), json_string_value(json_object_get(cell, "expected")),
            json_number_value(json_object_get(m, "rss_bytes_peak"))/1048576,
            json_number_value(json_object_get(m, "live_bytes_peak"))/1048576,
            json_number_value(json_object_get(m, "reserved_bytes_peak"))/1048576,
            json_number_value(json_object_get(m, "cpu_ns_per_packet")),
            (long long)json_integer_value(json_object_get(m, "packets_delivered")),
            (long long)json_integer_value(json_object_get(m, "packets_dropped")),
            json_string_value(json_object_get(cell, "outcome_why")),json_string_value(json_object_get(cell, "expected_why")));
    }
}
