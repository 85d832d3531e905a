import type { RecordingClient } from '../recorder';
import type { RecordedSystem } from './recorded-system';

const IMAGE = { path: { image: 'ac-22-2.6.0' } };

/** A campaign that another person approves, and that is looked at before it begins; and one that they refuse. */
export async function recordCampaign(client: RecordingClient, { admin }: RecordedSystem): Promise<void> {
  await client.api.put('/v1/firmware-images/{image}', {
    ...IMAGE,
    body: { url: 'https://files.example/ac-22/2.6.0.bin', firmwareVersion: '2.6.0', vendor: 'Example', model: 'AC-22' },
  });
  const { id } = await client.record('post', '/v1/campaigns', {
    body: {
      ...{ name: 'Spring update', work: { kind: 'firmware', image: IMAGE.path.image }, filter: { groups: ['depot'] } },
      ...{ waves: [{ stations: 5 }, { percent: 20 }], restHours: 24, timeZone: 'Europe/Berlin', maxFailures: 3 },
      ...{ window: { from: '01:00', to: '05:00', weekdays: ['tuesday', 'wednesday'] }, paused: true, needsApproval: true },
    },
  });
  const path = { id };
  await admin.record('post', '/v1/campaigns/{id}/approve', { path });
  await client.record('get', '/v1/campaigns/{id}', { path });
  await client.record('get', '/v1/campaigns', { query: { state: ['paused'], limit: 50 } });
  await client.record('get', '/v1/campaigns/{id}/stations', { path, query: { sort: 'wave', limit: 50 } });
  await client.record('post', '/v1/campaigns/{id}/resume', { path });
  await client.record('post', '/v1/campaigns/{id}/pause', { path });
  await client.record('post', '/v1/campaigns/{id}/cancel', { path });
  const other = await client.api.post('/v1/campaigns', {
    body: { name: 'Too early', work: { kind: 'firmware', image: IMAGE.path.image }, needsApproval: true },
  });
  await admin.record('post', '/v1/campaigns/{id}/refuse', { path: { id: other.id } });
  await client.api.delete('/v1/firmware-images/{image}', IMAGE);
}
