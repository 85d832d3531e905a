# Common settings; sourced by every script of the kit.
set -euo pipefail
KIT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${VOLTBUS_CLUSTER_CACHE:-$HOME/.cache/voltbus-k8s}   # downloads, go caches, binaries, image archives
ID=${VOLTBUS_CLUSTER_ID:-0}                                # 0..9: clusters with different numbers can run side by side
STATE=${VOLTBUS_CLUSTER_STATE:-${TMPDIR:-/tmp}/voltbus-k8s${VOLTBUS_CLUSTER_ID:+-$ID}}   # everything of one running cluster
BIN=$CACHE/bin
IMG=$CACHE/images
CRDS=$CACHE/crds.yaml                                      # definitions of the objects of other projects that the chart makes

KUBE_VERSION=v1.35.4
NODES=${VOLTBUS_CLUSTER_NODES:-2}                          # 1 or 2; the control plane is on the first
case $NODES in 1|2) ;; *) echo "error: VOLTBUS_CLUSTER_NODES is 1 or 2" >&2; exit 1 ;; esac
# Addresses. The host and the box are joined by one veth pair; nothing leaves this machine.
# The second node is joined to the first, which forwards for it: the host forwards nothing.
VETH=vbk8s$ID ; LINK_NET=10.245.$ID ; HOST_IP=$LINK_NET.1 ; NODE_IP=$LINK_NET.2 ; FORWARD_IP=$LINK_NET.5 ; NODE2_IP=$LINK_NET.6
POD_CIDR=10.244.$ID.0/24 ; SVC_NET=10.$((96 + ID)).0 ; SVC_CIDR=$SVC_NET.0/16 ; API_SVC_IP=$SVC_NET.1 ; DNS_IP=$SVC_NET.10
API=https://$NODE_IP:6443

export GOMODCACHE=$CACHE/gomod GOCACHE=$CACHE/gocache GOFLAGS=-mod=mod CGO_ENABLED=0
export PATH=$BIN:$PATH

T0=$(date +%s%N)
say() { printf '%6d ms  %s\n' $(( ($(date +%s%N) - T0) / 1000000 )) "$*"; }
die() { echo "error: $*" >&2; exit 1; }
node_ip() { [ "$1" = 1 ] && echo "$NODE_IP" || echo "$NODE2_IP"; }
node_pods() { # addresses of the pods of a node
  case $NODES$1 in 1*) echo "$POD_CIDR" ;; 21) echo "10.244.$ID.0/25" ;; *) echo "10.244.$ID.128/25" ;; esac
}
node_dir() { echo "$STATE/node-$1"; }
box_pid() { # pid (seen from the host) of the init of a node's box; fails when no box runs
  local p; p=$(cat "$(node_dir "${1:-1}")/box.pid" 2>/dev/null) && [ -n "$p" ] && grep -qs box-init.sh "/proc/$p/cmdline" && echo "$p"
}
in_box() { # NODE COMMAND...
  local p; p=$(box_pid "$1"); shift; nsenter --target "$p" --mount --net --pid --uts --ipc --cgroup -- "$@"
}
# buildah with its own store in the cache; no process limits are raised (the host may lack CAP_SYS_RESOURCE)
bud() { buildah --root "$CACHE/containers" --runroot "$CACHE/containers-run" --storage-driver overlay "$@"; }
BUD_LIMITS=(--ulimit "nofile=$(ulimit -Sn):$(ulimit -Hn)" --ulimit nproc=32768:32768)
