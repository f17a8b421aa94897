#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# run.pl: compile each case at each level with each compiler, run it, and
# compare with what its first comment says.  Prints TAP.
#
# Each is compiled with all checks inline, and with none.
#
#   levels: O1 O2		compile so (default: O0 O1 O2 O3 Os)
#   flags: -fno-builtin		more flags for the compiler
#   plugin: check=stores	more options for the plugin
#   unit: other.c		one more unit of the same module, below cases/include
#   expect: checks=3 x=1	lines that the program must print, each
#   expect[O0,Os]: checks=5	the same at some levels only; the last one counts
#   log: regex			a line that must be printed
#   nolog: regex		a line that must not
#   (@word in a regex: the number of the line with the comment @word)
#   report: f proved=2 ...	what the report says of function f
#   report[O2]: ...

use strict;
use warnings;

my ($dir, $out, @compilers) = @ARGV;	# compiler=plugin.so
my @cases = sort glob("$dir/cases/*.c");
@cases = grep { my $c = $_; grep { $c =~ /\Q$_\E/ } split / /, $ENV{CASES} } @cases if $ENV{CASES};
my (@jobs, $nr);

sub slurp { local $/; open my $f, '<', $_[0] or return ''; my $t = <$f>; return $t // '' }

sub applies {
	my ($which, $level) = @_;
	return !defined $which || grep { $_ eq $level } split /,/, $which;
}

sub check {
	my ($case, $cc, $plugin, $level, $inline) = @_;
	my ($base) = $case =~ m{([^/]+)\.c$};
	my $bin = "$out/$base.$cc.$level.$inline";
	my ($head) = slurp($case) =~ m{\A.*?(/\*.*?\*/)}s;
	my (%line, $lineno);
	my (%want, @log, @nolog, @report, $flags, $more, $units);

	$flags = $units = '';
	$more = "-fplugin-arg-modbounds-inline=$inline";
	for (split /\n/, $head // '') {
		s{^[\s/*]+}{}; s{\s*\*/\s*$}{};
		if (/^expect(?:\[([^\]]+)\])?:\s*(.*)/) {
			next unless applies($1, $level);
			for (split ' ', $2) { $want{$1} = $2 if /^(\w+)=(-?\d+)$/ }
		} elsif (/^log(?:\[([^\]]+)\])?:\s*(.*)/) {
			push @log, $2 if applies($1, $level);
		} elsif (/^nolog(?:\[([^\]]+)\])?:\s*(.*)/) {
			push @nolog, $2 if applies($1, $level);
		} elsif (/^report(?:\[([^\]]+)\])?:\s*(\w+)\s+(.*)/) {
			push @report, [$2, $3] if applies($1, $level);
		} elsif (/^flags:\s*(.*)/) {
			$flags = $1;
		} elsif (/^unit:\s*(.*)/) {
			$units .= " $dir/cases/include/$1";
		} elsif (/^plugin:\s*(.*)/) {
			$more .= join '', map { " -fplugin-arg-modbounds-$_" } split ' ', $1;
		}
	}

	for (split /\n/, slurp($case)) {
		$lineno++;
		$line{$1} = $lineno if m{/\* \@(\w+) \*/};
	}
	for (@log, @nolog) { s{\@(\w+)}{$line{$1} // "\@$1"}eg }

	unlink "$bin.json";
	my $cmd = "$cc -$level -g -fchecking -Wall -Wno-unused-but-set-variable -I$dir -fplugin=$plugin $more " .
		  "-fplugin-arg-modbounds-report=$bin.json $flags -o $bin $case$units $out/rt.o $out/thunks.o";
	my $text = `$cmd 2>&1`;
	return "does not compile: $cmd\n$text" if $? || $text ne '';
	$text = `timeout 10 $bin 2>&1`;
	return "run failed ($?): $bin\n$text" if $?;

	my @bad;
	for (sort keys %want) {
		my ($got) = $text =~ /^\Q$_\E=(-?\d+)$/m;
		push @bad, "$_: expected $want{$_}, got " . ($got // 'nothing')
			if !defined $got || $got ne $want{$_};
	}
	push @bad, "depth is not 0" unless $text =~ /^depth=0$/m;
	for (@log) { push @bad, "no line matches: $_" unless $text =~ /^.*$_.*$/m }
	for (@nolog) { push @bad, "a line matches: $_" if $text =~ /^.*$_.*$/m }
	my $json = slurp("$bin.json");
	for (@report) {
		my ($f, $items) = @$_;
		my ($line) = $json =~ /^(.*"function":"\Q$f\E(?:\.body\.\d+)?".*)$/m;
		for (split ' ', $items) {
			my ($k, $v) = split /=/;
			push @bad, "report of $f: no $k=$v in " . ($line // 'nothing')
				unless ($line // '') =~ /"$k":$v\b/;
		}
	}
	return @bad ? join("\n", @bad, $text) : '';
}

for my $case (@cases) {
	my ($levels) = slurp($case) =~ m{^[\s/*]+levels:\s*(.*?)\s*(?:\*/)?$}m;
	for my $level (split ' ', $levels // 'O0 O1 O2 O3 Os') {
		for (@compilers) {
			my ($cc, $plugin) = split /=/;
			push @jobs, map { [$case, $cc, $plugin, $level, $_] } qw(all none);
		}
	}
}

# Two at a time: as many as the smallest machine has.
$| = 1;
print "1.." . @jobs . "\n";
my $workers = $ENV{JOBS} || 2;
my @pipes;
for my $w (0 .. $workers - 1) {
	my $pid = open my $p, '-|';
	die "fork: $!" unless defined $pid;
	if (!$pid) {
		for (my $i = $w; $i < @jobs; $i += $workers) {
			my $bad = check(@{$jobs[$i]});
			$bad =~ s/\n/\x01/g;
			print "$bad\n";
		}
		exit 0;
	}
	push @pipes, $p;
}
my $failed = 0;
for my $i (0 .. $#jobs) {
	my $bad = readline $pipes[$i % $workers];
	$bad = "the worker died" unless defined $bad;
	chomp $bad;
	my ($case, $cc, undef, $level, $inline) = @{$jobs[$i]};
	my ($base) = $case =~ m{([^/]+)\.c$};
	print $bad eq '' ? '' : 'not ', "ok ", $i + 1, " - $base $cc -$level inline=$inline\n";
	next if $bad eq '';
	$failed++;
	print "# $_\n" for split /\x01/, $bad;
}
exit($failed ? 1 : 0);
