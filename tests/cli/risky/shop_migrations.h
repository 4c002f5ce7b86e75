/* The set of risky.c, as generated code would declare it. */
#ifndef SHOP_MIGRATIONS_H
#define SHOP_MIGRATIONS_H

#include <bobolink/migrations.h>

extern const struct bobolink_set shop_migrations;

#endif
