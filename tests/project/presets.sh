# CMake reads the presets, and each builds in build/PRESET.
. "$SOURCE/tests/project/lib.sh"

cmake --list-presets >"$SCRATCH/presets" || fail "CMakePresets.json is not valid"
for preset in dev release asan ubsan; do
	grep -q "\"$preset\"" "$SCRATCH/presets" || fail "there is no preset $preset"
done
