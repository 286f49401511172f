/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_cases.c - what a boot configuration does, compared with what it should
 *
 *	run_cases FORMAT DIRECTORY
 *
 * Every folder in the directory is a case.  Its files are the guest's, as they
 * lie on the only partition of its only disk, but for two:
 *
 *	expect   what this program prints for the case, byte for byte
 *	options  one a line, all optional:
 *		path=/boot/grub/grub.cfg   the configuration, if not the usual
 *		entry=1>2                  start this, by number, id or title
 *		platform=efi, cpu=x86_64   what GRUB would say of its machine
 *		assume_files=yes           do not look for kernels and ramdisks
 *		volume=hd0,msdos2 data     the folder data is that partition;
 *		                           the first volume replaces the usual
 *		                           hd0,msdos1 (the whole case); what
 *		                           follows is its own:
 *		uuid=, label=              of its file system
 *		guid=, name=, attributes=  of its GPT entry
 *		type=                      the same: esp, xbootldr, or a UUID
 *		diskuuid=                  of the GPT that this is in
 *		blocks=512 file            the case's file lies at that block
 *		volume=hd0,msdos2/a.iso cd the folder cd is what is in that file
 *
 * A folder NAME.pe among the guest's files becomes the file NAME: a PE image of
 * the sections that its file "sections" lists (tests/support/peimage.h).
 *
 * How a boot is written in expect, parts of files included: show_boot.h.
 *
 * With UPDATE=1 in the environment expect is written instead of compared.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/config/config.h"
#include "tests/support/casevolume.h"
#include "tests/support/show_boot.h"

#define VOLUMES_MAX 16
#define OPTION_LINES_MAX 64
#define PATHS_MAX 16
#define MENU_DEPTH_MAX 16 /* of submenus, and of configfile */
#define MENUS_MAX 256     /* shown for one case */

struct format {
	const char *name; /* as the folder below tests/cases */
	const struct config_format *format;
	const char *paths[PATHS_MAX]; /* the usual places, NULL-terminated */
};

static const struct format formats[] = {
	{ "grub2", &grub2_format,
		{ "/boot/grub/grub.cfg", "/grub/grub.cfg",
			"/boot/grub2/grub.cfg", "/grub2/grub.cfg" } },
	{ "grub_legacy", &grub_legacy_format,
		{ "/boot/grub/menu.lst", "/boot/grub/grub.conf",
			"/grub/menu.lst", "/grub/grub.conf" } },
	{ "extlinux", &extlinux_format,
		{ "/boot/isolinux/isolinux.cfg", "/boot/extlinux/extlinux.conf",
			"/boot/extlinux.conf", "/extlinux/extlinux.conf",
			"/extlinux.conf", "/isolinux/isolinux.cfg",
			"/syslinux/syslinux.cfg", "/syslinux.cfg",
			"/boot/syslinux/syslinux.cfg" } },
	{ "lilo", &lilo_format, { "/etc/lilo.conf" } },
	{ "elilo", &elilo_format,
		{ "/EFI/debian/elilo.conf", "/EFI/SuSE/elilo.conf",
			"/EFI/redhat/elilo.conf", "/EFI/Slackware/elilo.conf",
			"/elilo.conf" } },
	{ "netbsd", &netbsd_format, { "/boot.cfg" } },
	{ "freebsd", &freebsd_format,
		{ "/boot/loader.conf", "/boot/defaults/loader.conf" } },
	{ "systemd_boot", &sdboot_format,
		{ "/loader/loader.conf", "/loader/entries", "/EFI/Linux",
			"/boot/loader/entries" } },
};

/* A case while it runs. */
struct run {
	const struct format *format;
	const char *dir;
	char *lines[OPTION_LINES_MAX]; /* what the options point into */
	size_t line_count;
	struct case_volume volumes[VOLUMES_MAX];
	size_t volume_count;
	const char *path;
	const char *entry; /* NULL: the default */
	struct fakeguest fake;
	struct config config;
	const struct menu *shown[MENUS_MAX]; /* menus may lead in a circle */
	size_t shown_count;
	FILE *out;
};

static void fail(const char *dir, const char *what, const char *name)
{
	fprintf(stderr, "%s: %s%s%s\n", dir, what, name ? ": " : "",
		name ? name : "");
	exit(2);
}

/* Options */

static void add_volume(struct run *run, char *value, bool first_named)
{
	struct case_volume *vol;
	char *blank = strchr(value, ' ');

	/* The first that is named stands for the one that was assumed. */
	if (first_named)
		run->volume_count = 0;
	if (run->volume_count == VOLUMES_MAX || !blank)
		fail(run->dir, "options: volume", value);
	*blank = '\0';
	vol = &run->volumes[run->volume_count++];
	*vol = case_volume(value, blank + 1);
}

