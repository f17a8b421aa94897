#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# functions.pl TABLE...: make C of the tables of the kernel's functions, for
# functions.cc.  The head of functions.tbl says what a line means.

use strict;
use warnings;

my (%exact, %star, %where, $bad);

sub wrong {
	print STDERR "$ARGV:$.: error: @_\n";
	$bad = 1;
}

# A range: which argument points to it, and how long it is.
sub range {
	my ($word) = @_;

	return "{ $1, -1, -1, false, false, true, false, false, 0, 0 }" if $word =~ /^s([0-9])$/;
	my ($how, $ptr, $count, $fixed) = $word =~ /^(w|r|rw)([0-9])(?:\[(.*)\]|=(.*))$/ or return undef;
	my $store = $how =~ /w/ ? 'true' : 'false';
	my $load = $how =~ /r/ ? 'true' : 'false';
	my $what = "$store, $load, false";
	if (defined $fixed) {
		return "{ $ptr, -1, -1, $what, false, false, 0, 0 }" if $fixed eq 't';
		return undef unless $fixed =~ /^[1-9][0-9]{0,6}$/;
		return "{ $ptr, -1, -1, $what, false, false, 1, $fixed }";
	}
	my $most = $count =~ s/^<// ? 'true' : 'false';
	my ($len, $len2, $unit, $bits) =
		$count =~ /^([0-9])(?:x([0-9]))?(?:\*(t|[1-9][0-9]{0,6})|(b))?$/ or return undef;
	$len2 //= -1;
	$unit //= 1;
	$unit = 0 if $unit eq 't';
	$bits = $bits ? 'true' : 'false';
	return "{ $ptr, $len, $len2, $what, $bits, $most, $unit, 0 }";
}

while (<>) {
	my (@flags, @ranges, %seen, $checked);

	chomp;
	next if /^\s*(?:#|$)/;
	my ($name, $words) = /^([A-Za-z_]\w*\*?)\t+(\S.*?)\s*$/a;
	if (!defined $name) {
		wrong "a line is a name, a tab and properties: $_";
		next;
	}
	wrong "$name was in $where{$name} already" if $where{$name};
	$where{$name} = "$ARGV:$.";
	my $star = $name =~ s/\*$//;
	for (split ' ', $words) {
		wrong "$name: $_ is there twice" if $seen{$_}++;
		if (/^(?:keeps|address|null|object|first|stores|scan)$/) {
			push @flags, 'MB_' . uc;
		} elsif (/^checked(?:=([A-Za-z_]\w*))?$/a) {
			$checked = '"' . ($1 // $name) . '"';
		} elsif ($_ ne '-') {
			my $range = range($_);
			wrong "$name: there is no property $_" unless $range;
			push @ranges, $range // ();
		}
	}
	wrong "$name: - says that there is nothing else to say" if $seen{'-'} && keys %seen > 1;
	wrong "$name: null and object contradict each other" if $seen{null} && $seen{object};
	wrong "$name: no more than four ranges" if @ranges > 4;
	wrong "$name: what is checked has a whole name" if $checked && $star;
	wrong "$name: stores is for what is checked" if $seen{stores} && !$checked;
	$checked //= 'NULL';
	my $flags = join(' | ', @flags) || '0';
	($star ? \%star : \%exact)->{$name} =
		"\t{ \"$name\", $checked, $flags, " . @ranges .
		', {' . join(',', map { " $_" } @ranges) . " } },\n";
} continue {
	close ARGV if eof;	# lines are counted anew in each file
}
exit 1 if $bad;

print "/* Made by functions.pl. */\n";
print "static const struct mb_kernel_function mb_functions[] = {\n";
print map { $exact{$_} } sort keys %exact;
print "};\n\nstatic const struct mb_kernel_function mb_stars[] = {\n";
print map { $star{$_} } sort { length $b <=> length $a || $a cmp $b } keys %star;
print "};\n";
close STDOUT or die "functions.pl: $!\n";
