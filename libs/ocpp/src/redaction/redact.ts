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
  fileToken,
  urlCredentials,
} from './secret-names';

/** Shorter secrets are not remembered, as they occur in ordinary texts. */
const MIN_REMEMBERED_LENGTH = 4;
/** So many secrets of one call are searched in its answer. */
const MAX_REMEMBERED = 50;
/** Deeper levels, and longer texts that are JSON themselves, are redacted as a whole. */
const MAX_LEVELS = 200;
const MAX_EMBEDDED = 262_144;
/** Members with the name of a setting whose value is in another member of the object: `{ key, value }`, `{ name, data }`. */
const NAMING: ReadonlySet<string> = new Set(['key', 'name', 'parameter', 'param', 'field', 'setting', 'variable', 'variablename']);
const VALUE = /(?:value|val|data|content)$/i;

/** False: the text has no secret, and need not be redacted. Never false where `redact` would find one. */
export function mayContainSecret(text: string): boolean {
  return suspicious.test(text);
}

export interface Redacted<Payload = unknown> {
  /** It has the same shape; a secret that was not a text is replaced by one. */
  payload: Payload;
  /** The secrets that were redacted; an answer may repeat them. */
  hidden: string[];
}

export interface RedactOptions {
  /** Secrets that are known from elsewhere. */
  known?: readonly string[];
  /** False: tokens of type KeyCode stay. They must be hidden where people see messages (C04.FR.04). */
  keyCodes?: boolean;
}

/** Returns the payload without its secrets. The payload is JSON. */
export function redact<Payload>(payload: Payload, { known = [], keyCodes = true }: RedactOptions = {}): Redacted<Payload> {
  const redaction = new Redaction(known, keyCodes);
  return { payload: redaction.value(payload, TOP) as Payload, hidden: redaction.hidden }; // members keep their places
}

/** Returns a text without its secrets. A text that is JSON is parsed. */
export function redactText(text: string, known: readonly string[] = []): string {
  if (known.length === 0 && !mayContainSecret(text)) return text;
  return new Redaction(known, true).text(text, TOP);
}

/** Returns the payload as it may be stored. Most payloads have no secrets and are returned themselves. */
export function withoutSecrets<Payload>(payload: Payload, options: RedactOptions = {}): Payload {
  return mayContainSecret(JSON.stringify(payload) ?? '') ? redact(payload, options).payload : payload;
}

/** The position in a payload. */
interface Place {
  /** Within the settings of a VPN, whose `key` is a secret. */
  vpn: boolean;
  /** Within an object with a secret name: its values are secrets. */
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

  /** Redacts a text that is JSON, as vendors put it into DataTransfer. Null: the text is not JSON. */
  private embedded(text: string, place: Place): string | null {
    if (!/^\s{0,20}[[{]/.test(text) || !mayContainSecret(text)) return null;
    if (text.length > MAX_EMBEDDED || place.level >= MAX_LEVELS) return REDACTED;
    try {
      const read: unknown = JSON.parse(text);
      return JSON.stringify(this.value(read, { ...place, level: place.level + 1 }));
    } catch {
      return null; // it only looks like JSON
    }
  }

  /** Redacts the secret parts of URLs and headers, and keeps the rest. */
  private withoutParts(text: string): string {
    const take = (secret: string): string => {
      this.remember(secret);
      return REDACTED;
    };
    return text
      .replace(urlCredentials, (whole, start: string) => this.credentialsIn(whole, start))
      .replace(oddUrlCredentials, (whole, start: string) => this.credentialsIn(whole, start))
      .replace(querySecret, (whole, name: string) => `${name}${take(whole.slice(name.length))}`)
      .replace(fileToken, (whole, start: string) => `${start}${take(whole.slice(start.length))}`)
      .replace(headerCredentials, (whole, scheme: string, gap: string, value: string) =>
        isCredential(scheme, value) ? `${scheme}${gap}${take(value)}` : whole,
      );
  }

  private credentialsIn(whole: string, start: string): string {
    const credentials = whole.slice(start.length, -1);
    if (credentials === REDACTED || credentials === '') return whole;
    const colon = credentials.indexOf(':');
    if (colon >= 0) this.remember(credentials.slice(colon + 1));
    return `${start}${REDACTED}@`;
  }

  /** An empty value stays visible: it is no secret, and it may be the mistake that an operator looks for. */
  private hide(value: unknown): unknown {
    if (value === null || value === '' || value === REDACTED) return value;
    this.remember(value);
    return REDACTED;
  }

  private remember(value: unknown): void {
    if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) this.remember(member);
    else if (String(value).length >= MIN_REMEMBERED_LENGTH && this.hidden.length < MAX_REMEMBERED) this.hidden.push(String(value));
  }
}

/** True: a 1.6 configuration key, a 2.x variable or a vendor's setting with a secret name. */
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

/** False for `Basic charging`, for example. */
function isCredential(scheme: string, value: string): boolean {
  if (value === REDACTED) return false;
  if (scheme.toLowerCase() !== 'basic') return /\d/.test(value);
  return Buffer.from(value, 'base64').includes(':');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
