# SPDX-License-Identifier: GPL-2.0
#
# modbounds: everything from a bare Debian 12 machine to instrumented drivers
# in a guest.  All output goes under build/.

.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/bash
B := $(CURDIR)/build
G := tests/guest

.PHONY: help
help:
	@echo 'make setup       install what is needed (Debian packages); done by every target itself'
	@echo 'make kernel      unpack, patch and build the two kernels: x86_64 for QEMU, user-mode Linux'
	@echo 'make plugin      build the GCC plugin'
	@echo 'make modules     build the real drivers, plain and instrumented'
	@echo 'make demo        a buggy driver stopped; what checking costs on real drivers'
	@echo 'make microbench  what each part of the checking costs, in instructions; builds a kernel without the runtime first'
	@echo 'make bench [QUICK=1] [DRIVERS= VARIANTS= WORKLOADS= METRICS=]  what checking costs; goes on where it stopped'
	@echo 'make bench-compare OLD=A.json NEW=B.json  what changed between two results'
	@echo 'make check       all tests'
	@echo 'make check-fast  tests that need no QEMU'
	@echo 'make check-plugin  tests of the plugin alone'
	@echo 'make check-differential  thousands of programs compiled plain and with the plugin, GCC'"'"'s own tests among them; 20 minutes'
	@echo 'make check-runtime  tests of the runtime alone: KUnit on user-mode Linux'
	@echo 'make check-debug  drivers under a kernel with lockdep and the like; builds that kernel first'
	@echo 'make check-loads [DRIVERS= MODES= CPUS=]  drivers and file systems under real loads; hours, goes on where it stopped'
	@echo 'make faults [DRIVERS= VARIANTS= FAULTS=]  single faults in six drivers: who survives them; 30 minutes, goes on where it stopped'
	@echo 'make recover [DRIVERS= PLACES= POLICIES= KERNEL=debug]  drivers at work violate, and come back by themselves; 20 minutes, goes on where it stopped'
	@echo 'make compile-drivers [DIRS=drivers/...]  compile drivers by the hundred; hours, goes on where it stopped'
	@echo 'make module M=DIR  build your own module with checks; PLAIN=1 without'
	@echo 'make run M=DIR [SCRIPT=FILE]  load it in a guest and show the log; SCRIPT runs in the guest'
	@echo 'make shell [M=DIR]  a guest to type into'
	@echo 'make coverage    is each access of the drivers, as compiled, checked or proved?'
	@echo 'make figures     what share of the drivers'"'"' accesses is proved, merged, checked; which functions the plugin knows'
	@echo 'make install-kit PREFIX=DIR  what building modules elsewhere needs: kernel tree, plugin, sample, status tool'
	@echo 'make clean       remove what was built, but neither kernels nor their source'
	@echo 'make distclean   remove build/'

.PHONY: setup
setup:
	@$(G)/setup.sh

.PHONY: tree
tree: setup
	@kernel-patch/tree.sh

.PHONY: kernel kernel-x86_64 kernel-um kernel-debug kernel-base kernel-loads
kernel: kernel-um kernel-x86_64
kernel-x86_64 kernel-um kernel-debug kernel-base kernel-loads: kernel-%: tree
	@kernel-patch/build.sh $*

.PHONY: plugin
plugin: setup
	@$(G)/step.sh plugin $(MAKE) -C plugin O=$B/plugin CC=gcc-12 CXX=g++-12

.PHONY: modules modules-um
modules: kernel plugin modules-um
	@kernel-patch/modules.sh x86_64 plain
	@kernel-patch/modules.sh x86_64 instrumented
modules-um: kernel-um plugin
	@kernel-patch/modules.sh um plain
	@kernel-patch/modules.sh um instrumented

# Many drivers and file systems, built as a kernel's own modules.
.PHONY: modules-loads
modules-loads: kernel-loads plugin
	@kernel-patch/in-tree.sh loads

.PHONY: demo
demo: modules
	@bench/demo.sh

