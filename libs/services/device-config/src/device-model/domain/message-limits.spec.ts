import fc from 'fast-check';
import { beyondLimits, inMessages, limitingVariables, readLimit, sizeOf } from './message-limits';

const frame = (action: string, payload: object) => JSON.stringify([2, '0'.repeat(36), action, payload]);
const text = fc.string({ maxLength: 40, unit: 'binary' });

it('reckons the bytes of a message as its frame has them', () => {
  fc.assert(
    fc.property(fc.dictionary(text, text), (payload) => {
      expect(sizeOf('SetVariables', payload)).toBe(Buffer.byteLength(frame('SetVariables', payload)));
    }),
  );
});

it('splits values into messages that keep to both limits and that leave nothing out, each as full as it can be', () => {
  const limit = fc.option(fc.integer({ min: 1, max: 12 }));
  const bytes = fc.option(fc.integer({ min: 10, max: 200 }));
  const bytesOf = (values: readonly string[]) => Buffer.byteLength(JSON.stringify(values));
  fc.assert(
    fc.property(fc.array(text), limit, bytes, (values, items, most) => {
      const messages = inMessages(values, { items, bytes: most }, bytesOf);
      expect(messages.flat()).toEqual(values);
      messages.forEach((message, nth) => {
        expect(message.length).toBeLessThanOrEqual(items ?? 1);
        if (most !== null && message.length > 1) expect(bytesOf(message)).toBeLessThanOrEqual(most);
        const next = messages[nth + 1]?.[0];
        const isFull = message.length === (items ?? 1) || (most !== null && next !== undefined && bytesOf([...message, next]) > most);
        if (next !== undefined) expect(isFull).toBe(true);
      });
    }),
  );
});

it.each([
  ['GetVariables', { getVariableData: [1, 2, 3] }, { items: 2, bytes: null }, '/getVariableData'],
  ['GetVariables', { getVariableData: [1, 2] }, { items: 2, bytes: null }, null],
  ['SetVariables', { setVariableData: ['x'.repeat(300)] }, { items: 2, bytes: 300 }, ''],
  ['GetReport', { componentVariable: [1, 2] }, { items: 1, bytes: null }, '/componentVariable'],
  ['GetReport', {}, { items: 1, bytes: null }, null],
  ['SetVariableMonitoring', { setMonitoringData: [1, 2] }, { items: 1, bytes: null }, '/setMonitoringData'],
  ['ClearVariableMonitoring', { id: [1, 2] }, { items: 1, bytes: null }, '/id'],
  ['SendLocalList', { localAuthorizationList: [1, 2] }, { items: 1, bytes: null }, '/localAuthorizationList'],
  ['GetConfiguration', { key: ['a', 'b'] }, { items: 1, bytes: null }, '/key'],
  ['GetConfiguration', { key: 'no list' }, { items: 1, bytes: null }, null],
  ['Reset', { type: 'Immediate' }, { items: 1, bytes: 1 }, null],
])('B05.FR.11, B06.FR.05, B08.FR.06, N06.FR.04: %s %j within %j is at fault at %s', (action, payload, limits, path) => {
  expect(beyondLimits(action, payload, limits)?.path ?? null).toBe(path);
});

it('knows no limits of an action that is none', () => {
  expect(['Reset', 'constructor', '__proto__', 'toString'].map(limitingVariables)).toEqual([null, null, null, null]);
});

it.each([
  ['4', 4],
  [' 10 ', 10],
  ['0', null],
  ['-1', null],
  ['', null],
  ['1e3', null],
  ['9999999999', null],
  [null, null],
])('reads the limit %j as %s', (written, limit) => {
  expect(readLimit(written)).toBe(limit);
});
