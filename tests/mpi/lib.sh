# lib.sh  What the tests of several processes share, beside tests/cli/lib.sh; `. tests/mpi/lib.sh` from the root.
# SPDX-License-Identifier: GPL-3.0-or-later
. tests/cli/lib.sh
case $PGDP in /*) ;; *) PGDP=$PWD/$PGDP ;; esac
skip() { echo "skip: $*"; exit 77; }
command -v mpirun >/dev/null || skip "mpirun is not installed (openmpi-bin)"
nm -D "$PGDP" 2>/dev/null | grep -q MPI_Init_thread || skip "$PGDP was built without MPI (make MPI=1)"

# start ranks on this machine alone, however few cores it has, root or not
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl=self,vader OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_btl_vader_single_copy_mechanism=none

# ranks N CODE ARGUMENT...: pgdp on N ranks must end with CODE; its words are in $dir/out and $dir/err
ranks() {
    ranks_n=$1 ranks_want=$2 ranks_code=0; shift 2
    timeout 60 mpirun -q -n "$ranks_n" "$PGDP" "$@" >"$dir/out" 2>"$dir/err" || ranks_code=$?
    [ "$ranks_code" = "$ranks_want" ] && return 0
    cat "$dir/out" "$dir/err" >&2
    die "exit code $ranks_want on $ranks_n ranks, found $ranks_code: pgdp $*"
}

# table ROWS: a panel of 20 clusters, the same every time
table() {
    awk -v n="$1" 'BEGIN { srand(7); print "y,x,z,w,g"
        for (i = 0; i < n; i++) { x = rand(); z = rand(); printf "%.6f,%.6f,%.6f,%d,%d\n", 2 * x - z + rand(), x, z, i % 2, i % 20 } }'
}
