import type { Handler } from '@voltbus/bus';
import { parseStationKey } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import type { TypeormCommands } from '../store/typeorm-commands';

/** `voltbus.station.connected`: the commands that were kept for the station go now. */
export function onStationConnected(store: Pick<TypeormCommands, 'stationConnected'>, wakeDispatcher: () => void): Handler {
  return {
    shape: 'key',
    name: 'station-connected',
    async handle({ key }) {
      if (await transiently(() => store.stationConnected(parseStationKey(key), new Date()))) wakeDispatcher();
    },
  };
}
