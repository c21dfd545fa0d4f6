/* `plimsoll compare BASE NEW [--gate]`: verdicts on two results folders. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/comparison.h"
#include "harness/results/document.h"
#include "harness/results/hosts.h"

struct compare {
    const char *base, *new;  /* folders */
    const char *out;         /* where the files go */
    const char *calibration; /* a path, or NULL: this host's own */
    bool gate;
};

static int read_arguments(int argc, char **argv, struct compare *o)
{
    const char *gate = NULL;
    int code = pl_arguments_take(&argc, argv, "--gate", true, &gate);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--out", false, &o->out);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--calibration", false, &o->calibration);
    if (code != PL_EXIT_OK)
        return code;
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '-')
            return pl_cli_usage(
                "unknown option %s; expected --gate, --out DIR or --calibration FILE", argv[i]);
    if (argc != 3)
        return pl_cli_usage("wrong number of folders; expected two of results: BASE NEW");
    o->base = argv[1];
    o->new = argv[2];
    o->out = o->out ? o->out : o->new;
    o->gate = gate != NULL;
    return PL_EXIT_OK;
}

/* The calibration of the host that ran `new`; none is no error unless it was named. */
static int find_calibration(const struct compare *o, const json_t *new,
                            struct pl_calibration *calibration, struct pl_error *error)
{
    const json_t *host = json_object_get(new, "host");
    if (!o->calibration && pl_hosts_count(new) > 1)
        return 0; /* it is one host's */
    if (!o->calibration)
        return pl_calibration_find(host, calibration, error);
    int rc = pl_calibration_load(o->calibration, calibration, error);
    if (!rc && (pl_hosts_count(new) > 1 || !pl_calibration_of_host(calibration, host)))
        rc = pl_error_set(error, -EINVAL, "%s is a calibration of another host", o->calibration);
    return rc;
}

/* @param context what stands before the line */
static void print_reason(void *context, const char *line)
{
    pl_printable_line(stderr, "plimsoll: gate: %s%s", (const char *)context, line);
}

static int conclude(const struct compare *o, const struct pl_comparison *c)
{
    char plain[] = "", advisory[] = "advisory: ";
    const char *only_exact = pl_comparison_only_exact(c), *part = pl_comparison_incomplete(c);
    pl_comparison_table(stdout, c);
    putchar('\n');
    pl_printable_line(stdout, "%s/compare.md, compare.json and compare.xml", o->out);
    if (only_exact)
        pl_printable_line(stderr, "plimsoll: %s: only class D is compared", only_exact);
    if (part)
        pl_printable_line(
            stderr, "plimsoll: %s was stopped before its end: what it lacks is not compared", part);
    if (!o->gate)
        return PL_EXIT_OK;
    if (!c->calibration)
        fputs("plimsoll: gate: no calibration of this host: thresholds of class N are 3 % or twice "
              "the noise of the pairs themselves; `plimsoll calibrate` measures it\n",
              stderr);
    pl_change_advisory(c, print_reason, advisory);
    pl_change_reasons(c, print_reason, plain);
    return pl_comparison_fails(c) ? PL_EXIT_UNEXPECTED : PL_EXIT_OK;
}

static int compare(const struct compare *o, json_t *base, json_t *new)
{
    struct pl_calibration calibration = {0};
    struct pl_comparison c;
    struct pl_error error;
    int code = PL_EXIT_USAGE;
    if (find_calibration(o, new, &calibration, &error) ||
        pl_comparison_make(base, new, calibration.root ? &calibration : NULL, &c, &error)) {
        pl_calibration_free(&calibration);
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    }
    const char *part = pl_comparison_incomplete(&c);
    if (o->gate && part)
        pl_cli_usage(
            "gate: %s was stopped before its end (run.complete is false); expected a complete run",
            part);
    else if (pl_comparison_write(&c, o->out, o->base, o->new, &error))
        pl_cli_fail(PL_EXIT_USAGE, &error);
    else
        code = conclude(o, &c);
    pl_comparison_free(&c);
    pl_calibration_free(&calibration);
    return code;
}

int pl_cli_compare(int argc, char **argv)
{
    struct compare options = {0};
    struct pl_error error;
    json_t *base = NULL, *new = NULL;
    int code = read_arguments(argc, argv, &options);
    if (code == PL_EXIT_OK && (pl_document_load(options.base, &base, &error) ||
                               pl_document_load(options.new, &new, &error)))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    if (code == PL_EXIT_OK)
        code = compare(&options, base, new);
    json_decref(base);
    json_decref(new);
    return code;
}
