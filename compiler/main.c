/* The tool: a table of commands. */
#include "commands/command.h"

static const struct command commands[] = {
	{ "new", "NAME [DIR]", 1, 2, FOR_NEW,
	  "make the next migration, fix or repeatable in DIR (migrations)", command_new },
	{ "check", "DIR", 1, 1, FOR_CHECK, "check the migrations in DIR", command_check },
	{ "compile", "DIR", 1, 1, FOR_COMPILE, "check the migrations in DIR and write them as C",
	  command_compile },
	{ "lock", "DIR", 1, 1, FOR_LOCK, "seal the migrations in DIR, before a release",
	  command_lock },
	{ "snapshot", "DIR", 1, 1, FOR_SNAPSHOT,
	  "keep what PostgreSQL said, for builds without a server", command_snapshot },
	{ "explain", "[RULE]", 0, 1, FOR_EXPLAIN, "tell what a rule means; without one, list all",
	  command_explain },
};

int main(int argc, char **argv)
{
	return command_main(commands, sizeof(commands) / sizeof(*commands), argc, argv);
}
