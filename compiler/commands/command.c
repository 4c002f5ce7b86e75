/*
 * Command: finds the command that argv names, and what all commands share: help, version, reports.
 *
 * Results go to stdout, messages to stderr, except those in a form for programs.
 */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bobolink/bobolink.h>

#include "support/buffer.h"
#include "support/terminal.h"
#include "support/text.h"

void command_error(const char *help, const char *format, ...)
{
	struct buffer message = BUFFER_INIT;
	va_list arguments;
	char text[1024];

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	buffer_add_text(&message, "bobolink: error: ");
	terminal_add_text(&message, text);
	if (help) {
		buffer_add_text(&message, "\nhelp: ");
		terminal_add_text(&message, help);
	}
	fprintf(stderr, "%s\n", message.text);
	buffer_release(&message);
}

static bool wants_color(FILE *stream)
{
	const char *refused = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return !(refused && *refused) && terminal && strcmp(terminal, "dumb") != 0 &&
	       isatty(fileno(stream));
}

enum status command_report(const struct arguments *arguments, const struct diagnostics *diag)
{
	FILE *stream = arguments->format == FORMAT_GCC ? stderr : stdout;

	if (diagnostic_print(diag, arguments->format, wants_color(stream), stream))
		return STATUS_BAD;
	return diag->errors ? STATUS_BAD : STATUS_DONE;
}

static void print_usage(const struct command *commands, size_t count, FILE *stream)
{
	fputs("usage: bobolink COMMAND [option]... [argument]...\n\n"
	      "Checks database migrations and compiles them into C.\n\n",
	      stream);
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "  %-10s %-14s %s\n", commands[i].name, commands[i].operands,
			commands[i].summary);
	fputs("\nbobolink COMMAND --help lists the options of a command.\n", stream);
}

static void print_help(const struct command *command)
{
	printf("usage: bobolink %s [option]... %s\n\n%c%s.\n\n", command->name, command->operands,
	       command->summary[0] - 'a' + 'A', command->summary + 1);
	arguments_help(command, stdout);
}

/* Returns NULL after an error. */
static const struct command *find(const struct command *commands, size_t count, const char *name,
				  struct arena *arena)
{
	const char **names = arena_alloc(arena, count, sizeof(*names));
	const char *nearest;

	for (size_t i = 0; i < count; i++) {
		names[i] = commands[i].name;
		if (strcmp(name, names[i]) == 0)
			return &commands[i];
	}
	nearest = text_nearest(name, names, count);
	command_error(nearest ? arena_format(arena, "did you mean bobolink %s", nearest)
			      : "bobolink --help lists the commands",
		      *name == '-' ? "unknown option %s" : "unknown command \"%s\"", name);
	return NULL;
}

static enum status run(const struct command *command, int argc, char **argv, struct arena *arena)
{
	struct arguments arguments;

	if (arguments_parse(command, argc, argv, arena, &arguments))
		return STATUS_USAGE;
	if (arguments.help) {
		print_help(command);
		return STATUS_DONE;
	}
	if (arguments.version) {
		puts("bobolink " BOBOLINK_VERSION);
		return STATUS_DONE;
	}
	return command->run(&arguments, arena);
}

static enum status dispatch(const struct command *commands, size_t count, int argc, char **argv,
			    struct arena *arena)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(commands, count, stderr);
		return STATUS_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_usage(commands, count, stdout);
		return STATUS_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("bobolink " BOBOLINK_VERSION);
		return STATUS_DONE;
	}
	command = find(commands, count, argv[1], arena);
	return command ? run(command, argc - 1, argv + 1, arena) : STATUS_USAGE;
}

int command_main(const struct command *commands, size_t count, int argc, char **argv)
{
	struct arena arena = ARENA_INIT;
	enum status status = dispatch(commands, count, argc, argv, &arena);

	if (fflush(stdout) || ferror(stdout)) {
		command_error(NULL, "standard output: %s", strerror(errno));
		status = STATUS_BAD;
	}
	arena_release(&arena);
	return (int)status;
}
