/* Payload types from a session description (payload_map.h). */
#include "harness/traffic/payload_map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A description of a session has some hundred lines; a file of more is something else. */
enum { LINE_MAX = 4096, LINES_MAX = 10000 };

static int take_line(struct pl_payload_map *map, const char *path, unsigned number, char *line,
                     struct pl_error *error)
{
    static const char attribute[] = "a=rtpmap:";
    struct pl_error why;
    char *at, *end;
    if (strncmp(line, attribute, strlen(attribute)) != 0)
        return 0;
    line[strcspn(line, "\r\n")] = '\0';
    unsigned long type = strtoul(line + strlen(attribute), &at, 10);
    end = at + strspn(at, " ");
    if (end == at || type >= PL_PAYLOAD_TYPES)
        return pl_error_set(error, -EINVAL,
                            "%s:%u: '%.60s' is not a mapping; expected a=rtpmap:TYPE "
                            "ENCODING/RATE, with a type of 0 to 127",
                            path, number, line);
    end[strcspn(end, " ")] = '\0';
    if (pl_payload_parse(end, &map->types[type], &why))
        return pl_error_set(error, -EINVAL, "%s:%u: %s", path, number, why.text);
    return 1;
}

static int take_lines(struct pl_payload_map *map, const char *path, FILE *file,
                      struct pl_error *error)
{
    char line[LINE_MAX];
    unsigned number = 0, mapped = 0;
    for (int rc; fgets(line, sizeof line, file) && number < LINES_MAX; mapped += (unsigned)rc)
        if ((rc = take_line(map, path, ++number, line, error)) < 0)
            return rc;
    if (ferror(file))
        return pl_error_set(error, -errno, "%s: %s", path, strerror(errno));
    if (!mapped)
        return pl_error_set(error, -EINVAL,
                            "%s: no a=rtpmap in it; expected the SDP that the senders announced",
                            path);
    return 0;
}

static int take_sdp(struct pl_payload_map *map, const char *path, struct pl_error *error)
{
    struct stat status;
    FILE *file = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? fopen(path, "re") : NULL;
    if (!file)
        return pl_error_set(error, -EINVAL, "%s can't be read; expected a file of SDP", path);
    int rc = take_lines(map, path, file, error);
    fclose(file);
    return rc;
}

int pl_payload_map_make(struct pl_payload_map *map, const char *payload, const char *sdp,
                        struct pl_error *error)
{
    struct pl_payload other = {0};
    int rc = payload ? pl_payload_parse(payload, &other, error) : 0;
    for (uint32_t type = 0; type < PL_PAYLOAD_TYPES; type++)
        map->types[type] = pl_payload_of_type(type, &other);
    return rc || !sdp ? rc : take_sdp(map, sdp, error);
}
