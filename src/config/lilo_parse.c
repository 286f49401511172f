/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/lilo.h"

/* Who knows an option (struct lilo_dialect's bit), and where it may stand. */
#define LILO LILO_DIALECT
#define ELILO ELILO_DIALECT
#define BOTH (LILO | ELILO)
#define GLOBAL 1U
#define SECTION 2U

static const struct option {
	const char *name;
	enum lilo_key key;
	bool flag; /* has no value */
	unsigned int dialects;
	unsigned int where;
} options[] = {
	{ "addappend", LILO_ADDAPPEND, false, LILO, SECTION },
	{ "alias", LILO_ALIAS, false, LILO, SECTION },
	{ "append", LILO_APPEND, false, BOTH, GLOBAL | SECTION },
	{ "bypass", LILO_BYPASS, true, LILO, SECTION },
	{ "default", LILO_DEFAULT, false, BOTH, GLOBAL },
	{ "delay", LILO_DELAY, false, BOTH, GLOBAL },
	{ "description", LILO_DESCRIPTION, false, ELILO, SECTION },
	{ "image", LILO_IMAGE, false, BOTH, GLOBAL | SECTION },
	{ "initrd", LILO_INITRD, false, BOTH, GLOBAL | SECTION },
	{ "label", LILO_LABEL, false, BOTH, SECTION },
	{ "literal", LILO_LITERAL, false, BOTH, SECTION },
	{ "lock", LILO_LOCK, true, LILO, GLOBAL | SECTION },
	{ "mandatory", LILO_MANDATORY, true, LILO, GLOBAL | SECTION },
	{ "optional", LILO_OPTIONAL, true, LILO, GLOBAL | SECTION },
	{ "other", LILO_OTHER, false, LILO, GLOBAL | SECTION },
	{ "password", LILO_PASSWORD, false, LILO, GLOBAL | SECTION },
	{ "prompt", LILO_PROMPT, true, BOTH, GLOBAL },
	{ "ramdisk", LILO_RAMDISK, false, LILO, GLOBAL | SECTION },
	{ "read-only", LILO_READ_ONLY, true, BOTH, GLOBAL | SECTION },
	{ "read-write", LILO_READ_WRITE, true, LILO, GLOBAL | SECTION },
	{ "restricted", LILO_RESTRICTED, true, LILO, GLOBAL | SECTION },
	{ "root", LILO_ROOT, false, BOTH, GLOBAL | SECTION },
	{ "serial", LILO_SERIAL, false, LILO, GLOBAL },
	{ "timeout", LILO_TIMEOUT, false, BOTH, GLOBAL },
	{ "vga", LILO_VGA, false, LILO, GLOBAL | SECTION },
	{ "vmm", LILO_VMM, false, ELILO, GLOBAL | SECTION },

	/* how it is installed, how disks are addressed, how it looks */
	{ "backup", LILO_IGNORED, false, LILO, GLOBAL },
	{ "bios-passes-dl", LILO_IGNORED, false, LILO, GLOBAL },
	{ "bitmap", LILO_IGNORED, false, LILO, GLOBAL },
	{ "bmp-colors", LILO_IGNORED, false, LILO, GLOBAL },
	{ "bmp-retain", LILO_IGNORED, true, LILO, GLOBAL | SECTION },
	{ "bmp-table", LILO_IGNORED, false, LILO, GLOBAL },
	{ "bmp-timer", LILO_IGNORED, false, LILO, GLOBAL },
	{ "boot", LILO_IGNORED, false, BOTH, GLOBAL },
	{ "boot-as", LILO_IGNORED, false, LILO, GLOBAL | SECTION },
	{ "change-rules", LILO_IGNORED, true, LILO, GLOBAL },
	{ "compact", LILO_IGNORED, true, LILO, GLOBAL },
	{ "disk", LILO_IGNORED, false, LILO, GLOBAL },
	{ "disktab", LILO_IGNORED, false, LILO, GLOBAL },
	{ "el-torito-bootable-cd", LILO_IGNORED, true, LILO, GLOBAL },
	{ "fallback", LILO_IGNORED, false, LILO, GLOBAL | SECTION },
	{ "fix-table", LILO_IGNORED, true, LILO, GLOBAL },
	{ "force-backup", LILO_IGNORED, false, LILO, GLOBAL },
	{ "geometric", LILO_IGNORED, true, LILO, GLOBAL },
	{ "ignore-table", LILO_IGNORED, true, LILO, GLOBAL },
	{ "install", LILO_IGNORED, false, LILO, GLOBAL },
	{ "keytable", LILO_IGNORED, false, LILO, GLOBAL },
	{ "large-memory", LILO_IGNORED, true, LILO, GLOBAL },
	{ "lba32", LILO_IGNORED, true, LILO, GLOBAL },
	{ "linear", LILO_IGNORED, true, LILO, GLOBAL },
	{ "loader", LILO_IGNORED, false, LILO, GLOBAL | SECTION },
	{ "map", LILO_IGNORED, false, LILO, GLOBAL },
	{ "master-boot", LILO_IGNORED, true, LILO, GLOBAL | SECTION },
	{ "menu-scheme", LILO_IGNORED, false, LILO, GLOBAL },
	{ "menu-title", LILO_IGNORED, false, LILO, GLOBAL },
	{ "message", LILO_IGNORED, false, BOTH, GLOBAL },
	{ "nodevcache", LILO_IGNORED, true, LILO, GLOBAL },
	{ "nokbdefault", LILO_IGNORED, false, LILO, GLOBAL },
	{ "noraid", LILO_IGNORED, true, LILO, GLOBAL },
	{ "nowarn", LILO_IGNORED, true, LILO, GLOBAL },
	{ "raid-extra-boot", LILO_IGNORED, false, LILO, GLOBAL },
	{ "single-key", LILO_IGNORED, true, LILO, GLOBAL | SECTION },
	{ "static-bios-codes", LILO_IGNORED, true, LILO, GLOBAL },
	{ "suppress-boot-time-bios-data", LILO_IGNORED, true, LILO, GLOBAL },
	{ "unattended", LILO_IGNORED, true, LILO, GLOBAL },
	{ "verbose", LILO_IGNORED, false, BOTH, GLOBAL },
	{ "vmdefault", LILO_IGNORED, false, LILO, GLOBAL },

	{ "change", LILO_IGNORED, true, LILO, SECTION },
	{ "map-drive", LILO_IGNORED, false, LILO, SECTION },
	{ "nokbdisable", LILO_IGNORED, true, LILO, SECTION },
	{ "range", LILO_IGNORED, false, LILO, SECTION },
	{ "table", LILO_IGNORED, false, LILO, SECTION },
	{ "unsafe", LILO_IGNORED, true, LILO, SECTION },
	{ "vmdisable", LILO_IGNORED, true, LILO, SECTION },
	{ "vmwarn", LILO_IGNORED, true, LILO, SECTION },

	/* below disk=, change-rules, change and map-drive= */
	{ "activate", LILO_IGNORED, true, LILO, SECTION },
	{ "automatic", LILO_IGNORED, true, LILO, SECTION },
	{ "bios", LILO_IGNORED, false, LILO, GLOBAL },
	{ "cylinders", LILO_IGNORED, false, LILO, GLOBAL },
	{ "deactivate", LILO_IGNORED, true, LILO, SECTION },
	{ "heads", LILO_IGNORED, false, LILO, GLOBAL },
	{ "hidden", LILO_IGNORED, false, LILO, GLOBAL },
	{ "inaccessible", LILO_IGNORED, true, LILO, GLOBAL },
	{ "max-partitions", LILO_IGNORED, false, LILO, GLOBAL },
	{ "normal", LILO_IGNORED, false, LILO, GLOBAL },
	{ "partition", LILO_IGNORED, false, LILO, GLOBAL | SECTION },
	{ "reset", LILO_IGNORED, true, LILO, GLOBAL },
	{ "sectors", LILO_IGNORED, false, LILO, GLOBAL },
	{ "set", LILO_IGNORED, false, LILO, SECTION },
	{ "start", LILO_IGNORED, false, LILO, GLOBAL },
	{ "to", LILO_IGNORED, false, LILO, SECTION },
	{ "type", LILO_IGNORED, false, LILO, GLOBAL },

	/* ELILO's */
	{ "checkalt", LILO_IGNORED, true, ELILO, GLOBAL },
	{ "chooser", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "debug", LILO_IGNORED, true, ELILO, GLOBAL },
	{ "f1", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f2", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f3", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f4", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f5", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f6", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f7", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f8", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f9", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f10", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f11", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "f12", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "fpswa", LILO_IGNORED, false, ELILO, GLOBAL },
	{ "legacy-free", LILO_IGNORED, true, ELILO, GLOBAL | SECTION },
	{ "noedd30", LILO_IGNORED, true, ELILO, GLOBAL },
	{ "relocatable", LILO_IGNORED, true, ELILO, GLOBAL | SECTION },
	{ "text", LILO_IGNORED, true, ELILO, SECTION },
};

