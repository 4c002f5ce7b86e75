/*
 * The --migrate-… flags: parse, open the database, run the command, tell how it ended.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/backend.h>

#include "command.h"
#include "secret.h"
#include "sets.h"
#include "ticker.h"
#include "value.h"

/* What an action does with the database. */
enum opens {
	OPENS_NONE, /* nothing, or not as a session */
	OPENS_TO_LOOK, /* writes nothing that stays; an empty one stands in for one that does not exist */
	OPENS_EXISTING,
	OPENS_OR_CREATES
};

/* What an action flag runs: one of the three functions. */
struct command {
	const char *name; /* in JSON */
	enum opens opens;
	int (*run)(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error);
	int (*run_on_url)(struct bl_cli *cli, const char *url, struct bobolink_error *error);
	int (*run_alone)(struct bl_cli *cli, struct bobolink_error *error);
};

static const struct command commands[BL_CLI_FLAG_COUNT] = {
	[BL_CLI_MIGRATE] = { "migrate", OPENS_OR_CREATES, bl_cli_migrate, NULL, NULL },
	[BL_CLI_TO] = { "migrate", OPENS_OR_CREATES, bl_cli_to, NULL, NULL },
	[BL_CLI_ROLLBACK] = { "rollback", OPENS_EXISTING, bl_cli_rollback, NULL, NULL },
	[BL_CLI_RETRY] = { "retry", OPENS_OR_CREATES, bl_cli_retry, NULL, NULL },
	[BL_CLI_UNDO] = { "undo", OPENS_EXISTING, bl_cli_undo_fix, NULL, NULL },
	[BL_CLI_REHEARSE] = { "rehearse", OPENS_TO_LOOK, bl_cli_rehearse, NULL, NULL },
	[BL_CLI_WAIT] = { "wait", OPENS_TO_LOOK, bl_cli_wait, NULL, NULL },
	[BL_CLI_STATUS] = { "status", OPENS_TO_LOOK, bl_cli_status, NULL, NULL },
	[BL_CLI_PLAN] = { "plan", OPENS_TO_LOOK, bl_cli_plan, NULL, NULL },
	[BL_CLI_FIXES] = { "fixes", OPENS_TO_LOOK, bl_cli_fixes, NULL, NULL },
	[BL_CLI_CHECK] = { "check", OPENS_TO_LOOK, bl_cli_check, NULL, NULL },
	[BL_CLI_VERIFY] = { "verify", OPENS_TO_LOOK, bl_cli_verify, NULL, NULL },
	[BL_CLI_DRIFT] = { "drift", OPENS_TO_LOOK, bl_cli_drift, NULL, NULL },
	[BL_CLI_HEALTH] = { "health", OPENS_EXISTING, bl_cli_health, NULL, NULL },
	[BL_CLI_LOG] = { "log", OPENS_TO_LOOK, bl_cli_log, NULL, NULL },
	[BL_CLI_MARK] = { "mark", OPENS_EXISTING, bl_cli_mark, NULL, NULL },
	[BL_CLI_RESTAMP] = { "restamp", OPENS_EXISTING, bl_cli_restamp, NULL, NULL },
	[BL_CLI_REPAIR] = { "repair", OPENS_EXISTING, bl_cli_repair, NULL, NULL },
	[BL_CLI_BASELINE] = { "baseline", OPENS_EXISTING, bl_cli_baseline, NULL, NULL },
	[BL_CLI_BACKUP] = { "backup", OPENS_EXISTING, bl_cli_backup, NULL, NULL },
	[BL_CLI_BACKUPS] = { "backups", OPENS_NONE, NULL, NULL, bl_cli_backups },
	[BL_CLI_RESTORE] = { "restore", OPENS_NONE, NULL, bl_cli_restore, NULL },
	[BL_CLI_VERSION] = { "version", OPENS_NONE, NULL, NULL, bl_cli_version },
};

