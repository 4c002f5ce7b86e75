# ./dev demo --postgres: the same on a server of its own, begun by two programs at once.
. "$SOURCE/tests/project/lib.sh"

demo --postgres
grep -o 'shop: applied .*' "$SCRATCH/log" | sort >"$SCRATCH/applied"
[ "$(wc -l <"$SCRATCH/applied")" -eq 13 ] || fail "not every migration is applied once"
[ -z "$(uniq -d "$SCRATCH/applied")" ] || fail "a migration is applied twice"
shows '^\[(first|second)\] +shop: applied  1  create_products$'
shows '^\[first\] +TEA-01 .* MAIN +24 +300.00 *$'
shows '^\[second\] +CUP-02 .* SHOP +12 +106.80 *$'
shows '^ +9 +index_movements_by_time +applied '
shows '^12 migrations: 11 applied, 1 skipped$'
shows '^2000000000015 +TEA-01 '
shows '^F0001 +lower_case_units +skipped '
shows '^shop: applied 12  sample_delivery$'
shows '^POT-03 .* MAIN +12 +408.00 *$'
shows ' TEA-01 +MAIN +-3 +sale +order 1'
shows '/0006_create_orders.sql:18:37: error: column "orderd_at" does not exist \[sql-error\]$'
shows '^ +18 \| CREATE INDEX open_orders ON orders \(orderd_at\)'
shows '^ +\| +\^'
