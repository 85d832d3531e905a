import { join } from 'node:path';
import type { Program } from '@voltbus/infra';
import { startCharging, type FleetTarget } from '@voltbus/soak';
import type { Stack } from '@voltbus/stack';

/** A day ahead, and two hours behind. */
const CLOCKS = [
  { tenant: 'chaos-ahead', clockSeconds: 86_400 },
  { tenant: 'chaos-behind', clockSeconds: -7_200 },
];
const STATIONS_OF_A_CLOCK = 6;
const COMMAND_SECONDS = 1;

interface PlannedFleet {
  target: FleetTarget & { tenant: string };
  plan: { stations: number; minutes: number; seed: number; more: readonly string[] };
}

export interface RunningFleet extends Pick<PlannedFleet, 'target'> {
  charging: Program;
  truthFile: string;
}

/** Two tenants with the same identities at different gateways, each with a token of its own, so that nothing of one may be found at the other. */
export function fleetsOf({ minutes, stations, seed }: { minutes: number; stations: number; seed: number }, stack: Stack): PlannedFleet[] {
  const { apiUrl, gateways, kafka } = stack.facts();
  const of = (tenant: string, nth: number, more: readonly string[], count: number): PlannedFleet => ({
    target: {
      ocppUrl: `${gateways[nth % gateways.length]?.ocppUrl}/${tenant}`,
      ...{ apiUrl, dataDir: stack.dataDir, brokers: kafka.brokers, tenant },
    },
    plan: {
      stations: count,
      minutes,
      seed,
      more: ['--token', tenant.toUpperCase(), '--command-seconds', String(COMMAND_SECONDS), ...more],
    },
  });
  return [
    ...['chaos-one', 'chaos-two'].map((tenant, nth) => of(tenant, nth, [], stations)),
    ...CLOCKS.map(({ tenant, clockSeconds }, nth) =>
      of(tenant, nth, ['--personality', 'by-the-book', `--clock-seconds=${clockSeconds}`], STATIONS_OF_A_CLOCK),
    ),
  ];
}

export function startFleets(fleets: readonly PlannedFleet[], folder: string): RunningFleet[] {
  return fleets.map(({ target, plan }) => {
    const truthFile = join(folder, `${target.tenant}.json`);
    return { target, truthFile, charging: startCharging(plan, target, truthFile) };
  });
}
