/*
 * Initialised clusters kept for the next run: initdb takes half a second, a copy a tenth of it.
 *
 * One folder per user, version and options; in it the cluster in "data" and the file "complete",
 * which says how many files and bytes a copy must have. Folders appear by rename, so that builds at
 * the same time see a whole cluster or none. A folder that belongs to somebody else, or into which
 * somebody else may write, is never used.
 */
#include "server_cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "server_tree.h"
#include "support/file.h"
#include "support/text.h"

/* Makes the folder where it is missing. True when it is there and ours. */
static bool is_usable(const char *path)
{
	(void)mkdir(path, 0700);
	return server_tree_is_ours(path);
}

/* With sudo, HOME is somebody else's: nothing of root's is left there. */
static const char *in_home(struct arena *arena)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (cache && *cache == '/')
		return is_usable(cache) ? arena_format(arena, "%s/bobolink", cache) : NULL;
	if (!home || *home != '/' || !server_tree_is_ours(home))
		return NULL;
	cache = arena_format(arena, "%s/.cache", home);
	return is_usable(cache) ? arena_format(arena, "%s/bobolink", cache) : NULL;
}

static const char *in_temporary(struct arena *arena)
{
	const char *base = getenv("TMPDIR");

	return arena_format(arena, "%s/bobolink-cache-%ld", base && *base == '/' ? base : "/tmp",
			    (long)geteuid());
}

static const char *usable_root(struct arena *arena)
{
	const char *root = in_home(arena);

	if (root && is_usable(root))
		return root;
	root = in_temporary(arena);
	return is_usable(root) ? root : NULL;
}

const char *server_cache_entry(const char *bindir, const char *version, const char *options,
			       struct arena *arena)
{
	const char *root = usable_root(arena);
	struct utsname machine;
	struct text_piece pieces[4];
	char hex[65];

	if (!root || uname(&machine) < 0)
		return NULL;
	/* A home directory may be shared by machines whose clusters are not alike. */
	pieces[0] = (struct text_piece){ machine.machine, strlen(machine.machine) + 1 };
	pieces[1] = (struct text_piece){ bindir, strlen(bindir) + 1 };
	pieces[2] = (struct text_piece){ version, strlen(version) + 1 };
	pieces[3] = (struct text_piece){ options, strlen(options) + 1 };
	text_sha256(pieces, 4, hex);
	return arena_format(arena, "%s/cluster-%.16s", root, hex);
}

static const char *seal(const struct server_tree *total, struct arena *arena)
{
	return arena_format(arena, "%" PRIu64 " files, %" PRIu64 " bytes\n", total->files,
			    total->bytes);
}

int server_cache_load(const char *entry, const char *data, const struct server_user *user,
		      struct arena *arena)
{
	struct server_tree total = { 0, 0 };
	char *expected;
	size_t length;

	if (!server_tree_is_ours(entry) || file_read(arena_format(arena, "%s/complete", entry),
						     arena, &expected, &length) != FILE_OK)
		return -1;
	if (server_tree_copy(arena_format(arena, "%s/data", entry), data, user->uid, user->gid,
			     &total))
		return -1;
	return strcmp(seal(&total, arena), expected) == 0 ? 0 : -1;
}

static int fill(const char *temporary, const char *data, struct arena *arena)
{
	struct server_tree total = { 0, 0 };
	const char *text;

	if (server_tree_copy(data, arena_format(arena, "%s/data", temporary), geteuid(), getegid(),
			     &total))
		return -1;
	text = seal(&total, arena);
	return file_create(arena_format(arena, "%s/complete", temporary), text, strlen(text));
}

void server_cache_store(const char *entry, const char *data, struct arena *arena)
{
	char *temporary = arena_format(arena, "%s.XXXXXX", entry);

	if (!mkdtemp(temporary))
		return;
	/* The rename does not succeed where another build was faster: its cluster is as good. */
	if (fill(temporary, data, arena) || rename(temporary, entry))
		(void)server_tree_remove(temporary);
}

void server_cache_forget(const char *entry)
{
	(void)server_tree_remove(entry);
}
