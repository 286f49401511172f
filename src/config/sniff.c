/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/sniff.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "src/base/length.h"

/* A regular file that is not empty; whatever else happens, it is not there. */
static bool is_file(struct guest *guest, struct device *dev, const char *path)
{
	struct error ignored;
	struct fs *fs = device_fs(guest->devices, dev, &ignored);
	struct fs_node node;

	return fs && fs_find(fs, path, &node, &ignored) == 0 &&
		node.type == FS_FILE && node.size > 0;
}

/* NetWare */

static const char netware_loader[] = "/nwserver/xnloader.sys";

static bool is_netware(struct guest *guest, struct device *dev)
{
	return is_file(guest, dev, netware_loader);
}

/* Solaris */

static const struct solaris {
	const char *kernel;
	const char *archive;
} solaris_kernels[] = {
	{ "/platform/i86xpv/kernel/amd64/unix",
		"/platform/i86pc/amd64/boot_archive" },
	{ "/platform/i86xpv/kernel/unix", "/platform/i86pc/boot_archive" },
};

static const struct solaris *find_solaris(
	struct guest *guest, struct device *dev)
{
	size_t i;

	for (i = 0; i < LENGTH(solaris_kernels); i++)
		if (is_file(guest, dev, solaris_kernels[i].kernel))
			return &solaris_kernels[i];
	return NULL;
}

/* What Xen reads itself, and what must stand before the kernel's name. */
static bool is_xen_word(const char *word, size_t len)
{
	return (len >= 5 && strncmp(word, "root=", 5) == 0) ||
		(len >= 3 && strncmp(word, "ip=", 3) == 0);
}

/* Append those words of args that are Xen's, or those that are not. */
static char *add_words(char *to, const char *args, const char *kernel, bool xen)
{
	static const char blanks[] = " \t\n\v\f\r";
	size_t len;

	for (args += strspn(args, blanks); *args;
		args += strspn(args, blanks)) {
		len = strcspn(args, blanks);
		if (is_xen_word(args, len) == xen &&
			(len != strlen(kernel) ||
				strncmp(args, kernel, len) != 0)) {
			memcpy(to, args, len);
			to += len;
			*to++ = ' ';
		}
		args += len;
	}
	return to;
}

/*
 * As pygrub has it, blank by blank: root= and ip=, a blank more, the kernel's
 * own name, then the rest, each word with a blank behind it.
 */
static const char *solaris_args(struct guest *guest, const char *args,
	const char *kernel, struct error *err)
{
	size_t len = strlen(kernel);
	char *line, *to;

	if (*args == '\0')
		return kernel;
	/* Every word at most once, a blank for each, and three more. */
	line = arena_alloc(guest->arena, strlen(args) + 1 + len + 3, err);
	if (!line)
		return NULL;
	to = add_words(line, args, kernel, true);
	*to++ = ' ';
	memcpy(to, kernel, len);
	to += len;
	*to++ = ' ';
	to = add_words(to, args, kernel, false);
	*to = '\0';
	return line;
}

