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

/* What became of a script in this run, or a data seed that it passed by. */
struct bl_cli_script_outcome {
	int kind;	 /* enum bobolink_event_kind */
	int64_t version; /* of the seed; -1: a script */
	int64_t duration_ms;
	char *set_name;
	char *name;
	char *detail;
};

/* What a run has told of its scripts, and of seeds for other environments. */
struct bl_cli_told {
	uint32_t fixes;			     /* applied */
	uint32_t repeatables;		     /* likewise */
	uint32_t skipped;		     /* fixes that had nothing to do */
	uint32_t failed;		     /* fixes, which did not end the run */
	struct bl_cli_script_outcome *items; /* kept for JSON */
	size_t count;
	bool incomplete; /* there was no memory for one of them */
};

struct bl_cli {
	const struct bobolink_set *set; /* the one at hand, and its options */
	const struct bobolink_cli_options *options;
	const struct bobolink_cli_set *sets; /* of the program */
	uint32_t set_count;
	const struct bobolink_set *const *known; /* the same, ended by NULL */
	bool several;				 /* the action is for all of them */
	const char *heading;			 /* the set that was spoken of last; NULL: none */
	uint64_t begun_ms;
	const char *program; /* what the user calls it: the base name of argv[0] */
	struct bl_cli_flags flags;
	bool json_wanted;
	int64_t version; /* that the flag names; BOBOLINK_HEAD: none */
	int64_t fix;	 /* number of the fix that it names instead; -1: none */
	uint32_t number; /* batches, days or milliseconds that the flag names */
	int mark;	 /* enum bobolink_mark, of --migrate-mark */
	struct bobolink_options session_options;
	struct bl_cli_output out;  /* stdout: results */
	struct bl_cli_output note; /* stderr: messages */
	struct bl_json json;	   /* on `out`, in use when json_wanted */
	int signal;		   /* that stopped the run; 0: none */
	bool declined;		   /* somebody was asked and said no */
	struct bl_cli_told told;
	int answer; /* exit code that the command chose; 0: that of the result */
};

