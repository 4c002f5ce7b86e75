# postgres_schema.sh CORPUS SERVER_RUN TOOL: the inventory of a real schema, made by psql from the chain's files.
# What is read is written as text and folded again, and pg_dump makes the same schema in another database.
set -eu

fail() {
	echo "FAILED: $corpus: $*" >&2
	exit 1
}

# The files in the order of the number that they, or their folders, begin with, as text: dates
# are written in two ways in one chain, and some lack a digit.
in_order() {
	find "$1" -name '*.sql' ! -name '*down.sql' | while read -r file; do
		part=${file#"$1"/}
		echo "$(echo "${part%%/*}" | sed -E 's/^([0-9-]*).*/\1/; s/-//g') $file"
	done | grep '^[0-9]' | LC_ALL=C sort | cut -d' ' -f2-
}

feed() {
	url=$1
	shift
	psql -qX -v ON_ERROR_STOP=1 -d "$url" "$@" >log 2>&1 </dev/null
}

# In a transaction each, but for those that refuse one.
apply() {
	in_order "$2" >files
	[ -s files ] || fail "there is no migration in $2"
	while read -r file; do
		feed "$1" -1 -f "$file" || feed "$1" -f "$file" ||
			{ cat log >&2; fail "psql refuses $file"; }
	done <files
}

url_of() {
	echo "$BOBOLINK_TEST_URL" | sed "s#/postgres?#/$1?#"
}

# On the server.
if [ "$1" = inside ]; then
	corpus=$2
	tool=$3
	psql -qX -d "$BOBOLINK_TEST_URL" -c 'CREATE DATABASE original' -c 'CREATE DATABASE copy'
	apply "$(url_of original)" "$BOBOLINK_CORPORA/$corpus/postgresql"
	"$tool" write "$(url_of original)" >text || fail "it cannot be read"
	"$tool" compare text "$(url_of original)" || fail "the folded text differs from the schema"
	pg_dump -s -d "$(url_of original)" >dump.sql || fail "pg_dump refuses it"
	feed "$(url_of copy)" -f dump.sql ||
		{ cat log >&2; fail "psql refuses the dump"; }
	"$tool" compare text "$(url_of copy)" || fail "the restored schema differs"
	echo "sweep: $corpus: $(wc -l <text) objects after $(wc -l <files) files"
	exit 0
fi

corpus=$1
[ -n "${BOBOLINK_CORPORA:-}" ] || { echo "skipped: BOBOLINK_CORPORA is not set" && exit 77; }
for program in psql pg_dump; do
	command -v $program >/dev/null || { echo "skipped: $program is not installed" && exit 77; }
done
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cd "$SCRATCH"
exec "$2" sh "$SOURCE/tests/corpora/postgres_schema.sh" inside "$corpus" "$3"
