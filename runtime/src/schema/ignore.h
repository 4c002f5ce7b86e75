/* Patterns for objects that are somebody else's business: options.ignore. */
#ifndef BL_SCHEMA_IGNORE_H
#define BL_SCHEMA_IGNORE_H

#include <stdbool.h>

#include <bobolink/schema.h>

/* Whether one of the patterns matches an object, as bobolink/schema.h says. NULL: there are none. */
bool bl_ignore_object(const char *patterns, const struct bobolink_object *object);

#endif
