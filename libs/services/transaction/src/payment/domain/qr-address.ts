const STATION = '{chargingstationid}';
const EVSE = '{evse}';
const CODE = '{totp}';
const VERSION = '{version}';
const PLACEHOLDERS: readonly string[] = [STATION, EVSE, CODE, VERSION];

/** EVSEs are counted from 1 without gaps: no station has more. */
export const MOST_EVSE = 999;
/** The EVSE id of a QR code that is valid for every EVSE without one of its own. */
export const WHOLE_STATION = 0;

/** The values in the address of a QR code; null: the address has none. */
export interface AddressParts {
  station: string;
  evse: number | null;
  code: string | null;
  version: string | null;
}

/** Why a station cannot fill in the template (C25.FR.50), or its addresses cannot be read; null: neither. */
export function templateFault(template: string, { evse, dynamic }: { evse: number; dynamic: boolean }): string | null {
  const url = webAddress(template);
  if (url === null) return 'is no web address';
  const found = partsOf(url).filter((part) => PLACEHOLDERS.includes(part));
  const odd = (template.match(/\{[^{}]*\}/g) ?? []).find((one) => !found.includes(one));
  if (odd !== undefined) return `${odd}: only ${PLACEHOLDERS.join(', ')} are filled in, each a whole part of the path or of the query`;
  if (new Set(found).size < (template.match(/[{}]/g) ?? []).length / 2) return 'has a placeholder twice, or a loose brace';
  const wanted = [STATION, ...(evse === WHOLE_STATION ? [] : [EVSE]), ...(dynamic ? [CODE, VERSION] : [])];
  const missing = wanted.find((one) => !found.includes(one));
  if (missing !== undefined) return `lacks ${missing}`;
  return !dynamic && (found.includes(CODE) || found.includes(VERSION)) ? `has ${CODE} or ${VERSION}, and there is no totp` : null;
}

/**
 * Reads the values in an address by its template; null when the address was made from another. Further query parameters
 * are ignored (C25.FR.60).
 */
export function readAddress(template: string, address: URL): AddressParts | null {
  const pattern = webAddress(template);
  if (pattern === null || pattern.origin !== address.origin) return null;
  const [wanted, given] = [segmentsOf(pattern), segmentsOf(address)];
  if (wanted.length !== given.length) return null;
  const pairs = [
    ...wanted.map((part, index) => [part, given[index] ?? ''] as const),
    ...[...pattern.searchParams].map(([name, part]) => [part, address.searchParams.get(name) ?? ''] as const),
  ];
  if (pairs.some(([part, value]) => (PLACEHOLDERS.includes(part) ? value === '' : value !== part))) return null;
  const values = new Map(pairs);
  const station = values.get(STATION);
  const evse = values.get(EVSE) ?? null;
  if (station === undefined || (evse !== null && !isEvse(evse))) return null;
  return { station, evse: evse === null ? null : Number(evse), code: values.get(CODE) ?? null, version: values.get(VERSION) ?? null };
}

/**
 * The parts of the address that may be the name of a station: whole segments of its path or values of its query that
 * can be stored as a name.
 */
export function namesIn(address: URL): string[] {
  return partsOf(address).filter((part) => !/\p{Cc}/u.test(part));
}

/** Null: not to be opened by a phone's browser. */
export function webAddress(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

function partsOf(address: URL): string[] {
  return [...segmentsOf(address), ...address.searchParams.values()];
}

/** A slash at the end, or two for one, make no other address. */
function segmentsOf({ pathname }: URL): string[] {
  return pathname.split('/').filter(Boolean).map(decoded);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // half an escape stands for itself
  }
}

function isEvse(text: string): boolean {
  return /^[1-9]\d*$/.test(text) && Number(text) <= MOST_EVSE;
}
