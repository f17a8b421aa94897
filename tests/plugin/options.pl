#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# options.pl: what the plugin says, and what it leaves in object files.  TAP.

use strict;
use warnings;
use Test::More;

my ($out, @compilers) = @ARGV;
my $src = "$out/options.c";
my $nothing = '-x c /dev/null -S -o /dev/null';

open my $f, '>', $src or die;
print $f "struct s { int a, b; };\nint f(struct s *p) { p->a = 1; return p->b; }\n";
close $f;

for (@compilers) {
	my ($cc, $plugin) = split /=/;
	my $run = sub { my $t = `$cc -fplugin=$plugin $_[0] 2>&1`; return ($t, $?) };
	my ($text, $status);

	($text, $status) = $run->("-fplugin-arg-modbounds-help $nothing");
	is($status, 0, "$cc help");
	like($text, qr/check=all\|stores.*handover=all\|none.*index=stores\|all\|ranges\|none.*inline=data\|all\|none.*report=FILE/s, "$cc help says what there is");

	($text, $status) = $run->("-fplugin-arg-modbounds-check=most $nothing");
	isnt($status, 0, "$cc bad value");
	like($text, qr/check=most.*valid.*check=all.*check=stores/, "$cc bad value says what is valid");

	($text, $status) = $run->("-fplugin-arg-modbounds-inline=some $nothing");
	isnt($status, 0, "$cc bad value of inline");
	like($text, qr/inline=some.*valid.*inline=data.*inline=all.*inline=none/, "$cc says what is valid");

	($text, $status) = $run->("-fplugin-arg-modbounds-chekc=all $nothing");
	isnt($status, 0, "$cc bad option");
	like($text, qr/chekc.*valid.*check=all\|stores.*handover=all\|none.*index=stores\|all\|ranges\|none.*inline=data\|all\|none.*report=FILE.*help/, "$cc bad option says what is valid");

	($text, $status) = $run->("-fplugin-arg-modbounds-report $nothing");
	isnt($status, 0, "$cc report without a file");

	($text, $status) = $run->("-flto $nothing");
	isnt($status, 0, "$cc -flto is refused");
	like($text, qr/-flto/, "$cc says so");

	unlink "$out/options.json";
	($text, $status) = $run->("-O2 -c -fplugin-arg-modbounds-report=$out/options.json -o $out/o1.o $src");
	is("$status$text", '0', "$cc compiles");
	open my $j, '<', "$out/options.json" or die;
	my @lines = <$j>;
	is(scalar @lines, 1, "$cc reports one function");
	like($lines[0], qr/^\{"file":"\Q$src\E","function":"f\.body\.\d+","loads":1,"stores":1,"asm":0,"ranges":0,"escapes":0,"proved":0,"checked":1,"merged":1,"arguments":0\}$/,
	     "$cc report");

	like(`objcopy -O binary -j .modinfo $out/o1.o /dev/stdout`, qr/\0?modbounds=\d+\0/, "$cc .modinfo");
	system("sed s/int.f/int\\ g/ $src > $out/options2.c; $cc -O2 -fplugin=$plugin -c -o $out/o2.o $out/options2.c && ld -r -o $out/o12.o $out/o1.o $out/o2.o") == 0 or die;
	my $nm = `nm $out/o12.o`;
	is(scalar(() = $nm =~ /__modbounds_self$/mg), 1, "$cc one __modbounds_self after ld -r");
	like($nm, qr/ [VW] __modbounds_self$/m, "$cc it is weak");
	like(`objdump -h $out/o12.o`, qr/\.modbounds\.sites\s+00000040/, "$cc a site each");
	like(`objdump -dr --no-show-raw-insn $out/o1.o`, qr/<f>:.*call.*\n.*__modbounds_enter.*call.*f\.body\..*call.*\n.*__modbounds_exit/s, "$cc f is a gate");

	# Not between stac and clac; no stack protector in the gate.
	open my $g, '>', "$out/user.c" or die;
	print $g <<'END';
unsigned long copy(void *to, const void *from, unsigned long n)
{
	asm volatile("stac" : : : "memory");
	asm volatile("rep movsb\n\t.pushsection __ex_table,\"a\"\n\t.popsection" : "+D" (to), "+S" (from), "+c" (n) : : "memory");
	asm volatile("clac" : : : "memory");
	return n;
}
END
	close $g;
	my $asm = `$cc -O2 -fstack-protector-strong -fplugin=$plugin -S -o - $out/user.c`;
	like($asm, qr/__modbounds_ldr.*__modbounds_str.*stac.*rep movsb.*clac/s, "$cc checks before stac");
	unlike($asm, qr/stac.*__modbounds_[ls][dt]r.*clac/s, "$cc no check behind stac");
	unlike($asm, qr/__stack_chk_fail/, "$cc no stack protector in gates");

	for (@compilers) {
		my ($other, $theirs) = split /=/;
		next if $other eq $cc;
		my ($mine) = `$cc -dumpfullversion`;
		my ($version) = `$other -dumpfullversion`;
		chomp($mine, $version);
		$text = `$cc -fplugin=$theirs $nothing 2>&1`;
		isnt($?, 0, "$cc refuses the plugin of $other");
		like($text, qr/\Q$version\E.*\Q$mine\E/, "$cc names both versions");
	}
}
done_testing();
