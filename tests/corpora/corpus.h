/* What a program with the migrations of a corpus is told of its database: rollback.c and drift.c each have a corpus_main. */
#ifndef CORPUS_H
#define CORPUS_H

#include <bobolink/backend.h>

/* A database of one kind; failures to open it end the program. */
struct corpus_engine {
	const struct bobolink_backend *(*backend)(void);
	void *(*open)(const char *url);
	void (*close)(void *handle);
};

int corpus_main(int argc, char **argv, const struct bobolink_set *set,
		const struct corpus_engine *engine);

#endif