static void set_option(
	struct run *run, const char *key, char *value, size_t *named)
{
	struct guest *guest = &run->fake.guest;
	struct case_volume *vol = &run->volumes[run->volume_count - 1];

	if (strcmp(key, "path") == 0)
		run->path = value;
	else if (strcmp(key, "entry") == 0)
		run->entry = value;
	else if (strcmp(key, "platform") == 0)
		guest->grub_platform = value;
	else if (strcmp(key, "cpu") == 0)
		guest->grub_cpu = value;
	else if (strcmp(key, "assume_files") == 0)
		guest->assume_files = strcmp(value, "yes") == 0;
	else if (strcmp(key, "volume") == 0)
		add_volume(run, value, (*named)++ == 0);
	else if (!case_volume_option(vol, key, value))
		fail(run->dir, "options: unknown option", key);
}

static void read_options(struct run *run)
{
	char path[PATH_MAX], line[1024], *equals;
	size_t named = 0;
	FILE *file;

	run->volumes[0] = case_volume("hd0,msdos1", "");
	run->volume_count = 1;
	snprintf(path, sizeof(path), "%s/options", run->dir);
	file = fopen(path, "r");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		equals = strchr(line, '=');
		if (!equals || run->line_count == OPTION_LINES_MAX)
			fail(run->dir, "options: cannot take", line);
		*equals = '\0';
		equals = strdup(equals + 1);
		run->lines[run->line_count++] = equals;
		set_option(run, line, equals, &named);
	}
	fclose(file);
}

static void build_guest(struct run *run)
{
	size_t i;

	for (i = 0; i < run->volume_count; i++)
		if (case_volume_add(&run->fake, run->dir, &run->volumes[i]) < 0)
			fail(run->dir, "cannot read", run->volumes[i].folder);
}

/* Printing */

static void print_notes(struct run *run, const char *indent)
{
	struct guest *guest = &run->fake.guest;
	size_t i, kept = guest->note_count;

	if (kept > GUEST_NOTES_MAX)
		kept = GUEST_NOTES_MAX;
	for (i = 0; i < kept; i++)
		if (guest->notes[i].level == NOTE_WARNING)
			fprintf(run->out, "%swarning: %s\n", indent,
				guest->notes[i].text);
	if (kept < guest->note_count)
		fprintf(run->out, "%s%zu more notes\n", indent,
			guest->note_count - kept);
	guest->note_count = 0;
}

static void print_menu(
	struct run *run, const char *indent, const struct menu *menu)
{
	static const char *const styles[] = {
		[MENU_STYLE_MENU] = "menu",
		[MENU_STYLE_COUNTDOWN] = "countdown",
		[MENU_STYLE_HIDDEN] = "hidden",
	};
	size_t i;

	fprintf(run->out, "%smenu: %zu entries, %s, ", indent, menu->count,
		styles[menu->style]);
	if (menu->timeout == MENU_TIMEOUT_NONE)
		fprintf(run->out, "no timeout");
	else
		fprintf(run->out, "timeout %d", menu->timeout);
	if (menu->count > 0)
		fprintf(run->out, ", default %zu", menu->chosen);
	for (i = 0; i < menu->fallback_count; i++)
		fprintf(run->out, "%s %zu", i ? "" : ", fallback",
			menu->fallback[i]);
	fprintf(run->out, "\n");
}

static void print_title(struct run *run, const char *indent, const char *number,
	const struct entry *entry)
{
	fprintf(run->out, "%sentry %s: %s", indent, number, entry->title);
	if (entry->id)
		fprintf(run->out, " [id %s]", entry->id);
	if (entry->submenu)
		fprintf(run->out, " [submenu]");
	if (entry->guard)
		fprintf(run->out, " [restricted]");
	fprintf(run->out, "\n");
}

static int peek(struct run *run, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	*outcome = (struct outcome){ 0 };
	error_clear(err);
	return config_peek(&run->config, menu, index, outcome, err);
}

static void print_entries(struct run *run, struct menu *menu,
	const char *prefix, unsigned int depth);

