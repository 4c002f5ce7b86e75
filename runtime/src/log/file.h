/* The file sink at a given time. */
#ifndef BL_FILE_H
#define BL_FILE_H

#include <time.h>

#include <bobolink/log.h>

/* As bobolink_log_to_file, for an event that happens `at` that time. */
void bl_file_add(struct bobolink_log_file *file, const struct bobolink_event *event,
		 const struct timespec *at);

#endif
