#!/bin/bash
# Starts the cluster. Safe to repeat: a running cluster is left alone.
source "$(dirname "$0")/lib.sh"; source "$KIT/pki.sh"
[ "$(id -u)" = 0 ] || die "needs root"
[ -x "$BIN/kubelet" ] && [ -x "$BIN/etcd" ] || die "no binaries in $BIN: run build.sh first"
export KUBECONFIG=$STATE/pki/admin.kubeconfig
if box_pid >/dev/null && kubectl get --raw /readyz >/dev/null 2>&1; then
  say "already up; KUBECONFIG=$KUBECONFIG"; exit 0
fi
[ ! -e "$STATE/cgroups" ] || "$KIT/down.sh"
rm -rf "$STATE"; mkdir -p "$STATE"/{etc,volumes}
make_pki; say "certificates"

# --- configuration files ------------------------------------------------------------------------
node_files() { # NODE
local D; D=$(node_dir $1); mkdir -p "$D"/{etc/cni,kubelet,cni,log}
cat > "$D/etc/containerd.toml" <<K
version = 2
root = "$D/containerd"
oom_score = 0
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/kit/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
K
cat > "$D/etc/cni/10-kit.conflist" <<K
{"cniVersion": "0.4.0", "name": "kit", "plugins": [
  {"type": "ptp", "ipMasq": false, "ipam": {"type": "host-local", "dataDir": "/var/lib/cni/networks",
    "ranges": [[{"subnet": "$(node_pods $1)"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
K
cat > "$D/etc/kubelet.yaml" <<K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$PKI/ca.crt"}}
authorization: {mode: Webhook}
tlsCertFile: $PKI/kubelet-server-$1.crt
tlsPrivateKeyFile: $PKI/kubelet-server-$1.key
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
clusterDomain: cluster.local
clusterDNS: [$DNS_IP]
resolvConf: $STATE/etc/resolv.conf
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
K
cat > "$D/etc/kube-proxy.yaml" <<K
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: "$PKI/kube-proxy.kubeconfig"}
hostnameOverride: node-$1
mode: iptables
clusterCIDR: $POD_CIDR
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
K
}
for n in $(seq $NODES); do node_files $n; done
echo "nameserver $DNS_IP" > "$STATE/etc/resolv.conf"

# --- the boxes: own cgroup in every v1 controller, then new namespaces -----------------------------
mkdir -p /var/lib/kubelet /var/lib/cni /etc/cni/net.d     # mount points only; they stay empty on the host
: > "$STATE/cgroups"
start_box() { # NODE
  local D names path d f; D=$(node_dir $1); : > "$D/controllers"; : > "$D/cgroups"
  while IFS=: read -r _ names path; do
    case $names in ""|name=*) names=${names#name=}; [ "$names" = systemd ] || continue ;; *) echo "$names" >> "$D/controllers" ;; esac
    d=/sys/fs/cgroup/$names${path%/}/voltbus-k8s$ID-$1; mkdir -p "$d"; echo "$d" | tee -a "$STATE/cgroups" >> "$D/cgroups"
    if [ "$names" = cpuset ]; then for f in cpus mems; do cat "$d/../cpuset.$f" > "$d/cpuset.$f"; done; echo 1 > "$d/cgroup.clone_children"; fi
  done < /proc/self/cgroup
  (
    while read -r d; do echo $BASHPID > "$d/cgroup.procs"; done < "$D/cgroups"
    exec 9>&-
    exec setsid nohup unshare --mount --net --pid --uts --ipc --cgroup --fork -- "$KIT/box-init.sh" $1 > "$D/log/box-init.log" 2>&1 < /dev/null
  ) &
  for _ in $(seq 200); do [ -e "$D/box.ready" ] && break; sleep .02; done
  [ -e "$D/box.ready" ] || { cat "$D/log/box-init.log"; die "the box of node $1 did not start"; }
}
start_box 1
ip link add $VETH type veth peer name eth0 netns "$(box_pid 1)"
ip addr add $HOST_IP/30 dev $VETH; ip link set $VETH up
ip route add $POD_CIDR via $NODE_IP; ip route add $SVC_CIDR via $NODE_IP
say "box"

# --- images, then the cluster's own pods ------------------------------------------------------------
load_kit_images() { # NODE
  local t; for _ in $(seq 200); do in_box $1 test -S /run/containerd/containerd.sock && break; sleep .05; done
  for t in "$IMG"/kit-*.tar; do in_box $1 ctr -n k8s.io images import "$t" >/dev/null; done
}
load_kit_images 1; say "cluster images loaded"
for i in $(seq 600); do kubectl get --raw /readyz >/dev/null 2>&1 && break; sleep .1; [ "$i" != 600 ] || die "API server not ready, see $(node_dir 1)/log"; done
say "API server ready"
export DNS_IP NODE_IP HOST_IP
for f in "$KIT"/manifests/*.yaml; do sed "s/@DNS_IP@/$DNS_IP/; s/@HOST_IP@/$HOST_IP/" "$f"; echo ---; done | kubectl apply -f - >/dev/null
kubectl apply --server-side -f "$CRDS" >/dev/null; say "definitions of other projects' objects"
wait_node() { # NODE
  for _ in $(seq 300); do kubectl get node node-$1 >/dev/null 2>&1 && break; sleep .1; done
  kubectl wait --for=condition=Ready node/node-$1 --timeout=60s >/dev/null; kubectl label node node-$1 topology.kubernetes.io/zone=zone-$1 >/dev/null
  say "node $1 Ready"
}
wait_node 1
if [ "$NODES" = 2 ]; then   # after the first, which gets the first half of the addresses of pods
  start_box 2
  ip link add node2 netns "$(box_pid 1)" type veth peer name eth0 netns "$(box_pid 2)"
  in_box 1 ip addr add $FORWARD_IP/30 dev node2; in_box 1 ip link set node2 up; in_box 1 ip route add "$(node_pods 2)" via $NODE2_IP
  ip route add $LINK_NET.4/30 via $NODE_IP
  load_kit_images 2; wait_node 2
fi
kubectl -n kube-system rollout status deploy/coredns --timeout=90s >/dev/null; say "CoreDNS ready"
if [ -z "${NO_WAIT:-}" ]; then
  kubectl wait --for=condition=Available apiservice/v1beta1.metrics.k8s.io --timeout=90s >/dev/null || die "metrics-server does not come up"
  say "metrics-server ready"
fi
say "up; KUBECONFIG=$KUBECONFIG"
