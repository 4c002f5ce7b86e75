/* Pass: the ups of the set, run once through the runtime. */
#ifndef SHADOW_PASS_H
#define SHADOW_PASS_H

#include "shadow_run.h"

struct shadow_pass {
	const char *environment; /* NULL: none */
	/* Was it not seen by an earlier pass? Only then its statements are looked at. NULL: none was. */
	bool (*is_new)(const struct shadow_run *run, const struct migration *migration);
	/* Migration number `index` was committed; the connection beside the session's is free. */
	void (*applied)(struct shadow_run *run, uint32_t index);
	/* It is for another environment; NULL: nothing to do then. */
	void (*skipped)(struct shadow_run *run, uint32_t index);
};

/* Runs all. Returns 0, or -1 after an up that did not run, which is reported. */
int shadow_pass(struct shadow_run *run, const struct shadow_pass *pass);

#endif