struct parser {
	struct lilo *lilo;
	struct arena *arena;
	struct lilo_lexer lexer;
	struct lilo_section *section; /* the one that is open */
	struct lilo_section *last;    /* NULL: none yet */
	const char *start;            /* of its lines */
	unsigned int sections;
};

static const struct option *find_option(
	const struct lilo_dialect *dialect, const char *name)
{
	size_t i;

	for (i = 0; i < LENGTH(options); i++)
		if ((options[i].dialects & dialect->bit) &&
			(dialect->any_case ? strcasecmp : strcmp)(
				options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

/* The lines since the section began are its source. */
static int end_section(
	struct parser *parser, const char *end, struct error *err)
{
	if (!parser->last)
		return 0;
	parser->last->source = arena_strndup(parser->arena, parser->start,
		(size_t)(end - parser->start), err);
	return parser->last->source ? 0 : -1;
}

static int begin_section(struct parser *parser, bool other, const char *start,
	unsigned int line, struct error *err)
{
	struct lilo_section *section;

	if (parser->sections++ == LILO_SECTIONS_MAX)
		return error_set(err, ERR_LIMIT, "more than %d images",
			LILO_SECTIONS_MAX);
	if (end_section(parser, start, err) < 0)
		return -1;
	section = arena_alloc(parser->arena, sizeof(*section), err);
	if (!section)
		return -1;
	section->other = other;
	section->line = line;
	section->file = arena_strdup(parser->arena, parser->lexer.word, err);
	if (!section->file)
		return -1;
	if (parser->last)
		parser->last->next = section;
	else
		parser->lilo->first = section;
	parser->last = section;
	parser->section = section;
	parser->start = start;
	return 0;
}

/* Which section an option belongs to, if not to the one that it is in. */
static struct lilo_section *section_for(
	struct parser *parser, const struct option *option)
{
	unsigned int here = parser->last ? SECTION : GLOBAL;

	if (option->where & here)
		return parser->section;
	lilo_odd(&parser->lexer, "%s %s", option->name,
		here == GLOBAL ? "before the first image"
			       : "behind the first image");
	return &parser->lilo->global;
}

static int keep_value(struct parser *parser, const struct option *option,
	const char *value, struct error *err)
{
	struct lilo_section *section = section_for(parser, option);
	const char **where;

	if (option->key >= LILO_KEYS)
		return 0;
	where = &section->values[option->key];
	if (*where && !option->flag &&
		!(option->key == LILO_APPEND && parser->last &&
			parser->lilo->dialect->last_append)) {
		lilo_odd(
			&parser->lexer, "%s for the second time", option->name);
		return 0;
	}
	*where = arena_strdup(parser->arena, value, err);
	return *where ? 0 : -1;
}

/* What stands behind "=": 1, 0 there is nothing, -1. */
static int take_value(struct parser *parser, struct error *err)
{
	if (!lilo_lex_equal(&parser->lexer))
		return 0;
	return lilo_lex_value(&parser->lexer, err);
}

static int take_unknown(struct parser *parser, struct error *err)
{
	lilo_odd(&parser->lexer, "an unknown option \"%.64s\"",
		parser->lexer.word);
	return take_value(parser, err) < 0 ? -1 : 0;
}

static int take_option(struct parser *parser, const struct option *option,
	const char *start, unsigned int line, struct error *err)
{
	bool section = option->key == LILO_IMAGE || option->key == LILO_OTHER;
	int r = take_value(parser, err);

	if (r < 0)
		return -1;
	if (r == 0 && section)
		return error_set(err, ERR_SYNTAX, "line %u: %s without a file",
			line, option->name);
	if (section) {
		if (begin_section(parser, option->key == LILO_OTHER, start,
			    line, err) == 0)
			return 0;
		return error_in(err, "line %u", line);
	}
	if (r == 0 && !option->flag) {
		lilo_odd(&parser->lexer, "%s without a value", option->name);
		return 0;
	}
	if (r == 1 && option->flag)
		lilo_odd(&parser->lexer, "%s with a value", option->name);
	return keep_value(
		parser, option, option->flag ? "yes" : parser->lexer.word, err);
}

static int take_all(struct parser *parser, struct error *err)
{
	const struct option *option;
	const char *start;
	unsigned int line;
	int r;

	while ((r = lilo_lex_name(&parser->lexer, err)) == 1) {
		start = parser->lexer.start;
		line = parser->lexer.at_line;
		option = find_option(parser->lilo->dialect, parser->lexer.word);
		if ((option ? take_option(parser, option, start, line, err)
			    : take_unknown(parser, err)) < 0)
			return -1;
	}
	return r < 0 ? -1 : end_section(parser, parser->lexer.rest.at, err);
}

static int parse(struct parser *parser, struct config *config,
	struct lilo *lilo, struct text file, struct error *err)
{
	*parser = (struct parser){
		.lilo = lilo,
		.arena = config->guest->arena,
		.lexer = { .dialect = lilo->dialect,
			.rest = text_skip_mark(file),
			.line = 1 },
		.section = &lilo->global,
		.start = file.at,
	};
	parser->lexer.word = arena_alloc(parser->arena, file.len + 1, err);
	return parser->lexer.word ? take_all(parser, err) : -1;
}

static bool is_empty(const struct lilo_section *section)
{
	size_t i;

	for (i = 0; i < LILO_KEYS; i++)
		if (section->values[i])
			return false;
	return true;
}

struct lilo_section *lilo_parse_section(struct config *config,
	const struct lilo_dialect *dialect, struct text text, struct error *err)
{
	struct lilo lilo = { .dialect = dialect };
	struct parser parser;

	if (parse(&parser, config, &lilo, text, err) < 0)
		return NULL;
	if (parser.lexer.odd > 0)
		error_set(err, ERR_SYNTAX, "%s", parser.lexer.first_odd);
	else if (!lilo.first || !is_empty(&lilo.global))
		error_set(err, ERR_SYNTAX, "line 1: it begins with no image");
	else if (lilo.first->next)
		error_set(err, ERR_SYNTAX, "line %u: more than one image",
			lilo.first->next->line);
	else
		return lilo.first;
	return NULL;
}

int lilo_parse(struct config *config, struct lilo *lilo, struct text file,
	struct error *err)
{
	struct parser parser;

	if (parse(&parser, config, lilo, file, err) < 0)
		return -1;
	if (parser.lexer.odd > 0)
		guest_note(config->guest, NOTE_WARNING,
			"%s: %s would refuse this file: %s%s", config->path,
			lilo->dialect->name, parser.lexer.first_odd,
			parser.lexer.odd > 1 ? ", and more" : "");
	return 0;
}
