#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# torture.pl DIR OUT COMPILER=PLUGIN SUITE [WORD...]: GCC's own tests of
# optimisation that are to be run, compiled plain and with the plugin at each
# level, do the same; and the plugin causes no warning.  TAP.
#
# SUITE is GCC's gcc/testsuite.  What does not compile, link or run without the
# plugin is left out and counted.  Words select tests by parts of their names.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use batch;

batch::setup(splice @ARGV, 0, 3);
my ($suite, @words) = @ARGV;
$batch::limit = 5000;
$batch::same = 0;

# These rightly differ.
my %apart = (
	'c-c++-common/torture/attr-noinit-' => 'starts the process anew',
	'c-c++-common/torture/attr-persistent-' => 'starts the process anew',
	'gcc.c-torture/execute/20010122-1' => 'looks for the address that it returns to, and finds a gate',
	'gcc.c-torture/execute/return-addr' => 'prints addresses of its stack',
	'gcc.dg/torture/matrix-6' => 'prints memory that it did not set',
);
# These do not, but no kernel has such code.
%batch::todo = (
	(map { ("gcc.dg/torture/$_" => 'an interrupt service routine gets a gate') }
	 qw(pr68037-1 pr68037-2 pr68037-3 pr98219-1 pr98219-2)),
	'gcc.c-torture/execute/920721-4' => 'a nested function has addresses of labels that a gate moves',
	'gcc.dg/torture/pr8081' => 'a nested function returns a type of variable size: internal error',
	'gcc.dg/torture/pr93586' => 'a constant that only -fgimple can write: internal error',
	'gcc.c-torture/execute/20030125-1' => 'calls of a weak function with the name of a builtin',
);
# Here GCC warns of what is wrong indeed, or may be, but does not see it in the plain program.
my %warned = map { ($_ => 1) } map({ "gcc.c-torture/execute/$_" }
	qw(20000706-4 20000706-5 920922-1 990404-1 pr34099-2 pr42142 pr68321 pr79286 pr97836 ptr-arith-1 strlen-5 strlen-6)),
	map { "gcc.dg/torture/$_" } qw(pr100810 pr100923);

# Each test's options, but not how far to optimise: that is ours.
sub options {
	my ($text) = @_;
	my $options = '-Wall -Wextra';

	while ($text =~ /dg-(?:additional-)?options\s+(?:"([^"]*)"|\{\s*"([^"]*)"\s*\})\s*\}/g) {
		$options .= ' ' . ($1 // $2);
	}
	return join ' ', grep { !/^-(?:O.*|flto.*|fdump.*|fcompare-debug|save-temps|v|E|S|W|pedantic.*)$/ } split ' ', $options;
}

# Not those that define the library's functions to see whether they are called
# (builtins/), nor those that stand for other machines.
sub tests {
	my @tests;

	for my $path (map { sort glob("$suite/$_/*.c") }
		      qw(gcc.c-torture/execute gcc.c-torture/execute/ieee gcc.dg/torture gcc.dg/torture/stackalign c-c++-common/torture)) {
		my $text = batch::slurp($path);
		next unless $path =~ m{/execute/} || $text =~ /dg-do\s+run\b/;
		# Minutes of compiling, GCC's own makers say.
		next if $text =~ /dg-skip-if[^\n]*run_expensive_tests/;
		my ($name) = $path =~ m{^\Q$suite\E/(.*)\.c$};
		next if grep { index($name, $_) == 0 } keys %apart;
		push @tests, { name => $name, path => $path, options => options($text),
			       # It would run when the batch starts.
			       alone => scalar($text =~ /\b(?:con|de)structor\b|fpreload/) };
	}
	@tests = grep { my $t = $_; grep { $t->{name} =~ /\Q$_\E/ } @words } @tests if @words;
	return @tests;
}

