#!/usr/bin/env bash
# Shards as jobs of Slurm, by ci/slurm: one is requeued while it runs, one is lost, and both are made good. The
# cluster is this test's own: one node, on loopback, its daemons children of the test.
#   test_slurm.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
PATH=$PATH:/usr/sbin
needs munged slurmctld slurmd sbatch jq
daemons=()
export SLURM_CONF=$tmp/slurm.conf PLIMSOLL=$build/plimsoll

end_cluster() {
    scancel --user="$(id -un)" 2>/dev/null
    for _ in $(seq 100); do
        [ -n "$(squeue --noheader 2>/dev/null)" ] || break
        sleep 0.1
    done
    [ ${#daemons[@]} -eq 0 ] || kill "${daemons[@]}" 2>/dev/null
    wait
    clean_up
}
trap end_cluster EXIT

# A port of loopback on which nobody listens.
free_port() {
    local port
    for port in $(shuf -i 20000-30000 -n 50); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port" && return; }
    done
}

begin_cluster() {
    local node
    node=$(hostname -s)
    mkdir "$tmp/state" "$tmp/spool" "$tmp/munge"
    chmod 755 "$tmp" "$tmp/munge" # others may pass, or munged refuses
    head -c 1024 /dev/urandom >"$tmp/key"
    chmod 400 "$tmp/key"
    cat >"$SLURM_CONF" <<EOF
ClusterName=plimsoll
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$tmp/munge/socket
CredType=cred/munge
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool
SlurmctldPidFile=$tmp/slurmctld.pid
SlurmdPidFile=$tmp/slurmd.pid
SlurmctldLogFile=$tmp/slurmctld.log
SlurmdLogFile=$tmp/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
MpiDefault=none
ReturnToService=2
KillWait=5
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
    munged --foreground --key-file="$tmp/key" --socket="$tmp/munge/socket" --pid-file="$tmp/munge/pid" \
        --log-file="$tmp/munge/log" --seed-file="$tmp/munge/seed" >"$tmp/munged.out" 2>&1 &
    daemons+=($!)
    sleep 1
    slurmctld -D -f "$SLURM_CONF" >"$tmp/slurmctld.out" 2>&1 &
    daemons+=($!)
    slurmd -D -f "$SLURM_CONF" -N "$node" >"$tmp/slurmd.out" 2>&1 &
    daemons+=($!)
    for _ in $(seq 300); do
        [ "$(sinfo --noheader --format=%t 2>/dev/null)" != idle ] || return 0
        sleep 0.1
    done
    tail -n 3 "$tmp"/munged.out "$tmp"/slurm*.out >&2
    return 1
}

# until_true SECONDS COMMAND...
until_true() {
    local tenths=$((10 * $1))
    shift
    for _ in $(seq $tenths); do
        ! "$@" || return 0
        sleep 0.1
    done
    return 1
}
no_job_is_left() {
    [ -z "$(squeue --noheader)" ]
}
# A job that is requeued waits for two minutes else, from when it has ended.
no_job_is_left_soon() {
    scontrol update "JobId=${array}_1" StartTime=now 2>/dev/null
    no_job_is_left
}
has_begun() {
    [ -f "$tmp/out/shards/1/results.json" ]
}

# what ci/slurm refuses, before any cluster is asked
in_one_line 2 "--shards '0' is no number of shards" ci/slurm --shards 0 steady-reader
in_one_line 2 "has no plan.json" ci/slurm --resume "$tmp"
in_one_line 2 "unknown scenario|no scenario|steady-raeder" ci/slurm --shards 2 --out "$tmp/none" steady-raeder
[ ! -e "$tmp/none" ] || bad "what can't be planned left a folder"
mkdir "$tmp/bare"
ln -s "$(command -v bash)" "$(command -v dirname)" "$(command -v realpath)" "$tmp/bare/"
in_one_line 3 'no sbatch here' env PATH="$tmp/bare" bash ci/slurm --shards 2 steady-reader

begin_cluster || skip "no cluster of Slurm comes up here"
question=(steady-reader --tier smoke --allocator 'glibc,jemalloc,slab' --repeat 4 --set duration=20m)
ci/slurm --shards 3 --out "$tmp/out" "${question[@]}" >"$tmp/said" 2>&1 || bad "ci/slurm: exit $?: $(cat "$tmp/said")"
array=$(sed -nE 's/.* as the jobs ([0-9]+)_.*/\1/p' "$tmp/said")
until_true 120 has_begun || bad "no shard began: $(squeue)"
scontrol requeue "${array}_1" || bad "no job could be requeued"
scancel "${array}_3"
took=$(jq '.cells[0].took_seconds' "$tmp/out/shards/1/results.json")
done=$(jq '.cells | length' "$tmp/out/shards/1/results.json")
until_true 240 no_job_is_left_soon || bad "jobs are left: $(squeue)"
[ "$done" -lt 4 ] || bad "the shard was whole before it was requeued"
[ "$(jq -c '[.run.complete, (.cells | length)]' "$tmp/out/shards/1/results.json")" = '[true,4]' ] ||
    bad "the requeued shard is not whole: $(cat "$tmp/out/log/1.txt")"
[ "$(jq '.cells[0].took_seconds' "$tmp/out/shards/1/results.json")" = "$took" ] || bad "a cell that was there ran again"
grep -q 'shard 3/3 is missing (4 cells)' "$tmp/out/log/merge.txt" || bad "the lost shard is not named: $(cat "$tmp/out/log/merge.txt")"
[ "$(jq -c '[.run.complete, (.cells | length)]' "$tmp/out/whole/results.json")" = '[false,8]' ] || bad "what there is was not merged"

# what is lost is run, and nothing else
ci/slurm --resume "$tmp/out" --wait >"$tmp/said" 2>&1 || bad "ci/slurm --resume: exit $?: $(cat "$tmp/said")"
grep -q 'shards 3 as the jobs' "$tmp/said" || bad "--resume: $(cat "$tmp/said")"
[ "$(jq -c '[.run.complete, ([.cells[] | .repetition])]' "$tmp/out/whole/results.json")" = \
    '[true,[0,0,0,1,1,1,2,2,2,3,3,3]]' ] || bad "the merged run is not whole"
[ -f "$tmp/out/whole/report.html" ] || bad "no report"
until_true 30 no_job_is_left
in_one_line 2 'no shard of .* lacks anything' ci/slurm --resume "$tmp/out"
in_one_line 2 'has a plan; expected another folder' ci/slurm --shards 3 --out "$tmp/out" steady-reader
finish
