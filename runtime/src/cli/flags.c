/*
 * Flags: one pass over argv against the table in flags.h.
 */
#include "flags.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "--migrate"

struct flag {
	const char *name;
	enum bl_cli_group group;
	enum bl_cli_takes takes;
	const char *value;
	const char *help;
};

static const struct flag table[] = {
#define X(identifier, word, group, takes, value, help) \
	{ PREFIX word, BL_CLI_GROUP_##group, BL_CLI_TAKES_##takes, value, help },
	BL_CLI_FLAG_TABLE(X)
#undef X
};

_Static_assert(BL_CLI_FLAG_COUNT <= 64, "bl_cli_flags.given has a bit for each flag");

static const char *const titles[] = {
#define X(identifier, title) title,
	BL_CLI_GROUP_TABLE(X)
#undef X
};

const char *bl_cli_flag_name(enum bl_cli_flag flag)
{
	return table[flag].name;
}

enum bl_cli_group bl_cli_flag_group(enum bl_cli_flag flag)
{
	return table[flag].group;
}

enum bl_cli_takes bl_cli_flag_takes(enum bl_cli_flag flag)
{
	return table[flag].takes;
}

const char *bl_cli_flag_value(enum bl_cli_flag flag)
{
	return table[flag].value;
}

const char *bl_cli_flag_help(enum bl_cli_flag flag)
{
	return table[flag].help;
}

const char *bl_cli_group_title(enum bl_cli_group group)
{
	return titles[group];
}

bool bl_cli_flag_given(const struct bl_cli_flags *flags, enum bl_cli_flag flag)
{
	return flags->given >> flag & 1u;
}

static bool is_action(enum bl_cli_flag flag)
{
	return table[flag].group != BL_CLI_GROUP_HOW;
}

/* --migrate, --migrate=…, --migrate-…; --migrated is an option of the application. */
static bool is_ours(const char *argument)
{
	if (strncmp(argument, PREFIX, strlen(PREFIX)) != 0)
		return false;
	return argument[strlen(PREFIX)] == '\0' || strchr("-=", argument[strlen(PREFIX)]) != NULL;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Letters to add, remove or replace to make one word of the other. `b` is a flag of the table. */
static size_t distance(const char *a, size_t length, const char *b)
{
	size_t row[32];
	size_t width = strlen(b);

	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 1; i <= length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			size_t above = row[j];

			row[j] = smallest(above + 1, row[j - 1] + 1,
					  diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[width];
}

/* The flag that was probably meant, or NULL. At most a third of the word may differ. */
static const char *nearest(const char *word, size_t length)
{
	size_t best = (length - strlen(PREFIX)) / 3 + 2;
	const char *found = NULL;

	for (int i = 0; i < BL_CLI_FLAG_COUNT && length < 40; i++) {
		size_t away = distance(word, length, table[i].name);

		if (i != BL_CLI_MIGRATE && away < best) {
			best = away;
			found = table[i].name;
		}
	}
	return found;
}

static void complain_unknown(const char *argument, size_t length, char *message, size_t size)
{
	const char *meant = nearest(argument, length);

	if (meant)
		snprintf(message, size, "unknown flag %.*s: did you mean %s?", (int)length,
			 argument, meant);
	else
		snprintf(message, size, "unknown flag %.*s: --migrate-help lists what there is",
			 (int)length, argument);
}

/* The flag of the table, or BL_CLI_FLAG_COUNT. `*value` becomes what stands behind "=", or NULL. */
static enum bl_cli_flag find(const char *argument, size_t *length, const char **value)
{
	*length = strcspn(argument, "=");
	*value = argument[*length] ? argument + *length + 1 : NULL;
	for (int i = 0; i < BL_CLI_FLAG_COUNT; i++) {
		if (strlen(table[i].name) == *length &&
		    memcmp(argument, table[i].name, *length) == 0)
			return (enum bl_cli_flag)i;
	}
	return BL_CLI_FLAG_COUNT;
}

/* Notes a flag and its value; returns -1 when it contradicts what was given before. */
static int note(struct bl_cli_flags *flags, enum bl_cli_flag flag, const char *value, char *message,
		size_t size)
{
	if (is_action(flag) && flags->action != BL_CLI_FLAG_COUNT && flags->action != flag) {
		snprintf(message, size, "%s and %s cannot be given together: give one of them",
			 table[flags->action].name, table[flag].name);
		return -1;
	}
	if (table[flag].takes != BL_CLI_TAKES_NO && bl_cli_flag_given(flags, flag)) {
		snprintf(message, size, "%s is given twice: give it once", table[flag].name);
		return -1;
	}
	flags->given |= UINT64_C(1) << flag;
	if (flag == BL_CLI_DATABASE)
		flags->database = value;
	else if (flag == BL_CLI_FLEET)
		flags->fleet = value;
	else if (flag == BL_CLI_JOBS)
		flags->jobs = value;
	else if (flag == BL_CLI_SET)
		flags->set = value;
	if (!is_action(flag))
		return 0;
	flags->action = flag;
	flags->value = value;
	return 0;
}

/* Says what is wrong with how a value is given; returns -1 when something is. */
static int check_value(enum bl_cli_flag flag, const char *value, char *message, size_t size)
{
	const struct flag *given = &table[flag];
	bool empty = !value || !*value;

	if (value && given->takes == BL_CLI_TAKES_NO)
		snprintf(message, size, "%s takes no value", given->name);
	else if (empty && given->takes == BL_CLI_TAKES_NEEDED)
		snprintf(message, size, "%s needs a value: %s=%s", given->name, given->name,
			 given->value);
	else if (value && empty)
		snprintf(message, size, "%s= has no value: give %s=%s, or %s alone", given->name,
			 given->name, given->value, given->name);
	else
		return 0;
	return -1;
}

/* One flag of ours at argv[*at]; moves `*at` when its value is the next argument. */
static int parse_one(int argc, char **argv, int *at, struct bl_cli_flags *flags, char *message,
		     size_t size)
{
	const char *argument = argv[*at];
	const char *value;
	size_t length;
	enum bl_cli_flag flag = find(argument, &length, &value);

	if (flag == BL_CLI_FLAG_COUNT) {
		complain_unknown(argument, length, message, size);
		return -1;
	}
	if (!value && table[flag].takes == BL_CLI_TAKES_NEEDED && *at + 1 < argc &&
	    strncmp(argv[*at + 1], "--", 2) != 0)
		value = argv[++*at];
	if (check_value(flag, value, message, size))
		return -1;
	return note(flags, flag, value, message, size);
}

/* A fleet says where, and what when nothing else does; returns -1 when that does not go together. */
static int check_fleet(struct bl_cli_flags *flags, char *message, size_t size)
{
	if (flags->jobs && !flags->fleet) {
		snprintf(message, size, "%s says how many at once: give %s=%s as well",
			 table[BL_CLI_JOBS].name, table[BL_CLI_FLEET].name,
			 table[BL_CLI_FLEET].value);
		return -1;
	}
	if (!flags->fleet)
		return 0;
	if (flags->action == BL_CLI_FLAG_COUNT)
		flags->action = BL_CLI_MIGRATE;
	if (flags->database)
		snprintf(message, size, "%s and %s both say which database: give one of them",
			 table[BL_CLI_FLEET].name, table[BL_CLI_DATABASE].name);
	else if (flags->action != BL_CLI_MIGRATE && flags->action != BL_CLI_STATUS &&
		 flags->action != BL_CLI_CHECK && flags->action != BL_CLI_VERIFY)
		snprintf(message, size, "%s goes with %s, %s, %s and %s only",
			 table[BL_CLI_FLEET].name, table[BL_CLI_MIGRATE].name,
			 table[BL_CLI_STATUS].name, table[BL_CLI_CHECK].name,
			 table[BL_CLI_VERIFY].name);
	else
		return 0;
	return -1;
}

enum bl_cli_parsed bl_cli_flags_parse(int argc, char **argv, struct bl_cli_flags *flags,
				      char *message, size_t size)
{
	memset(flags, 0, sizeof(*flags));
	flags->action = BL_CLI_FLAG_COUNT;
	for (int i = 1; i < argc && argv[i] && strcmp(argv[i], "--") != 0; i++) {
		if (is_ours(argv[i]) && parse_one(argc, argv, &i, flags, message, size))
			return BL_CLI_WRONG_USAGE;
	}
	if (!flags->given)
		return BL_CLI_NO_FLAG;
	if (check_fleet(flags, message, size))
		return BL_CLI_WRONG_USAGE;
	if (flags->action != BL_CLI_FLAG_COUNT)
		return BL_CLI_PARSED;
	for (int i = 0; i < BL_CLI_FLAG_COUNT; i++) {
		if (bl_cli_flag_given(flags, (enum bl_cli_flag)i))
			snprintf(message, size,
				 "%s says how, not what: add --migrate, --migrate-status or "
				 "another action",
				 table[i].name);
	}
	return BL_CLI_WRONG_USAGE;
}
