/* What PostgreSQL renders, made independent of the server's version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "schema/postgres_text.h"

static void expect(const char *text, const char *expected)
{
	struct bobolink_allocator allocator = bl_memory_default();
	struct bl_text out;

	bl_text_init(&out, &allocator);
	bl_postgres_canonical(&out, text);
	assert_false(out.failed);
	assert_string_equal(out.text ? out.text : "", expected);
	bl_text_release(&out);
}

static void expect_as_it_is(const char *text)
{
	expect(text, text);
}

static void quotes_stay_where_every_version_needs_them(void **state)
{
	(void)state;
	expect("(\"json\" > \"normalize\")", "(json > normalize)");
	expect("\"a1_$\"", "a1_$");
	expect_as_it_is("(\"Mixed\" > \"two words\")");
	expect_as_it_is("\"\xc3\xa9t\xc3\xa9\"");
	expect_as_it_is("\"1st\" + \"$a\" + \"a\"\"b\"");
	expect_as_it_is("\"\"");
	expect_as_it_is("");
}

static void string_literals_stay_as_they_are(void **state)
{
	(void)state;
	expect_as_it_is("(a <> '\"json\"'::text)");
	expect_as_it_is("'it''s \"x\" (a AT TIME ZONE b)'");
	expect_as_it_is("E'a\\\\''\"b\"'");
	expect("('(' || \"json\")", "('(' || json)");
}

static void words_of_the_standard_become_calls(void **state)
{
	(void)state;
	expect("(now() AT TIME ZONE 'utc'::text)", "timezone('utc'::text, now())");
	expect("((a AT TIME ZONE 'utc'::text) AT TIME ZONE (z)::text)",
	       "timezone((z)::text, timezone('utc'::text, a))");
	expect("btree (((at AT TIME ZONE 'x'::text))::date)",
	       "btree ((timezone('x'::text, at))::date)");
	expect("SUBSTRING(a FROM 2 FOR 3)", "substring(a, 2, 3)");
	expect("SUBSTRING(a FROM '^x'::text)", "substring(a, '^x'::text)");
	expect("\"substring\"(a, 2, 3)", "substring(a, 2, 3)");
	expect("POSITION(('b'::text) IN (a))", "position(a, 'b'::text)");
	expect("\"position\"(a, 'b'::text)", "position(a, 'b'::text)");
	expect("OVERLAY(a PLACING 'x'::text FROM 1 FOR 2)", "overlay(a, 'x'::text, 1, 2)");
	expect("TRIM(BOTH FROM a)", "btrim(a)");
	expect("TRIM(LEADING 'x'::text FROM f(a))", "ltrim(f(a), 'x'::text)");
	expect("EXTRACT(epoch FROM (now() + '1 day'::interval))",
	       "date_part('epoch'::text, (now() + '1 day'::interval))");
	expect("TRIM(TRAILING FROM SUBSTRING(a FROM 1))", "rtrim(substring(a, 1))");
}

static void types_and_other_functions_stay(void **state)
{
	(void)state;
	expect_as_it_is("timestamp with time zone DEFAULT now() NOT NULL");
	expect_as_it_is("CHECK ((trim_it(a) = ANY (ARRAY[1, 2])))");
	expect_as_it_is("(\"Substring\"(a) IS NOT NULL)");
	expect_as_it_is("a(b(c(d(e))))");
}

static void a_cast_of_an_array_is_a_cast_of_its_elements(void **state)
{
	(void)state;
	expect("CHECK (((s)::text = ANY ((ARRAY['a'::character varying, f(b, c)])::text[])))",
	       "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, (f(b, "
	       "c))::text])))");
	expect("((ARRAY[a[1], b])::public.\"t\"[])", "(ARRAY[(a[1])::public.t, (b)::public.t])");
	expect("(ARRAY['],'])::character varying(9)[]", "ARRAY[('],')::character varying(9)]");
	expect_as_it_is("(ARRAY[a, b])::text");
	expect_as_it_is("(ARRAY[ARRAY[a], ARRAY[b]])::text[]");
	expect_as_it_is("(ARRAY[a] || x)");
}

/* The server renders nothing of the kind; a definition from elsewhere must not run wild. */
static void broken_texts_end(void **state)
{
	static const char *const texts[] = {
		"(",
		"f(a",
		"SUBSTRING(",
		"\"abc",
		"'abc",
		"(a AT TIME ZONE",
		"TRIM(",
		"TRIM(BOTH",
		"(ARRAY[",
		"(ARRAY[a",
		"(ARRAY[a])::text[",
		"(ARRAY[a])::",
		"(ARRAY[a])",
		"(ARRAY[(])::t[]",
		"POSITION(a IN",
		")",
	};
	struct bobolink_allocator allocator = bl_memory_default();

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct bl_text out;

		bl_text_init(&out, &allocator);
		bl_postgres_canonical(&out, texts[i]);
		assert_true(out.length < 64);
		bl_text_release(&out);
	}
}

