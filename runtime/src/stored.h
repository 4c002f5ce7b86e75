/*
 * Stored: SQL as it is kept in the history, so that a program which does not carry a migration can
 * still step back over it.
 *
 * A text is a sequence of entries, each a line `-- <bytes> <a>:<b> <flags>`, exactly that many bytes,
 * and a newline. Which entry it is stands in the flags:
 *
 *     BL_STORED_SECTION  the first: its bytes are the file's name, a and b the lock and the statement timeout in ms
 *     BL_STORED_IRREVERSIBLE  the first, in the place of a section: why there is none; a and b are 0
 *     BL_STORED_LOSSES   what the section can destroy; a and b are 0
 *     BL_STORED_CALL     the function of the program that is called in the place of statements; a and b are 0
 *     BL_STORED_PROBE    of the statement before it; a and b are 0
 *     BL_STORED_END      the last: no bytes, a the number of statements, so that a text cut short is told
 *     none of them       a statement, a and b its line and column
 *
 * The other bits are those of the section or the statement.
 */
#ifndef BL_STORED_H
#define BL_STORED_H

#include "memory.h"
#include "set.h"

#define BL_STORED_SECTION      0x10000u
#define BL_STORED_LOSSES       0x20000u
#define BL_STORED_PROBE	       0x40000u
#define BL_STORED_END	       0x80000u
#define BL_STORED_IRREVERSIBLE 0x100000u
#define BL_STORED_CALL	       0x200000u

/* Appends a section of migration `index`; for one that is not there why, if that was said, or nothing. */
void bl_stored_write(const struct bobolink_set *set, uint32_t index,
		     const struct bobolink_section *section, struct bl_text *text);

/* A set of one migration with one section, its down, made of stored text; or none, and why it is irreversible. */
struct bl_stored {
	struct bobolink_set set;
	struct bobolink_chunk chunk;
	struct bobolink_migration migration;
	struct bobolink_statement *statements;
	uint32_t function; /* offset of the name of what is called; 0: nothing is */
	char *text;
};

/* One for each step of a plan that goes down; `text` is NULL where this program has the statements itself. */
struct bl_downs {
	struct bl_stored *items;
	uint32_t count;
};

#endif
