# Common settings; sourced by every script of the kit.
set -euo pipefail
KIT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${VOLTBUS_CLUSTER_CACHE:-$HOME/.cache/voltbus-k8s}   # downloads, go caches, binaries, image archives
ID=${VOLTBUS_CLUSTER_ID:-0}                                # 0..9: clusters with different numbers can run side by side
STATE=${VOLTBUS_CLUSTER_STATE:-${TMPDIR:-/tmp}/voltbus-k8s${VOLTBUS_CLUSTER_ID:+-$ID}}   # everything of one running cluster
BIN=$CACHE/bin
IMG=$CACHE/images

KUBE_VERSION=v1.35.4
NODE_NAME=node-1
# Addresses. The host and the box are joined by one veth pair; nothing leaves this machine.
VETH=vbk8s$ID ; LINK_NET=10.245.$ID ; HOST_IP=$LINK_NET.1 ; NODE_IP=$LINK_NET.2
POD_CIDR=10.244.$ID.0/24 ; SVC_NET=10.$((96 + ID)).0 ; SVC_CIDR=$SVC_NET.0/16 ; API_SVC_IP=$SVC_NET.1 ; DNS_IP=$SVC_NET.10
API=https://$NODE_IP:6443

export GOMODCACHE=$CACHE/gomod GOCACHE=$CACHE/gocache GOFLAGS=-mod=mod CGO_ENABLED=0
export PATH=$BIN:$PATH

T0=$(date +%s%N)
say() { printf '%6d ms  %s\n' $(( ($(date +%s%N) - T0) / 1000000 )) "$*"; }
die() { echo "error: $*" >&2; exit 1; }
box_pid() { # pid (seen from the host) of the box's init; fails when no box runs
  local p; p=$(cat "$STATE/box.pid" 2>/dev/null) && [ -n "$p" ] && grep -qs box-init.sh "/proc/$p/cmdline" && echo "$p"
}
in_box() { nsenter --target "$(box_pid)" --mount --net --pid --uts --ipc --cgroup -- "$@"; }
# buildah with its own store in the cache; no process limits are raised (the host may lack CAP_SYS_RESOURCE)
bud() { buildah --root "$CACHE/containers" --runroot "$CACHE/containers-run" --storage-driver overlay "$@"; }
BUD_LIMITS=(--ulimit "nofile=$(ulimit -Sn):$(ulimit -Hn)" --ulimit nproc=32768:32768)
