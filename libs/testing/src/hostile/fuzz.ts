import fc from 'fast-check';
import type { Protocol } from '@voltbus/ocpp';
import { placesOf, wholePayload } from './whole-payload';

/** How long each property is fuzzed, and from where: `npm run fuzz` sets both, and Jest alone fuzzes for a moment. */
const SECONDS = Number(process.env['VOLTBUS_FUZZ_SECONDS'] ?? '1');
const SEED = Number(process.env['VOLTBUS_FUZZ_SEED'] ?? '1');
/** More runs than the time allows. */
const ENDLESS_RUNS = 1_000_000_000;
/** Of one payload: several wrong values meet. */
const MOST_CHANGES = 6;
const LONG_TEXT = 60_000;
const DEEP = 5_000;

/** Ends with the time, not with a number of runs; a failure is shrunk to the least that still fails, and shows seed and path to repeat it. */
export function fuzzOptions(): { seed: number; numRuns: number; interruptAfterTimeLimit: number; markInterruptAsFailure: false } {
  return { seed: SEED, numRuns: ENDLESS_RUNS, interruptAfterTimeLimit: SECONDS * 1_000, markInterruptAsFailure: false };
}

/** A change of a payload: at the place with that number, modulo their count, stands another JSON text, or nothing. */
interface Change {
  place: number;
  json: string | null;
}

/** JSON text of a message's payload, from the whole one with changes in several places. `message` is named like `AuthorizeResponse`. */
export function fuzzedPayload(protocol: Protocol, message: string): fc.Arbitrary<string> {
  const change: fc.Arbitrary<Change> = fc.record({ place: fc.nat(), json: fc.option(wrongJson(), { freq: 6 }) });
  return fc.array(change, { maxLength: MOST_CHANGES }).map((changes) => payloadWith(protocol, message, changes));
}

/** JSON texts that stations write where something else belongs; some can be said in JSON and by no JavaScript value. */
function wrongJson(): fc.Arbitrary<string> {
  const numbers = ['1e400', '-1e400', '-0', '1e-400', '9'.repeat(40), '0.1e-7', String(2 ** 31), String(2 ** 53 + 2), String(-(2 ** 63))];
  const texts = ['NaN', 'Infinity', '2147483648', '1e999999999', '\ud800', '\udfff\ud800', 'x\u0000y', '', ' ', '0000-00-00T00:00:00Z'];
  return fc.oneof(
    fc.constantFrom(...numbers, ...texts.map((text) => JSON.stringify(text)), '"\\ud800"', 'null', 'true', '[]', '{}', '[[]]'),
    fc.json(),
    fc.double().map((number) => JSON.stringify(number)),
    fc.bigInt().map(String),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.date({ noInvalidDate: true }).map((date) => JSON.stringify(date)),
    fc.constantFrom(JSON.stringify('x'.repeat(LONG_TEXT)), `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`, '{"__proto__":{"polluted":1}}'),
    fc.constantFrom(`[${'{},'.repeat(999)}{}]`, '{"a":1,"a":2}', '{"constructor":{"prototype":{"polluted":1}}}'),
  );
}

function payloadWith(protocol: Protocol, message: string, changes: readonly Change[]): string {
  const places = placesOf(protocol, message);
  const payload: unknown = wholePayload(protocol, message);
  if (places.length === 0) return JSON.stringify(payload);
  for (const [nth, { place, json }] of changes.entries()) {
    const path = places[place % places.length]?.path ?? [];
    put(payload, path, json === null ? undefined : `@${nth}@`);
  }
  return changes.reduce((text, { json }, nth) => text.replaceAll(`"@${nth}@"`, () => json ?? 'null'), JSON.stringify(payload));
}

/** Nothing happens where an earlier change has taken the way away. */
function put(payload: unknown, path: readonly (string | number)[], value: string | undefined): void {
  const parent = path.slice(0, -1).reduce<unknown>((part, key) => (isObject(part) ? part[key] : undefined), payload);
  if (isObject(parent)) parent[path.at(-1) ?? ''] = value;
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
