/* Require: what migrations say of other sets, and where those sets are. */
#ifndef BL_OPERATE_REQUIRE_H
#define BL_OPERATE_REQUIRE_H

#include "../session.h"

/* "primary/5", in the text of a set. */
struct bl_requirement {
	const char *name; /* of the set */
	size_t length;	  /* of it */
	int64_t version;
};

/* The next one of a text as migrations.h describes it; `*text` moves behind it. False at its end. */
bool bl_requirement_next(const char **text, struct bl_requirement *requirement);
/* The text of migration `index`, "" for none. */
const char *bl_requirement_text(const struct bobolink_set *set, uint32_t index);
bool bl_requirement_is_of(const struct bl_requirement *requirement, const struct bobolink_set *set);

/*
 * Whether the database has what is required: that of the set's own session where it is known, else this session's, which
 * may hold several sets.
 */
int bl_requirement_look(struct bobolink_session *session, const struct bl_requirement *requirement,
			bool *met, struct bobolink_error *error);

/* Says that migration `index` waits for it, and where it stands; `why` ends the sentence. Returns BOBOLINK_REQUIRED. */
int bl_requirement_fail(const struct bobolink_session *session, uint32_t index,
			const struct bl_requirement *requirement, const char *why,
			struct bobolink_error *error);

#endif
