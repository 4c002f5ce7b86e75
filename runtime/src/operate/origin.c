/*
 * Origin: which database a file in the directory of the backups is a copy of.
 */
#include "origin.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "/.origins"

void bl_origin_read(const struct bobolink_session *session, const char *url,
		    char text[BL_ORIGIN_SIZE])
{
	text[0] = '\0';
	if (session->archive && (session->connection || url))
		session->archive->origin(url ? NULL : session->connection, url, text,
					 BL_ORIGIN_SIZE);
	/* It becomes a part of a line, and may be shown. */
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			*text = '?';
	}
}

bool bl_origin_differs(const char *origin, const char *other)
{
	return *origin && *other && strcmp(origin, other) != 0;
}

static int write_line(int descriptor, const char *line)
{
	ssize_t length = (ssize_t)strlen(line);
	ssize_t written = write(descriptor, line, (size_t)length);

	if (written >= 0 && written < length)
		errno = ENOSPC;
	return written == length ? fsync(descriptor) : -1;
}

int bl_origin_note(struct bl_pool *pool, const char *directory, const char *file,
		   const char *origin)
{
	const char *path = bl_pool_format(pool, "%s" FILE_NAME, directory);
	/* What a full disk has cut short ends before it. */
	const char *line = bl_pool_format(pool, "\n%s\t%s\n", file, origin);
	int descriptor = -1;
	int rc;

	errno = ENOMEM;
	if (!pool->failed)
		descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (descriptor < 0)
		return -1;
	rc = write_line(descriptor, line);
	return close(descriptor) || rc ? -1 : 0;
}

int bl_origin_load(const char *directory, struct bl_text *lines)
{
	struct bl_text path;
	char bytes[4096];
	ssize_t got = 0;
	int descriptor = -1;

	bl_text_init(&path, lines->allocator);
	bl_text_add(&path, directory, strlen(directory));
	bl_text_add(&path, FILE_NAME, strlen(FILE_NAME));
	bl_text_add(lines, "", 0);
	if (!path.failed)
		descriptor = open(path.text, O_RDONLY | O_CLOEXEC);
	while (descriptor >= 0 && (got = read(descriptor, bytes, sizeof(bytes))) > 0)
		bl_text_add(lines, bytes, (size_t)got);
	if (descriptor >= 0)
		close(descriptor);
	lines->failed |= path.failed;
	bl_text_release(&path);
	return lines->failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

const char *bl_origin_find(const struct bl_text *lines, const char *file, struct bl_pool *pool)
{
	size_t length = strlen(file);
	const char *found = "";

	for (const char *line = lines->text ? lines->text : ""; *line;) {
		size_t end = strcspn(line, "\n");

		if (end > length && line[length] == '\t' && memcmp(line, file, length) == 0)
			found = line + length + 1;
		line += end + (line[end] == '\n');
	}
	return bl_pool_copy(pool, found, strcspn(found, "\n"));
}
