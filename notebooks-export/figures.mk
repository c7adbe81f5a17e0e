# What the figures need: kac computes it into build/figures, once for as long as the tool, the experiment and the files it names stay the same.
# FAST=1 takes fewer experts and replicates, and a folder of its own.

FIGURE_DATA := build/figures/$(if $(FAST),fast,full)
D := $(FIGURE_DATA)
E := data/experiments
FIGURE_INPUTS := $(KAC) notebooks-export/figures.mk $(wildcard data/circuits/* data/training/* data/polynomials/* grids/*)

# $(call fast,A,B) is A when the figures are to be fast, otherwise B.
fast = $(if $(FAST),$(1),$(2))
replicates = --set particles.replicates=$(call fast,$(1),$(2))
# A run file, with what the command prints beside it; what a stopped command leaves is under another name.
run = @mkdir -p $(@D); set -x; $(KAC) run > $(@:.h5=.txt) $< -o $@ --overwrite
# A study: kac keeps every ensemble that it has measured, so that going on is cheap. The file is what it prints.
study = @mkdir -p $(@D); set -x; $(KAC) rates $< -o $(@:.txt=.study) > $@.part
plan = @mkdir -p $(@D); set -x; $(KAC) plan $< --confidence 0.95 --json > $@.part
done = && mv $@.part $@

# QUANTITY-ERROR of the plans.
PLANS := function-0.1 function-0.05 function-0.02 function-0.01 w1-0.2 w1-0.1 w1-0.05 $(if $(FAST),,function-0.005 w1-0.02)

FIGURE_FILES := $(patsubst %,$(D)/%, \
	one-qubit.h5 iris-2d.h5 $(patsubst %,loss-%.h5,10 100 1000 10000 100000) \
	rates-1d.txt rates-2d.txt rates-3d.txt lazy.txt teacher.txt width.txt training-in-steps.txt kernel.txt iris-2d-lift.json \
	$(PLANS:%=plans/%.json) solver-cost.json choir.txt sweep-circuits.txt sweep-qubits.txt \
	iris.h5 $(foreach N,10 100,iris-$N.h5 digits-$N.h5) iris-lift.json digits-lift.json $(patsubst %,splash-%.h5,5 50 5000))

$(D)/one-qubit.h5: $(E)/one-qubit.yml $(FIGURE_INPUTS)
	$(run) $(call replicates,8,32)

$(D)/iris-2d.h5: $(E)/iris-2d.yml $(FIGURE_INPUTS)
	$(run) $(call replicates,4,128) --set 'output.fields=[potential, velocity]' --set 'particles.counts=[10, 100, 1000]'

$(D)/loss-%.h5: $(E)/one-qubit.yml $(FIGURE_INPUTS)
	$(run) --set 'particles.counts=[$*]' --set particles.replicates=1 --set time.end=20 --set time.outputs=41 \
		--set 'compare={function: true}'

# Of fast studies.
FEWER_1D := --set study.experts=1000000
FEWER_2D := --set particles.replicates=64 --set study.distances=8 --set 'particles.counts=[10, 32, 100, 316, 1000, 3162]'
FEWER_3D := --set particles.replicates=64 --set 'particles.counts=[10, 32, 100, 316, 1000]' --set 'time.outputs=[0, 5]' \
	--set 'compare.times=[5]'

$(D)/rates-1d.txt: $(E)/studies/rates-1d.yml $(FIGURE_INPUTS)
	$(study) $(if $(FAST),$(FEWER_1D)) $(done)

$(D)/rates-2d.txt: $(E)/studies/rates-2d.yml $(FIGURE_INPUTS)
	$(study) $(if $(FAST),$(FEWER_2D)) $(done)

$(D)/rates-3d.txt: $(E)/studies/rates-3d.yml $(FIGURE_INPUTS)
	$(study) $(if $(FAST),$(FEWER_3D)) $(done)

$(D)/lazy.txt: $(E)/studies/lazy.yml $(FIGURE_INPUTS)
	$(study) $(call replicates,8,32) $(done)

$(D)/teacher.txt: $(E)/studies/teacher.yml $(FIGURE_INPUTS)
	$(study) $(call replicates,8,16) $(done)

$(D)/width.txt: $(E)/studies/width.yml $(FIGURE_INPUTS)
	$(study) $(call replicates,16,32) $(done)

$(D)/training-in-steps.txt: $(E)/studies/training-in-steps.yml $(FIGURE_INPUTS)
	$(study) $(done)

# The kernel's table is that of the limit: mixtures are few. All flowers are trained on, which is what `kac lift` looks at.
$(D)/kernel.txt: $(E)/studies/rates-2d.yml $(FIGURE_INPUTS)
	$(study) --set training.test=0 --set 'time.outputs=[0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10]' \
		--set 'compare={coupling: true, function: true, times: [0, 10]}' --set 'particles.counts=[100, 200, 400]' \
		--set particles.replicates=32 $(done)

$(D)/%-lift.json: $(E)/%.yml $(FIGURE_INPUTS)
	@mkdir -p $(@D)
	$(KAC) lift --experiment $< --json > $@.part $(done)

$(D)/plans/%.json: $(E)/iris.yml $(FIGURE_INPUTS)
	$(plan) --for $(word 1,$(subst -, ,$*)) --error $(word 2,$(subst -, ,$*)) --verify $(done)

$(D)/solver-cost.json: $(E)/transport-2d.yml notebooks-export/measure_solvers.py Benchmarks/peers/continuum.py $(FIGURE_INPUTS)
	.venv-figures/bin/python notebooks-export/measure_solvers.py $(KAC) $< $@ $(if $(FAST),--fast)

$(D)/choir.txt: $(E)/studies/choir.yml $(FIGURE_INPUTS)
	$(study) $(call replicates,160,320) $(done)

$(D)/sweep-circuits.txt: $(E)/studies/sweep-circuits.yml $(FIGURE_INPUTS)
	$(study) $(call replicates,320,640) $(done)

$(D)/sweep-qubits.txt: $(E)/studies/sweep-qubits.yml $(FIGURE_INPUTS)
	$(study) $(call replicates,320,640) $(done)

$(D)/iris.h5: $(E)/iris.yml $(FIGURE_INPUTS)
	$(run)

$(D)/iris-10.h5 $(D)/iris-100.h5: $(D)/iris-%.h5: $(E)/iris.yml $(FIGURE_INPUTS)
	$(run) --set 'particles.counts=[$*]' --set particles.replicates=1 --set 'compare={function: true}'

$(D)/digits-%.h5: $(E)/digits.yml $(FIGURE_INPUTS)
	$(run) --set 'particles.counts=[$*]' --set particles.replicates=1 --set 'compare={function: true}'

$(D)/splash-%.h5: $(E)/iris-2d.yml $(FIGURE_INPUTS)
	$(run) --set 'particles.counts=[$*]' --set particles.replicates=1 --set 'compare={function: true}' \
		--set time.outputs=$(call fast,21,61)
