import { createHmac } from 'node:crypto';

export interface QrCodeRequest {
  identity: string;
  evse: number;
  at: Date;
  /** Limits that the driver has typed in, by the names of C25: `maxenergy`, `maxtime`, `maxcost`. */
  limits?: Readonly<Record<string, string>>;
}

const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const BASE62 = DIGITS + LETTERS + LETTERS.toUpperCase();

/** The address in the QR code that a station of 2.1 shows, by its variables of `WebPaymentsCtrlr` (C25). Null: a variable is missing. */
export function qrCodeAddress(variables: ReadonlyMap<string, string>, { identity, evse, at, limits = {} }: QrCodeRequest): string | null {
  const [template, secret, version] = ['URLTemplate', 'SharedSecret', 'TOTPVersion'].map((name) => variables.get(name));
  const [validity, length] = ['ValidityTime', 'Length'].map((name) => Number(variables.get(name)));
  if (template === undefined || secret === undefined || version === undefined || !validity || !length) return null;
  const interval = Math.floor(at.getTime() / (validity * 1_000));
  const address = template
    .replace('{chargingstationid}', encodeURIComponent(identity))
    .replace('{evse}', String(evse))
    .replace('{totp}', oneTimeCode(secret, interval, length))
    .replace('{version}', version);
  const query = new URLSearchParams(limits).toString();
  return query === '' ? address : `${address}${address.includes('?') ? '&' : '?'}${query}`;
}

/** C25, "TOTP algorithm, version 1". */
function oneTimeCode(secret: string, interval: number, length: number): string {
  const counter = interval.toString(16).padStart(16, '0');
  const hash = [...createHmac('sha256', secret).update(counter, 'hex').digest()];
  const first = (hash[hash.length - 1] ?? 0) % 16;
  let code = '';
  while (code.length < length) code += BASE62[(hash[(first + code.length) % hash.length] ?? 0) % BASE62.length];
  return code;
}
