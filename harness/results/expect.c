#include "harness/results/expect.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/alert_series.h"
#include "harness/scenario/alert.h"

const char *pl_verdict_name(enum pl_verdict verdict)
{
    static const char *const names[] = {"met", "failed", "not checked", "none"};
    return names[verdict];
}

/* @return 0, -EINVAL, or -ENOENT: it is a plain number of that unit */
static int read_quantity(enum pl_unit unit, const char *text, double *value,
                         struct pl_error *reason)
{
    uint64_t bytes;
    int64_t ns;
    switch (unit) {
    case PL_UNIT_BYTES:
    case PL_UNIT_BYTES_PER_SECOND:
    case PL_UNIT_BYTES_PER_MINUTE:
        if (pl_size_parse(text, &bytes, reason))
            return -EINVAL;
        *value = (double)bytes;
        return 0;
    case PL_UNIT_SECONDS:
    case PL_UNIT_NANOSECONDS:
        if (pl_time_parse(text, &ns, reason))
            return -EINVAL;
        *value = unit == PL_UNIT_SECONDS ? (double)ns / 1e9 : (double)ns;
        return 0;
    default:
        return -ENOENT;
    }
}

static int read_value(enum pl_unit unit, const char *text, double *value, struct pl_error *reason)
{
    char *end;
    int rc = read_quantity(unit, text, value, reason);
    if (rc != -ENOENT)
        return rc;
    *value = strtod(text, &end);
    if (end == text || *end || !isfinite(*value))
        return pl_error_set(reason, -EINVAL, "'%s' is not a number", text);
    return 0;
}

int pl_bound_read(const struct pl_bound *bound, const struct pl_metric *metric,
                  struct pl_bound_value *out, struct pl_error *reason)
{
    size_t length = strspn(bound->text, "<>=");
    const char *value = bound->text + length + strspn(bound->text + length, " ");
    static const char *const known[] = {"<=", ">=", "<", ">", "=", "=="};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == length && strncmp(known[i], bound->text, length) == 0) {
            snprintf(out->comparison, sizeof out->comparison, "%s", known[i]);
            return read_value(metric->unit, value, &out->value, reason);
        }
    return pl_error_set(reason, -EINVAL,
                        "'%s' is not a comparison; expected one of <=, >=, <, >, = and a value",
                        bound->text);
}

static int check_bound(const struct pl_scenario *s, const struct pl_bound *bound,
                       struct pl_error *error)
{
    const struct pl_metric *metric = pl_metric_find(bound->metric);
    struct pl_bound_value parsed;
    struct pl_error reason;
    if (!metric) {
        char unknown[300];
        pl_metric_unknown(bound->metric, unknown, sizeof unknown);
        return pl_error_set(error, -EINVAL, "%s:%u:%u: %s", s->path, bound->mark.line,
                            bound->mark.column, unknown);
    }
    if (pl_bound_read(bound, metric, &parsed, &reason))
        return pl_error_set(error, -EINVAL, "%s:%u:%u: %s: %s", s->path, bound->mark.line,
                            bound->mark.column, bound->metric, reason.text);
    return 0;
}

int pl_expectations_check(const struct pl_scenario *s, struct pl_error *error)
{
    for (uint32_t i = 0; i < s->expectation_count; i++)
        for (uint32_t k = 0; k < s->expectations[i].bound_count; k++) {
            int rc = check_bound(s, &s->expectations[i].bounds[k], error);
            if (rc)
                return rc;
        }
    return 0;
}

static bool holds(const struct pl_bound_value *bound, double value)
{
    switch (bound->comparison[0]) {
    case '<':
        return bound->comparison[1] ? value <= bound->value : value < bound->value;
    case '>':
        return bound->comparison[1] ? value >= bound->value : value > bound->value;
    default:
        return value == bound->value;
    }
}

/* Whether `item` stands in a comma-separated list. */
static bool listed(const char *list, const char *item)
{
    size_t length = strlen(item);
    for (const char *at = list; at; at = strchr(at, ','), at = at ? at + 1 : NULL)
        if (strncmp(at, item, length) == 0 && (at[length] == ',' || !at[length]))
            return true;
    return false;
}

/* A heap that is named by its path counts as that heap. */
static bool is_item(const struct pl_stack_spec *spec, const char *item)
{
    char text[PL_STACK_TEXT_MAX];
    pl_stack_without_path(spec, text, sizeof text);
    return strcmp(item, spec->text) == 0 || strcmp(item, text) == 0;
}

/* `null` is a floor, not a heap that a server would have: no group but "all" means it. */
static bool names_stack(const char *stacks, const char *stack)
{
    struct pl_stack_spec spec;
    char item[PL_STACK_TEXT_MAX];
    if (pl_stack_parse(stack, &spec, NULL))
        return false;
    const char *group = pl_stack_has(&spec, "null")  ? "null"
                        : pl_stack_is_limited(&spec) ? "limited"
                                                     : "unlimited";
    const char *list = stacks;
    while (list && pl_stack_list_next(&list, item, sizeof item, NULL) == 0)
        if (strcmp(item, "all") == 0 || strcmp(item, group) == 0 || is_item(&spec, item))
            return true;
    return false;
}

