/* Arguments: one table of options for all commands; it parses them and prints their help. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "model.h"
#include "support/arena.h"
#include "support/diagnostic.h"

struct command;

/* Bits of the commands that take an option. */
#define FOR_NEW	     0x1u
#define FOR_CHECK    0x2u
#define FOR_COMPILE  0x4u
#define FOR_LOCK     0x8u
#define FOR_EXPLAIN  0x10u
#define FOR_SNAPSHOT 0x20u
#define FOR_ALL	     0x3fu
#define FOR_SETS     (FOR_CHECK | FOR_COMPILE)

/* Identifier, name, argument (NULL for none), commands, help. */
#define ARGUMENTS_TABLE(X)                                                                         \
	X(FIX, "fix", NULL, FOR_NEW, "make a fix, in DIR/fixes, instead of a migration")           \
	X(REPEATABLE, "repeatable", NULL, FOR_NEW, "make a repeatable instead of a migration")     \
	X(DATABASE, "database", "sqlite|postgres", FOR_SETS | FOR_LOCK | FOR_SNAPSHOT | FOR_NEW,   \
	  "whose SQL it is (sqlite; a snapshot: postgres)")                                        \
	X(NAME, "name", "NAME", FOR_SETS, "of the set, as a C identifier (the directory's name)")  \
	X(OUTPUT, "output", "OUTDIR", FOR_COMPILE, "where to write NAME_migrations.c and .h")      \
	X(LOCKED, "locked", NULL, FOR_SETS, "refuse migrations that are not in the lock file")     \
	X(OUT_OF_ORDER, "out-of-order", NULL, FOR_SETS | FOR_LOCK | FOR_SNAPSHOT,                  \
	  "accept new migrations before locked ones")                                              \
	X(SHADOW, "shadow", "auto|on|off", FOR_SETS, "run the set on a scratch database (auto)")   \
	X(SHADOW_FUNCTION, "shadow-function", "NAME/ARGUMENTS", FOR_SETS | FOR_SNAPSHOT,           \
	  "a function of the application; may be repeated")                                        \
	X(SHADOW_EXTENSION, "shadow-extension", "PATH", FOR_SETS | FOR_SNAPSHOT,                   \
	  "a module to load; may be repeated")                                                     \
	X(SEED, "seed", "on|off", FOR_SETS, "run it again on tables with made-up rows (on)")       \
	X(EMBED, "embed", "deltas|head|none", FOR_SETS, "schema data in the program (deltas)")     \
	X(WARNINGS, "warnings-as-errors", NULL, FOR_SETS, "refuse what is only warned about")      \
	X(REQUIRES, "requires", "SET=[DATABASE:]DIR", FOR_SETS,                                    \
	  "another set of the program, for requires:SET/VERSION; may be repeated")                 \
	X(AMEND, "amend", "VERSION", FOR_LOCK,                                                     \
	  "accept the edit of a locked migration; may be repeated")                                \
	X(MARKDOWN, "markdown", NULL, FOR_EXPLAIN, "all rules as a page of documentation")         \
	X(FORMAT, "format", "gcc|json|sarif|github", FOR_SETS | FOR_LOCK | FOR_SNAPSHOT | FOR_NEW, \
	  "of diagnostics (gcc); the others go to stdout")                                         \
	X(HELP, "help", NULL, FOR_ALL, "print this")                                               \
	X(VERSION, "version", NULL, FOR_ALL, "print the version")

struct arguments {
	const struct command *command;
	struct compile_options compile; /* directory is the command's to set */
	enum diagnostic_format format;
	int64_t *amend;
	size_t amend_count;
	bool fix;
	bool repeatable;
	bool markdown;
	bool help;
	bool version;
	char **operands;
	int operand_count;
};

/* Parses what stands after the command's name; argv[0] is that name. Returns 0, or -1 after an error. */
int arguments_parse(const struct command *command, int argc, char **argv, struct arena *arena,
		    struct arguments *arguments);

/* Prints the options of a command. */
void arguments_help(const struct command *command, FILE *stream);

#endif
