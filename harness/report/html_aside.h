/* The parts of the page that stand beside the tables (html_write.h). */
#ifndef PL_REPORT_HTML_ASIDE_H
#define PL_REPORT_HTML_ASIDE_H

#include "harness/report/html_write.h"

/** The worst of the run, with reasons and the rule. */
void pl_html_worst(const struct pl_html *page);

/** "Before and after", where a baseline was given. */
void pl_html_before(struct pl_html *page);

/** Models beside their counterparts, where any are. */
void pl_html_held(struct pl_html *page);

/** "Over the runs", where a history was given. */
void pl_html_past(const struct pl_html *page);

/** "Trust": this host's noise, and what the report can't vouch for. */
void pl_html_trust(const struct pl_html *page);

#endif
