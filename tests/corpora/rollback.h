/* The walk of rollback.c, for programs that carry the migrations of a corpus. */
#ifndef ROLLBACK_H
#define ROLLBACK_H

#include <bobolink/backend.h>

/* A database of one kind; failures to open it end the program. */
struct rollback_engine {
	const struct bobolink_backend *(*backend)(void);
	void *(*open)(const char *url);
	void (*close)(void *handle);
};

int rollback_main(int argc, char **argv, const struct bobolink_set *set,
		  const struct rollback_engine *engine);

#endif
