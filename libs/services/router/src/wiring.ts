import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { Outbox, OutboxRelay, Retention, SecretBox, USUAL_RETENTION, openDatabase, type RetentionDays } from '@voltbus/database';
import { StationAllowance } from '@voltbus/service';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { Cancellations } from './commands/cancellations';
import { CommandResults } from './commands/command-results';
import { WaitingCommandSender } from './commands/command-sender';
import { Commands } from './commands/commands';
import { DeadLetters } from './dead-letters/dead-letters';
import { Dispatcher } from './commands/dispatcher';
import { TAKEN_OF_STATION } from './commands/domain/command-limits';
import { publishWake } from './commands/events/command-wake';
import { ResultWaiters } from './commands/result-waiters';
import { RouterTelemetry } from './telemetry';
import { Sealing } from './commands/sealing';
import { SCHEMA, migrations } from './store/migrations';
import { TABLES } from './store/tables';
import { TypeormCommands } from './commands/store/typeorm-commands';
import { TypeormDeadLetters } from './dead-letters/typeorm-dead-letters';

export interface ServiceParts {
  url: string;
  poolSize: number;
  callTimeoutSeconds: number;
  /** Encrypts payloads with secrets until they are sent. */
  pepper: string;
  bus: Bus;
  connections: Connections;
  logger: Logger;
  metrics: Metrics;
  /** How long rows are kept; absent: the defaults. */
  retention?: RetentionDays;
  now?: () => Date;
}

/** The service on its own schema of the database. */
export type Service = Awaited<ReturnType<typeof openService>>;

export async function openService({ url, poolSize, callTimeoutSeconds, pepper, ...parts }: ServiceParts) {
  const { bus, connections, logger, metrics, retention: days = USUAL_RETENTION, now = () => new Date() } = parts;
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize, applicationName: 'router', metrics });
  const relay = new OutboxRelay({ dataSource: database, schema: SCHEMA, bus, logger, metrics });
  const telemetry = new RouterTelemetry(logger, metrics);
  const sealing = new Sealing(pepper);
  const store = new TypeormCommands(database, new Outbox(SCHEMA), sealing);
  const deadLetterStore = new TypeormDeadLetters(database, new SecretBox(pepper, 'dead-letter'));
  const wakeRelay = (): void => relay.wake();
  const allowance = new StationAllowance({ ...TAKEN_OF_STATION, beyond: () => undefined, now: () => now().getTime() });
  const commands = new Commands({ store, connections, telemetry, sealing, allowance, now, wakeRelay });
  const retention = new Retention({ dataSource: database, declared: TABLES, days, metrics, now });
  const shared = { store, telemetry, callTimeoutMs: callTimeoutSeconds * 1_000, now, wakeRelay };
  const dispatcher = new Dispatcher({ ...shared, connections, bus, sealing });
  const results = new CommandResults({ ...shared, wakeDispatcher: () => dispatcher.wake() });
  const waiters = new ResultWaiters(store, (error) => telemetry.workFailed('waiting', error));
  const commandSender = new WaitingCommandSender({
    commands,
    waiters,
    wakeRouters: (command) => void publishWake(bus, command).catch((error: unknown) => telemetry.wakeLost(command, error)),
  });
  const cancellations = new Cancellations({ store, telemetry, now, wakeRelay });
  const deadLetters = new DeadLetters({ store: deadLetterStore, bus, now });
  return {
    database,
    relay,
    telemetry,
    store,
    deadLetterStore,
    commands,
    cancellations,
    dispatcher,
    results,
    waiters,
    commandSender,
    deadLetters,
    allowance,
    retention,
    now,
  };
}