.PHONY: microbench
microbench: kernel-x86_64 kernel-base plugin
	@kernel-patch/modules.sh base plain microbench
	@kernel-patch/modules.sh x86_64 plain microbench
	@MODBOUNDS_FLAGS=-fplugin-arg-modbounds-inline=all kernel-patch/modules.sh x86_64 instrumented microbench
	@bench/microbench.sh

# What was asked for is looked at first, before minutes of building.
.PHONY: bench bench-compare
bench: export DRIVERS := $(DRIVERS)
bench: export VARIANTS := $(VARIANTS)
bench: export WORKLOADS := $(WORKLOADS)
bench: export METRICS := $(METRICS)
bench: export QUICK := $(QUICK)
bench:
	@bench/run.sh check
	@$(MAKE) --no-print-directory setup
	@bench/run.sh
bench-compare:
	@python3 bench/compare.py '$(OLD)' '$(NEW)'

.PHONY: check check-fast check-plugin check-differential check-runtime check-debug
check: modules
	@$(G)/setup.sh mkfs
	@$(G)/check.sh all
check-fast: modules-um
	@$(G)/check.sh fast
check-plugin: plugin
	@$(G)/check.sh plugin
check-differential: plugin
	@$(G)/setup.sh gcc-12-source
	@$(G)/check.sh differential
check-runtime: kernel-um
	@KINDS=uml prove --exec '' --timer tests/boot/kunit.t
check-debug: kernel-debug plugin
	@kernel-patch/modules.sh debug instrumented null_blk brd e1000 veth peer buggy aftermath
	@kernel-patch/modules.sh debug plain canary
	@prove --exec '' --timer tests/debug/*.t

# What was asked for is looked at first, before an hour of building.
.PHONY: check-loads
check-loads: export DRIVERS := $(DRIVERS)
check-loads: export MODES := $(MODES)
check-loads: export CPUS := $(CPUS)
check-loads:
	@tests/loads/run.sh check
	@$(G)/setup.sh loads
	@$(MAKE) --no-print-directory modules-loads
	@tests/loads/run.sh

.PHONY: faults
faults: export DRIVERS := $(DRIVERS)
faults: export VARIANTS := $(VARIANTS)
faults: export FAULTS := $(FAULTS)
faults: modules
	@tests/faults/run.sh

# What was asked for is looked at first, before minutes of building.
.PHONY: recover
recover: export DRIVERS := $(DRIVERS)
recover: export PLACES := $(PLACES)
recover: export POLICIES := $(POLICIES)
recover: export KERNEL := $(KERNEL)
recover:
	@tests/recover/run.sh check
	@$(G)/setup.sh mkfs
	@$(MAKE) --no-print-directory modules
	@[ '$(KERNEL)' != debug ] || $(MAKE) --no-print-directory kernel-debug
	@[ '$(KERNEL)' != debug ] || kernel-patch/modules.sh debug plain virtio_net e1000
	@tests/recover/run.sh

.PHONY: compile-drivers
compile-drivers: tree plugin
	@tests/drivers/compile.sh $(DIRS)

.PHONY: module run shell
module run shell: export M := $(M)
# What was given is looked at first, before minutes of building.
module run shell:
	@$(G)/user.sh check $@ $(SCRIPT)
	@$(MAKE) --no-print-directory kernel-x86_64 plugin
	@$(G)/user.sh $@ $(SCRIPT)

.PHONY: coverage
coverage: modules
	@tests/coverage/run.sh

.PHONY: figures
figures: kernel-x86_64 plugin
	@tests/drivers/figures.sh
	@tests/drivers/functions.sh

.PHONY: install-kit
install-kit: kernel-x86_64
	@kernel-patch/kit/install.sh $(PREFIX)

.PHONY: clean distclean
clean:
	rm -rf $B/plugin $B/modules $B/guest $B/log $B/demo.json $B/bench
distclean:
	rm -rf $B
