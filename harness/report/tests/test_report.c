/* Whole reports into folders: pictures, folders that can't be written, no Python. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/report/draw.h"
#include "harness/report/report.h"
#include "harness/report/tests/sample.h"

static int report(const char *folder, struct pl_error *error)
{
    FILE *progress = fopen("/dev/null", "w");
    int rc = pl_report_write(&(struct pl_report){.folder = folder}, progress, error);
    fclose(progress);
    return rc;
}

static char *folder_with(json_t *document, int series)
{
    char *folder = sample_folder();
    sample_save(folder, document, series);
    json_decref(document);
    return folder;
}

static void whole_report(void **state)
{
    (void)state;
    struct pl_error error;
    if (!sample_can_draw())
        skip();
    char *folder = folder_with(sample_document(), 1);
    assert_int_equal(report(folder, &error), 0);
    char *html = sample_read(folder, "report.html"), *md = sample_read(folder, "report.md");
    assert_non_null(strstr(html, "<figure class=\"memory\" id=\"picture-stalled-reader-f32\">"));
    assert_non_null(strstr(md, "](plots/stalled-reader-f32.svg)"));
    assert_null(strstr(html, "no pictures"));
    assert_int_equal(sample_entries(folder), 7); /* results, series, plots, four reports */
    free(html);
    free(md);
    sample_remove(folder);
}

static void pictures_repeat_to_the_byte(void **state)
{
    (void)state;
    struct pl_error error;
    struct pl_draw draw = pl_draw_default();
    if (!sample_can_draw())
        skip();
    char *folder = folder_with(sample_document(), 1), *texts[2];
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pl_draw_pictures(&draw, folder, &error), 0);
        texts[i] = sample_read(folder, "plots/stalled-reader-f32.svg");
        assert_non_null(texts[i]);
    }
    assert_string_equal(texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
    sample_remove(folder);
}

/* What pl_report_write left of a sweep is drawn; of other results it is not. */
static void a_sweep_has_its_frontier(void **state)
{
    (void)state;
    static const char name[] = "plots/stalled-reader-f32-frontier.svg";
    struct pl_error error;
    struct pl_draw draw = pl_draw_default();
    if (!sample_can_draw())
        skip();
    json_t *d = sample_document(), *cell = sample_cell(d, "glibc:arena_max=2", "bounded");
    sample_metric(cell, "cpu_percent_of_realtime", 3);
    sample_metric(cell, "rss_bytes_peak", 3e7);
    json_object_set_new(
        cell, "sweep",
        json_pack("{s:s, s:{s:s}}", "stack", "glibc:arena_max={$n}", "values", "$n", "2_{x}"));
    char *folder = folder_with(json_incref(d), 0);
    assert_int_equal(report(folder, &error), 0);
    char *first = sample_read(folder, name), *html = sample_read(folder, "report.html");
    assert_non_null(strstr(html, "aria-label=\"Peak memory against CPU"));
    assert_int_equal(pl_draw_pictures(&draw, folder, &error), 0);
    char *second = sample_read(folder, name);
    assert_string_equal(first, second);
    sample_set(json_object_get(d, "run"), "started", "2025-01-02T03:04:06Z");
    sample_save(folder, d, 0);
    assert_int_equal(pl_draw_pictures(&draw, folder, &error), 0);
    assert_null(sample_read(folder, name));
    free(first);
    free(second);
    free(html);
    json_decref(d);
    sample_remove(folder);
}

/* A picture that an earlier run left in the folder is not shown as this one's. */
static void stale_pictures_go(void **state)
{
    (void)state;
    struct pl_error error;
    if (!sample_can_draw())
        skip();
    char *folder = folder_with(sample_document(), 1), plots[4096];
    snprintf(plots, sizeof plots, "%s/plots", folder);
    mkdir(plots, 0777);
    sample_write(folder, "plots/stalled-reader-f32-cpu.svg", "<svg><g id=\"stale\"/></svg>");
    sample_write(folder, "plots/mine.svg", "<svg></svg>");
    assert_int_equal(report(folder, &error), 0);
    char *html = sample_read(folder, "report.html"), *mine = sample_read(folder, "plots/mine.svg");
    assert_null(strstr(html, "stale"));
    assert_non_null(mine); /* only what carries our names */
    free(html);
    free(mine);
    sample_remove(folder);
}

