import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expectSoon } from '@voltbus/testing';
import { MAX_BYTES, UploadingStations } from './testing/uploading-stations';
import { logs } from './block';
import { FilesUnavailable } from '../files';
import { FolderFiles } from '../files/folder-files';

let stations: UploadingStations;
beforeAll(async () => {
  stations = await UploadingStations.start({ VOLTBUS_UPLOADS_AT_ONCE: '3' });
});
afterAll(() => stations?.close());
beforeEach(async () => {
  await stations.database('DELETE FROM device_config.station_requests');
  await stations.service.use(logs).sweep.run();
});

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

/** Sends the head of an upload, and what there is of its body. */
async function begin(
  address: string,
  head: string,
  body = '',
): Promise<{ socket: Socket; answer: () => string; closed: Promise<unknown> }> {
  const { hostname, port, pathname } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port) });
  sockets.push(socket);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  socket.write(`PUT ${pathname} HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n${body}`);
  return { socket, answer: () => answer, closed };
}

const form = (file: string | Uint8Array, name = 'log.zip') => {
  const data = new FormData();
  data.set('note', 'from the station');
  data.set('file', new Blob([file]), name);
  return data;
};
const TEXT = 'entry 1\nentry 2\n';
const SHA = createHash('sha256').update(TEXT).digest('hex');

