# Functions that the runbooks use: source docs/runbooks/on-call.sh
#
# On this machine (npm run stack) they read the folder VOLTBUS_DATA_DIR (.voltbus). With NAMESPACE set they use kubectl;
# then set API, ADMIN (an administrator's key) and, for `sql`, DATABASE_URL yourself.
TENANT=${TENANT:-default}

# call PATH [options of curl]: a request to the API, as the administrator, for TENANT
call() {
  local path=$1
  shift
  curl -sS -H "Authorization: Bearer $ADMIN" -H "Voltbus-Tenant: $TENANT" -H 'content-type: application/json' "$@" "$API$path" && echo
}
# ready COMPONENT: whether it can do its work, and why not
ready() { internal "$1" ready; }
# metrics COMPONENT PATTERN: the metrics of each of its processes that match
metrics() { internal "$1" metrics | grep -E "^#pod|$2" | grep -v '^# '; }

if [ -n "${NAMESPACE:-}" ]; then
  pods() { kubectl -n "$NAMESPACE" get pods -l "app.kubernetes.io/name=voltbus${1:+,app.kubernetes.io/component=$1}" -o name; }
  # processes: what runs
  processes() { kubectl -n "$NAMESPACE" get pods -l app.kubernetes.io/name=voltbus -o wide; }
  internal() {
    for pod in $(pods "$1"); do
      echo "#pod $pod"
      kubectl -n "$NAMESPACE" exec "$pod" -- node -e "fetch('http://127.0.0.1:9090/$2').then(async (r) => console.log(await r.text()))"
    done
  }
  # logs COMPONENT [LINES]: the last lines of the log of each of its processes
  logs() { for pod in $(pods "$1"); do kubectl -n "$NAMESPACE" logs "$pod" --tail="${2:-2000}"; done; }
  # restart COMPONENT
  restart() { kubectl -n "$NAMESPACE" rollout restart deployment -l "app.kubernetes.io/name=voltbus,app.kubernetes.io/component=$1"; }
  # sql STATEMENT
  sql() { psql "${DATABASE_URL:?}" -c "$1"; }
else
  DATA=${VOLTBUS_DATA_DIR:-.voltbus}
  fact() { node -p "const s = JSON.parse(require('fs').readFileSync('$DATA/stack.json')); const all = [...s.gateways, ...s.processes]; $1"; }
  API=$(fact s.apiUrl)
  ADMIN=$(cat "$DATA/admin-key")
  processes() { fact "all.map(({ name, pid }) => name + ' ' + (pid ?? 'dead')).join('\n')"; }
  internal() {
    for one in $(fact "all.filter(({ name, pid }) => pid !== null && name.startsWith('$1')).map(({ name, internalUrl }) => name + '=' + internalUrl).join(' ')"); do
      echo "#pod ${one%%=*}"
      curl -sS "${one#*=}/$2" && echo
    done
  }
  logs() { tail -qn "${2:-2000}" "$DATA/stack/$1"*.log; }
  restart() { npm run -s stack -- restart "$1"; }
  sql() { node -e "const { Client } = require('pg'); const c = new Client('$(fact s.postgres.url)'); c.connect().then(() => c.query(process.argv[1])).then(({ rows }) => { console.table(rows); return c.end(); })" "$1"; }
fi
