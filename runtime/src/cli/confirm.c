/*
 * Confirm: the question and its answer. Anything but a clear yes is a no.
 */
#include "confirm.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define ANSWER_SIZE 256

bool bl_cli_can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/*
 * Byte by byte: what follows the line is left for the program that this one may start. The rest of a line that is
 * too long is read as well, so that it answers no later question.
 */
static int read_line(char *line, size_t size)
{
	size_t length = 0;
	bool fits = true;
	char byte;

	for (;;) {
		ssize_t got = read(STDIN_FILENO, &byte, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		if (byte == '\n')
			break;
		fits = length + 1 < size;
		if (fits)
			line[length++] = byte;
	}
	line[length] = '\0';
	return fits ? 0 : -1;
}

int bl_cli_ask(struct bl_cli *cli, const char *question, char *line, size_t size)
{
	int rc;

	bl_cli_output_flush(&cli->out);
	bl_cli_print_lines(&cli->note, question, strlen(question));
	bl_cli_print(&cli->note, " ");
	bl_cli_output_flush(&cli->note);
	rc = read_line(line, size);
	/* The cursor still stands behind the question when no line end was typed. */
	if (rc)
		bl_cli_print(&cli->note, "\n");
	return rc;
}

static bool is_yes(const char *answer)
{
	size_t length;

	answer += strspn(answer, " \t");
	length = strcspn(answer, " \t\r");
	if (answer[length + strspn(answer + length, " \t\r")])
		return false;
	return (length == 1 || length == 3) && strncasecmp(answer, "yes", length) == 0;
}

int bl_cli_confirm(struct bl_cli *cli, struct bobolink_error *error, const char *format, ...)
{
	char question[BOBOLINK_MESSAGE_SIZE];
	char answer[ANSWER_SIZE];
	va_list arguments;
	size_t length;

	if (bl_cli_flag_given(&cli->flags, BL_CLI_YES))
		return BOBOLINK_OK;
	if (!bl_cli_can_ask())
		return bl_cli_fail(error, BOBOLINK_USAGE,
				   "%s asks before it changes anything, and there is no terminal "
				   "to ask on: add %s",
				   bl_cli_flag_name(cli->flags.action),
				   bl_cli_flag_name(BL_CLI_YES));
	va_start(arguments, format);
	vsnprintf(question, sizeof(question) - sizeof("? [y/N]"), format, arguments);
	va_end(arguments);
	length = strlen(question);
	snprintf(question + length, sizeof(question) - length, "? [y/N]");
	if (bl_cli_ask(cli, question, answer, sizeof(answer)) == 0 && is_yes(answer))
		return BOBOLINK_OK;
	cli->declined = true;
	return bl_cli_fail(error, BOBOLINK_INTERRUPTED, "nothing was changed");
}
