# What the project is built, tried and tested with. `make` alone says what there is.

.DEFAULT_GOAL := help
.PHONY: figure-data portable-measure help setup build demo install uninstall man docs test test-mutations lint test-readers test-report test-peers figures test-notebooks bench bench-guard bench-portable clean

# Code for this machine's vector units; `make build KAC_MARCH=` builds for any.
KAC_MARCH ?= native
export KAC_MARCH

# Tests reach into modules, so they need -enable-testing. SwiftPM reuses what it built only when the compiler's arguments
# are the same to the letter, their order included: `swift test` puts its own -enable-testing elsewhere, and the two
# commands would compile everything anew each time they alternate (131 s measured). Given here to both, and left out by
# `swift test` itself, the second one compiles the tests alone (4 s when they are built too), in one build folder. The
# demo takes as long with the option as without (5 % of noise).
CONFIGURATION := -c release -Xswiftc -enable-testing

KAC := .build/release/kac
DEMO := build/demo/iris.h5

help: ## Says what there is.
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: ## Installs the libraries that are missing (FFTW, HDF5, zlib); the other targets do it themselves.
	@tools/setup.sh

build: setup ## Builds kac for this machine, as .build/release/kac.
	swift build $(CONFIGURATION) --product kac

demo: build ## Trains quantum experts of one and two angles on real flowers, beside their infinite mixtures, into build/demo.
	@mkdir -p $(dir $(DEMO))
	$(KAC) run data/experiments/iris.yml -o $(DEMO) --overwrite
	$(KAC) run data/experiments/iris-2d.yml -o $(dir $(DEMO))iris-2d.h5 --overwrite

man: build/man/kac.1 ## Writes the manual page into build/man; `man -l build/man/kac.1` shows it.

build/man/kac.1: build tools/manual.py
	@mkdir -p $(dir $@)
	python3 tools/manual.py $(KAC) > $@.tmp && mv $@.tmp $@

# Where `make install` puts things; DESTDIR is for who packs.
PREFIX ?= /usr/local
INSTALLED := $(DESTDIR)$(PREFIX)
COMPLETIONS := share/bash-completion/completions/kac share/zsh/site-functions/_kac share/fish/vendor_completions.d/kac.fish

install: build man ## Installs tool, manual page, completions and shipped experiments below PREFIX (/usr/local).
	install -d $(addprefix $(INSTALLED)/,bin share/man/man1 share/kac $(dir $(COMPLETIONS)))
	install -m 755 $(KAC) $(INSTALLED)/bin/kac
	install -m 644 build/man/kac.1 $(INSTALLED)/share/man/man1/kac.1
	$(KAC) --generate-completion-script bash > $(INSTALLED)/$(word 1,$(COMPLETIONS))
	$(KAC) --generate-completion-script zsh > $(INSTALLED)/$(word 2,$(COMPLETIONS))
	$(KAC) --generate-completion-script fish > $(INSTALLED)/$(word 3,$(COMPLETIONS))
	rm -rf $(INSTALLED)/share/kac/data $(INSTALLED)/share/kac/grids
	cp -R data grids $(INSTALLED)/share/kac/

uninstall: ## Removes what `make install` put below PREFIX.
	rm -f $(addprefix $(INSTALLED)/,bin/kac share/man/man1/kac.1 $(COMPLETIONS))
	rm -rf $(INSTALLED)/share/kac

docs: build ## Builds the library's documentation into build/docs, and refuses public symbols without a word.
	python3 tools/documentation.py build/docs

test: setup ## Runs the tests.
	swift test $(CONFIGURATION) --disable-testable-imports

# A build folder of its own: the sanitizer changes all code.
test-mutations: setup ## Reads ten thousand damaged run files and checkpoints, with AddressSanitizer.
	swift build -c release --sanitize=address --scratch-path .build-asan --product mutations
	ASAN_OPTIONS=detect_leaks=0 .build-asan/release/mutations 10000

