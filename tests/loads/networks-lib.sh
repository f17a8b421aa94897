# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034
#
# Sourced by the guests' scripts: networks without cards.  What make_it makes,
# unmake_it takes apart.  Those that set paired have the namespaces and addresses made,
# too; those that set everything do not have all of the loads.

make_veth() { ip link add "$1" type veth peer name "$2"; }
unmake_veth() { :; }

# spaces: ns1 and ns2 and a pair of veth between them, ua and ub, with addresses of their own.
spaces() {
	paired=1
	for n in 1 2; do
		ip netns add ns$n
		ip -n ns$n link set lo up
	done
	ip link add ua netns ns1 mtu 9200 type veth peer name ub netns ns2 mtu 9200
	for end in '1 ua' '2 ub'; do
		ip -n "ns${end% *}" addr add "10.9.0.${end% *}/24" dev "${end#* }"
		ip -n "ns${end% *}" link set "${end#* }" up
	done
}
# own N IF: the address of the loads
own() {
	ip -n "ns$1" addr add "10.0.0.$1/24" dev "$2"
	ip -n "ns$1" link set "$2" up
}

# Two ports of a bridge that knows VLANs and who has joined which group.
make_bridge() {
	ip link add br0 mtu 9200 type bridge vlan_filtering 1 mcast_snooping 1 stp_state 0
	ip link set br0 up
	for end in a b; do
		ip link add v$end type veth peer name p$end mtu 9200
		ip link set p$end master br0
		ip link set p$end up
		bridge vlan add dev p$end vid 5
	done
	bridge fdb add 02:00:00:00:00:99 dev pa master static
}
unmake_bridge() {
	bridge fdb show br br0 | grep -q 02:00:00:00:00:99
	bridge -s vlan show >/dev/null
	bridge mdb show >/dev/null
	read_all /sys/class/net/br0/
	may ip link set br0 type bridge stp_state 1
	sleep 1
	ip link del br0
}

