/* Order, what a repeatable runs again for beside its own text. */
#ifndef ORDER_AGAIN_H
#define ORDER_AGAIN_H

#include "model.h"
#include "support/arena.h"

/*
 * Puts into the checksum of each repeatable those of the ones it names with `after`, and the migrations that take away
 * what it made. A database that has run it then runs it again where one of these is new. One of neither keeps the
 * checksum of its text. The set's migrations and scripts are in order.
 */
void order_again(struct set *set, struct arena *arena);

#endif
