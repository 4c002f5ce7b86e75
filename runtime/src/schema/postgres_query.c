/*
 * The query that lists a PostgreSQL database's schema: a row for each object, the same from servers 12 to 18.
 *
 * So it reads no column of the catalogue that one of them lacks, passes over the NOT NULL constraints
 * of 18, and leaves the server's major version in front of the hash of a text that servers
 * render each in their own way. Where the catalogue renders an expression or a name it does so
 * with search_path = pg_catalog; postgres_text.c evens out what then still differs.
 *
 * Columns: kind, schema, parent, name, definition, sql. Rows of one schema and parent (or own name,
 * where there is no parent) stand together, in the order of strcmp.
 */
#include "postgres_query.h"

#include <string.h>

/* What is whose: members of extensions, schemas, and relations with their options. */
static const char relations[] =
	"WITH member AS MATERIALIZED (\n"
	"SELECT classid, objid FROM pg_depend WHERE deptype = 'e'\n"
	"), space AS MATERIALIZED (\n"
	"SELECT oid, nspname FROM pg_namespace\n"
	"WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'\n"
	"AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_namespace'::regclass AND "
	"objid = oid)\n"
	"), rel AS MATERIALIZED (\n"
	"SELECT c.oid, nspname, relname, relkind, relpersistence, relispartition, "
	"relpartbound,\n"
	"reloftype, relrowsecurity, relforcerowsecurity,\n"
	"coalesce(' WITH (' || (SELECT string_agg(format('%s=%L', option_name, "
	"option_value), ', '\n"
	"ORDER BY option_name COLLATE \"C\") FROM pg_options_to_table(reloptions)) || ')', "
	"'')\n"
	"AS options,\n"
	"format('%I.%I', nspname, relname) AS place\n"
	"FROM pg_class c JOIN space s ON s.oid = relnamespace\n"
	"WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'c')\n"
	"AND relname NOT IN ('bobolink_history', 'bobolink_log', 'bobolink_head')\n"
	"AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_class'::regclass AND objid "
	"= c.oid)\n"
	")\n";

/* Sequences with the options that differ from those they get by themselves. */
static const char sequences[] =
	", seq AS MATERIALIZED (\n"
	"SELECT c.oid, nspname, relname, seqtypid, refobjid, refobjsubid, deptype,\n"
	"format('%I.%I', nspname, relname) AS place,\n"
	"concat(CASE WHEN seqincrement <> 1 THEN ' INCREMENT BY ' || seqincrement END,\n"
	"CASE WHEN seqmin <> low THEN ' MINVALUE ' || seqmin END,\n"
	"CASE WHEN seqmax <> high THEN ' MAXVALUE ' || seqmax END,\n"
	"CASE WHEN seqstart <> CASE WHEN seqincrement > 0 THEN seqmin ELSE seqmax END\n"
	"THEN ' START WITH ' || seqstart END,\n"
	"CASE WHEN seqcache <> 1 THEN ' CACHE ' || seqcache END,\n"
	"CASE WHEN seqcycle THEN ' CYCLE' END) AS options\n"
	"FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid JOIN space s ON s.oid = "
	"relnamespace\n"
	"CROSS JOIN LATERAL (SELECT CASE seqtypid WHEN 'int2'::regtype THEN 32767\n"
	"WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END AS top) t\n"
	"CROSS JOIN LATERAL (SELECT CASE WHEN seqincrement > 0 THEN 1 ELSE -top - 1 END AS "
	"low,\n"
	"CASE WHEN seqincrement > 0 THEN top ELSE -1 END AS high) l\n"
	"LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid\n"
	"AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass\n"
	"AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')\n"
	"WHERE NOT EXISTS (SELECT FROM member m\n"
	"WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)\n"
	")\n";

