#!/usr/bin/env bash
# Makes run files of every kind and a page of each: draw.sh KAC FOLDER
# One to four angles; a limit alone; transport in a given potential; mixtures without a comparison; a limit that ended
# early; a run that was not finished; and studies of every kind.
set -euo pipefail

kac=$1 folder=$2
rm -rf "$folder"
mkdir -p "$folder"
few=(--set 'particles.counts=[10, 100, 200, 400]' --set particles.replicates=4)

run() {
    local name=$1
    shift
    "$kac" "$@" -o "$folder/$name.h5" 2>"$folder/$name.log" >&2 || { cat "$folder/$name.log" >&2; exit 1; }
}

run one-angle run data/experiments/iris.yml "${few[@]}"
run two-angles run data/experiments/iris-2d.yml "${few[@]}"
run three-angles run data/experiments/studies/rates-3d.yml "${few[@]}" --set 'continuum.grid.cells=[16, 16, 16]'
run four-angles run data/experiments/iris-4d.yml "${few[@]}" --set continuum.tolerance=1e-2
run limit-alone solve data/experiments/one-qubit.yml
run potential run data/experiments/transport-2d.yml
run one-number run data/experiments/one-qubit.yml --set 'particles={counts: 50, replicates: 1}' --set 'compare={coupling: true, function: true}'
run ended-early run data/experiments/one-qubit.yml "${few[@]}" --set time.stop.loss=0.05
cp "$folder/one-number.h5" "$folder/unfinished.h5"
.venv-figures/bin/python -c "
import h5py, numpy, sys
with h5py.File(sys.argv[1], 'r+') as run:
    run.attrs['state'] = numpy.bytes_('running')
    del run['tables']
" "$folder/unfinished.h5"

for study in lazy training-in-steps sweep-circuits rates-1d fluctuations large-deviations; do
    run "$study" rates "data/experiments/studies/$study.yml" --set 'particles.counts=[100, 200, 400]' --set particles.replicates=4
    mv "$folder/$study.h5" "$folder/$study.study"
    "$kac" report "$folder/$study.study" -o "$folder/$study.html"
done
for file in "$folder"/*.h5; do
    "$kac" report "$file" -o "${file%.h5}.html"
done

# The same file gives the same page.
"$kac" report "$folder/two-angles.h5" -o "$folder/again.html"
cmp "$folder/two-angles.html" "$folder/again.html"
rm "$folder/again.html"
