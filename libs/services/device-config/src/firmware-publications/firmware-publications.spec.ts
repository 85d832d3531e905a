import { randomUUID } from 'node:crypto';
import type { CommandRequest, Protocol, StationRef } from '@voltbus/contracts';
import { firmware } from '../firmware';
import { endedCommand } from '../testing/fake-commands';
import { keptCommands } from '../testing/kept-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { firmwarePublications } from './block';
import type { Publication, WantedPublication } from './firmware-publications';
import { MAX_OPEN } from './limits';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const OTHER = 'f'.repeat(32);
const URL = 'https://files.example/two.bin';
const WAIT = { waitHours: 1 };

let service: ServiceFixture;
let sent: CommandRequest[];
let count = 0;
beforeAll(async () => {
  service = await startService();
  sent = keptCommands(service);
  await image('two', { url: URL });
});
beforeEach(() => void sent.splice(0));
afterAll(() => service?.close());

const offered = () => service.service.use(firmwarePublications).offered;

async function image(name: string, more: object): Promise<void> {
  const body = {
    ...{ description: null, url: null, sealedUrl: null, firmwareVersion: null, vendor: 'Another', model: null, sha256: null },
    ...{ file: null, signature: null, signingCertificate: null },
    ...more,
  };
  await service.service.use(firmware).images.change({ tenant: 'default', image: name, now: new Date() }, () => ({ image: name, ...body }));
}
async function controller(protocol: Protocol = 'ocpp2.0.1', online = true): Promise<StationRef> {
  const ref = { tenant: 'default', station: `lc-${++count}` };
  await service.stations.put(ref, {});
  await service.database.query(
    `UPDATE device_config.stations SET online = $3, registration = 'accepted', protocol = $2, booted_at = now() - interval '1 hour' WHERE station = $1`,
    [ref.station, protocol, online],
  );
  return ref;
}
const publish = (ref: StationRef, wanted: Partial<WantedPublication> = {}, name = 'two') =>
  offered().request(ref, name, { checksum: MD5, retries: null, retryIntervalSeconds: null, runHours: 1, waitHours: 1, ...wanted }, 'key-1');
function lastSent(): CommandRequest {
  const last = sent.at(-1);
  if (last === undefined) throw new Error('nothing was sent');
  return last;
}
const answer = (status: string, command = lastSent()) => offered().onEnded(endedCommand({ ...command, response: { status } }));
const tell = ({ station }: StationRef, payload: object, protocol: Protocol = 'ocpp2.0.1') =>
  service.send({ protocol, station }, 'PublishFirmwareStatusNotification', payload);
const shown = async ({ publication: { id } }: Publication) => {
  const { publication, unpublication } = await offered().find('default', id);
  return [publication.state, publication.reason, unpublication?.state ?? null, unpublication?.reason ?? null];
};
const unhandled = ({ station }: StationRef) =>
  service.database.query('SELECT action FROM device_config.messages WHERE station = $1', [station]);

/** A publication that the local controller has. */
async function published(ref: StationRef): Promise<Publication> {
  const made = await publish(ref);
  await answer('Accepted');
  await tell(ref, { status: 'Published', requestId: made.publication.requestId, location: ['http://10.0.0.2/two.bin'] });
  return made;
}

