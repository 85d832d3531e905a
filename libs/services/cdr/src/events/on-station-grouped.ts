import { fromCloudEventHeaders, parseStationKey, type StationGrouping } from '@voltbus/contracts';
import type { BusRecord, Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { TypeormAssignments } from '../store/typeorm-assignments';

/** Keeps the stations' groups with their history. */
export function onStationGrouped(store: TypeormAssignments): Handler {
  return {
    shape: 'key',
    name: 'on-station-grouped',
    async handle(record: BusRecord) {
      const { subject, time } = fromCloudEventHeaders(record.headers);
      // The topic's owner is the only one who writes it.
      const { group } = JSON.parse(record.value.toString('utf8')) as StationGrouping;
      await transiently(() => store.regroup(parseStationKey(subject), group, new Date(time)));
    },
  };
}
