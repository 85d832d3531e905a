import { v16, v21 } from '@voltbus/ocpp';
import { READINGS_ALLOWANCE, StationAllowance, answer, defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { meterValues as meterValues16 } from './ocpp16/meter-values';
import { meterValues as meterValues2 } from './ocpp2/meter-values';
import { Readings } from './readings';
import { meteringMigration } from './store/migrations/0030-metering';
import { readByMigration } from './store/migrations/0160-read-by';
import { tables } from './store/tables';
import { TypeormConnectorStates } from './store/typeorm-connector-states';
import { makePartitions } from './store/typeorm-partitions';
import { TypeormReadings } from './store/typeorm-readings';
import { TypeormUnnamedReadings } from './store/typeorm-unnamed-readings';

/** Day partitions are made four times a day, a week ahead. */
const PARTITIONS_INTERVAL_MS = 6 * 3_600_000;

export const metering = defineBlock({
  name: 'metering',
  migrations: [meteringMigration, readByMigration],
  tables,
  store: ({ database, storeOf }) => {
    const beyond = (_station: unknown, count: number): void => storeOf(telemetry).notKept('reading', count);
    return {
      readings: new TypeormReadings(database, new StationAllowance({ ...READINGS_ALLOWANCE, beyond })),
      unnamedReadings: new TypeormUnnamedReadings(database),
      connectorStates: new TypeormConnectorStates(database),
    };
  },
  build: ({ store, use, database, now }) => {
    const counted = use(telemetry);
    return {
      ...store,
      stationReadings: new Readings({ store: store.readings, unnamedReadings: store.unnamedReadings, telemetry: counted }),
      async makePartitions(): Promise<void> {
        const missing = await makePartitions(database, now());
        if (missing.length > 0) counted.partitionsMissing(missing);
      },
    };
  },
  answers: ({ stationReadings }) => [
    answer(v16.MeterValues, meterValues16(stationReadings)),
    answer(v21.MeterValues, meterValues2(stationReadings)),
  ],
  start: ({ makePartitions }) => makePartitions(),
  jobs: ({ makePartitions }) => [{ name: 'partitions of readings', everyMs: PARTITIONS_INTERVAL_MS, run: makePartitions }],
  provides: (provide) => [provide(TypeormReadings, ({ readings }) => readings)],
});
