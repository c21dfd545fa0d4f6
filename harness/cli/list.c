/* `plimsoll list`: scenarios, allocators, formats and metrics, one line each; or what is in a
 * trace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/printable.h"
#include "harness/cell/heap.h"
#include "harness/cli/cli.h"
#include "harness/cli/listed_classes.h"
#include "harness/cli/listed_trace.h"
#include "harness/instruments/instrument.h"
#include "harness/measure/metrics.h"
#include "harness/report/counterparts_table.h"
#include "harness/results/counterparts.h"
#include "harness/scenario/sweep.h"

static void print_scenario(const struct pl_scenario *s)
{
    size_t swept = pl_sweep_count(s);
    printf("%-20s %s", s->name, s->title);
    if (swept)
        printf(" (sweeps %zu stacks)", swept);
    putchar('\n');
}

static int list_scenarios(void)
{
    char **paths = NULL;
    struct pl_error error;
    int count = pl_scenario_list(&paths, &error);
    if (count < 0)
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    for (int i = 0; i < count; i++) {
        struct pl_scenario *s = malloc(sizeof *s);
        if (s && pl_scenario_load(paths[i], PL_TIER_DEFAULT, NULL, 0, s, &error) == 0)
            print_scenario(s);
        else
            pl_printable_line(stdout, "%-20s can't be read: %s", paths[i],
                              s ? error.text : "out of memory");
        free(s);
        free(paths[i]);
    }
    free(paths);
    return PL_EXIT_OK;
}

static void print_installed(const char *heap)
{
    char text[PL_HEAP_DESCRIPTION_MAX];
    struct pl_error error;
    if (pl_heap_describe(heap, text, sizeof text, &error))
        pl_printable_line(stdout, "%-17snot here: %s", "", error.text);
    else if (text[0])
        pl_printable_line(stdout, "%-17sversion: %s", "", text);
}

static int list_allocators(void)
{
    struct pl_backend_info info;
    for (size_t i = 0; pl_backend_info(i, &info); i++) {
        printf("%-10s %-5s %s\n", info.name, info.heap ? "heap" : "layer", info.summary);
        if (info.options[0])
            printf("%-17soptions: %s\n", "", info.options);
        if (info.missing)
            pl_printable_line(stdout, "%-17snot here: %s", "", info.missing);
        else if (info.heap)
            print_installed(info.name);
    }
    return PL_EXIT_OK;
}

static int list_formats(void)
{
    static const char *const about[PL_FORMAT_OWN] = {
        [PL_FORMAT_F32] = "32-bit floats in [-1, 1)",
        [PL_FORMAT_S16] = "16-bit integers",
        [PL_FORMAT_F64] = "64-bit floats",
        [PL_FORMAT_S32] = "32-bit integers",
        [PL_FORMAT_FFMPEG] = "frames as FFmpeg's decoder makes them",
        [PL_FORMAT_YUV420P] = "pictures, 1.5 B a pixel in three planes",
        [PL_FORMAT_YUV422P] = "pictures, 2 B a pixel in three planes",
        [PL_FORMAT_RGB24] = "pictures, 3 B a pixel",
        [PL_FORMAT_RGBA] = "pictures, 4 B a pixel",
    };
    for (int i = 0; i < PL_FORMAT_OWN; i++) {
        size_t bytes = pl_format_sample_bytes((enum pl_format)i);
        if (bytes)
            printf("%-8s %zu B a sample, %s\n", pl_format_name((enum pl_format)i), bytes, about[i]);
        else
            printf("%-8s %s\n", pl_format_name((enum pl_format)i), about[i]);
    }
    return PL_EXIT_OK;
}

static int list_counterparts(void)
{
    struct pl_error error;
    json_t *root = NULL;
    if (pl_counterparts_read(NULL, &root, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    pl_counterparts_table(stdout, root);
    json_decref(root);
    return PL_EXIT_OK;
}

static int list_metrics(void)
{
    for (size_t i = 0; i < pl_metric_count; i++) {
        const struct pl_metric *m = &pl_metrics[i];
        printf("%-33s %s %-6s %-5s %s\n", m->name, pl_class_name(m->class),
               pl_better_name(m->better), pl_unit_name(m->unit), m->how);
    }
    return PL_EXIT_OK;
}

static int list_instruments(void)
{
    struct pl_error error;
    for (size_t i = 0; i < pl_instrument_count; i++) {
        const struct pl_instrument *instrument = pl_instruments[i];
        printf("%-10s %s\n", instrument->name, instrument->sees);
        if (pl_instrument_available(instrument, &error))
            printf("%-11snot here: %s\n", "", error.text);
    }
    return PL_EXIT_OK;
}

/* No list has a name with one of these in it. */
static bool is_path(const char *word)
{
    return strpbrk(word, "./") || access(word, F_OK) == 0;
}

int pl_cli_list(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*list)(void);
    } lists[] = {{"scenarios", list_scenarios},
                 {"allocators", list_allocators},
                 {"formats", list_formats},
                 {"metrics", list_metrics},
                 {"instruments", list_instruments}};
    const char *wanted = argc > 1 ? argv[1] : NULL;
    const bool events = wanted && strcmp(wanted, "--events") == 0;
    const bool classes = wanted && strcmp(wanted, "--classes") == 0;
    bool found = false;
    if (argc == 3 && events)
        return pl_list_trace(argv[2], true);
    if (argc == 3 && classes)
        return pl_list_classes(argv[2]);
    if (argc == 3 && strcmp(wanted, "scenarios") == 0 && strcmp(argv[2], "--counterparts") == 0)
        return list_counterparts();
    if (argc > 2 || events || classes)
        return pl_cli_usage(
            "list takes one of scenarios [--counterparts], allocators, formats, metrics, "
            "instruments, or [--events|--classes] and the file of a trace");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (wanted && strcmp(wanted, lists[i].name) != 0)
            continue;
        found = true;
        if (!wanted)
            printf("%s%s\n", i ? "\n" : "", lists[i].name);
        int rc = lists[i].list();
        if (rc)
            return rc;
    }
    if (!found && is_path(wanted))
        return pl_list_trace(wanted, false);
    return found ? PL_EXIT_OK
                 : pl_cli_usage("list takes scenarios, allocators, formats, metrics, "
                                "instruments or the file of a trace, not '%s'",
                                wanted);
}