/* The menu that an entry leads to, unless it was shown before. */
static void print_submenu(struct run *run, struct menu *menu,
	const char *indent, const char *number, unsigned int depth)
{
	char prefix[256];
	size_t i;

	for (i = 0; i < run->shown_count; i++)
		if (run->shown[i] == menu)
			break;
	if (i < run->shown_count) {
		fprintf(run->out, "%smenu: shown above\n", indent);
	} else if (depth == MENU_DEPTH_MAX || i == MENUS_MAX) {
		fprintf(run->out, "%smenu: too deep\n", indent);
	} else {
		if (snprintf(prefix, sizeof(prefix), "%s>", number) >=
			(int)sizeof(prefix))
			fail(run->dir, "menus too deep", number);
		print_entries(run, menu, prefix, depth + 1);
	}
}

/* Each entry of a menu and of those below it; prefix is how it got there. */
static void print_entries(struct run *run, struct menu *menu,
	const char *prefix, unsigned int depth)
{
	char indent[4 * MENU_DEPTH_MAX + 8], number[256];
	struct outcome outcome;
	struct error err;
	size_t i;

	run->shown[run->shown_count++] = menu;
	snprintf(indent, sizeof(indent), "%*s", 2 * (int)depth + 2, "");
	print_menu(run, indent + 2, menu);
	for (i = 0; i < menu->count; i++) {
		snprintf(number, sizeof(number), "%s%zu", prefix, i);
		print_title(run, indent + 2, number, &menu->entries[i]);
		if (peek(run, menu, i, &outcome, &err) < 0) {
			fprintf(run->out, "%serror: %s\n", indent, err.text);
			outcome.menu = NULL;
		} else if (!outcome.menu)
			show_boot(run->out, indent, &outcome.boot);
		print_notes(run, indent);
		if (outcome.menu)
			print_submenu(run, outcome.menu, indent, number, depth);
	}
}

/* Starting what is chosen */

static bool is_entry(
	const struct entry *entry, size_t index, const char *name, size_t len)
{
	char number[32];

	snprintf(number, sizeof(number), "%zu", index);
	return (strlen(number) == len && strncmp(number, name, len) == 0) ||
		(entry->id && strlen(entry->id) == len &&
			strncmp(entry->id, name, len) == 0) ||
		(strlen(entry->title) == len &&
			strncmp(entry->title, name, len) == 0);
}

/* Take the first part of a>b>c off *name; without one the menu's default. */
static size_t choose(
	struct run *run, const struct menu *menu, const char **name)
{
	size_t i, len = *name ? strcspn(*name, ">") : 0;

	if (len == 0)
		return menu->chosen;
	for (i = 0; i < menu->count; i++) {
		if (!is_entry(&menu->entries[i], i, *name, len))
			continue;
		*name += len + ((*name)[len] == '>');
		return i;
	}
	fail(run->dir, "options: no entry", *name);
	return 0;
}

static int start(struct run *run, struct menu *menu, size_t index,
	const char *how, struct outcome *outcome)
{
	struct error err;
	int r;

	*outcome = (struct outcome){ 0 };
	error_clear(&err);
	r = config_run(&run->config, menu, index, outcome, &err);
	fprintf(run->out, "  %s %zu: %s\n", how, index,
		menu->entries[index].title);
	if (r < 0)
		fprintf(run->out, "    error: %s\n", err.text);
	print_notes(run, "    ");
	return r;
}

/* One menu: what was chosen, and if that fails each fallback in turn. */
static int start_menu(struct run *run, struct menu *menu, const char **name,
	struct outcome *outcome)
{
	size_t i, index = choose(run, menu, name);

	if (start(run, menu, index, "start", outcome) == 0)
		return 0;
	for (i = 0; i < menu->fallback_count; i++)
		if (start(run, menu, menu->fallback[i], "fallback", outcome) ==
			0)
			return 0;
	return -1;
}

static void print_start(struct run *run, struct menu *menu)
{
	const char *name = run->entry;
	struct outcome outcome;
	unsigned int depth;

	fprintf(run->out, "boot:\n");
	for (depth = 0; depth <= MENU_DEPTH_MAX; depth++) {
		if (menu->count == 0) {
			fprintf(run->out, "  no entries\n");
			return;
		}
		if (start_menu(run, menu, &name, &outcome) < 0) {
			fprintf(run->out, "  nothing\n");
			return;
		}
		if (!outcome.menu) {
			show_boot(run->out, "    ", &outcome.boot);
			return;
		}
		menu = outcome.menu;
	}
	fprintf(run->out, "  menus without end\n");
}

/* The case as a whole */

static void find_path(struct run *run, struct error *err)
{
	const char *const *path;
	struct fs_node node;

	for (path = run->format->paths; !run->path && *path; path++)
		if (fs_find(&run->config.dev->fs, *path, &node, err) == 0)
			run->path = *path;
	if (!run->path)
		fail(run->dir, "no configuration at the usual places", NULL);
}

