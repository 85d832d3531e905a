import type { RecordingClient } from '../recorder';

const IMAGE = { path: { image: 'ac-22-2.6.0' } };

/** A campaign that is looked at before it begins. */
export async function recordCampaign(client: RecordingClient): Promise<void> {
  await client.api.put('/v1/firmware-images/{image}', {
    ...IMAGE,
    body: { url: 'https://files.example/ac-22/2.6.0.bin', firmwareVersion: '2.6.0', vendor: 'Example', model: 'AC-22' },
  });
  const { id } = await client.record('post', '/v1/campaigns', {
    body: {
      ...{ name: 'Spring update', image: IMAGE.path.image, filter: { groups: ['depot'] }, waves: [{ stations: 5 }, { percent: 20 }] },
      ...{ window: { from: '01:00', to: '05:00' }, timeZone: 'Europe/Berlin', maxFailures: 3, paused: true },
    },
  });
  const path = { id };
  await client.record('get', '/v1/campaigns/{id}', { path });
  await client.record('get', '/v1/campaigns', { query: { state: ['paused'], limit: 50 } });
  await client.record('get', '/v1/campaigns/{id}/stations', { path, query: { sort: 'wave', limit: 50 } });
  await client.record('post', '/v1/campaigns/{id}/resume', { path });
  await client.record('post', '/v1/campaigns/{id}/pause', { path });
  await client.record('post', '/v1/campaigns/{id}/cancel', { path });
  await client.api.delete('/v1/firmware-images/{image}', IMAGE);
}
