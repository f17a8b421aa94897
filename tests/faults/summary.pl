#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# summary.pl --one OUTPUT: what became of one guest, in a few words.
# summary.pl RESULTS FAULTS JSON: the table of all, and the same as JSON.
use strict;
use warnings;
use JSON::PP;

# A guest: what it printed, its exit status last.  Dead is one that did not come to its
# end, by a panic or because it hangs; oops=panic makes each oops a panic.  One that does
# all its work while its kernel has warned of something is alive, and counted apart.
sub outcome {
	my ($file) = @_;
	open my $in, '<', $file or return;
	local $/;
	my $text = <$in>;
	my ($rc) = $text =~ /^rc (\d+)$/m;
	my %o = (rc => $rc);
	$o{alive} = $text =~ /^alive$/m ? 1 : 0;
	$o{warned} = $o{alive} && $rc == 125 ? 1 : 0;
	$o{late} = $o{alive} && $rc == 124 ? 1 : 0;
	$o{reached} = $text =~ /^reached (\d+)$/m ? $1 : undef;
	$o{violations} = $text =~ /^violations (\d+)$/m ? $1 : undef;
	$o{module} = $text =~ /^module (\w+)$/m ? $1 : undef;
	$o{disturbed} = $text =~ / fails?$/m ? 1 : 0;
	($o{report}) = $text =~ /^report (.*)$/m;
	($o{trouble}) = $text =~ /^guest: (.*?)(?:;|$)/m;
	$o{state} = !$o{alive} ? 'dead' : !$o{reached} ? 'not reached' :
		'alive' . ($o{warned} ? ', kernel warns' : '') . ($o{late} ? ', does not switch off' : '') . ($o{disturbed} ? ', work fails' : '') .
		($o{module} && $o{module} ne 'gone' ? ', module stays' : '');
	return \%o;
}

if ($ARGV[0] eq '--one') {
	my $o = outcome($ARGV[1]) or exit 1;
	printf "%-38s %s\n", $o->{state}, $o->{trouble} // $o->{report} // '';
	exit;
}

my ($results, $faults, $json) = @ARGV;
my @all;
my %count;
open my $table, '<', $faults or die "$faults: $!\n";
while (<$table>) {
	next if /^\s*(#|$)/;
	my ($name, $driver, $function) = split /\t+/;
	my ($plain, $checked) = map { outcome("$results/$_/$name.out") } qw(plain instrumented);
	next unless $plain && $checked;
	my $kills = $plain->{state} eq 'dead';
	$count{all}++;
	$count{kills}++ if $kills;
	$count{survived}++ if $kills && $checked->{alive};
	$count{worse}++ if !$kills && !$checked->{alive};
	$count{warned}++ if $kills && $checked->{warned};
	push @all, { fault => $name, driver => $driver, function => $function,
		plain => $plain->{state}, instrumented => $checked->{state},
		violations => $checked->{violations}, report => $checked->{report},
		trouble => $checked->{trouble} };
	print "survives not: $name: $checked->{trouble}\n" if !$checked->{alive};
	print "warns: $name: $checked->{trouble}\n" if $checked->{warned};
}
exit unless @all;
open my $out, '>', $json or die "$json: $!\n";
print $out JSON::PP->new->pretty->canonical->encode(\@all);
$_ //= 0 for @count{qw(kills survived warned worse)};
printf "%d faults, %d kill the plain kernel; of these %d (%.0f %%) are survived with checks, %d with a warning; %d more die with checks only\n",
	$count{all}, $count{kills}, $count{survived}, $count{kills} ? 100 * $count{survived} / $count{kills} : 0,
	$count{warned}, $count{worse};
