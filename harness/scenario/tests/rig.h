/* What the tests of a scenario's keys share: a text that is whole but for what the test is about.
 */
#ifndef PL_SCENARIO_TESTS_RIG_H
#define PL_SCENARIO_TESTS_RIG_H

#include "harness/scenario/scenario.h"

/** Parses `base`, then `more`, as dir/t.yaml. @param setting one --set, or NULL */
int rig_parse(const char *base, const char *more, const char *setting, struct pl_scenario *s,
              struct pl_error *error);

/** The same, of what has to be taken. */
void rig_takes(const char *base, const char *more, const char *setting, struct pl_scenario *s);

/** The same, of what has to be refused in one line.
 *  @param message a part of it; with a digit first, that which follows the path */
void rig_refuses(const char *base, const char *more, const char *setting, const char *message);

struct rig_mistake {
    const char *more, *message;
};

void rig_refuses_all(const char *base, const struct rig_mistake *mistakes, size_t count);

#endif
