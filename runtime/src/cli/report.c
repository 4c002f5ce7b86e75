/*
 * Report: what is said about how it went, on stderr, as JSON and as exit code.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

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

void bl_cli_say_text(struct bl_cli *cli, const char *text)
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
	bl_cli_say_text(cli, text);
}

/* A URL that a shell takes as it stands and that holds no password. */
static bool can_repeat(const char *url)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789:/._-+,%";

	return strspn(url, plain) == strlen(url);
}

void bl_cli_print_word(struct bl_cli_output *output, const char *word)
{
	if (*word && can_repeat(word)) {
		bl_cli_print(output, "%s", word);
		return;
	}
	bl_cli_print(output, "'");
	for (; *word; word += strcspn(word, "'")) {
		if (*word == '\'') {
			bl_cli_print(output, "'\\''");
			word++;
		}
		bl_cli_print_lines(output, word, strcspn(word, "'"));
	}
	bl_cli_print(output, "'");
}

static void print_command(struct bl_cli *cli, const char *before, const char *name, int64_t version)
{
	bl_cli_print(&cli->out, "%srun: ", before);
	bl_cli_print_text(&cli->out, cli->program);
	bl_cli_print(&cli->out, " %s", name);
	if (version >= 0)
		bl_cli_print(&cli->out, "=%" PRId64, version);
	if (cli->flags.database)
		bl_cli_print(&cli->out, " %s=%s", bl_cli_flag_name(BL_CLI_DATABASE),
			     can_repeat(cli->flags.database) ? cli->flags.database : "...");
	if (cli->set_count > 1 &&
	    (cli->flags.set || strcmp(name, bl_cli_flag_name(BL_CLI_MIGRATE)) != 0))
		bl_cli_print(&cli->out, " %s=%s", bl_cli_flag_name(BL_CLI_SET), cli->set->name);
	bl_cli_print(&cli->out, "\n");
}

void bl_cli_print_next(struct bl_cli *cli, const char *before, enum bl_cli_flag flag,
		       int64_t version)
{
	print_command(cli, before, bl_cli_flag_name(flag), version);
}

void bl_cli_print_command(struct bl_cli *cli, const char *before, const char *name)
{
	print_command(cli, before, name, -1);
}

/* What --migrate-check answers with its exit code alone. */
bool bl_cli_is_answer(const struct bl_cli *cli, int rc)
{
	int code = bobolink_exit_code(rc);

	return cli->flags.action == BL_CLI_CHECK &&
	       (code == 4 || code == 5 || code == 7 || code == 9);
}

/* A migration that was refused before fails the verification, whatever a start makes of it. */
int bl_cli_exit_code(const struct bl_cli *cli, int rc)
{
	if (cli->answer)
		return cli->answer;
	if (cli->flags.action == BL_CLI_VERIFY && rc == BOBOLINK_HELD)
		rc = BOBOLINK_CHANGED;
	/* The answer was no: scripts that asked must not go on, and no signal came. */
	if (cli->declined)
		return 1;
	if (rc == BOBOLINK_INTERRUPTED && cli->signal)
		return 128 + cli->signal;
	return bobolink_exit_code(rc);
}

void bl_cli_print_error(struct bl_cli *cli, const struct bobolink_error *error)
{
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];

	bobolink_error_text(error, text, sizeof(text));
	if (error->file[0]) {
		bl_cli_print_lines(&cli->note, text, strlen(text));
		bl_cli_print(&cli->note, "\n");
	} else {
		bl_cli_say_text(cli, text);
	}
}

void bl_cli_error_as_json(struct bl_json *json, const struct bobolink_error *error)
{
	bl_json_object(json, "error");
	bl_json_text(json, "message", error->message);
	bl_json_optional(json, "file", error->file);
	bl_json_number(json, "line", error->line);
	bl_json_number(json, "column", error->column);
	bl_json_number(json, "native", error->native);
	bl_json_optional(json, "sqlstate", error->sqlstate);
	if (error->version >= 0)
		bl_json_version(json, "version", error->version);
	else
		bl_json_null(json, "version");
	bl_json_object_end(json);
}
