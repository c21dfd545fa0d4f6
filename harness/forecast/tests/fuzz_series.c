/* Whatever a file holds, it is refused with one line, or it is a series whose forecast is in order.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/forecast/series_file.h"
#include "harness/stats/forecast.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void foretell(const struct pl_memory_series *s)
{
    struct pl_forecast f;
    struct pl_curve curve = pl_memory_series_curve(s);
    for (size_t i = 1; i < curve.count; i++)
        if (curve.t_ns[i] <= curve.t_ns[i - 1])
            abort();
    if (pl_forecast_make(&curve, &f))
        abort(); /* it has samples enough */
    struct pl_forecast_range level = pl_forecast_at(&f, 1);
    struct pl_forecast_range time = pl_forecast_meets(&f, 1e9, pl_forecast_reach(&f));
    if (!(level.low <= level.best && level.best <= level.high) || !(time.low <= time.best) ||
        !(time.best <= time.high))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pl_memory_series_wishes wishes[] = {
        {0}, {.interval_ns = 1000000000, .unit_bytes = 1024}};
    char path[64];
    int fd = memfd_create("series", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        struct pl_memory_series series;
        struct pl_error error = {""};
        int rc = pl_memory_series_read(path, &wishes[i], &series, &error);
        if (rc && (!error.text[0] || strchr(error.text, '\n')))
            abort(); /* a refusal is one line */
        if (rc)
            continue;
        foretell(&series);
        pl_memory_series_free(&series);
    }
    close(fd);
    return 0;
}
