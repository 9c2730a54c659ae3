#!/bin/sh
# test_namespaces.sh  Two network namespaces stand for two hosts: ranks on both, over TCP, give the bytes of one process.
# Needs root and a kernel that gives namespaces; says so and skips otherwise.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/mpi/lib.sh
[ "$(id -u)" = 0 ] || skip "network namespaces need root"
command -v ip >/dev/null && command -v unshare >/dev/null || skip "ip or unshare is not installed"
a=pgdp-$$-a b=pgdp-$$-b
clear_up() {
    ip netns del $a 2>/dev/null || true
    ip netns del $b 2>/dev/null || true
    chmod -R u+w "$dir"; rm -rf "$dir"
}
trap clear_up EXIT
{ ip netns add $a && ip netns add $b; } 2>/dev/null || skip "this machine gives no network namespaces"
ip link add pgdp$$a netns $a type veth peer name pgdp$$b netns $b 2>/dev/null || skip "this machine gives no veth pair"
ip -n $a addr add 10.213.7.1/24 dev pgdp$$a
ip -n $b addr add 10.213.7.2/24 dev pgdp$$b
for n in $a $b; do ip -n $n link set lo up; done
ip -n $a link set pgdp$$a up
ip -n $b link set pgdp$$b up

# a host is a namespace with a name of its own; "rsh 10.213.7.2 command" runs the command on the second
cat >"$dir/enter" <<END
#!/bin/sh
space=\$1; shift
exec ip netns exec \$space unshare --uts sh -c 'hostname "\$0"; exec "\$@"' \$space "\$@"
END
cat >"$dir/rsh" <<END
#!/bin/sh
shift
exec "$dir/enter" $b sh -c "\$*"
END
chmod +x "$dir/enter" "$dir/rsh"
export OMPI_MCA_btl=self,tcp OMPI_MCA_plm_rsh_agent="$dir/rsh" OMPI_MCA_oob_tcp_if_include=10.213.7.0/24
export OMPI_MCA_btl_tcp_if_include=10.213.7.0/24

# both hosts: ranks say on which they are
timeout 60 "$dir/enter" $a mpirun -q -host 10.213.7.1:1,10.213.7.2:1 hostname | sort >"$dir/hosts" ||
    skip "mpirun does not start in namespaces here"
[ "$(tr '\n' ' ' <"$dir/hosts")" = "$a $b " ] || die "a rank on each of two hosts, found $(cat "$dir/hosts")"

table 2000 >"$dir/t.csv"
run 0 regress 'y ~ x + z + w' --data "$dir/t.csv" --vcov 'bootstrap(B=300)' --json
mv "$dir/out" "$dir/one"
for hosts in 10.213.7.1:1,10.213.7.2:1 10.213.7.1:1,10.213.7.2:3; do
    timeout 60 "$dir/enter" $a mpirun -q -host $hosts "$PGDP" regress 'y ~ x + z + w' --data "$dir/t.csv" \
        --vcov 'bootstrap(B=300)' --json >"$dir/out" 2>"$dir/err" || { cat "$dir/err" >&2; die "success on $hosts"; }
    same "$dir/one" "$dir/out"
done

# a file that only one host has
DATA=$dir/t.csv timeout 60 "$dir/enter" $a mpirun -q -x DATA -host 10.213.7.1:1,10.213.7.2:1 sh -c \
    '[ "$OMPI_COMM_WORLD_RANK" = 0 ] && exec "$0" "$@" --data "$DATA" || exec "$0" "$@" --data "$DATA.none"' \
    "$PGDP" regress 'y ~ x' --vcov 'bootstrap(B=99)' >"$dir/out" 2>"$dir/err" && die "failure when one host lacks a file"
grep -q 'rank 1 of 2: .*opening failed' "$dir/err" || { cat "$dir/err" >&2; die "the sentence of the host that lacks it"; }
[ ! -s "$dir/out" ] || die "nothing on standard output"
