/* Drift as an SQL script; see bobolink_drift_script. */
#ifndef BL_SCHEMA_SCRIPT_H
#define BL_SCHEMA_SCRIPT_H

#include <bobolink/schema.h>

#include "../memory.h"

int bl_script_write(const struct bobolink_drift *drift, int32_t dialect,
		    const struct bobolink_allocator *allocator, bobolink_write_fn *write,
		    void *context);

#endif
