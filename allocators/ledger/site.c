/* The site of the acquire under way in each thread (site.h). */
#include "allocators/ledger/site.h"

_Thread_local struct pl_site *pl_site_current __attribute__((tls_model("initial-exec")));
