/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/start.h"

#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/menu.h"

struct preset {
	const char *name;
	const char *value;
};

/* What GRUB sets before it reads a configuration, and exports. */
static const struct preset presets[] = {
	{ "pager", "" },
	{ "lang", "" },
	{ "locale_dir", "" },
	{ "secondary_locale_dir", "" },
	{ "check_signatures", "no" },
	{ "color_normal", "light-gray/black" },
	{ "color_highlight", "black/light-gray" },
	{ "net_default_server", "" },
	{ "pxe_default_server", "" },
	{ "feature_200_final", "y" },
	{ "feature_all_video_module", "y" },
	{ "feature_chainloader_bpb", "y" },
	{ "feature_default_font_path", "y" },
	{ "feature_menuentry_id", "y" },
	{ "feature_menuentry_options", "y" },
	{ "feature_nativedisk_cmd", "y" },
	{ "feature_ntldr", "y" },
	{ "feature_platform_search_hint", "y" },
	{ "feature_timeout_style", "y" },
};

bool grub2_was_set(const struct env *env, const char *name)
{
	const char *value = env_get(env, text_of(name));
	size_t i;

	for (i = 0; value && i < LENGTH(presets); i++)
		if (strcmp(presets[i].name, name) == 0)
			return strcmp(presets[i].value, value) != 0;
	return value != NULL;
}

static int preset(
	struct env *env, const char *name, const char *value, struct error *err)
{
	if (env_put(env, name, value, err) < 0)
		return -1;
	return env_export(env, text_of(name), err);
}

int grub2_preset(struct eval *eval, const char *root, const char *prefix,
	struct error *err)
{
	const struct guest *guest = eval->guest;
	struct env *env = eval->env;
	size_t i;

	for (i = 0; i < LENGTH(presets); i++)
		if (preset(env, presets[i].name, presets[i].value, err) < 0)
			return -1;
	if (preset(env, "root", root, err) < 0 ||
		preset(env, "prefix", prefix, err) < 0 ||
		preset(env, "cmdpath", prefix, err) < 0 ||
		preset(env, "grub_cpu", guest->grub_cpu, err) < 0 ||
		preset(env, "grub_platform", guest->grub_platform, err) < 0)
		return -1;
	return 0;
}

/* GRUB's own directory; Fedora says grub2, and /boot may be a partition. */
static const char *const directories[] = {
	"/boot/grub",
	"/grub",
	"/boot/grub2",
	"/grub2",
};

#define DIRECTORIES LENGTH(directories)

/* GRUB's directory on that device: where one is, or the usual name. */
static const char *find_directory(struct device *dev)
{
	struct error ignored;
	struct fs_node node;
	size_t i;

	for (i = 0; i < DIRECTORIES; i++)
		if (fs_find(&dev->fs, directories[i], &node, &ignored) == 0 &&
			node.type == FS_DIR)
			return directories[i];
	return directories[0];
}

void grub2_start(struct eval *eval, struct menu *menu)
{
	struct grub2_menu *priv = menu->priv;

	eval->menu = menu;
	eval->env = priv->env;
	eval->guest->devices->loops = priv->loops;
	eval->came_up = NULL;
	eval_unload(eval);
	eval->boot_now = false;
	eval->scope = (struct scope){ 0 };
	eval->in_function = false;
	eval->extracting = false;
	eval->flow = FLOW_ON;
	eval->loops = 0;
	eval->depth = 0;
	eval->include_depth = 0;
	eval->echoes = 0;
	eval->strange = NULL;
	eval->interactive = false;
	error_clear(&eval->unheard);
	eval->line = 0;
	eval->budget = (struct budget){ EVAL_STEPS_MAX, EVAL_BYTES_MAX };
	error_clear(&eval->first);
}

struct eval *grub2_open(struct config *config, struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct eval *eval = arena_alloc(arena, sizeof(*eval), err);
	struct menu *menu;

	if (!eval)
		return NULL;
	eval->config = config;
	eval->guest = config->guest;
	eval->peek_budget =
		(struct budget){ EVAL_PEEK_STEPS_MAX, EVAL_PEEK_BYTES_MAX };
	scratch_init(&eval->scratch, arena);
	scratch_init(&eval->keep, arena);
	menu = grub2_menu_open(eval, NULL, err);
	if (!menu)
		return NULL;
	grub2_start(eval, menu);
	return eval;
}

struct eval *grub2_open_bare(struct config *config, struct error *err)
{
	struct device *root = config->dev;
	struct eval *eval = grub2_open(config, err);
	const char *prefix = "";

	if (eval && root)
		prefix = arena_printf(eval->guest->arena, err, "(%s)%s",
			root->grub, find_directory(root));
	if (!eval || !prefix ||
		grub2_preset(eval, root ? root->grub : "", prefix, err) < 0)
		return NULL;
	return eval;
}

int grub2_keep_text(
	struct eval *eval, struct text *text, bool functions, struct error *err)
{
	char *copy = functions
		? arena_strndup(eval->guest->arena, text->at, text->len, err)
		: scratch_strndup(&eval->scratch, text->at, text->len, err);

	if (!copy)
		return -1;
	text->at = copy;
	return 0;
}
