import { timingSafeEqual } from 'node:crypto';
import { storedKeyHashes, type Keyring, type StationProfile, type StationRef } from '@voltbus/contracts';

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

/** The password that proved a station, by its hashes. */
export interface ProvenKey {
  /** As it is stored. */
  hash: string;
  /** As it would be stored now; the same but while a pepper is replaced. */
  current: string;
}

/**
 * The password by which the header proves the station; null: it does not. The steps are the same whether the station is known or not, and has a password or not (A00.FR.204, A01). The
 * profile is null when none is known.
 */
export function provenKey(
  peppers: Keyring | string,
  ref: StationRef,
  header: string | undefined,
  profile: StationProfile | null,
): ProvenKey | null {
  const password = readPassword(header, ref.station);
  const hashes = writtenForms(password ?? Buffer.alloc(0)).flatMap((form) => {
    const [current = '', ...others] = storedKeyHashes(peppers, ref, form);
    return [current, ...others].map((hash) => ({ bytes: Buffer.from(hash), current }));
  });
  const known = profile !== null && profile.known && profile.keyHashes.length > 0;
  const stored = known ? profile.keyHashes : NO_PASSWORD;
  const matches = stored.map((hash) => hashes.filter(({ bytes }) => same(bytes, Buffer.from(hash))));
  if (password === null || !known) return null;
  const proven = matches.flatMap(([mine], at) => (mine === undefined ? [] : [{ hash: stored[at] ?? '', current: mine.current }]));
  return proven.find(({ hash, current }) => hash === current) ?? proven[0] ?? null;
}

/**
 * The hash to store beside the one that proved the station, because that one is of the pepper before or does not say of which; null: none. One of the
 * next pepper stays alone: the processes that have it make it.
 */
export function rehashed(peppers: Keyring | string, { hash, current }: ProvenKey): string | null {
  if (typeof peppers === 'string' || !peppers.named || hash === current) return null;
  const [id, digest] = hash.split('.');
  return digest !== undefined && peppers.partOf(Buffer.from(id ?? '', 'hex')) === 'next' ? null : current;
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
