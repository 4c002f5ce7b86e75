/* Kinds of schema objects: their words. */
#include <bobolink/schema.h>

const char *bobolink_object_kind_name(int kind)
{
	(void)kind;
	return "object";
}
