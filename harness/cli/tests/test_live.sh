#!/usr/bin/env bash
# `plimsoll run --clock wall` beside other programs that send to the receiver's port, and where
# loopback is down.     test_live.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
mkdir "$tmp/bin"
cp "$build"/plimsoll{,-cell,-live,-sender} "$tmp/bin/"
cat >"$tmp/short.yaml" <<END
extends: steady-reader
name: short
title: Three seconds
duration: 3s
sample_interval: 100ms
container: none
allocators: [glibc]
expect:
  - {stacks: all, metrics: {packets_dropped: "= 0"}}
END
run() { timeout 40 "$tmp/bin/plimsoll" run "$tmp/short.yaml" --clock wall --repeat 1 --out "$tmp/$1" >"$tmp/out" 2>"$tmp/err"; }

# The programs are copies of our own, so that our cell is told from those of others. @return its id
cell() {
    find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$tmp/bin/plimsoll-live" 2>/dev/null | cut -d/ -f3
}
port_of() { # CELL: where it receives
    local inode local_address rest
    inode=$(readlink /proc/"$1"/fd/* 2>/dev/null | sed -n 's/^socket:\[\([0-9]*\)\]$/\1/p' | sed -n 1p)
    [ -n "$inode" ] || return
    local_address=$(awk -v inode="$inode" '$10 == inode { print $2 }' /proc/net/udp)
    rest=${local_address#*:}
    [ -z "$rest" ] || echo $((16#$rest))
}
# Garbage, the beginning of an RTP header, a whole packet: ten times each. No newline in them, at which
# printf would send what it has.
send_to() { # PORT
    local i
    for i in {10..19}; do
        printf 'garbage %d' "$i" >"/dev/udp/127.0.0.1/$1"
        printf '\x80\x0b\x01' >"/dev/udp/127.0.0.1/$1"
        printf "\x80\x0b\x01\x$i\x01\x01\x01\x01\x11\x22\x33\x44%0512d" 0 >"/dev/udp/127.0.0.1/$1"
        sleep 0.02
    done
}
run strangers &
runs=$!
port=
for _ in $(seq 100); do
    port=$(port_of "$(cell)")
    [ -z "$port" ] || break
    sleep 0.02
done
[ -n "$port" ] || bad "no cell was seen to listen"
[ -z "$port" ] || { sleep 0.3 && send_to "$port"; }
wait "$runs"
rc=$?
[ $rc -eq 0 ] || bad "strangers: exit $rc, expected 0: $(cat "$tmp/err" "$tmp/out")"
jq -e '.cells[0] | .expected == "met" and .metrics.integrity_errors == 0 and .metrics.packets_foreign == 30
    and .metrics.packets_dropped_invalid == 0' "$tmp/strangers/results.json" >/dev/null ||
    bad "strangers: $(jq -c '.cells[0] | .expected, .expected_why, .metrics' "$tmp/strangers/results.json")"
said='30 datagrams of other programs came to the receiver.s port'
grep -q "^plimsoll: glibc.*$said" "$tmp/err" || bad "strangers are not told on stderr: $(cat "$tmp/err")"
jq -r '.warnings[]' "$tmp/strangers/results.json" | grep -q "$said" || bad "strangers are not told in the results"

# a new network namespace: nothing is up in it
if unshare -n true 2>/dev/null; then
    new=(unshare -n)
elif unshare -rn true 2>/dev/null; then
    new=(unshare -rn)
else
    echo "not tried: loopback down: no right to make a network namespace"
    exit $failed
fi
timeout 40 "${new[@]}" "$tmp/bin/plimsoll" run "$tmp/short.yaml" --clock wall --repeat 1 --out "$tmp/down" >"$tmp/out" 2>"$tmp/err"
rc=$?
[ $rc -eq 3 ] || bad "loopback down: exit $rc, expected 3"
{ [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -q 'loopback interface.*is down; .*`ip link set lo up`' "$tmp/err"; } ||
    bad "loopback down: $(cat "$tmp/err")"
[ ! -s "$tmp/out" ] || bad "loopback down: printed on stdout: $(cat "$tmp/out")"
"${new[@]}" "$tmp/bin/plimsoll" doctor | grep -q '^wall clock  *no  *the loopback interface.*ip link set lo up' ||
    bad "loopback down: doctor does not say so"
finish
