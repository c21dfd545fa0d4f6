#include "harness/scenario/tests/rig.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PATH "dir/t.yaml"

int rig_parse(const char *base, const char *more, const char *setting, struct pl_scenario *s,
              struct pl_error *error)
{
    char text[8192];
    int size = snprintf(text, sizeof text, "%s%s\n", base, more);
    assert_true(size < (int)sizeof text);
    return pl_scenario_parse(text, (size_t)size, PATH, PL_TIER_DEFAULT, &setting, setting != NULL,
                             s, error);
}

void rig_takes(const char *base, const char *more, const char *setting, struct pl_scenario *s)
{
    struct pl_error error = {""};
    if (rig_parse(base, more, setting, s, &error))
        fail_msg("%s: %s", more, error.text);
}

static bool says(const char *text, const char *message)
{
    if (!isdigit((unsigned char)*message))
        return strstr(text, message) != NULL;
    return strncmp(text, PATH ":", sizeof PATH) == 0 &&
           strncmp(text + sizeof PATH, message, strlen(message)) == 0;
}

void rig_refuses(const char *base, const char *more, const char *setting, const char *message)
{
    struct pl_scenario s;
    struct pl_error error = {""};
    assert_int_equal(rig_parse(base, more, setting, &s, &error), -EINVAL);
    if (!says(error.text, message) || strchr(error.text, '\n'))
        fail_msg("%s: '%s' is not '%s'", more, error.text, message);
}

void rig_refuses_all(const char *base, const struct rig_mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rig_refuses(base, mistakes[i].more, NULL, mistakes[i].message);
}
