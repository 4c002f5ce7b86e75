/*
 * Health: the newest backup, and how old it is.
 */
#include <stdio.h>
#include <time.h>

#include "../operate/folder.h"
#include "health.h"

/* Seconds since 1970 of "2026-01-02T03:04:05Z"; -1 when it is none. POSIX has no inverse of gmtime. */
static int64_t seconds_of(const char *text)
{
	int year, month, day, hour, minute, second;
	int64_t days;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ", &year, &month, &day, &hour, &minute,
		   &second) != 6)
		return -1;
	/* A year that begins in March ends with the day that not every year has. */
	year -= month <= 2;
	days = (int64_t)year * 365 + year / 4 - year / 100 + year / 400 +
	       (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1 - 719468;
	return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

static int64_t age_of(const char *text)
{
	int64_t made = seconds_of(text);
	int64_t now = (int64_t)time(NULL);

	if (made < 0)
		return -1;
	return now > made ? now - made : 0;
}

/* The newest that may be of this database. */
static const struct bobolink_backup_item *newest(const struct bobolink_session *session,
						 const struct bobolink_backups *backups)
{
	char origin[BL_ORIGIN_SIZE];

	bl_origin_read(session, NULL, origin);
	for (uint32_t i = 0; i < backups->count; i++) {
		if (!bl_origin_differs(backups->items[i].database, origin))
			return &backups->items[i];
	}
	return NULL;
}

int bl_health_backup(struct bl_health *health, const struct bobolink_session *session,
		     struct bobolink_error *error)
{
	struct bobolink_health *facts = &health->health;
	struct bobolink_backups *backups = NULL;
	const struct bobolink_backup_item *item = NULL;
	int rc = bl_folder_list(session, NULL, &backups, error);

	if (rc == BOBOLINK_OK)
		item = newest(session, backups);
	if (bl_health_is_fatal(rc))
		return rc;
	/* The database may be well without: told, and no fault. */
	if (rc)
		bl_health_add(health, BOBOLINK_OK, -1, "", "the backups cannot be listed: %s",
			      error->message);
	if (item) {
		facts->backup = bl_pool_format(&health->pool, "%s", item->name);
		facts->backup_at = bl_pool_format(&health->pool, "%s", item->made_at);
		facts->backup_age_s = age_of(item->made_at);
	}
	bobolink_backups_free(backups);
	return BOBOLINK_OK;
}
