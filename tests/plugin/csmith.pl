#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# csmith.pl DIR OUT COMPILER=PLUGIN [more] [FIRST LAST]: random programs, one for
# each seed, compiled plain and with the plugin at each level, do the same.  TAP.
#
# As GCC knows all about what is static, every other program has its functions
# and variables visible to all: more is left to check, and each function has a
# gate.  Every fourth has jumps; many with jumps do not end.
#
# With "more": larger and deeper structures, unions, arrays and pointers than by
# default, other statements more often than not; and three of four programs do a
# part of their assignments by memcpy() of a length that GCC does not know.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use batch;

batch::setup(splice @ARGV, 0, 3);
my $more = @ARGV && $ARGV[0] eq 'more' ? shift @ARGV : '';
my ($first, $last) = @ARGV;
# Some programs take too long, and do not count: begin with more.
$first //= 1;
$last //= 560;
my $wanted = ($last - $first + 1) * ($more ? 0.7 : 0.89);
$batch::calling = $more;

my @size = $more ? (
	'--max-struct-fields 20 --max-union-fields 8 --fixed-struct-fields --max-funcs 4 --max-block-depth 3 --max-expr-complexity 5',
	'--max-pointer-depth 6 --no-arrays --max-funcs 6 --max-block-depth 2 --max-expr-complexity 5 --inline-function',
	'--max-array-dim 4 --max-array-len-per-dim 4 --max-funcs 4 --max-pointer-depth 4 --max-block-depth 2 --inline-function-prob 90',
	'--random-random --max-funcs 5 --max-block-depth 2 --max-expr-complexity 6',
	'--no-packed-struct --builtins --max-funcs 5 --max-block-depth 2 --max-expr-complexity 6 --max-pointer-depth 3',
	'--no-global-variables --max-funcs 5 --max-block-depth 3 --max-expr-complexity 5 --max-pointer-depth 4',
	'--float --max-funcs 5 --max-block-depth 2 --max-expr-complexity 6 --max-union-fields 8',
	'--no-volatiles --no-consts --max-struct-fields 12 --max-funcs 5 --max-block-depth 3 --max-block-size 8 --max-expr-complexity 3',
) : ('--max-funcs 5 --max-block-depth 2 --max-expr-complexity 6 --max-pointer-depth 3');

my $copying = <<'END';
#include <string.h>
static __attribute__((noipa)) size_t length(size_t n) { return n; }
#define SET(to, ...) do {							\
	__typeof__(to) value_ = (__VA_ARGS__);					\
	memcpy((void *)&(to), (void *)&value_, length(sizeof(value_)));	\
} while (0)
END

sub program {
	my ($seed, $work) = @_;
	my $text = batch::run("cd $work && timeout 20 csmith --seed $seed --no-argc --concise $size[$seed % @size] " .
			      ($seed % 4 ? '--no-jumps' : ''));
	my @names = 'main';

	# Not to members: they may be bit-fields.
	if ($more && $seed % 4 != 3) {
		my $n = 0;
		$text =~ s{^(\s+)((?:\(\*+)?[gl]_\d+\)?(?:\[[^\]]*\])*) = (.*);$}
			  { $n++ % 3 == $seed % 3 ? "$1$2 = $3;" : "$1SET($2, $3);" }gem;
		$text = $copying . $text;
	}
	if ($seed % 2) {
		$text =~ s/^static (?!.*\blength\()//mg;
		my %seen = map { $_ => 1 } $text =~ /\b((?:g|func)_\d+|__undefined)\b/g;
		push @names, sort keys %seen;
	}
	return "#define PASTE(a, b) a##b\n#define NAME(a, b) PASTE(a, b)\n#include <csmith.h>\n" .
	       join('', map { "#define $_ NAME(p${seed}_${_}_, VARIANT)\n" } @names) . $text;
}

sub compare {
	my ($nr, @seeds) = @_;
	my $work = "$batch::out/csmith$more.$seeds[0]";
	my (%line, @made);

	batch::start($work);
	for my $seed (@seeds) {
		my $text = eval { program($seed, $work) };
		# Of some numbers csmith makes nothing in time.
		$line{$seed} = "$seed skip csmith makes nothing of it";
		next unless defined $text;
		batch::save("$work/p$seed.c", $text);
		push @made, $seed;
	}
	for (split /\n/, batch::sources($work, $more ? $nr : 0, map { ["p$_", $_] } @made)) {
		$line{$1} = $_ if /^(\d+) /;
	}
	return join '', map { "$line{$_}\n" } @seeds;
}

my @batches;
for (my $seed = $first; $seed <= $last; $seed += 20) {
	push @batches, [grep { $_ <= $last } $seed .. $seed + 19];
}
exit(batch::all(\&compare, $wanted, @batches) ? 0 : 1);
