#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# propose.pl [--figures|--check] TREE DIR...: what functions*.tbl lack for the drivers below
# the directories DIR of the prepared kernel tree TREE.
#
# A function counts as imported where its name is called: in the drivers' files, or in an
# inline function or macro of a header that they call, or that this one calls.  This is
# read from the sources, so it also counts what the preprocessor would leave out.  For
# each that is exported, takes pointers to something else than structures (to structures
# the plugin holds all calls anyway), and is not in a table, a line is printed, the most
# imported one first: its name, ranges that its prototype suggests (read its source before you
# believe them), and as a comment the directories and places that call it and its prototype.
#
# --figures: in place of the lines, how many are in a table.
# --check: in place of the lines, what in the tables does not fit the functions' prototypes.
#	Fails if there is such.

use strict;
use warnings;
use File::Find;
use FindBin;

my $mode = @ARGV && $ARGV[0] =~ /^--(figures|check)$/ ? shift : '';
my ($tree, @dirs) = @ARGV;
die "usage: propose.pl [--figures|--check] TREE DIR...\n" unless @dirs;
-f "$tree/include/linux/kernel.h" or die "propose.pl: $tree is no kernel tree\n";

# Words that a parenthesis may follow though nothing is called.
my %no_call = map { $_ => 1 } qw(if while for switch return sizeof typeof __typeof__ __attribute__
	defined do else case _Generic);

sub slurp {
	my ($file) = @_;
	local $/;
	open my $f, '<', $file or die "propose.pl: $file: $!\n";
	my $text = <$f> // '';
	$text =~ s{/\*.*?\*/|//[^\n]*}{ }gs;
	$text =~ s/\\\n/ /g;
	$text =~ s/"(?:[^"\\\n]|\\.)*"/""/g;
	return $text;
}

sub files {
	my ($pattern, @below) = @_;
	my @found;

	find({ no_chdir => 1, wanted => sub {
		push @found, $_ if /$pattern/ && -f;
		$File::Find::prune = 1 if -d && m{/(?:tools|samples|Documentation)$};
	} }, @below);
	return sort @found;
}

# The tables: a line of - says that there is nothing to say.
my (%table, @stars);
for my $file (glob "$FindBin::Bin/functions*.tbl") {
	open my $f, '<', $file or die "propose.pl: $file: $!\n";
	while (<$f>) {
		next unless /^(\w+)(\*?)\t+(.*)/;
		if ($2) { push @stars, $1 } else { $table{$1} = $3 }
	}
}

# What is exported, and which file does it; but for what only debugging options and PREEMPT_RT build.
my $debug = qr{/mm/(?:kasan|kmsan)/|/kernel/kcsan/|/kernel/rcu/tree_|/kernel/trace/trace_readwrite|
	/kernel/locking/(?:lockdep|spinlock_rt|spinlock_debug|rtmutex_api|irqflag-debug)|/mm/debug\.c|
	/kernel/dma/debug|/lib/(?:debugobjects|atomic64|math/div64|logic_pio|locking-selftest|smp_processor_id)|/usercopy_32}x;
my (%exported, %text);
for my $file (files(qr/\.[cS]$/, map { "$tree/$_" } grep { -d "$tree/$_" }
		    qw(arch/x86 block certs crypto drivers fs init ipc kernel lib mm net security sound virt))) {
	# What a driver exports to others is checked itself.
	next if $file =~ $debug || grep { $file =~ m{^\Q$tree/$_\E/.*/} } @dirs;
	open my $f, '<', $file or next;
	while (<$f>) {
		$exported{$2} //= $file if /^\s*EXPORT_(SYMBOL|STATIC_CALL)\w*\(\s*(\w+)/;
	}
}

# What inline functions and macros of headers call.
my @headers = files(qr/\.h$/, "$tree/include", "$tree/arch/x86/include");
my (%calls, %prototype, %structure);

