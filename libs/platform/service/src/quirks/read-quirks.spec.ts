import type { QuirkSettings } from '@voltbus/contracts';
import fc from 'fast-check';
import { LaneFixture } from '../testing/lane-fixture';
import { readQuirks } from './read-quirks';

const read = (payload: unknown, quirks: QuirkSettings) => readQuirks(payload, quirks).payload;
const start = (timestamp: string) => ({ connectorId: 1, idTag: 'T', meterStart: 0, timestamp });
const BERLIN = 'Europe/Berlin';

describe('quirk zoneless-times-are-local', () => {
  const on = { 'zoneless-times-are-local': BERLIN };
  it.each([
    ['2026-07-01T12:00:00', '2026-07-01T10:00:00Z'],
    ['2026-01-01 12:00:00.5', '2026-01-01T11:00:00.5Z'],
    ['2026-03-29T01:59:59', '2026-03-29T00:59:59Z'],
    ['2026-03-29T02:30:00', '2026-03-29T01:30:00Z'], // this hour is left out
    ['2026-03-29T03:00:00', '2026-03-29T01:00:00Z'],
    ['2026-10-25T02:30:00', '2026-10-25T00:30:00Z'], // this hour comes twice
    ['2026-10-25T03:00:00', '2026-10-25T02:00:00Z'],
  ])('reads %s as %s', (written, expected) => {
    expect(readQuirks(start(written), on)).toEqual({ payload: start(expected), notes: ['quirk-zoneless-times-are-local /timestamp'] });
    expect(readQuirks(start(written), {})).toEqual({ payload: start(written), notes: [] });
  });

  it.each(['2026-07-01T12:00:00Z', '2026-07-01T12:00:00+05:00', '2026-99-99T99:99:99.', 'yesterday', ''])('leaves %j alone', (written) => {
    expect(read(start(written), on)).toEqual(start(written));
  });

  it('reads instants alone: data of a vendor that looks like one stays', () => {
    const data = { vendorId: 'V', data: '2026-07-01T12:00:00' };
    expect(read(data, on)).toEqual(data);
  });
});

describe('quirk utc-times-are-local', () => {
  it('reads what is labelled as UTC as local, in every part of a message', () => {
    const values = (timestamp: string) => ({ connectorId: 1, meterValue: [{ timestamp, sampledValue: [{ value: '1' }] }] });
    const quirks = { 'utc-times-are-local': 'America/New_York' };
    expect(read(values('2026-07-01T12:00:00.000Z'), quirks)).toEqual(values('2026-07-01T16:00:00.000Z'));
    expect(read(values('2026-07-01T12:00:00.000Z'), {})).toEqual(values('2026-07-01T12:00:00.000Z'));
    expect(read(values('2026-07-01T12:00:00'), quirks)).toEqual(values('2026-07-01T12:00:00'));
    const stop = (timestamp: string) => ({ transactionId: 1, transactionData: [{ timestamp, sampledValue: [] }] });
    expect(readQuirks(stop('2026-07-01T12:00:00z'), quirks)).toEqual({
      payload: stop('2026-07-01T16:00:00Z'),
      notes: ['quirk-utc-times-are-local /transactionData/*/timestamp'],
    });
  });

  it('changes nothing for a zone that is not known', () => {
    expect(read(start('2026-07-01T12:00:00Z'), { 'utc-times-are-local': 'Mars/Olympus' })).toEqual(start('2026-07-01T12:00:00Z'));
  });
});

