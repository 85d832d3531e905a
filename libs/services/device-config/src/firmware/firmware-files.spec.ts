import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expectSoon } from '@voltbus/testing';
import { FilesUnavailable } from '../files';
import { FolderFiles } from '../files/folder-files';
import { IMAGE_UPLOADS_AT_ONCE } from './limits';
import { ImageSystem } from './testing/image-system';

const TEXT = '0123456789';
const SHA = createHash('sha256').update(TEXT).digest('hex');
const OTHER = 'f'.repeat(64);
const MAX_BYTES = 1_000_000;

let system: ImageSystem;
beforeAll(async () => {
  system = await ImageSystem.start({ VOLTBUS_FIRMWARE_MAX_MB: '1', VOLTBUS_FIRMWARE_MB_PER_TENANT: '3' });
  await system.request('PUT', '/v1/tenants/other', { body: { currency: 'EUR', defaultTariff: null } });
});
afterAll(() => system?.close());
beforeEach(async () => {
  for (const table of ['campaigns', 'station_requests', 'firmware_images']) await system.database(`DELETE FROM device_config.${table}`);
  await system.database('UPDATE device_config.firmware_files SET uploaded_at = now()');
  await system.sweep();
  expect([await system.files(), await system.rows()]).toEqual([[], []]);
});

const shown = async (image: string) =>
  (await system.request<{ file: object | null; url: string | null }>('GET', `/v1/firmware-images/${image}`)).body;
const nothingKept = async () => expect([await system.files(), await system.rows()]).toEqual([[], []]);

