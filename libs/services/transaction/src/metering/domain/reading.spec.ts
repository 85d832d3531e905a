import fc from 'fast-check';
import { mergeReadings, plausibleWh, readSamples, type Sample } from './reading';

const where = { evse: 1, transaction: '7', time: { at: 1000, raw: null } };
const read = (...samples: Sample[]) => readSamples(samples, where);

describe('reading sampled values', () => {
  it('1.6 section 4.7 takes a bare value for the imported energy in Wh, sampled periodically', () => {
    expect(read({ value: '1234' })).toMatchObject([{ ...where, energyWh: 1234, context: 'Sample.Periodic', rest: {} }]);
  });

  it.each([
    [{ value: '12.345', unit: 'kWh' }, 12_345],
    [{ value: ' 12.345 ', unit: 'kWh' }, 12_345],
    [{ value: 1234 }, 1234],
    [{ value: 12.345, multiplier: 3, unit: 'Wh' }, 12_345],
    [{ value: '0.1', unit: 'kWh' }, 100],
    [{ value: '1234.5678' }, 1234.568],
  ] as const)('J01 reads %j as %d Wh, exactly', (sample, wh) => {
    expect(read(sample)[0]?.energyWh).toBe(wh);
  });

  it.each(['1e400', 'NaN', 'abc', '-5', '2147483647', '999999999999999999999999999999'])(
    'J3 stores %s unchanged, and not as a register',
    (value) => {
      const [reading] = read({ value });
      expect(reading?.energyWh).toBeNull();
      expect(reading?.rest).toHaveProperty(['Energy.Active.Import.Register||']);
    },
  );

  it('quirk 40 takes an empty value for none', () => {
    expect(read({ value: ' ' })).toEqual([]);
  });

  it('puts phases, power and state of charge in one wide row', () => {
    const [reading] = read(
      { value: '7', measurand: 'Power.Active.Import', unit: 'kW' },
      { value: '230', measurand: 'Voltage', phase: 'L1-N' },
      { value: '231', measurand: 'Voltage', phase: 'L2-N' },
      { value: '16', measurand: 'Current.Import', phase: 'L1' },
      { value: '55', measurand: 'SoC', location: 'EV', unit: 'Percent' },
      { value: '50', measurand: 'Frequency' },
    );
    expect(reading).toMatchObject({
      powerW: 7000,
      voltages: [230, 231, null],
      currents: [16, null, null],
      soc: 55,
      rest: { 'Frequency||': { value: 50 } },
    });
  });

  it('quirk 43, J01.FR.10 adds the phases up when there is no total, and prefers the total when there is one', () => {
    const phases = ['L1', 'L2', 'L3'].map((phase) => ({ value: '2000', measurand: 'Power.Active.Import', phase }));
    expect(read(...phases)[0]?.powerW).toBe(6000);
    expect(read(...phases, { value: '6100', measurand: 'Power.Active.Import' })[0]).toMatchObject({
      powerW: 6100,
      rest: { 'Power.Active.Import|L1|': { value: 2000 } },
    });
  });

  it('bills what is measured at the outlet, not at the inlet', () => {
    expect(read({ value: '10', location: 'Inlet' }, { value: '20' })[0]).toMatchObject({
      energyWh: 20,
      rest: { 'Energy.Active.Import.Register||Inlet': { value: 10 } },
    });
  });

  it('quirk 80 keeps two contexts of one instant apart', () => {
    expect(
      read({ value: '10', context: 'Transaction.Begin' }, { value: '11', context: 'Sample.Periodic' }).map(({ context, energyWh }) => [
        context,
        energyWh,
      ]),
    ).toEqual([
      ['Transaction.Begin', 10],
      ['Sample.Periodic', 11],
    ]);
  });

  it('keeps signed data verbatim', () => {
    const signed = { signedMeterData: 'T0NNRnx7fQ==', signingMethod: 'ECDSA', encodingMethod: 'OCMF', publicKey: '' };
    expect(read({ value: 5, signed })[0]?.signed).toEqual({ 'Energy.Active.Import.Register||': signed });
    expect(read({ value: 'OCMF|{}|{}', signed: { format: 'SignedData', value: 'OCMF|{}|{}' } })[0]).toMatchObject({
      energyWh: null,
      signed: { 'Energy.Active.Import.Register||': { value: 'OCMF|{}|{}' } },
      rest: {},
    });
  });

  it('J02.FR.14 makes one reading of two parts, in either order', () => {
    const [energy] = read({ value: '10' });
    const [power] = read({ value: '7', measurand: 'Power.Active.Import' });
    if (energy === undefined || power === undefined) throw new Error('no reading');
    expect(mergeReadings(energy, power)).toEqual(mergeReadings(power, energy));
    expect(mergeReadings(energy, power)).toMatchObject({ energyWh: 10, powerW: 7 });
  });

  it('keeps the time as it was written where one of two parts had a time that could not be believed, in either order', () => {
    const [part] = read({ value: '10' });
    if (part === undefined) throw new Error('no reading');
    const written = { ...part, time: { ...part.time, raw: '1970-01-01T00:00:00Z' } };
    expect(mergeReadings(part, written).time).toEqual(written.time);
    expect(mergeReadings(written, part).time).toEqual(written.time);
    expect(mergeReadings(written, { ...written, seqNo: 1, time: { ...part.time, raw: 'later' } }).time).toEqual(written.time);
  });

  it('J3 believes no register that is negative, infinite or beyond any meter', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const wh = plausibleWh(value);
        expect(wh === null || (wh >= 0 && wh <= 1e12)).toBe(true);
      }),
    );
  });
});