describe('an upload', () => {
  it.each([
    ['PUT to the address', 'PUT', '', TEXT],
    ['PUT with the name added', 'PUT', 'log.zip', TEXT],
    ['POST', 'POST', 'log.zip', TEXT],
    ['POST of a form', 'POST', '', form(TEXT)],
    ['PUT of JSON, which stays as it is', 'PUT', 'log.zip', new Blob([TEXT], { type: 'application/json' })],
  ] as const)('(%s) is kept, shown, and downloaded as something to save', async (_title, method, name, body) => {
    const ref = await stations.connected();
    const { id, address } = await stations.accepted(ref);
    expect(await stations.put(`${address}${name}`, body, { method })).toBe(201);
    const shown = await stations.shown(id);
    expect(shown).toMatchObject({ state: 'succeeded', uploadFault: null, file: { name: 'log.zip', sizeBytes: TEXT.length, sha256: SHA } });
    const download = await stations.app.app.inject({
      method: 'GET',
      url: `/v1/logs/${id}/file`,
      headers: { authorization: `Bearer ${'k'.repeat(40)}`, 'voltbus-tenant': 'default' },
    });
    expect([download.statusCode, download.payload]).toEqual([200, TEXT]);
    expect(download.headers).toMatchObject({
      ...{ 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename="log.zip"' },
      ...{ 'x-content-type-options': 'nosniff', 'content-length': String(TEXT.length) },
    });
  });

  it('has the name that the station answered where the path has none, and no name leads out of the folder', async () => {
    for (const [name, shown] of [
      ['', 'log.zip'],
      ['..%2F..%2Fetc%2Fpasswd', 'passwd'],
      ['a/b/c.txt', 'c.txt'],
      ['%00.log', 'log'],
    ]) {
      const { id, address } = await stations.accepted(await stations.connected());
      expect(await stations.put(`${address}${name}`, TEXT)).toBe(201);
      expect((await stations.shown(id)).file?.name).toBe(shown);
    }
    for (const name of await stations.files()) expect(name).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('opens once, and not for who guesses, changes or reads off a part of a token', async () => {
    const { address } = await stations.accepted(await stations.connected());
    const other = await stations.accepted(await stations.connected());
    const [token = ''] = address.split('/').slice(-2);
    for (const guess of [
      'x'.repeat(43),
      token.slice(0, -1),
      token.toLowerCase(),
      `${token.slice(0, 21)}${other.address.split('/').at(-2)?.slice(21)}`,
    ])
      expect([guess, await stations.put(address.replace(token, guess), TEXT)]).toEqual([guess, 404]);
    expect(await stations.put(address, TEXT)).toBe(201);
    expect(await stations.put(address, 'another')).toBe(404);
    expect(await stations.shown(other.id)).toMatchObject({ state: 'accepted', file: null });
    expect(await stations.files()).toHaveLength(1);
  });

  it('is no way into the API, which takes its methods there only', async () => {
    const { address } = await stations.accepted(await stations.connected());
    for (const method of ['GET', 'DELETE', 'PATCH']) expect((await fetch(address, { method })).status).toBe(405);
  });

  it('is refused when its log has been cancelled', async () => {
    const { id, address } = await stations.accepted(await stations.connected());
    await stations.app.request('POST', `/v1/logs/${id}/cancel`);
    expect(await stations.put(address, TEXT)).toBe(404);
    expect(await stations.shown(id)).toMatchObject({ state: 'cancelled', reason: 'operator', file: null });
  });
});

describe('an upload that comes to nothing leaves nothing, says why, and may be repeated:', () => {
  const big = new Uint8Array(MAX_BYTES + 1);
  const streamed = () =>
    new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 20; sent++) controller.enqueue(new Uint8Array(100_000));
        controller.close();
      },
    });

  const manyParts = () => {
    const data = new FormData();
    for (let nth = 0; nth < 500; nth++) data.set(`field ${nth}`, 'x');
    data.set('file', new Blob(['x']), 'log.zip');
    return data;
  };
  const twoFiles = () => {
    const data = form(TEXT);
    data.set('second', new Blob([TEXT]), 'second.zip');
    return data;
  };

  it.each<[string, () => RequestInit['body'] | Uint8Array, RequestInit, number, string]>([
    ['too large, as it says', () => big, {}, 413, 'too-large'],
    ['too large, without its length', streamed, { duplex: 'half' } as RequestInit, 413, 'too-large'],
    ['too large, in a form', () => form(big), { method: 'POST' }, 413, 'too-large'],
    ['empty', () => '', {}, 400, 'empty'],
    ['empty, in a form', () => form(''), { method: 'POST' }, 400, 'empty'],
    ['a form of many parts', manyParts, { method: 'POST' }, 400, 'not-readable'],
    ['a form of two files', twoFiles, { method: 'POST' }, 400, 'not-readable'],
    [
      'a form without a file',
      () => {
        const data = new FormData();
        data.set('a', 'b');
        return data;
      },
      { method: 'POST' },
      400,
      'not-readable',
    ],
    ['a form without a boundary', () => TEXT, { headers: { 'content-type': 'multipart/form-data' } }, 400, 'not-readable'],
    [
      'a form that ends early',
      () => '--b\r\ncontent-disposition: form-data; name="f"; filename="log"\r\n\r\nabc',
      { headers: { 'content-type': 'multipart/form-data; boundary=b' } },
      400,
      'not-readable',
    ],
  ])('%s', async (_title, body, init, status, fault) => {
    const { id, address } = await stations.accepted(await stations.connected());
    expect(await stations.put(address, body(), init)).toBe(status);
    expect(await stations.shown(id)).toMatchObject({ state: 'accepted', uploadFault: fault, file: null });
    expect(await stations.files()).toEqual([]);
    expect(await stations.put(address, TEXT)).toBe(201);
    expect(await stations.shown(id)).toMatchObject({ state: 'succeeded', uploadFault: null });
  });

  it('cut half way', async () => {
    const { id, address } = await stations.accepted(await stations.connected());
    const { socket } = await begin(address, 'content-length: 100', 'half');
    await expectSoon(async () => expect(await stations.files()).toHaveLength(1));
    socket.destroy();
    await expectSoon(async () => expect(await stations.shown(id)).toMatchObject({ uploadFault: 'interrupted', file: null }));
    expect(await stations.files()).toEqual([]);
    expect(await stations.put(address, TEXT)).toBe(201);
  });

  it('too slow', async () => {
    const slow = await UploadingStations.start({ VOLTBUS_UPLOAD_SECONDS: '0.3' });
    try {
      const { id, address } = await slow.accepted(await slow.connected());
      const { socket, answer, closed } = await begin(address, 'content-length: 1000', 'x');
      const drops = setInterval(() => socket.writable && socket.write('x'), 50);
      await closed;
      clearInterval(drops);
      expect(answer()).toContain('HTTP/1.1 408');
      expect(await slow.shown(id)).toMatchObject({ uploadFault: 'too-slow', file: null });
      expect(await slow.files()).toEqual([]);
    } finally {
      await slow.close();
    }
  });

  it('with no room on the disk', async () => {
    const { id, address } = await stations.accepted(await stations.connected());
    const write = jest.spyOn(FolderFiles.prototype, 'write').mockRejectedValue(new FilesUnavailable('the disk is full'));
    expect(await stations.put(address, TEXT)).toBe(503);
    write.mockRestore();
    expect(await stations.shown(id)).toMatchObject({ state: 'accepted', uploadFault: 'no-room' });
    expect(await stations.put(address, TEXT)).toBe(201);
  });
});

