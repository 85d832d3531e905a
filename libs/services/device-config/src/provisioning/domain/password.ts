const KEY_DIGITS = /^(?:[0-9a-f]{2}){16,20}$/i;

/**
 * The forms in which a station may send this password, as bytes. A 1.6 AuthorizationKey is written as 32 to 40 hexadecimal digits, and stations
 * send the decoded bytes or the digits themselves, in either case (OCPP 1.6 security whitepaper; field quirk).
 */
export function passwordForms(password: string): Buffer[] {
  const text = Buffer.from(password, 'utf8');
  if (!KEY_DIGITS.test(password)) return [text];
  const written = [...new Set([password, password.toLowerCase(), password.toUpperCase()])].map((form) => Buffer.from(form, 'utf8'));
  return [...written, Buffer.from(password, 'hex')];
}
