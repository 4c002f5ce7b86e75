/*
 * Secret: a password in the arguments, which every user of the machine can read.
 */
#ifndef BL_CLI_SECRET_H
#define BL_CLI_SECRET_H

#include "flags.h"

/*
 * Moves the URL of --migrate-database out of argv: `*copy` becomes what the flags go on with, owned by the
 * caller, and every password in argv is overwritten. Returns -1 when there is no memory for the copy.
 */
int bl_cli_secret_take(struct bl_cli_flags *flags, int argc, char **argv, char **copy);

/* A copy of a URL of a server in which each password is a "*"; free() it. NULL when there is no memory. */
char *bl_cli_secret_label(const char *url);

#endif
