import { readFileSync } from 'node:fs';
import { REDACTED } from '@voltbus/ocpp';
import { ConfigError, readSettings } from './read-settings';
import { SECRETS, settingsSchema, type Settings } from './settings';

const PREFIX = 'VOLTBUS_';
const SECRET_NAMES: ReadonlySet<string> = new Set(SECRETS);
/** Shorter texts occur everywhere: a secret of that length is no secret, and a user name such as `voltbus` is none. */
const MIN_SECRET = 4;
const MIN_USER = 16;

/** The settings of this process as people may see them, and what must not be seen beside them. */
export interface ShownSettings {
  /** Null: a process would not start with them. */
  settings: Settings | null;
  problems: readonly string[];
  /** Every setting that is given, by its full name; secrets and the credentials in URLs are replaced. */
  shown: Readonly<Record<string, string>>;
  /** The texts of all secrets, also in their percent-encoded forms, to be removed from everything that is written down. */
  secrets: readonly string[];
}

/** Reads the environment as a process does that needs none of the servers, and never throws. `defaults` are used where the environment names nothing. */
export function showSettings(
  defaults: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ShownSettings {
  const given = { ...defaults, ...withoutUndefined(environment) };
  const shown: Record<string, string> = {};
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(given).filter(([one]) => one.startsWith(PREFIX))) {
    shown[name] = shownValue(name.slice(PREFIX.length), value, secrets);
  }
  for (const name of SECRETS) addSecret(secrets, contentOf(given[`${PREFIX}${name}_FILE`]), leastOf(name));
  try {
    const settings = readSettings(given, 'standalone', 'standalone');
    return { settings, problems: [], shown, secrets: longestFirst(secrets) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { settings: null, problems: error.problems, shown, secrets: longestFirst(secrets) };
  }
}

/** The data folder that the environment names, or the usual one. */
export function dataDirOf(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return environment[`${PREFIX}DATA_DIR`] || settingsSchema.shape.DATA_DIR.parse(undefined);
}

/** A name that is no setting may be a misspelt secret. */
function shownValue(name: string, value: string, secrets: Set<string>): string {
  const isFile = name.endsWith('_FILE');
  const isKnown = Object.hasOwn(settingsSchema.shape, name) && !SECRET_NAMES.has(name);
  if (!isKnown && !isFile) {
    addSecret(secrets, value, leastOf(name));
    return REDACTED;
  }
  return withoutCredentials(value, secrets);
}

/** Of every URL in a text: the user, the password, and the values of its parameters. */
function withoutCredentials(text: string, secrets: Set<string>): string {
  return text
    .replace(/(\w+:\/\/)([^\s/?#]*)@/g, (_, scheme: string, login: string) => {
      addSecret(secrets, `${scheme}${login}@`);
      return `${scheme}${REDACTED}@`;
    })
    .replace(/([?&][^=&\s]+=)([^&\s#]+)/g, (_, name: string, value: string) => {
      addSecret(secrets, value);
      return `${name}${REDACTED}`;
    });
}

/** The secret, the password in it where it is a URL (the user where that is all), and each as it looks when it is decoded, encoded, or within JSON. */
function addSecret(secrets: Set<string>, text: string, least = MIN_SECRET): void {
  const [, user = '', password = ''] = /^\w+:\/\/([^:@]*):?(.*)@/.exec(text) ?? [];
  for (const one of [text, password || user].flatMap((part) => [part, decoded(part)]))
    for (const form of [one, encodeURIComponent(one), JSON.stringify(one).slice(1, -1)]) if (form.length >= least) secrets.add(form);
}

function leastOf(name: string): number {
  return name.endsWith('USERNAME') ? MIN_USER : MIN_SECRET;
}

/** A file that cannot be read is a problem of the settings. */
function contentOf(file: string | undefined): string {
  try {
    return file === undefined ? '' : readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** So that no part of a longer secret is left where a shorter one was found in it. */
function longestFirst(secrets: ReadonlySet<string>): string[] {
  return [...secrets].sort((one, other) => other.length - one.length);
}

function withoutUndefined(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