static void hostile_names_stay_text_in_pictures(void **state)
{
    (void)state;
    struct pl_error error;
    if (!sample_can_draw())
        skip();
    json_t *d = sample_empty();
    json_t *cell = sample_cell(d, "$x^{2$ </svg><script>", "oom_killed");
    sample_set(cell, "title", "-->]]><script>$\\frac$");
    sample_set(cell, "scenario", "../../<script>");
    char *folder = folder_with(d, 1);
    assert_int_equal(report(folder, &error), 0);
    char *html = sample_read(folder, "report.html");
    assert_non_null(strstr(html, "<svg role=\"img\" aria-label=\"Resident memory over"));
    assert_int_equal(sample_count(html, "<script"), 2); /* the figures, and the page's own */
    free(html);
    sample_remove(folder);
}

static void missing_series_are_said(void **state)
{
    (void)state;
    struct pl_error error;
    char *folder = folder_with(sample_document(), 0);
    sample_write(folder, "series/000.csv", "t_ns,rss_bytes,live_bytes\n0,1,\n1,");
    assert_int_equal(report(folder, &error), 0);
    char *md = sample_read(folder, "report.md"), *html = sample_read(folder, "report.html");
    assert_non_null(strstr(md, "**Series missing (3 of 3): the picture lacks them.**"));
    assert_non_null(strstr(html, "Series missing (3 of 3): the picture"));
    assert_non_null(
        strstr(md, "- **no series**: stalled-reader f32, 6 cells (glibc, slab, limited, "));
    free(md);
    free(html);
    sample_remove(folder);
}

/* Of several damaged files the first is named, and how many more there are. */
static void damaged_series_are_warned_of(void **state)
{
    (void)state;
    static const char *const texts[] = {"t_ns,rss_bytes,live_bytes\n0,1,1\n1,", "\x8b\x1f\n"};
    struct pl_error error;
    char *folder = folder_with(sample_document(), 1), line[1024] = "", expected[1024];
    struct pl_report report = {.folder = folder};
    for (size_t i = 0; i < 2; i++) {
        char name[32];
        snprintf(name, sizeof name, "series/00%zu.csv", i);
        sample_write(folder, name, texts[i]);
        FILE *progress = tmpfile();
        assert_int_equal(pl_report_write(&report, progress, &error), 0);
        rewind(progress);
        assert_non_null(fgets(line, sizeof line, progress));
        fclose(progress);
        snprintf(expected, sizeof expected,
                 "plimsoll: warning: %s/series/000.csv:3: not a sample; expected a later time",
                 folder);
        assert_memory_equal(line, expected, strlen(expected));
        assert_int_equal(strstr(line, "(and 1 more such file)") != NULL, i == 1);
    }
    sample_remove(folder);
}

/* Draws with another interpreter or script; the line that comes back. */
static void no_pictures(struct pl_draw draw, const char *line)
{
    struct pl_error error = {""};
    char *folder = sample_folder();
    assert_int_not_equal(pl_draw_pictures(&draw, folder, &error), 0);
    if (!strstr(error.text, line))
        fail_msg("'%s' is not in '%s'", line, error.text);
    sample_remove(folder);
}

static void without_python(void **state)
{
    (void)state;
    struct pl_draw draw = pl_draw_default();
    no_pictures((struct pl_draw){"/nowhere/python3", draw.script, 1000, draw.again},
                "no pictures: /nowhere/python3 is missing: `ci/setup` installs it, then "
                "`plimsoll report` again");
    no_pictures(
        (struct pl_draw){"/bin/false", draw.script, 1000, draw.again},
        "no pictures: plot.py crashed: it ended without a word; to see where: /bin/false -E ");
    draw = pl_draw_agreement();
    draw.python = "/bin/false";
    no_pictures(draw, "no pictures: agreement.py crashed: it ended without a word; to see where: ");
    draw.python = "/nowhere/python3";
    no_pictures(draw, "then `plimsoll agreement` again");
    draw.python = "/etc/passwd";
    no_pictures(draw, "no pictures: /etc/passwd can't be started: Permission denied");
}

