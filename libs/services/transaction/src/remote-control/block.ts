import { defineBlock } from '@voltbus/service';
import { authorization } from '../authorization/block';
import { onCommandEnded } from '../stations/command-results';
import { refusalIn } from './domain/remote-start';
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
  on: ({ starts, stops }) => [
    onCommandEnded(START_ACTIONS, async (command) => {
      const refusal = refusalIn(command);
      if (refusal !== null) await starts.refused(command.tenant, command.id, refusal);
    }),
    onCommandEnded(STOP_ACTIONS, async (command) => {
      const refusal = refusalIn(command);
      if (refusal !== null) await stops.refused(command.tenant, command.id, refusal);
    }),
  ],
  controllers: [RemoteControlController, RemoteStartsController, RemoteStopsController],
  provides: (provide) => [provide(RemoteControl, ({ remoteControl }) => remoteControl)],
});
