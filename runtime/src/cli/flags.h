/*
 * Flags: what the command line asks for.
 *
 * The table below is the only place that lists the flags: it parses them, prints the usage, and
 * suggests the nearest one. Columns: identifier, word behind "--migrate", what it is, the name of
 * its value ("" for none), what it does.
 */
#ifndef BL_CLI_FLAGS_H
#define BL_CLI_FLAGS_H

#include <stddef.h>

#define BL_CLI_FLAG_TABLE(X)                                                                   \
	X(MIGRATE, "", ACTION, "", "apply what is pending")                                    \
	X(TO, "-to", ACTION, "VERSION", "apply up to a version, or to the migration so named") \
	X(STATUS, "-status", ACTION, "", "list what is applied and what is pending")           \
	X(PLAN, "-plan", ACTION, "", "show what --migrate would run; writes nothing")          \
	X(CHECK, "-check", ACTION, "", "silent: the exit code says what is to do")             \
	X(VERIFY, "-verify", ACTION, "", "compare what was applied with this program")         \
	X(HELP, "-help", ACTION, "", "print this")                                             \
	X(VERSION, "-version", ACTION, "", "print which migrations this program carries")      \
	X(DATABASE, "-database", MODIFIER, "URL",                                              \
	  "the database: sqlite:FILE, postgres://HOST/NAME")                                   \
	X(IF_CONFIGURED, "-if-configured", MODIFIER, "", "succeed when no database is named")  \
	X(JSON, "-json", MODIFIER, "", "results as JSON")

enum bl_cli_flag {
#define X(identifier, word, kind, value, help) BL_CLI_##identifier,
	BL_CLI_FLAG_TABLE(X)
#undef X
	BL_CLI_FLAG_COUNT
};

struct bl_cli_flags {
	enum bl_cli_flag action;
	unsigned given;	      /* a bit for each flag */
	const char *target;   /* of --migrate-to */
	const char *database; /* of --migrate-database; NULL: not given */
};

enum bl_cli_parsed {
	BL_CLI_NO_FLAG,
	BL_CLI_PARSED,
	BL_CLI_WRONG_USAGE
};

/* Reads argv up to "--"; what is no --migrate flag is not looked at. Says in `message` what is wrong. */
enum bl_cli_parsed bl_cli_flags_parse(int argc, char **argv, struct bl_cli_flags *flags,
				      char *message, size_t size);

/* "--migrate-status" */
const char *bl_cli_flag_name(enum bl_cli_flag flag);
/* The name of its value, "" for none. */
const char *bl_cli_flag_value(enum bl_cli_flag flag);
const char *bl_cli_flag_help(enum bl_cli_flag flag);

#endif
