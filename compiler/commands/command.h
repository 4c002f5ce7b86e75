/* Commands: what `bobolink NAME …` can be. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stddef.h>

#include "arguments.h"

/* Exit statuses of the tool. */
enum status {
	STATUS_DONE = 0,
	STATUS_BAD = 1,	  /* a bad migration, or what was asked for could not be done */
	STATUS_USAGE = 2, /* wrong usage */
};

struct command {
	const char *name;
	const char *operands; /* "DIR" */
	int least;	      /* operands */
	int most;
	unsigned bit; /* in the table of options */
	const char *summary;
	enum status (*run)(const struct arguments *arguments, struct arena *arena);
};

/* Picks the command that argv names, parses its options and runs it. Returns the exit status. */
int command_main(const struct command *commands, size_t count, int argc, char **argv);

/* Prints an error that is about no file, and a remedy (may be NULL), to stderr. */
void command_error(const char *help, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints the diagnostics in the form that was asked for. Returns STATUS_BAD when there was an error. */
enum status command_report(const struct arguments *arguments, const struct diagnostics *diag);

enum status command_new(const struct arguments *arguments, struct arena *arena);
enum status command_check(const struct arguments *arguments, struct arena *arena);
enum status command_compile(const struct arguments *arguments, struct arena *arena);
enum status command_lock(const struct arguments *arguments, struct arena *arena);
enum status command_snapshot(const struct arguments *arguments, struct arena *arena);
enum status command_explain(const struct arguments *arguments, struct arena *arena);

#endif