/* Whether an expectation names the very stack, its options included. */
static bool is_named(const struct pl_scenario *s, const struct pl_stack_spec *spec)
{
    char item[PL_STACK_TEXT_MAX];
    for (uint32_t i = 0; i < s->expectation_count; i++) {
        const char *list = s->expectations[i].stacks;
        while (list && pl_stack_list_next(&list, item, sizeof item, NULL) == 0)
            if (is_item(spec, item))
                return true;
    }
    return false;
}

/* A limit of its own, or a planned failure, in the spec leaves the stated conditions as --set does,
 * unless the scenario states what it expects of just that one. */
static bool has_own_conditions(const struct pl_scenario *s, const char *stack)
{
    struct pl_stack_spec spec;
    if (pl_stack_parse(stack, &spec, NULL))
        return false;
    bool own = pl_stack_has(&spec, "fault") ||
               (pl_stack_is_limited(&spec) && !pl_stack_needs_budgets(&spec));
    return own && !is_named(s, &spec);
}

static bool names_threads(const char *list, uint32_t threads)
{
    char text[16];
    snprintf(text, sizeof text, "%u", threads);
    return listed(list, text);
}

bool pl_expectation_names(const struct pl_expectation *e, const char *stack)
{
    return names_stack(e->stacks, stack);
}

bool pl_expectation_applies(const struct pl_expectation *e, const struct pl_expected_of *cell)
{
    return names_stack(e->stacks, cell->stack) &&
           (!e->formats[0] || listed(e->formats, pl_format_name(cell->format))) &&
           (!e->threads[0] || names_threads(e->threads, cell->threads)) &&
           cell->duration_ns >= e->from_ns &&
           (strcmp(e->container, "any") == 0 || strcmp(e->container, cell->container) == 0) &&
           (strcmp(e->clock, "any") == 0 || strcmp(e->clock, pl_clock_name(cell->clock)) == 0);
}

