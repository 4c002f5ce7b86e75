/*
 * JSON (RFC 8259), written as it comes to mind: nothing is kept, so a result may be of any length.
 *
 * `key` names a member of an object and is NULL for an element of an array. Each object in an array
 * begins a line of its own. Texts that are not UTF-8 have U+FFFD in the place of each wrong byte.
 */
#ifndef BL_JSON_H
#define BL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where text goes, as it comes; what goes wrong there is remembered there. */
typedef void bl_put_fn(void *context, const char *bytes, size_t length);

struct bl_json {
	bl_put_fn *put;
	void *context;
	bool empty; /* nothing stands yet in the object or array at hand */
};

void bl_json_init(struct bl_json *json, bl_put_fn *put, void *context);
void bl_json_object(struct bl_json *json, const char *key);
void bl_json_object_end(struct bl_json *json);
void bl_json_array(struct bl_json *json, const char *key);
void bl_json_array_end(struct bl_json *json);
void bl_json_bytes(struct bl_json *json, const char *key, const char *text, size_t length);
void bl_json_text(struct bl_json *json, const char *key, const char *text);
/* null for an empty text */
void bl_json_optional(struct bl_json *json, const char *key, const char *text);
void bl_json_number(struct bl_json *json, const char *key, int64_t number);
/* A version is written as a string of digits: many readers of JSON round above 2^53. */
void bl_json_version(struct bl_json *json, const char *key, int64_t version);
void bl_json_bool(struct bl_json *json, const char *key, bool value);
void bl_json_null(struct bl_json *json, const char *key);

#endif
