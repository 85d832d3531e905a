import { troubleOf, type Bus, type BusRecord, type Subscription } from '@voltbus/bus';
import { CDRS, CDR_REVIEWS, COMMAND_RESULTS, CONNECTIONS, PRICES, STATIONS, TENANTS } from '@voltbus/contracts';
import { RETENTION_INTERVAL_MS } from '@voltbus/database';
import { Scheduler } from '@voltbus/runtime';
import { observeLanes, serveLane } from '@voltbus/service';
import { CAPABILITIES_INTERVAL_MS, REPORT_ACTION } from './capabilities/station-capabilities';
import { CONNECTOR_ACTIONS } from './connector-words';
import { onCommandEnds } from './events/command-ends';
import { COST_SWEEP_MS } from './cost-updates';
import { onCapabilitiesAnswered } from './events/on-capabilities-answered';
import { onCdrHeld } from './events/on-cdr-held';
import { onCdrIssued } from './events/on-cdr-issued';
import { onCostUpdated } from './events/on-cost-updated';
import { onCustomerInformation } from './events/on-customer-information';
import { onLocalListAnswered } from './events/on-local-list-answered';
import { onPricesTold } from './events/on-prices-told';
import { onRemoteStartAnswered, onRemoteStopAnswered } from './events/on-remote-control-answered';
import { onStationThere } from './events/on-station-there';
import { onTenantChanged } from './events/on-tenant-changed';
import { onTransactionStatus } from './events/on-transaction-status';
import { LIMITS_INTERVAL_MS } from './limits';
import { LOCAL_LIST_INTERVAL_MS } from './local-list/local-lists';
import { SWEEP_INTERVAL_MS, sweepUnsettled } from './settlement-sweep';
import { SILENCE_INTERVAL_MS } from './silence';
import { makePartitions } from './store/typeorm-partitions';
import type { Service } from './wiring';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** Consumer group of everything this service reads. */
const GROUP = 'transaction';
/** Day partitions are looked after four times a day, a week ahead. */
const PARTITIONS_INTERVAL_MS = 6 * 3_600_000;

export interface WorkerParts {
  service: Service;
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
}

/** Serves the transaction lane, hears the neighbours, relays the outbox and sweeps. */
export class TransactionWorker {
  private readonly subscriptions: Subscription[] = [];
  private readonly chores;

  constructor(private readonly parts: WorkerParts) {
    this.chores = new Scheduler((name, error) => parts.service.telemetry.workFailed(name, error));
  }

  async start(): Promise<void> {
    const { service, bus, logger, metrics } = this.parts;
    await this.lookAfterPartitions();
    service.relay.start();
    const neighbours = await this.hearNeighbours();
    const held = onCdrHeld(service.views);
    const reviews = await bus.subscribe({ group: GROUP, topics: [CDR_REVIEWS], route: () => held });
    const lane = await serveLane({ bus, lane: 'transaction', group: GROUP, table: service.table, logger, metrics });
    this.subscriptions.push(
      neighbours,
      reviews,
      lane,
      await this.hearCommands(),
      await this.hearStations(),
      await this.hearPrices(),
      ...(await this.observeDeviceLane()),
    );
    this.chores.every(PARTITIONS_INTERVAL_MS, 'partitions', () => this.lookAfterPartitions());
    this.chores.every(RETENTION_INTERVAL_MS, 'old rows', () => service.retention.run());
    this.chores.every(RETENTION_INTERVAL_MS, 'old sessions', () => service.oldSessions.clear());
    this.chores.every(SILENCE_INTERVAL_MS, 'silence sweep', () => this.endSilent(lane));
    this.chores.every(LIMITS_INTERVAL_MS, 'limits', () => this.keepLimits());
    this.chores.every(COST_SWEEP_MS, 'cost updates', () => this.tellCosts());
    this.chores.every(CAPABILITIES_INTERVAL_MS, 'capabilities', () => this.askWhatTheyCan());
    this.chores.every(LOCAL_LIST_INTERVAL_MS, 'local lists', () => service.localLists.sweep());
    this.chores.every(SWEEP_INTERVAL_MS, 'settlement sweep', () => this.sweep([neighbours, reviews]));
  }

