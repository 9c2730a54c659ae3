# pgdp: the only build file. `make help` lists the targets.
# SPDX-License-Identifier: GPL-3.0-or-later
VERSION := 0.1.0
SOVERSION := 0
MODULES := core net ingest fetch stats tasks grade gap reports compile study
MODE ?= release
MPI ?=
B := build/$(MODE)$(if $(MPI),-mpi)
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
CC := gcc
SHELL := /bin/sh

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wvla -Wcast-qual -Wwrite-strings \
        -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wdouble-promotion $(if $(filter 1,$(WERROR)),-Werror)
MATH := -ffp-contract=off
MODE_release := -O2 -g
MODE_debug := -O1 -g
MODE_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
MODE_ubsan := -O1 -g -fsanitize=undefined -fno-sanitize-recover=undefined
MODE_tsan := -O1 -g -fsanitize=thread
MODE_cov := -O0 -g --coverage
MODE_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined
ifeq ($(MODE),fuzz)
CC := clang
endif
# MPI=1: several processes share the work (docs/mpi.md).
ifeq ($(MPI),1)
MPI_CFLAGS := -DPGDP_MPI $(shell mpicc --showme:compile 2>/dev/null)
MPI_LIBS := $(shell mpicc --showme:link 2>/dev/null)
endif
ALL_CFLAGS = -std=c17 -D_POSIX_C_SOURCE=200809L -DPGDP_VERSION='"$(VERSION)"' -I. -Iinclude -fPIC -fvisibility=hidden \
             $(WARN) $(MATH) $(MODE_$(MODE)) $(MPI_CFLAGS) $(CFLAGS)
# OpenBLAS before GSL, and no gslcblas: the first CBLAS on the line wins.
LIBS := -lopenblas -lgsl -lcholmod -lxlsxwriter -lcsv -lzip -lexpat -lreadstat -lsqlite3 -lzstd -lz -ljansson -lfyaml -lcrypto -lutf8proc \
        $(MPI_LIBS) -lpthread -lm

# The program holds OpenBLAS and CHOLMOD itself: the dynamic linker would bind OpenBLAS's 14,000 symbols at every start.
# STATIC_BLAS= links the shared ones.
STATIC_BLAS ?= -l:libcholmod.a -l:libamd.a -l:libcolamd.a -l:libccolamd.a -l:libcamd.a -l:libsuitesparseconfig.a \
               -l:libopenblas.a -l:libmetis.so.5 -l:libgfortran.so.5 -lgomp
PROGRAM_LIBS = $(if $(STATIC_BLAS),$(STATIC_BLAS) $(filter-out -lopenblas -lcholmod,$(LIBS)),$(LIBS))