/* report.c: says something on stderr, after the program's name. */
void bl_cli_say(struct bl_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bl_cli_say_text(struct bl_cli *cli, const char *text);
/* Prints "run: PROGRAM FLAG=VERSION", with the --migrate-database that was given; version -1: none. */
void bl_cli_print_next(struct bl_cli *cli, const char *before, enum bl_cli_flag flag,
		       int64_t version);
/* The same for a flag by its name, "--migrate-repair". */
void bl_cli_print_command(struct bl_cli *cli, const char *before, const char *name);
void bl_cli_print_error(struct bl_cli *cli, const struct bobolink_error *error);
void bl_cli_error_as_json(struct bl_json *json, const struct bobolink_error *error);
int bl_cli_exit_code(const struct bl_cli *cli, int rc);
/* A word as a shell takes it. */
void bl_cli_print_word(struct bl_cli_output *output, const char *word);
/* Whether the exit code alone says it. */
bool bl_cli_is_answer(const struct bl_cli *cli, int rc);

int bl_cli_migrate(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error);
int bl_cli_to(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error);
int bl_cli_rollback(struct bl_cli *cli, struct bobolink_session *session,
		    struct bobolink_error *error);
int bl_cli_retry(struct bl_cli *cli, struct bobolink_session *session,
		 struct bobolink_error *error);
/* The same for the one fix in cli->fix, and its way back. */
int bl_cli_retry_fix(struct bl_cli *cli, struct bobolink_session *session,
		     struct bobolink_error *error);
int bl_cli_undo_fix(struct bl_cli *cli, struct bobolink_session *session,
		    struct bobolink_error *error);
int bl_cli_rehearse(struct bl_cli *cli, struct bobolink_session *session,
		    struct bobolink_error *error);
int bl_cli_wait(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error);
int bl_cli_status(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error);
int bl_cli_plan(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error);
int bl_cli_fixes(struct bl_cli *cli, struct bobolink_session *session,
		 struct bobolink_error *error);
int bl_cli_check(struct bl_cli *cli, struct bobolink_session *session,
		 struct bobolink_error *error);
int bl_cli_verify(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error);
int bl_cli_drift(struct bl_cli *cli, struct bobolink_session *session,
		 struct bobolink_error *error);
int bl_cli_health(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error);
/* The same where no session could be opened, for the reason in `error`. */
void bl_cli_health_without(struct bl_cli *cli, const struct bobolink_error *error);
int bl_cli_log(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error);
int bl_cli_mark(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error);
int bl_cli_restamp(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error);
int bl_cli_baseline(struct bl_cli *cli, struct bobolink_session *session,
		    struct bobolink_error *error);
int bl_cli_repair(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error);
int bl_cli_backup(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error);
/* This one opens and closes the database by itself. */
int bl_cli_restore(struct bl_cli *cli, const char *url, struct bobolink_error *error);
/* These need no database. */
int bl_cli_backups(struct bl_cli *cli, struct bobolink_error *error);
int bl_cli_version(struct bl_cli *cli, struct bobolink_error *error);
void bl_cli_help(struct bl_cli *cli);

/*
 * progress.c. What the session reports while it works; `context` is the struct bl_cli.
 */
void bl_cli_on_event(void *context, const struct bobolink_event *event);
int bl_cli_on_progress(void *context, const struct bobolink_progress *progress);
/*
 * Around what may take long, after the last question: signals stop the session, and a terminal shows how far
 * it is. `session` may be NULL: then a signal does what it did before.
 */
void bl_cli_work_begin(struct bl_cli *cli, struct bobolink_session *session);
void bl_cli_work_end(struct bl_cli *cli, struct bobolink_session *session);

/* migrate.c: the last lines of a run, which applied or rolled back `count` migrations. */
void bl_cli_print_applied(struct bl_cli *cli, int rc, uint32_t count, uint64_t ms);
void bl_cli_print_rolled_back(struct bl_cli *cli, int rc, uint32_t count, uint64_t ms);

/* script_told.c: before another run. */
void bl_cli_told_forget(struct bl_cli *cli);

/* wait.c: connects, trying again within the time of --migrate-wait, of which the rest is left in cli->number. */
int bl_cli_wait_connect(struct bl_cli *cli, const char *url, void **handle,
			struct bobolink_error *error);

/* plan.c: what a way down shows as well. */
void bl_cli_plan_as_json(struct bl_json *json, const struct bobolink_plan *plan);
void bl_cli_print_losses(struct bl_cli_output *out, const struct bobolink_plan *plan);
/* "table orders (1,204 rows)", for a question. */
void bl_cli_loss_text(const struct bobolink_loss *loss, char *text, size_t size);

/* backup.c: where backups are looked for. */
const char *bl_cli_backup_directory(const struct bl_cli *cli);

/*
 * target.c: finds the version that a flag names: by its number, which may be one that the database alone
 * knows, its name, the beginning of its name, or the name of its file. Returns BOBOLINK_OK or BOBOLINK_USAGE.
 */
int bl_cli_target(const struct bobolink_set *set, const char *word, int64_t *version,
		  struct bobolink_error *error);
/*
 * The fix that a flag names, into cli->fix: by its label, its number, its name or that of its file. Only one that this program has.
 */
int bl_cli_target_fix(struct bl_cli *cli, const char *word, struct bobolink_error *error);
/* A fix by its label or name, else a migration, whose number needs no more. */
int bl_cli_target_retry(struct bl_cli *cli, const char *word, struct bobolink_error *error);
/* The same for VERSION:STATE, into `cli`. */
int bl_cli_target_mark(struct bl_cli *cli, const char *value, struct bobolink_error *error);
/* The place of a version in the set, or UINT32_MAX. */
uint32_t bl_cli_index(const struct bobolink_set *set, int64_t version);
/* Whether the set has this version. */
bool bl_cli_carries(const struct bobolink_set *set, int64_t version);
/* The text of migration `index` at `offset`, "" for 0. */
const char *bl_cli_migration_text(const struct bobolink_set *set, uint32_t index, uint32_t offset);
/* Name of migration `index`. */
const char *bl_cli_migration_name(const struct bobolink_set *set, uint32_t index);

/*
 * database.c: which database, by flag, environment or default. Returns BOBOLINK_UNREACHABLE when none
 * is configured, BOBOLINK_USAGE when it is of another kind than the set.
 */
int bl_cli_database(const struct bl_cli *cli, const char **url, struct bobolink_error *error);
/* The URL that `source` has must be one of the set's backend; BOBOLINK_USAGE says so without repeating it. */
int bl_cli_check_url(const struct bl_cli *cli, const char *url, const char *source,
		     struct bobolink_error *error);

/* fleet.c: the action on each database that --migrate-fleet names; leaves the exit code in cli->answer. */
int bl_cli_fleet(struct bl_cli *cli, struct bobolink_error *error);

/* cli.c: the options of a session of the set at hand, into cli->session_options. */
int bl_cli_set_options(struct bl_cli *cli, struct bobolink_error *error);
/* cli.c: lets the program prepare a connection of the set at hand; it may refuse. */
int bl_cli_tell_opened(struct bl_cli *cli, void *handle, struct bobolink_error *error);

/* Fills `error`; returns `code`. */
int bl_cli_fail(struct bobolink_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
