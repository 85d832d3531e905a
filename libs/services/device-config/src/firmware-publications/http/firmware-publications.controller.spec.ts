import { createHash } from 'node:crypto';
import { ImageSystem } from '../../firmware/testing/image-system';
import { endedCommand } from '../../testing/fake-commands';
import { firmwarePublications } from '../block';

const TEXT = '0123456789';
const MD5 = createHash('md5').update(TEXT).digest('hex');
const ADDRESS = 'https://files.example';

interface Shown {
  id: string;
  requestId: number;
  [member: string]: unknown;
}

let system: ImageSystem;
let image: string;
beforeAll(async () => {
  system = await ImageSystem.start();
  image = await system.image();
  await system.upload(image, TEXT, { query: '?name=two.bin' });
});
afterAll(() => system?.close());

const publish = (station: string, body: object = {}, tenant = 'default') =>
  system.request<Shown>('POST', `/v1/stations/${station}/firmware-publications`, { body: { image, ...body }, tenant });
const shown = async ({ id }: { id: string }) => (await system.request<Shown>('GET', `/v1/firmware-publications/${id}`)).body;
const unpublish = ({ id }: { id: string }) => system.request<Shown>('POST', `/v1/firmware-publications/${id}/unpublish`, { body: {} });
const parts = () => system.service.use(firmwarePublications);

describe('/v1/firmware-publications', () => {
  it('has a local controller download a file of ours, offer it, and offer it no more', async () => {
    const ref = await system.station();
    const { status, body } = await publish(ref.station, { retries: 2 });
    expect([status, body]).toEqual([
      202,
      expect.objectContaining({
        image,
        checksum: MD5,
        state: 'sent',
        locations: [],
        retries: 2,
        retryIntervalSeconds: null,
        unpublication: null,
      }),
    ]);
    const [command] = system.sent(ref);
    const { location, checksum } = command?.payload as { location: string; checksum: string };
    expect([command?.action, checksum]).toEqual(['PublishFirmware', MD5]);
    const address = location.replace(ADDRESS, system.url);
    expect(await (await fetch(address)).text()).toBe(TEXT);
    for (const path of [`/v1/firmware-images/${image}`, `/v1/firmware-images/${image}/file`])
      expect(await system.request('DELETE', path)).toMatchObject({ status: 409, body: { usedBy: [`publication ${body.id}`] } });
    const message = { location: ['http://10.0.0.2/two.bin'] };
    await parts().publications.onStatus(ref, { status: 'Published', requestId: body.requestId, at: new Date(), message });
    expect(await shown(body)).toMatchObject({ state: 'succeeded', locations: message.location, statuses: [{ status: 'Published' }] });
    expect((await fetch(address)).status).toBe(404); // it has it
    expect(await unpublish(body)).toMatchObject({
      status: 202,
      body: { state: 'succeeded', unpublication: { state: 'sent', reason: null } },
    });
    const request = system.sent(ref).at(-1);
    if (request === undefined) throw new Error('nothing was sent');
    await parts().offered.onEnded(endedCommand({ ...request, response: { status: 'Unpublished' } }));
    expect(await shown(body)).toMatchObject({ unpublication: { state: 'succeeded', endedAt: expect.any(String) } });
    expect(await unpublish(body)).toMatchObject({ status: 409 });
  });

  it('is listed by station, image and state, of its tenant only, and cancelled while it waits', async () => {
    const ref = await system.station('ocpp2.1');
    await system.database('UPDATE device_config.stations SET online = false WHERE station = $1', [ref.station]);
    const { body } = await publish(ref.station);
    const list = async (query: string, tenant = 'default') =>
      (await system.request<{ items: Shown[] }>('GET', `/v1/firmware-publications?${query}`, { tenant })).body.items.map(({ id }) => id);
    await system.request('PUT', '/v1/tenants/other', { body: { currency: 'EUR', defaultTariff: null } });
    expect(await list(`station=${ref.station}&image=${image}&state=waiting`)).toEqual([body.id]);
    expect(await list(`station=${ref.station}&state=failed`)).toEqual([]);
    expect(await list('', 'other')).toEqual([]);
    expect(await unpublish(body)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('cancel') } });
    for (const action of ['', '/cancel', '/unpublish'])
      expect(
        await system.request(action === '' ? 'GET' : 'POST', `/v1/firmware-publications/${body.id}${action}`, {
          ...(action === '/unpublish' ? { body: {} } : {}),
          tenant: 'other',
        }),
      ).toMatchObject({ status: 404 });
    const cancelled = await system.request('POST', `/v1/firmware-publications/${body.id}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled', reason: 'operator' } });
  });

  it('needs the MD5 of a file that is elsewhere, and takes none but its own of a file that is here', async () => {
    const { station } = await system.station();
    const elsewhere = await system.image({ url: 'https://files.example/two.bin' });
    const empty = await system.image();
    const refusals: [object, number, string][] = [
      [{ image: elsewhere }, 422, '/checksum'],
      [{ checksum: 'a'.repeat(32) }, 422, MD5],
      [{ checksum: 'abc' }, 422, '/checksum'],
      [{ checksum: 'A'.repeat(33) }, 422, '/checksum'],
      [{ image: empty }, 409, 'no file yet'],
      [{ image: 'nothing' }, 422, '/image'],
      [{ retries: -1 }, 422, '/retries'],
      [{ waitHours: 1e9 }, 422, '/waitHours'],
      [{ colour: 'red' }, 422, 'colour'],
    ];
    for (const [body, status, why] of refusals) {
      const answer = await publish(station, body);
      expect([status, JSON.stringify(answer.body)]).toEqual([answer.status, expect.stringContaining(why)]);
    }
    expect(await publish('nobody')).toMatchObject({ status: 404 });
    expect(await publish((await system.station('ocpp1.6')).station)).toMatchObject({ status: 409 });
    expect(await publish(station, { image: elsewhere, checksum: MD5.toUpperCase() })).toMatchObject({
      status: 202,
      body: { checksum: MD5 },
    });
  });
});
