/*
 * Image: the set in memory, in the very form that the generated code has.
 *
 * The shadow run hands it to the runtime, and emit prints it as C: what ran at build time is what ships.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <bobolink/migrations.h>

#include "model.h"
#include "support/arena.h"

/* The image of migrations 0 … set->count-1; lives in the arena. `backend` may be NULL for emit. */
const struct bobolink_set *image_build(const struct set *set, const struct compile_options *options,
				       const struct bobolink_backend *(*backend)(void),
				       struct arena *arena);

#endif
