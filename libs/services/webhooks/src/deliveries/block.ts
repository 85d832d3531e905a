import { sourceOf } from '@voltbus/contracts';
import { defineBlock, onBatch, type BuildContext } from '@voltbus/service';
import { REMOVAL_BATCH, RETENTION_INTERVAL_MS } from '@voltbus/database';
import { telemetry } from '../telemetry';
import { dnsResolver } from '../target/target-resolver';
import { targetRules } from '../target/settings';
import { webhooks } from '../webhooks/block';
import { SENDING_LIMITS } from './domain/delivery-limits';
import { EventRecorder, WEBHOOK_TOPICS } from './event-recorder';
import { DeliveriesController } from './http/deliveries.controller';
import { Replays } from './replays';
import { Attempts } from './sending/attempts';
import { Sender } from './sending/sender';
import { deliveriesMigration } from './store/migrations/0020-deliveries';
import { tables } from './store/tables';
import { TypeormDeliveries } from './store/typeorm-deliveries';
import { TypeormQueues } from './store/typeorm-queues';
import { TypeormRecordedEvents } from './store/typeorm-recorded-events';
import { MEASURE_MS, TypeormWebhookBacklog } from './store/typeorm-webhook-backlog';
import { TypeormWebhookHealth } from './store/typeorm-webhook-health';

interface Stores {
  deliveries: TypeormDeliveries;
  recorded: TypeormRecordedEvents;
  queues: TypeormQueues;
  health: TypeormWebhookHealth;
  backlog: TypeormWebhookBacklog;
}

function build({ store, use, settings, retention, now }: BuildContext<Stores>) {
  const report = use(telemetry);
  const { webhooks: ofTenants, secrets } = use(webhooks);
  const attempts = new Attempts({
    ...{ rules: targetRules(settings), resolve: dnsResolver(), secrets, now },
    attemptMs: SENDING_LIMITS.attemptMs,
  });
  const sender = new Sender({ ...store, attempts, telemetry: report, limits: SENDING_LIMITS, now, random: Math.random });
  // in the process of the HTTP API the sender is not started: what it would be woken for, another process finds
  let started = false;
  const wakeSender = (): void => void (started && sender.wake());
  return {
    ...{ store, sender, now },
    recorder: new EventRecorder({ store: store.recorded, telemetry: report, now, wakeSender }),
    replays: new Replays({
      store: store.deliveries,
      webhooks: ofTenants,
      source: sourceOf(settings.INSTALLATION, 'webhooks'),
      now,
      wakeSender,
    }),
    removeDeleted: () => retention.untilDone('deliveries', () => store.deliveries.removeDeleted(REMOVAL_BATCH)),
    startSender: () => {
      started = true;
      sender.start();
    },
  };
}

/** Events for webhooks: recorded, sent in order per station, retried, replayed. */
export const deliveries = defineBlock({
  name: 'deliveries',
  migrations: [deliveriesMigration],
  tables,
  store: ({ database, metrics }): Stores => ({
    deliveries: new TypeormDeliveries(database),
    recorded: new TypeormRecordedEvents(database),
    queues: new TypeormQueues(database),
    health: new TypeormWebhookHealth(database),
    backlog: new TypeormWebhookBacklog(database, metrics),
  }),
  build,
  on: ({ recorder }) => WEBHOOK_TOPICS.map(({ events }) => onBatch(Object.values(events), (received) => recorder.record(received))),
  jobs: ({ store, removeDeleted, now }) => [
    { name: 'backlog of webhooks', everyMs: MEASURE_MS, run: () => store.backlog.measure(now()) },
    { name: 'removal of deleted webhooks', everyMs: RETENTION_INTERVAL_MS, run: removeDeleted },
  ],
  start: ({ startSender }) => startSender(),
  stop: ({ sender }) => sender.stop(),
  controllers: [DeliveriesController],
  provides: (provide) => [provide(Replays, ({ replays }) => replays), provide(TypeormDeliveries, ({ store }) => store.deliveries)],
});
