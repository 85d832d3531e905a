import {
  KEY_CODE,
  REDACTED,
  VPN,
  headerCredentials,
  oddUrlCredentials,
  querySecret,
  secretInText,
  secretName,
  suspicious,
  urlCredentials,
} from './secret-names';

/** Shorter ones are found everywhere. */
const LEAST_REMEMBERED = 4;
/** Secrets of one call that are looked for in its answer. */
const MOST_REMEMBERED = 50;
/** Levels that are looked into, and characters of a text that is JSON itself: beyond, all of it is taken out. */
const MAX_LEVELS = 200;
const MAX_EMBEDDED = 262_144;
/** Members that name what another member of the same object is the value of: `{ key, value }`, `{ name, data }`. */
const NAMING: ReadonlySet<string> = new Set(['key', 'name', 'parameter', 'param', 'field', 'setting', 'variable', 'variablename']);
const VALUE = /(?:value|val|data|content)$/i;

/** Whether there may be a secret in a text: only then it is worth reading. Never false where `redact` would find one. */
export function maySayASecret(text: string): boolean {
  return suspicious.test(text);
}

export interface Redacted<Payload = unknown> {
  /** Of the same shape; where a secret stood that was no text, a text stands now. */
  payload: Payload;
  /** What was taken out: its answer may repeat it. */
  hidden: string[];
}

export interface RedactOptions {
  /** Secrets already known from elsewhere. */
  known?: readonly string[];
  /** False: tokens of type KeyCode stay, as all other tokens do. They are hidden where people look at messages (C04.FR.04). */
  keyCodes?: boolean;
}

/** The payload without its secrets. The payload is JSON. */
export function redact<Payload>(payload: Payload, { known = [], keyCodes = true }: RedactOptions = {}): Redacted<Payload> {
  const redaction = new Redaction(known, keyCodes);
  return { payload: redaction.value(payload, TOP) as Payload, hidden: redaction.hidden }; // members keep their places
}

/** A text without its secrets; one that is JSON is read as such. */
export function redactText(text: string, known: readonly string[] = []): string {
  if (known.length === 0 && !maySayASecret(text)) return text;
  return new Redaction(known, true).text(text, TOP);
}

/** The payload as it may be kept. Most have no secrets, and are returned themselves. */
export function withoutSecrets<Payload>(payload: Payload, options: RedactOptions = {}): Payload {
  return maySayASecret(JSON.stringify(payload) ?? '') ? redact(payload, options).payload : payload;
}

/** Where in a payload one is. */
interface Place {
  /** In the settings of a VPN, whose `key` is a key. */
  vpn: boolean;
  /** In what has a name of the list: its values are secret. */
  named: boolean;
  level: number;
}

type Members = Readonly<Record<string, unknown>>;

const TOP: Place = { vpn: false, named: false, level: 0 };

class Redaction {
  readonly hidden: string[] = [];

  constructor(
    private readonly known: readonly string[],
    private readonly keyCodes: boolean,
  ) {}

  value(value: unknown, place: Place): unknown {
    if (typeof value === 'string') return this.text(value, place);
    if (typeof value !== 'object' || value === null) return value;
    if (place.level >= MAX_LEVELS) return REDACTED;
    const below = { ...place, level: place.level + 1 };
    if (Array.isArray(value)) return value.map((one) => this.value(one, below));
    const members: Members = { ...value };
    const here = { ...below, named: place.named || hasSecretName(members), keyCode: this.keyCodes && isKeyCode(members) };
    return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, this.member(name, member, here)]));
  }

  text(text: string, place: Place): string {
    if (this.known.some((secret) => text.includes(secret))) return REDACTED;
    const inner = this.embedded(text, place);
    if (inner !== null) return inner;
    const rest = this.withoutParts(text);
    return secretInText.test(rest) ? REDACTED : rest;
  }

  private member(name: string, member: unknown, { keyCode, ...place }: Place & { keyCode: boolean }): unknown {
    if (secretName.test(name)) return this.hide(member);
    if (place.vpn && name === 'key') return this.hide(member);
    if (place.named && VALUE.test(name) && !isObject(member)) return this.hide(member);
    if (keyCode && (name === 'idToken' || name === 'additionalInfo')) return this.hide(member);
    return this.value(member, { ...place, vpn: name.toLowerCase() === VPN });
  }

  /** A text that is JSON: vendors put it into DataTransfer. Null: it is none. */
  private embedded(text: string, place: Place): string | null {
    if (!/^\s{0,20}[[{]/.test(text) || !maySayASecret(text)) return null;
    if (text.length > MAX_EMBEDDED || place.level >= MAX_LEVELS) return REDACTED;
    try {
      const read: unknown = JSON.parse(text);
      return JSON.stringify(this.value(read, { ...place, level: place.level + 1 }));
    } catch {
      return null; // only looks like it
    }
  }

  /** URLs and headers keep what is no secret. */
  private withoutParts(text: string): string {
    const take = (secret: string): string => {
      this.remember(secret);
      return REDACTED;
    };
    return text
      .replace(urlCredentials, (whole, start: string) => this.credentialsIn(whole, start))
      .replace(oddUrlCredentials, (whole, start: string) => this.credentialsIn(whole, start))
      .replace(querySecret, (whole, name: string) => `${name}${take(whole.slice(name.length))}`)
      .replace(headerCredentials, (whole, scheme: string, gap: string, value: string) =>
        isCredential(scheme, value) ? `${scheme}${gap}${take(value)}` : whole,
      );
  }

  private credentialsIn(whole: string, start: string): string {
    const said = whole.slice(start.length, -1);
    if (said === REDACTED || said === '') return whole;
    const colon = said.indexOf(':');
    if (colon >= 0) this.remember(said.slice(colon + 1));
    return `${start}${REDACTED}@`;
  }

  /** What is empty says so: it holds no secret, and that may be what is wrong. */
  private hide(value: unknown): unknown {
    if (value === null || value === '' || value === REDACTED) return value;
    this.remember(value);
    return REDACTED;
  }

  private remember(value: unknown): void {
    if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) this.remember(member);
    else if (String(value).length >= LEAST_REMEMBERED && this.hidden.length < MOST_REMEMBERED) this.hidden.push(String(value));
  }
}

/** A 1.6 configuration key, a 2.x variable, or what a vendor names so. */
function hasSecretName(members: Members): boolean {
  return Object.entries(members).some(([member, value]) => {
    if (!NAMING.has(member.toLowerCase())) return false;
    const name = isObject(value) && 'name' in value ? value.name : value;
    return typeof name === 'string' && secretName.test(name.trim());
  });
}

/** C04.FR.04. */
function isKeyCode({ idToken, type }: Members): boolean {
  return typeof idToken === 'string' && typeof type === 'string' && type.toLowerCase() === KEY_CODE;
}

/** `Basic charging` is none. */
function isCredential(scheme: string, value: string): boolean {
  if (value === REDACTED) return false;
  if (scheme.toLowerCase() !== 'basic') return /\d/.test(value);
  return Buffer.from(value, 'base64').includes(':');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
