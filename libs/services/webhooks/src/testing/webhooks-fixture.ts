import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { CONNECTIONS, type EventType } from '@voltbus/contracts';
import { readSettings } from '@voltbus/runtime';
import { Service } from '@voltbus/service';
import { deliverEvents, eventRecord } from '@voltbus/service/testing';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { deliveries } from '../deliveries/block';
import { SENDING_LIMITS, type SendingLimits } from '../deliveries/domain/delivery-limits';
import { Attempts } from '../deliveries/sending/attempts';
import { Sender } from '../deliveries/sending/sender';
import type { StoredDelivery } from '../deliveries/store/delivery-row';
import { webhooksService } from '../service';
import type { ResolveName } from '../target/target-resolver';
import { telemetry } from '../telemetry';
import { webhooks } from '../webhooks/block';
import type { WebhookTerms } from '../webhooks/domain/webhook';
import { Receiver } from './receiver';

const CONNECTED = CONNECTIONS.events.connected;
const PEPPER = 'p'.repeat(40);

class Clock {
  private ms = Date.now();
  readonly now = (): Date => new Date(this.ms);
  pass(seconds: number): void {
    this.ms += seconds * 1_000;
  }
}

interface SenderOptions {
  limits?: Partial<SendingLimits>;
  resolve?: ResolveName;
  /** For the jitter: in the middle by default, so that delays are those of the table. */
  random?: number;
  allowedAddresses?: readonly string[];
}

interface Sent {
  webhook?: string;
  station?: string;
  tenant?: string;
}

/** The service on a database of its own, a receiver that it may send to, and a clock that stands still. Nothing is sent before `send`. */
export async function startWebhooks() {
  const { url, drop } = await freshDatabase();
  const receiver = await Receiver.start();
  const others: Receiver[] = [];
  const metrics = testMetrics();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const clock = new Clock();
  const settings = readSettings(
    { VOLTBUS_DATABASE_URL: url, VOLTBUS_DATABASE_POOL: '6', VOLTBUS_KEY_PEPPER: PEPPER, VOLTBUS_ADMIN_KEY: PEPPER },
    'standalone',
    'standalone',
  );
  settings.WEBHOOK_ALLOWED_ADDRESSES = ['127.0.0.1'];
  settings.WEBHOOK_ALLOWED_PORTS = [receiver.port];
  const open = () =>
    Service.open(webhooksService, {
      ...{ settings, bus, connections: new MemoryConnections(), logger: silentLogger, metrics, now: clock.now },
      commands: { sendCommand: () => Promise.reject(new Error('no HTTP API here')) },
    });
  const service = await open();
  const services = [service];
  const senderOf = (of: Service, { limits = {}, resolve, random = 0.5, allowedAddresses = ['127.0.0.1'] }: SenderOptions = {}): Sender => {
    const rules = { allowedAddresses, allowedPorts: settings.WEBHOOK_ALLOWED_PORTS };
    const all = { ...SENDING_LIMITS, ...limits };
    const attempts = new Attempts({
      ...{
        rules,
        resolve: resolve ?? (() => Promise.reject(new Error('no names here'))),
        secrets: of.use(webhooks).secrets,
        now: clock.now,
      },
      attemptMs: all.attemptMs,
    });
    const report = of.use(telemetry);
    return new Sender({ ...of.storeOf(deliveries), attempts, telemetry: report, limits: all, now: clock.now, random: () => random });
  };
  const sender = senderOf(service);
  let events = 0;
  const record = (ids: readonly string[], { station = 'CS-1', tenant = 'acme' }: Sent = {}, extra: object = {}) =>
    ids.map((id) => {
      const at = clock.now().toISOString();
      const value = { tenant, station, protocol: 'ocpp2.0.1', gateway: 'gw-1', epoch: 1, at, reason: 'connected', ...extra };
      const made = eventRecord(CONNECTED as EventType, value, { tenant, station, time: at });
      return { ...made, headers: { ...made.headers, ce_id: Buffer.from(id) } };
    });
  const find = async (webhook: string, tenant = 'acme') => {
    const found = await service.storeOf(webhooks).find(tenant, webhook);
    if (found === null) throw new Error(`no webhook ${webhook}`);
    return found;
  };
  return {
    service,
    metrics,
    clock,
    receiver,
    database: service.database,
    webhooks: service.use(webhooks).webhooks,
    replays: service.use(deliveries).replays,
    stores: service.storeOf(deliveries),
    senderOf,
    find,
    url: (at = receiver, host = '127.0.0.1') => `http://${host}:${at.port}/hook`,
    /** Another receiver that webhooks may be sent to. */
    async anotherReceiver(): Promise<Receiver> {
      const other = await Receiver.start();
      others.push(other);
      settings.WEBHOOK_ALLOWED_PORTS.push(other.port);
      return other;
    },
    allowPort: (port: number) => void settings.WEBHOOK_ALLOWED_PORTS.push(port),
    /** Another process of the service. */
    async another(): Promise<Service> {
      const other = await open();
      services.push(other);
      return other;
    },
    /** Makes or replaces a webhook, by default one for connected stations at the receiver. */
    put(webhook = 'hook', terms: Partial<WebhookTerms> = {}, tenant = 'acme') {
      const usual = { url: `http://127.0.0.1:${receiver.port}/hook`, events: [CONNECTED.type], description: '', enabled: true };
      return service.use(webhooks).webhooks.put(tenant, webhook, () => ({ ...usual, ...terms }));
    },
    record,
    /** The service receives events about a station, in one batch. */
    publish: (ids: readonly string[], about: Sent = {}, extra: object = {}) =>
      deliverEvents(service, CONNECTED as EventType, record(ids, about, extra)),
    /** The service receives one event more about a station. */
    async event(station = 'CS-1', tenant = 'acme'): Promise<string> {
      const id = `event-${++events}`;
      await deliverEvents(service, CONNECTED as EventType, record([id], { station, tenant }));
      return id;
    },
    /** Sends all that is due, and waits for what becomes of it. */
    async send(by = sender): Promise<void> {
      by.wake();
      await by.idle();
    },
    /** The deliveries of a webhook in the order in which they were made. */
    async deliveries(webhook = 'hook', tenant = 'acme'): Promise<StoredDelivery[]> {
      const { id } = await find(webhook, tenant);
      const oldestFirst = { by: 'createdAt', descending: false } as const;
      const stored = service.storeOf(deliveries).deliveries.list(id);
      return (await stored.read({ filters: {}, sort: oldestFirst, limit: 1_000, after: null })).items;
    },
    /** Leaves nothing of the test before. */
    async reset(): Promise<void> {
      await service.database.query('TRUNCATE webhooks.webhooks, webhooks.deliveries, webhooks.queues');
      receiver.forget();
      events = 0;
    },
    async close(): Promise<void> {
      for (const one of services) if (one.database.isInitialized) await one.database.destroy();
      for (const one of [receiver, ...others]) await one.close();
      await bus.close();
      await drop();
    },
  };
}

export type WebhooksFixture = Awaited<ReturnType<typeof startWebhooks>>;
