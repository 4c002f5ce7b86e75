/*
 * Image: the set in memory, in the very form that the generated code has.
 *
 * The shadow run hands it to the runtime, and emit prints it as C: what ran at build time is what
 * ships.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <bobolink/migrations.h>

#include "model.h"
#include "support/arena.h"

enum image_use {
	IMAGE_EMBED, /* everything that ships */
	/* No scripts; sections with shadow:off, or whose function is not at hand, do nothing, and nothing requires other sets. */
	IMAGE_SHADOW,
	/* Likewise, with scripts. */
	IMAGE_SCRIPTS,
};

/* A section for each function of the application that the set names. */
struct image_calls {
	const struct section **sections;
	uint32_t count;
};

/* The functions in the order in which the set, its migrations before its scripts, names them first. */
struct image_calls image_calls(const struct set *set, struct arena *arena);

/*
 * The image of migrations 0 … set->count-1; lives in the arena. Every text of a chunk is stored
 * once for each member that names it, in the order of the members; a down from the same file
 * shares the up's `file`. `backend` may be NULL for emit, which names the function instead of
 * calling it; so it does with the functions of the set's calls, which are those of struct section.
 */
const struct bobolink_set *image_build(const struct set *set, const struct compile_options *options,
				       enum image_use use,
				       const struct bobolink_backend *(*backend)(void),
				       struct arena *arena);

#endif
