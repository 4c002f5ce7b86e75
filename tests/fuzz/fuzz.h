/*
 * What the fuzzers share: the entry that libFuzzer and the replay call, and a look at the
 * diagnostics.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "support/diagnostic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Prints all in every format to nowhere: excerpts and escapes are code that reads the input, too.
 */
static inline void fuzz_print(const struct diagnostics *diag)
{
	FILE *nowhere = fopen("/dev/null", "w");

	if (!nowhere)
		return;
	(void)diagnostic_print(diag, FORMAT_GCC, true, nowhere);
	(void)diagnostic_print(diag, FORMAT_JSON, false, nowhere);
	(void)fclose(nowhere);
}

#endif