/* Columns. A serial is written out in the definition and as a word in the SQL. */
static const char columns[] =
	", col AS MATERIALIZED (\n"
	"SELECT r.oid, r.nspname, r.relname, r.relkind, r.place, attnum, attname, "
	"attislocal,\n"
	"format_type(atttypid, atttypmod) AS type,\n"
	"CASE WHEN serial THEN CASE atttypid WHEN 'int2'::regtype THEN 'smallserial'\n"
	"WHEN 'int4'::regtype THEN 'serial' ELSE 'bigserial' END END AS serial,\n"
	"coalesce((SELECT format(' COLLATE %I.%I', n.nspname, collname) FROM pg_collation k\n"
	"JOIN pg_namespace n ON n.oid = collnamespace WHERE k.oid = attcollation\n"
	"AND attcollation <> (SELECT typcollation FROM pg_type WHERE oid = atttypid)), '')\n"
	"AS sorted,\n"
	"CASE WHEN deptype = 'a' THEN concat(' OWNS ', q.place,\n"
	"' (' || nullif(ltrim(concat(CASE WHEN seqtypid <> atttypid\n"
	"THEN ' AS ' || format_type(seqtypid, NULL) END, q.options)), '') || ')')\n"
	"ELSE '' END AS owns,\n"
	"CASE WHEN value IS NOT NULL AND attgenerated = '' THEN ' DEFAULT ' || value\n"
	"WHEN value IS NOT NULL THEN ' GENERATED ALWAYS AS (' || value || ') ' ||\n"
	"CASE attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END\n"
	"WHEN attidentity <> '' AND NOT relispartition THEN concat(' GENERATED ',\n"
	"CASE attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, ' AS IDENTITY',\n"
	"' (' || nullif(ltrim(q.options), '') || ')')\n"
	"ELSE '' END AS value,\n"
	"CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END AS required\n"
	"FROM rel r JOIN pg_attribute a ON attrelid = r.oid AND attnum > 0 AND NOT "
	"attisdropped\n"
	"LEFT JOIN pg_attrdef f ON adrelid = r.oid AND adnum = attnum\n"
	"LEFT JOIN seq q ON q.refobjid = r.oid AND q.refobjsubid = attnum\n"
	"CROSS JOIN LATERAL (SELECT pg_get_expr(adbin, adrelid) AS value) v\n"
	"CROSS JOIN LATERAL (SELECT deptype = 'a'\n"
	"AND atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)\n"
	"AND value = format('nextval(%L::regclass)', q.place) AS serial) w\n"
	")\n";

/* The columns of a relation in their order: of a type or view, and those CREATE TABLE names. */
static const char column_lists[] =
	", cols AS MATERIALIZED (\n"
	"SELECT oid, string_agg(format('%I %s%s', attname, type, sorted), ', ' ORDER BY "
	"attnum) AS plain,\n"
	"string_agg(format('%I %s%s%s%s', attname, coalesce(serial, type), sorted,\n"
	"CASE WHEN serial IS NULL THEN value END, required), ', ' ORDER BY attnum)\n"
	"FILTER (WHERE attislocal) AS complete\n"
	"FROM col GROUP BY oid\n"
	")\n";

/*
 * Whether names are rendered in full at all; schemas and extensions. The first row says what the column of names is: of the
 * type of the catalogue's names it would cut those of functions, which carry their arguments.
 */
static const char schemas[] =
	"SELECT * FROM (\n"
	"SELECT 'search-path' AS kind, '' AS schema, '' AS parent, ''::text AS name,\n"
	"current_setting('search_path') AS definition, '' AS sql\n"
	"UNION ALL\n"
	"SELECT 'schema', '', '', nspname, '', format('CREATE SCHEMA %I', nspname)\n"
	"FROM space WHERE nspname <> 'public'\n"
	"UNION ALL\n"
	"SELECT 'extension', '', '', extname, format('SCHEMA %I', nspname),\n"
	"format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', extname, nspname)\n"
	"FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname <> "
	"'plpgsql'\n";

