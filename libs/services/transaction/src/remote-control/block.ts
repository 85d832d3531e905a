import { defineBlock } from '@voltbus/service';
import { authorization } from '../authorization/block';
import { onRefused } from './events/on-refused';
import { RemoteControlController } from './http/remote-control.controller';
import { RemoteStartsController } from './http/remote-starts.controller';
import { RemoteStopsController } from './http/remote-stops.controller';
import { RemoteControl } from './remote-control';
import { drawStationNumber } from './station-number';
import { remoteControlMigration } from './store/migrations/0040-remote-control';
import { tables } from './store/tables';
import { TypeormRemoteStarts } from './store/typeorm-remote-starts';
import { TypeormRemoteStops } from './store/typeorm-remote-stops';
import { TypeormRemoteTargets } from './store/typeorm-remote-targets';

const START_ACTIONS = ['RemoteStartTransaction', 'RequestStartTransaction'];
const STOP_ACTIONS = ['RemoteStopTransaction', 'RequestStopTransaction'];

export const remoteControl = defineBlock({
  name: 'remote-control',
  migrations: [remoteControlMigration],
  tables,
  store: ({ database }) => ({
    starts: new TypeormRemoteStarts(database),
    stops: new TypeormRemoteStops(database),
    targets: new TypeormRemoteTargets(database),
  }),
  build: ({ store, use, commands, connections, now }) => ({
    ...store,
    remoteControl: new RemoteControl({
      ...store,
      tokens: use(authorization).tokens,
      commands,
      connections,
      drawId: drawStationNumber,
      now,
    }),
  }),
  on: ({ starts, stops }) => [onRefused(START_ACTIONS, starts), onRefused(STOP_ACTIONS, stops)],
  controllers: [RemoteControlController, RemoteStartsController, RemoteStopsController],
  provides: (provide) => [provide(RemoteControl, ({ remoteControl }) => remoteControl)],
});
