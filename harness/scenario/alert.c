/* Reading an alert's text and comparing by it (alert.h). The measured process reads it, too:
 * nothing here allocates. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/nearest.h"
#include "harness/scenario/alert.h"

static const char *const quantities[PL_ALERT_QUANTITY_COUNT] = {
    [PL_ALERT_RSS] = "rss_bytes",
    [PL_ALERT_LIVE] = "live_bytes",
    [PL_ALERT_RESERVED] = "reserved_bytes",
    [PL_ALERT_DROPPED] = "packets_dropped",
    [PL_ALERT_FALLBACKS] = "fallback_allocations"};

static const char *const comparisons[] = {
    [PL_ALERT_ABOVE] = ">", [PL_ALERT_FROM] = ">=", [PL_ALERT_BELOW] = "<", [PL_ALERT_UPTO] = "<="};

static bool read_quantity(const char *name, struct pl_alert *alert)
{
    for (uint32_t i = 0; i < PL_ALERT_LIVE_BLOCKS; i++)
        if (strcmp(quantities[i], name) == 0) {
            alert->quantity = i;
            return true;
        }
    alert->quantity = PL_ALERT_LIVE_BLOCKS;
    return strncmp(name, "live_", 5) == 0 && name[5];
}

static bool read_comparison(const char *text, struct pl_alert *alert)
{
    for (uint32_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (strcmp(comparisons[i], text) == 0) {
            alert->comparison = i;
            return true;
        }
    return false;
}

static int read_value(const char *text, struct pl_alert *alert, struct pl_error *error)
{
    char *end;
    if (alert->quantity <= PL_ALERT_RESERVED)
        return pl_size_parse(text, &alert->value, error);
    errno = 0;
    alert->value = strtoull(text, &end, 10);
    if (errno || text[0] < '0' || text[0] > '9' || *end)
        return pl_error_set(error, -EINVAL, "'%s' is not a count; expected a whole number", text);
    return 0;
}

int pl_alert_parse(const char *text, struct pl_alert *alert, struct pl_error *error)
{
    char quantity[48], comparison[8], value[32], rest;
    *alert = (struct pl_alert){.class_index = -1};
    int read = sscanf(text, " %47[a-z0-9_] %7[<>=!] %31s %c", quantity, comparison, value, &rest);
    if (read != 3 || !read_comparison(comparison, alert))
        return pl_error_set(
            error, -EINVAL,
            "'%.60s' is not an alert; expected QUANTITY, one of > >= < <=, and VALUE", text);
    if (!read_quantity(quantity, alert)) {
        char unknown[300];
        pl_nearest_say("quantity of an alert:", quantity,
                       "rss_bytes, live_bytes, reserved_bytes, packets_dropped, "
                       "fallback_allocations, live_CLASS",
                       unknown, sizeof unknown);
        return pl_error_set(error, -EINVAL, "%s", unknown);
    }
    int rc = read_value(value, alert, error);
    if (!rc)
        snprintf(alert->text, sizeof alert->text, "%s %s %s", quantity, comparison, value);
    return rc;
}

bool pl_alert_holds(const struct pl_alert *alert, uint64_t value)
{
    switch (alert->comparison) {
    case PL_ALERT_ABOVE:
        return value > alert->value;
    case PL_ALERT_FROM:
        return value >= alert->value;
    case PL_ALERT_BELOW:
        return value < alert->value;
    default:
        return value <= alert->value;
    }
}

bool pl_alert_list_next(const char **list, char text[PL_ALERT_TEXT_MAX])
{
    if (!*list || !**list)
        return false;
    size_t length = strcspn(*list, ",");
    snprintf(text, PL_ALERT_TEXT_MAX, "%.*s", (int)length, *list);
    *list = (*list)[length] ? *list + length + 1 : NULL;
    return true;
}
