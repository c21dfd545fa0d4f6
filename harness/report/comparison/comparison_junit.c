/* The comparison as JUnit XML. */
#include "harness/base/spare_memory.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/comparison.h"
#include "harness/report/writers/junit.h"

static struct pl_junit_case case_of(const struct pl_match *m, const char *of, bool fails,
                                    bool skipped, const char *message)
{
    return (struct pl_junit_case){.name = m->name,
                                  .of = pl_memory_text(" %s", of),
                                  .end = fails     ? PL_JUNIT_FAILED
                                         : skipped ? PL_JUNIT_SKIPPED
                                                   : PL_JUNIT_PASSED,
                                  .message =
                                      fails || skipped ? pl_memory_text("%s", message) : NULL};
}

static struct pl_junit_case judged_case(const struct pl_match *m, const struct pl_judged *j)
{
    char line[1024];
    bool untold = j->change == PL_CHANGE_INCONCLUSIVE || j->change == PL_CHANGE_NOT_COMPARABLE;
    pl_change_line(m, j, line, sizeof line);
    return case_of(m, j->metric->name, pl_judged_fails(j), untold || j->advisory,
                   untold && !j->nondeterministic ? j->why : line);
}

void pl_comparison_junit(FILE *out, const struct pl_comparison *c)
{
    size_t most = c->cell_count, count = 0;
    for (size_t i = 0; i < c->cell_count; i++)
        most += c->cells[i].judged_count;
    struct pl_junit_case *cases = pl_memory_take(most, sizeof *cases);
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        cases[count++] = case_of(cell->match, "outcome", cell->outcome == PL_CHANGE_WORSE,
                                 cell->outcome == PL_CHANGE_NOT_COMPARABLE, cell->outcome_why);
        for (size_t k = 0; k < cell->judged_count; k++)
            cases[count++] = judged_case(cell->match, &cell->judged[k]);
    }
    pl_junit_cases(out, "plimsoll compare", cases, count);
}
