/* Emit: from the checked set to readable C. */
#ifndef EMIT_H
#define EMIT_H

#include "model.h"
#include "support/arena.h"
#include "support/buffer.h"

/* The generated C source and header of the set; byte-identical for the same input. */
void emit_source(const struct set *set, const struct compile_options *options, struct arena *arena,
		 struct buffer *out);
void emit_header(const struct set *set, struct arena *arena, struct buffer *out);

#endif
