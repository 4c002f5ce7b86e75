/*
 * The --migrate-… flags: parse, open the database, run the command, tell how it ended.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/backend.h>

#include "command.h"
#include "interrupt.h"
#include "secret.h"

/* What an action flag runs. */
struct command {
	const char *name; /* in JSON */
	bool creates;	  /* a database that does not exist is made */
	int (*run)(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error);
};

static const struct command commands[BL_CLI_FLAG_COUNT] = {
	[BL_CLI_MIGRATE] = { "migrate", true, bl_cli_migrate },
	[BL_CLI_TO] = { "migrate", true, bl_cli_migrate },
	[BL_CLI_STATUS] = { "status", false, bl_cli_status },
	[BL_CLI_PLAN] = { "plan", false, bl_cli_plan },
	[BL_CLI_CHECK] = { "check", false, bl_cli_check },
	[BL_CLI_VERIFY] = { "verify", false, bl_cli_verify },
	[BL_CLI_VERSION] = { "version", false, NULL },
};

int bl_cli_fail(struct bobolink_error *error, int code, const char *format, ...)
{
	va_list arguments;

	memset(error, 0, sizeof(*error));
	error->code = code;
	error->version = -1;
	error->offset = -1;
	va_start(arguments, format);
	vsnprintf(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	return code;
}

static void say_text(struct bl_cli *cli, const char *text)
{
	bl_cli_print_text(&cli->note, cli->program);
	bl_cli_print(&cli->note, ": ");
	bl_cli_print_lines(&cli->note, text, strlen(text));
	bl_cli_print(&cli->note, "\n");
}

void bl_cli_say(struct bl_cli *cli, const char *format, ...)
{
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	say_text(cli, text);
}

/* A URL that a shell takes as it stands and that holds no password. */
static bool can_repeat(const char *url)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789:/._-+,%";

	return strspn(url, plain) == strlen(url);
}

void bl_cli_print_next(struct bl_cli *cli, const char *before, enum bl_cli_flag flag)
{
	bl_cli_print(&cli->out, "%srun: ", before);
	bl_cli_print_text(&cli->out, cli->program);
	bl_cli_print(&cli->out, " %s", bl_cli_flag_name(flag));
	if (cli->flags.database)
		bl_cli_print(&cli->out, " %s=%s", bl_cli_flag_name(BL_CLI_DATABASE),
			     can_repeat(cli->flags.database) ? cli->flags.database : "...");
	bl_cli_print(&cli->out, "\n");
}

static int open_connection(struct bl_cli *cli, const char *url, void **handle,
			   struct bobolink_error *error)
{
	int rc = cli->set->backend()->connect(url, commands[cli->flags.action].creates, handle,
					      error);

	if (rc)
		return rc;
	if (error->message[0] && cli->flags.action != BL_CLI_CHECK)
		bl_cli_say(cli, "note: %s", error->message);
	if (cli->options->on_open && cli->options->on_open(*handle, cli->options->context))
		rc = bl_cli_fail(error, BOBOLINK_UNREACHABLE,
				 "the program refused the connection after opening it (on_open)");
	return rc;
}

static void set_options(struct bl_cli *cli, struct bobolink_options *options)
{
	options->program = cli->options->program;
	options->lock_timeout_ms = cli->options->lock_timeout_ms;
	/* --migrate-check is silent, even while it waits. */
	options->log = cli->flags.action == BL_CLI_CHECK ? NULL : bl_cli_on_event;
	options->log_context = cli;
	options->progress = bl_cli_on_progress;
	options->progress_context = cli;
}

/* What writes can be stopped by a signal; what only looks is ended by it as any program is. */
static int run_command(struct bl_cli *cli, struct bobolink_session *session,
		       struct bobolink_error *error)
{
	const struct command *command = &commands[cli->flags.action];
	int rc;

	if (command->creates)
		bl_cli_interrupt_begin(session);
	rc = command->run(cli, session, error);
	if (command->creates)
		cli->signal = bl_cli_interrupt_end();
	return rc;
}

