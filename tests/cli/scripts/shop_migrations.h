/* The set of scripts.c, as generated code would declare it. */
#ifndef SHOP_MIGRATIONS_H
#define SHOP_MIGRATIONS_H

#include <bobolink/bobolink.h>

extern const struct bobolink_set shop_migrations;

int shout_names(struct bobolink_step *step);

#endif
