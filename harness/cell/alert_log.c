#include "harness/cell/alert_log.h"

#include <errno.h>
#include <stdlib.h>

int pl_alert_log_add(struct pl_alert_log *a, const struct pl_alert_record *record)
{
    a->raised++;
    if (a->count == PL_ALERT_LOG_MAX)
        return 0;
    if ((a->count & (a->count - 1)) == 0) { /* full at 0, 1, 2, 4, ... */
        size_t capacity = a->count ? 2 * a->count : 1;
        struct pl_alert_record *larger = realloc(a->list, capacity * sizeof *larger);
        if (!larger)
            return -ENOMEM;
        a->list = larger;
    }
    a->list[a->count++] = *record;
    return 0;
}

void pl_alert_log_free(struct pl_alert_log *a)
{
    free(a->list);
    *a = (struct pl_alert_log){0};
}
