import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { Outbox, OutboxRelay, Retention, SecretBox, USUAL_RETENTION, openDatabase, type RetentionDays } from '@voltbus/database';
import { StationAllowance, sendCommand } from '@voltbus/service';
import { Cancellations } from './cancellations';
import { Commands, WaitingDoor } from './commands';
import { DeadLetters } from './dead-letters';
import { Dispatcher } from './dispatcher';
import type { CommandState } from './domain/command';
import { TAKEN_OF_STATION } from './domain/command-limits';
import { RouterTelemetry } from './telemetry';
import { Sealing } from './sealing';
import { Settlements } from './settlements';
import { SCHEMA, migrations } from './store/migrations';
import { TABLES } from './store/tables';
import { TypeormCommands } from './store/typeorm-commands';
import { TypeormDeadLetters } from './store/typeorm-dead-letters';
import { Waiters } from './waiters';
import type { Logger, Metrics } from '@voltbus/telemetry';

export interface ServiceParts {
  url: string;
  poolSize: number;
  callTimeoutSeconds: number;
  /** Closes what must not be seen, and is kept until it is sent. */
  pepper: string;
  bus: Bus;
  connections: Connections;
  logger: Logger;
  metrics: Metrics;
  /** How long what is kept; absent: as usual. */
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
  const letters = new TypeormDeadLetters(database, new SecretBox(pepper, 'dead-letter'));
  const ended = (): void => relay.wake();
  const allowance = new StationAllowance({ ...TAKEN_OF_STATION, beyond: () => undefined, now: () => now().getTime() });
  const commands = new Commands({ store, connections, telemetry, sealing, allowance, now, ended });
  const retention = new Retention({ dataSource: database, declared: TABLES, days, metrics, now });
  const shared = { store, telemetry, callTimeoutMs: callTimeoutSeconds * 1_000, now, ended };
  const dispatcher = new Dispatcher({ ...shared, connections, bus, sealing });
  const settlements = new Settlements({ ...shared, queued: () => dispatcher.wake() });
  const waiters = new Waiters(store, (error) => telemetry.workFailed('waiting', error));
  const door = new WaitingDoor({ commands, waiters, hint: (state) => hint(bus, state, telemetry) });
  const cancellations = new Cancellations({ store, telemetry, now, ended });
  const deadLetters = new DeadLetters({ store: letters, bus, now });
  return {
    database,
    relay,
    telemetry,
    store,
    letters,
    commands,
    cancellations,
    dispatcher,
    settlements,
    waiters,
    door,
    deadLetters,
    allowance,
    retention,
    now,
  };
}

/** Tells the routers that a command is stored. Not awaited: they look by themselves too. */
function hint(bus: Bus, { command, priority, requestedBy }: CommandState, telemetry: RouterTelemetry): void {
  const { id, tenant, station, action } = command;
  // accepted as an object of any members
  const payload = command.payload as Record<string, unknown>;
  sendCommand(bus, { id, tenant, station, action, payload, priority, requestedBy }).catch((error: unknown) =>
    telemetry.hintLost(command, error),
  );
}
