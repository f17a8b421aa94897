#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# summary.pl OUT DIR...: what compile.sh did below OUT/DIR.  Fails if a file that
# compiles without the plugin does not with it, or gets warnings that it had not,
# or if objtool has something to say of an object.

use strict;
use warnings;
use File::Find;

my ($out, @dirs) = @ARGV;
my @sums = qw(modules files loads stores proved merged checked);
my @bad;

sub lines { open my $f, '<', $_[0] or return (); return <$f> }

# Sizes of stack frames differ; that they are too large is new or not.
sub warnings {
	return map { s/the frame size of \K\d+/N/r } grep { /: (warning|error|internal compiler error):/ } lines($_[0]);
}

sub look {
	my ($dir) = @_;
	my %n = map { $_ => 0 } @sums, qw(plain_time time plain_text text);
	my (%failed, @mods);

	return \%n unless -d "$out/$dir";
	find({ no_chdir => 1, wanted => sub {
		push @mods, $_ if /\.mod$/;
		if (/\.objtool$/) {
			push @bad, lines($_);
			$n{broken}++;
		}
		return unless /^(.*)\.figures$/;
		my $object = $1;
		my ($plain, $with) = map { [split] } lines($_);
		my %old = map { $_ => 1 } warnings("$object.plain");

		if ($plain->[0]) {
			$failed{$object} = 1;
			push @bad, "$object: does not compile without the plugin either";
			return;
		}
		if ($with->[0]) {
			$failed{$object} = 1;
			push @bad, "$object: does not compile with the plugin", lines("$object.instrumented");
			$n{broken}++;
			return;
		}
		my @new = grep { !$old{$_} } warnings("$object.instrumented");
		push @bad, "$object: new warnings", @new if @new;
		$n{broken}++ if @new;
		$n{files}++;
		$n{plain_time} += $plain->[1];
		$n{time} += $with->[1];
		$n{plain_text} += $plain->[2];
		$n{text} += $with->[2];
		for (lines("$object.report")) {
			while (/"(\w+)":(\d+)/g) { $n{$1} += $2 }
		}
	} }, "$out/$dir");

	for (@mods) {
		my @objects = map { chomp; "$out/$_" } lines($_);
		$n{modules}++ unless grep { $failed{$_} || !-e } @objects;
		$n{incomplete}++ if grep { $failed{$_} || !-e } @objects;
	}
	return \%n;
}

my %total;
printf "%-34s %7s %6s %7s %7s %9s %9s %9s %9s %6s %6s\n", 'directory', 'modules', 'failed', 'files',
	qw(loads stores proved merged checked time text);
sub show {
	my ($name, $n) = @_;
	printf "%-34s %7d %6d %7d %7d %9d %9d %9d %9d %6.2f %6.2f\n", $name, $n->{modules}, $n->{incomplete} // 0,
		@$n{qw(files loads stores proved merged checked)},
		$n->{time} / ($n->{plain_time} || 1), $n->{text} / ($n->{plain_text} || 1);
}
for my $dir (@dirs) {
	my $n = look($dir);
	show($dir, $n);
	$total{$_} += $n->{$_} for keys %$n;
}
show('all', \%total) if @dirs > 1;
s{^\Q$out\E/}{} for @bad;
print map { chomp; "$_\n" } @bad;
exit(!$total{files} || $total{broken} ? 1 : 0);
