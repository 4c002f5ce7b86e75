/*
 * Sets: which one a flag is about, and what is said where it is about several.
 */
#include "sets.h"

#include <stdio.h>
#include <string.h>

void bl_cli_sets_take(struct bl_cli *cli, uint32_t index)
{
	static const struct bobolink_cli_options defaults = { 0 };

	cli->set = cli->sets[index].set;
	cli->options = cli->sets[index].options ? cli->sets[index].options : &defaults;
}

/* "primary, data and audit", behind `before` each. */
static void list_sets(const struct bl_cli *cli, const char *before, const char *last, char *text,
		      size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < cli->set_count && used + 1 < size; i++) {
		const char *between = i == 0 ? "" : i + 1 < cli->set_count ? ", " : last;

		snprintf(text + used, size - used, "%s%s%s", between, before,
			 cli->sets[i].set->name);
		used += strlen(text + used);
	}
}

static int find_set(struct bl_cli *cli, char *message, size_t size)
{
	char names[256];

	for (uint32_t i = 0; i < cli->set_count; i++) {
		if (strcmp(cli->sets[i].set->name, cli->flags.set) != 0)
			continue;
		bl_cli_sets_take(cli, i);
		return 0;
	}
	list_sets(cli, "", " and ", names, sizeof(names));
	snprintf(message, size, "there is no set \"%.64s\": this program has %s", cli->flags.set,
		 names);
	return -1;
}

int bl_cli_sets_choose(struct bl_cli *cli, bool across, char *message, size_t size)
{
	enum bl_cli_flag one = cli->flags.action;
	char names[256];

	bl_cli_sets_take(cli, 0);
	if (cli->flags.set)
		return find_set(cli, message, size);
	if (cli->set_count == 1)
		return 0;
	cli->several = true;
	if (across && !cli->flags.database && !cli->flags.fleet)
		return 0;
	if (across)
		one = cli->flags.fleet ? BL_CLI_FLEET : BL_CLI_DATABASE;
	list_sets(cli, "--migrate-set=", " or ", names, sizeof(names));
	snprintf(message, size, "%s is for one set of this program: add %s", bl_cli_flag_name(one),
		 names);
	return -1;
}

/* What is an SQL script stays one with the lines that name the sets. */
static bool is_script(const struct bl_cli *cli)
{
	return cli->flags.action == BL_CLI_PLAN ||
	       (cli->flags.action == BL_CLI_DRIFT && cli->flags.value);
}

void bl_cli_sets_head(struct bl_cli *cli, const char *name)
{
	if (!cli->several || cli->json_wanted || cli->flags.action == BL_CLI_CHECK ||
	    (cli->heading && strcmp(cli->heading, name) == 0))
		return;
	bl_cli_print(&cli->out, "%s%s%s:\n", cli->heading ? "\n" : "", is_script(cli) ? "-- " : "",
		     name);
	cli->heading = name;
}

void bl_cli_sets_name_error(const struct bobolink_set *set, struct bobolink_error *error)
{
	char message[BOBOLINK_MESSAGE_SIZE];
	size_t length = strlen(set->name);

	if (error->file[0] || !error->message[0] || length + 2 >= sizeof(message))
		return;
	memcpy(message, set->name, length);
	memcpy(message + length, ": ", 2);
	snprintf(message + length + 2, sizeof(message) - length - 2, "%.*s",
		 (int)(sizeof(message) - length - 3), error->message);
	memcpy(error->message, message, sizeof(message));
}

int bl_cli_sets_worse(int a, int b)
{
	/* The worst first: what is not known, what is broken, what only has to be done. */
	static const int order[] = { 10, 9, 1, 8, 5, 7, 6, 3, 2, 4, 0 };
	size_t i = 0;

	if (a > 128 || b > 128)
		return a > b ? a : b;
	while (order[i] && order[i] != a && order[i] != b)
		i++;
	return order[i] == b ? b : a;
}
