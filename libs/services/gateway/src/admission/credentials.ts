import { timingSafeEqual } from 'node:crypto';
import { hashStationKey, type StationProfile, type StationRef } from '@voltbus/contracts';

const COLON = 0x3a;
const HEX = /^(?:[0-9a-f]{2})+$/i;
/** Compared with where a station has no password, so that an unknown station costs as much as a wrong password. */
const NO_PASSWORD = ['0'.repeat(64)];

/**
 * Returns the password of a Basic header whose user is that identity, as bytes, because on 1.6 it need not be text. The identity is known from the URL, so
 * that it may contain colons as the password may. Returns null when there is no such header, or its user is another.
 */
export function readPassword(header: string | undefined, identity: string): Buffer | null {
  const [, encoded] = (header === undefined ? null : /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)) ?? [];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  const user = Buffer.from(identity);
  const named = bytes.length > user.length && same(bytes.subarray(0, user.length), user) && bytes[user.length] === COLON;
  return named ? bytes.subarray(user.length + 1) : null;
}

/**
 * The hash of the password by which the header proves the station; null: it does not. The steps are the same whether the station is known or not, and has a password or not (A00.FR.204, A01). The
 * profile is null when none is known.
 */
export function provenKeyHash(pepper: string, ref: StationRef, header: string | undefined, profile: StationProfile | null): string | null {
  const password = readPassword(header, ref.station);
  const hashes = writtenForms(password ?? Buffer.alloc(0)).map((form) => Buffer.from(hashStationKey(pepper, ref, form)));
  const known = profile !== null && profile.known && profile.keyHashes.length > 0;
  const stored = known ? profile.keyHashes : NO_PASSWORD;
  const matches = stored.map((hash) => hashes.some((mine) => same(mine, Buffer.from(hash))));
  return password !== null && known ? (stored[matches.indexOf(true)] ?? null) : null;
}

/** Returns the forms of a password: a 1.6 key is sent as its bytes or as hexadecimal text in either case (quirk 10), and stored hashes may hold either. */
function writtenForms(password: Buffer): Buffer[] {
  const text = password.toString('latin1');
  const other = HEX.test(text) ? [text.toLowerCase(), text.toUpperCase()] : [text, text];
  return [password, ...other.map((form) => Buffer.from(form, 'latin1'))];
}

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
