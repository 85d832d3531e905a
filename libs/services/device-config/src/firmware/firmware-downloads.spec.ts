import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { expectSoon } from '@voltbus/testing';
import { FilesUnavailable } from '../files';
import { FolderFiles } from '../files/folder-files';
import { DOWNLOADS_OF_REQUEST } from './limits';
import { ImageSystem } from './testing/image-system';

const TEXT = '0123456789';
const SHA = createHash('sha256').update(TEXT).digest('hex');
const LARGE = new Uint8Array(20_000_000);
const AT_ONCE = DOWNLOADS_OF_REQUEST + 1;

let system: ImageSystem;
let image: string;
beforeAll(async () => {
  system = await ImageSystem.start({ VOLTBUS_DOWNLOADS_AT_ONCE: String(AT_ONCE) });
  image = await system.image({ firmwareVersion: '2.0' });
  await system.upload(image, TEXT, { query: '?name=two.bin' });
});
afterAll(() => system?.close());

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

/** A station that asks for the file, and reads nothing of it. */
async function slowReader(address: string): Promise<Socket> {
  const { hostname, port, pathname } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port) });
  sockets.push(socket);
  await once(socket.pause(), 'connect');
  socket.write(`GET ${pathname} HTTP/1.1\r\nhost: x\r\n\r\n`);
  return socket;
}
async function get(address: string, headers: Record<string, string> = {}, method = 'GET') {
  const answer = await fetch(address, { method, headers, redirect: 'manual' });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
}

describe('the address of a download', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)(
    'is one of ours for each update, and gives the whole file (%s)',
    async (protocol) => {
      const [one, other] = [await system.station(protocol), await system.station(protocol)];
      const { location, address } = await system.updated(one, image);
      expect(location).toMatch(/^https:\/\/files\.example\/downloads\/[\w-]{43}\/two\.bin$/);
      expect((await system.updated(other, image)).location).not.toBe(location);
      expect(await get(address)).toMatchObject({
        ...{ status: 200, text: TEXT },
        headers: {
          ...{ 'accept-ranges': 'bytes', etag: `"${SHA}"`, 'content-length': '10', 'content-type': 'application/octet-stream' },
          ...{ 'content-disposition': 'attachment; filename="two.bin"', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' },
        },
      });
      const head = await get(address, {}, 'HEAD');
      expect(head).toMatchObject({
        status: 200,
        text: '',
        headers: { 'content-length': '10', etag: `"${SHA}"`, 'accept-ranges': 'bytes' },
      });
      expect(await get(address.replace('two.bin', '..%2f..%2fetc%2fpasswd'))).toMatchObject({ status: 200, text: TEXT });
    },
  );

  it('goes with a signed update too', async () => {
    const signed = await system.image({
      signature: 'c2lnbmVk',
      signingCertificate: '-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----',
    });
    await system.upload(signed, TEXT);
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1'] as const) {
      const ref = await system.station(protocol);
      const { address } = await system.updated(ref, signed);
      expect(system.sent(ref)[0]?.action).toBe(protocol === 'ocpp1.6' ? 'SignedUpdateFirmware' : 'UpdateFirmware');
      expect((await get(address)).text).toBe(TEXT);
    }
  });

  it('is closed by the end of the update and open for the station that tries again, until its time is over', async () => {
    const ref = await system.station();
    const { id, address } = await system.updated(ref, image);
    await system.accept(ref);
    await system.report(ref, 'DownloadFailed');
    expect((await get(address)).status).toBe(200);
    await system.database(`UPDATE device_config.station_requests SET expires_at = now() WHERE id = $1`, [id]);
    expect((await get(address)).status).toBe(404);
    const rejected = await system.station();
    const refused = await system.updated(rejected, image);
    await system.accept(rejected, { status: 'Rejected' });
    expect((await get(refused.address)).status).toBe(404);
    const next = await system.updated(await system.station(), image);
    await system.database(`UPDATE device_config.station_requests SET state = 'succeeded', ended_at = now() WHERE id = $1`, [next.id]);
    expect((await get(next.address)).status).toBe(404);
  });

  it('says the same of one that was never there, one that is closed, and one that is of an upload', async () => {
    const ref = await system.station();
    const { id, address } = await system.updated(ref, image);
    const token = /downloads\/([\w-]{43})/.exec(address)?.[1] ?? '';
    const changed = address.replace(token, token.slice(0, -2) + (token.endsWith('AA') ? 'BB' : 'AA'));
    const log = await system.request<{ id: string }>('POST', `/v1/stations/${ref.station}/logs`, { body: {} });
    const upload = (system.sent(ref).at(-1)?.payload as { log: { remoteLocation: string } }).log.remoteLocation;
    expect(log.status).toBe(202);
    const ofUpload = `${system.url}${new URL(upload).pathname.replace('/uploads/', '/downloads/')}`;
    await system.database(`UPDATE device_config.station_requests SET state = 'cancelled', ended_at = now() WHERE id = $1`, [id]);
    const answers = await Promise.all([address, changed, ofUpload, `${system.url}/downloads/x`].map((one) => get(one)));
    for (const { status, text } of answers) {
      expect(status).toBe(404);
      expect(JSON.parse(text)).toMatchObject({ code: 'not-found', detail: 'nothing is at this address, or nothing more' });
    }
    expect((await get(`${system.url}/downloads/`)).status).toBe(404);
    expect((await get(address, {}, 'POST')).status).toBe(405);
  });

  it('gives each tenant its own file, under one name of image', async () => {
    await system.request('PUT', '/v1/tenants/other', { body: { currency: 'EUR', defaultTariff: null } });
    await system.request('PUT', `/v1/firmware-images/${image}`, { body: {}, tenant: 'other' });
    await system.upload(image, 'of another', { tenant: 'other' });
    const [ours, theirs] = [await system.station(), await system.station('ocpp2.0.1', 'other')];
    const texts = [await system.updated(ours, image), await system.updated(theirs, image)].map(
      async ({ address }) => (await get(address)).text,
    );
    expect(await Promise.all(texts)).toEqual([TEXT, 'of another']);
  });
});