# Compile tests in one way; returns what was said of each that is not there.
sub compile {
	my ($work, $variant, @tests) = @_;
	my ($name, $options) = @$variant;
	my %groups;

	push @{$groups{$_->{options}}}, $_ for @tests;
	for my $own (sort keys %groups) {
		my @group = @{$groups{$own}};
		my $sources = join ' ', map { $_->{path} } @group;
		my $text = batch::try("cd $work/$name && timeout 600 $batch::cc -fno-pie $batch::flags $own $options -c $sources");
		for my $t (@group) {
			my @said = grep { /^\Q$t->{path}\E:|^In file included from \Q$t->{path}\E:/ } split /\n/, $text;
			$t->{said}{$name} = { map { $_ => 1 } grep { /: warning: |internal compiler error/ } @said };
			$t->{error}{$name} = join "\n", @said, grep { /internal compiler error/ } split /\n/, $text;
		}
	}
}

# Its main() gets a name of its own, and nothing else in it is seen by others.
sub isolate {
	my ($work, $variant, $t) = @_;
	my ($base) = $t->{path} =~ m{([^/]+)\.c$};
	my ($from, $to) = ("$work/$variant->[0]/$base.o", "$work/$variant->[0]/$t->{symbol}.obj");
	my $main = "$t->{symbol}_main_$variant->[0]";

	return 0 unless -e $from;
	batch::run("objcopy --redefine-sym main=$main --keep-global-symbol=$main --keep-global-symbol=__modbounds_self $from $to");
	return 1;
}

my %test = map { $_->{name} => $_ } tests();

sub compare {
	my ($nr, @names) = @_;
	my @tests = map { $test{$_} } @names;
	my $work = "$batch::out/torture.$nr";
	my @variants = batch::variants($nr);
	my ($i, %line) = 0;

	batch::start($work);
	$_->{symbol} = 'p' . $i++ for @tests;
	for my $v (@variants) {
		compile($work, $v, grep { !$line{$_->{name}} } @tests);
		for my $t (grep { !$line{$_->{name}} } @tests) {
			next if isolate($work, $v, $t);
			$line{$t->{name}} = $v->[0] =~ /^plain/ ? 'skip does not compile' :
				"bad $v->[0] does not compile:\n$t->{error}{$v->[0]}";
		}
	}
	for my $level (@batch::levels) {
		for my $t (grep { !$line{$_->{name}} } @tests) {
			next if $warned{$t->{name}};
			my @new = grep { !$t->{said}{"plain_$level"}{$_} } sort keys %{$t->{said}{"with_$level"}};
			$line{$t->{name}} = join "\n", "bad -$level has new warnings:", @new if @new;
		}
	}

	my @left = grep { !$line{$_->{name}} } @tests;
	for my $v (@variants) {
		unlink glob("$work/$v->[0]/*.o");
		rename "$work/$v->[0]/$_->{symbol}.obj", "$work/$v->[0]/$_->{symbol}.o" for @left;
	}
	if (@left) {
		# Functions that a test expects to be optimised away are missing: called, they end it.
		my $text = batch::compare($work, '-no-pie -w -Wl,--warn-unresolved-symbols', map { [$_->{symbol}, $_->{name}] } @left);
		for (split /\n/, $text) {
			my ($name, $rest) = split / /, $_, 2;
			$line{$name} = $rest;
		}
	}
	my $text = join '', map { batch::line("$_ " . ($line{$_} // 'bad it says nothing')) } @names;
	File::Path::remove_tree($work) unless $text =~ / bad /;
	return $text;
}

# As sources of a batch are compiled in one directory, their names must differ.
my (@batches, $where);
for my $t (sort { $a->{name} cmp $b->{name} } values %test) {
	my ($in) = $t->{name} =~ m{^(.*)/};
	if (!@batches || $t->{alone} || $batches[-1][1] || $in ne $where || @{$batches[-1][0]} >= 20) {
		push @batches, [[], $t->{alone}];
	}
	push @{$batches[-1][0]}, $t->{name};
	$where = $in;
}
exit(batch::all(\&compare, @words ? 1 : 1500, map { $_->[0] } @batches) ? 0 : 1);