/* What is for all sets of a program where --migrate-set names none. */
static const enum bl_cli_flag across[] = {
	BL_CLI_MIGRATE, BL_CLI_WAIT,	BL_CLI_STATUS,	BL_CLI_PLAN,   BL_CLI_FIXES,
	BL_CLI_CHECK,	BL_CLI_VERIFY,	BL_CLI_DRIFT,	BL_CLI_HEALTH, BL_CLI_LOG,
	BL_CLI_HELP,	BL_CLI_VERSION, BL_CLI_BACKUPS,
};

/* Down to a version, and one fix, need a database, and make none. */
static enum opens opens_what(const struct bl_cli *cli)
{
	if (cli->fix >= 0)
		return OPENS_EXISTING;
	if (cli->flags.action == BL_CLI_TO && !bl_cli_carries(cli->set, cli->version))
		return OPENS_TO_LOOK;
	return commands[cli->flags.action].opens;
}

int bl_cli_tell_opened(struct bl_cli *cli, void *handle, struct bobolink_error *error)
{
	if (!cli->options->on_open || cli->options->on_open(handle, cli->options->context) == 0)
		return BOBOLINK_OK;
	return bl_cli_fail(error, BOBOLINK_UNREACHABLE,
			   "the program refused the connection after opening it (on_open)");
}

static int open_connection(struct bl_cli *cli, const char *url, void **handle,
			   struct bobolink_error *error)
{
	enum opens opens = opens_what(cli);
	int rc;

	if (cli->flags.action == BL_CLI_WAIT)
		rc = bl_cli_wait_connect(cli, url, handle, error);
	else
		rc = cli->set->backend()->connect(url, opens == OPENS_OR_CREATES, handle, error);
	if (rc)
		return rc;
	/* An empty database stands in for the one that is not there. */
	if (error->message[0] && opens == OPENS_EXISTING) {
		error->code = BOBOLINK_UNREACHABLE;
		return error->code;
	}
	if (error->message[0] && cli->flags.action != BL_CLI_CHECK)
		bl_cli_say(cli, "note: %s", error->message);
	return bl_cli_tell_opened(cli, *handle, error);
}

/* What --migrate-force accepts before it runs; the way down asks for itself. */
static bool forces_losses(const struct bl_cli *cli)
{
	return bl_cli_flag_given(&cli->flags, BL_CLI_FORCE) &&
	       (cli->flags.action == BL_CLI_MIGRATE || cli->flags.action == BL_CLI_TO ||
		cli->flags.action == BL_CLI_RETRY || cli->flags.action == BL_CLI_UNDO);
}

/*
 * The environment has the last word, but for what the command line says: whoever operates the program knows more
 * than who wrote it.
 */
int bl_cli_set_options(struct bl_cli *cli, struct bobolink_error *error)
{
	int rc;

	const struct bobolink_options defaults = BOBOLINK_OPTIONS_INIT;
	struct bobolink_options *options = &cli->session_options;

	*options = defaults;
	options->sets = cli->known;
	options->program = cli->options->program;
	options->environment = cli->options->environment;
	options->lock_timeout_ms = cli->options->lock_timeout_ms;
	options->backup = cli->options->backup;
	options->backup_directory = cli->options->backup_directory;
	options->backup_keep = cli->options->backup_keep;
	options->validate = cli->options->validate;
	options->protect = cli->options->protect;
	options->auto_repair = cli->options->auto_repair;
	options->ignore = cli->options->ignore;
	options->fixes = cli->options->fixes;
	/* --migrate-check is silent, even while it waits. */
	options->log = cli->flags.action == BL_CLI_CHECK ? NULL : bl_cli_on_event;
	options->log_context = cli;
	options->progress = bl_cli_on_progress;
	options->progress_context = cli;
	rc = bobolink_options_from_env(options, error);
	if (forces_losses(cli))
		options->protect = BOBOLINK_PROTECT_FORCED;
	return rc;
}

/* What writes asks the sets that have to do with this one. */
static int run_beside_others(struct bl_cli *cli, struct bobolink_session *session,
			     struct bobolink_error *error)
{
	const struct command *command = &commands[cli->flags.action];
	struct bl_cli_beside beside;
	int rc;

