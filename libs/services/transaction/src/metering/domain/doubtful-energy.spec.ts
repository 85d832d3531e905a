import { isDoubtful, type EnergyAccount } from './doubtful-energy';

const HOUR = 3_600_000;
/** Of an hour at 10 kW, read every quarter of it. */
const points = (registerWh: number, powerW: number | null): EnergyAccount['points'] =>
  [0, 1, 2, 3, 4].map((quarter) => ({
    at: (quarter * HOUR) / 4,
    registers: [{ location: 'Outlet', phases: 0, wh: 5_000 + (registerWh * quarter) / 4 }],
    context: 'Sample.Periodic',
    intervalWh: null,
    powerW,
  }));
const doubtful = (energyWh: number | null, read: EnergyAccount['points'], endedAt = HOUR) =>
  isDoubtful({ startedAt: 0, endedAt, energyWh, points: read });

describe('quirk 17: an energy is doubtful', () => {
  it.each([
    ['kWh are called Wh, and the power tells', 10, points(10, 10_000)],
    ['nothing is counted, and the power tells', 0, points(0, 10_000)],
    ['start and stop are stated in kWh, and the readings differ', 10, points(10_000, null)],
    ['Wh are called kWh, and the power tells', 10_000_000, points(10_000_000, 10_000)],
    ['start and stop are stated in Wh called kWh, and the readings differ', 10_000_000, points(10_000, null)],
  ])('where %s', (_why, energyWh, read) => expect(doubtful(energyWh, read)).toBe(true));
});

describe('an energy is believed', () => {
  it.each([
    ['all agrees', 10_000, points(10_000, 10_000)],
    ['the power is what the vehicle might draw, and it hardly does', 200, points(200, 10_000)],
    ['there are no readings', 10_000, []],
    ['there is one', 10_000, points(10_000, 10_000).slice(0, 1)],
    ['nobody knows it', null, points(10_000, 10_000)],
    ['power was read twice only', 10, points(10, 10_000).filter(({ at }) => at === 0 || at === HOUR)],
    ['the power is in kW that are called W', 10_000, points(10_000, 10)],
    ['hardly anything flowed', 0, points(90, 90)],
  ])('where %s', (_why, energyWh, read) => expect(doubtful(energyWh, read)).toBe(false));

  it('where its readings ended long before the session', () => {
    expect(doubtful(100_000, points(900, 900), 8 * HOUR)).toBe(false);
    expect(doubtful(100_000, points(900, 900))).toBe(true);
  });
});