static int run_on_database(struct bl_cli *cli, const char *url, struct bobolink_error *error)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	void *handle = NULL;
	int rc = bobolink_options_from_env(&options, error);

	set_options(cli, &options);
	/* Wrong usage is told before a database is made. */
	if (rc == BOBOLINK_OK)
		rc = open_connection(cli, url, &handle, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_open(cli->set, handle, &options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = run_command(cli, session, error);
	bobolink_close(session);
	if (handle)
		cli->set->backend()->disconnect(handle);
	return rc;
}

static bool is_given(const struct bl_cli *cli, enum bl_cli_flag flag)
{
	return cli->flags.given >> flag & 1u;
}

static int run(struct bl_cli *cli, struct bobolink_error *error)
{
	const char *url;
	int rc = BOBOLINK_OK;

	if (cli->flags.action == BL_CLI_VERSION) {
		bl_cli_version(cli);
		return BOBOLINK_OK;
	}
	cli->target = BOBOLINK_HEAD;
	if (cli->flags.action == BL_CLI_TO)
		rc = bl_cli_target(cli->set, cli->flags.target, &cli->target, error);
	if (rc)
		return rc;
	rc = bl_cli_database(cli, &url, error);
	if (rc == BOBOLINK_UNREACHABLE && is_given(cli, BL_CLI_IF_CONFIGURED)) {
		if (cli->flags.action != BL_CLI_CHECK)
			bl_cli_say(cli, "no database is configured: nothing to do");
		return BOBOLINK_OK;
	}
	return rc ? rc : run_on_database(cli, url, error);
}

/* What --migrate-check answers with its exit code alone. */
static bool is_answer(const struct bl_cli *cli, int rc)
{
	int code = bobolink_exit_code(rc);

	return cli->flags.action == BL_CLI_CHECK &&
	       (code == 4 || code == 5 || code == 7 || code == 9);
}

/* A migration that was refused before fails the verification, whatever a start makes of it. */
static int exit_code(const struct bl_cli *cli, int rc)
{
	if (cli->flags.action == BL_CLI_VERIFY && rc == BOBOLINK_HELD)
		rc = BOBOLINK_CHANGED;
	if (rc == BOBOLINK_INTERRUPTED && cli->signal)
		return 128 + cli->signal;
	return bobolink_exit_code(rc);
}

static void print_error(struct bl_cli *cli, const struct bobolink_error *error)
{
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];

	bobolink_error_text(error, text, sizeof(text));
	if (error->file[0]) {
		bl_cli_print_lines(&cli->note, text, strlen(text));
		bl_cli_print(&cli->note, "\n");
	} else {
		say_text(cli, text);
	}
}

static void error_as_json(struct bl_cli_json *json, const struct bobolink_error *error)
{
	bl_cli_json_object(json, "error");
	bl_cli_json_text(json, "message", error->message);
	bl_cli_json_optional(json, "file", error->file);
	bl_cli_json_number(json, "line", error->line);
	bl_cli_json_number(json, "column", error->column);
	bl_cli_json_number(json, "native", error->native);
	bl_cli_json_optional(json, "sqlstate", error->sqlstate);
	if (error->version >= 0)
		bl_cli_json_version(json, "version", error->version);
	else
		bl_cli_json_null(json, "version");
	bl_cli_json_object_end(json);
}

/* Every JSON answer begins with the action and ends with how it went; in between stands the rest. */
static int run_as_json(struct bl_cli *cli, struct bobolink_error *error)
{
	struct bl_cli_json *json = &cli->json;
	int rc;

	bl_cli_json_object(json, NULL);
	bl_cli_json_text(json, "action", commands[cli->flags.action].name);
	bl_cli_json_text(json, "set", cli->set->name);
	rc = run(cli, error);
	bl_cli_json_text(json, "result", bobolink_result_name(rc));
	bl_cli_json_number(json, "exit_code", exit_code(cli, rc));
	if (rc && error->message[0])
		error_as_json(json, error);
	else
		bl_cli_json_null(json, "error");
	bl_cli_json_object_end(json);
	bl_cli_print(&cli->out, "\n");
	return rc;
}

static int run_and_report(struct bl_cli *cli)
{
	struct bobolink_error error = { 0 };
	int rc;
	int code;

	rc = cli->json_wanted ? run_as_json(cli, &error) : run(cli, &error);
	code = exit_code(cli, rc);
	/* Results stand before the message that explains them. */
	bl_cli_output_flush(&cli->out);
	if (rc && error.message[0] && !is_answer(cli, rc))
		print_error(cli, &error);
	return code;
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

	cli->json_wanted = is_given(cli, BL_CLI_JSON) && cli->flags.action != BL_CLI_HELP;
	bl_cli_json_init(&cli->json, bl_cli_output_put, &cli->out);
	if (cli->flags.action == BL_CLI_HELP)
		bl_cli_help(cli);
	else
		code = run_and_report(cli);
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

/* Says what is wrong with the flags, or does what they ask for; returns the exit code. */
static int obey(struct bl_cli *cli, enum bl_cli_parsed parsed, const char *message)
{
	if (parsed == BL_CLI_WRONG_USAGE) {
		say_text(cli, message);
		return bobolink_exit_code(BOBOLINK_USAGE);
	}
	return commands[cli->flags.action].creates ? answer_without_signal(cli) : answer(cli);
}

int bobolink_cli(int *argc, char **argv, const struct bobolink_set *set,
		 const struct bobolink_cli_options *options)
{
	static const struct bobolink_cli_options defaults = { 0 };
	struct bl_cli cli = { .set = set, .options = options ? options : &defaults };
	char message[256];
	char *url = NULL;
	enum bl_cli_parsed parsed =
		bl_cli_flags_parse(*argc, argv, &cli.flags, message, sizeof(message));
	int code = bobolink_exit_code(BOBOLINK_NO_MEMORY);

	if (parsed == BL_CLI_NO_FLAG)
		return -1;
	cli.program = find_program(*argc, argv, set);
	bl_cli_output_init(&cli.out, stdout);
	bl_cli_output_init(&cli.note, stderr);
	if (bl_cli_secret_take(&cli.flags, *argc, argv, &url))
		say_text(&cli, "out of memory");
	else
		code = obey(&cli, parsed, message);
	free(url);
	return code;
}
