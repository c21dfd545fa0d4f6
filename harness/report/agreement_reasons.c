/* What is known of stacks that can't agree (agreement.h): one row a stack, a sentence or two that
 * complete "it can't agree because". */
#include <string.h>

#include "harness/report/agreement.h"

const struct pl_agreement_reason *pl_agreement_reasons(void)
{
    static const struct pl_agreement_reason reasons[] = {
        {NULL, NULL},
    };
    return reasons;
}

const char *pl_agreement_reason(const struct pl_agreement_reason *table, const char *stack)
{
    for (; table->stack; table++)
        if (strcmp(table->stack, stack) == 0)
            return table->reason;
    return NULL;
}
