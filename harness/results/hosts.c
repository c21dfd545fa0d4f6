#include "harness/results/hosts.h"

static json_t *at(const json_t *root, size_t place)
{
    const json_t *hosts = json_object_get(root, "hosts");
    return hosts ? json_array_get(hosts, place) : place ? NULL : json_object_get(root, "host");
}

size_t pl_hosts_count(const json_t *root)
{
    const json_t *hosts = json_object_get(root, "hosts");
    return hosts ? json_array_size(hosts) : 1;
}

/* From now on each cell names its own. */
static json_t *begin_list(json_t *root)
{
    json_t *hosts = json_array(), *cell;
    size_t i;
    json_array_append(hosts, json_object_get(root, "host"));
    json_object_set_new(root, "hosts", hosts);
    json_array_foreach(json_object_get(root, "cells"), i, cell) pl_hosts_note(root, cell, 0);
    return hosts;
}

size_t pl_hosts_find(const json_t *root, const json_t *host)
{
    size_t count = pl_hosts_count(root), place = 0;
    while (place < count && !json_equal(at(root, place), host))
        place++;
    return place;
}

size_t pl_hosts_add(json_t *root, json_t *host)
{
    size_t place = pl_hosts_find(root, host);
    if (place == pl_hosts_count(root)) {
        json_t *hosts = json_object_get(root, "hosts");
        json_array_append(hosts ? hosts : begin_list(root), host);
    }
    json_decref(host);
    return place;
}

void pl_hosts_note(const json_t *root, json_t *cell, size_t host)
{
    if (json_object_get(root, "hosts"))
        json_object_set_new(cell, "host", json_integer((json_int_t)host));
}

size_t pl_hosts_place(const json_t *cell)
{
    json_int_t place = json_integer_value(json_object_get(cell, "host"));
    return place > 0 ? (size_t)place : 0;
}

json_t *pl_hosts_of(const json_t *root, const json_t *cell)
{
    return at(root, pl_hosts_place(cell));
}
