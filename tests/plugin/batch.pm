# SPDX-License-Identifier: GPL-2.0
#
# batch.pm: what the tests share that compile programs plain and with the
# plugin, at each level, and compare what they do.
#
# Starting compilers, linkers and loaders would take most of the time: so a
# batch of programs is one program, in which each is a function (batch.c).

package batch;
use strict;
use warnings;
use File::Path qw(make_path remove_tree);

our ($dir, $out, $cc, $plugin);
our @levels = qw(O1 O2 O3 Os);
# As the kernel is compiled.
our $flags = '-pipe -mcrc32 -fno-strict-aliasing -fwrapv -fno-delete-null-pointer-checks';
# Processor time in ms that a program may take without the plugin.
our $limit = 200;
# Whether programs do the same at all levels, without the plugin.
our $same = 1;
# Names of programs that are known to differ, and why.
our %todo;
# Whether the programs call memory functions, all together.
our $calling = 1;

sub setup {
	my $compiler;
	($dir, $out, $compiler) = @_;
	($cc, $plugin) = split /=/, $compiler;
}

# Each way to compile: its name and options.  Both ways to make a check, at two
# levels each, and the other way round for odd numbers.
sub variants {
	my ($nr) = @_;
	my (@plain, @with);

	for my $i (0 .. $#levels) {
		my $inline = ($i + ($nr // 0)) % 2 ? 'none' : 'all';
		push @plain, ["plain_$levels[$i]", "-$levels[$i]"];
		push @with, ["with_$levels[$i]", "-$levels[$i] -fplugin=$plugin -fplugin-arg-modbounds-inline=$inline"];
	}
	return (@plain, @with);
}

sub try { return scalar `$_[0] 2>&1` }

sub run {
	my $text = try($_[0]);
	die "failed: $_[0]\n$text" if $?;
	return $text;
}

sub slurp { local $/; open my $f, '<', $_[0] or die "$_[0]: $!"; my $t = <$f>; return $t // '' }
sub save { open my $f, '>', $_[0] or die "$_[0]: $!"; print $f $_[1]; close $f }

sub start {
	my ($work) = @_;
	remove_tree($work);
	make_path(map { "$work/$_->[0]" } variants());
}

# One for each program: symbol and name; its main() is SYMBOL_main_VARIANT.
sub table {
	my @programs = @_;
	my $text = qq{#include "$dir/batch.h"\n};
	for my $p (@programs) {
		$text .= "program_fn $p->[0]_main_$_->[0];\n" for variants();
	}
	$text .= 'const char * const levels[] = { ' . join(', ', map { qq{"-$_"} } @levels) . " };\n";
	$text .= "const int plain_same = $same, plain_ms = $limit;\nconst struct program programs[] = {\n";
	for my $p (@programs) {
		my ($plain, $with) = map { my $v = $_; join ', ', map { "$p->[0]_main_${v}_$_" } @levels } qw(plain with);
		$text .= qq{\t{ "$p->[1]", { $plain }, { $with } },\n};
	}
	return "$text\t{ 0 }\n};\n";
}

# Link what was compiled and run it: batch.c's lines.
sub compare {
	my ($work, $options, @programs) = @_;
	save("$work/table.c", table(@programs));
	my $text = try("$cc $options -o $work/all $work/table.c " . join(' ', map { "$work/$_->[0]/*.o" } variants()) .
		       " $out/batch.o $out/strings.o $out/rt.o $out/thunks.o -lm");
	# The linker only warns where the options say so.
	die "does not link:\n$text" if $? || $text =~ /undefined reference to .__modbounds/;
	return run("$work/all");
}

# Compile programs that we wrote, in which VARIANT stands for the variant's name.
sub sources {
	my ($work, $nr, @programs) = @_;
	for (variants($nr)) {
		my ($name, $options) = @$_;
		my @sources = map { "../$_->[0].c" } @programs;
		my $text = run("cd $work/$name && $cc -w $flags $options -I/usr/include/csmith -DVARIANT=$name -c @sources");
		die "the compiler says: $text" if $text ne '';
	}
	my $text = compare($work, '', @programs);
	remove_tree($work) unless $text =~ / bad /;
	return $text;
}

# Words and line ends in what a program printed must not look like TAP.
sub line { my ($s) = @_; chomp $s; $s =~ s/\n/\x01/g; return "$s\n" }

# all(WORK, WANTED, BATCHES...): call WORK for each batch (number, names), which
# returns a line for each name as batch.c does, in this order; print TAP.
# Returns whether all is well, so many were compared, and checks were made.
sub all {
	my ($work, $wanted, @batches) = @_;
	chomp(my $workers = $ENV{JOBS} || `nproc`);
	my $programs = 0;
	$programs += @$_ for @batches;

	$| = 1;
	print '1..', $programs + 1, "\n";
	my @pipes;
	for my $w (0 .. $workers - 1) {
		my $pid = open my $p, '-|';
		die "fork: $!" unless defined $pid;
		if (!$pid) {
			for (my $i = $w; $i < @batches; $i += $workers) {
				my @names = @{$batches[$i]};
				print eval { $work->($i, @names) } // do { my $e = $@; map { line("$_ bad $e") } @names };
			}
			exit 0;
		}
		push @pipes, $p;
	}

	my ($nr, $failed, $compared, $checks, $calls, %skipped) = (0, 0, 0, 0, 0);
	for my $i (0 .. $#batches) {
		for my $name (@{$batches[$i]}) {
			my $line = readline($pipes[$i % $workers]) // "$name bad the worker died";
			chomp $line;
			$nr++;
			if ($line =~ /^\Q$name\E ok (\d+) (\d+)$/) {
				$compared++;
				$checks += $1;
				$calls += $2;
				print "ok $nr - $name\n";
			} elsif ($line =~ /^\Q$name\E skip (.*)$/) {
				$skipped{$1}++;
				print "ok $nr - $name # SKIP $1\n";
			} elsif ($todo{$name}) {
				print "not ok $nr - $name # TODO $todo{$name}\n", map { "# $_\n" } split /\x01/, $line;
			} else {
				$failed++;
				print "not ok $nr - $name\n", map { "# $_\n" } split /\x01/, $line;
			}
		}
	}
	$nr++;
	my $enough = $compared >= $wanted && $checks && ($calls || !$calling);
	print $enough ? '' : 'not ', "ok $nr - $compared programs do the same at each of @levels; ",
	      "$checks checks were made out of line, $calls memory functions called, or ranges looked at\n";
	print map { "# left out, $_: $skipped{$_}\n" } sort keys %skipped;
	return !$failed && $enough;
}

1;
