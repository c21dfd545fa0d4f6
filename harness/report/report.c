#include "harness/report/report.h"
int pl_report_write(const char *folder, FILE *progress, struct pl_error *error){(void)folder;(void)progress;(void)error;return 0;}