/* Enums, domains, composite types. */
static const char types[] =
	"UNION ALL\n"
	"SELECT 'enum', nspname, '', typname, labels, format('CREATE TYPE %I.%I AS ENUM "
	"%s', nspname, typname, labels)\n"
	"FROM pg_type t JOIN space s ON s.oid = typnamespace\n"
	"CROSS JOIN LATERAL (SELECT '(' || coalesce(string_agg(quote_literal(enumlabel), "
	"', '\n"
	"ORDER BY enumsortorder), '') || ')' AS labels FROM pg_enum WHERE enumtypid = "
	"t.oid) l\n"
	"WHERE typtype = 'e' AND NOT EXISTS (SELECT FROM member WHERE classid = "
	"'pg_type'::regclass AND objid = t.oid)\n"
	"UNION ALL\n"
	"SELECT 'domain', nspname, '', typname, def, format('CREATE DOMAIN %I.%I AS %s', "
	"nspname, typname, def)\n"
	"FROM pg_type t JOIN space s ON s.oid = typnamespace\n"
	"CROSS JOIN LATERAL (SELECT concat(format_type(typbasetype, typtypmod),\n"
	"(SELECT format(' COLLATE %I.%I', n.nspname, collname) FROM pg_collation k\n"
	"JOIN pg_namespace n ON n.oid = collnamespace WHERE k.oid = t.typcollation\n"
	"AND t.typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = "
	"t.typbasetype)),\n"
	"' DEFAULT ' || pg_get_expr(typdefaultbin, 0), CASE WHEN typnotnull THEN ' NOT "
	"NULL' END,\n"
	"(SELECT string_agg(format(' CONSTRAINT %I %s', conname, "
	"pg_get_constraintdef(k.oid)), ''\n"
	"ORDER BY conname COLLATE \"C\") FROM pg_constraint k\n"
	"WHERE contypid = t.oid AND contype = 'c')) AS def) d\n"
	"WHERE typtype = 'd' AND NOT EXISTS (SELECT FROM member WHERE classid = "
	"'pg_type'::regclass AND objid = t.oid)\n"
	"UNION ALL\n"
	"SELECT 'composite', nspname, '', relname, format('(%s)', plain),\n"
	"format('CREATE TYPE %s AS (%s)', place, plain)\n"
	"FROM rel LEFT JOIN cols USING (oid) WHERE relkind = 'c'\n";

/* Ranges, and sequences that belong to no column. */
static const char ranges[] =
	"UNION ALL\n"
	"SELECT 'range', nspname, '', typname, def, format('CREATE TYPE %I.%I AS RANGE "
	"%s', nspname, typname, def)\n"
	"FROM pg_type t JOIN space s ON s.oid = typnamespace JOIN pg_range g ON rngtypid = "
	"t.oid\n"
	"CROSS JOIN LATERAL (SELECT concat('(SUBTYPE = ', format_type(rngsubtype, NULL),\n"
	"(SELECT format(', SUBTYPE_OPCLASS = %I.%I', n.nspname, opcname) FROM pg_opclass o\n"
	"JOIN pg_namespace n ON n.oid = opcnamespace WHERE o.oid = rngsubopc AND NOT "
	"opcdefault),\n"
	"(SELECT format(', COLLATION = %I.%I', n.nspname, collname) FROM pg_collation k\n"
	"JOIN pg_namespace n ON n.oid = collnamespace WHERE k.oid = rngcollation\n"
	"AND rngcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = "
	"rngsubtype)),\n"
	"CASE WHEN rngcanonical <> 0 THEN ', CANONICAL = ' || rngcanonical END,\n"
	"CASE WHEN rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || rngsubdiff END, ')') AS "
	"def) d\n"
	"WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_type'::regclass AND "
	"objid = t.oid)\n"
	"UNION ALL\n"
	"SELECT 'sequence', nspname, '', relname, def, format('CREATE SEQUENCE %s %s', "
	"place, def)\n"
	"FROM seq CROSS JOIN LATERAL (SELECT concat('AS ', format_type(seqtypid, NULL), "
	"options) AS def) d\n"
	"WHERE deptype IS NULL\n";

