import type { Measurement } from './measurement';
import { performancePage } from './performance-page';

const measurement = (workload: string, cpu: Record<string, number>, more: Partial<Measurement> = {}): Measurement => ({
  ...{ workload, unit: 'reading', stations: 10, units: 1_000, seconds: 2, ratePerSecond: null, generatorCpuMs: 5, latencies: {} },
  cpu,
  ...more,
});
const page = (...results: Measurement[]): string => performancePage({ date: '2026-01-01', machine: '2 x CPU', node: 'v24', results });

describe('the page of the recorded run', () => {
  it('divides the processor time of each process by the units, and adds up all of them', () => {
    expect(page(measurement('meter-1.6', { 'gateway-1': 100, kafka: 50 }))).toMatch(
      /\| meter-1.6 +\| 10 +\| 500 +\| \*\*150 µs\*\* +\| 100 µs/,
    );
  });

  it('says of each target whether it is met, with the reason only where it is missed', () => {
    const ceiling = measurement('bare-echo', { echo: 10 });
    const met = page(measurement('meter-1.6', { 'gateway-1': 15 }), ceiling);
    const missed = page(measurement('meter-1.6', { 'gateway-1': 16 }), ceiling);
    const line = (text: string) => text.split('\n').find((one) => one.includes('bare echo |') || one.includes('the bare echo')) ?? '';
    expect(line(met)).toMatch(/15 µs of 10 µs: 1.5 times +\| met +\| +\|$/);
    expect(line(missed)).toMatch(/1.6 times +\| \*\*missed\*\* +\| The bare echo has/);
  });

  it('judges no target of a workload that was not measured', () => {
    expect(page(measurement('idle', { kafka: 100 }, { unit: 'second', units: 2 }))).not.toContain('session to its CDR');
  });
});
