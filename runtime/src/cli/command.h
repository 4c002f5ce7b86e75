/*
 * Commands: what each action flag gets, and the words they share.
 *
 * A command prints its result to `out` (or, with --migrate-json, writes its members into the object
 * at hand), leaves what went wrong in `error`, and returns an enum bobolink_result.
 */
#ifndef BL_CLI_COMMAND_H
#define BL_CLI_COMMAND_H

#include <bobolink/cli.h>

#include "../log/json.h"
#include "flags.h"
#include "output.h"

struct bl_cli {
	const struct bobolink_set *set;
	const struct bobolink_cli_options *options;
	const char *program; /* what the user calls it: the base name of argv[0] */
	struct bl_cli_flags flags;
	bool json_wanted;
	int64_t target;		   /* of --migrate-to */
	struct bl_cli_output out;  /* stdout: results */
	struct bl_cli_output note; /* stderr: messages */
	struct bl_cli_json json;   /* on `out`, in use when json_wanted */
	int signal;		   /* that stopped the run; 0: none */
	bool line_shown;	   /* a progress line stands on the terminal */
	uint64_t line_ms;	   /* when it was written, in the time of the run */
};

/* Says something on stderr, after the program's name. */
void bl_cli_say(struct bl_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints "run: PROGRAM FLAG", with the --migrate-database that was given. */
void bl_cli_print_next(struct bl_cli *cli, const char *before, enum bl_cli_flag flag);

int bl_cli_migrate(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error);
int bl_cli_status(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error);
int bl_cli_plan(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error);
int bl_cli_check(struct bl_cli *cli, struct bobolink_session *session,
		 struct bobolink_error *error);
int bl_cli_verify(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error);
/* These need no database. */
void bl_cli_help(struct bl_cli *cli);
void bl_cli_version(struct bl_cli *cli);

/* migrate.c: what the session reports while it works; `context` is the struct bl_cli. */
void bl_cli_on_event(void *context, const struct bobolink_event *event);
int bl_cli_on_progress(void *context, const struct bobolink_progress *progress);

/* target.c: finds the version that --migrate-to names. Returns BOBOLINK_OK or BOBOLINK_USAGE. */
int bl_cli_target(const struct bobolink_set *set, const char *word, int64_t *version,
		  struct bobolink_error *error);
/* Name of migration `index`. */
const char *bl_cli_migration_name(const struct bobolink_set *set, uint32_t index);

/*
 * database.c: which database, by flag, environment or default. Returns BOBOLINK_UNREACHABLE when none
 * is configured, BOBOLINK_USAGE when it is of another kind than the set.
 */
int bl_cli_database(const struct bl_cli *cli, const char **url, struct bobolink_error *error);

/* Fills `error`; returns `code`. */
int bl_cli_fail(struct bobolink_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