LIB_SRC := $(foreach m,$(MODULES),$(wildcard $m/*.c))
CLI_SRC := $(wildcard cli/*.c)
SUPPORT_SRC := $(wildcard tests/support/*.c)
MPI_SRC := tests/mpi/test_ranks.c
TEST_SRC := $(filter-out $(MPI_SRC),$(wildcard tests/*/test_*.c))
GATE_SRC := $(wildcard tests/montecarlo/coverage_*.c)
CARD_SRC := tests/certified/scorecard.c
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC := $(wildcard bench/*.c)
C_ALL := $(LIB_SRC) $(CLI_SRC) $(SUPPORT_SRC) $(TEST_SRC) $(GATE_SRC) $(CARD_SRC) $(MPI_SRC) $(FUZZ_SRC) $(BENCH_SRC)
H_ALL := $(wildcard include/pgdp/*.h bench/*.h $(foreach m,$(MODULES) cli tests/support,$m/*.h))
LIB_OBJ := $(LIB_SRC:%.c=$B/%.o)
TESTS := $(TEST_SRC:%.c=$B/%)
# The thread sanitizer slows whole studies twentyfold: it sees the test programs, not the shell tests.
SCRIPTS := $(if $(filter tsan,$(MODE)),,$(wildcard tests/cli/test_*.sh))

.PHONY: all study check check-long check-mpi check-office gates scorecard lint lint-format lint-tidy lint-cppcheck lint-layers lint-symbols lint-size \
        fmt fuzz bench bench-one bench-deps data docs install deps deps-check deps-lint clean help programs FORCE
.DELETE_ON_ERROR:

all: build/pgdp $B/libpgdp.a $B/libpgdp.so  ## library (static and shared) and the program, at build/pgdp

study: deps  ## set up, build, run data/studies/baseline.yaml offline; the workbook comes to out/baseline
	@$(MAKE) --no-print-directory -j2 all
	build/pgdp run data/studies/baseline.yaml --out out/baseline

check: deps-check  ## set up, build and run every test; MODE=asan, ubsan, tsan, cov run the same tests so built
	@$(MAKE) --no-print-directory -j2 programs
	@PGDP=$B/pgdp tools/run-tests.sh $(TESTS) $(SCRIPTS)

check-long: deps-check  ## the slow tests: coverage of every standard error, sanitizers, LibreOffice on the workbook
	@$(MAKE) --no-print-directory gates
	@$(MAKE) --no-print-directory MODE=asan check
	@$(MAKE) --no-print-directory MODE=tsan check
	@$(MAKE) --no-print-directory check-office

gates: deps-check  ## Monte Carlo: how often intervals of every covariance hold the truth
	@$(MAKE) --no-print-directory -j2 $(GATE_SRC:%.c=$B/%)
	@PGDP=$B/pgdp tools/run-tests.sh $(GATE_SRC:%.c=$B/%)

scorecard: deps-check  ## digits on NIST's reference datasets beside the best of other programs
	@$(MAKE) --no-print-directory -j2 $(CARD_SRC:%.c=$B/%)
	@$(CARD_SRC:%.c=$B/%)

check-office: deps-check  ## recalculate the workbook in LibreOffice and compare with its cached values
	@tools/install.sh libreoffice-calc-nogui poppler-utils
	@$(MAKE) --no-print-directory -j2 all
	@PGDP=build/pgdp tools/run-tests.sh tests/office/test_workbook.sh tests/office/test_xls.sh

# PGDP keeps pointing at the program with MPI.
check-mpi: MPI := 1
check-mpi:  ## one to four ranks, one killed, two network namespaces as hosts: the same bytes (installs Open MPI)
	@$(MAKE) --no-print-directory MPI=1 deps-check
	@$(MAKE) --no-print-directory -j2 MPI=1 build/$(MODE)-mpi/pgdp $(MPI_SRC:%.c=build/$(MODE)-mpi/%)
	@PGDP=build/$(MODE)-mpi/pgdp tools/run-tests.sh tests/mpi/test_ranks.sh tests/mpi/test_namespaces.sh

programs: all $(TESTS)

lint: deps-lint  ## formats, static analysis, floors, symbols, sizes; that bench/ compiles
	@$(MAKE) --no-print-directory -j2 all $(BENCH_SRC:%.c=$B/%)
	@$(MAKE) --no-print-directory lint-format lint-layers lint-symbols lint-size lint-cppcheck lint-tidy
	@echo "lint: clean"

lint-format:
	@clang-format --dry-run -Werror $(C_ALL) $(H_ALL)
lint-layers:
	@tools/lint-layers.sh $(MODULES) cli
lint-symbols:
	@tools/lint-symbols.sh $B $(MODULES)
lint-size:
	@tools/lint-size.sh $(C_ALL) $(H_ALL)
lint-cppcheck:
	@cppcheck -j 2 --std=c11 --quiet --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
	  --suppress=missingIncludeSystem --suppress=nullPointerOutOfMemory -I. -Iinclude $(LIB_SRC) $(CLI_SRC)
lint-tidy:
	@printf '%s\n' $(LIB_SRC) $(CLI_SRC) | xargs -P 2 -n 1 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$$1" -- \
	  -std=c17 -D_POSIX_C_SOURCE=200809L -DPGDP_VERSION=\"$(VERSION)\" -I. -Iinclude' tidy

fmt:  ## put every C file into format
	clang-format -i $(C_ALL) $(H_ALL)

SECONDS ?= 60
# One program tries every reader; its name says which.
READERS := any $(shell sed -n 's/^    X(\([a-z_]*\)).*/\1/p' ingest/readers.h)
FUZZ := $(filter-out build/fuzz/tests/fuzz/fuzz_readers,$(FUZZ_SRC:%.c=build/fuzz/%)) \
        $(READERS:%=build/fuzz/tests/fuzz/fuzz_reader_%)
fuzz:  ## each tests/fuzz/fuzz_*.c, and every reader by itself, for SECONDS (clang); FUZZ="programs"
	@tools/install.sh clang libclang-rt-dev
	@$(MAKE) --no-print-directory MODE=fuzz $(FUZZ)
	@for f in $(FUZZ); do mkdir -p $$f.corpus; $$f -max_total_time=$(SECONDS) -max_len=65536 -timeout=20 \
	  -artifact_prefix=$$f. $$f.corpus tests/fixtures/readers || exit 1; done

BENCH ?= full
bench: deps-check  ## beside the peers that are here, into bench/RESULTS.md; BENCH=quick, ROWS="akm wild"
	@$(MAKE) --no-print-directory -j2 all $(BENCH_SRC:%.c=$B/%)
	@B=$B BENCH=$(BENCH) ROWS="$(ROWS)" bench/run.sh
bench-one:  ## one row at a small size: ROW=akm
	@$(MAKE) --no-print-directory bench BENCH=quick ROWS="$(ROW)"
bench-deps:  ## install the peers that Debian has
	@tools/install.sh r-base-core r-cran-data.table r-cran-sandwich r-cran-openxlsx python3-numpy python3-pandas \
	  python3-statsmodels python3-xlsxwriter gretl

FROM ?= ../shared/data
data: all  ## compile data/ anew from the official files in FROM
	build/pgdp data compile --from $(FROM) --into data

docs: all  ## check the manual page and that every public function is documented
	@tools/install.sh mandoc
	@mandoc -Tlint -W warning docs/man/pgdp.1
	@tools/lint-docs.sh include/pgdp/*.h

install: all  ## DESTDIR, PREFIX: program, library, headers, pgdp.pc, manual page
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/include/pgdp \
	  $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/pgdp/studies \
	  $(DESTDIR)$(PREFIX)/share/pgdp/rubrics
	install -m 755 $B/pgdp $(DESTDIR)$(PREFIX)/bin/pgdp
	install -m 644 $B/libpgdp.a $(DESTDIR)$(LIBDIR)/
	install -m 755 $B/libpgdp.so.$(VERSION) $(DESTDIR)$(LIBDIR)/
	ln -sf libpgdp.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libpgdp.so.$(SOVERSION)
	ln -sf libpgdp.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/libpgdp.so
	install -m 644 include/pgdp/*.h $(DESTDIR)$(PREFIX)/include/pgdp/
	install -m 644 docs/man/pgdp.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 data/*.csv $(DESTDIR)$(PREFIX)/share/pgdp/
	install -m 644 data/studies/*.yaml $(DESTDIR)$(PREFIX)/share/pgdp/studies/
	install -m 644 data/rubrics/*.yaml $(DESTDIR)$(PREFIX)/share/pgdp/rubrics/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|$(LIBS)|' \
	  tools/pgdp.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/pgdp.pc

BUILD_PACKAGES := gcc libc6-dev libopenblas-dev libgsl-dev libxlsxwriter-dev libcsv-dev libzip-dev libexpat1-dev \
                  libjansson-dev libfyaml-dev libssl-dev libreadstat-dev libsqlite3-dev libzstd-dev zlib1g-dev libsuitesparse-dev \
                  libcurl4-openssl-dev libpq-dev libutf8proc-dev
deps:  ## install the Debian packages that the build needs and that are missing
	@tools/install.sh $(BUILD_PACKAGES)
deps-check:
	@tools/install.sh $(BUILD_PACKAGES) libcmocka-dev postgresql $(if $(MPI),libopenmpi-dev openmpi-bin) $(if $(filter asan tsan ubsan,$(MODE)),libasan8 libtsan2 libubsan1)
deps-lint:
	@tools/install.sh $(BUILD_PACKAGES) libcmocka-dev clang-format clang-tidy cppcheck

clean:  ## remove build/
	rm -rf build

help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'

$B/flags: FORCE
	@mkdir -p $B; echo '$(CC) $(ALL_CFLAGS) $(PROGRAM_LIBS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(PROGRAM_LIBS)' >$@
$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC $<";) $(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@
$B/libpgdp.a: $(LIB_OBJ)
	@rm -f $@; ar rcsD $@ $^
$B/libpgdp.so: $(LIB_OBJ)
	@$(CC) $(ALL_CFLAGS) -shared -Wl,-soname,libpgdp.so.$(SOVERSION) -Wl,--as-needed $^ $(LIBS) -o $B/libpgdp.so.$(VERSION)
	@ln -sf libpgdp.so.$(VERSION) $B/libpgdp.so.$(SOVERSION); ln -sf libpgdp.so.$(SOVERSION) $@
$B/pgdp: $(CLI_SRC:%.c=$B/%.o) $B/libpgdp.a
	@echo "  LD $@"; $(CC) $(ALL_CFLAGS) $^ -Wl,--as-needed $(PROGRAM_LIBS) -o $@
build/pgdp: $B/pgdp FORCE
	@[ "$$(readlink $@)" = "$(MODE)/pgdp" ] || ln -sfn $(MODE)/pgdp $@
$B/tests/fuzz/fuzz_reader_%: $B/tests/fuzz/fuzz_readers
	@ln -sf fuzz_readers $@
$B/tests/fuzz/%: $B/tests/fuzz/%.o $B/libpgdp.a
	@echo "  LD $@"; $(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $^ -Wl,--as-needed $(LIBS) -o $@
$B/tests/%: $B/tests/%.o $(SUPPORT_SRC:%.c=$B/%.o) $B/libpgdp.a
	@$(CC) $(ALL_CFLAGS) $^ -Wl,--as-needed -lcmocka -lssl $(LIBS) -o $@
$B/bench/%: $B/bench/%.o $B/libpgdp.a
	@$(CC) $(ALL_CFLAGS) $^ -Wl,--as-needed $(LIBS) -o $@
.SECONDARY:

-include $(patsubst %.c,$B/%.d,$(C_ALL))
