/* The checksums of a migration and the digest of a set: what exactly is hashed. */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include "model.h"
#include "support/arena.h"
#include "support/buffer.h"

/*
 * The checksum of a migration: SHA-256 of the canonical bytes of the file; of a pair, the bytes of the up, one 0x00, the bytes of
 * the down. `down` is NULL where the down has no file of its own.
 */
void checksum_bytes(const struct source *up, const struct source *down, char checksum[65]);

/*
 * migration->sql_checksum: SHA-256 over the tokens without comments and white space, each followed by 0x00: those of the
 * up, then, where there is a down, 0x01 and those of the down, then, in a fix, 0x02 and those of should-run. A section for
 * which a function stands has 0x03, its name and 0x00. It does not change when a file is laid out anew.
 */
void checksum_sql(const struct part *up, const struct part *down, struct migration *migration);

/* Adds a migration to a chain: the line "<version> <name> <checksum>\n". Versions ascend. */
void checksum_link(struct buffer *chain, int64_t version, const char *name, const char *checksum);
/*
 * Adds a script behind a chain: "fix <number> <name> <checksum>\n" or "repeatable <name> <checksum>\n", fixes ascending, then
 * repeatables in the order in which they run.
 */
void checksum_script(struct buffer *chain, const struct migration *script, bool fix);
/* The digest of a chain: SHA-256 over its lines. */
void checksum_chain(const struct buffer *chain, char digest[65]);
/* The digests of the chains that end at the first migration of a set, at the second, and so on. */
char (*checksum_chains(const struct set *set, struct arena *arena))[65];

#endif
