import { RELEASE, type Context } from './context';
import { restrictedPod } from './restricted-pod';
import { until } from './kubernetes';

/** A command to a station every so many seconds. */
const COMMAND_SECONDS = 2;
/** Longer than any check; a fleet is ended by a signal. */
const MINUTES = 60;
const PID = '/tmp/simulator.pid';
const KEY_FILE = '/etc/voltbus/secrets/admin-key';
const TRUTH = '/tmp/truth.json';
/** Stations finish their sessions, deliver what they have, and CDRs and commands come to their ends. */
const END_SECONDS = 400;

/** What a fleet had to say at its end. */
interface FleetReport {
  /** `sessions N lost 0 doubled 0 wrong 0 held N`. */
  sessions: string;
  /** `commands N lost 0 doubled 0 wrong 0: answered N ...`. */
  commands: string;
  /** `away: N times, median N s, longest N s`: how long stations were without a connection. */
  away: string;
  /** Failed CALLs and refused connections, by their kinds. */
  errors: readonly string[];
}

/** Stations charge while `disrupt` runs, and are sent commands. Rejects when a session or a command was lost, doubled or wrong. */
export async function whileCharging(context: Context, disrupt: () => Promise<void>): Promise<FleetReport> {
  const name = `fleet-${Date.now().toString(36)}`;
  const { fleets } = context;
  await fleets.apply(fleetPod(name, context));
  try {
    await until(
      'the first CDR of the fleet',
      async () => (await fleets.attemptKubectl(['exec', name, '--', 'node', '-e', hasCdr(context, name)])).code === 0,
      180,
    );
    await disrupt();
    await fleets.exec(name, ['sh', '-c', `kill -TERM $(cat ${PID})`]);
    await until('the fleet ends', async () => ['Succeeded', 'Failed'].includes(await phaseOf(context, name)), END_SECONDS);
    return reportOf(await fleets.kubectl(['logs', name]));
  } finally {
    await fleets.kubectl(['delete', 'pod', name, '--wait=false', '--ignore-not-found']);
  }
}

/** Each figure of a report, in one line. */
export function inWords({ sessions, commands, away, errors }: FleetReport): string {
  return [sessions, commands, away, ...(errors.length === 0 ? ['no failed CALL'] : errors)].join('; ');
}

function fleetPod(name: string, { kubernetes, stations, target, values }: Context): object {
  const { namespace } = kubernetes;
  const account = `--api ${apiUrl(namespace)} --key-file ${KEY_FILE} --tenant ${name}`;
  const script = `
node apps/simulator/dist/main.js --url ws://${RELEASE}-gateway.${namespace}:9000/ocpp/${name} --register ${account} --stations ${stations} \
  --personality by-the-book --minutes ${MINUTES} --seed $(date +%s) --command-seconds ${COMMAND_SECONDS} --truth ${TRUTH} &
echo $! > ${PID}
wait $!
node apps/simulator/dist/verify-main.js ${TRUTH} ${account} --kafka ${target.brokers.join(',')} --wait-seconds 90`;
  return restrictedPod(name, { values, command: ['sh', '-ec', script], secret: true });
}

function apiUrl(namespace: string): string {
  return `http://${RELEASE}-api.${namespace}:8080`;
}

/** A program that ends with 0 when the tenant has a CDR: by then every station is connected. */
function hasCdr({ kubernetes }: Context, tenant: string): string {
  return `
const authorization = 'Bearer ' + require('node:fs').readFileSync('${KEY_FILE}', 'utf8').trim();
fetch('${apiUrl(kubernetes.namespace)}/v1/cdrs?limit=1', { headers: { authorization, 'voltbus-tenant': '${tenant}' } })
  .then((answer) => answer.json())
  .then(({ items }) => process.exit(items?.length > 0 ? 0 : 1), () => process.exit(1));`;
}

async function phaseOf({ fleets }: Context, name: string): Promise<string> {
  return fleets.kubectl(['get', 'pod', name, '-o', 'jsonpath={.status.phase}']);
}

function reportOf(log: string): FleetReport {
  const last = (pattern: RegExp): string => log.match(pattern)?.at(-1) ?? '';
  const report = {
    sessions: last(/^sessions .*/gm),
    commands: last(/^commands .*/gm),
    away: last(/^away: .*/gm),
    errors: (log.match(/^ {2}\d+ x .*|^simulator: .*/gm) ?? []).map((line) => line.trim().replace(' (by-the-book)', '')),
  };
  const right = [report.sessions, report.commands].every((line) => / lost 0 doubled 0 wrong 0\b/.test(line));
  if (!right) throw new Error(`the fleet's account is not right:\n${log.slice(-6_000)}`);
  return report;
}