/* In the script's place, one that ends as it may. */
static void ends_with(const char *script, const char *line)
{
    char *folder = sample_folder(), path[4096];
    sample_write(folder, "plot.sh", script);
    snprintf(path, sizeof path, "%s/plot.sh", folder);
    chmod(path, 0755);
    no_pictures((struct pl_draw){path, "/a/plot.py", 5000, "again"}, line);
    sample_remove(folder);
}

static void each_end_has_its_own_remedy(void **state)
{
    (void)state;
    ends_with("#!/bin/sh\necho 'plot.py: matplotlib is missing' >&2; exit 3\n",
              "no pictures: plot.py: matplotlib is missing: `ci/setup` installs it, then "
              "`again` again");
    ends_with("#!/bin/sh\necho 'plot.py: /a/b.svg: No space left on device' >&2; exit 4\n",
              "no pictures: plot.py: /a/b.svg: No space left on device; make room there, then "
              "`again` again");
    ends_with("#!/bin/sh\necho 'plot.py: /a/b.svg: Permission denied' >&2; exit 2\n",
              "no pictures: plot.py: /a/b.svg: Permission denied");
    ends_with("#!/bin/sh\necho Traceback >&2; echo 'KeyError: 7' >&2; exit 1\n",
              "no pictures: plot.py crashed: KeyError: 7; to see where: ");
    ends_with(
        "#!/bin/sh\nkill -SEGV $$\n",
        "no pictures: plot.py crashed: it was ended by signal 11 (Segmentation fault); to see ");
}

static void slow_python_is_stopped(void **state)
{
    (void)state;
    char *folder = sample_folder(), script[4096];
    sample_write(folder, "slow", "#!/bin/sh\nexec sleep 30\n");
    snprintf(script, sizeof script, "%s/slow", folder);
    chmod(script, 0755);
    no_pictures((struct pl_draw){script, "/a/x.py", 50, "y"},
                "no pictures: x.py took longer than 0 s; run it by hand: /a/x.py ");
    sample_remove(folder);
}

static void plot_says(const char *json, const char *line)
{
    struct pl_error error = {""};
    struct pl_draw draw = pl_draw_default();
    char *folder = sample_folder();
    if (json)
        sample_write(folder, "results.json", json);
    assert_int_equal(pl_draw_pictures(&draw, folder, &error), -EIO);
    if (!strstr(error.text, line))
        fail_msg("'%s' is not in '%s'", line, error.text);
    sample_remove(folder);
}

static void plot_refuses(void **state)
{
    (void)state;
    if (!sample_can_draw())
        skip();
    plot_says(NULL, "results.json: no such file; a folder that `plimsoll run` wrote is wanted");
    plot_says("{\"schema_version\": 1, ", "results.json: no whole JSON (");
    plot_says("[1]", "results.json: schema_version is None; this program reads 1");
    plot_says("{\"schema_version\": 2}", "results.json: schema_version is 2; this program reads 1");
    plot_says("{\"schema_version\": 1, \"cells\": []}",
              "results.json: no cells: nothing was measured");
    plot_says("{\"schema_version\": 1, \"cells\": [{}]}", "a cell is not as it should be (");
}

static void reading_only(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char expected[512];
    if (geteuid() == 0)
        skip(); /* root may write all the same */
    char *folder = folder_with(sample_document(), 1);
    chmod(folder, 0555);
    int rc = report(folder, &error);
    chmod(folder, 0755);
    assert_int_equal(rc, -EACCES);
    snprintf(expected, sizeof expected, "can't write %s/report.md: Permission denied", folder);
    assert_string_equal(error.text, expected);
    sample_remove(folder);
}

