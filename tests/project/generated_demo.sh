# generated/shop_migrations.[ch] are what the tool makes of migrations/, and migrations.lock seals it.
. "$SOURCE/tests/project/lib.sh"

"$BUILD/compiler/bobolink" compile migrations --name shop --output "$SCRATCH" --locked ||
	fail "the demo's migrations do not compile"
for extension in c h; do
	cmp "generated/shop_migrations.$extension" "$SCRATCH/shop_migrations.$extension" ||
		fail "generated/shop_migrations.$extension is stale: run ./dev generate"
done
