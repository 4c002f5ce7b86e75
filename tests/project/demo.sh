# ./dev demo shows what the README promises.
. "$SOURCE/tests/project/lib.sh"

demo
shows '^shop: applied  1  create_products$'
shows '^shop: applied 10  sample_products$'
shows '^ +10 +sample_products +applied '
shows '^shop: applied 12  fill_barcodes$'
shows '^shop: applied R__warehouses$'
shows '^ +13 +sample_delivery +skipped '
shows '^13 migrations: 12 applied, 1 skipped$'
shows '^2000000000015 +TEA-01 '
shows '^F0001 +lower_case_units +skipped '
shows '^shop: applied 13  sample_delivery$'
shows '^POT-03 .* MAIN +12 +408.00 *$'
[ "$(grep -c 'shop: applied' "$SCRATCH/log")" -eq 14 ] || fail "the second start migrates again"
shows '/0007_create_orders.sql:16:37: error: no such column: orderd_at \[sql-error\]$'
shows '^ +16 \| CREATE INDEX open_orders ON orders \(orderd_at\)'
shows '^ +\| +\^'
