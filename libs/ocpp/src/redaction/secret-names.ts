/** The text that replaces a secret. */
export const REDACTED = '[redacted]';

/**
 * THE list of secret names: members that are secret wherever they stand (`basicAuthPassword`, `apnPassword`, `simPin`, `exiResponse`, which has a
 * contract's private key), and variables and configuration keys whose value is secret (`AuthorizationKey`, `SharedSecret`, `VpnKey`, those of
 * vendors). A name is secret when it contains one of these words, in any case.
 */
const KEYS =
  'auth(?:ori[sz]ation)?|private|api|vpn|encryption|master|wi-?fi|wpa\\d?|wlan|wep|aes|hmac|sign(?:ing)?|access|session|shared|licen[cs]e|mifare|rfid|account|storage|ssh|secure|security|hotspot|modem';
const TOKENS = 'access|refresh|bearer|auth(?:ori[sz]ation)?|api|session|security|sas|jwt|oauth';
const SECRET_NAMES = `passw|passphrase|pwd|secret|credential|(?:${KEYS})[ _.-]?key(?!id|name)|(?:${TOKENS})[ _.-]?token|psk|(?:sim|user|admin)[ _.-]?pin|pin[ _.-]?code|exiresponse`;
/** Words that make a name secret only when they are the whole name. */
const WHOLE_NAMES = '(?:proxy-)?authorization|token|pin|puk|jwt|psk';
/** Secrets without such a name: typed-in tokens, keys of a VPN, private keys, passwords and signatures in URLs, credentials in headers. */
export const KEY_CODE = 'keycode';
export const VPN = 'vpn';
const PRIVATE_KEY = '-BEGIN [A-Z ]{0,40}PRIVATE KEY-';
/** `user:password@` before the first slash, and passwords that contain slashes. A port is no password. */
const URL_CREDENTIALS = '(:(?:\\\\?/){2})[^"/\\s]{0,1000}@';
const URL_ODD_CREDENTIALS = '(:(?:\\\\?/){2})[^"/\\s@:]{0,200}:(?!\\d{1,5}(?:\\\\?[/?#"\\s]|$))[^"\\s@]{1,200}@';
const QUERY_SECRET =
  '([?&;][\\w.%-]{0,40}?(?:token|(?<![a-z])sig|signature|secret|passw|pwd|credential|auth|key|sas|jwt|session|code)[\\w.%-]{0,40}=)[^&#"\\\\\\s]{1,4000}';
/** The token of an address at which a station uploads or downloads: who has it may do so too. */
const FILE_TOKEN = '((?:\\\\?/)(?:up|down)loads(?:\\\\?/))[\\w-]{43}(?![\\w-])';
const SCHEME = '\\b(bearer|basic|digest|token)(\\s{1,4})([\\w+/=.~-]{8,4000})';

export const secretName = new RegExp(`${SECRET_NAMES}|^(?:${WHOLE_NAMES})$`, 'i');
export const secretInText = new RegExp(
  `(?:${SECRET_NAMES}|authorization)[\\w .-]{0,20}\\\\?["'\`]?\\s{0,20}(?:[:=>]|%3[ad])(?!\\s{0,5}["'\`]?\\[redacted\\])|${PRIVATE_KEY}`,
  'i',
);
export const urlCredentials = new RegExp(URL_CREDENTIALS, 'g');
export const oddUrlCredentials = new RegExp(URL_ODD_CREDENTIALS, 'g');
export const querySecret = new RegExp(QUERY_SECRET, 'gi');
export const fileToken = new RegExp(FILE_TOKEN, 'g');
export const headerCredentials = new RegExp(SCHEME, 'gi');
/** `\u` is suspicious, as a secret name may be written in escapes. */
export const suspicious = new RegExp(
  [
    ...[SECRET_NAMES, `["'\`](?:${WHOLE_NAMES})\\\\*["'\`]`, 'authorization', KEY_CODE, VPN, 'PRIVATE KEY', URL_CREDENTIALS],
    ...[URL_ODD_CREDENTIALS, QUERY_SECRET, FILE_TOKEN, SCHEME, '\\\\u'],
  ].join('|'),
  'i',
);

/** True for the name of a variable or configuration key whose value is a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name.trim());
}
