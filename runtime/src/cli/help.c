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
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s", bl_cli_flag_name(flag),
		 *bl_cli_flag_value(flag) ? "=" : "", bl_cli_flag_value(flag));
	bl_cli_print(out, "  %-*s%s\n", NAME_WIDTH, name, bl_cli_flag_help(flag));
}

void bl_cli_help(struct bl_cli *cli)
{
	bl_cli_print(&cli->out, "usage: ");
	bl_cli_print_text(&cli->out, cli->program);
	bl_cli_print(&cli->out, " FLAG\n\n");
	for (int i = 0; i < BL_CLI_FLAG_COUNT; i++) {
		if (i == BL_CLI_DATABASE)
			bl_cli_print(&cli->out, "\nwith any of them:\n");
		print_flag(&cli->out, (enum bl_cli_flag)i);
	}
	bl_cli_print(&cli->out,
		     "\nexit codes: 0 done or nothing to do, 1 bad migration or failed run, "
		     "2 wrong usage,\n"
		     "3 no database, 4 pending or held, 5 changed or missing, 6 locked by "
		     "another program,\n"
		     "7 the database is newer than this program, 9 stopped half-way, "
		     "10 outcome unknown,\n"
		     "128 + N stopped by signal N: 130 SIGINT, 143 SIGTERM\n");
}

static void version_as_json(struct bl_cli *cli, uint32_t count)
{
	const struct bobolink_set *set = cli->set;

	bl_cli_json_text(&cli->json, "release", BOBOLINK_VERSION);
	bl_cli_json_text(&cli->json, "digest", set->digest);
	bl_cli_json_number(&cli->json, "count", count);
	if (count)
		bl_cli_json_version(&cli->json, "head", set->migrations[count - 1].version);
	else
		bl_cli_json_null(&cli->json, "head");
}

void bl_cli_version(struct bl_cli *cli)
{
	uint32_t count = cli->set->migration_count;

	if (cli->json_wanted) {
		version_as_json(cli, count);
		return;
	}
	bl_cli_print(&cli->out, "bobolink %s\n%s: %u migration%s", BOBOLINK_VERSION, cli->set->name,
		     (unsigned)count, count == 1 ? "" : "s");
	if (count) {
		bl_cli_print(&cli->out, ", up to %" PRId64 " (",
			     cli->set->migrations[count - 1].version);
		bl_cli_print_text(&cli->out, bl_cli_migration_name(cli->set, count - 1));
		bl_cli_print(&cli->out, ")");
	}
	bl_cli_print(&cli->out, "\ndigest %s\n", cli->set->digest);
}