lint: ## Checks the layout of the sources.
	swift format lint --strict -r -p Sources Tests Package.swift Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Benchmarks

test-readers: .venv-readers/installed $(if $(wildcard $(DEMO)),,demo) ## Opens the demo's run file with Python's readers, and draws it.
	@mkdir -p build/readers
	KAC_READER_SAMPLES=$(CURDIR)/build/readers swift test $(CONFIGURATION) --disable-testable-imports --filter ReaderSamplesTests
	.venv-readers/bin/python Tests/readers/check_root_view.py $(DEMO) build/readers/*.h5
	.venv-readers/bin/python Tests/readers/check_views.py $(DEMO) build/readers/*.h5
	.venv-readers/bin/python Tests/readers/check_exports.py $(KAC) $(DEMO) build/readers/*.h5
	.venv-readers/bin/python Tests/readers/check_snippets.py docs/run-file.md
	.venv-readers/bin/python notebooks-export/first_light.py $(DEMO) build/demo/first_light.png

test-report: build .venv-figures/installed ## Opens pages of kac report in headless Chromium, which it installs where apt can.
	@command -v chromium >/dev/null || tools/apt.sh chromium
	Tests/report/draw.sh $(KAC) build/report
	python3 Tests/report/check_report.py "$$(command -v chromium)" build/report build/report/*.html

.venv-readers/installed: Tests/readers/requirements.txt
	python3 -m venv --clear .venv-readers
	.venv-readers/bin/python -m pip install -q --disable-pip-version-check -r $<
	touch $@

test-peers: setup .venv-peers/installed ## Random experts beside PennyLane and Qiskit, distances beside linear programmes; KAC_PEER_SEED=n repeats a sample.
	@mkdir -p build/peers && rm -f build/peers/experts.json build/peers/transport.json
	KAC_PEER_SAMPLES=$(CURDIR)/build/peers swift test $(CONFIGURATION) --disable-testable-imports --filter PeerSamplesTests
	.venv-peers/bin/python Tests/peers/check_experts.py build/peers/experts.json
	.venv-peers/bin/python Tests/peers/check_transport.py build/peers/transport.json

.venv-peers/installed: Tests/peers/requirements.txt
	python3 -m venv --clear .venv-peers
	.venv-peers/bin/python -m pip install -q --disable-pip-version-check -r $<
	touch $@

include notebooks-export/figures.mk

NOTEBOOKS := density_1d density_2d rates loss fluctuations lazy training_in_steps kernel_spectrum planning solver_cost choirs \
	decisions splashes front_page
# Drawn with one thread, without dates and without the order of a hash table, so that the same data give the same bytes.
DRAWN := SOURCE_DATE_EPOCH=0 PYTHONHASHSEED=0 PYTHONPATH=$(CURDIR)/notebooks-export KAC_FIGURE_DATA=$(CURDIR)/$(FIGURE_DATA)

figures: build .venv-figures/installed ## Computes and draws the paper's figures into notebooks-export/figures; FAST=1 with fewer experts, in minutes.
	@$(MAKE) --no-print-directory figure-data
	@failed=; $(foreach name,$(NOTEBOOKS),$(DRAWN) .venv-figures/bin/python notebooks-export/$(name).py || failed="$$failed $(name)";) \
		if [ -n "$$failed" ]; then echo "figures: not drawn:$$failed" >&2; exit 1; fi

# Its own call of make, because the tool is built by then.
figure-data: $(FIGURE_FILES)

test-notebooks: build .venv-figures/installed ## Executes the figures' notebooks on the small data.
	@$(MAKE) --no-print-directory figure-data FAST=1
	@rm -rf build/notebooks && mkdir -p build/notebooks
	$(foreach name,$(NOTEBOOKS),.venv-figures/bin/jupytext --quiet --to ipynb -o build/notebooks/$(name).ipynb notebooks-export/$(name).py &&) true
	$(DRAWN:%/full=%/fast) KAC_FIGURES=$(CURDIR)/build/notebooks .venv-figures/bin/python -m pytest -q --nbmake --nbmake-timeout=300 build/notebooks

# Rendering without a screen wants EGL, which servers often lack.
.venv-figures/installed: notebooks-export/requirements.txt
	python3 -m venv --clear .venv-figures
	.venv-figures/bin/python -m pip install -q --disable-pip-version-check -r $<
	tools/setup-rendering.sh
	touch $@

# Swift alone with PEERS=none; the peers need Python 3. A round of all kernels takes a quarter of a minute on an idle machine.
PEERS ?= all
ROUNDS ?= 10
# The peers' Python; sdot wants 3.12: make bench PYTHON=python3.12
PYTHON ?= python3
RESULTS := Benchmarks/results

bench: setup $(if $(filter none,$(PEERS)),,.venv-bench/installed) ## Times the kernels, beside the peers unless PEERS=none.
	@mkdir -p $(RESULTS)
	cd Benchmarks && swift package --disable-sandbox benchmark --target Kernels
	cd Benchmarks && swift build -c release --product measure
	Benchmarks/.build/release/measure --rounds $(ROUNDS) --json $(RESULTS)/$$(date -u +%F).json
	$(if $(filter none,$(PEERS)),,.venv-bench/bin/python Benchmarks/peers/experts.py Benchmarks/.build/release/measure --json $(RESULTS)/$$(date -u +%F)-peers.json)
	$(if $(filter none,$(PEERS)),,.venv-bench/bin/python Benchmarks/peers/continuum.py Benchmarks/.build/release/measure --json $(RESULTS)/$$(date -u +%F)-continuum.json)
	$(if $(filter none,$(PEERS)),,.venv-bench/bin/python Benchmarks/peers/transport.py Benchmarks/.build/release/measure --json $(RESULTS)/$$(date -u +%F)-transport.json)

.venv-bench/installed: Benchmarks/peers/requirements.txt Benchmarks/peers/requirements-compiled.txt Benchmarks/peers/requirements-transport.txt
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check -r $<
	for peer in $$(cat $(word 2,$^)); do \
		MPI_PATH=$${MPI_PATH:-$$(dirname "$$(mpicc --showme:libdirs 2>/dev/null)")} FFTW_PATH=$${FFTW_PATH:-/usr} \
			.venv-bench/bin/python -m pip install -q --disable-pip-version-check $$peer \
			|| echo "$$peer is left out: it wants gfortran, libopenmpi-dev, libfftw3-mpi-dev or python3-dev"; \
	done
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check -r Benchmarks/peers/requirements-transport.txt \
		|| echo "sdot and POT are left out: sdot wants Python 3.12; make bench PYTHON=python3.12 where that is another one"
	touch $@

# Built for any processor, in a folder of its own: the counter of instructions does not know all vector units.
PORTABLE := Benchmarks/.build-portable/release/measure

portable-measure: setup
	cd Benchmarks && env -u KAC_MARCH swift build -c release --scratch-path .build-portable --product measure

bench-guard: portable-measure ## Compares the instructions of the hottest kernels with the stored ones, to 5 %; STORE=1 stores them anew.
	@command -v valgrind >/dev/null || tools/apt.sh valgrind
	python3 Benchmarks/guard.py $(PORTABLE) portable $(if $(STORE),--store)

bench-portable: portable-measure ## Times the portable build beside the one for this machine, and compares their numbers.
	@mkdir -p $(RESULTS)
	cd Benchmarks && swift build -c release --product measure
	python3 Benchmarks/portable.py $(PORTABLE) Benchmarks/.build/release/measure --json $(RESULTS)/$$(date -u +%F)-portable.json

clean: ## Removes what was built.
	rm -rf .build .build-asan Benchmarks/.build Benchmarks/.build-portable .venv-readers .venv-peers .venv-bench .venv-figures build notebooks-export/figures
