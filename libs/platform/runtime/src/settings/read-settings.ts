import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { certificateAuthorityProblems } from './certificate-authority-problems';
import { stationTlsProblems } from './station-tls-problems';
import { connectionProblems } from './connection-problems';
import { fileProblems } from './file-problems';
import { signInProblems } from './sign-in-problems';
import { SECRETS, settingsSchema, type Settings } from './settings';

/** `standalone`: everything in one process, embedded defaults. `cluster`: one process of several. */
export type Mode = 'standalone' | 'cluster';
export type ProcessName = 'gateway' | 'router' | 'transaction' | 'cdr' | 'device-config' | 'webhooks' | 'api' | 'setup' | 'standalone';

/** The operator must change something before a start can succeed: one message that names every problem. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type Name = keyof typeof settingsSchema.shape;

const PREFIX = 'VOLTBUS_';
/** Set by the tests for themselves. */
const TEST_PREFIX = 'VOLTBUS_TEST_';
const DRAIN_SECONDS: Readonly<Record<Mode, number>> = { standalone: 5, cluster: 60 };
/** A Service of Kubernetes and a load balancer take a few seconds to stop sending; standalone has none before it. */
const STOP_DELAY_SECONDS: Readonly<Record<Mode, number>> = { standalone: 0, cluster: 5 };

/** What a process of the cluster cannot do without. */
export const NEEDED: Readonly<Record<ProcessName, readonly Name[]>> = {
  gateway: ['KAFKA_BROKERS', 'REDIS_URL', 'KEY_PEPPER'],
  router: ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL', 'KEY_PEPPER'],
  transaction: ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'],
  cdr: ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'],
  'device-config': ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL', 'KEY_PEPPER'],
  webhooks: ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL', 'KEY_PEPPER'],
  api: ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL', 'KEY_PEPPER', 'ADMIN_KEY'],
  setup: ['KAFKA_BROKERS', 'DATABASE_URL'],
  standalone: [],
};

/** Reads and checks the environment; throws `ConfigError` with every problem at once. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>, mode: Mode, name: ProcessName): Settings {
  const problems: string[] = [];
  const given = collect(environment, problems);
  const parsed = settingsSchema.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) problems.push(`${PREFIX}${issue.path.join('.')}: ${issue.message}`);
  for (const needed of NEEDED[name]) if (given[needed] === undefined) problems.push(`${PREFIX}${needed} is required`);
  problems.push(...connectionProblems(given), ...fileProblems(given, name === 'api' || name === 'standalone'));
  if (parsed.data !== undefined && (name === 'gateway' || name === 'standalone')) problems.push(...stationTlsProblems(parsed.data));
  if (parsed.data !== undefined && (name === 'device-config' || name === 'standalone'))
    problems.push(...certificateAuthorityProblems(parsed.data));
  if (parsed.data !== undefined && (name === 'api' || name === 'standalone')) problems.push(...signInProblems(parsed.data, mode));
  if (parsed.data?.OCPP_PROXY_PROTOCOL === true && given.OCPP_TRUSTED_PROXIES === undefined)
    problems.push(`${PREFIX}OCPP_TRUSTED_PROXIES is required with ${PREFIX}OCPP_PROXY_PROTOCOL=true`);
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const drainSeconds = parsed.data.DRAIN_SECONDS ?? DRAIN_SECONDS[mode];
  const stopDelaySeconds = parsed.data.STOP_DELAY_SECONDS ?? Math.min(STOP_DELAY_SECONDS[mode], drainSeconds / 2);
  if (stopDelaySeconds >= drainSeconds)
    throw new ConfigError([`${PREFIX}STOP_DELAY_SECONDS: must be less than ${PREFIX}DRAIN_SECONDS, which is ${drainSeconds}`]);
  const host = parsed.data.HOST ?? (mode === 'standalone' ? '127.0.0.1' : '0.0.0.0');
  return {
    ...parsed.data,
    HOST: host,
    // Standalone shows its health and metrics to this machine only, whatever its other ports do: they name stations' ways and need no key.
    INTERNAL_HOST: parsed.data.INTERNAL_HOST ?? (mode === 'standalone' ? '127.0.0.1' : host),
    POD_NAME: parsed.data.POD_NAME ?? hostname(),
    DRAIN_SECONDS: drainSeconds,
    STOP_DELAY_SECONDS: stopDelaySeconds,
    ADMIN_KEY: parsed.data.ADMIN_KEY ?? '',
    KEY_PEPPER: parsed.data.KEY_PEPPER ?? '',
    DATABASE_URL: parsed.data.DATABASE_URL ?? '',
    STANDALONE: mode === 'standalone',
    DATABASE_EMBEDDED: false,
  };
}

/** Our settings by their short names, secrets read from their files; what nobody knows is a problem. */
function collect(environment: Readonly<Record<string, string | undefined>>, problems: string[]): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {};
  for (const [variable, value] of Object.entries(environment)) {
    // Nothing is not given: templates pass on what nobody set.
    if (
      value === undefined ||
      value === '' ||
      !variable.startsWith(PREFIX) ||
      variable.startsWith(TEST_PREFIX) ||
      isInjected(variable, value)
    )
      continue;
    const name = variable.slice(PREFIX.length);
    const secret = SECRETS.find((one) => `${one}_FILE` === name);
    if (isName(name)) given[name] = value;
    else if (secret === undefined) problems.push(`${variable} is not a setting`);
    else if (environment[`${PREFIX}${secret}`] !== undefined) problems.push(`${variable} and ${PREFIX}${secret} are both given`);
    else given[secret] = contentOf(variable, value, problems);
  }
  return given;
}

function isName(name: string): name is Name {
  return Object.hasOwn(settingsSchema.shape, name);
}

/** What Kubernetes injects for a Service called voltbus, or voltbus-something. */
function isInjected(variable: string, value: string): boolean {
  if (/_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(variable)) return true;
  return (
    /_PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?$/.test(variable) && (/^(tcp|udp):\/\//.test(value) || /_\d+_(TCP|UDP)/.test(variable))
  );
}

function contentOf(variable: string, file: string, problems: string[]): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    problems.push(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
    return '';
  }
}
