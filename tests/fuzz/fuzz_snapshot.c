/* Fuzzer of the snapshot's parser: any bytes are a snapshot. What it accepts must be in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "scan.h"
#include "snapshot.h"

static void check(const struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->count; i++) {
		const struct snapshot_block *block = &snapshot->blocks[i];

		if (strlen(block->digest) != 64 || block->version < 0 || !block->name[0] ||
		    (block->lines[0] && block->lines[strlen(block->lines) - 1] != '\n') ||
		    block->offset >= snapshot->source->length ||
		    (i > 0 && block->version <= block[-1].version))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct diagnostics diag = { .arena = &arena };
	struct snapshot snapshot;
	struct source source;

	scan_text("migrations.snapshot", (const char *)data, size, &arena, &source);
	if (snapshot_parse(&source, &arena, &snapshot, &diag) == 0)
		check(&snapshot);
	fuzz_print(&diag);
	arena_release(&arena);
	return 0;
}
