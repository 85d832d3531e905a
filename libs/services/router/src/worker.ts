import { troubleOf, type Bus, type BusRecord, type Handler, type Subscription } from '@voltbus/bus';
import { CALL_RESULTS, COMMANDS, CONNECTIONS, DEAD_LETTERS, fromCloudEventHeaders } from '@voltbus/contracts';
import { RETENTION_INTERVAL_MS } from '@voltbus/database';
import { Scheduler } from '@voltbus/runtime';
import { serveLane } from '@voltbus/service';
import { answers } from './answers';
import { onCallResult } from './events/on-call-result';
import { onCommandWished } from './events/on-command-wished';
import { onDeadLetter } from './events/on-dead-letter';
import { onStationConnected } from './events/on-station-connected';
import type { Service } from './wiring';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** Consumer group of everything this service reads. */
const GROUP = 'router';
/** How late an overdue command is noticed. */
const SWEEP_MS = 2_000;

export interface WorkerParts {
  service: Service;
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
}

/** Dispatches and settles commands, answers the router's lane, keeps dead letters, relays the outbox, sweeps. */
export class RouterWorker {
  private readonly subscriptions: Subscription[] = [];
  private readonly chores;

  constructor(private readonly parts: WorkerParts) {
    this.chores = new Scheduler((name, error) => parts.service.telemetry.workFailed(name, error));
  }

  async start(): Promise<void> {
    const { service, bus, logger, metrics } = this.parts;
    service.relay.start();
    const settle = onCallResult(service.settlements);
    // of its own: the sweep judges by how far this one has read
    const results = await bus.subscribe({ group: GROUP, topics: [CALL_RESULTS], route: () => settle });
    const neighbours = await this.hearNeighbours();
    const lane = await serveLane({ bus, lane: 'router', group: GROUP, table: answers(service.telemetry), logger, metrics });
    this.subscriptions.push(results, neighbours, lane);
    service.dispatcher.start();
    this.chores.every(SWEEP_MS, 'sweep', () => service.settlements.sweep((instant) => results.passed(instant)));
    this.chores.every(RETENTION_INTERVAL_MS, 'old rows', () => service.retention.run());
  }

  /** Takes nothing new, finishes what is in hand, tells what is told. */
  async stop(): Promise<void> {
    this.chores.stop();
    this.parts.service.retention.stop();
    await this.parts.service.dispatcher.stop();
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
    await this.parts.service.relay.stop();
  }

  /** Why this service is not fit to work; null when it is. */
  trouble(): string | null {
    return troubleOf(this.subscriptions);
  }

  private hearNeighbours(): Promise<Subscription> {
    const { service, bus } = this.parts;
    const wake = (): void => service.dispatcher.wake();
    const wished = onCommandWished(service.commands, wake);
    const connected = onStationConnected(service.store, wake);
    const dead = onDeadLetter(service.letters, service.telemetry);
    const route = (record: BusRecord): Handler | null => {
      if (record.topic === COMMANDS.name) return wished;
      if (record.topic === DEAD_LETTERS.name) return dead;
      return fromCloudEventHeaders(record.headers).type === 'voltbus.station.connected' ? connected : null;
    };
    return bus.subscribe({ group: GROUP, topics: [COMMANDS, CONNECTIONS, DEAD_LETTERS], route });
  }
}