/* Tables and their columns. */
static const char tables[] =
	"UNION ALL\n"
	"SELECT 'table', nspname, '', relname,\n"
	"ltrim(concat(CASE WHEN relpersistence = 'u' THEN ' UNLOGGED' END, CASE WHEN "
	"relkind = 'f' THEN ' FOREIGN' END,\n"
	"' ' || coalesce(partition, typed, inherits), key, options, server)),\n"
	"concat('CREATE ', CASE WHEN relpersistence = 'u' THEN 'UNLOGGED ' END, CASE WHEN "
	"relkind = 'f' THEN 'FOREIGN ' END,\n"
	"'TABLE ', place, ' ', coalesce(partition, typed, concat('(', complete, ')', ' ' "
	"|| inherits)), key, options, server)\n"
	"FROM rel r LEFT JOIN cols USING (oid)\n"
	"LEFT JOIN (SELECT ftrelid, concat(format(' SERVER %I', srvname), ' OPTIONS (' ||\n"
	"(SELECT string_agg(format('%I %L', option_name, option_value), ', ' ORDER BY "
	"option_name COLLATE \"C\")\n"
	"FROM pg_options_to_table(ftoptions)) || ')') AS server\n"
	"FROM pg_foreign_table JOIN pg_foreign_server v ON v.oid = ftserver) f ON ftrelid "
	"= oid\n"
	"LEFT JOIN (SELECT inhrelid, string_agg(format('%I.%I', n.nspname, p.relname), ', "
	"' ORDER BY inhseqno) AS parents\n"
	"FROM pg_inherits JOIN pg_class p ON p.oid = inhparent JOIN pg_namespace n ON "
	"n.oid = p.relnamespace\n"
	"GROUP BY inhrelid) i ON inhrelid = oid\n"
	"CROSS JOIN LATERAL (SELECT ' PARTITION BY ' || CASE WHEN relkind = 'p' THEN "
	"pg_get_partkeydef(oid) END AS key,\n"
	"CASE WHEN relispartition THEN format('PARTITION OF %s %s', parents, "
	"pg_get_expr(relpartbound, oid)) END AS partition,\n"
	"CASE WHEN reloftype <> 0 THEN 'OF ' || format_type(reloftype, NULL) END AS typed,\n"
	"CASE WHEN NOT relispartition THEN format('INHERITS (%s)', parents) END AS "
	"inherits0) k0\n"
	"CROSS JOIN LATERAL (SELECT CASE WHEN parents IS NOT NULL THEN inherits0 END AS "
	"inherits) k\n"
	"WHERE relkind IN ('r', 'p', 'f')\n"
	"UNION ALL\n"
	"SELECT 'column', nspname, relname, attname, concat(type, sorted, value, owns, "
	"required),\n"
	"CASE WHEN attislocal THEN concat('ALTER TABLE ', place, ' ADD COLUMN ', "
	"quote_ident(attname), ' ', coalesce(serial, type),\n"
	"sorted, CASE WHEN serial IS NULL THEN value END, required) ELSE '' END\n"
	"FROM col WHERE relkind IN ('r', 'p', 'f')\n";

