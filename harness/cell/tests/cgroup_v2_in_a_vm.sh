#!/usr/bin/env bash
# Cells under cgroup v2, whatever this machine has: boots Debian's kernel in an emulator with an
# initramfs that holds the programs and vm_init.sh. The kernel is kept in the build folder.
#   cgroup_v2_in_a_vm.sh BUILD_FOLDER
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$here/slow.sh"
[ "$(uname -m)" = x86_64 ] || skip "the virtual machine is an x86_64 one"
needs qemu-system-x86_64
needs busybox
needs cpio
needs jq
needs setpriv
needs apt-get
jemalloc=$(find /usr/lib /usr/local/lib -name libjemalloc.so.2 -print -quit 2>/dev/null)
[ -n "$jemalloc" ] || skip "no libjemalloc.so.2; ci/setup installs it"

# The kernel's package, unpacked and not installed: linux-image-cloud-amd64 is the smallest, and
# depends on the newest one.
fetch_kernel() { # FILE
    local package
    package=$(timeout 60 apt-cache depends linux-image-cloud-amd64 2>/dev/null |
        sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
    [ -n "$package" ] || skip "apt knows no linux-image-cloud-amd64; apt-get update"
    mkdir "$tmp/kernel"
    (cd "$tmp/kernel" && timeout 120 apt-get -qq -o APT::Sandbox::User=root download "$package" \
        >/dev/null 2>"$tmp/apt.err") || skip "$package can't be had: $(tail -n 1 "$tmp/apt.err")"
    dpkg-deb --fsys-tarfile "$tmp/kernel/"*.deb |
        tar -xO --wildcards './boot/vmlinuz-*' >"$tmp/vmlinuz"
    [ -s "$tmp/vmlinuz" ] || skip "$package holds no kernel"
    # By a rename, so that a run cut short leaves no half kernel.
    mkdir -p "$(dirname "$1")" && cp "$tmp/vmlinuz" "$1.$$.tmp" && mv "$1.$$.tmp" "$1"
}

add_libraries() { # FILE: those that it loads
    local library
    for library in $(ldd "$1" | grep -o '/[^ ]*'); do
        mkdir -p "$tree$(dirname "$library")"
        cp -Ln "$library" "$tree$library"
    done
}

add_program() { # FILE [AS]
    cp -L "$1" "$tree/bin/${2:-$(basename "$1")}"
    add_libraries "$1"
}

make_initramfs() { # FILE
    tree=$tmp/tree
    mkdir -p "$tree"/{bin,dev,proc,sys,tmp,out} "$tree$(dirname "$jemalloc")"
    cp "$(command -v busybox)" "$tree/bin/busybox"
    add_program "$tmp/bin/plimsoll"
    add_program "$tmp/bin/plimsoll-cell"
    add_program "$build/plimsoll-program"
    add_program "$build/plimsoll-guest"
    add_program "$build/libplimsoll-interpose.so"
    add_program "$build/libplimsoll-interpose-jemalloc.so"
    add_program "$(command -v jq)"
    add_program "$(command -v setpriv)" become # busybox has a lesser setpriv
    add_libraries "$jemalloc"
    cp -L "$jemalloc" "$tree$jemalloc"
    cp -r "$tmp/scenarios" "$tree/scenarios"
    cp "$here/vm_init.sh" "$tree/init"
    chmod -R a+rX "$tree"
    chmod a+x "$tree/init"
    # Uncompressed: the emulated processor would take longer to unpack it than it saves.
    (cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) >"$1"
}

kernel=$build/vm/vmlinuz
[ -s "$kernel" ] || fetch_kernel "$kernel"
make_initramfs "$tmp/initramfs"

booted=$SECONDS
timeout --kill-after=5 480 qemu-system-x86_64 -accel tcg -m 1024 -smp 2 -nodefaults -no-user-config \
    -display none -monitor none -serial stdio -no-reboot -kernel "$kernel" \
    -initrd "$tmp/initramfs" -append 'console=ttyS0 quiet panic=-1 loglevel=3' \
    </dev/null 2>&1 | tr -d '\r' >"$tmp/console"
rc=${PIPESTATUS[0]}
grep -aE '^(vm:|VERDICT)' "$tmp/console"
echo "the virtual machine ran for $((SECONDS - booted)) s"
[ "$rc" -eq 0 ] || bad "the virtual machine ended with $rc"
for name in in_the_root_cgroup killed_in_a_cell alone_in_a_cgroup in_a_shared_cgroup \
    as_a_user_in_a_delegated_cgroup below_a_tighter_cgroup below_a_cgroup_that_others_fill cgroups_of_others \
    a_program_in_its_container; do
    grep -axq "VERDICT $name ok" "$tmp/console" || bad "$name"
done
grep -axq 'VERDICTS END' "$tmp/console" || bad "the virtual machine did not come to the end"
[ $failed -eq 0 ] || tail -n 60 "$tmp/console"
finish
