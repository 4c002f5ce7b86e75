/* Guards: the queries of a fix that say whether it has something to do. */
#ifndef SHADOW_GUARD_H
#define SHADOW_GUARD_H

#include "shadow_run.h"

enum shadow_answer {
	SHADOW_ANSWER_FALSE, /* one of them is false or NULL, which ends it */
	SHADOW_ANSWER_TRUE,  /* all are true */
	SHADOW_ANSWER_WRONG, /* one gave no answer: reported */
};

/* When guards are asked. */
struct shadow_asking {
	const char *before; /* in front of a message: "on an empty database, " */
	bool inside; /* the transaction at hand; else in one of their own that can write nothing */
	uint32_t count; /* migrations that have been applied */
};

/* Asks in order. `last`: out, the guard that ended it. */
enum shadow_answer shadow_guards(struct shadow_run *run, const struct script *fix,
				 const struct shadow_asking *asking, const struct statement **last);

#endif
