/* Obstacles: what repeatables make may stand in the way of a migration's down. */
#ifndef SHADOW_OBSTACLE_H
#define SHADOW_OBSTACLE_H

#include "shadow_run.h"

/*
 * Runs the downs one after the other, from the last migration back, and undoes all of that. Returns the index of the first one
 * that does not run, or the number of migrations.
 */
uint32_t shadow_obstacle_before(struct shadow_run *run);
/* The same behind the repeatables: warns of a down that runs no more. `before` is what came of it without them. */
void shadow_obstacles(struct shadow_run *run, uint32_t before);

#endif
