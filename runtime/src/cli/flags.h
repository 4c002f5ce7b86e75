/*
 * Flags: what the command line asks for.
 *
 * The table below is the only place that lists the flags: it parses them, prints the usage, and
 * suggests the nearest one. Columns: identifier, word behind "--migrate", its group in the usage,
 * whether it takes a value, the name of the value ("" for none), what it does.
 *
 * A NEEDED value stands behind "=" or is the next argument; an OPTIONAL one stands behind "=" only,
 * because the next argument may be the program's own.
 */
#ifndef BL_CLI_FLAGS_H
#define BL_CLI_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BL_CLI_FLAG_TABLE(X)                                                                      \
	X(MIGRATE, "", RUN, NO, "", "apply what is pending")                                      \
	X(TO, "-to", RUN, NEEDED, "VERSION", "go up or down to a version, or to none")            \
	X(ROLLBACK, "-rollback", RUN, OPTIONAL, "N", "undo the last run, N runs, or all")         \
	X(RETRY, "-retry", RUN, OPTIONAL, "VERSION", "run again what was refused; F0007: a fix")  \
	X(UNDO, "-undo", RUN, NEEDED, "F0007", "undo a fix")                                      \
	X(REHEARSE, "-rehearse", RUN, NO, "", "run what is pending, and undo it")                 \
	X(WAIT, "-wait", RUN, OPTIONAL, "60s", "wait until another program has migrated")         \
	X(STATUS, "-status", LOOK, NO, "", "list what is applied and what is pending")            \
	X(PLAN, "-plan", LOOK, NO, "", "show what --migrate would run")                           \
	X(FIXES, "-fixes", LOOK, NO, "", "list the fixes by state")                               \
	X(CHECK, "-check", LOOK, NO, "", "silent: the exit code says what is to do")              \
	X(VERIFY, "-verify", LOOK, NO, "", "compare what was applied with this program")          \
	X(DRIFT, "-drift", LOOK, OPTIONAL, "sql", "compare the schema with the history")          \
	X(HEALTH, "-health", LOOK, OPTIONAL, "quick", "everything at a glance")                   \
	X(LOG, "-log", LOOK, OPTIONAL, "DAYS", "what happened in the last 7 days, or so many")    \
	X(MARK, "-mark", DECIDE, NEEDED, "VERSION:STATE", "it is applied, pending, or to forget") \
	X(RESTAMP, "-restamp", DECIDE, NEEDED, "VERSION", "accept other comments or white space") \
	X(BASELINE, "-baseline", DECIDE, NEEDED, "VERSION", "so much of it is in the database")   \
	X(REPAIR, "-repair", DECIDE, NO, "", "make what is missing in the schema again")          \
	X(BACKUP, "-backup", BACKUPS, OPTIONAL, "NAME", "save the database")                      \
	X(BACKUPS, "-backups", BACKUPS, NO, "", "list what was saved")                            \
	X(RESTORE, "-restore", BACKUPS, OPTIONAL, "NAME", "make the database what was saved")     \
	X(HELP, "-help", ABOUT, NO, "", "print this")                                             \
	X(VERSION, "-version", ABOUT, NO, "", "print which migrations this program carries")      \
	X(DATABASE, "-database", HOW, NEEDED, "URL", "sqlite:FILE, postgres://HOST/NAME")         \
	X(FLEET, "-fleet", HOW, NEEDED, "FILE", "many databases, one a line; - is stdin")         \
	X(JOBS, "-jobs", HOW, NEEDED, "N", "so many of them at once")                             \
	X(SET, "-set", HOW, NEEDED, "NAME", "only this one of several sets")                      \
	X(IF_CONFIGURED, "-if-configured", HOW, NO, "", "succeed when no database is named")      \
	X(YES, "-yes", HOW, NO, "", "do not ask")                                                 \
	X(FORCE, "-force", HOW, NO, "", "accept lost rows, or another schema")                    \
	X(JSON, "-json", HOW, NO, "", "results as JSON")

/* The paragraphs of the usage; HOW holds what goes with any action. */
#define BL_CLI_GROUP_TABLE(X)          \
	X(RUN, "")                     \
	X(LOOK, "only look")           \
	X(DECIDE, "decide by hand")    \
	X(BACKUPS, "backups")          \
	X(ABOUT, "about this program") \
	X(HOW, "with any of them")

enum bl_cli_group {
#define X(identifier, title) BL_CLI_GROUP_##identifier,
	BL_CLI_GROUP_TABLE(X)
#undef X
	BL_CLI_GROUP_COUNT
};

enum bl_cli_takes {
	BL_CLI_TAKES_NO,
	BL_CLI_TAKES_OPTIONAL,
	BL_CLI_TAKES_NEEDED
};

enum bl_cli_flag {
#define X(identifier, word, group, takes, value, help) BL_CLI_##identifier,
	BL_CLI_FLAG_TABLE(X)
#undef X
	BL_CLI_FLAG_COUNT
};

struct bl_cli_flags {
	enum bl_cli_flag action;
	uint64_t given;	      /* a bit for each flag */
	const char *value;    /* of the action; NULL: none */
	const char *database; /* of --migrate-database; NULL: not given */
	const char *fleet;    /* of --migrate-fleet; NULL: not given */
	const char *jobs;     /* of --migrate-jobs; NULL: not given */
	const char *set;      /* of --migrate-set; NULL: not given */
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
enum bl_cli_group bl_cli_flag_group(enum bl_cli_flag flag);
enum bl_cli_takes bl_cli_flag_takes(enum bl_cli_flag flag);
/* The name of its value, "" for none. */
const char *bl_cli_flag_value(enum bl_cli_flag flag);
const char *bl_cli_flag_help(enum bl_cli_flag flag);
/* The line above the flags of a group, "" for none. */
const char *bl_cli_group_title(enum bl_cli_group group);
/* Whether a flag was given. */
bool bl_cli_flag_given(const struct bl_cli_flags *flags, enum bl_cli_flag flag);

#endif
