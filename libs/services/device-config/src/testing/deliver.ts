import type { BusRecord } from '@voltbus/bus';
import { toCloudEventHeaders, type EventType } from '@voltbus/contracts';
import type { Service } from '@voltbus/service';

/** Hands events in one batch to the blocks that subscribe to them, as the bus does. The values may be wrong on purpose. */
export async function deliver(service: Service, event: EventType, values: readonly object[]): Promise<void> {
  const { topic, type } = event;
  const records = values.map((value) => recordOf(event, value));
  const context = { settle: () => undefined, signal: new AbortController().signal };
  const subscriptions = service.definition.blocks.flatMap((block) => block.on?.(service.use(block)) ?? []);
  for (const subscription of subscriptions)
    if (subscription.topic.name === topic.name && subscription.types.includes(type)) await subscription.handle(records, context);
}

function recordOf({ topic, type }: EventType, value: object): BusRecord {
  const { tenant, station } = { tenant: 'default', station: '-', ...value };
  const attributes = { id: 'id', type: type ?? '', source: '/voltbus/gateway', time: '2026-01-01T00:00:00.000Z', subject: 'x', tenant };
  const headers = type === null ? {} : toCloudEventHeaders({ ...attributes, tenant: tenant ?? 'default' });
  return {
    ...{ topic: topic.name, partition: 0, offset: 0n, timestamp: Date.now(), key: `${tenant}/${station}` },
    value: Buffer.from(JSON.stringify(value)),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  };
}
