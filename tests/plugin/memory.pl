#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# memory.pl DIR OUT COMPILER=PLUGIN [FIRST LAST]: random programs that are full
# of memory and string functions, compiled plain and with the plugin at each
# level, do the same.  TAP.
#
# What GCC knows about such a call, it knows from its name, and the plugin gives
# it another one: so lengths and offsets are such that GCC does not know them,
# locals whose address nobody else has are stored to before and read after, and
# some functions end with such a call.
#
# All memory is initialised, no structure has padding, and nothing leaves its
# object: what a program does is defined.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use batch;

batch::setup(splice @ARGV, 0, 3);
my ($first, $last) = @ARGV;
$first //= 1;
$last //= 400;

my %bytes = (u8 => 1, u16 => 2, u32 => 4, u64 => 8);
my (@types, @objects, $depth, $nvars, @functions);

sub upto { return int rand($_[0] + 1) }
sub pick { return $_[rand @_] }
sub maybe { return rand(100) < $_[0] }

# A number that GCC may know, or not.
sub number { my ($n) = @_; return maybe(70) ? "v($n)" : $n }

# A structure without padding: packed, or with the widest fields first.  Fields
# are suffixes to the name of an object, with the offset of those that have an address.
sub make_type {
	my $name = 's' . @types;
	my $packed = maybe(50);
	my (@kinds, @fields, $size, $text);

	push @kinds, pick(qw(u8 u16 u32 u64 array bits bits union nested)) for 0 .. 1 + upto(4);
	@kinds = grep { exists $bytes{$_} } @kinds unless $packed;
	@kinds = sort { $bytes{$b} <=> $bytes{$a} } @kinds unless $packed;
	push @kinds, 'u32' unless @kinds;
	$size = 0;
	$text = "struct $name {\n";
	for my $i (0 .. $#kinds) {
		my $kind = $kinds[$i];
		if (my $n = $bytes{$kind}) {
			$text .= "\t$kind f$i;\n";
			push @fields, ".f$i";
			$size += $n;
		} elsif ($kind eq 'array') {
			my $n = 1 + upto(12);
			$text .= "\tu8 f$i\[$n];\n";
			push @fields, map { ".f$i\[$_]" } 0 .. $n - 1;
			$size += $n;
		} elsif ($kind eq 'bits') {
			my $a = 1 + upto(13);
			my $b = 1 + upto(13);
			$text .= "\tu32 f$i:$a, g$i:$b, h$i:" . (32 - $a - $b) . ";\n";
			push @fields, ".f$i", ".g$i", ".h$i";
			$size += 4;
		} elsif ($kind eq 'union' || !@types) {
			$text .= "\tunion { u8 b[8]; u64 x; struct { u32 lo, hi; } h; } f$i;\n";
			push @fields, pick(map { [".f$i.x"], [".f$i.h.lo", ".f$i.h.hi"], [map { ".f$i.b[$_]" } 0 .. 7] } 1)->@*;
			$size += 8;
		} else {
			my $t = pick(@types);
			$text .= "\tstruct $t->{name} f$i;\n";
			push @fields, map { ".f$i$_" } @{$t->{fields}};
			$size += $t->{size};
		}
	}
	# No kind of these has padding but at the end.
	my $align = $packed ? 1 : $bytes{$kinds[0]};
	if (my $rest = -$size % $align) {
		$text .= "\tu8 rest[$rest];\n";
		push @fields, map { ".rest[$_]" } 0 .. $rest - 1;
		$size += $rest;
	}
	push @types, { name => $name, size => $size, fields => \@fields };
	return $text . '}' . ($packed ? ' __attribute__((packed))' : '') . ";\n" .
	       "_Static_assert(sizeof(struct $name) == $size, \"no padding\");\n";
}

sub value {
	my $o = pick(@objects);
	return pick(upto(255), 'v(' . upto(1 << 30) . ')', 'sum', 'sum >> 13', $o ? read_of($o) : 'sum');
}

sub read_of {
	my ($o) = @_;
	my $at = upto($o->{size} - 1);
	return $o->{name} . pick(@{$o->{fields}}) if $o->{fields} && maybe(60);
	return "(($o->{base})[" . number($at) . '])' if maybe(60);
	my $middle = upto($o->{size});
	return "(($o->{base} + $middle)[" . number($at - $middle) . '])';
}

