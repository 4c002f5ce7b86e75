# ./dev demo shows what the README promises.
. "$SOURCE/tests/project/lib.sh"

demo
shows '^shop: applied  1  create_products$'
shows '^shop: applied 10  sample_products$'
shows '^ +10 +sample_products +applied '
shows '^10 migrations: 10 applied$'
[ "$(grep -c 'shop: applied' "$SCRATCH/log")" -eq 10 ] || fail "the second start migrates again"
shows '/0007_create_orders.sql:16:37: error: no such column: orderd_at \[sql-error\]$'
shows '^ +16 \| CREATE INDEX open_orders ON orders \(orderd_at\)'
shows '^ +\| +\^'