static void set(struct pl_expected *x, enum pl_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void set(struct pl_expected *x, enum pl_verdict verdict, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(x->why, sizeof x->why, format, args);
    va_end(args);
    x->verdict = verdict;
}

/* The unit that a bound is written in, where that is one of bytes or time.
 * @param worth set to what one is in the metric's own unit */
static const char *written_unit(const char *bound, enum pl_unit of, double *worth)
{
    char one[16];
    const char *unit = bound + strcspn(bound, "0123456789");
    unit += strspn(unit, "0123456789.");
    snprintf(one, sizeof one, "1%.8s", unit);
    return isalpha((unsigned char)*unit) && read_quantity(of, one, worth, NULL) == 0 ? unit : NULL;
}

/* In the unit of the bound that it misses, with as many digits as it takes to see that. */
static void write_value(double value, enum pl_unit of, const char *bound_text,
                        const struct pl_bound_value *bound, char *text, size_t capacity)
{
    double worth = 1;
    const char *own = pl_unit_name(of), *unit = written_unit(bound_text, of, &worth);
    int digits = value == floor(value) && worth == 1 ? 15 : 6, used = 0;
    do
        used = snprintf(text, capacity, "%.*g", digits, value / worth);
    while (holds(bound, strtod(text, NULL) * worth) && ++digits <= 17);
    snprintf(text + used, capacity - (size_t)used, "%s%s%s", *own || unit ? " " : "",
             unit ? unit : own, unit && *own == 'B' ? own + 1 : "");
}

/* A failure, beside those that were found before it. */
static void fail(struct pl_expected *x, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void fail(struct pl_expected *x, const char *format, ...)
{
    char text[320];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t used = x->verdict == PL_VERDICT_FAILED ? strlen(x->why) : 0;
    if (used && strstr(x->why, text))
        return; /* two expectations may ask for the same */
    snprintf(x->why + used, sizeof x->why - used, "%s%s", used ? "; also " : "", text);
    x->verdict = PL_VERDICT_FAILED;
}

/* What a program's ledger maps and shares for its own books would count as the program's: these are
 * left out where there is one. */
static bool is_hidden_by_ledger(const struct pl_measured *m, const struct pl_metric *metric)
{
    return m->evidence->ledger.count && m->evidence->program.kind &&
           (metric->value == pl_metric_vsz_bytes_peak ||
            metric->value == pl_metric_shared_bytes_peak);
}

static void judge_bound(const struct pl_measured *m, const struct pl_bound *bound,
                        struct pl_expected *x)
{
    const struct pl_metric *metric = pl_metric_find(bound->metric);
    struct pl_bound_value parsed;
    if (!metric || pl_bound_read(bound, metric, &parsed, NULL))
        return; /* pl_expectations_check has refused it */
    double value = pl_value_double(metric->value(m));
    if (isnan(value) && is_hidden_by_ledger(m, metric)) {
        if (x->verdict != PL_VERDICT_FAILED)
            set(x, PL_VERDICT_NOT_CHECKED, "%s is not known under a ledger", bound->metric);
    } else if (isnan(value))
        fail(x, "%s has no value; expected %s", bound->metric, bound->text);
    else if (!holds(&parsed, value)) {
        char text[64];
        write_value(value, metric->unit, bound->text, &parsed, text, sizeof text);
        fail(x, "%s is %s; expected %s", bound->metric, text, bound->text);
    }
}

static void judge_alerts(const struct pl_measured *m, const char *list, struct pl_expected *x)
{
    char text[PL_ALERT_TEXT_MAX];
    const struct pl_alert_log *alerted = &m->evidence->alerted;
    if (strcmp(list, "none") == 0) {
        if (alerted->count)
            fail(x, "the alert %s was raised after %.1f s; expected none",
                 m->scenario->alerts[alerted->list[0].index].text,
                 (double)alerted->list[0].t_ns / 1e9);
        return;
    }
    while (pl_alert_list_next(&list, text))
        if (!pl_alerts_raised(m, text))
            fail(x, "the alert %s was not raised", text);
}

/* Of a cell that ended otherwise, nothing else says anything about the bounds. */
static void judge_one(const struct pl_expectation *e, const struct pl_measured *m,
                      struct pl_expected *x)
{
    const char *outcome = pl_outcome_name(m->judgement.outcome);
    if (x->verdict == PL_VERDICT_NONE)
        x->verdict = PL_VERDICT_MET;
    if (e->outcome[0] && !listed(e->outcome, outcome)) {
        fail(x, "outcome is %s; expected %s", outcome, e->outcome);
        return;
    }
    for (uint32_t i = 0; i < e->bound_count; i++)
        judge_bound(m, &e->bounds[i], x);
    judge_alerts(m, e->alerts, x);
}

/* Whatever was asked, a crash or a timeout that nothing expects is no success, unless a limit of
 * somebody else may have made it. */
static void judge_unasked(const struct pl_measured *m, struct pl_expected *x)
{
    enum pl_outcome outcome = m->judgement.outcome;
    const char *why = m->judgement.why;
    bool ours = !m->evidence->enclosed[0] && !m->evidence->killed_outside;
    if (ours && x->verdict != PL_VERDICT_MET && x->verdict != PL_VERDICT_FAILED &&
        (outcome == PL_OUTCOME_CRASHED || outcome == PL_OUTCOME_TIMEOUT))
        set(x, PL_VERDICT_FAILED, "outcome is %s%s%s; nothing expects it", pl_outcome_name(outcome),
            *why ? ": " : "", why);
}

void pl_expectations_judge(const struct pl_measured *m, const char *stack, enum pl_format format,
                           enum pl_clock clock, uint32_t threads, struct pl_expected *x)
{
    static const char *const kinds[] = {"none", "cgroup", "cgroup", "rlimit"};
    const struct pl_scenario *s = m->scenario;
    const struct pl_expected_of cell = {
        stack, format, threads, kinds[m->evidence->container], clock, s->duration_ns};
    *x = (struct pl_expected){.verdict = PL_VERDICT_NONE};
    uint64_t errors = pl_metric_integrity_errors(m).integer;
    if (errors) {
        set(x, PL_VERDICT_FAILED, "integrity_errors is %llu; expected 0",
            (unsigned long long)errors);
        return;
    }
    for (uint32_t i = 0; i < s->expectation_count; i++)
        if (pl_expectation_applies(&s->expectations[i], &cell))
            judge_one(&s->expectations[i], m, x);
    if (s->conditions_left && s->expectation_count)
        set(x, PL_VERDICT_NOT_CHECKED, "--set %s leaves the stated conditions",
            s->conditions_left_by);
    else if (has_own_conditions(s, stack) && s->expectation_count)
        set(x, PL_VERDICT_NOT_CHECKED, "the stack's own options leave the stated conditions");
    if (m->evidence->enclosed[0])
        set(x, PL_VERDICT_NOT_CHECKED, "%s may hold the cell first", m->evidence->enclosed);
    else if (m->evidence->killed_outside)
        set(x, PL_VERDICT_NOT_CHECKED, "killed at a limit that is not its container's");
    if (m->evidence->has_final && pl_final_sender_failed(&m->evidence->final))
        set(x, PL_VERDICT_NOT_CHECKED,
            "the sender fell behind: what arrived is not what was asked for");
    if (m->evidence->has_final && m->evidence->program.kind &&
        pl_program_sender_failed(&m->evidence->fed) && s->program.send_count)
        set(x, PL_VERDICT_NOT_CHECKED,
            "the senders fell behind: what was sent is not what was asked for");
    if (m->evidence->program.clients_failed)
        set(x, PL_VERDICT_NOT_CHECKED, "clients ended by themselves: %u",
            m->evidence->program.clients_failed);
    if (m->evidence->has_final && pl_final_disturbed(&m->evidence->final))
        set(x, PL_VERDICT_NOT_CHECKED,
            "other programs sent more than a tenth as much to the receiver's port");
    judge_unasked(m, x);
}