/* Row security and policies. */
static const char row_security[] =
	"UNION ALL\n"
	"SELECT 'row-security', nspname, relname, 'row-security', state,\n"
	"format('ALTER TABLE %s %s ROW LEVEL SECURITY', place,\n"
	"replace(state, ',', ' ROW LEVEL SECURITY,'))\n"
	"FROM rel CROSS JOIN LATERAL (SELECT concat_ws(', ', CASE WHEN relrowsecurity THEN "
	"'ENABLE' END,\n"
	"CASE WHEN relforcerowsecurity THEN 'FORCE' END) AS state) s\n"
	"WHERE relkind IN ('r', 'p') AND state <> ''\n"
	"UNION ALL\n"
	"SELECT 'policy', nspname, relname, polname, def, format('CREATE POLICY %I ON %s "
	"%s', polname, place, def)\n"
	"FROM rel r JOIN pg_policy p ON polrelid = r.oid\n"
	"CROSS JOIN LATERAL (SELECT concat('AS ', CASE WHEN polpermissive THEN "
	"'PERMISSIVE' ELSE 'RESTRICTIVE' END, ' FOR ',\n"
	"CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' "
	"WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,\n"
	"' TO ', (SELECT string_agg(name, ', ' ORDER BY name COLLATE \"C\") FROM (SELECT "
	"CASE WHEN role = 0 THEN 'PUBLIC'\n"
	"ELSE quote_ident(pg_get_userbyid(role)) END AS name FROM unnest(polroles) AS "
	"role) n),\n"
	"' USING (' || pg_get_expr(polqual, polrelid) || ')', ' WITH CHECK (' || "
	"pg_get_expr(polwithcheck, polrelid) || ')') AS def) d\n";

/* Constraints, and indexes that serve none; not those that a partition has from its parent. */
static const char constraints[] =
	"UNION ALL\n"
	"SELECT CASE contype WHEN 'p' THEN 'primary-key' WHEN 'u' THEN 'unique' WHEN 'f' "
	"THEN 'foreign-key'\n"
	"WHEN 'c' THEN 'check' ELSE 'exclude' END, nspname, relname, conname, def,\n"
	"format('ALTER TABLE %s ADD CONSTRAINT %I %s', place, conname, def)\n"
	"FROM rel r JOIN pg_constraint c ON conrelid = r.oid\n"
	"CROSS JOIN LATERAL (SELECT pg_get_constraintdef(c.oid) AS def) d\n"
	"WHERE contype IN ('p', 'u', 'f', 'c', 'x') AND conislocal\n"
	"UNION ALL\n"
	"SELECT 'index', r.nspname, r.relname, i.relname,\n"
	"concat(CASE WHEN indisunique THEN 'UNIQUE ' END, rest, CASE WHEN NOT indisvalid "
	"THEN ' INVALID' END),\n"
	"concat('CREATE ', CASE WHEN indisunique THEN 'UNIQUE ' END, 'INDEX ', "
	"quote_ident(i.relname), ' ON ', place, ' ', rest)\n"
	"FROM rel r JOIN pg_index x ON indrelid = r.oid JOIN pg_class i ON i.oid = "
	"indexrelid\n"
	"CROSS JOIN LATERAL (SELECT pg_get_indexdef(indexrelid) AS def) d\n"
	"CROSS JOIN LATERAL (SELECT substr(def, 2 + length(concat('CREATE ', CASE WHEN "
	"indisunique THEN 'UNIQUE ' END, 'INDEX ',\n"
	"quote_ident(i.relname), ' ON ', CASE WHEN i.relkind = 'I' THEN 'ONLY ' END, "
	"place))) AS rest) t\n"
	"WHERE NOT i.relispartition AND NOT EXISTS (SELECT FROM pg_constraint\n"
	"WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))\n"
	"AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_class'::regclass AND objid "
	"= indexrelid)\n";