# A pointer to byte AT of an object, in many a form.
sub pointer {
	my ($o, $at) = @_;
	my $p = "$o->{base} + " . number($at);
	my $other = pick(@objects);

	return $p if maybe(50);
	# From the middle: what is added may be negative.
	my $middle = upto($o->{size});
	return "($o->{base} + $middle) + " . number($at - $middle) if maybe(20);
	return "&($o->{base})[" . number($at) . ']' if maybe(20);
	return "$o->{pointer} + " . number($at) if $o->{pointer};
	return "(v(1) ? $p : $other->{base})" if maybe(20);
	return "(u8 *)((unsigned long)($o->{base}) + " . number($at) . ')' if maybe(20);
	return $p;
}

# An object with room for N bytes, not in SKIP.
sub object {
	my ($n, @skip) = @_;
	my @o = grep { my $o = $_; $o->{size} >= $n && !grep { $_ eq $o } @skip } @objects;
	return pick(@o);
}

sub store {
	my $o = pick(@objects);
	return "$o->{name}" . pick(@{$o->{fields}}) . ' = ' . value() . ';' if $o->{fields} && maybe(60);
	my @wide = grep { $bytes{$_} <= $o->{size} } qw(u8 u16 u32 u64);
	my $type = pick(@wide);
	my $p = pointer($o, upto($o->{size} - $bytes{$type}));
	return "((struct p_$type *)($p))->x = " . value() . ';';
}

# Two different objects, places in them, and a length that fits into both.
sub two {
	my $d = pick(@objects);
	my $s = object(1, $d) or return;
	my $n = $d->{size} < $s->{size} ? $d->{size} : $s->{size};
	my $len = upto($n);
	return (pointer($d, upto($d->{size} - $len)), pointer($s, upto($s->{size} - $len)), $len);
}

sub memory {
	my $kind = upto(6);

	if ($kind == 0) {
		my $o = pick(@objects);
		my $n = upto($o->{size});
		return 'memset(' . pointer($o, upto($o->{size} - $n)) . ', ' . value() . ', ' . number($n) . ');';
	}
	if ($kind == 1) {
		my $o = pick(@objects);
		my $n = upto($o->{size});
		my ($d, $s) = map { pointer($o, upto($o->{size} - $n)) } 1, 2;
		return "memmove($d, $s, " . number($n) . ');';
	}
	my ($d, $s, $n) = two() or return store();
	my $len = number($n);
	return "sum = mix(sum, memcmp($d, $s, $len) > 0);" if $kind == 2;
	return "sum = mix(sum, *(u8 *)memcpy($d, $s, $len));" if $kind == 3 && $n;
	return "copy($d, $s, $len);" if $kind == 4;
	if ($kind == 5) {
		my $part = upto($n);
		return "{ long part = v($part); memcpy($d, $s, part); memcpy($d + part, $s + part, $len - part); }";
	}
	return "memcpy($d, $s, $len);";
}

# A string ends in its object, and what is copied fits.
sub string {
	my $s = object(4) or return store();
	my $d = object(20, $s) or return store();
	my $from = upto($s->{size} - 2);
	my $max = $s->{size} - 1 - $from < 5 ? $s->{size} - 1 - $from : 5;
	my $len = upto($max);
	my $end = "($s->{base})[" . number($from + $len) . '] = 0;';
	my $p = pointer($s, $from);
	my $to = upto(4);
	my $q = pointer($d, $to);
	my $n = number(1 + upto(12));
	my $c = value();

	return "$end " . pick(
		"sum = mix(sum, strlen($p));",
		"sum = mix(sum, strnlen($p, $n));",
		"{ char *r = strchr($p, $c); sum = mix(sum, r ? *r : 1); }",
		"{ char *r = strrchr($p, $c); sum = mix(sum, r ? *r : 1); }",
		"{ u8 *r = memchr($p, $c, " . number($len + 1) . '); sum = mix(sum, r ? *r : 1); if (r) *r = 9; }',
		"($d->{base})[" . ($to + 5) . "] = 0; sum = mix(sum, strcmp($p, $q) > 0);",
		"($d->{base})[" . ($to + 5) . "] = 0; sum = mix(sum, strncmp($p, $q, $n) > 0);",
		"($d->{base})[" . ($to + 5) . "] = 0; sum = mix(sum, strspn($p, $q) + strcspn($p, $q));",
		"strcpy($q, $p);",
		"*stpcpy($q, $p) = $c;",
		"strncpy($q, $p, $n);",
		"($d->{base})[" . ($to + 5) . "] = 0; strcat($q, $p);",
		"($d->{base})[" . ($to + 5) . "] = 0; strncat($q, $p, $n);",
		"sum = mix(sum, sized_strscpy((char *)($q), (char *)($p), $n));",
		"sum = mix(sum, snprintf($q, $n, \"%s-%d\", (char *)($p), v(" . upto(9999) . ')));',
		"sum = mix(sum, sprintf($q, \"%s-%d\", (char *)($p), v(" . upto(9999) . ')));');
}

