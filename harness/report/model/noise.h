/* This host's noise in words, from its calibration where there is one. */
#ifndef PL_REPORT_MODEL_NOISE_H
#define PL_REPORT_MODEL_NOISE_H

#include "harness/report/model/context.h"

#define PL_NOISE_TEXT 640 /* room for a line, with its NUL */

/** Whether it was measured, when, and if not, how to. @param context may be NULL: nobody looked */
void pl_noise_summary(const struct pl_report_context *context, char text[PL_NOISE_TEXT]);

/** How many metrics were calibrated; 0 without a calibration. */
size_t pl_noise_count(const struct pl_report_context *context);

/** A metric: "cpu_ns_per_packet: pairs of a program with itself spread by 0.8 % (0.3 to 2.1 over 12
 *  cells), false alarms 4 %". The spread is the standard deviation of their Hodges-Lehmann ratio.
 */
void pl_noise_line(const struct pl_report_context *context, size_t index, char text[PL_NOISE_TEXT]);

#endif