static void texts_of_two_versions_are_not_compared(void **state)
{
	(void)state;
	assert_true(bl_postgres_same("(a integer) AS 12:ab", "(a integer) AS 15:cd"));
	assert_true(bl_postgres_same("(a integer) AS 15:ab", "(a integer) AS 15:ab"));
	assert_false(bl_postgres_same("(a integer) AS 15:ab", "(a integer) AS 15:cd"));
	assert_false(bl_postgres_same("(a integer) AS 12:ab", "(a bigint) AS 15:ab"));
	assert_false(bl_postgres_same("(a text) AS 12:ab", "(ab text) AS 15:ab"));
	assert_false(bl_postgres_same("() LANGUAGE sql AS ab", "() LANGUAGE sql AS cd"));
	assert_false(bl_postgres_same("() LANGUAGE sql AS 12ab", "() LANGUAGE sql AS 15:cd"));
	assert_false(bl_postgres_same("AS SELECT 1 AS a", "AS SELECT 2 AS a"));
}

/* EXTRACT gives numeric since version 14, double precision before: numbers beside it are cast to what it gives. */
static void casts_beside_extract_are_no_difference(void **state)
{
	static const char new[] =
		"DEFAULT ((date_part('epoch'::text, now()) * (1000)::numeric))::bigint";
	static const char old[] =
		"DEFAULT ((date_part('epoch'::text, now()) * (1000)::double precision))::bigint";
	static const char other[] =
		"DEFAULT ((date_part('epoch'::text, now()) * (1001)::double precision))::bigint";

	(void)state;
	assert_true(bl_postgres_same(new, old));
	assert_true(bl_postgres_same(old, new));
	assert_true(bl_postgres_same("(date_part('day'::text, a))::numeric",
				     "(date_part('day'::text, a))"));
	assert_false(bl_postgres_same(new, other));
	assert_false(
		bl_postgres_same("date_part('day'::text, a)", "date_part('day'::text, a) + 1"));
	assert_false(bl_postgres_same("date_part('day'::text, a)::numeric(3,0)",
				      "date_part('day'::text, a)"));
	assert_false(bl_postgres_same("date_part('day'::text, a)::integer",
				      "date_part('day'::text, a)::bigint"));
	/* Elsewhere a type is a type. */
	assert_false(bl_postgres_same("(1000)::numeric", "(1000)::double precision"));
	assert_false(bl_postgres_same("date_part('day'::text, a)::numeric", "(1)::numeric"));
}

/* So a column that a view computes with EXTRACT has another type on either side of version 14. */
static void a_view_may_compute_numeric_or_double(void **state)
{
	static const char old[] = "(id integer, age double precision) AS 13:ab";
	static const char new[] = "(id integer, age numeric) AS 14:cd";

	(void)state;
	assert_true(bl_postgres_same(old, new));
	assert_true(bl_postgres_same(new, old));
	assert_true(bl_postgres_same("(a double precision, b text) WITH (x='1') AS 12:ab",
				     "(a numeric, b text) WITH (x='1') AS 18:cd"));
	/* Both servers would give the same here. */
	assert_false(bl_postgres_same(old, "(id integer, age numeric) AS 12:cd"));
	assert_false(bl_postgres_same("(id integer, age double precision) AS 16:ab", new));
	/* These would be others on each. */
	assert_false(bl_postgres_same(old, "(id integer, age numeric(3,0)) AS 14:cd"));
	assert_false(bl_postgres_same(old, "(id integer, age integer) AS 14:cd"));
	assert_false(bl_postgres_same(old, "(id integer, years numeric) AS 14:cd"));
	assert_false(bl_postgres_same(old, "(id integer, age numeric, b text) AS 14:cd"));
	assert_false(bl_postgres_same("(double precision) AS 13:ab", "(numeric) AS 14:ab"));
}