/* Letters of the words that name the root, as pygrub has them. */
static size_t root_word(const char *text)
{
	return strspn(text,
		"abcdefghijklmnopqrstuvwxyz0123456789_.:@/-"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

/* Replace each zfs-bootfs= by what the file system says, or append that. */
static const char *tell_root(struct guest *guest, const char *args,
	const char *boot_string, struct error *err)
{
	static const char key[] = "zfs-bootfs=";
	const char *at;
	const char *done = "";

	if (!strstr(args, key))
		return arena_printf(
			guest->arena, err, "%s -B %s", args, boot_string);
	while (done && (at = strstr(args, key))) {
		done = arena_printf(guest->arena, err, "%s%.*s%s", done,
			(int)(at - args), args, boot_string);
		args = at + sizeof(key) - 1;
		args += root_word(args);
	}
	return done ? arena_printf(guest->arena, err, "%s%s", done, args)
		    : NULL;
}

static int take_solaris(struct guest *guest, struct device *dev,
	const struct solaris *solaris, const char *user_args, struct boot *boot,
	struct error *err)
{
	const char *kernel = boot->kernel.path, *args;
	struct boot_file archive = whole_file(dev, solaris->archive);
	const struct fs *fs = device_fs(guest->devices, dev, err);

	if (!fs)
		return -1;
	args = solaris_args(
		guest, user_args, kernel ? kernel : solaris->kernel, err);
	if (args && fs->boot_string)
		args = tell_root(guest, args, fs->boot_string, err);
	if (!args)
		return -1;
	if (!kernel) {
		if (guest_check_file(guest, &archive, err) < 0)
			return error_in(err, "Solaris");
		boot->kernel = whole_file(dev, solaris->kernel);
		boot->ramdisks[0] = archive;
		boot->ramdisk_count = 1;
		boot->ramdisk_align = 4;
	}
	boot->args = args;
	return 0;
}

int sniff(struct guest *guest, struct device *dev, const char *user_args,
	struct boot *boot, bool *found, struct error *err)
{
	const struct solaris *solaris;

	*found = false;
	if (!device_fs(guest->devices, dev, err))
		return -1;
	solaris = find_solaris(guest, dev);
	if (solaris) {
		*found = true;
		return take_solaris(guest, dev, solaris, user_args, boot, err);
	}
	if (boot->kernel.path || !is_netware(guest, dev))
		return 0;
	*found = true;
	*boot = (struct boot){
		.kernel = whole_file(dev, netware_loader),
		.ramdisk_align = 4,
		.args = user_args,
	};
	return 0;
}

/* Versions */

/* Digits as a number of any length, without leading zeros. */
static int compare_numbers(const char **a, const char **b)
{
	size_t a_len, b_len;
	int order;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	a_len = strspn(*a, "0123456789");
	b_len = strspn(*b, "0123456789");
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	order = memcmp(*a, *b, a_len);
	*a += a_len;
	*b += b_len;
	return order;
}

/* What comes before the release it names: 6.10~1, 6.10-rc1, 2.6.37.rc2 */
static bool is_early(const char *text)
{
	if (*text == '~')
		return true;
	if (*text == '-' || *text == '.' || *text == '_')
		text++;
	return strncasecmp(text, "rc", 2) == 0 &&
		isdigit((unsigned char)text[2]);
}

int sniff_compare_versions(const char *a, const char *b)
{
	int order;

	while (*a || *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			order = compare_numbers(&a, &b);
			if (order != 0)
				return order;
			continue;
		}
		if (is_early(a) != is_early(b))
			return is_early(a) ? -1 : 1;
		if (*a != *b)
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		a++;
		b++;
	}
	return 0;
}

/* Linux */

static const char kernel_prefix[] = "vmlinuz";

struct candidate {
	const char *dir; /* "/boot" or "" */
	const char *name;
	bool tried;
};

struct candidates {
	struct arena *arena;
	const char *dir;
	struct candidate *list;
	size_t count;
	size_t capacity;
};

/* Lower is better: a version, a name such as vmlinuz-linux, leftovers. */
static int rank(const char *name)
{
	static const char *const last[] = { "rescue", ".old", ".bak", ".dpkg-",
		".rpmsave", "~", "kdump" };
	size_t i;

	for (i = 0; i < LENGTH(last); i++)
		if (strstr(name, last[i]))
			return 2;
	return name[strcspn(name, "0123456789")] == '\0';
}

static bool has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name), end = strlen(ending);

	return len >= end && strcmp(name + len - end, ending) == 0;
}

/* Signatures and checksums lie beside kernels under their names. */
static bool is_kernel_name(const char *name)
{
	static const char *const others[] = { ".signed", ".sig", ".asc",
		".sign", ".hmac", ".sha256", ".sha512", ".md5" };
	size_t i, len = sizeof(kernel_prefix) - 1;

	if (strncmp(name, kernel_prefix, len) != 0 ||
		(name[len] != '\0' && !strchr("-._", name[len])))
		return false;
	for (i = 0; i < LENGTH(others); i++)
		if (has_ending(name, others[i]))
			return false;
	return true;
}

static int collect(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct candidates *all = ctx;
	struct candidate *list;

	if (!is_kernel_name(name) ||
		(node->type != FS_FILE && node->type != FS_SYMLINK))
		return 0;
	if (all->count == SNIFF_KERNELS_MAX)
		return error_set(err, ERR_LIMIT, "more than %d kernels",
			SNIFF_KERNELS_MAX);
	list = arena_grow(all->arena, all->list, all->count, &all->capacity,
		sizeof(*list), err);
	if (!list)
		return -1;
	all->list = list;
	list[all->count] = (struct candidate){ .dir = all->dir };
	list[all->count].name = arena_strdup(all->arena, name, err);
	return list[all->count++].name ? 0 : -1;
}