describe('the file of an image', () => {
  it('is uploaded, hashed here, shown, downloaded and removed', async () => {
    const image = await system.image({ firmwareVersion: '2.0' });
    expect(await shown(image)).toMatchObject({ url: null, file: null });
    const answer = await system.upload(image, TEXT, { query: '?name=..%2Fac-22%20v2.bin' });
    expect(answer.status).toBe(200);
    const file = { name: 'ac-22_v2.bin', sizeBytes: 10, sha256: SHA, uploadedAt: expect.any(String) as string };
    const view = (await answer.json()) as { file: object };
    expect(view.file).toEqual(file);
    expect((await shown(image)).file).toEqual(file);
    expect(await system.files()).toEqual((await system.rows()).map(({ id }) => id));
    expect(await system.request('GET', `/v1/firmware-images/${image}/file`)).toEqual({ status: 200, body: TEXT });
    expect(await system.request('GET', `/v1/firmware-images/${image}/file`, { tenant: 'other' })).toMatchObject({ status: 404 });
    expect((await system.request('DELETE', `/v1/firmware-images/${image}/file`)).status).toBe(204);
    expect((await shown(image)).file).toBeNull();
    await system.sweep();
    await nothingKept();
  });

  it('stays with a change of the image, goes with a URL, and comes only to an image without one', async () => {
    const image = await system.image({ vendor: 'Acme' });
    await system.upload(image, TEXT);
    await system.request('PATCH', `/v1/firmware-images/${image}`, { body: { description: 'spring' } });
    expect((await shown(image)).file).toMatchObject({ sha256: SHA });
    await system.request('PATCH', `/v1/firmware-images/${image}`, { body: { url: 'https://files.example/two.bin' } });
    expect(await shown(image)).toMatchObject({ url: 'https://files.example/two.bin', file: null });
    expect((await system.upload(image, TEXT)).status).toBe(409);
    await system.sweep();
    await nothingKept();
    expect((await system.upload('no-such-image', TEXT)).status).toBe(404);
    expect((await system.upload(image, TEXT, { tenant: 'other' })).status).toBe(404);
    await nothingKept();
  });

  it('must have the SHA-256 that is given with it or that the image has', async () => {
    const [free, bound] = [await system.image(), await system.image({ sha256: SHA.toUpperCase() })];
    const answer = await system.upload(free, TEXT, { query: `?sha256=${OTHER}` });
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining(SHA)]);
    expect((await system.upload(bound, 'another')).status).toBe(422);
    await nothingKept();
    expect((await system.upload(bound, TEXT)).status).toBe(200);
    expect((await system.request('PATCH', `/v1/firmware-images/${bound}`, { body: { sha256: OTHER } })).body).toMatchObject({
      code: 'invalid',
    });
    expect((await system.upload(free, TEXT, { query: `?sha256=${SHA.toUpperCase()}` })).status).toBe(200);
  });

  it('is the one that came last, of two that come at once', async () => {
    const image = await system.image();
    const answers = await Promise.all(['one', 'two', 'three'].map((text) => system.upload(image, text)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await system.sweep();
    expect(await system.rows()).toHaveLength(1);
    expect(await system.files()).toHaveLength(1);
    const { sha256 } = (await shown(image)).file as { sha256: string };
    const { body } = await system.request<string>('GET', `/v1/firmware-images/${image}/file`);
    expect(createHash('sha256').update(body).digest('hex')).toBe(sha256);
  });

  it.each([
    ['empty', '', {}, 400],
    ['empty, and sent in chunks', new Blob([]).stream(), {}, 400],
    ['larger than it may be', new Uint8Array(MAX_BYTES + 1), {}, 413],
    ['larger than it may be, and sent in chunks', new Blob([new Uint8Array(MAX_BYTES + 1)]).stream(), {}, 413],
    ['JSON', '{}', { 'content-type': 'application/json' }, 415],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['compressed on its way', TEXT, { 'content-encoding': 'gzip' }, 415],
  ])('is refused where it is %s, and nothing is kept', async (_title, body, headers, status) => {
    const image = await system.image();
    expect((await system.upload(image, body, { headers })).status).toBe(status);
    expect((await shown(image)).file).toBeNull();
    await nothingKept();
  });

  it('is not kept where its sender leaves before its end', async () => {
    const image = await system.image();
    const { hostname, port } = new URL(system.url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    const head = `PUT /v1/firmware-images/${image}/file HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${'k'.repeat(40)}\r\nvoltbus-tenant: default`;
    socket.write(`${head}\r\ncontent-type: application/octet-stream\r\ncontent-length: 20\r\n\r\n${TEXT}`);
    await expectSoon(async () => expect(await system.files()).toHaveLength(1));
    expect((await shown(image)).file).toBeNull();
    socket.destroy();
    await expectSoon(nothingKept);
    expect((await shown(image)).file).toBeNull();
  });

  it('is not kept where files cannot be written, nor where its image goes meanwhile', async () => {
    const image = await system.image();
    const write = jest.spyOn(FolderFiles.prototype, 'write').mockRejectedValueOnce(new FilesUnavailable('full'));
    expect((await system.upload(image, TEXT)).status).toBe(503);
    await nothingKept();
    write.mockRestore();
    const gone = jest.spyOn(FolderFiles.prototype, 'write').mockImplementationOnce(async function (this: FolderFiles, ...given) {
      await system.database('DELETE FROM device_config.firmware_images');
      gone.mockRestore();
      return this.write(...given);
    });
    expect((await system.upload(image, TEXT)).status).toBe(404);
    await nothingKept();
  });

  it(`has room in its tenant, and ${IMAGE_UPLOADS_AT_ONCE} are received at once`, async () => {
    const images = await Promise.all([system.image(), system.image(), system.image(), system.image()]);
    const answers = [];
    for (const image of images) answers.push((await system.upload(image, new Uint8Array(MAX_BYTES))).status);
    expect(answers).toEqual([200, 200, 200, 409]);
    const other = await system.image({}, 'other');
    expect((await system.upload(other, TEXT, { tenant: 'other' })).status).toBe(200);
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const write = jest.spyOn(FolderFiles.prototype, 'write').mockImplementation(async () => {
      await opened;
      throw new FilesUnavailable('no');
    });
    const slow = Array.from({ length: IMAGE_UPLOADS_AT_ONCE }, () => system.upload(other, TEXT, { tenant: 'other' }));
    await expectSoon(() => expect(write).toHaveBeenCalledTimes(IMAGE_UPLOADS_AT_ONCE));
    const beyond = await system.upload(other, TEXT, { tenant: 'other' });
    expect([beyond.status, beyond.headers.get('retry-after')]).toEqual([503, '5']);
    open();
    await Promise.all(slow);
    write.mockRestore();
    expect((await system.upload(other, TEXT, { tenant: 'other' })).status).toBe(200);
  });
});

describe('a file that is in use', () => {
  it('is not removed, nor its image, while an update or a campaign has it, and stays for them where another one comes', async () => {
    const [ref, image] = [await system.station(), await system.image()];
    await system.upload(image, TEXT);
    const { id, address } = await system.updated(ref, image);
    for (const path of [`/v1/firmware-images/${image}`, `/v1/firmware-images/${image}/file`])
      expect(await system.request('DELETE', path)).toMatchObject({ status: 409, body: { code: 'in-use', usedBy: [`update ${id}`] } });
    await system.upload(image, 'the next one');
    await system.sweep();
    expect(await (await fetch(address)).text()).toBe(TEXT);
    await system.database(`UPDATE device_config.station_requests SET state = 'succeeded', ended_at = now() WHERE id = $1`, [id]);
    await system.sweep();
    expect(await system.rows()).toHaveLength(1);
    const campaign = { name: 'c', work: { kind: 'firmware', image }, filter: {}, paused: true };
    const made = await system.request<{ id: string }>('POST', '/v1/campaigns', { body: campaign });
    expect(made.status).toBe(201);
    expect(await system.request('DELETE', `/v1/firmware-images/${image}`)).toMatchObject({
      ...{ status: 409, body: { code: 'in-use', usedBy: [`campaign ${made.body.id}`] } },
    });
    await system.request('POST', `/v1/campaigns/${made.body.id}/cancel`);
    expect((await system.request('DELETE', `/v1/firmware-images/${image}`)).status).toBe(204);
    await system.sweep();
    await nothingKept();
  });

  it('is removed with its tenant, and after a process that died; not while it is being uploaded', async () => {
    await system.request('PUT', '/v1/tenants/gone', { body: { currency: 'EUR', defaultTariff: null } });
    const image = await system.image({}, 'gone');
    await system.upload(image, TEXT, { tenant: 'gone' });
    await system.database(`DELETE FROM device_config.tenants WHERE tenant = 'gone'`);
    await system.sweep();
    await nothingKept();
    await system.database(
      `INSERT INTO device_config.firmware_files (id, tenant, image, began_at, size_bytes)
       SELECT gen_random_uuid(), 'default', 'x', now() - age, 5 FROM unnest(ARRAY[interval '1 hour', interval '1 second']) age`,
    );
    await system.sweep();
    expect(await system.rows()).toHaveLength(1);
  });

  it('is needed for an update and a campaign', async () => {
    const [ref, image] = [await system.station(), await system.image()];
    const update = await system.request('POST', `/v1/stations/${ref.station}/firmware-updates`, { body: { image } });
    const campaign = await system.request('POST', '/v1/campaigns', { body: { name: 'c', work: { kind: 'firmware', image }, filter: {} } });
    for (const { status, body } of [update, campaign])
      expect([status, body['detail']]).toEqual([409, expect.stringContaining('no file yet')]);
    expect(system.sent(ref)).toEqual([]);
  });
});
