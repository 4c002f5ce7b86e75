# postgres_syntax.sh CORPUS TOOL: every file of one chain, or of PostgreSQL's own tests, through lexer
# and split; libpg_query must find the same statements.
set -eu
corpus=$1
tool=$2

fail() {
	echo "FAILED: $corpus: $*" >&2
	exit 1
}

[ -n "${BOBOLINK_CORPORA:-}" ] || { echo "skipped: BOBOLINK_CORPORA is not set" && exit 77; }
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/files"
cd "$SCRATCH"

# What is refused, and rightly: a body whose opening $$ is missing; braces, which no released
# version knows, and COPY to the client in the middle of a line.
expected=''
case $corpus in
graph-node) expected='2021-02-24-051050_dds_remove_unused_columns_down.sql' ;;
regression) expected='graph_table.sql merge.sql' ;;
esac

if [ "$corpus" = regression ]; then
	folder=$BOBOLINK_CORPORA/../lexer-corpora/postgres-regression
	[ -d "$folder" ] || { echo "skipped: there is no folder $folder" && exit 77; }
	for file in "$folder"/*.sql; do
		awk -f "$SOURCE/tests/corpora/plain.awk" "$file" >"files/${file##*/}"
	done
else
	folder=$BOBOLINK_CORPORA/$corpus/postgresql
	[ -d "$folder" ] || fail "there is no folder $folder"
	for file in "$folder"/*.sql "$folder"/*/*.sql; do
		[ ! -f "$file" ] ||
			cp "$file" "files/$(printf '%s' "${file#"$folder"/}" | tr '/ ' '__')"
	done
fi

"$tool" files/*.sql >log 2>errors || { cat errors >&2; fail "it differs: $(tail -n 1 log)"; }
found=$(sed -n 's#^refused files/##p' log | sort | paste -sd' ' -)
[ "$found" = "$expected" ] || { cat errors >&2; fail "refused: $found; expected: $expected"; }
echo "sweep: $corpus: $(tail -n 1 log)"