/* A folder on a disk of its own that can be full, or not written. @param state set to it
 * @return false where only root may */
static bool mounted(void **state, char *folder, const char *options)
{
    if (geteuid() != 0 || mount("tmpfs", folder, "tmpfs", 0, options))
        return false;
    *state = folder;
    return true;
}

/* Also behind an assertion that failed. */
static int unmount(void **state)
{
    if (*state)
        umount(*state);
    *state = NULL;
    return 0;
}

/* Fills the disk but for some pages. */
static void fill(const char *folder, long free_pages)
{
    char path[4096], block[4096] = "";
    snprintf(path, sizeof path, "%s/filler", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    setbuf(file, NULL);
    long pages = 0;
    while (fwrite(block, sizeof block, 1, file) == 1)
        pages++;
    fclose(file);
    assert_true(pages > free_pages);
    assert_int_equal(truncate(path, (pages - free_pages) * 4096), 0);
}

/* Those that there was room for may stay; nothing that was being written does, nor an empty folder.
 * @return how many there are, -1 without a folder */
static int count_whole_pictures(const char *plots)
{
    DIR *folder = opendir(plots);
    int count = 0;
    if (!folder)
        return -1;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (entry->d_name[0] == '.')
            continue;
        assert_true(dot && strcmp(dot, ".svg") == 0);
        count++;
    }
    closedir(folder);
    return count;
}

/* A report onto a disk with so much room: it fails for that file, and leaves none of it. */
static void full_disk_at(void **state, long free_pages, const char *name)
{
    struct pl_error error = {""};
    char *folder = sample_folder(), expected[512];
    if (!mounted(state, folder, "size=256k")) {
        sample_remove(folder);
        skip();
    }
    json_t *d = sample_document();
    sample_save(folder, d, 0);
    json_decref(d);
    char plots[4096];
    snprintf(plots, sizeof plots, "%s/plots", folder);
    fill(folder, free_pages);
    size_t before = sample_entries(folder);
    int rc = report(folder, &error);
    size_t after = sample_entries(folder);
    int pictures = count_whole_pictures(plots);
    unmount(state);
    assert_int_equal(rc, -ENOSPC);
    snprintf(expected, sizeof expected, "can't write %s/%s: No space left on device", folder, name);
    assert_string_equal(error.text, expected);
    assert_int_not_equal(pictures, 0);
    assert_int_equal(after, before + (pictures > 0));
    sample_remove(folder);
}

static void full_disk(void **state)
{
    full_disk_at(state, 0, "report.md");
    full_disk_at(state, 4, "report.json");  /* room for report.md alone */
    full_disk_at(state, 16, "report.html"); /* for all but the page */
}

static void mounted_read_only(void **state)
{
    struct pl_error error = {""};
    char *folder = sample_folder(), expected[512];
    if (!mounted(state, folder, "size=1m")) {
        sample_remove(folder);
        skip();
    }
    json_t *d = sample_document();
    sample_save(folder, d, 1);
    json_decref(d);
    assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
    int rc = report(folder, &error);
    snprintf(expected, sizeof expected, "can't write %s/report.md: Read-only file system", folder);
    unmount(state);
    assert_int_equal(rc, -EROFS);
    assert_string_equal(error.text, expected);
    sample_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_report),
        cmocka_unit_test(pictures_repeat_to_the_byte),
        cmocka_unit_test(stale_pictures_go),
        cmocka_unit_test(a_sweep_has_its_frontier),
        cmocka_unit_test(hostile_names_stay_text_in_pictures),
        cmocka_unit_test(missing_series_are_said),
        cmocka_unit_test(damaged_series_are_warned_of),
        cmocka_unit_test(without_python),
        cmocka_unit_test(each_end_has_its_own_remedy),
        cmocka_unit_test(slow_python_is_stopped),
        cmocka_unit_test(plot_refuses),
        cmocka_unit_test(reading_only),
        cmocka_unit_test_teardown(full_disk, unmount),
        cmocka_unit_test_teardown(mounted_read_only, unmount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
