/*
 * Arguments: from argv to options, by getopt_long and the table in arguments.h.
 *
 * Every mistake is answered with what would have been right.
 */
#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "support/text.h"

#define OPTION_ID(id, name, argument, commands, help) OPTION_##id,
enum {
	ARGUMENTS_TABLE(OPTION_ID) OPTION_COUNT
};
#undef OPTION_ID

/* getopt_long returns this plus the identifier; larger than any character. */
#define OPTION_BASE 256

struct option_row {
	const char *name;
	const char *argument;
	unsigned commands;
	const char *help;
};

#define OPTION_ROW(id, name, argument, commands, help) { name, argument, commands, help },
static const struct option_row rows[] = { ARGUMENTS_TABLE(OPTION_ROW) };
#undef OPTION_ROW

void arguments_help(const struct command *command, FILE *stream)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		char usage[64];

		if (!(rows[i].commands & command->bit))
			continue;
		(void)snprintf(usage, sizeof(usage), "--%s%s%s", rows[i].name,
			       rows[i].argument ? " " : "",
			       rows[i].argument ? rows[i].argument : "");
		fprintf(stream, "  %-34s %s\n", usage, rows[i].help);
	}
}

/* The options of one command in the form of getopt_long, ended by zeros. */
static struct option *options_of(const struct command *command, struct arena *arena)
{
	struct option *options = arena_alloc(arena, OPTION_COUNT + 1, sizeof(*options));
	size_t count = 0;

	for (int i = 0; i < OPTION_COUNT; i++) {
		if (rows[i].commands & command->bit)
			options[count++] = (struct option){ rows[i].name, rows[i].argument ? 1 : 0,
							    NULL, OPTION_BASE + i };
	}
	return options;
}

/* What getopt_long answered with '?'. `word` is the argument that it took last. */
static void report_unknown(const struct command *command, const char *word, struct arena *arena)
{
	const char *names[OPTION_COUNT];
	const char *nearest;
	size_t count = 0;
	size_t length;

	if (optopt >= OPTION_BASE) {
		command_error(arena_format(arena, "write --%s", rows[optopt - OPTION_BASE].name),
			      "--%s takes no value", rows[optopt - OPTION_BASE].name);
		return;
	}
	if (optopt)
		word = arena_format(arena, "-%c", optopt);
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (rows[i].commands & command->bit)
			names[count++] = rows[i].name;
	}
	length = strcspn(word, "=");
	nearest = strncmp(word, "--", 2) == 0 && length > 2
			  ? text_nearest(arena_copy(arena, word + 2, length - 2), names, count)
			  : NULL;
	if (nearest)
		command_error(arena_format(arena, "did you mean --%s", nearest),
			      "unknown option %s", word);
	else
		command_error(arena_format(arena, "bobolink %s --help lists the options",
					   command->name),
			      "unknown option %s", word);
}