sub call {
	# Two names for one object would be more than what is defined.
	my @statics = grep { $_->{name} =~ /^g/ } @objects;
	my $f = pick(grep { my $f = $_; object($f->{size}, @statics) } @functions) or return memory();
	my $o = object($f->{size}, @statics);
	return "sum = mix(sum, $f->{name}(" . pointer($o, upto($o->{size} - $f->{size})) . ', ' . value() . '));';
}

sub statement {
	my $kind = upto(99);
	my $text;

	if ($depth < 2 && $kind < 15) {
		$depth++;
		my ($body, $other) = map { join ' ', map { statement() } 0 .. upto(2) } 1, 2;
		$depth--;
		return pick("if (" . value() . " & 1) { $body } else { $other }", "if (v(" . upto(1) . ")) { $body }",
			    "for (long i$depth = 0; i$depth < v(" . upto(3) . "); i$depth++) { $body }");
	}
	return store() if $kind < 45;
	return memory() if $kind < 80;
	return string() if $kind < 93;
	return call();
}

# A local or static object, with all its bytes set.
sub declare {
	my ($where) = @_;
	my $name = ($where eq 'static' ? 'g' : 'l') . $nvars++;
	my $o = { name => $name };
	my ($text, $init);

	if (@types && maybe(50)) {
		my $t = pick(@types);
		@$o{qw(base size fields)} = ("(u8 *)&$name", $t->{size}, $t->{fields});
		$text = "struct $t->{name} $name";
		$init = join ' ', map { "$name$_ = " . upto(255) . ';' } @{$t->{fields}};
	} else {
		my $type = pick(qw(u8 u8 u8 u16 u32 u64));
		my $n = 1 + upto($type eq 'u8' ? 40 : 6);
		@$o{qw(base size)} = ("(u8 *)$name", $n * $bytes{$type});
		$o->{fields} = [map { "[$_]" } 0 .. $n - 1];
		$text = "$type $name\[" . ($where eq 'local' && maybe(10) ? "v($n)" : $n) . ']';
		$init = "for (long i = 0; i < $n; i++) $name\[i] = i * 37 + " . upto(255) . ';';
	}
	push @objects, $o;
	return "static $text;\n" if $where eq 'static';

	$init = "memset($o->{base}, " . upto(255) . ", v($o->{size}));" if maybe(25);
	$init = "memcpy($o->{base}, table + v(" . upto(60) . "), v($o->{size}));" if maybe(25);
	if (maybe(40)) {
		$o->{pointer} = maybe(50) ? "p_$name" : "(*q_$name)";
		$init .= "\n\tu8 *p_$name = $o->{base}, **q_$name = &p_$name;";
	}
	return "\t$text;\n\t$init\n";
}

sub function {
	my ($nr, $statics) = @_;
	my $size = 1 + upto(24);
	my $f = { name => "f$nr", size => $size };
	my $text = "u64 f$nr(u8 *out, u64 sum)\n{\n";

	@objects = @$statics;
	$depth = 0;
	$text .= declare('local') for 0 .. 1 + upto(2);
	push @objects, { name => 'out', base => 'out', size => $size };
	$text .= "\t" . statement() . "\n" for 0 .. 3 + upto(6);
	# Some objects are read by memory functions only.
	for my $o (@objects) {
		$text .= "\tfor (long i = 0; i < $o->{size}; i++) sum = mix(sum, ($o->{base})[i]);\n" if maybe(60);
	}
	push @functions, $f;
	return "$text\treturn sum;\n}\n";
}

# A function that ends with a memory function: a local is read, and gone.
sub last_call {
	my ($nr, $statics) = @_;
	my $text = "void t$nr(u8 *out, u64 sum)\n{\n";

	@objects = @$statics;
	$depth = 0;
	$text .= declare('local');
	my $o = $objects[-1];
	$text .= "\t" . store() . "\n" for 0 .. upto(3);
	$text .= "\t" . memory() . "\n" if maybe(50);
	my $n = 1 + upto(($o->{size} < 40 ? $o->{size} : 40) - 1);
	my $p = pointer($o, upto($o->{size} - $n));
	$text .= "\t" . pick("memcpy(out, $p, v($n));", "memmove(out, $p, v($n));",
			     "($o->{base})[$o->{size} - 1] = 0; sized_strscpy((char *)out, (char *)($o->{base}), v($n));") . "\n";
	return "$text}\n";
}

