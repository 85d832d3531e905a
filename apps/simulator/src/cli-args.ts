import { parseArgs } from 'node:util';
import { PROTOCOLS, type Protocol } from '@voltbus/contracts';
import type { DescribedCommand } from '@voltbus/runtime';
import { NAMED_PERSONALITIES, PERSONALITIES } from '@voltbus/virtual-station';
import type { FleetPlan } from './fleet/fleet';

/** A week. */
const LONGEST_CLOCK_SECONDS = 604_800;
const DEFAULT_TENANT = 'default';
const DEFAULT_URL = 'ws://127.0.0.1:9000/ocpp';

const OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    description: `stations append their identity to it (default: ${DEFAULT_URL}, and /<tenant> with --tenant)`,
  },
  stations: { type: 'string', default: '10', value: 'N', description: '1 to 10000' },
  version: { type: 'string', default: 'mix', value: 'V', description: `${PROTOCOLS.join(', ')}, or mix: stations take turns` },
  personality: {
    type: 'string',
    default: 'mix',
    value: 'NAME',
    description: `${[...PERSONALITIES, ...NAMED_PERSONALITIES].map(({ name }) => name).join(', ')}, or mix`,
  },
  minutes: {
    type: 'string',
    default: '2',
    value: 'N',
    description: 'time in which stations charge, 0.1 for example; a day at most. SIGINT (Ctrl-C) or SIGTERM ends it before',
  },
  'command-seconds': {
    type: 'string',
    default: '0',
    value: 'N',
    description: "a command to a station through Voltbus's API every so many seconds, for npm run verify; 0: none",
  },
  seed: { type: 'string', default: '1', value: 'N', description: 'the same seed gives the same fleet and sessions' },
  'clock-seconds': {
    type: 'string',
    default: '0',
    value: 'N',
    description:
      "so far the stations' clocks are ahead; below 0, behind. Their sessions' times are not verified, behind also not their prices",
  },
  password: {
    type: 'string',
    value: 'TEXT',
    description: 'password of all stations, 16 to 40 characters; without it, --register gives each station its own',
  },
  ca: { type: 'string', value: 'FILE', description: 'file (PEM) of the CAs that a wss:// URL is trusted by; without it, the public ones' },
  cert: {
    type: 'string',
    value: 'FILE',
    description: "file (PEM) of a station's certificate for security profile 3, with its chain; {station} in it is the identity",
  },
  key: { type: 'string', value: 'FILE', description: 'file (PEM) of its private key; {station} in it is the identity' },
  token: { type: 'string', default: 'SIMULATOR', value: 'ID', description: 'token that all stations charge with' },
  truth: { type: 'string', value: 'FILE', description: 'file to write the truth of the stations to, for npm run verify' },
  register: { type: 'boolean', default: false, description: "register stations, passwords, token and tariff through Voltbus's API first" },
  api: { type: 'string', default: 'http://127.0.0.1:8080', value: 'URL', description: 'Voltbus API, for --register' },
  'key-file': { type: 'string', default: '.voltbus/admin-key', value: 'FILE', description: 'file of an API key, for --register' },
  tenant: {
    type: 'string',
    default: DEFAULT_TENANT,
    value: 'NAME',
    description: 'tenant of the stations; it must exist, or --register creates it',
  },
} as const;

export const SIMULATOR: DescribedCommand = {
  usage: ['npm run simulator -- [options]'],
  about: 'Runs a fleet of simulated charging stations against any CSMS; with --register, against Voltbus without any preparation.',
  options: OPTIONS,
};

export interface SimulatorPlan extends Omit<FleetPlan, 'passwordOf' | 'tlsOf'> {
  /** Files of the stations' TLS. */
  tls: TlsPaths;
  password: string | undefined;
  truth: string | undefined;
  /** 0: none. */
  commandSeconds: number;
  register: boolean;
  api: string;
  keyFile: string;
  tenant: string;
}

/** `{station}` in the last two stands for the identity. */
export interface TlsPaths {
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
}

/** Throws an error that names the wrong option. */
export function readCliArgs(args: readonly string[]): SimulatorPlan {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  return {
    url: values.url ?? (values.tenant === DEFAULT_TENANT ? DEFAULT_URL : `${DEFAULT_URL}/${values.tenant}`),
    stations: whole('stations', values.stations, 1, 10_000),
    version: versionOf(values.version),
    personality: values.personality,
    minutes: positive('minutes', values.minutes),
    seed: whole('seed', values.seed, 0, 2 ** 31),
    clockOffsetMs: whole('clock-seconds', values['clock-seconds'], -LONGEST_CLOCK_SECONDS, LONGEST_CLOCK_SECONDS) * 1_000,
    idToken: values.token,
    password: values.password,
    tls: tlsPaths(values),
    truth: values.truth,
    commandSeconds: whole('command-seconds', values['command-seconds'], 0, 3_600),
    register: values.register,
    api: values.api,
    keyFile: values['key-file'],
    tenant: values.tenant,
  };
}

function tlsPaths({ url = '', ca, cert, key }: { url?: string | undefined } & Partial<TlsPaths>): TlsPaths {
  if ((cert === undefined) !== (key === undefined)) throw new Error('--cert and --key belong together');
  if ((ca ?? cert) !== undefined && !url.startsWith('wss://'))
    throw new Error('--ca, --cert and --key need a --url that begins with wss://');
  return { ca, cert, key };
}

function versionOf(text: string): Protocol | 'mix' {
  const found = PROTOCOLS.find((protocol) => protocol === text || protocol === `ocpp${text}`);
  if (found === undefined && text !== 'mix') throw new Error(`--version ${text}: mix, ${PROTOCOLS.join(', ')}`);
  return found ?? 'mix';
}

/** Throws an error that names the option and its bounds. */
export function whole(name: string, text: string, low: number, high: number): number {
  const value = text === '' ? NaN : Number(text);
  if (!Number.isInteger(value) || value < low || value > high) throw new Error(`--${name} ${text}: a whole number from ${low} to ${high}`);
  return value;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 24 * 60)) throw new Error(`--${name} ${text}: minutes, above 0, a day at most`);
  return value;
}
