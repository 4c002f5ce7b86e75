/* Sections of scripts: run as a whole on the connection beside the session's. */
#ifndef SHADOW_SECTION_H
#define SHADOW_SECTION_H

#include "shadow_run.h"

/*
 * Runs the statements in the transaction at hand, or without one. `owner` is what the section belongs to; NULL: they were looked at
 * before.
 */
int shadow_section_run(struct shadow_run *run, const struct migration *owner,
		       const struct section *section, struct bobolink_error *error);
/* The same in a transaction of its own, which is committed. */
int shadow_section_commit(struct shadow_run *run, const struct migration *owner,
			  const struct section *section, struct bobolink_error *error);
/*
 * Reports what came of that, at the statement that was refused, with `before` in front of the database's words; `count` migrations
 * have been applied.
 */
void shadow_section_report(struct shadow_run *run, const char *rule, const struct section *section,
			   const char *before, const struct bobolink_error *error, uint32_t count);

#endif
