import { timingSafeEqual } from 'node:crypto';
import { hashStationKey, type StationProfile, type StationRef } from '@voltbus/contracts';

const COLON = 0x3a;
const HEX = /^(?:[0-9a-f]{2})+$/i;
/** Compared with where there is nothing to compare with: an unknown station costs what a wrong password costs. */
const NOBODY = ['0'.repeat(64)];

/** Name and password of a Basic header; the password as bytes: on 1.6 it need not be text, and may contain colons. Null: there is none. */
export function readBasic(header: string | undefined): { user: Buffer; password: Buffer } | null {
  const [, encoded] = (header === undefined ? null : /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)) ?? [];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  const colon = bytes.indexOf(COLON);
  return colon < 0 ? null : { user: bytes.subarray(0, colon), password: bytes.subarray(colon + 1) };
}

/** Whether the header proves the station, in the same time whether it is known or not (A00.FR.204, A01). The user name is the identity. */
export function proves(pepper: string, ref: StationRef, header: string | undefined, profile: StationProfile): boolean {
  const { user, password } = readBasic(header) ?? { user: Buffer.alloc(0), password: Buffer.alloc(0) };
  const hashes = writtenForms(password).map((form) => Buffer.from(hashStationKey(pepper, ref, form)));
  const known = profile.known && profile.keyHashes.length > 0;
  const matches = (known ? profile.keyHashes : NOBODY).map((hash) => hashes.some((mine) => same(mine, Buffer.from(hash))));
  return same(user, Buffer.from(ref.station)) && known && matches.includes(true);
}

/** A 1.6 key is sent as its bytes or as their hexadecimal text, in either case (quirk 10); the stored hashes hold text in lower case too. */
function writtenForms(password: Buffer): Buffer[] {
  const text = password.toString('latin1');
  const other = HEX.test(text) ? [text.toLowerCase(), text.toUpperCase()] : [text, text];
  return [password, ...other.map((form) => Buffer.from(form, 'latin1'))];
}

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
