#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# csmith.pl DIR OUT COMPILER=PLUGIN [FIRST LAST]: random programs, one for each
# seed, compiled plain and with the plugin at each level, do the same.  TAP.
#
# As GCC knows all about what is static, every other program has its functions
# and variables visible to all: more is left to check, and each function has a
# gate.  Every fourth has jumps; many with jumps do not end.
#
# Starting compilers, linkers and loaders would take most of the time: so a
# batch of programs is one program, in which each is a function.

use strict;
use warnings;
use File::Path qw(make_path remove_tree);

my ($dir, $out, $compiler, $first, $last) = @ARGV;
my ($cc, $plugin) = split /=/, $compiler;
my $wanted = $first ? 0 : 500;
# Some programs take too long, and do not count: begin with more.
$first //= 1;
$last //= 560;
my $batch = 20;
my @levels = qw(O1 O2 O3 Os);
# Both ways to make a check, at two levels each.
my %inline = (O1 => 'all', O2 => 'none', O3 => 'all', Os => 'none');
my @variants = map { ["plain_$_", "-$_"],
		     ["with_$_", "-$_ -fplugin=$plugin -fplugin-arg-modbounds-inline=$inline{$_}"] } @levels;
my $size = '--max-funcs 5 --max-block-depth 2 --max-expr-complexity 6 --max-pointer-depth 3 --no-argc --concise';
# As the kernel is compiled.
my $flags = '-w -pipe -fno-strict-aliasing -fwrapv -fno-delete-null-pointer-checks -I/usr/include/csmith';

sub run {
	my $text = `$_[0] 2>&1`;
	die "failed: $_[0]\n$text" if $?;
	return $text;
}

sub table {
	my @seeds = @_;
	my $text = qq{#include "$dir/csmith-table.h"\n};
	for my $seed (@seeds) {
		$text .= "int p${seed}_main_$_->[0](void);\n" for @variants;
	}
	$text .= 'const char * const levels[] = { ' . join(', ', map { qq{"-$_"} } @levels) . " };\n";
	$text .= "const struct program programs[] = {\n";
	for my $seed (@seeds) {
		my ($plain, $with) = map { my $v = $_; join ', ', map { "p${seed}_main_${v}_$_" } @levels } qw(plain with);
		$text .= "\t{ \"$seed\", { $plain }, { $with } },\n";
	}
	return "$text\t{ 0 }\n};\n";
}

sub save { open my $f, '>', $_[0] or die "$_[0]: $!"; print $f $_[1]; close $f }

sub program {
	my ($seed, $work) = @_;
	my $text = run("cd $work && csmith --seed $seed $size " . ($seed % 4 ? '--no-jumps' : ''));
	my @names = 'main';

	if ($seed % 2) {
		$text =~ s/^static //mg;
		my %seen = map { $_ => 1 } $text =~ /\b((?:g|func)_\d+|__undefined)\b/g;
		push @names, sort keys %seen;
	}
	return "#define PASTE(a, b) a##b\n#define NAME(a, b) PASTE(a, b)\n#include <csmith.h>\n" .
	       join('', map { "#define $_ NAME(p${seed}_${_}_, VARIANT)\n" } @names) . $text;
}

# One line for each seed, as csmith.c says.
sub batch {
	my @seeds = @_;
	my $work = "$out/csmith.$seeds[0]";

	remove_tree($work);
	for my $seed (@seeds) {
		make_path("$work/$_->[0]") for @variants;
		save("$work/p$seed.c", program($seed, $work));
	}
	save("$work/table.c", table(@seeds));
	my @sources = map { "../p$_.c" } @seeds;
	for (@variants) {
		my ($name, $options) = @$_;
		run("cd $work/$name && $cc $flags $options -DVARIANT=$name -c @sources");
	}
	run("$cc -o $work/all $work/table.c $work/*/*.o $out/csmith.o $out/rt.o $out/thunks.o");
	my $text = run("$work/all");
	remove_tree($work) unless $text =~ / bad /;
	return $text;
}

chomp(my $ncpu = $ENV{JOBS} || `nproc`);
my @batches;
for (my $seed = $first; $seed <= $last; $seed += $batch) {
	push @batches, [grep { $_ <= $last } $seed .. $seed + $batch - 1];
}

$| = 1;
print '1..', $last - $first + 2, "\n";
my @pipes;
for my $w (0 .. $ncpu - 1) {
	my $pid = open my $p, '-|';
	die "fork: $!" unless defined $pid;
	if (!$pid) {
		for (my $i = $w; $i < @batches; $i += $ncpu) {
			print eval { batch(@{$batches[$i]}) } // map { my $e = $@ =~ s/\n/\x01/gr; "$_ bad $e\n" } @{$batches[$i]};
		}
		exit 0;
	}
	push @pipes, $p;
}

my ($nr, $failed, $same, $checks) = (0, 0, 0, 0);
for my $i (0 .. $#batches) {
	for my $seed (@{$batches[$i]}) {
		my $line = readline($pipes[$i % $ncpu]) // "$seed bad the worker died";
		chomp $line;
		$nr++;
		if ($line =~ /^$seed ok (\d+)$/) {
			$same++;
			$checks += $1;
			print "ok $nr - seed $seed\n";
		} elsif ($line =~ /^$seed slow$/) {
			print "ok $nr - seed $seed # SKIP takes too long\n";
		} else {
			$failed++;
			print "not ok $nr - seed $seed\n", map { "# $_\n" } split /\x01/, $line;
		}
	}
}
$nr++;
my $enough = $same >= $wanted && $checks;
print $enough ? '' : 'not ', "ok $nr - $same programs print the same at each of @levels; $checks checks were made out of line\n";
exit($failed || !$enough ? 1 : 0);
