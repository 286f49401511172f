/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/shell.h"

#include <string.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/menu.h"
#include "src/config/grub2/parse.h"
#include "src/config/grub2/start.h"

static struct env *env_of(const struct menu *menu)
{
	const struct grub2_menu *priv = menu->priv;

	return priv->env;
}

/* A GRUB where there is none: as it would start on the device of config. */
static struct config *start_grub(const struct config *config, struct error *err)
{
	struct config *own =
		arena_alloc(config->guest->arena, sizeof(*own), err);
	struct eval *eval;

	if (!own)
		return NULL;
	*own = (struct config){
		.format = &grub2_format,
		.guest = config->guest,
		.dev = config->dev,
		.path = config->path,
		.start = config->start,
	};
	eval = grub2_open_bare(own, err);
	if (!eval)
		return NULL;
	own->priv = eval;
	own->menu = eval->menu;
	return own;
}

/* Its entries see the variables that it sees. */
static struct menu *open_menu(struct grub2_shell *shell, struct error *err)
{
	struct menu *menu = grub2_menu_open(shell->config->priv, NULL, err);
	struct grub2_menu *priv;

	if (!menu)
		return NULL;
	priv = menu->priv;
	priv->env = env_of(shell->menu);
	return menu;
}

struct grub2_shell *grub2_shell_open(
	struct config *config, struct menu *menu, struct error *err)
{
	struct config *of = menu->owner ? menu->owner : config;
	struct arena *arena = config->guest->arena;
	struct grub2_shell *shell;

	/* it reads GRUB's files, whatever the menu is of */
	if (guest_may_read(config->guest, grub2_format.id, err) < 0)
		return NULL;
	shell = arena_alloc(arena, sizeof(*shell), err);
	if (!shell)
		return NULL;
	shell->config = of;
	shell->owner = menu->owner;
	shell->of = shell->menu = menu;
	if (of->format != &grub2_format) {
		shell->config = shell->owner = start_grub(of, err);
		if (!shell->config)
			return NULL;
		shell->menu = shell->config->menu;
	}
	shell->script = (struct script){ of->dev, "the command line", true };
	shell->own = open_menu(shell, err);
	shell->command = arena_alloc(arena, SHELL_COMMAND_MAX + 1, err);
	return shell->own && shell->command ? shell : NULL;
}

void grub2_shell_forget(struct grub2_shell *shell)
{
	shell->len = 0;
}

struct eval *grub2_shell_enter(struct grub2_shell *shell)
{
	struct config *config = shell->config;
	struct eval *eval = config->priv;

	if (config->dev)
		device_start(config->dev, config->start);
	eval->config = config;
	grub2_start(eval, shell->menu);
	eval->menu = shell->own;
	eval->boot = shell->boot;
	eval->chain = shell->chain;
	eval->hypervisor = shell->hypervisor;
	eval->script = &shell->script;
	eval->interactive = true;
	return eval;
}

void grub2_shell_leave(struct grub2_shell *shell)
{
	struct eval *eval = shell->config->priv;
	struct grub2_menu *priv = shell->menu->priv;

	shell->boot = eval->boot;
	shell->chain = eval->chain;
	shell->hypervisor = eval->hypervisor;
	priv->loops = eval->guest->devices->loops;
	eval->interactive = false;
}

/* The line goes behind those of the same command. */
static int add_line(
	struct grub2_shell *shell, const char *line, struct error *err)
{
	const size_t len = strlen(line);

	if (len >= SHELL_COMMAND_MAX - shell->len) {
		shell->len = 0;
		return error_set(err, ERR_LIMIT,
			"a command of more than %d bytes", SHELL_COMMAND_MAX);
	}
	memcpy(shell->command + shell->len, line, len);
	shell->len += len;
	shell->command[shell->len++] = '\n';
	return 0;
}

/* Files are counted for each command anew, as its steps are. */
static int run_text(struct grub2_shell *shell, struct text text, bool functions,
	struct error *err)
{
	struct eval *eval = shell->config->priv;
	const unsigned int includes = eval->includes;
	int r;

	if (grub2_keep_text(eval, &text, functions, err) < 0)
		return -1;
	eval->includes = 0;
	r = eval_text(eval, text, 1, err);
	eval->includes = includes;
	if (r == 0 && eval->unheard.code != ERR_NONE) {
		*err = eval->unheard;
		r = -1;
	}
	return r;
}

/* The menu that is there now; NULL without an error: none. */
static struct menu *find_menu(
	struct grub2_shell *shell, size_t count, struct error *err)
{
	struct eval *eval = shell->config->priv;

	if (eval->boot_now)
		return grub2_chained_menu(eval, err);
	if (eval->came_up)
		return eval->came_up;
	if (shell->own->count == count)
		return NULL;
	return grub2_menu_close(eval, shell->own, err) < 0 ? NULL : shell->own;
}

/* What came of a command; own had so many entries before. */
static int take_outcome(struct grub2_shell *shell, size_t count,
	struct outcome *outcome, struct error *err)
{
	const struct eval *eval = shell->config->priv;

	*outcome = (struct outcome){ 0 };
	if (eval->boot_now && eval->boot.kernel.path) {
		outcome->boot = eval->boot;
		return SHELL_BOOT;
	}
	error_clear(err);
	outcome->menu = find_menu(shell, count, err);
	if (!outcome->menu)
		return err->code == ERR_NONE ? SHELL_DONE : -1;
	if (!outcome->menu->owner)
		outcome->menu->owner = shell->owner;
	return SHELL_MENU;
}

static int run_command(struct grub2_shell *shell, bool functions,
	struct outcome *outcome, struct error *err)
{
	const struct text text = { shell->command, shell->len };
	struct eval *eval = grub2_shell_enter(shell);
	const struct scratch_mark mark = scratch_mark(&eval->scratch);
	const size_t count = shell->own->count;
	int r = run_text(shell, text, functions, err);

	if (r == 0)
		r = take_outcome(shell, count, outcome, err);
	grub2_shell_leave(shell);
	scratch_rewind(&eval->scratch, mark);
	return r;
}

/* Does the last line end in a backslash, which takes the newline away? */
static bool goes_on(const struct grub2_shell *shell)
{
	size_t at = shell->len - 1, slashes = 0;

	while (slashes < at && shell->command[at - slashes - 1] == '\\')
		slashes++;
	return slashes % 2 == 1;
}

int grub2_shell_run(struct grub2_shell *shell, const char *line,
	struct outcome *outcome, struct error *err)
{
	struct eval *eval = shell->config->priv;
	struct parse_check check;
	int r;

	if (add_line(shell, line, err) < 0)
		return -1;
	r = parse_check((struct text){ shell->command, shell->len },
		&eval->scratch, &check, err);
	if (r == 0 && (check.open || goes_on(shell)))
		return SHELL_MORE;
	if (r == 0)
		r = run_command(shell, check.functions, outcome, err);
	shell->len = 0;
	return r;
}