/* The index of `value` among words separated by |, or -1 after an error. */
static int choose(const struct option_row *row, const char *value, struct arena *arena)
{
	const char *choice = row->argument;

	for (int i = 0; *choice; i++) {
		size_t length = strcspn(choice, "|");

		if (strlen(value) == length && memcmp(value, choice, length) == 0)
			return i;
		choice += length + (choice[length] == '|');
	}
	command_error(arena_format(arena, "it is one of %s", row->argument),
		      "--%s cannot be \"%s\"", row->name, value);
	return -1;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name(const char *name)
{
	bool good = is_letter(name[0]);

	for (const char *c = name; *c; c++)
		good = good && (is_letter(*c) || is_digit(*c));
	return good;
}

static int check_name(const char *name)
{
	if (is_name(name))
		return 0;
	command_error("use letters, digits and underscores, and begin with a letter",
		      "--name becomes part of C names, which \"%s\" cannot", name);
	return -1;
}

static int check_function(const char *function)
{
	const char *slash = strrchr(function, '/');
	const char *digits = slash ? slash + 1 : "";

	if (slash && slash > function &&
	    (strcmp(digits, "-1") == 0 ||
	     (*digits && digits[strspn(digits, "0123456789")] == '\0')))
		return 0;
	command_error("write it like normalize/1; -1 stands for any number of arguments",
		      "--shadow-function \"%s\" is not a name and a number of arguments", function);
	return -1;
}

static int add_version(struct arguments *arguments, const char *text, struct arena *arena)
{
	size_t capacity = arguments->amend_count;
	char *end;
	long long version;

	errno = 0;
	version = strtoll(text, &end, 10);
	if (errno || end == text || *end || !is_digit(text[0])) {
		command_error("give the number at the front of the file's name",
			      "--amend takes a version, not \"%s\"", text);
		return -1;
	}
	arguments->amend = arena_grow(arena, arguments->amend, arguments->amend_count, &capacity,
				      sizeof(*arguments->amend));
	arguments->amend[arguments->amend_count++] = version;
	return 0;
}

static const char **add_text(const char **list, uint32_t *count, const char *text,
			     struct arena *arena)
{
	const char **longer = arena_alloc(arena, *count + 1u, sizeof(*longer));

	if (*count)
		memcpy(longer, list, *count * sizeof(*longer));
	longer[(*count)++] = text;
	return longer;
}

/* primary=migrations/primary, or primary=postgres:migrations/primary where that is another database than ours. */
static int add_set(struct compile_options *compile, const char *value, struct arena *arena)
{
	static const char *const databases[] = {
		[DATABASE_SQLITE] = "sqlite:",
		[DATABASE_POSTGRES] = "postgres:",
	};
	const char *equals = strchr(value, '=');
	struct other_set *sets = arena_alloc(arena, compile->other_count + 1u, sizeof(*sets));
	struct other_set *last = &sets[compile->other_count];

	if (compile->other_count)
		memcpy(sets, compile->others, compile->other_count * sizeof(*sets));
	last->name = arena_copy(arena, value, equals ? (size_t)(equals - value) : 0);
	last->directory = equals ? equals + 1 : "";
	for (size_t i = 0; i < sizeof(databases) / sizeof(*databases); i++) {
		size_t length = strlen(databases[i]);

		if (last->foreign || strncmp(last->directory, databases[i], length) != 0)
			continue;
		last->foreign = true;
		last->database = (enum database)i;
		last->directory += length;
	}
	compile->others = sets;
	compile->other_count++;
	if (is_name(last->name) && *last->directory)
		return 0;
	command_error("write it like primary=migrations/primary, or primary=postgres:DIR where "
		      "that set is of another database",
		      "--requires \"%s\" is not the name of a set and its directory", value);
	return -1;
}

static int take_choice(struct arguments *arguments, int id, const char *value, struct arena *arena)
{
	int choice = choose(&rows[id], value, arena);

	if (choice < 0)
		return -1;
	if (id == OPTION_DATABASE)
		arguments->compile.database = (enum database)choice;
	if (id == OPTION_SHADOW)
		arguments->compile.shadow = (enum shadow_mode)choice;
	if (id == OPTION_SEED)
		arguments->compile.seed_off = choice != 0;
	if (id == OPTION_EMBED)
		arguments->compile.embed = (enum embed_mode)choice;
	if (id == OPTION_FORMAT)
		arguments->format = (enum diagnostic_format)choice;
	return 0;
}

/* Returns 0, or -1 after an error. */
static int take(struct arguments *arguments, int id, const char *value, struct arena *arena)
{
	struct compile_options *compile = &arguments->compile;

	switch (id) {
	case OPTION_DATABASE:
	case OPTION_SHADOW:
	case OPTION_SEED:
	case OPTION_EMBED:
	case OPTION_FORMAT:
		return take_choice(arguments, id, value, arena);
	case OPTION_NAME:
		compile->name = value;
		return check_name(value);
	case OPTION_OUTPUT:
		compile->output = value;
		return 0;
	case OPTION_LOCKED:
		compile->locked = true;
		return 0;
	case OPTION_OUT_OF_ORDER:
		compile->out_of_order = true;
		return 0;
	case OPTION_WARNINGS:
		compile->warnings_as_errors = true;
		return 0;
	case OPTION_SHADOW_FUNCTION:
		compile->shadow_functions = add_text(compile->shadow_functions,
						     &compile->shadow_function_count, value, arena);
		return check_function(value);
	case OPTION_SHADOW_EXTENSION:
		compile->shadow_extensions =
			add_text(compile->shadow_extensions, &compile->shadow_extension_count,
				 value, arena);
		return 0;
	case OPTION_REQUIRES:
		return add_set(compile, value, arena);
	case OPTION_AMEND:
		return add_version(arguments, value, arena);
	case OPTION_FIX:
		arguments->fix = true;
		return 0;
	case OPTION_REPEATABLE:
		arguments->repeatable = true;
		return 0;
	case OPTION_MARKDOWN:
		arguments->markdown = true;
		return 0;
	case OPTION_HELP:
		arguments->help = true;
		return 0;
	case OPTION_VERSION:
		arguments->version = true;
		return 0;
	default:
		return -1;
	}
}

static int check_operands(const struct command *command, const struct arguments *arguments,
			  struct arena *arena)
{
	const char *usage = arena_format(arena, "usage: bobolink %s [option]... %s", command->name,
					 command->operands);

	if (arguments->help || arguments->version)
		return 0;
	for (int i = 0; i < arguments->operand_count; i++) {
		if (!*arguments->operands[i]) {
			command_error(usage, "an argument is empty");
			return -1;
		}
	}
	if (arguments->operand_count > command->most) {
		command_error(usage, "\"%s\" is one argument too many",
			      arguments->operands[command->most]);
		return -1;
	}
	if (arguments->operand_count < command->least) {
		command_error(usage, "an argument is missing");
		return -1;
	}
	return 0;
}

int arguments_parse(const struct command *command, int argc, char **argv, struct arena *arena,
		    struct arguments *arguments)
{
	struct option *options = options_of(command, arena);
	int id;

	*arguments = (struct arguments){ .command = command };
	if (command->bit == FOR_SNAPSHOT)
		arguments->compile.database = DATABASE_POSTGRES;
	opterr = 0;
	while ((id = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (id == ':') {
			command_error(arena_format(arena, "bobolink %s --help lists the options",
						   command->name),
				      "%s needs a value", argv[optind - 1]);
			return -1;
		}
		if (id == '?') {
			report_unknown(command, argv[optind - 1], arena);
			return -1;
		}
		if (take(arguments, id - OPTION_BASE, optarg, arena))
			return -1;
	}
	arguments->operands = argv + optind;
	arguments->operand_count = argc - optind;
	return check_operands(command, arguments, arena);
}
