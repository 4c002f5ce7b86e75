# generated/shop_migrations.[ch] are what the tool makes of migrations/, and migrations.lock seals it.
. "$SOURCE/tests/project/lib.sh"

"$BUILD/compiler/bobolink" compile migrations --name shop --output "$SCRATCH" --locked \
	--shadow-extension "$BUILD/examples/demo/libshop-functions.so" ||
	fail "the demo's migrations do not compile"
# All but the release of the library that this machine ran the set on.
for extension in c h; do
	grep -v shadow_version "generated/shop_migrations.$extension" >"$SCRATCH/committed"
	grep -v shadow_version "$SCRATCH/shop_migrations.$extension" | cmp "$SCRATCH/committed" - ||
		fail "generated/shop_migrations.$extension is stale: run ./dev generate"
done
