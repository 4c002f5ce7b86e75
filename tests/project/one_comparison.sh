# There is one comparison of inventories, and deltas, proofs, baselines, drift and the tests of real chains call it.
. "$SOURCE/tests/project/lib.sh"

defined=$(grep -rlE '^int bobolink_inventory_compare\(' runtime/src compiler | sort | tr '\n' ' ')
[ "$defined" = "runtime/src/schema/inventory.c " ] || fail "it is defined in: $defined"
for caller in compiler/shadow_delta.c compiler/shadow_mismatch.c runtime/src/schema/baseline.c \
	runtime/src/schema/drift.c runtime/src/schema/repair_plan.c runtime/src/schema/repair_write.c tests/corpora/tool.c; do
	grep -q 'bobolink_inventory_compare(' "$caller" || fail "$caller does not call it"
done
# Who walks an inventory object by object and looks at definitions compares by hand.
for file in $(grep -rl 'bobolink_inventory_object(' compiler runtime/src); do
	[ "$file" = runtime/src/schema/inventory.c ] && continue
	! grep -n 'strcmp(.*definition' "$file" || fail "$file compares definitions itself"
done
