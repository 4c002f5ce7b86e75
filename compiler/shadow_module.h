/* Modules: functions of the application, for migrations that name one with `call:`. */
#ifndef SHADOW_MODULE_H
#define SHADOW_MODULE_H

#include "shadow_run.h"

/*
 * Opens those of SHADOW_EXTENSIONS that are files and fills `function` of every section that names one. They stay open: what
 * they hold is called until the tool ends. Returns 0, or -1 after an error.
 */
int shadow_modules_open(struct shadow_run *run);

/* Is this entry of SHADOW_EXTENSIONS a file of the host, rather than the name of something that a server has? */
bool shadow_module_is_path(const char *extension);
/* Does SQLite load it? Else it only holds functions for `call:`. */
bool shadow_module_is_extension(const char *path);

/* Has the section no call, or one that runs? Notes one whose function no module has; `role` is "up" or "down". */
bool shadow_call_runs(struct shadow_run *run, const struct section *section, const char *role);

#endif
