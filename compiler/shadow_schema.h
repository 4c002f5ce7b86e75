/* Schema: what the set makes, as the text that is embedded. */
#ifndef SHADOW_SCHEMA_H
#define SHADOW_SCHEMA_H

#include "shadow_run.h"

/*
 * The expected schema after the last migration, as much of it as the options ask for; NULL for nothing. The form is that
 * of bobolink/schema.h, "The expected schema".
 */
const char *shadow_schema(const struct shadow_run *run);

#endif
