import { parseArgs } from 'node:util';
import { PROTOCOLS, type Protocol } from '@voltbus/contracts';
import type { DescribedCommand } from '@voltbus/runtime';
import { PERSONALITIES } from '@voltbus/virtual-station';
import type { FleetPlan } from './fleet';

const DEFAULT_TENANT = 'default';
const DEFAULT_URL = 'ws://127.0.0.1:9000/ocpp';

const OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    says: `what stations append their identity to (default: ${DEFAULT_URL}, and /<tenant> with --tenant)`,
  },
  stations: { type: 'string', default: '10', value: 'N', says: '1 to 10000' },
  version: { type: 'string', default: 'mix', value: 'V', says: `${PROTOCOLS.join(', ')}, or mix: by turns` },
  personality: { type: 'string', default: 'mix', value: 'NAME', says: `${PERSONALITIES.map(({ name }) => name).join(', ')}, or mix` },
  minutes: { type: 'string', default: '2', value: 'N', says: 'how long stations charge, 0.1 for example; a day at most' },
  seed: { type: 'string', default: '1', value: 'N', says: 'the same seed, the same fleet and sessions' },
  password: {
    type: 'string',
    value: 'TEXT',
    says: 'of all stations, 16 to 40 characters; with --register each gets one of its own without it',
  },
  token: { type: 'string', default: 'SIMULATOR', value: 'ID', says: 'what all stations charge with' },
  truth: { type: 'string', value: 'FILE', says: 'where to write what the stations know, for npm run verify' },
  register: { type: 'boolean', default: false, says: "make stations, passwords, token and tariff known through Voltbus's API first" },
  api: { type: 'string', default: 'http://127.0.0.1:8080', value: 'URL', says: 'for --register' },
  'key-file': { type: 'string', default: '.voltbus/admin-key', value: 'FILE', says: 'for --register: an API key' },
  tenant: { type: 'string', default: DEFAULT_TENANT, value: 'NAME', says: 'whose stations they are; it must be there' },
} as const;

export const SIMULATOR: DescribedCommand = {
  usage: ['npm run simulator -- [options]'],
  about: 'A fleet of simulated charging stations, for any CSMS; with --register, for Voltbus without any preparation.',
  options: OPTIONS,
};

export interface SimulatorPlan extends Omit<FleetPlan, 'passwordOf'> {
  password: string | undefined;
  truth: string | undefined;
  register: boolean;
  api: string;
  keyFile: string;
  tenant: string;
}

/** Throws with what is wrong. */
export function readCommandLine(words: readonly string[]): SimulatorPlan {
  const { values } = parseArgs({ args: [...words], options: OPTIONS });
  return {
    url: values.url ?? (values.tenant === DEFAULT_TENANT ? DEFAULT_URL : `${DEFAULT_URL}/${values.tenant}`),
    stations: whole('stations', values.stations, 1, 10_000),
    version: versionOf(values.version),
    personality: values.personality,
    minutes: positive('minutes', values.minutes),
    seed: whole('seed', values.seed, 0, 2 ** 31),
    idToken: values.token,
    password: values.password,
    truth: values.truth,
    register: values.register,
    api: values.api,
    keyFile: values['key-file'],
    tenant: values.tenant,
  };
}

function versionOf(text: string): Protocol | 'mix' {
  const found = PROTOCOLS.find((protocol) => protocol === text || protocol === `ocpp${text}`);
  if (found === undefined && text !== 'mix') throw new Error(`--version ${text}: mix, ${PROTOCOLS.join(', ')}`);
  return found ?? 'mix';
}

function whole(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high) throw new Error(`--${name} ${text}: a whole number from ${low} to ${high}`);
  return value;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 24 * 60)) throw new Error(`--${name} ${text}: minutes, above 0, a day at most`);
  return value;
}