describe('quirk energy-in-kwh', () => {
  const on = { 'energy-in-kwh': true };
  const sampled = (sample: object) => ({ connectorId: 1, meterValue: [{ timestamp: 't', sampledValue: [sample] }] });
  const readSample = (sample: object, quirks: QuirkSettings) =>
    (read(sampled(sample), quirks) as ReturnType<typeof sampled>).meterValue[0]?.sampledValue[0];

  it('takes registers a thousandfold', () => {
    expect(read({ meterStart: 12, connectorId: 1 }, on)).toEqual({ meterStart: 12_000, connectorId: 1 });
    expect(read({ meterStop: '12.345' }, on)).toEqual({ meterStop: 12_345 });
    expect(read({ meterStart: 12 }, {})).toEqual({ meterStart: 12 });
    expect(read({ meterStop: ' 3000000.000001 ' }, on)).toEqual({ meterStop: 3_000_000_000.001 });
    expect(read({ customData: { meterStart: 12 } }, on)).toEqual({ customData: { meterStart: 12 } });
  });

  it('takes one sampled value where a list of them belongs', () => {
    const one = (value: string) => ({ meterValue: [{ sampledValue: { value } }] });
    expect(read(one('1.5'), on)).toEqual(one('1500'));
  });

  it.each([
    [{ value: '1.5' }, { value: '1500' }],
    [
      { value: '1.5', unit: 'Wh', measurand: 'Energy.Active.Import.Interval' },
      { value: '1500', unit: 'Wh', measurand: 'Energy.Active.Import.Interval' },
    ],
    [
      { value: 0.1, unitOfMeasure: { unit: 'Wh' } },
      { value: 100, unitOfMeasure: { unit: 'Wh' } },
    ],
    [{ value: ' 0.0012345 ' }, { value: '1.2345' }],
    [
      { value: '1.5', unit: 'varh', measurand: 'Energy.Reactive.Import.Register' },
      { value: '1500', unit: 'varh', measurand: 'Energy.Reactive.Import.Register' },
    ],
  ])('takes %j a thousandfold', (sample, expected) => {
    expect(readSample(sample, on)).toEqual(expected);
    expect(readSample(sample, {})).toEqual(sample);
  });

  it.each([
    { value: '1.5', unit: 'kWh' },
    { value: '1.5', measurand: 'Power.Active.Import' },
    { value: '1.5', unitOfMeasure: { unit: 'Wh', multiplier: 3 } },
    { value: 'OCMF|{}', format: 'SignedData' },
    { value: '1234', format: 'SignedData' },
    { value: '1e999' },
    { value: null },
    {},
  ])('leaves %j alone', (sample) => expect(readSample(sample, on)).toEqual(sample));
});

describe('quirk totals-are-wrong', () => {
  const on = { 'totals-are-wrong': true };
  const values = (...sampledValue: object[]) => ({ meterValue: [{ sampledValue }] });
  const phases = ['L1', 'L2', 'L3'].map((phase) => ({ value: '1', phase }));

  it('leaves a total out of which there are phases', () => {
    expect(read(values({ value: '99' }, ...phases), on)).toEqual(values(...phases));
    expect(read(values({ value: '99' }, ...phases), {})).toEqual(values({ value: '99' }, ...phases));
  });

  it('takes phases against neutral for phases, and what is left out of location and context for what it stands for', () => {
    const neutral = ['L1-N', 'L2-N', 'L3-N'].map((phase) => ({ value: '1', phase, location: 'Outlet', context: 'Sample.Periodic' }));
    expect(read(values({ value: '99' }, ...neutral), on)).toEqual(values(...neutral));
  });

  it.each([
    [values({ value: '99', format: 'SignedData' }, ...phases)],
    [values({ value: '99', context: 'Transaction.Begin' }, ...phases)],
    [values({ value: '99' })],
    [values({ value: '99', measurand: 'Power.Active.Import' }, ...phases)],
    [values({ value: '99', location: 'Inlet' }, ...phases)],
    [values({ value: '99' }, { value: '400', phase: 'L1-L2' })],
  ])('leaves %j alone', (payload) => expect(read(payload, on)).toEqual(payload));
});

describe('what is switched', () => {
  it('reads whatever a station writes without an error, and itself where nothing is on', () => {
    const all = {
      ...{ 'zoneless-times-are-local': BERLIN, 'utc-times-are-local': BERLIN, 'energy-in-kwh': true, 'totals-are-wrong': true },
    };
    const names = fc.constantFrom('timestamp', 'sampledValue', 'meterStart', 'meterValue', 'value', 'unit', '__proto__');
    const odd = fc.object({
      key: names,
      maxDepth: 5,
      values: [fc.string(), fc.double(), fc.constant(null), fc.constant('9999-12-31T23:59:59')],
    });
    fc.assert(
      fc.property(odd, (payload) => void readQuirks(payload, all)),
      { numRuns: 500 },
    );
    const payload = start('2026-07-01T12:00:00');
    expect(read(payload, { 'available-ends': false })).toBe(payload);
  });

  it('comes with the message, shows in the leniencies and their metric, and reads what was strict as well', async () => {
    const lane = await LaneFixture.start();
    const seen: unknown[] = [];
    await lane.serve({
      ocpp16: {
        StartTransaction: {
          shape: 'key',
          decide: async (message) => {
            seen.push(message.payload, message.leniency, message.quirks);
            return { payload: { transactionId: 1, idTagInfo: { status: 'Accepted' } } };
          },
        },
      },
    });
    const quirks = { 'energy-in-kwh': true };
    const written = { ...start('2026-07-01T12:00:00Z'), meterStart: 7 };
    await lane.publishMessage('StartTransaction', written, { checked: 'strict' }, 'default/CS-1', quirks);
    await lane.reply();
    expect(seen).toEqual([{ ...written, meterStart: 7_000 }, ['quirk-energy-in-kwh /meterStart'], quirks]);
    expect(lane.metrics.total('ocpp_leniency_applied_total', { kind: 'quirk-energy-in-kwh' })).toBe(1);
    await lane.close();
  });
});
