import { CALL_RESULTS, COMMANDS, CONNECTIONS, STATIONS } from '@voltbus/contracts';
import { encryptionKeys, peppers } from '@voltbus/runtime';
import { COMMAND_SENDER, StationAllowance, defineBlock, onBatch, onEach, type BuildContext } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { Cancellations } from './cancellations';
import { CommandResults } from './command-results';
import { WaitingCommandSender } from './command-sender';
import { Commands } from './commands';
import { Dispatch } from './dispatch';
import { Dispatcher } from './dispatcher';
import { ACCEPTED_OF_STATION } from './domain/command-limits';
import { wakePublisher } from './wake-publisher';
import { CommandsController } from './http/commands.controller';
import { ResultWaiters } from './result-waiters';
import { Sealing } from './sealing';
import { commandListMigration } from './store/migrations/0030-command-list';
import { commandTraceMigration } from './store/migrations/0040-command-trace';
import { commandsMigration } from './store/migrations/0010-commands';
import { tables } from './store/tables';
import { TypeormCommands } from './store/typeorm-commands';

/** How late an overdue command is ended. */
const OVERDUE_MS = 2_000;
/** The share of the HTTP API's stop time after which waiting requests are answered, before their connections are cut. */
const WAITING_SHARE = 0.8;

interface Stores {
  commands: TypeormCommands;
  sealing: Sealing;
}

function build({ store: { commands: store, sealing }, use, bus, connections, settings, now, wakeRelay, passed }: BuildContext<Stores>) {
  const shared = { store, telemetry: use(telemetry), callTimeoutMs: settings.CALL_TIMEOUT_SECONDS * 1_000, now, wakeRelay };
  const allowance = new StationAllowance({ ...ACCEPTED_OF_STATION, beyond: () => undefined, now: () => now().getTime() });
  const commands = new Commands({ ...shared, connections, bus, sealing, allowance });
  const dispatch = new Dispatch({ ...shared, bus, sealing });
  const dispatcher = new Dispatcher({ ...shared, connections, dispatch });
  const wakeDispatcher = (): void => dispatcher.wake();
  const results = new CommandResults({ ...shared, wakeDispatcher });
  const waiters = new ResultWaiters({ store, bus, telemetry: shared.telemetry });
  const wakeRouters = wakePublisher(bus, { ...shared, installation: settings.INSTALLATION });
  return {
    ...{ store, commands, allowance, dispatch, dispatcher, wakeDispatcher, results, waiters, now },
    cancellations: new Cancellations(shared),
    commandSender: new WaitingCommandSender({ ...shared, commands, dispatch, waiters, wakeRouters }),
    endOverdue: () => results.endOverdue((instant) => passed([CALL_RESULTS], instant)),
  };
}

/** The life of commands: acceptance, dispatch, results, ends. */
export const commands = defineBlock({
  name: 'commands',
  migrations: [commandsMigration, commandListMigration, commandTraceMigration],
  tables,
  store: ({ database, outbox, settings }): Stores => {
    const sealing = new Sealing(encryptionKeys(settings), peppers(settings));
    return { commands: new TypeormCommands(database, outbox, sealing), sealing };
  },
  build,
  on: ({ store, commands, cancellations, wakeDispatcher, results, now }) => [
    onEach(CALL_RESULTS.events.result, ({ data }) => results.record(data)),
    onEach(COMMANDS.events.requested, async ({ data, record }) => {
      // the age of the request counts: one that has waited in the topic for too long is not sent any more
      if (await commands.acceptRequest(data, new Date(record.timestamp))) wakeDispatcher();
    }),
    onEach(STATIONS.events.deleted, ({ data, time }) => cancellations.cancelOf(data, time)),
    onEach(COMMANDS.events.waiting, async () => wakeDispatcher()),
    onBatch(CONNECTIONS.events.connected, async (events) => {
      const stations = events.map(({ ref }) => ref);
      if (await store.stationsConnected(stations, now())) wakeDispatcher();
    }),
  ],
  jobs: ({ endOverdue }) => [{ name: 'overdue commands', everyMs: OVERDUE_MS, run: endOverdue }],
  start: ({ dispatcher }) => dispatcher.start(),
  stop: ({ dispatcher }) => dispatcher.stop(),
  controllers: [CommandsController],
  provides: (provide) => [
    provide(COMMAND_SENDER, ({ commandSender }) => commandSender),
    provide(Cancellations, ({ cancellations }) => cancellations),
    provide(TypeormCommands, ({ store }) => store),
  ],
  httpParts: ({ waiters, commandSender }) => [
    { name: 'commands on their way', phase: 'work', stop: () => commandSender.idle() },
    { name: 'waiting commands', phase: 'listeners', stop: (withinMs) => waiters.leaveWithin(withinMs * WAITING_SHARE) },
    { name: 'command waiters', phase: 'work', start: () => waiters.follow(), stop: () => waiters.close() },
  ],
});
