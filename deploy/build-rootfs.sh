#!/bin/sh
# deploy/build-rootfs.sh OUT: what the image holds as /app, made of a built workspace. Run by the Dockerfile, and natively by its test.
# Only what production needs: packages of the lock file, our dist folders, native binaries of this platform and this Node.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:?which folder?}
mkdir -p "$out"
[ -z "$(ls -A "$out")" ] || { echo "$out is not empty" >&2; exit 1; }
out=$(cd "$out" && pwd)

# npm wants every workspace that the lock file knows; what is not for production goes afterwards.
cd "$root"
cp package.json package-lock.json .npmrc "$out"
for manifest in apps/*/package.json libs/*/package.json libs/platform/*/package.json libs/services/*/package.json tools/*/package.json; do
  mkdir -p "$out/$(dirname "$manifest")"
  cp "$manifest" "$out/$manifest"
done
(cd "$out" && npm install --omit=dev --no-save --no-audit --no-fund --loglevel=error)
rm -rf "$out/tools" "$out/libs/testing"
for link in "$out"/node_modules/@voltbus/*; do
  if [ -e "$link" ]; then continue; fi
  rm "$link"
done

for dist in apps/*/dist libs/*/dist libs/platform/*/dist libs/services/*/dist; do
  folder=$(dirname "$dist")
  if [ ! -d "$out/$folder" ]; then continue; fi
  cp -R "$dist" "$out/$folder/dist"
  rm -rf "$out/$folder/dist.*"
done

cp deploy/voltbus "$out/voltbus"

cd "$out"
node -e '
  const fs = require("node:fs");
  const own = JSON.parse(fs.readFileSync("package.json", "utf8"));
  for (const name of ["devDependencies", "scripts", "allowScripts"]) delete own[name];
  own.workspaces = own.workspaces.filter((pattern) => !pattern.startsWith("tools/"));
  fs.writeFileSync("package.json", JSON.stringify(own, null, 2) + "\n");
'
# A CycloneDX bill of what is in here.
npm sbom --omit=dev --sbom-format=cyclonedx > sbom.cdx.json
rm -f package-lock.json .npmrc node_modules/.package-lock.json

# uWebSockets.js brings a binary for every platform and every Node: one of them is ours.
binary=$(node -p '`uws_${process.platform}_${process.arch}_${process.versions.modules}.node`')
find node_modules/uwebsockets -mindepth 1 -maxdepth 1 ! -name "$binary" ! -name uws.js ! -name package.json ! -name LICENSE -exec rm -rf {} +
# Types, maps, prose and builds for browsers and bundlers: nothing that Node loads.
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' -o -name '*.markdown' -o -name '*.tsbuildinfo' \) -delete
rm -rf node_modules/typeorm/browser node_modules/rxjs/src node_modules/rxjs/dist/bundles node_modules/rxjs/dist/esm node_modules/rxjs/dist/esm5 node_modules/rxjs/dist/types
rm -rf node_modules/@opentelemetry/*/build/esm node_modules/@opentelemetry/*/build/esnext node_modules/zod/src
find node_modules -type d -empty -delete
chmod -R a+rX,go-w .

# Falls back without a word where the binary does not load (Node 24 needs glibc 2.38): here it must not.
node -e 'require("uwebsockets")' || { echo "uWebSockets.js does not load on this Node and C library: build on debian trixie" >&2; exit 1; }