	if (cli->set_count == 1 || cli->several ||
	    (command->opens == OPENS_TO_LOOK && cli->flags.action != BL_CLI_REHEARSE))
		return command->run(cli, session, error);
	rc = bl_cli_beside_open(cli, session, &beside, error);
	if (rc == BOBOLINK_OK)
		rc = command->run(cli, session, error);
	bl_cli_beside_close(&beside);
	return rc;
}

static int run_on_session(struct bl_cli *cli, const char *url, struct bobolink_error *error)
{
	struct bobolink_session *session = NULL;
	void *handle = NULL;
	int rc = open_connection(cli, url, &handle, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_open(cli->set, handle, &cli->session_options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = run_beside_others(cli, session, error);
	else if (cli->flags.action == BL_CLI_HEALTH)
		bl_cli_health_without(cli, error);
	bobolink_close(session);
	if (handle)
		cli->set->backend()->disconnect(handle);
	return rc;
}

/* Reads what stands behind the flag; wrong usage is told before a database is opened, let alone made. */
static int read_value(struct bl_cli *cli, struct bobolink_error *error)
{
	const char *value = cli->flags.value;

	cli->version = BOBOLINK_HEAD;
	cli->fix = -1;
	switch (cli->flags.action) {
	case BL_CLI_TO:
		if (strcmp(value, "none") != 0)
			return bl_cli_target(cli->set, value, &cli->version, error);
		cli->version = BOBOLINK_NONE;
		return BOBOLINK_OK;
	case BL_CLI_RESTAMP:
	case BL_CLI_BASELINE:
		return bl_cli_target(cli->set, value, &cli->version, error);
	case BL_CLI_RETRY:
		return value ? bl_cli_target_retry(cli, value, error) : BOBOLINK_OK;
	case BL_CLI_UNDO:
		return bl_cli_target_fix(cli, value, error);
	case BL_CLI_MARK:
		return bl_cli_target_mark(cli, value, error);
	case BL_CLI_ROLLBACK:
		return bl_cli_value_batches(value, &cli->number, error);
	case BL_CLI_DRIFT:
		return bl_cli_value_form(value, error);
	case BL_CLI_LOG:
		return bl_cli_value_days(value, &cli->number, error);
	case BL_CLI_HEALTH:
		if (!value || strcmp(value, "quick") == 0)
			return BOBOLINK_OK;
		return bl_cli_fail(error, BOBOLINK_USAGE,
				   "--migrate-health takes no value but quick");
	case BL_CLI_WAIT:
		return bl_cli_value_wait(value, &cli->number, error);
	default:
		return BOBOLINK_OK;
	}
}

/* Several sets share the time of one wait. */
static void take_off_passed_time(struct bl_cli *cli)
{
	uint64_t passed = bl_cli_clock_ms() - cli->begun_ms;

	cli->number = passed < cli->number ? cli->number - (uint32_t)passed : 0;
}

static int run(struct bl_cli *cli, struct bobolink_error *error)
{
	const struct command *command = &commands[cli->flags.action];
	const char *url;
	int rc = read_value(cli, error);

	if (rc == BOBOLINK_OK && cli->several && cli->flags.action == BL_CLI_WAIT)
		take_off_passed_time(cli);
	if (rc == BOBOLINK_OK && cli->several && cli->flags.action == BL_CLI_MIGRATE)
		return bl_cli_migrate_sets(cli, error);
	if (rc == BOBOLINK_OK)
		rc = bl_cli_set_options(cli, error);
	if (rc || cli->flags.fleet)
		return rc ? rc : bl_cli_fleet(cli, error);
	if (command->run_alone)
		return command->run_alone(cli, error);
	rc = bl_cli_database(cli, &url, error);
	if (rc == BOBOLINK_UNREACHABLE && bl_cli_flag_given(&cli->flags, BL_CLI_IF_CONFIGURED)) {
		if (cli->flags.action != BL_CLI_CHECK)
			bl_cli_say(cli, "no database is configured: nothing to do");
		return BOBOLINK_OK;
	}
	if (rc && cli->flags.action == BL_CLI_HEALTH)
		bl_cli_health_without(cli, error);
	if (rc || command->run_on_url)
		return rc ? rc : command->run_on_url(cli, url, error);
	return run_on_session(cli, url, error);
}

/* What stands in JSON about one set, or about all where they are migrated together. */
static int run_members(struct bl_cli *cli, struct bobolink_error *error)
{
	struct bl_json *json = &cli->json;
	int rc = run(cli, error);

	bl_json_text(json, "result", bobolink_result_name(rc));
	bl_json_number(json, "exit_code", bl_cli_exit_code(cli, rc));
	if (rc && error->message[0])
		bl_cli_error_as_json(json, error);
	else
		bl_json_null(json, "error");
	return rc;
}

/* Every JSON answer begins with the action and ends with how it went; in between stands the rest. */
static int run_as_json(struct bl_cli *cli, struct bobolink_error *error)
{
	struct bl_json *json = &cli->json;
	int rc;

	bl_json_object(json, NULL);
	bl_json_text(json, "action", commands[cli->flags.action].name);
	if (!cli->several)
		bl_json_text(json, "set", cli->set->name);
	rc = run_members(cli, error);
	bl_json_object_end(json);
	bl_cli_print(&cli->out, "\n");
	return rc;
}

/* Results stand before the message that explains them. */
static void report(struct bl_cli *cli, int rc, const struct bobolink_error *error)
{
	bl_cli_output_flush(&cli->out);
	if (rc && error->message[0] && !bl_cli_is_answer(cli, rc))
		bl_cli_print_error(cli, error);
}

static int run_and_report(struct bl_cli *cli)
{
	struct bobolink_error error = { 0 };
	int rc;

	rc = cli->json_wanted ? run_as_json(cli, &error) : run(cli, &error);
	report(cli, rc, &error);
	return bl_cli_exit_code(cli, rc);
}

/* The set at hand, one of several. */
static int run_in_turn(struct bl_cli *cli)
{
	struct bobolink_error error = { 0 };
	int rc;

	cli->answer = 0;
	bl_cli_told_forget(cli);
	bl_cli_sets_head(cli, cli->set->name);
	if (cli->json_wanted) {
		bl_json_object(&cli->json, NULL);
		bl_json_text(&cli->json, "set", cli->set->name);
		rc = run_members(cli, &error);
		bl_json_object_end(&cli->json);
	} else {
		rc = run(cli, &error);
	}
	bl_cli_sets_name_error(cli->set, &error);
	report(cli, rc, &error);
	return rc;
}

/* One set after the other, whatever becomes of each; the worst is the exit code. */
static int run_each(struct bl_cli *cli)
{
	int worst = 0;
	int result = BOBOLINK_OK;

	if (cli->json_wanted) {
		bl_json_object(&cli->json, NULL);
		bl_json_text(&cli->json, "action", commands[cli->flags.action].name);
		bl_json_array(&cli->json, "sets");
	}
	for (uint32_t i = 0; i < cli->set_count && !cli->signal; i++) {
		int rc;

		bl_cli_sets_take(cli, i);
		rc = run_in_turn(cli);
		if (bl_cli_sets_worse(worst, bl_cli_exit_code(cli, rc)) == worst)
			continue;
		worst = bl_cli_exit_code(cli, rc);
		result = rc;
	}
	if (cli->json_wanted) {
		bl_json_array_end(&cli->json);
		bl_json_text(&cli->json, "result", bobolink_result_name(result));
		bl_json_number(&cli->json, "exit_code", worst);
		bl_json_null(&cli->json, "error");
		bl_json_object_end(&cli->json);
		bl_cli_print(&cli->out, "\n");
	}
	return worst;
}

/* The base name of argv[0], which is what people type. */
static const char *find_program(int argc, char **argv, const struct bobolink_set *set)
{
	const char *slash;

	if (argc < 1 || !argv[0] || !*argv[0])
		return set->name;
	slash = strrchr(argv[0], '/');
	return slash && slash[1] ? slash + 1 : argv[0];
}

/* Runs the action and hands out what it printed; returns the exit code. */
static int answer(struct bl_cli *cli)
{
	int code = 0;

	cli->json_wanted =
		bl_cli_flag_given(&cli->flags, BL_CLI_JSON) && cli->flags.action != BL_CLI_HELP;
	bl_json_init(&cli->json, bl_cli_output_put, &cli->out);
	if (cli->flags.action == BL_CLI_HELP)
		bl_cli_help(cli);
	else
		code = cli->several && cli->flags.action != BL_CLI_MIGRATE ? run_each(cli)
									   : run_and_report(cli);
	if (bl_cli_output_flush(&cli->out)) {
		bl_cli_say(cli, "standard output cannot be written: %s",
			   strerror(cli->out.failure));
		code = code ? code : 1;
	}
	return code;
}

/* A run goes on when whoever reads its output has gone, as in `shop --migrate | head -1`. */
static int answer_without_signal(struct bl_cli *cli)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;
	int code;

	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, &before);
	code = answer(cli);
	sigaction(SIGPIPE, &before, NULL);
	return code;
}

