/*
 * Help: what the flags are, and what this program carries. Neither needs a database.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

#define NAME_WIDTH 30

static void print_flag(struct bl_cli_output *out, enum bl_cli_flag flag)
{
	static const char *const forms[] = {
		[BL_CLI_TAKES_NO] = "%s%s",
		[BL_CLI_TAKES_OPTIONAL] = "%s[=%s]",
		[BL_CLI_TAKES_NEEDED] = "%s=%s",
	};
	char name[64];

	snprintf(name, sizeof(name), forms[bl_cli_flag_takes(flag)], bl_cli_flag_name(flag),
		 bl_cli_flag_value(flag));
	bl_cli_print(out, "  %-*s%s\n", NAME_WIDTH, name, bl_cli_flag_help(flag));
}

static void print_group(struct bl_cli_output *out, enum bl_cli_group group)
{
	const char *title = bl_cli_group_title(group);

	bl_cli_print(out, "\n%s%s", title, *title ? ":\n" : "");
	for (int i = 0; i < BL_CLI_FLAG_COUNT; i++) {
		if (bl_cli_flag_group((enum bl_cli_flag)i) == group)
			print_flag(out, (enum bl_cli_flag)i);
	}
}

void bl_cli_help(struct bl_cli *cli)
{
	bl_cli_print(&cli->out, "usage: ");
	bl_cli_print_text(&cli->out, cli->program);
	bl_cli_print(&cli->out, " FLAG\n");
	for (int i = 0; i < BL_CLI_GROUP_COUNT; i++)
		print_group(&cli->out, (enum bl_cli_group)i);
	bl_cli_print(
		&cli->out,
		"\nVERSION is a number, a name, the beginning of one, or a file's name; a fix is\n"
		"F and its number, or its name.\n"
		"What goes down, one fix, a decision and a restore ask first, on a terminal;\n"
		"elsewhere they need --migrate-yes, and --migrate-force where data would be lost.\n"
		"\nexit codes: 0 done or nothing to do, 1 bad migration, failed run or "
		"answered no,\n"
		"2 wrong usage, 3 no database, 4 pending or held, 5 changed, missing or drift,\n"
		"6 locked by another program, 7 the database is newer than this program,\n"
		"8 data would be lost, 9 stopped half-way, 10 outcome unknown,\n"
		"128 + N stopped by signal N: 130 SIGINT, 143 SIGTERM\n");
}

static uint32_t fixes_of(const struct bobolink_set *set)
{
	return set->scripts ? set->scripts->fix_count : 0;
}

static uint32_t repeatables_of(const struct bobolink_set *set)
{
	return set->scripts ? set->scripts->repeatable_count : 0;
}

static void version_as_json(struct bl_cli *cli, uint32_t count)
{
	const struct bobolink_set *set = cli->set;

	bl_json_text(&cli->json, "release", BOBOLINK_VERSION);
	bl_json_text(&cli->json, "digest", set->digest);
	bl_json_number(&cli->json, "count", count);
	if (count)
		bl_json_version(&cli->json, "head", set->migrations[count - 1].version);
	else
		bl_json_null(&cli->json, "head");
	bl_json_number(&cli->json, "fixes", fixes_of(set));
	bl_json_number(&cli->json, "repeatables", repeatables_of(set));
}

static void print_scripts(struct bl_cli_output *out, const struct bobolink_set *set)
{
	uint32_t fixes = fixes_of(set);
	uint32_t repeatables = repeatables_of(set);

	if (fixes)
		bl_cli_print(out, "; %u fix%s", (unsigned)fixes, fixes == 1 ? "" : "es");
	if (repeatables)
		bl_cli_print(out, "; %u repeatable%s", (unsigned)repeatables,
			     repeatables == 1 ? "" : "s");
}

int bl_cli_version(struct bl_cli *cli, struct bobolink_error *error)
{
	uint32_t count = cli->set->migration_count;

	(void)error;
	if (cli->json_wanted) {
		version_as_json(cli, count);
		return BOBOLINK_OK;
	}
	bl_cli_print(&cli->out, "bobolink %s\n%s: %u migration%s", BOBOLINK_VERSION, cli->set->name,
		     (unsigned)count, count == 1 ? "" : "s");
	if (count) {
		bl_cli_print(&cli->out, ", up to %" PRId64 " (",
			     cli->set->migrations[count - 1].version);
		bl_cli_print_text(&cli->out, bl_cli_migration_name(cli->set, count - 1));
		bl_cli_print(&cli->out, ")");
	}
	print_scripts(&cli->out, cli->set);
	bl_cli_print(&cli->out, "\ndigest %s\n", cli->set->digest);
	return BOBOLINK_OK;
}
