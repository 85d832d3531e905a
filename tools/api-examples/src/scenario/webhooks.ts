import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import { minutesBefore, type RecordedSystem } from './recorded-system';

const WEBHOOK = { webhook: 'billing' };

/** The webhook receives the events of the sessions that are charged later. */
export async function recordWebhook(client: RecordingClient, { receiverUrl }: RecordedSystem): Promise<void> {
  const body = { url: receiverUrl, events: ['voltbus.cdr.issued' as const], enabled: true };
  await client.record('put', '/v1/webhooks/{webhook}', { path: WEBHOOK, body });
  await client.record('patch', '/v1/webhooks/{webhook}', { path: WEBHOOK, body: { description: 'bills' } });
}

export async function recordDeliveries(client: RecordingClient, { began }: RecordedSystem): Promise<void> {
  const { id } = await client.record('post', '/v1/webhooks/{webhook}/test', { path: WEBHOOK });
  const path = { ...WEBHOOK, delivery: id };
  await until('the test was delivered', async () => {
    return (await client.api.get('/v1/webhooks/{webhook}/deliveries/{delivery}', { path })).endedAt;
  });
  await client.record('get', '/v1/webhooks/{webhook}/deliveries/{delivery}', { path });
  await client.record('get', '/v1/webhooks/{webhook}/deliveries', { path: WEBHOOK, query: { limit: 1 } });
  await client.record('post', '/v1/webhooks/{webhook}/deliveries/{delivery}/replay', { path });
  const time = { from: minutesBefore(began, 60), to: minutesBefore(began, 0) };
  await client.record('post', '/v1/webhooks/{webhook}/replay', { path: WEBHOOK, body: time });
  await client.record('get', '/v1/webhooks/{webhook}', { path: WEBHOOK });
  await client.record('get', '/v1/webhooks', { query: { limit: 50 } });
  await client.record('post', '/v1/webhooks/{webhook}/rotate-secret', { path: WEBHOOK, body: { overlapSeconds: 86_400 } });
  await client.record('delete', '/v1/webhooks/{webhook}', { path: WEBHOOK });
}
