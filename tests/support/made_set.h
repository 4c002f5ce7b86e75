/* Sets made by hand, without the stages that read files: for tests of what comes after them. */
#ifndef MADE_SET_H
#define MADE_SET_H

#include "model.h"
#include "support/arena.h"

struct made_set {
	struct set set;
	struct compile_options options;
	struct arena *arena;
};

/* An empty set "shop" that embeds deltas. */
void made_set_init(struct made_set *made, struct arena *arena);

/* Adds a migration whose up has no statement yet. Call in ascending order of version. */
struct migration *made_set_add(struct made_set *made, int64_t version, const char *name);

/*
 * Adds a statement of any bytes on a line of its own. All statements of one section are added
 * before those of the next; a down stands in the same file as its up.
 */
void made_set_up(struct made_set *made, const char *text, size_t length);
void made_set_down(struct made_set *made, const char *text, size_t length);

/*
 * Adds a fix, or a repeatable for version 0, whose sections have no statement yet; fixes before repeatables. Its up and,
 * of a fix, its guard are there.
 */
struct script *made_set_script(struct made_set *made, int64_t version, const char *name);
/* Adds a statement to a section of the script that was added last; the section is there from then on. */
void made_set_statement(struct made_set *made, struct section *section, const char *text);

#endif
