/* Names for the sites of a foreign program's ledger: once it has ended, and before its books go. */
#ifndef PL_CELL_SITE_NAMES_H
#define PL_CELL_SITE_NAMES_H

#include "harness/cell/ledger_reports.h"

/** Names each site of the reports, and gives it its chain of calls. Without books, or where nothing
 *  is known of an address, it stays as it is. @return 0 or -ENOMEM */
int pl_site_names_find(const char *page, struct pl_ledger_reports *reports);

#endif