describe('L03: a publication', () => {
  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)('of %s is sent, followed by its request id, and keeps its addresses', async (protocol) => {
    const ref = await controller(protocol);
    const made = await publish(ref, { checksum: MD5.toUpperCase(), retries: 3, retryIntervalSeconds: 60 });
    const { requestId } = made.publication;
    expect(lastSent()).toMatchObject({
      action: 'PublishFirmware',
      payload: { location: URL, checksum: MD5, requestId, retries: 3, retryInterval: 60 },
    });
    await answer('Accepted');
    for (const status of ['Downloading', 'Downloaded', 'ChecksumVerified']) await tell(ref, { status, requestId }, protocol);
    expect(await shown(made)).toEqual(['running', null, null, null]);
    await tell(ref, { status: 'Published', requestId, location: ['http://10.0.0.2/two.bin'] }, protocol);
    expect(await shown(made)).toEqual(['succeeded', null, null, null]);
    const { publication } = await offered().find('default', made.publication.id);
    expect(publication.body).toMatchObject({ locations: ['http://10.0.0.2/two.bin'] });
    expect(await unhandled(ref)).toEqual([]);
  });

  it('that the local controller refuses, or does not know, has failed', async () => {
    const ref = await controller();
    const refused = await publish(ref);
    await answer('Rejected');
    expect(await shown(refused)).toEqual(['failed', 'rejected', null, null]);
    const unknown = await publish(ref);
    await offered().onEnded(endedCommand({ ...lastSent(), status: 'error', error: { code: 'NotImplemented', description: '' } }));
    expect(await shown(unknown)).toEqual(['failed', 'not-supported', null, null]);
  });

  it('waits for its local controller, and fails where that does not come, or does not go on', async () => {
    const ref = await controller('ocpp2.1', false);
    const [late, long] = [await publish(ref), await publish(ref)];
    expect(sent).toEqual([]);
    const over = (one: Publication) =>
      service.database.query(`UPDATE device_config.station_requests SET expires_at = now() - interval '1 s' WHERE id = $1`, [
        one.publication.id,
      ]);
    await over(late);
    await service.database.query('UPDATE device_config.stations SET online = true WHERE station = $1', [ref.station]);
    await offered().sweep();
    expect(await shown(late)).toEqual(['failed', 'expired', null, null]);
    expect(lastSent()).toMatchObject({ action: 'PublishFirmware', payload: { requestId: long.publication.requestId } });
    await answer('Accepted');
    await over(long);
    await offered().sweep();
    expect(await shown(long)).toEqual(['failed', 'timed-out', null, null]);
  });

  it('stands beside others of its local controller, so many', async () => {
    const ref = await controller();
    for (let nth = 0; nth < MAX_OPEN; nth++) await publish(ref);
    await expect(publish(ref)).rejects.toMatchObject({ code: 'conflict' });
    expect(new Set(sent.map(({ payload }) => (payload as { requestId: number }).requestId)).size).toBe(MAX_OPEN);
  });

  it('cannot be where the image, its checksum or the station is not for it', async () => {
    const ref = await controller();
    await image('empty', {});
    const file = { id: randomUUID(), name: 'f', sizeBytes: 1, sha256: 'b'.repeat(64), uploadedAt: new Date().toISOString() };
    await image('old', { file });
    await image('kept', { file: { ...file, md5: MD5 } });
    const at = (path: string) => ({ code: 'invalid', details: { errors: [expect.objectContaining({ path })] } });
    await expect(publish(ref, {}, 'nothing')).rejects.toMatchObject({ code: 'unknown-reference' });
    await expect(publish(ref, {}, 'empty')).rejects.toMatchObject({ code: 'conflict' });
    await expect(publish(ref, { checksum: null })).rejects.toMatchObject(at('/checksum'));
    for (const name of ['old', 'kept']) await expect(publish(ref, {}, name)).rejects.toMatchObject({ code: 'conflict' }); // no address of ours
    await expect(publish(await controller('ocpp1.6'))).rejects.toMatchObject({ code: 'conflict' });
    await expect(publish({ tenant: 'default', station: 'nobody' })).rejects.toMatchObject({ code: 'unknown-station' });
    expect(sent).toEqual([]);
  });

  it('that belongs to nothing is kept as it came; Idle without a request id answers a trigger', async () => {
    const ref = await controller();
    await tell(ref, { status: 'Published', requestId: 4_711, location: ['http://a'] });
    await tell(ref, { status: 'Idle' });
    await tell(ref, { status: 'Downloading', requestId: 2 ** 40 });
    expect(await unhandled(ref)).toHaveLength(2);
  });

  it('is told by its own local controller only', async () => {
    const [ref, other] = [await controller(), await controller()];
    const made = await publish(ref);
    await answer('Accepted');
    await tell(other, { status: 'Published', requestId: made.publication.requestId, location: ['http://evil'] });
    expect(await shown(made)).toEqual(['accepted', null, null, null]);
  });
});

