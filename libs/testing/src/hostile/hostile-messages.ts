import type { Protocol } from '@voltbus/ocpp';
import { placesOf, wholePayload, type Place } from './whole-payload';

/** A payload with one wrong value, as JSON text: an object cannot hold some of these values. */
export interface HostileMessage {
  /** The place and the value that stands there, shortened. */
  what: string;
  json: string;
}

/** Stands for a number that JSON can say and a double cannot hold. */
const HUGE = '@1e400@';
/** A text long enough for a parse in quadratic time to be noticed, and short enough for a frame. */
const LONG = 60_000;

const NUMBERS = [2 ** 31, 2 ** 32, 2 ** 53, -1, -(2 ** 31) - 1, 1e308, -1e308, 0.5, 1e-320, 0, HUGE];
const TEXTS = [
  ...[
    '',
    ' ',
    'x',
    '-1',
    '12.5',
    '2147483648',
    '1e400',
    '1e999999999',
    'NaN',
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:59+23:59',
    "'; --",
  ],
  ...['x\u0000y', '\ud800', '\u{1f600}'.repeat(300), `0x${'f'.repeat(LONG)}`, '9'.repeat(LONG), ' '.repeat(LONG), '9'.repeat(200)],
];
const SHAPES = [null, true, [], {}, [[]]];
/** Left out altogether. */
const ABSENT = Symbol('absent');

/** What stands in each place in turn: numbers and texts of either kind everywhere, since stations write one for the other. */
const HOSTILE: readonly unknown[] = [ABSENT, ...NUMBERS, ...TEXTS, ...SHAPES];
/** In places deeper than any that a rule reads, but for those below: they are kept as they came. */
const HOSTILE_DEEP: readonly unknown[] = [ABSENT, {}, 2 ** 31, `0x${'f'.repeat(LONG)}`];
/** `meterValue/0/sampledValue/0/unitOfMeasure/multiplier` is the deepest place that a rule reads. */
const READ_BELOW = /^(?:meterValue|transactionData|eventData)\//;
const DEEP = 2;

/** Every place of a message with every hostile value, one at a time. `changes` are put into the message first. */
export function* hostileMessages(protocol: Protocol, message: string, changes: object = {}): Generator<HostileMessage> {
  const whole = JSON.stringify({ ...wholePayload(protocol, message), ...changes });
  yield { what: 'nothing wrong', json: whole };
  yield { what: 'nothing at all', json: '{}' };
  for (const place of placesOf(protocol, message)) {
    for (const value of hostileTo(place)) {
      const payload: unknown = JSON.parse(whole);
      put(payload, place.path, value);
      const json = JSON.stringify(payload).replace(`"${HUGE}"`, '1e400');
      yield { what: `/${place.path.join('/')}: ${String(JSON.stringify(value)).slice(0, 40)}`, json };
    }
  }
}

function hostileTo({ path }: Place): readonly unknown[] {
  return path.length > DEEP && !READ_BELOW.test(path.join('/')) ? HOSTILE_DEEP : HOSTILE;
}

function put(payload: unknown, path: Place['path'], value: unknown): void {
  const parent = path.slice(0, -1).reduce<unknown>((part, key) => (part as Record<string | number, unknown>)[key], payload);
  const members = parent as Record<string | number, unknown>; // the whole payload has every place
  const key = path.at(-1) ?? '';
  if (value !== ABSENT) members[key] = value;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete members[key];
}