/* Below one of the file system's roots (fs.h), or NULL. */
static int collect_in(struct candidates *all, struct fs *fs, const char *root,
	const char *dir, struct error *err)
{
	struct fs_node node;

	if (root)
		dir = arena_printf(all->arena, err, "%s%s", root, dir);
	if (!dir)
		return -1;
	all->dir = dir;
	if (fs_find(fs, *dir ? dir : "/", &node, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	if (node.type != FS_DIR)
		return 0;
	if (fs_readdir(fs, &node, collect, all, err) < 0)
		return error_in(err, "%s: %s", fs->type, *dir ? dir : "/");
	return 0;
}

/* Is a to be preferred to b? */
static bool is_better(const struct candidate *a, const struct candidate *b)
{
	int rank_a = rank(a->name), rank_b = rank(b->name);

	if (rank_a != rank_b)
		return rank_a < rank_b;
	if (rank_a == 1) /* vmlinuz-linux, not vmlinuz-linux-lts */
		return strlen(a->name) < strlen(b->name);
	return sniff_compare_versions(a->name, b->name) > 0;
}

static struct candidate *best(struct candidates *all)
{
	struct candidate *found = NULL;
	size_t i;

	for (i = 0; i < all->count; i++)
		if (!all->list[i].tried &&
			(!found || is_better(&all->list[i], found)))
			found = &all->list[i];
	if (found)
		found->tried = true;
	return found;
}

/* The ramdisk that belongs to a kernel, as the distributions call it. */
static int find_ramdisk(struct guest *guest, struct device *dev,
	const struct candidate *kernel, struct boot *boot, struct error *err)
{
	static const struct {
		const char *before, *after;
	} names[] = {
		{ "initrd.img", "" },    /* Debian, Ubuntu */
		{ "initramfs", ".img" }, /* Fedora, Arch */
		{ "initramfs", "" },     /* Alpine, Gentoo */
		{ "initrd", "" },        /* openSUSE */
		{ "initrd", ".img" },    /* Red Hat up to 5 */
		{ "initrd", ".gz" },     /* installers */
		{ "initramfs", "-fallback.img" },
	};
	const char *version = kernel->name + sizeof(kernel_prefix) - 1;
	const char *path;
	size_t i;

	for (i = 0; i < LENGTH(names); i++) {
		path = arena_printf(guest->arena, err, "%s/%s%s%s", kernel->dir,
			names[i].before, version, names[i].after);
		if (!path)
			return -1;
		if (!is_file(guest, dev, path))
			continue;
		boot->ramdisks[0] = whole_file(dev, path);
		boot->ramdisk_count = 1;
		return 0;
	}
	guest_note(guest, NOTE_DETAIL, "no ramdisk for %s/%s", kernel->dir,
		kernel->name);
	return 0;
}

/* The kernel of the boot, or NULL in it. */
static int find_linux(struct guest *guest, struct device *dev, struct fs *fs,
	const char *root, struct boot *boot, struct error *err)
{
	struct candidates all = { .arena = guest->arena };
	const struct candidate *kernel;
	const char *path;

	if (collect_in(&all, fs, root, "/boot", err) < 0 ||
		collect_in(&all, fs, root, "", err) < 0)
		return -1;
	while ((kernel = best(&all)) != NULL) {
		path = arena_printf(
			guest->arena, err, "%s/%s", kernel->dir, kernel->name);
		if (!path)
			return -1;
		if (!is_file(guest, dev, path))
			continue;
		boot->kernel = whole_file(dev, path);
		return find_ramdisk(guest, dev, kernel, boot, err);
	}
	return 0;
}

static void find_bsd(struct guest *guest, struct device *dev, struct boot *boot)
{
	static const char *const kernels[] = { "/netbsd", "/netbsd.gz",
		"/boot/kernel/kernel" };
	size_t i;

	for (i = 0; i < LENGTH(kernels) && !boot->kernel.path; i++)
		if (is_file(guest, dev, kernels[i]))
			boot->kernel = whole_file(dev, kernels[i]);
}

int autodetect(struct guest *guest, struct device *dev, struct boot *boot,
	bool *found, struct error *err)
{
	struct fs *fs = device_fs(guest->devices, dev, err);
	const char *const *root;

	*found = false;
	if (!fs)
		return -1;
	*boot = (struct boot){ .ramdisk_align = 4, .args = "" };
	if (find_linux(guest, dev, fs, NULL, boot, err) < 0)
		return -1;
	for (root = fs->roots; root && *root && !boot->kernel.path; root++)
		if (find_linux(guest, dev, fs, *root, boot, err) < 0)
			return -1;
	if (!boot->kernel.path)
		find_bsd(guest, dev, boot);
	if (!boot->kernel.path)
		return 0;
	*found = true;
	return 0;
}
