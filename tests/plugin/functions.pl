#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# functions.pl SRC OUT: the tables of the kernel's functions, and what becomes of a line
# that is wrong: the plugin is not built, and file and line are named.  TAP.

use strict;
use warnings;
use Test::More;

my ($src, $out) = @ARGV;
my $plugin = "$src/../../plugin";
my $dir = "$out/functions";

sub spit { open my $f, '>', $_[0] or die "$_[0]: $!"; print $f $_[1]; close $f }

# What functions.pl makes of a table with @_ in its third line.
sub made {
	spit("$dir/table", "# A comment.\n\n$_[0]\n");
	my $text = `perl $plugin/functions.pl $dir/table 2>&1`;
	return ($text, $?);
}

system("rm -rf $dir; mkdir -p $dir/plugin") == 0 or die;

my %wrong = (
	'f keeps' => 'a name, a tab',
	"f\t" => 'a name, a tab',
	"1f\tkeeps" => 'a name, a tab',
	"f*g\tkeeps" => 'a name, a tab',
	"f\tkept" => 'no property kept',
	"f\tw0" => 'no property w0',
	"f\tw0[]" => 'no property',
	"f\tw0[x]" => 'no property',
	"f\tw0[12]" => 'no property',
	"f\tw0=0" => 'no property',
	"f\tw0[1*0]" => 'no property',
	"f\tx0[1]" => 'no property',
	"f\ts0[1]" => 'no property',
	"f\tr0[1b*2]" => 'no property',
	"f\tkeeps keeps" => 'twice',
	"f\tkeeps -" => 'nothing else to say',
	"f\tnull object" => 'contradict',
	"f\tr0=1 r1=1 r2=1 r3=1 r4=1" => 'four ranges',
	"f\tstores" => 'for what is checked',
	"f*\tchecked" => 'whole name',
);
for (sort keys %wrong) {
	my ($text, $status) = made($_);
	isnt($status, 0, "refused: $_");
	like($text, qr{^\Q$dir\E/table:3: error: .*\Q$wrong{$_}\E}m, 'file, line and reason are named');
}
my ($text, $status) = made("f\tkeeps\nf\tobject");
isnt($status, 0, 'a function has one line');
like($text, qr{^\Q$dir\E/table:4: error: .*\Q$dir\E/table:3}m, 'both are named');
spit("$dir/first", "# A comment.\nf\tkeeps\n");
spit("$dir/second", "f\tkeeps\n");
$text = `perl $plugin/functions.pl $dir/first $dir/second 2>&1`;
like($text, qr{^\Q$dir\E/second:1: error: .*\Q$dir\E/first:2}m, 'in another table as well');

my %right = (
	"f\t-" => '{ "f", NULL, 0, 0, { } },',
	"f\tnull" => '{ "f", NULL, MB_NULL, 0, { } },',
	"f\tkeeps  object" => '{ "f", NULL, MB_KEEPS | MB_OBJECT, 0, { } },',
	"f\tchecked" => '{ "f", "f", 0, 0, { } },',
	"f\tchecked=g stores" => '{ "f", "g", MB_STORES, 0, { } },',
	"f\tw0[2]" => '{ { 0, 2, -1, true, false, false, false, false, 1, 0 } }',
	"f\trw1[2*4]" => '{ { 1, 2, -1, true, true, false, false, false, 4, 0 } }',
	"f\tr1[2*t]" => '{ { 1, 2, -1, false, true, false, false, false, 0, 0 } }',
	"f\tw0[1x2]" => '{ { 0, 1, 2, true, false, false, false, false, 1, 0 } }',
	"f\tw0[1x2*8]" => '{ { 0, 1, 2, true, false, false, false, false, 8, 0 } }',
	"f\tr0[1b]" => '{ { 0, 1, -1, false, true, false, true, false, 1, 0 } }',
	"f\tw0[<2]" => '{ { 0, 2, -1, true, false, false, false, true, 1, 0 } }',
	"f\tfirst" => '{ "f", NULL, MB_FIRST, 0, { } },',
	"f\tw1=4" => '{ { 1, -1, -1, true, false, false, false, false, 1, 4 } }',
	"f\tw1=t" => '{ { 1, -1, -1, true, false, false, false, false, 0, 0 } }',
	"f\ts3 scan" => 'MB_SCAN, 1, { { 3, -1, -1, false, false, true, false, false, 0, 0 } }',
	"f*\tobject" => 'mb_stars[] = {' . "\n\t" . '{ "f", NULL, MB_OBJECT, 0, { } },',
);
for (sort keys %right) {
	my ($text, $status) = made($_);
	is($status, 0, "made: $_");
	like($text, qr/\Q$right{$_}\E/, 'what it says');
}

# The lookup relies on the order.
$text = `perl $plugin/functions.pl $plugin/functions*.tbl`;
is($?, 0, 'the tables are right');
my ($functions, $stars) = $text =~ /mb_functions\[\] = \{\n(.*?)\};.*mb_stars\[\] = \{\n(.*?)\};/s;
my @names = $functions =~ /^\t\{ "(\w+)"/mg;
cmp_ok(scalar @names, '>', 500, 'there are many');
is_deeply(\@names, [sort @names], 'they are sorted');
my @lengths = map { length } $stars =~ /^\t\{ "(\w+)"/mg;
cmp_ok(scalar @lengths, '>', 5, 'there are stars');
is_deeply(\@lengths, [sort { $b <=> $a } @lengths], 'the longest come first');

# The build of the plugin.
system("cp $plugin/Makefile $plugin/functions.pl $plugin/functions*.tbl $dir/plugin/") == 0 or die;
my $make = "make -s -C $dir/plugin O=$dir/o $dir/o/functions.inc 2>&1";
$text = `$make`;
is($?, 0, 'make makes them') or diag($text);
open my $f, '>>', "$dir/plugin/functions-net.tbl" or die;
print $f "no_such_thing\tno_such_property\n";
close $f;
# As if it had been made some time before.
utime 1, 1, "$dir/o/functions.inc" or die;
my ($lines) = `wc -l < $dir/plugin/functions-net.tbl` =~ /(\d+)/;
$text = `$make`;
isnt($?, 0, 'a bad line fails the build');
like($text, qr{functions-net\.tbl:$lines: error: no_such_thing}, 'and is named');
$text = `$make`;
isnt($?, 0, 'the next build fails as well');
done_testing();