describe('a download', () => {
  it('goes on where it was cut, and is whole where the file is another one', async () => {
    const { address } = await system.updated(await system.station(), image);
    const part = await get(address, { range: 'bytes=4-', 'if-range': `"${SHA}"` });
    expect(part).toMatchObject({ status: 206, text: '456789', headers: { 'content-range': 'bytes 4-9/10', 'content-length': '6' } });
    expect(await get(address, { range: 'bytes=-2' })).toMatchObject({ status: 206, text: '89' });
    expect(await get(address, { range: 'bytes=4-', 'if-range': '"another"' })).toMatchObject({ status: 200, text: TEXT });
    for (const range of ['bytes=5-2', 'bytes=0-1,2-3', `bytes=${'0-,'.repeat(500)}0-`, 'bytes=x'])
      expect(await get(address, { range })).toMatchObject({ status: 200, text: TEXT });
    expect(await get(address, { range: 'bytes=10-' })).toMatchObject({ status: 416, text: '', headers: { 'content-range': 'bytes */10' } });
    expect(await get(address, { 'if-none-match': `"${SHA}"` })).toMatchObject({ status: 304, text: '' });
  });

  it(`is one of ${DOWNLOADS_OF_REQUEST} at an address and of ${AT_ONCE} in all, until its reader leaves`, async () => {
    const large = await system.image();
    await system.upload(large, LARGE);
    const [one, other] = [await system.updated(await system.station(), large), await system.updated(await system.station(), large)];
    const read = jest.spyOn(FolderFiles.prototype, 'read');
    const readers = [];
    for (let nth = 0; nth < DOWNLOADS_OF_REQUEST; nth++) readers.push(await slowReader(one.address));
    await expectSoon(() => expect(read).toHaveBeenCalledTimes(DOWNLOADS_OF_REQUEST));
    expect(await get(one.address)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect((await get(one.address, {}, 'HEAD')).status).toBe(200);
    readers.push(await slowReader(other.address));
    await expectSoon(() => expect(read).toHaveBeenCalledTimes(AT_ONCE));
    expect((await get(other.address)).status).toBe(503);
    for (const reader of readers) reader.destroy();
    await expectSoon(async () => expect((await get(other.address, { range: 'bytes=0-0' })).status).toBe(206));
    read.mockRestore();
    for (let nth = 0; nth < AT_ONCE + 1; nth++) expect((await get(one.address, { 'if-none-match': '*' })).status).toBe(304);
  });

  it('is answered 503 where the file cannot be read, which takes no place', async () => {
    const { address } = await system.updated(await system.station(), image);
    const read = jest.spyOn(FolderFiles.prototype, 'read').mockRejectedValue(new FilesUnavailable('away'));
    for (let nth = 0; nth < AT_ONCE + 1; nth++) expect((await get(address)).status).toBe(503);
    read.mockRestore();
    expect((await get(address)).text).toBe(TEXT);
  });
});

describe('a download that takes too long', () => {
  it('is cut, and its place is free again', async () => {
    const own = await ImageSystem.start({ VOLTBUS_DOWNLOAD_SECONDS: '0.1', VOLTBUS_DOWNLOADS_AT_ONCE: '1' });
    try {
      const name = await own.image();
      await own.upload(name, LARGE);
      const { address } = await own.updated(await own.station(), name);
      const read = jest.spyOn(FolderFiles.prototype, 'read');
      const reader = await slowReader(address);
      await expectSoon(() => expect(read).toHaveBeenCalledTimes(1));
      const source = (await read.mock.results[0]?.value) as Readable;
      await expectSoon(() => expect(source.destroyed).toBe(true));
      expect((await get(address, { range: 'bytes=0-0' })).status).toBe(206);
      reader.resume();
      await once(reader, 'close');
      expect(reader.bytesRead).toBeLessThan(LARGE.length);
      read.mockRestore();
    } finally {
      await own.close();
    }
  });
});
