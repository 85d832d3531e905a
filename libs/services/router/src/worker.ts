import { troubleOf, type Bus, type BusRecord, type Handler, type Subscription } from '@voltbus/bus';
import { CALL_RESULTS, COMMANDS, CONNECTIONS, DEAD_LETTERS, fromCloudEventHeaders } from '@voltbus/contracts';
import { RETENTION_INTERVAL_MS } from '@voltbus/database';
import { Scheduler } from '@voltbus/runtime';
import { serveLane } from '@voltbus/service';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { answers } from './answers';
import { isWake, onCommandWake } from './commands/events/command-wake';
import { onCallResult } from './commands/events/on-call-result';
import { onCommandRequest } from './commands/events/on-command-request';
import { onDeadLetter } from './dead-letters/on-dead-letter';
import { onStationConnected } from './commands/events/on-station-connected';
import type { Service } from './wiring';

/** Consumer group of everything this service reads. */
const GROUP = 'router';
/** How late an overdue command is ended. */
const OVERDUE_MS = 2_000;

export interface WorkerParts {
  service: Service;
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
}

/** Dispatches commands and ends them, answers the router's lane, stores dead letters, relays the outbox. */
export class RouterWorker {
  private readonly subscriptions: Subscription[] = [];
  private readonly scheduler;

  constructor(private readonly parts: WorkerParts) {
    this.scheduler = new Scheduler((name, error) => parts.service.telemetry.workFailed(name, error));
  }

  async start(): Promise<void> {
    const { service, bus, logger, metrics } = this.parts;
    service.relay.start();
    const callResult = onCallResult(service.results);
    // a subscription of its own: overdue commands are ended by how far this one has read
    const results = await bus.subscribe({ group: GROUP, topics: [CALL_RESULTS], route: () => callResult });
    const neighbours = await this.subscribeToNeighbours();
    const lane = await serveLane({ bus, lane: 'router', group: GROUP, table: answers(service.telemetry), logger, metrics });
    this.subscriptions.push(results, neighbours, lane);
    service.dispatcher.start();
    this.scheduler.every(OVERDUE_MS, 'overdue commands', () => service.results.endOverdue((instant) => results.passed(instant)));
    this.scheduler.every(RETENTION_INTERVAL_MS, 'old rows', () => service.retention.run());
  }

  /** Accepts nothing new, finishes the messages in hand, publishes the outbox. */
  async stop(): Promise<void> {
    this.scheduler.stop();
    this.parts.service.retention.stop();
    await this.parts.service.dispatcher.stop();
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
    await this.parts.service.relay.stop();
  }

  /** Why this service is not fit to work; null when it is. */
  trouble(): string | null {
    return troubleOf(this.subscriptions);
  }

  private subscribeToNeighbours(): Promise<Subscription> {
    const { service, bus } = this.parts;
    const wake = (): void => service.dispatcher.wake();
    const request = onCommandRequest(service.commands, wake);
    const woken = onCommandWake(wake);
    const connected = onStationConnected(service.store, wake);
    const dead = onDeadLetter(service.deadLetterStore, service.telemetry);
    const route = (record: BusRecord): Handler | null => {
      if (record.topic === COMMANDS.name) return isWake(record) ? woken : request;
      if (record.topic === DEAD_LETTERS.name) return dead;
      return fromCloudEventHeaders(record.headers).type === 'voltbus.station.connected' ? connected : null;
    };
    return bus.subscribe({ group: GROUP, topics: [COMMANDS, CONNECTIONS, DEAD_LETTERS], route });
  }
}
