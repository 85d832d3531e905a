/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/**
 * THE list. Members that hold a secret wherever they stand (`basicAuthPassword`, `apnPassword`, `simPin`, `exiResponse`: it carries a contract's private
 * key), and names of variables and configuration keys whose value is one (`AuthorizationKey`, `BasicAuthPassword`, `SharedSecret`, `VpnKey`, what
 * vendors call theirs). In words that a name contains, in any case.
 */
const SECRET_NAMES =
  'passw|passphrase|pwd|secret|credential|authori[sz]ation[ _.-]?key|auth[ _.-]?key|private[ _.-]?key|api[ _.-]?key|psk|sim[ _.-]?pin|vpn[ _.-]?key|exiresponse';
/** And what is no name: tokens that are typed in, keys of a VPN, private keys, passwords in URLs. */
const KEY_CODE = 'keycode';
const VPN = 'vpn';
const PRIVATE_KEY = '-BEGIN [A-Z ]*PRIVATE KEY-';
const URL_CREDENTIALS = '(:(?:\\\\?/){2})[^"/\\s]*@';

const secretName = new RegExp(SECRET_NAMES, 'i');
const secretInText = new RegExp(`(?:${SECRET_NAMES})[\\w .-]{0,20}\\\\?["']?\\s*[:=]|${PRIVATE_KEY}`, 'i');
const urlCredentials = new RegExp(URL_CREDENTIALS, 'g');
/** `\u`: whatever is on the list may be written in escapes. */
const suspicious = new RegExp(`${SECRET_NAMES}|${KEY_CODE}|${VPN}|PRIVATE KEY|${URL_CREDENTIALS}|\\\\u`, 'i');

/** Shorter ones are found everywhere. */
const LEAST_REMEMBERED = 4;
/** Secrets of one call that are looked for in its answer. */
const MOST_REMEMBERED = 50;

/** Whether there may be a secret in a frame: only then it is worth reading. Never false where `redact` would find one. */
export function maySayASecret(frame: string): boolean {
  return suspicious.test(frame);
}

export interface Redacted {
  payload: unknown;
  /** What was taken out: its answer may repeat it. */
  hidden: string[];
}

/** The payload without its secrets, and without those already known from elsewhere. The payload is JSON of bounded depth. */
export function redact(payload: unknown, known: readonly string[] = []): Redacted {
  const redaction = new Redaction(known);
  return { payload: redaction.value(payload, { vpn: false, named: false }), hidden: redaction.hidden };
}

/** Where in a payload one is. */
interface Place {
  /** In the settings of a VPN, whose `key` is a key. */
  vpn: boolean;
  /** In what has a name of the list: its values are secret. */
  named: boolean;
}

type Members = Readonly<Record<string, unknown>>;

class Redaction {
  readonly hidden: string[] = [];

  constructor(private readonly known: readonly string[]) {}

  value(value: unknown, place: Place): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.value(one, place));
    if (typeof value !== 'object' || value === null) return value;
    const members: Members = { ...value };
    const here = { ...place, named: place.named || hasSecretName(members) };
    const keyCode = isKeyCode(members);
    return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, this.member(name, member, { ...here, keyCode })]));
  }

  private member(name: string, member: unknown, { keyCode, ...place }: Place & { keyCode: boolean }): unknown {
    if (secretName.test(name)) return this.hide(member);
    if (place.vpn && name === 'key') return this.hide(member);
    if (place.named && /value$/i.test(name)) return this.hide(member);
    if (keyCode && (name === 'idToken' || name === 'additionalInfo')) return this.hide(member);
    return this.value(member, { ...place, vpn: name === VPN });
  }

  private text(text: string): string {
    if (secretInText.test(text) || this.known.some((secret) => text.includes(secret))) return REDACTED;
    return text.replace(urlCredentials, `$1${REDACTED}@`);
  }

  /** What is empty says so: it holds no secret, and that may be what is wrong. */
  private hide(value: unknown): unknown {
    if (value === null || value === '') return value;
    this.remember(value);
    return REDACTED;
  }

  private remember(value: unknown): void {
    if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) this.remember(member);
    else if (String(value).length >= LEAST_REMEMBERED && this.hidden.length < MOST_REMEMBERED) this.hidden.push(String(value));
  }
}

/** A 1.6 configuration key, or a 2.x variable. */
function hasSecretName({ key, variable }: Members): boolean {
  if (typeof key === 'string' && secretName.test(key)) return true;
  if (typeof variable !== 'object' || variable === null || !('name' in variable)) return false;
  return typeof variable.name === 'string' && secretName.test(variable.name);
}

/** C04.FR.04. */
function isKeyCode({ idToken, type }: Members): boolean {
  return typeof idToken === 'string' && typeof type === 'string' && type.toLowerCase() === KEY_CODE;
}
