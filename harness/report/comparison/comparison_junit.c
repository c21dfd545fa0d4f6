/* The comparison as JUnit XML, which CI services show as tests: the subset that all of them read,
 * testsuites/testsuite/testcase with failure and skipped. */
#include <string.h>

#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/comparison.h"

static void begin_case(FILE *out, const struct pl_match *m, const char *metric)
{
    char how[PL_CHANGE_TEXT];
    pl_cell_name_how(&m->name, how, sizeof how);
    fputs("  <testcase classname=\"", out);
    pl_text_xml(out, m->name.scenario);
    fputs("\" name=\"", out);
    pl_text_xml(out, m->name.allocator);
    fputc(' ', out);
    pl_text_xml(out, how);
    fprintf(out, " %s\"", metric);
}

static void end_case(FILE *out, const char *element, const char *message)
{
    if (!element) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, "><%s message=\"", element);
    pl_text_xml(out, message);
    fputs("\"/></testcase>\n", out);
}

static void write_judged(FILE *out, const struct pl_match *m, const struct pl_judged *j)
{
    char line[1024];
    bool untold = j->change == PL_CHANGE_INCONCLUSIVE || j->change == PL_CHANGE_NOT_COMPARABLE;
    pl_change_line(m, j, line, sizeof line);
    begin_case(out, m, j->metric->name);
    end_case(out,
             pl_judged_fails(j)      ? "failure"
             : untold || j->advisory ? "skipped"
                                     : NULL,
             untold && !j->nondeterministic ? j->why : line);
}

static void write_cell(FILE *out, const struct pl_compared *cell)
{
    begin_case(out, cell->match, "outcome");
    end_case(out,
             cell->outcome == PL_CHANGE_WORSE            ? "failure"
             : cell->outcome == PL_CHANGE_NOT_COMPARABLE ? "skipped"
                                                         : NULL,
             cell->outcome_why);
    for (size_t k = 0; k < cell->judged_count; k++)
        write_judged(out, cell->match, &cell->judged[k]);
}

/* How many cases of a scenario there are, and how many fail or are skipped. */
static void count_suite(const struct pl_comparison *c, const char *scenario, size_t counts[3])
{
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        if (strcmp(cell->match->name.scenario, scenario) != 0)
            continue;
        counts[0] += 1 + cell->judged_count;
        counts[1] += cell->outcome == PL_CHANGE_WORSE;
        counts[2] += cell->outcome == PL_CHANGE_NOT_COMPARABLE;
        for (size_t k = 0; k < cell->judged_count; k++) {
            const struct pl_judged *j = &cell->judged[k];
            bool fails = pl_judged_fails(j);
            counts[1] += fails;
            counts[2] += !fails && (j->advisory || j->change == PL_CHANGE_INCONCLUSIVE ||
                                    j->change == PL_CHANGE_NOT_COMPARABLE);
        }
    }
}

static void write_suite(FILE *out, const struct pl_comparison *c, const char *scenario)
{
    size_t counts[3] = {0};
    count_suite(c, scenario, counts);
    fputs(" <testsuite name=\"", out);
    pl_text_xml(out, scenario);
    fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n", counts[0], counts[1],
            counts[2]);
    for (size_t i = 0; i < c->cell_count; i++)
        if (strcmp(c->cells[i].match->name.scenario, scenario) == 0)
            write_cell(out, &c->cells[i]);
    fputs(" </testsuite>\n", out);
}

void pl_comparison_junit(FILE *out, const struct pl_comparison *c)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll compare\">\n",
          out);
    for (size_t i = 0; i < c->cell_count; i++) {
        const char *scenario = c->cells[i].match->name.scenario;
        size_t first = 0;
        while (strcmp(c->cells[first].match->name.scenario, scenario) != 0)
            first++;
        if (first == i)
            write_suite(out, c, scenario);
    }
    fputs("</testsuites>\n", out);
}
