# An arrow points down only: who may include whom, read from the #include lines (docs/design.md).
. "$SOURCE/tests/project/lib.sh"

find compiler runtime generated -name '*.[ch]' -o -name '*.re' | sort |
	xargs grep -HE '^[[:space:]]*#[[:space:]]*include' |
	sed -E 's/:[[:space:]]*#[[:space:]]*include[[:space:]]*/ /' >"$SCRATCH/includes"
[ "$(wc -l <"$SCRATCH/includes")" -gt 100 ] || fail "hardly any #include line was found"
broken=0

# forbid FILES INCLUDED WHY [ALLOWED]: no file that matches FILES includes what matches INCLUDED,
# unless it matches ALLOWED.
forbid() {
	if awk -v files="$1" -v included="$2" -v allowed="${4:-^$}" '
		$1 ~ files && $2 ~ included && $2 !~ allowed { print "  " $0; found = 1 }
		END { exit !found }' "$SCRATCH/includes"; then
		echo "^ $3" >&2
		broken=1
	fi
}

forbid '^runtime/include/bobolink/migrations.h' '.' \
	'the data contract needs <stddef.h> and <stdint.h> alone' '^<(stddef|stdint).h>$'
forbid '^runtime/include/' '"' 'public headers include public headers'
forbid '^runtime/include/bobolink/(bobolink|backend|schema|scripts|step|cli|log|systemd).h' 'sqlite3|libpq|postgres' \
	'only the header of a backend knows a database library'

forbid '^runtime/src/[^/]*$' 'sqlite3|libpq|postgres' 'the core knows no database'
forbid '^runtime/src/[^/]*$' '"(operate|scripts|schema|cli|log)/|bobolink/(schema|cli|log|systemd)' \
	'the core contains no inventory, no flags and no log files'
forbid '^runtime/src/(operate|scripts|schema|cli)/' '<sqlite3.h>|bobolink/(sqlite3|postgres)|libpq' \
	'operate, scripts, schema and cli reach the database through its backend'
forbid '^runtime/src/scripts/' '"[^"]*(schema|cli|log)/|bobolink/(schema|cli|log|systemd)' \
	'scripts need no inventory, no flags and no sinks'
forbid '^runtime/src/operate/' '"[^"]*(schema|cli|log|scripts)/|bobolink/(schema|cli|log|systemd)' \
	'what an operator does needs no inventory, no flags and no sinks'
forbid '^runtime/src/log/' '<sqlite3.h>|bobolink/(sqlite3|postgres|backend|schema|cli)|libpq|"[^"]*(schema|cli)/' \
	'logs know events, and no database'
forbid '^runtime/src/sqlite3/' 'libpq|postgres' 'one backend does not know the other'
forbid '^runtime/src/(sqlite3|postgres)/[^/]*$' '"archive/' 'a backend migrates without its archive'
forbid '^runtime/' 'compiler|model.h|support/|diagnostic.h|arena.h' \
	'the runtime never includes the compiler'
forbid '^generated/shop_migrations' 'bobolink/([^m]|m[^i])' 'generated code includes migrations.h'

forbid '^compiler/' 'runtime|src/' 'the compiler uses the public headers of the runtime'
forbid '^compiler/main.c' '"(server|scan|lexer|split|directive|order|require|lock|syntax|snapshot|shadow|lint|emit|image|compile)' \
	'main includes commands only'
forbid '^compiler/([^m/]|mo)[^/]*$' '"commands/' 'only main includes commands'
forbid '^compiler/support/' '<bobolink|<sqlite3' 'support knows no SQL'
forbid '^compiler/support/([^d]|d[^i])' 'model.h' 'of support, only diagnostics know a source'
forbid '^compiler/support/' '"[^"]*(scan|lexer|split|directive|order|require|lock|syntax|snapshot|shadow|lint|emit|image|compile)\.h' \
	'support includes no stage'

forbid '^compiler/server' 'sqlite3|libpq|<bobolink' 'a private server needs POSIX, and no client'
forbid '^compiler/server' '"' 'a private server knows nothing of migrations' '^"(server[a-z_]*|support/(arena|file|text))[.]h"$'

stages='scan lexer split directive order require lock syntax snapshot shadow lint emit'
for stage in $stages; do
	others=$(echo "$stages" | tr ' ' '\n' | grep -vx "$stage" | paste -sd'|')
	forbid "^compiler/${stage}(_[a-z_]*)?[.](c|h|re)\$" "\"($others)(_[a-z_]*)?[.]h\"" \
		'stages never include each other'
	forbid "^compiler/${stage}(_[a-z_]*)?[.](c|h|re)\$" '"compile.h"' 'a stage does not know the spine'
done
for stage in scan split directive order require lock syntax snapshot lint; do
	forbid "^compiler/${stage}(_[a-z_]*)?[.](c|h|re)\$" '<bobolink/(bobolink|backend|cli|sqlite3)' \
		'only shadow runs the runtime'
done
forbid '^compiler/([^s]|s[^y]|sy[^n])' 'pg_query' 'only the syntax stage knows the parser'
forbid '^compiler/shadow(_([^sp]|p[^o]|s[^q])[a-z_]*)?[.][ch]$' '<sqlite3.h>|libpq|bobolink/(sqlite3|postgres)|"shadow_(sqlite|postgres)' \
	'what the engines of the shadow share knows none of them'
forbid '^compiler/shadow_sqlite' 'libpq|postgres' 'one engine of the shadow does not know the other'
forbid '^compiler/shadow_postgres' 'sqlite' 'one engine of the shadow does not know the other'
[ $broken -eq 0 ] || fail "an include points up"