/* Views and rules. Their texts are those of one server version. */
static const char views[] =
	"UNION ALL\n"
	"SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized-view' END, nspname, "
	"'', relname,\n"
	"concat('(', plain, ')', options, ' AS ', "
	"current_setting('server_version_num')::int / 10000, ':',\n"
	"left(encode(sha256(convert_to(body, 'UTF8')), 'hex'), 32)),\n"
	"concat('CREATE ', CASE relkind WHEN 'm' THEN 'MATERIALIZED ' END, 'VIEW ', place,\n"
	"' (' || (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM col c "
	"WHERE c.oid = r.oid) || ')',\n"
	"options, ' AS', chr(10), body)\n"
	"FROM rel r LEFT JOIN cols USING (oid)\n"
	"CROSS JOIN LATERAL (SELECT rtrim(pg_get_viewdef(oid), ';') AS body) b WHERE "
	"relkind IN ('v', 'm')\n"
	"UNION ALL\n"
	"SELECT 'rule', nspname, relname, rulename,\n"
	"concat('ON ', CASE ev_type WHEN '1' THEN 'SELECT' WHEN '2' THEN 'UPDATE' WHEN '3' "
	"THEN 'INSERT' ELSE 'DELETE' END,\n"
	"CASE WHEN is_instead THEN ' DO INSTEAD' ELSE ' DO ALSO' END, CASE ev_enabled WHEN "
	"'O' THEN '' WHEN 'D' THEN ' DISABLED'\n"
	"WHEN 'R' THEN ' REPLICA' ELSE ' ALWAYS' END, ' AS ', "
	"current_setting('server_version_num')::int / 10000, ':',\n"
	"left(encode(sha256(convert_to(body, 'UTF8')), 'hex'), 32)), body\n"
	"FROM rel r JOIN pg_rewrite w ON ev_class = r.oid\n"
	"CROSS JOIN LATERAL (SELECT rtrim(pg_get_ruledef(w.oid), ';') AS body) b WHERE "
	"rulename <> '_RETURN'\n";

/* Triggers, but for the copies on partitions. */
static const char triggers[] =
	"UNION ALL\n"
	"SELECT 'trigger', nspname, relname, tgname,\n"
	"concat(CASE WHEN tgconstraint <> 0 THEN 'CONSTRAINT ' END, substr(def, 2 + "
	"length(concat('CREATE ',\n"
	"CASE WHEN tgconstraint <> 0 THEN 'CONSTRAINT ' END, 'TRIGGER ', "
	"quote_ident(tgname)))),\n"
	"CASE tgenabled WHEN 'O' THEN '' WHEN 'D' THEN ' DISABLED' WHEN 'R' THEN ' "
	"REPLICA' ELSE ' ALWAYS' END), def\n"
	"FROM rel r JOIN pg_trigger t ON tgrelid = r.oid\n"
	"CROSS JOIN LATERAL (SELECT pg_get_triggerdef(t.oid) AS def) d\n"
	"WHERE NOT tgisinternal AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = "
	"'pg_trigger'::regclass\n"
	"AND objid = t.oid AND refclassid = 'pg_trigger'::regclass)\n";

/* Functions and procedures, but for those that come with a type. */
static const char functions[] =
	"UNION ALL\n"
	"SELECT CASE prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, nspname, '', "
	"name,\n"
	"concat('(', args, ')', ' RETURNS ' || pg_get_function_result(p.oid), ' LANGUAGE "
	"', quote_ident(lanname),\n"
	"CASE WHEN prokind = 'w' THEN ' WINDOW' END, CASE provolatile WHEN 'i' THEN ' "
	"IMMUTABLE' WHEN 's' THEN ' STABLE' END,\n"
	"CASE WHEN proisstrict THEN ' STRICT' END, CASE WHEN prosecdef THEN ' SECURITY "
	"DEFINER' END,\n"
	"CASE WHEN proleakproof THEN ' LEAKPROOF' END,\n"
	"CASE proparallel WHEN 's' THEN ' PARALLEL SAFE' WHEN 'r' THEN ' PARALLEL "
	"RESTRICTED' END,\n"
	"CASE WHEN procost <> CASE WHEN lanname IN ('c', 'internal') THEN 1 ELSE 100 END "
	"THEN ' COST ' || procost END,\n"
	"CASE WHEN prorows <> CASE WHEN proretset THEN 1000 ELSE 0 END THEN ' ROWS ' || "
	"prorows END,\n"
	"(SELECT string_agg(' SET ' || setting, '' ORDER BY setting COLLATE \"C\") FROM "
	"unnest(proconfig) AS setting),\n"
	"' AS ', CASE WHEN prosrc = '' THEN current_setting('server_version_num')::int / "
	"10000 || ':' END,\n"
	"left(encode(sha256(convert_to(concat(probin, CASE WHEN prosrc = '' THEN sql ELSE "
	"prosrc END), 'UTF8')), 'hex'), 32)), sql\n"
	"FROM pg_proc p JOIN space s ON s.oid = pronamespace JOIN pg_language l ON l.oid = "
	"prolang\n"
	"CROSS JOIN LATERAL (SELECT concat(proname, '(', oidvectortypes(proargtypes), ')') "
	"AS name,\n"
	"CASE prokind WHEN 'p' THEN regexp_replace(pg_get_function_arguments(p.oid), '(^|, "
	")IN ', '\\1', 'g')\n"
	"ELSE pg_get_function_arguments(p.oid) END AS args,\n"
	"CASE WHEN prokind <> 'a' THEN rtrim(pg_get_functiondef(p.oid), chr(10)) END AS "
	"sql) d\n"
	"WHERE prokind <> 'a' AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = "
	"'pg_proc'::regclass\n"
	"AND objid = p.oid AND deptype IN ('e', 'i'))\n";