static bool is_across(enum bl_cli_flag action)
{
	for (size_t i = 0; i < sizeof(across) / sizeof(across[0]); i++) {
		if (across[i] == action)
			return true;
	}
	return false;
}

/* Says what is wrong with the flags, or does what they ask for; returns the exit code. */
static int obey(struct bl_cli *cli, enum bl_cli_parsed parsed, char *message, size_t size)
{
	if (parsed == BL_CLI_WRONG_USAGE ||
	    bl_cli_sets_choose(cli, is_across(cli->flags.action), message, size)) {
		bl_cli_say_text(cli, message);
		return bobolink_exit_code(BOBOLINK_USAGE);
	}
	return commands[cli->flags.action].opens == OPENS_TO_LOOK ? answer(cli)
								  : answer_without_signal(cli);
}

/* The sets alone, ended by NULL; NULL when memory runs out. */
static const struct bobolink_set **list_sets(const struct bobolink_cli_set *sets, uint32_t count)
{
	const struct bobolink_set **list = calloc((size_t)count + 1, sizeof(struct bobolink_set *));

	for (uint32_t i = 0; list && i < count; i++)
		list[i] = sets[i].set;
	return list;
}

int bobolink_cli_all(int *argc, char **argv, const struct bobolink_cli_set *sets, uint32_t count)
{
	struct bl_cli cli = {
		.sets = sets, .set_count = count, .begun_ms = bl_cli_clock_ms(), .fix = -1
	};
	const struct bobolink_set **known = NULL;
	char message[1024];
	char *url = NULL;
	enum bl_cli_parsed parsed =
		bl_cli_flags_parse(*argc, argv, &cli.flags, message, sizeof(message));
	int code = bobolink_exit_code(BOBOLINK_NO_MEMORY);

	if (parsed == BL_CLI_NO_FLAG)
		return -1;
	cli.program = find_program(*argc, argv, sets[0].set);
	bl_cli_output_init(&cli.out, stdout);
	bl_cli_output_init(&cli.note, stderr);
	known = list_sets(sets, count);
	cli.known = known;
	if (bl_cli_secret_take(&cli.flags, *argc, argv, &url) || !known)
		bl_cli_say_text(&cli, "out of memory");
	else
		code = obey(&cli, parsed, message, sizeof(message));
	bl_cli_told_forget(&cli);
	free(known);
	free(url);
	return code;
}

int bobolink_cli(int *argc, char **argv, const struct bobolink_set *set,
		 const struct bobolink_cli_options *options)
{
	const struct bobolink_cli_set one = { set, options };

	return bobolink_cli_all(argc, argv, &one, 1);
}
