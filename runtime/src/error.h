/* Filling a caller's struct bobolink_error; a NULL error is allowed everywhere. */
#ifndef BL_ERROR_H
#define BL_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

#include <bobolink/bobolink.h>

/* As snprintf, but what does not fit is cut at a character. */
void bl_format(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void bl_format_list(char *text, size_t size, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));

/* Back to "no error": code 0, no version, no position. */
void bl_error_clear(struct bobolink_error *error);

/* A database that nobody can write, or a role of PostgreSQL that may only read these tables: not for this program to write. */
bool bl_error_is_read_only(const struct bobolink_error *error);

/* Describes a failure from scratch and returns `code`. The message is cut at a character. */
int bl_error_set(struct bobolink_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Replaces the code and puts more words behind the message that is there. Returns `code`. */
int bl_error_append(struct bobolink_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Names the migration and its file; line and column 0 mean the file as a whole. */
void bl_error_place(struct bobolink_error *error, int64_t version, const char *file, uint32_t line,
		    uint32_t column);

/*
 * Turns error->offset, a byte in `text`, into line and column of the file in which the statement
 * starts at (line, column). Without an offset it is the start of the statement.
 */
void bl_error_locate(struct bobolink_error *error, const char *text, uint32_t length, uint32_t line,
		     uint32_t column);

#endif
