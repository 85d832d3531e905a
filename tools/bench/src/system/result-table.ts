import { microsPerUnit, type Measurement } from './measurement';

/** A line for each measurement and one for each of its latencies. */
export function tableOf(measurements: readonly Measurement[]): string {
  return measurements.flatMap((measurement) => [headline(measurement), ...latencyLines(measurement)]).join('\n');
}

function headline(measurement: Measurement): string {
  const { workload, unit, stations, units, seconds, cpu, generatorCpuMs } = measurement;
  const share = (ms: number): string => `${((ms / seconds) * 0.1).toFixed(1)} %`;
  const each = (name: string): string => `${name} ${unit === 'second' ? share(cpu[name] ?? 0) : micros(microsPerUnit(measurement, name))}`;
  const processes = Object.keys(cpu).map(each).join(', ');
  const all = unit === 'second' ? share(Object.values(cpu).reduce((sum, ms) => sum + ms, 0)) : micros(microsPerUnit(measurement));
  const rate = unit === 'second' ? '' : `${units} in ${seconds.toFixed(1)} s (${Math.round(units / seconds)}/s), `;
  return `${workload}, ${stations} stations: ${rate}processor time ${all} a ${unit ?? 'second'} (${processes}); generator ${share(generatorCpuMs)} of a core`;
}

function latencyLines({ latencies }: Measurement): string[] {
  return Object.entries(latencies).map(
    ([kind, { count, p50, p99, max }]) =>
      `  ${kind}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms of ${count}`,
  );
}

function micros(value: number): string {
  return value < 1_000 ? `${Math.round(value)} us` : `${(value / 1_000).toFixed(2)} ms`;
}