# A local of which only one element is read, from a pointer into its middle: GCC
# must not believe that the index leads forward.
sub middle {
	my ($nr) = @_;
	my $type = pick(qw(u8 u16 u32 u64));
	my ($n, $writes) = (2 + upto(5), upto(2));
	my $m = upto($n);
	my $text = "u64 m$nr(long i, long j)\n{\n\t$type l[$n], *p = l + $m;\n\n";

	$text .= "\tl[$_] = i + " . upto(255) . ";\n" for 0 .. $n - 1;
	$text .= "\tp[j] += " . upto(255) . ";\n" if $writes;
	return { name => "m$nr", text => "$text\treturn p[i];\n}\n", least => -$m, last => $n - 1 - $m };
}

sub program {
	my ($seed) = @_;
	my ($text, @statics, @middles);

	srand($seed);
	(@types, @objects, @functions) = ();
	$nvars = 0;
	$text = <<'END';
#include <stddef.h>
#include <stdio.h>
#include <string.h>
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
struct p_u8 { u8 x; } __attribute__((packed));
struct p_u16 { u16 x; } __attribute__((packed));
struct p_u32 { u32 x; } __attribute__((packed));
struct p_u64 { u64 x; } __attribute__((packed));
extern char *stpcpy(char *, const char *);
extern size_t strnlen(const char *, size_t);
extern long sized_strscpy(char *, const char *, size_t);
#define PASTE(a, b) a##b
#define NAME(a, b) PASTE(a, b)
static u8 table[256];
static __attribute__((noipa)) long v(long x) { return x; }
static u64 mix(u64 sum, u64 x) { return (sum ^ x) * 0x100000001b3ul + (sum >> 31); }
static inline void copy(void *d, const void *s, size_t n) { if (n) memcpy(d, s, n); }
END
	$text .= "#define main NAME(p${seed}_main_, VARIANT)\n";
	my $nfunctions = 2 + upto(2);
	my $linkage = $seed % 2 ? '' : 'static ';
	for my $f (map { ("f$_", "t$_") } 0 .. $nfunctions - 1) {
		$text .= "#define $f NAME(p${seed}_${f}_, VARIANT)\n" if $seed % 2;
	}
	$text .= make_type() for 0 .. upto(2);
	for (0 .. upto(1)) {
		@objects = ();
		$text .= declare('static');
		push @statics, @objects;
	}
	for my $nr (0 .. $nfunctions - 1) {
		my $noipa = maybe(70) ? '__attribute__((noipa)) ' : '';
		$text .= $linkage . $noipa . function($nr, \@statics);
		$text .= $linkage . '__attribute__((noipa)) ' . last_call($nr, \@statics);
	}
	for my $nr (0 .. $nfunctions - 1) {
		push @middles, middle($nr);
		$text .= 'static __attribute__((noipa)) ' . $middles[-1]{text};
	}
	$text .= "int main(void)\n{\n\tu8 out[64];\n\tu64 sum = $seed;\n\n";
	$text .= "\tfor (int i = 0; i < 256; i++)\n\t\ttable[i] = i * 11 + $seed;\n";
	for my $nr (0 .. $nfunctions - 1) {
		$text .= "\tmemset(out, $nr, 64);\n\tsum = f$nr(out + v(" . upto(30) . "), sum);\n\tt$nr(out + v(" . upto(20) . "), sum);\n";
		$text .= "\tfor (int i = 0; i < 64; i++)\n\t\tsum = mix(sum, out[i]);\n";
		my $m = $middles[$nr];
		$text .= "\tfor (long i = $m->{least}; i <= $m->{last}; i++)\n\t\tsum = mix(sum, $m->{name}(i, v($m->{least})));\n";
		$text .= qq{\tprintf("$nr: %lx\\n", sum);\n};
	}
	return "$text\treturn 0;\n}\n";
}

sub compare {
	my ($nr, @seeds) = @_;
	my $work = "$batch::out/memory.$seeds[0]";

	batch::start($work);
	batch::save("$work/p$_.c", program($_)) for @seeds;
	return batch::sources($work, $nr, map { ["p$_", $_] } @seeds);
}

my @batches;
for (my $seed = $first; $seed <= $last; $seed += 10) {
	push @batches, [grep { $_ <= $last } $seed .. $seed + 9];
}
# Each must be compared: there is none that does not end, or may fail.
exit(batch::all(\&compare, $last - $first + 1, @batches) ? 0 : 1);