sub called {
	my ($text) = @_;
	return grep { !$no_call{$_} } $text =~ /\b([A-Za-z_]\w*)\s*\(/g;
}

my $args = qr/\(((?:[^(){};]|\((?:[^(){};]|\([^(){};]*\))*\))*)\)/;
my $block = qr/(\{(?:[^{}]++|(?-1))*+\})/;
for my $file (@headers) {
	my $text = slurp($file);

	while ($text =~ /^[ \t]*#[ \t]*define[ \t]+(\w+)(?:\([^)]*\))?[ \t]+([^\n]*)/gm) {
		push @{$calls{$1}}, called($2), $2 =~ /^(\w+)\s*$/ ? $1 : ();
	}
	$text =~ s/^[ \t]*#[^\n]*//gm;
	while ($text =~ /^(?:static|extern)\s[^;{}()]*?\b(\w+)\s*$args\s*(?:__\w+\s*)*$block/gm) {
		my ($name, $body) = ($1, $3);
		push @{$calls{$name}}, called($body);
	}
	$text =~ s/$block/{}/g;
	$structure{$1} = 1 while $text =~ /\btypedef\s+(?:struct|union)\b[^;]*?(\w+)\s*;/g;
	# Types of functions.
	$structure{$1 // $2} = 1 while $text =~ /\btypedef\s[^;{}()]*?(?:\((\w+)\)\s*\(|\b(\w+)\s*$args\s*;)/g;
	$text =~ s/\{\}/;/g;
	while ($text =~ /\b(\w+)\s*$args\s*(?:\w+\s*(?:\([^()]*(?:\([^()]*\))?[^()]*\))?\s*)*;/g) {
		my ($name, $params) = ($1, $2);
		$prototype{$name} //= $params if $exported{$name};
	}
}

# The exported functions that come of calling @_.
my %reached;
sub reached {
	my ($name, $depth) = @_;
	my %all;

	return $reached{$name} if $reached{$name};
	$all{$name} = 1 if $exported{$name};
	$reached{$name} = \%all;	# who comes here again finds no more
	# What is a function and not inlined is the end of the way.
	if ($depth && $calls{$name} && !$exported{$name}) {
		%all = (%all, %{reached($_, $depth - 1)}) for @{$calls{$name}};
	}
	return \%all;
}

# Who calls what.
my (%by, %sites);
for my $dir (@dirs) {
	for my $file (files(qr/\.[ch]$/, "$tree/$dir")) {
		my $text = slurp($file);
		my ($where) = $file =~ m{^\Q$tree\E/(.*)/};

		$text =~ s/^[ \t]*#[ \t]*include[^\n]*//gm;
		for my $name (called($text)) {
			for (keys %{reached($name, 8)}) {
				$by{$_}{$where}++;
				$sites{$_}++;
			}
		}
	}
}

# The parameters of the function @_, as its definition has them, else a header.
sub parameters {
	my ($name) = @_;
	my $file = $exported{$name};

	$text{$file} //= slurp($file);
	return $1 if $text{$file} =~ /^\w[^;{}()=]*?\b\Q$name\E\s*$args\s*(?:__\w+\s*(?:\([^()]*\)\s*)*)*\{/m;
	return $prototype{$name};
}

# What a range @_ of the function with the parameters @_ has that is not so; '' if nothing.
sub misfit {
	my ($word, @params) = @_;
	my ($how, $ptr, $count, $fixed) = $word =~ /^(w|r|rw|s)([0-9])(?:\[(.*)\]|=(.*))?$/ or return '';

	return 'no such argument' if $ptr >= @params;
	my $param = $params[$ptr];
	# Some types hide a pointer.
	return "no pointer: $param" unless $param =~ /[*\[]|\bacpi_string\b/;
	return "a constant: $param" if $how =~ /w/ && $param =~ /\bconst\b[^*]*\*[^*]*$/;
	return "no string: $param" if $how eq 's' && $param !~ /\bchar\b|\bacpi_string\b/;
	return "size of nothing: $param" if ($fixed // '') eq 't' && $param =~ /\bvoid \*\w*$/;
	for ((($count // '') =~ /^([0-9])(?:x([0-9]))?/)) {
		return "no length: " . ($params[$_] // 'none') if defined && ($params[$_] // '*') =~ /[*\[]/;
	}
	return '';
}

# Split at the commas outside of parentheses.
sub split_parameters {
	my ($text) = @_;
	my ($depth, @all) = (0, '');

	for (split //, $text) {
		$depth++ if $_ eq '(';
		$depth-- if $_ eq ')';
		if ($_ eq ',' && !$depth) { push @all, '' } else { $all[-1] .= $_ }
	}
	for (@all) { s/\s+/ /g; s/^ | $//g }
	return @all;
}

if ($mode eq '--check') {
	my $bad = 0;
	for my $name (sort keys %table) {
		# What the architecture or the compiler has is not exported, or not as a function.
		my $text = $exported{$name} ? parameters($name) : next;
		next unless defined $text;
		for (split ' ', $table{$name}) {
			my $why = misfit($_, split_parameters($text)) or next;
			print "$name: $_: $why\n";
			$bad = 1;
		}
	}
	exit $bad;
}

sub is_data {
	local $_ = $_[0];
	# A pointer to a function, to registers, of a user, and to a single structure.
	return 0 if /\(\s*\*|__user\b|__iomem\b|va_list/ || !/[*\[]/;
	return 0 if /\b(?:struct|union) \w+ ?(?:__\w+ )*\*(?: ?(?:const|restrict))? ?\w*$/;
	return !(/\b(\w+) ?\*(?: ?const)? ?\w*$/ && $structure{$1});
}

my $length = qr/\b(?:\w*(?:len|length|size|count|cnt|bytes|words|nbits|nelems|nents|num)|n|nr\w*|num_\w+|n[a-z]*s)$/;

sub propose {
	my @params = @_;
	my @words;

	for my $i (0 .. $#params) {
		local $_ = $params[$i];
		next unless is_data($_);
		my ($len) = grep { $_ >= 0 && $_ < @params && $params[$_] !~ /[*\[]/ && $params[$_] =~ $length }
			$i + 1, $i - 1;
		my $how = /\bconst\b/ ? 'r' : 'w';
		if (defined $len) {
			push @words, "$how${i}[$len" . (/\b(?:void|char|u8|__u8)\b/ ? '' : '*t') . ']';
		} elsif (/\bconst char ?\* ?\w+$/) {
			push @words, "s$i";
		} elsif (!/\bvoid\b|\bchar\b/) {
			push @words, "$how$i=t";
		}
	}
	return join ' ', @words;
}

my (%n, @missing, %lacks, %dirs);
for my $name (sort { keys %{$by{$b}} <=> keys %{$by{$a}} || $sites{$b} <=> $sites{$a} || $a cmp $b } keys %by) {
	my $text = parameters($name);
	my @params = defined $text ? split_parameters($text) : next;	# a variable
	my $what = (grep { is_data($_) } @params) ? 'data' :
		   (grep { /\b(?:struct|union) \w+ ?(?:__\w+ )*\*/ } @params) ? 'structures' : next;
	my $star = !exists $table{$name} && grep { !index $name, $_ } @stars;
	my $state = !exists $table{$name} ? 'missing' : $table{$name} eq '-' ? 'nothing' :
		    $table{$name} =~ /\b[rws]+[0-9]|scan|checked/ ? 'ranges' : 'other';

	$n{$what}{$_}{functions}++, $n{$what}{$_}{sites} += $sites{$name} for $state, 'all';
	next if $what ne 'data';
	$dirs{$_} = 1 for keys %{$by{$name}};
	next if $state ne 'missing';
	$lacks{$_} = 1 for keys %{$by{$name}};
	push @missing, sprintf "%s\t%s\t# %d %d%s (%s)\n", $name, propose(@params) || '-',
		scalar keys %{$by{$name}}, $sites{$name}, $star ? ' star' : '', join ', ', @params;
}
if ($mode ne '--figures') {
	print @missing;
	exit;
}
my %title = (data => 'bytes, words, strings', structures => 'structures only');
for my $what (qw(data structures)) {
	printf "%-24s %9s %9s\n", "pointers to $title{$what}", 'functions', 'calls';
	for ([all => 'imported'], [ranges => 'ranges in the table'], [other => 'something else in it'],
	     [nothing => 'looked at: nothing to say'], [missing => 'not in the table']) {
		my ($state, $text) = @$_;
		my $f = $n{$what}{$state} // {};
		printf "  %-28s %6d %9d\n", $text, $f->{functions} // 0, $f->{sites} // 0;
	}
}
printf "directories with drivers: %d; none of the first kind is missing in: %d\n",
	scalar keys %dirs, keys(%dirs) - keys %lacks;