describe('bounds', () => {
  it('receives so many uploads at once; those beyond are told to come again', async () => {
    const logsOfStations = await Promise.all(Array.from({ length: 3 }, async () => stations.accepted(await stations.connected())));
    const waiting = await Promise.all(logsOfStations.map(({ address }) => begin(address, 'content-length: 16', TEXT.slice(0, 8))));
    await expectSoon(async () => expect(await stations.files()).toHaveLength(3));
    const { address } = await stations.accepted(await stations.connected());
    const beyond = await Promise.all(Array.from({ length: 200 }, () => stations.put(address, TEXT)));
    expect(new Set(beyond)).toEqual(new Set([503]));
    for (const { socket } of waiting) socket.write(TEXT.slice(8));
    for (const { id } of logsOfStations) await expectSoon(async () => expect((await stations.outcome(id))[0]).toBe('succeeded'));
    expect(await stations.put(address, TEXT)).toBe(201);
  });

  it('one whole file of a request, whoever is first', async () => {
    const { address } = await stations.accepted(await stations.connected());
    const answers = await Promise.all([stations.put(address, TEXT), stations.put(address, TEXT), stations.put(address, TEXT)]);
    expect(answers.filter((status) => status === 201)).toHaveLength(1);
    expect(answers.filter((status) => status !== 201).every((status) => [404, 409].includes(status))).toBe(true);
    expect(await stations.files()).toHaveLength(1);
  });

  it('so many bytes of a tenant, with what is being uploaded', async () => {
    const [{ sum } = { sum: 0 }] = await stations.database<{ sum: number }>(
      'SELECT coalesce(sum(size_bytes), 0)::integer AS sum FROM device_config.log_files',
    );
    expect(sum).toBe(0);
    for (let nth = 0; nth < 4; nth++) {
      const { address } = await stations.accepted(await stations.connected());
      expect(await stations.put(address, new Uint8Array(MAX_BYTES))).toBe(201);
    }
    const { id, address } = await stations.accepted(await stations.connected());
    expect(await stations.put(address, TEXT)).toBe(409);
    expect(await stations.shown(id)).toMatchObject({ state: 'accepted', file: null });
    expect(await stations.files()).toHaveLength(4);
  });
});

describe('the sweep', () => {
  const sweep = () => stations.service.use(logs).sweep.run();
  const received = async () => {
    const ref = await stations.connected();
    const { id, address } = await stations.accepted(ref);
    await stations.put(address, TEXT);
    return { id, ref };
  };

  it('removes files by their age, and no younger ones', async () => {
    const [old, young] = [await received(), await received()];
    await stations.database(`UPDATE device_config.log_files SET received_at = now() - interval '31 days' WHERE request = $1`, [old.id]);
    await stations.database(`UPDATE device_config.log_files SET received_at = now() - interval '29 days' WHERE request = $1`, [young.id]);
    await sweep();
    expect([(await stations.shown(old.id)).file, (await stations.shown(young.id)).file?.sizeBytes]).toEqual([null, TEXT.length]);
    expect(await stations.files()).toHaveLength(1);
    expect((await stations.app.request('GET', `/v1/logs/${old.id}/file`)).status).toBe(404);
  });

  it('removes the files of a station that is deleted', async () => {
    const { ref } = await received();
    await stations.database('DELETE FROM device_config.stations WHERE station = $1', [ref.station]);
    await sweep();
    expect([await stations.files(), await stations.database('SELECT FROM device_config.log_files')]).toEqual([[], []]);
  });

  it('removes what a process that died left of an upload, and not what is being uploaded', async () => {
    const ref = await stations.connected();
    const { id } = await stations.accepted(ref);
    await stations.database(
      `INSERT INTO device_config.log_files (id, tenant, station, request, began_at, size_bytes)
       SELECT gen_random_uuid(), 'default', $1, $2, now() - age, 5 FROM unnest(ARRAY[interval '1 hour', interval '1 second']) age`,
      [ref.station, id],
    );
    await sweep();
    expect(await stations.database('SELECT FROM device_config.log_files')).toHaveLength(1);
  });

  it('notices a file whose process died before its log had succeeded', async () => {
    const { id } = await received();
    await stations.database(`UPDATE device_config.station_requests SET state = 'running', ended_at = NULL WHERE id = $1`, [id]);
    await sweep();
    expect(await stations.outcome(id)).toEqual(['succeeded', null]);
  });
});