static bool same_elsewhere(int32_t kind, const char *one, const char *other)
{
	const struct bobolink_object object = { .kind = kind, .definition = one };
	const struct bobolink_object there = { .kind = kind, .definition = other };

	return bl_postgres_same_elsewhere(&object, &there) &&
	       bl_postgres_same_elsewhere(&there, &object);
}

static void storage_parameters_belong_to_the_place(void **state)
{
	(void)state;
	assert_true(same_elsewhere(BOBOLINK_OBJECT_TABLE, "", "WITH (fillfactor='70')"));
	assert_true(same_elsewhere(BOBOLINK_OBJECT_TABLE, "UNLOGGED WITH (a='1', b=')')",
				   "UNLOGGED WITH (b='2')"));
	assert_true(same_elsewhere(BOBOLINK_OBJECT_INDEX, "USING btree (a) WHERE (b > 1)",
				   "USING btree (a) WITH (fillfactor='70') WHERE (b > 1)"));
	assert_true(same_elsewhere(BOBOLINK_OBJECT_UNIQUE, "UNIQUE (a)",
				   "UNIQUE (a) WITH (fillfactor='70')"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_INDEX, "USING btree (a) WHERE (b > 1)",
				    "USING btree (a) WITH (fillfactor='70')"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_INDEX,
				    "USING btree (a) WHERE (b = ' WITH (c=1)')",
				    "USING btree (a) WHERE (b = '')"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_TABLE,
				    "PARTITION OF t FOR VALUES WITH (modulus 2, remainder 0)",
				    "PARTITION OF t FOR VALUES WITH (modulus 2, remainder 1)"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_VIEW, "(a integer) AS 15:ab",
				    "(a integer) WITH (security_barrier='true') AS 15:ab"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_TABLE, "WITH (fillfactor", "WITH (fill"));
	assert_true(same_elsewhere(BOBOLINK_OBJECT_TABLE, "WITH (fillfactor='", ""));
}

/* '2026-01-01' is another moment in another time zone: by at most 16 hours. */
static void moments_without_a_zone_belong_to_the_place(void **state)
{
	(void)state;
	assert_true(same_elsewhere(BOBOLINK_OBJECT_TABLE,
				   "PARTITION OF e FOR VALUES FROM ('2025-01-01 00:00:00+00') TO "
				   "('2026-03-01 00:00:00+00')",
				   "PARTITION OF e FOR VALUES FROM ('2024-12-31 23:00:00+00') TO "
				   "('2026-02-28 23:00:00+00')"));
	assert_true(same_elsewhere(BOBOLINK_OBJECT_COLUMN, "DEFAULT '2024-03-01 00:00:00.25+00'::t",
				   "DEFAULT '2024-02-29 14:00:00.25+00'::t"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_COLUMN, "DEFAULT '2025-01-01 00:00:00+00'",
				    "DEFAULT '2024-12-31 07:59:59+00'"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_COLUMN, "DEFAULT '2025-03-01 00:00:00+00'",
				    "DEFAULT '2024-03-01 00:00:00+00'"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_COLUMN, "DEFAULT '2025-01-01 00:00:00'",
				    "DEFAULT '2025-01-01 01:00:00'"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_COLUMN, "DEFAULT '2025-01-01 00:00:00+00'::a",
				    "DEFAULT '2025-01-01 01:00:00+00'::b"));
	assert_false(same_elsewhere(BOBOLINK_OBJECT_COLUMN, "DEFAULT '2025-01-01 00:00:00+00'",
				    "DEFAULT 'infinity'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_stay_where_every_version_needs_them),
		cmocka_unit_test(string_literals_stay_as_they_are),
		cmocka_unit_test(words_of_the_standard_become_calls),
		cmocka_unit_test(types_and_other_functions_stay),
		cmocka_unit_test(a_cast_of_an_array_is_a_cast_of_its_elements),
		cmocka_unit_test(broken_texts_end),
		cmocka_unit_test(texts_of_two_versions_are_not_compared),
		cmocka_unit_test(casts_beside_extract_are_no_difference),
		cmocka_unit_test(a_view_may_compute_numeric_or_double),
		cmocka_unit_test(storage_parameters_belong_to_the_place),
		cmocka_unit_test(moments_without_a_zone_belong_to_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
