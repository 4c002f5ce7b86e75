# ./dev demo shows what the README promises and leaves nothing behind but its build folder.
. "$SOURCE/tests/project/lib.sh"

listing() {
	find . \( -path './build*' -o -path ./.git \) -prune -o -type f -exec cksum {} + | sort
}

listing >"$SCRATCH/before"
NO_COLOR=1 ./dev demo >"$SCRATCH/log" 2>&1 || { cat "$SCRATCH/log" && fail "the demo fails"; }
listing >"$SCRATCH/after"
cmp "$SCRATCH/before" "$SCRATCH/after" || fail "the demo changes the tree"

# shows PATTERN: a line of the demo's output matches.
shows() {
	grep -Eq -- "$1" "$SCRATCH/log" || { cat "$SCRATCH/log" && fail "the demo does not show: $1"; }
}

shows '^shop: migrating  1/10  create_products$'
shows '^shop: migrating 10/10  sample_products$'
shows '^ +10 +sample_products +applied '
shows '^10 migrations: 10 applied$'
[ "$(grep -c 'shop: migrating' "$SCRATCH/log")" -eq 10 ] || fail "the second start migrates again"
shows '/0007_create_orders.sql:16:37: error: no such column: orderd_at \[sql-error\]$'
shows '^ +16 \| CREATE INDEX open_orders ON orders \(orderd_at\)'
shows '^ +\| +\^'