/* The text that is interpreted; a directory has none. */
static struct text read_text(struct run *run, struct error *err)
{
	struct config *config = &run->config;
	struct text file = text_of("");
	struct fs_node node;

	if (fs_find(&config->dev->fs, run->path, &node, err) == 0 &&
		node.type == FS_DIR)
		return file;
	if (guest_read_config(
		    config->guest, config->dev, run->path, &file, err) < 0)
		fail(run->dir, err->text, NULL);
	return file;
}

static void interpret(struct run *run)
{
	struct config *config = &run->config;
	struct error err;
	struct text file;

	*config = (struct config){
		.format = run->format->format,
		.guest = &run->fake.guest,
		.dev = fakeguest_device(&run->fake, run->volumes[0].device),
	};
	error_clear(&err);
	find_path(run, &err);
	config->path = run->path;
	file = read_text(run, &err);
	if (config->format->load(config, file, &err) < 0) {
		fprintf(run->out, "error: %s\n", err.text);
		print_notes(run, "");
		return;
	}
	print_notes(run, "");
	print_entries(run, config->menu, "", 0);
	print_start(run, config->menu);
}

/* Run the case with its output in out. */
static void run_case(const struct format *format, const char *dir, FILE *out)
{
	struct run *run = calloc(1, sizeof(*run));

	if (!run)
		abort();
	run->format = format;
	run->dir = dir;
	run->out = out;
	fakeguest_init(&run->fake);
	read_options(run);
	build_guest(run);
	interpret(run);
	fakeguest_free(&run->fake);
	while (run->line_count > 0)
		free(run->lines[--run->line_count]);
	free(run);
}

static void diff(const char *expect, FILE *got)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		rewind(got);
		lseek(fileno(got), 0, SEEK_SET);
		dup2(fileno(got), STDIN_FILENO);
		execlp("diff", "diff", "-u", "-a", "--label", expect, "--label",
			"got", expect, "-", (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

static bool same(FILE *a, FILE *b)
{
	int c;

	rewind(a);
	rewind(b);
	do {
		c = getc(a);
		if (c != getc(b))
			return false;
	} while (c != EOF);
	return true;
}

static void copy(const char *dir, FILE *from, const char *path)
{
	FILE *to = fopen(path, "w");
	int c;

	if (!to)
		fail(dir, "cannot write", path);
	rewind(from);
	while ((c = getc(from)) != EOF)
		putc(c, to);
	fclose(to);
}

/* Run and compare: true if the case is as it should be. */
static bool check_case(const struct format *format, const char *dir)
{
	char path[PATH_MAX];
	FILE *expect, *got = tmpfile();
	bool good;

	if (!got)
		fail(dir, "no temporary file", strerror(errno));
	run_case(format, dir, got);
	fflush(got);
	if (snprintf(path, sizeof(path), "%s/expect", dir) >= (int)sizeof(path))
		fail(dir, "too long", strerror(ENAMETOOLONG));
	if (getenv("UPDATE"))
		copy(dir, got, path);
	expect = fopen(path, "r");
	good = expect && same(expect, got);
	if (!expect)
		printf("%s: %s\n", path, strerror(errno));
	else if (!good)
		diff(path, got);
	if (expect)
		fclose(expect);
	fclose(got);
	return good;
}

static int is_name(const struct dirent *ent)
{
	return ent->d_name[0] != '.';
}

/* All cases of a folder; how many are not as they should be, or -1. */
static int check_all(const struct format *format, const char *folder)
{
	struct dirent **names;
	char dir[PATH_MAX];
	struct stat st;
	int i, bad = 0, cases = 0, count;

	count = scandir(folder, &names, is_name, alphasort);
	for (i = 0; i < count; i++) {
		snprintf(dir, sizeof(dir), "%s/%s", folder, names[i]->d_name);
		free(names[i]);
		if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		cases++;
		bad += !check_case(format, dir);
	}
	if (count >= 0)
		free(names);
	printf("%s: %d cases, %d not as expected\n", folder, cases, bad);
	return cases > 0 ? bad : -1;
}

int main(int argc, char **argv)
{
	size_t i;
	int arg, bad = 0;

	for (i = 0; argc > 2 && i < LENGTH(formats); i++) {
		if (strcmp(argv[1], formats[i].name) != 0)
			continue;
		for (arg = 2; arg < argc; arg++)
			bad |= check_all(&formats[i], argv[arg]);
		return bad ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	fprintf(stderr, "usage: run_cases FORMAT DIRECTORY...\n");
	return 2;
}