/* Aggregates. */
static const char aggregates[] =
	"UNION ALL\n"
	"SELECT 'aggregate', nspname, '', name, concat('(', args, ') ', def), "
	"format('CREATE AGGREGATE %I.%I(%s) (%s)', nspname, proname, args, def)\n"
	"FROM pg_proc p JOIN space s ON s.oid = pronamespace JOIN pg_aggregate g ON "
	"aggfnoid = p.oid\n"
	"CROSS JOIN LATERAL (SELECT concat(proname, '(', oidvectortypes(proargtypes), ')') "
	"AS name,\n"
	"coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*') AS args,\n"
	"concat('SFUNC = ', aggtransfn, ', STYPE = ', format_type(aggtranstype, NULL),\n"
	"CASE WHEN aggtransspace <> 0 THEN ', SSPACE = ' || aggtransspace END,\n"
	"CASE WHEN aggfinalfn <> 0 THEN ', FINALFUNC = ' || aggfinalfn END, CASE WHEN "
	"aggfinalextra THEN ', FINALFUNC_EXTRA' END,\n"
	"CASE WHEN aggcombinefn <> 0 THEN ', COMBINEFUNC = ' || aggcombinefn END,\n"
	"CASE WHEN aggserialfn <> 0 THEN ', SERIALFUNC = ' || aggserialfn || ', "
	"DESERIALFUNC = ' || aggdeserialfn END,\n"
	"', INITCOND = ' || quote_literal(agginitval),\n"
	"CASE WHEN aggmtransfn <> 0 THEN concat(', MSFUNC = ', aggmtransfn, ', MINVFUNC = "
	"', aggminvtransfn,\n"
	"', MSTYPE = ', format_type(aggmtranstype, NULL),\n"
	"CASE WHEN aggmfinalfn <> 0 THEN ', MFINALFUNC = ' || aggmfinalfn END, ', "
	"MINITCOND = ' || quote_literal(aggminitval)) END,\n"
	"(SELECT format(', SORTOP = OPERATOR(%I.%s)', n.nspname, oprname) FROM pg_operator "
	"o JOIN pg_namespace n ON n.oid = oprnamespace\n"
	"WHERE o.oid = aggsortop),\n"
	"CASE proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = "
	"RESTRICTED' END,\n"
	"CASE aggkind WHEN 'h' THEN ', HYPOTHETICAL' END) AS def) d\n"
	"WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_proc'::regclass AND "
	"objid = p.oid)\n";

static const char order[] =
	") o ORDER BY schema COLLATE \"C\", CASE parent WHEN '' THEN name ELSE parent END "
	"COLLATE \"C\"\n";

static const char *const parts[] = {
	relations,    sequences,   columns, column_lists, schemas,   types,	 ranges, tables,
	row_security, constraints, views,   triggers,	  functions, aggregates, order,
};

void bl_postgres_catalogue(struct bl_text *out)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		bl_text_add(out, parts[i], strlen(parts[i]));
}
