/* Fixes and repeatables made by hand, for a set made by hand. */
#ifndef HAND_SCRIPTS_H
#define HAND_SCRIPTS_H

#include "hand_set.h"

struct hand_scripts;

/* The scripts of a set, made when first asked for; they are freed with it. */
struct hand_scripts *hand_set_scripts(struct hand_set *set);

/*
 * Adds a fix; numbers ascend, and all fixes come before the repeatables. Its guard is one query; the statements of what it
 * executes end with NULL. Its file is migrations/fixes/0007_name.sql, where the guard is line 1 and they follow.
 */
void hand_fix(struct hand_set *set, int64_t number, const char *name, const char *guard, ...);
/* Adds a repeatable; they run in this order. Its file is migrations/R__name.sql. */
void hand_repeatable(struct hand_set *set, const char *name, ...);

/* Of the last script, from here on. */
struct bobolink_script *hand_script(struct hand_set *set); /* its settings, to be changed */
struct bobolink_section *hand_script_section(struct hand_set *set); /* what it executes */
void hand_script_guard(struct hand_set *set, const char *query);    /* one more */
void hand_script_after(struct hand_set *set, const char *places);
void hand_script_title(struct hand_set *set, const char *title);
void hand_script_undo(struct hand_set *set, const char *statement);
void hand_script_losses(struct hand_set *set, const char *losses);
/* What it changes in the schema. */
void hand_script_delta(struct hand_set *set, const char *delta);
/* Another text of the file. */
void hand_script_edited(struct hand_set *set);

/*
 * hand_set_counting, where a fix behind each migration and `count` repeatables write into `ran` as well, though nothing keeps
 * them from doing so twice; one more fix always fails, and another waits for that. `mending_sums` answers "ok" when all that can
 * be done was done once.
 */
struct hand_set *hand_set_mending(const char *name, uint32_t count);
extern const char mending_sums[];

/* hand_set.c: the scripts as a program would link them; NULL without any. */
const struct bobolink_scripts *hand_scripts(struct hand_scripts *scripts,
					    const struct bobolink_backend *(*backend)(void));
/* What the set's digest depends on. */
const char *hand_scripts_digest(struct hand_scripts *scripts);
struct hand_scripts *hand_scripts_new(void);
void hand_scripts_free(struct hand_scripts *scripts);

#endif
