#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# plant.pl DRIVER SOURCE...: put the driver's faults of faults.txt into its sources, in
# place.  Each waits until its number is written to the module's parameter "fault"; in a
# statement, NUMBER(NAME) is that of another.
# plant.pl --number NAME: that number.
# With TABLE=FILE in the environment, that table in the place of faults.txt.
use strict;
use warnings;
use File::Basename qw(dirname);

my ($driver, @sources) = @ARGV;
my (%planted, %number, $n);
my @faults;

my $file = $ENV{TABLE} // dirname($0) . '/faults.txt';
open my $table, '<', $file or die "$file: $!\n";
while (<$table>) {
	chomp;
	next if /^\s*(#|$)/;
	$n++;
	my ($name, $of, $function, $when, $statement) = split /\t+/, $_, 5;
	die "$file:$.: five columns: name, driver, function, once or always, statement\n"
		unless defined $statement && $when =~ /^(once|always)$/;
	$number{$name} = $n;
	push @faults, { n => $n, name => $name, function => $function, when => $when, statement => $statement }
		if $of eq $driver;
}
if ($driver eq '--number') {
	die "no fault $sources[0] in $file\n" unless $number{$sources[0]};
	print "$number{$sources[0]}\n";
	exit;
}
die "no faults of $driver in $file\n" unless @faults;
for my $f (@faults) {
	$f->{statement} =~ s/NUMBER\(([^)]*)\)/$number{$1} || die "$f->{name}: no fault $1 in $file\n"/ge;
}

my $prelude = <<'C';
/* Faults, see tests/faults. */
#include <linux/module.h>
static int fault;
module_param(fault, int, 0644);
static int faults;
module_param(faults, int, 0444);
static unsigned long fault_stray = 24, fault_bit = 1UL << 33;
#define STRAY		READ_ONCE(fault_stray)
#define MESS(p)		((void *)((unsigned long)(p) ^ READ_ONCE(fault_bit)))
#define FAULT_HIT(n)	({ pr_notice("planted fault %d\n", n); ++faults; })
#define FAULT_once(n)	(unlikely(READ_ONCE(fault) == (n)) && cmpxchg(&fault, n, 0) == (n) && FAULT_HIT(n))
#define FAULT_always(n)	(unlikely(READ_ONCE(fault) == (n)) && FAULT_HIT(n))

C

for my $source (@sources) {
	local $/;
	open my $in, '<', $source or die "$source: $!\n";
	my $text = <$in>;
	my $here = 0;
	for my $f (@faults) {
		next if $planted{$f->{n}};
		# A definition: the name, at the beginning of a line or behind the type, its parameters,
		# and a brace that stands alone.
		$text =~ s/(^(?:\w[^\n;{}()]*\b)?\Q$f->{function}\E\([^;{}]*?\)\n\{\n)/$1\tif (FAULT_$f->{when}($f->{n})) {\n\t\t$f->{statement};\n\t}\n/m
			or next;
		$planted{$f->{n}} = 1;
		$here++;
	}
	next unless $here;
	# Behind the includes.
	$text =~ s/(.*^#include [^\n]*\n)/$1\n$prelude/ms or die "$source: no #include\n";
	open my $out, '>', $source or die "$source: $!\n";
	print $out $text;
}
my @missing = grep { !$planted{$_->{n}} } @faults;
die "$driver: no function $_->{function} for $_->{name}\n" for @missing;
