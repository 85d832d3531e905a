import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import type { ScriptedStation } from '../scripted-station';
import { STATION } from './recorded-system';

const IMAGE = { path: { image: 'ac-22-2.5.0' } };

/** An image, an update that the station has accepted and reports on, and one that waits for a station that is not connected. */
export async function recordFirmware(client: RecordingClient, station: ScriptedStation): Promise<void> {
  station.answer('UpdateFirmware', () => ({ status: 'Accepted' }));
  await client.record('put', '/v1/firmware-images/{image}', {
    ...IMAGE,
    body: { url: 'https://files.example/ac-22/2.5.0.bin', firmwareVersion: '2.5.0', vendor: 'Example', model: 'AC-22' },
  });
  await client.record('patch', '/v1/firmware-images/{image}', { ...IMAGE, body: { description: 'Better cable locks' } });
  await client.record('get', '/v1/firmware-images/{image}', IMAGE);
  await client.record('get', '/v1/firmware-images', { query: { vendor: ['Example'], limit: 50 } });
  await recordFile(client);
  await recordUpdate(client, station);
  await recordCancelled(client);
  await recordPublication(client, station);
  await client.record('delete', '/v1/firmware-images/{image}', IMAGE);
}

/** An image whose file is kept here. */
async function recordFile(client: RecordingClient): Promise<void> {
  const path = { image: 'ac-22-2.6.0' };
  await client.api.put('/v1/firmware-images/{image}', { path, body: { firmwareVersion: '2.6.0', vendor: 'Example', model: 'AC-22' } });
  const headers = { 'Content-Type': 'application/octet-stream' };
  await client.record('put', '/v1/firmware-images/{image}/file', { path, query: { name: '2.6.0.bin' }, body: 'firmware\n', headers });
  await client.recordText('/v1/firmware-images/{image}/file', { path });
  await client.record('delete', '/v1/firmware-images/{image}/file', { path });
  await client.api.delete('/v1/firmware-images/{image}', { path });
}

async function recordUpdate(client: RecordingClient, station: ScriptedStation): Promise<void> {
  const { id, requestId } = await client.record('post', '/v1/stations/{station}/firmware-updates', {
    path: { station: STATION },
    body: { image: IMAGE.path.image, retries: 3 },
  });
  const isIn = (wanted: string) => async () => (await client.api.get('/v1/firmware-updates/{id}', { path: { id } })).state === wanted;
  await until('the station has accepted the update', isIn('accepted'));
  await station.call('FirmwareStatusNotification', { status: 'Downloading', requestId });
  await until('the station downloads', isIn('running'));
  await client.record('get', '/v1/firmware-updates/{id}', { path: { id } });
  await client.record('get', '/v1/firmware-updates', { query: { state: ['running'], limit: 50 } });
}

/** A local controller that publishes the image, and then offers it no more. */
async function recordPublication(client: RecordingClient, station: ScriptedStation): Promise<void> {
  station.answer('PublishFirmware', () => ({ status: 'Accepted' }));
  station.answer('UnpublishFirmware', () => ({ status: 'Unpublished' }));
  const start = '/v1/stations/{station}/firmware-publications';
  const body = { image: IMAGE.path.image, checksum: '0123456789abcdef0123456789abcdef' };
  const { id, requestId } = await client.record('post', start, { path: { station: STATION }, body });
  const path = { id };
  const shown = () => client.api.get('/v1/firmware-publications/{id}', { path });
  await until('the local controller has accepted it', async () => (await shown()).state === 'accepted');
  await station.call('PublishFirmwareStatusNotification', { status: 'Published', requestId, location: ['http://192.0.2.7/2.5.0.bin'] });
  await until('it is published', async () => (await shown()).state === 'succeeded');
  await client.record('get', '/v1/firmware-publications/{id}', { path });
  await client.record('get', '/v1/firmware-publications', { query: { state: ['succeeded'], limit: 50 } });
  await client.record('post', '/v1/firmware-publications/{id}/unpublish', { path, body: { waitHours: 24 } });
  await until('it is unpublished', async () => (await shown()).unpublication?.state === 'succeeded');
  const spare = { station: 'SPARE-3' };
  await client.api.put('/v1/stations/{station}', { path: spare, body: {} });
  const waiting = await client.api.post(start, { path: spare, body });
  await client.record('post', '/v1/firmware-publications/{id}/cancel', { path: { id: waiting.id } });
  await client.api.delete('/v1/stations/{station}', { path: spare });
}

async function recordCancelled(client: RecordingClient): Promise<void> {
  const path = { station: 'SPARE-2' };
  await client.api.put('/v1/stations/{station}', { path, body: {} });
  await client.api.put('/v1/firmware-images/{image}', { path: { image: 'any' }, body: { url: 'https://files.example/any.bin' } });
  const { id } = await client.api.post('/v1/stations/{station}/firmware-updates', { path, body: { image: 'any' } });
  await client.record('post', '/v1/firmware-updates/{id}/cancel', { path: { id } });
  await client.api.delete('/v1/firmware-images/{image}', { path: { image: 'any' } });
  await client.api.delete('/v1/stations/{station}', { path });
}