  /** Takes nothing new, finishes what is in hand, tells what is told. */
  async stop(): Promise<void> {
    this.chores.stop();
    this.parts.service.retention.stop();
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
    await this.parts.service.relay.stop();
  }

  /** Why this service is not fit to work; null when it is. */
  trouble(): string | null {
    return troubleOf(this.subscriptions);
  }

  private hearNeighbours(): Promise<Subscription> {
    const { service, bus } = this.parts;
    const tenants = onTenantChanged(service.tokenStore, service.prices);
    const cdrs = onCdrIssued(service.views);
    return bus.subscribe({
      group: GROUP,
      topics: [TENANTS, CDRS],
      route: (record: BusRecord) => (record.topic === TENANTS.name ? tenants : cdrs),
    });
  }

  /** Of its own: the sweep judges by how far the CDRs were read, and topics more would make another consumer group, which begins anew (ADR 11). */
  private hearPrices(): Promise<Subscription> {
    const { service, bus } = this.parts;
    return bus.subscribe({ group: GROUP, topics: [STATIONS, PRICES], route: onPricesTold(service.prices, service.stationRows) });
  }

  private hearCommands(): Promise<Subscription> {
    const { starts, stops, silence, costUpdates, capabilities, localLists } = this.parts.service;
    const ends = [
      onRemoteStartAnswered(starts),
      onRemoteStopAnswered(stops),
      onTransactionStatus(silence),
      onCostUpdated(costUpdates),
      onCapabilitiesAnswered(capabilities),
      onLocalListAnswered(localLists),
      onCustomerInformation(localLists),
    ];
    return this.parts.bus.subscribe({ group: GROUP, topics: [COMMAND_RESULTS], route: onCommandEnds(...ends) });
  }

  private hearStations(): Promise<Subscription> {
    const { service, bus } = this.parts;
    return bus.subscribe({
      group: GROUP,
      topics: [CONNECTIONS],
      route: onStationThere(service.presence, service.capabilities, service.localLists),
    });
  }

  /** What stations say to device-config of their connectors, and of what they can do. */
  private async observeDeviceLane(): Promise<Subscription[]> {
    const { service, bus } = this.parts;
    return observeLanes(bus, GROUP, [
      { lane: 'device', actions: [REPORT_ACTION], handle: (messages) => service.capabilities.take(messages) },
      { lane: 'device', actions: [...CONNECTOR_ACTIONS], handle: (messages) => service.connectorWords.take(messages) },
    ]);
  }

  private async endSilent(lane: Subscription): Promise<void> {
    if ((await this.parts.service.silence.sweep((instant) => lane.passed(instant))) > 0) this.parts.service.relay.wake();
  }

  private async keepLimits(): Promise<void> {
    await this.parts.service.limits.sweep();
  }

  private async askWhatTheyCan(): Promise<void> {
    await this.parts.service.capabilities.sweep();
  }

  private async tellCosts(): Promise<void> {
    await this.parts.service.costUpdates.sweep();
  }

  private async lookAfterPartitions(): Promise<void> {
    const { database, telemetry } = this.parts.service;
    const missing = await makePartitions(database, new Date());
    if (missing.length > 0) telemetry.partitionsMissing(missing);
  }

  /** `reading`: the topics that say what has become of a transaction's revision. */
  private async sweep(reading: readonly Subscription[]): Promise<void> {
    const { views, telemetry, relay } = this.parts.service;
    const passed = async (instant: number) => (await Promise.all(reading.map((one) => one.passed(instant)))).every(Boolean);
    await sweepUnsettled({ views, cdrs: { passed }, telemetry, wakeRelay: () => relay.wake(), now: () => new Date() });
  }
}