make_vlan() {
	ip link add ua mtu 9200 type veth peer name ub mtu 9200
	ip link set ua up
	ip link set ub up
	ip link add link ua name va.7 mtu 1500 type vlan id 7 ingress-qos-map 1:2 egress-qos-map 2:3
	ip link add link ub name vb.7 mtu 1500 type vlan id 7
	ip link add link ua name other type vlan protocol 802.1ad id 8
	ip link set other up
}
unmake_vlan() { cat /proc/net/vlan/* >/dev/null; ip link del ua; }

make_macvlan() {
	ip link add ua mtu 9200 type veth peer name ub mtu 9200
	ip link set ua up
	ip link set ub up
	ip link add link ua name ma mtu 1500 type macvlan mode bridge
	ip link add link ub name mb mtu 1500 type macvlan mode vepa
}
unmake_macvlan() { ip link del ua; }

# One of the two links is lost at the end, and packets still arrive.
make_bond() {
	paired=1
	for n in 1 2; do
		ip netns add ns$n
		ip -n ns$n link set lo up
		ip -n ns$n link add bond$n type bond mode active-backup miimon 100
	done
	for l in 1 2; do
		ip link add a$l netns ns1 type veth peer name b$l netns ns2
		ip -n ns1 link set a$l master bond1
		ip -n ns2 link set b$l master bond2
	done
	own 1 bond1
	own 2 bond2
}
unmake_bond() {
	in1 cat /proc/net/bonding/bond1 >/dev/null
	ip -n ns1 link set a1 down
	reach
	nets tcp
}

make_vxlan() {
	spaces
	ip -n ns1 link add xa type vxlan id 42 dev ua local 10.9.0.1 remote 10.9.0.2 dstport 4789
	ip -n ns2 link add xb type vxlan id 42 dev ub local 10.9.0.2 remote 10.9.0.1 dstport 4789
	own 1 xa
	own 2 xb
}
unmake_vxlan() { in1 bridge fdb show dev xa >/dev/null; }

# It carries IP and nothing else.
make_wireguard() {
	spaces
	everything='udp segments tcp zerocopy raw' only_ip=1
	umask 077
	for n in 1 2; do wg genkey >/tmp/key$n; wg pubkey </tmp/key$n >/tmp/public$n; done
	wg genpsk >/tmp/shared
	for end in '1 2 wa' '2 1 wb'; do
		set -- $end
		ip -n "ns$1" link add "$3" type wireguard
		ip netns exec "ns$1" wg set "$3" listen-port 5000 private-key "/tmp/key$1" peer "$(cat "/tmp/public$2")" \
			preshared-key /tmp/shared allowed-ips 10.0.0.0/24 endpoint "10.9.0.$2:5000" persistent-keepalive 1
		own "$1" "$3"
	done
}
unmake_wireguard() { in1 wg show wa | grep -q 'latest handshake'; }

# Frames between two tap devices are passed on by a process.  make_tap OFFLOADS
make_tap() {
	mkdir -p /dev/net
	[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
	./devices wire ta tb "$1" &
	wire=$!
	appear /sys/class/net/tb
}
unmake_tap() { kill $wire; wait $wire || true; }

# Rules of many kinds see all packets; their counters tell.
make_nft() {
	spaces
	ip -n ns1 addr flush dev ua
	ip -n ns2 addr flush dev ub
	own 1 ua
	own 2 ub
	cat >rules <<-'RULES'
	table inet f {
		counter total { }
		set ports { type inet_service; flags interval; elements = { 1-1023, 5201, 30000-65535 } }
		set seen { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 60s; size 4096; }
		map verdicts { type ipv4_addr : verdict; elements = { 10.0.0.1 : continue, 10.0.0.2 : jump sorted } }
		chain sorted {
			meta l4proto { tcp, udp } th dport @ports counter
			ip length vmap { 0-100 : jump small, 101-65535 : return }
		}
		chain small { counter limit rate 1000/second counter; }
		chain in {
			type filter hook input priority 0; policy accept;
			counter name total
			ip saddr vmap @verdicts
			ct state established,related counter
			ct state new counter
			udp length > 10 counter
			ip saddr . udp sport @seen counter
			@th,0,16 > 1 counter
			tcp dport 9 reject with tcp reset
			udp dport 9 reject
		}
		chain out {
			type filter hook output priority 0; policy accept;
			update @seen { ip daddr . udp dport }
			meta mark set meta length
			ct direction original counter
			numgen inc mod 3 0 counter
			jhash ip saddr mod 4 vmap { 0 : continue, 1 : continue, 2 : continue, 3 : continue }
		}
	}
	table ip n {
		chain post { type nat hook postrouting priority 100; masquerade; }
		chain pre { type nat hook prerouting priority -100; tcp dport 7 redirect to :5201; }
	}
	RULES
	in1 nft -f rules
	in2 nft -f rules
}
unmake_nft() {
	in1 nft list ruleset >listed
	grep -q 'map verdicts' listed
	in1 nft list counter inet f total | awk '/packets/ { print; exit !($2 > 1000) }'
	in1 nft reset counters >/dev/null
	in1 nft add element inet f ports '{ 2000-3000 }'
	in1 nft delete element inet f ports '{ 2000-3000 }'
	/bin/ip netns exec ns1 nft monitor >/dev/null &
	monitor=$!
	for i in 1 2 3 4 5; do
		in1 nft add rule inet f out ip daddr 10.0.0.$i counter
		in1 nft flush chain inet f out
	done
	kill $monitor
	wait $monitor || true
	in1 nft flush ruleset
	in2 nft flush ruleset
}

# Packets wait in queues of three kinds.
make_sched() {
	spaces
	ip -n ns1 addr flush dev ua
	ip -n ns2 addr flush dev ub
	own 1 ua
	own 2 ub
	in1 tc qdisc add dev ua root handle 1: htb default 10
	in1 tc class add dev ua parent 1: classid 1:10 htb rate 400mbit burst 100k
	in1 tc class add dev ua parent 1: classid 1:20 htb rate 100mbit
	in1 tc qdisc add dev ua parent 1:10 handle 10: fq_codel
	in2 tc qdisc add dev ub root netem delay 1ms limit 5000
}
unmake_sched() {
	in1 tc -s qdisc show dev ua >/dev/null
	in1 tc -s class show dev ua >/dev/null
	in1 tc qdisc del dev ua root
	in2 tc qdisc change dev ub root netem delay 0ms limit 100
	in2 tc qdisc del dev ub root
}