describe('L04: unpublishing', () => {
  it.each([
    ['Unpublished', 'succeeded', null],
    ['NoFirmware', 'succeeded', null],
    ['DownloadOngoing', 'failed', 'download-ongoing'],
    ['Perhaps', 'failed', 'rejected'],
  ])('is asked for by the checksum; %s', async (status, state, reason) => {
    const ref = await controller();
    const made = await published(ref);
    const { unpublication } = await offered().unpublish('default', made.publication.id, WAIT, 'key-2');
    expect(unpublication).toMatchObject({ state: 'sent', requestedBy: 'key-2' });
    expect(lastSent()).toMatchObject({ action: 'UnpublishFirmware', station: ref.station, payload: { checksum: MD5 } });
    await expect(offered().unpublish('default', made.publication.id, WAIT, 'key-2')).rejects.toMatchObject({ code: 'conflict' });
    for (let twice = 0; twice < 2; twice++) await answer(status);
    expect(await shown(made)).toEqual(['succeeded', null, state, reason]);
    const again = offered().unpublish('default', made.publication.id, WAIT, 'key-2');
    if (state === 'succeeded') await expect(again).rejects.toMatchObject({ code: 'conflict' });
    else expect((await again).unpublication).toMatchObject({ state: 'sent' });
  });

  it('waits for its local controller, and is not for a publication that was not sent', async () => {
    const ref = await controller();
    const made = await published(ref);
    await service.database.query('UPDATE device_config.stations SET online = false WHERE station = $1', [ref.station]);
    const waiting = await publish(ref, { checksum: OTHER });
    await expect(offered().unpublish('default', waiting.publication.id, WAIT, 'k')).rejects.toMatchObject({ code: 'conflict' });
    expect((await offered().cancel('default', waiting.publication.id)).publication.state).toBe('cancelled');
    await offered().unpublish('default', made.publication.id, WAIT, 'k');
    expect(await shown(made)).toEqual(['succeeded', null, 'waiting', null]);
    await service.database.query('UPDATE device_config.stations SET online = true WHERE station = $1', [ref.station]);
    await offered().sweep();
    await answer('Unpublished');
    expect(await shown(made)).toEqual(['succeeded', null, 'succeeded', null]);
    await expect(offered().unpublish('other', made.publication.id, WAIT, 'k')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is of the file: it ends all that were published of it there before, and nothing that comes later or is elsewhere', async () => {
    const [ref, elsewhere] = [await controller(), await controller()];
    const [first, second, there] = [await published(ref), await published(ref), await published(elsewhere)];
    await offered().unpublish('default', first.publication.id, WAIT, 'k');
    await answer('Unpublished');
    const later = await published(ref);
    const ends = async () => (await Promise.all([first, second, there, later].map(shown))).map(([, , state]) => state);
    expect(await ends()).toEqual(['succeeded', 'succeeded', null, null]);
    await offered().unpublish('default', later.publication.id, WAIT, 'k');
    await answer('DownloadOngoing');
    expect(await ends()).toEqual(['failed', 'failed', null, 'failed']);
  });

  it('is not for one that has not ended', async () => {
    const ref = await controller();
    const { publication } = await publish(ref);
    await answer('Accepted');
    await expect(offered().unpublish('default', publication.id, WAIT, 'k')).rejects.toMatchObject({ code: 'conflict' });
    expect(sent.map(({ action }) => action)).toEqual(['PublishFirmware']);
  });

  it('goes with its station: a later one of the name has no publications', async () => {
    const ref = await controller();
    const made = await published(ref);
    await offered().unpublish('default', made.publication.id, WAIT, 'k');
    await service.database.query('DELETE FROM device_config.stations WHERE station = $1', [ref.station]);
    await expect(offered().find('default', made.publication.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await offered().followed('default', [made.publication])).toEqual([{ publication: made.publication, unpublication: null }]);
  });
});
