/*
 * Errors: what the server says, as a result and a message. The meaning of an SQLSTATE is that of the
 * manual's appendix A.
 */
#include "connection.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *state; /* the whole of it, or its class */
	int32_t code;
	const char *advice;
} meanings[] = {
	{ "25P03", BOBOLINK_UNREACHABLE,
	  ": the program was stopped for too long in a transaction; start again" },
	{ "25P04", BOBOLINK_UNREACHABLE, ": look at transaction_timeout and start again" },
	{ "25006", BOBOLINK_READ_ONLY, ": connect to a server that accepts writes" },
	{ "40001", BOBOLINK_AGAIN, "" },
	{ "40P01", BOBOLINK_AGAIN, "" },
	{ "55P03", BOBOLINK_AGAIN, "" },
	{ "53100", BOBOLINK_FULL, ": make room on the server and start again" },
	{ "53200", BOBOLINK_IO_ERROR, ": the server has no memory left; start again" },
	{ "53300", BOBOLINK_UNREACHABLE,
	  ": the server accepts no more connections now; start again" },
	{ "57014", BOBOLINK_SQL_ERROR, "" },
	{ "57P", BOBOLINK_UNREACHABLE, ": the server went away; start again" },
	{ "58", BOBOLINK_IO_ERROR, ": look at the server's log" },
	{ "08", BOBOLINK_UNREACHABLE, "" },
	{ "XX001", BOBOLINK_CORRUPT, ": restore the database from a backup" },
	{ "XX002", BOBOLINK_CORRUPT, ": REINDEX what it names" },
};

static int continues(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* Appends to the message, as one line, cut at a character. */
static void append(struct bobolink_error *error, const char *text)
{
	size_t length = strlen(error->message);

	for (; *text && length + 1 < sizeof(error->message); text++) {
		bool control = (unsigned char)*text < ' ';

		/* libpq begins its second lines with a tab: one blank is enough. */
		if (!control || length == 0 || error->message[length - 1] != ' ')
			error->message[length++] = control ? ' ' : *text;
	}
	/* The last byte may begin a character whose rest has no room. */
	while (*text && length > 0 && continues(error->message[length - 1]))
		length--;
	if (*text && length > 0 && ((unsigned char)error->message[length - 1] & 0x80))
		length--;
	error->message[length] = '\0';
}

static void clear(struct bobolink_error *error, int code)
{
	memset(error, 0, sizeof(*error));
	error->code = code;
	error->version = -1;
	error->offset = -1;
}

int bl_postgres_fail(struct bobolink_error *error, int code, const char *format, ...)
{
	char text[sizeof(error->message)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	clear(error, code);
	append(error, text);
	return code;
}

static void append_field(const PGresult *result, int field, const char *before,
			 struct bobolink_error *error)
{
	const char *text = PQresultErrorField(result, field);

	if (!text || !*text)
		return;
	append(error, before);
	append(error, text);
}

int bl_postgres_result(const PGresult *result, struct bobolink_error *error)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	int code = state ? BOBOLINK_SQL_ERROR : BOBOLINK_UNREACHABLE;
	const char *advice = "";

	for (size_t i = 0; state && i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0) {
			code = meanings[i].code;
			advice = meanings[i].advice;
			break;
		}
	}
	clear(error, code);
	snprintf(error->sqlstate, sizeof(error->sqlstate), "%s", state ? state : "");
	append(error, primary ? primary : PQresultErrorMessage(result));
	append_field(result, PG_DIAG_MESSAGE_DETAIL, ": ", error);
	append_field(result, PG_DIAG_MESSAGE_HINT, "; ", error);
	if (!PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION))
		append_field(result, PG_DIAG_CONTEXT, "; in ", error);
	append(error, advice);
	return code;
}

/* Blanks every occurrence of `secret` in the message from `from` on. */
static void blank(char *from, const char *secret)
{
	size_t length = secret ? strlen(secret) : 0;

	while (length && (from = strstr(from, secret)) != NULL) {
		memset(from, '*', length);
		from += length;
	}
}

void bl_postgres_say(struct bobolink_error *error, const char *words, const char *secret)
{
	size_t before = strlen(error->message);

	append(error, words);
	blank(error->message + before, secret);
}

void bl_postgres_words(PGconn *pg, struct bobolink_error *error)
{
	bl_postgres_say(error, PQerrorMessage(pg), PQpass(pg));
	for (size_t end = strlen(error->message); end > 0 && error->message[end - 1] == ' '; end--)
		error->message[end - 1] = '\0';
}

int bl_postgres_lost(struct bobolink_connection *connection, struct bobolink_error *error)
{
	if (connection->silent)
		return bl_postgres_fail(
			error, BOBOLINK_UNREACHABLE,
			"the database has stopped answering on this connection, which "
			"is of no more use: connect again");
	if (PQstatus(connection->pg) == CONNECTION_OK && PQsocket(connection->pg) >= 0) {
		bl_postgres_fail(error, BOBOLINK_IO_ERROR, "libpq could not send the statement: ");
		bl_postgres_words(connection->pg, error);
		return error->code;
	}
	bl_postgres_fail(error, BOBOLINK_UNREACHABLE,
			 "the connection to the database was lost; start again: ");
	bl_postgres_words(connection->pg, error);
	return error->code;
}

/* The byte at a character of the text, both from 0. */
static size_t byte_at(const char *text, size_t length, long character)
{
	size_t byte = 0;

	while (byte < length && character > 0) {
		byte++;
		while (byte < length && continues(text[byte]))
			byte++;
		character--;
	}
	return byte;
}

static bool is_part(char c)
{
	return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || ((unsigned char)c & 0x80);
}

/* Where `name` stands in the text as a whole word; -1 when it does not. */
static int32_t find_word(const char *text, size_t length, const char *name, size_t name_length)
{
	for (size_t i = 0; i + name_length <= length; i++) {
		if ((i == 0 || !is_part(text[i - 1])) &&
		    strncasecmp(text + i, name, name_length) == 0 &&
		    (i + name_length == length || !is_part(text[i + name_length])))
			return (int32_t)i;
	}
	return -1;
}

/* Many messages about DDL have no position: the first name in them that the statement says. */
static int32_t find_name(const char *message, const char *text, size_t length)
{
	const char *open = strchr(message, '"');

	while (open) {
		const char *close = strchr(open + 1, '"');
		int32_t at;

		if (!close)
			return -1;
		at = find_word(text, length, open + 1, (size_t)(close - open) - 1);
		if (at >= 0 && close > open + 1)
			return at;
		open = strchr(close + 1, '"');
	}
	return -1;
}

void bl_postgres_place(const PGresult *result, const char *text, size_t length,
		       struct bobolink_error *error)
{
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (position)
		error->offset = (int32_t)byte_at(text, length, strtol(position, NULL, 10) - 1);
	else if (primary)
		error->offset = find_name(primary, text, length);
}
