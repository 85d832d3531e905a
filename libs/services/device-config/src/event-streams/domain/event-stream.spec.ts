import { MAX_VALUES_OF_MESSAGE, MAX_VALUE_LENGTH } from '../limits';
import { streamIn, valuesIn } from './event-stream';

const NOON = new Date('2026-06-01T12:00:00Z');
const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1_000);
const data = (...points: readonly (readonly [t: number, v: string])[]) => points.map(([t, v]) => ({ t, v }));

it('N15: each value is at the base time and its own, also backwards and in fractions; one instant has one', () => {
  const message = { basetime: '2026-06-01T11:59:00Z', data: data([0, 'a'], [-30.5, 'b'], [1.25, 'c'], [0, 'd']) };
  expect(valuesIn(message, NOON)).toEqual({
    values: [{ at: at(-60), value: 'a' }, { at: at(-90.5), value: 'b' }, { at: at(-58.75), value: 'c' }],
    notKept: 1,
  }); // prettier-ignore
});

it.each<[string, number]>([
  ['1970-01-01T00:00:00Z', 0],
  ['2106-01-01T00:00:00Z', 0],
  ['yesterday', 0],
  ['2026-06-01T12:00:00Z', 1e300],
  ['2026-06-01T12:00:00Z', -1e300],
  ['2026-06-01T12:00:00Z', Number.NaN],
])('a value at %s and %d seconds cannot be believed', (basetime, t) => {
  expect(valuesIn({ basetime, data: data([t, 'x']) }, NOON)).toEqual({ values: [], notKept: 1 });
});

it('keeps so many values of a message, and so much of each, without what Postgres cannot store', () => {
  const many = Array.from({ length: 10_000 }, (_, nth) => ({ t: -nth, v: `${nth}` }));
  const { values, notKept } = valuesIn({ basetime: NOON.toISOString(), data: many }, NOON);
  expect([values.length, notKept]).toEqual([MAX_VALUES_OF_MESSAGE, 10_000 - MAX_VALUES_OF_MESSAGE]);
  const [odd] = valuesIn({ basetime: NOON.toISOString(), data: data([0, `\u0000\ud800${'x'.repeat(3_000)}`]) }, NOON).values;
  expect(odd?.value).toBe(`\ufffd\ufffd${'x'.repeat(MAX_VALUE_LENGTH - 2)}`);
});

it.each([[2 ** 31, 1], [-1, 1], [0.5, 1], ['1', 1], [1, 2 ** 40], [1, undefined]])('the numbers %j and %j name no stream', (id, monitor) => {
  expect(streamIn({ id, variableMonitoringId: monitor, params: {} })).toBeNull();
}); // prettier-ignore
