import { connect as tcp } from 'node:net';
import { request } from 'node:http';
import WebSocket from 'ws';
import { Api, ForeignStation, boot, eventually, prepare, startStandalone, type ProtocolName, type Standalone } from '@voltbus/testing';

let standalone: Standalone;
let password: string;
let bystander: ForeignStation;
const api = (): Api => new Api(standalone.apiUrl, standalone.adminKey);

beforeAll(async () => {
  standalone = await startStandalone();
  password = await prepare(api(), ['bystander', 'hostile-1.6', 'hostile-2.0.1', 'hostile-2.1'], 'PROOF-TAG');
  bystander = await ForeignStation.connect({ url: standalone.ocppUrl, station: 'bystander', protocol: 'ocpp2.0.1', password });
  await boot(bystander);
});
afterEach(async () => {
  // whatever was tried, nothing else suffers
  await expect(bystander.call('Heartbeat', {})).resolves.toHaveProperty('currentTime');
});
afterAll(async () => {
  await bystander?.close();
  await standalone?.stop();
});

describe('the API', () => {
  it.each([
    ['no key', null],
    ['a wrong key', 'x'.repeat(40)],
  ])('answers 401 as a problem to %s', async (_name, key) => {
    const { status, headers, body } = await api().withKey(key).get('/v1/stations');
    expect({ status, type: headers.get('content-type'), body }).toMatchObject({
      status: 401,
      type: expect.stringContaining('application/problem+json'),
      body: { code: 'unauthorized', status: 401 },
    });
  });

  it('answers 400 as a problem to JSON that is none', async () => {
    const response = await fetch(`${standalone.apiUrl}/v1/stations/x`, {
      method: 'PUT',
      body: '{"password":',
      headers: { authorization: `Bearer ${standalone.adminKey}`, 'content-type': 'application/json' },
    });
    expect({ status: response.status, body: await response.json() }).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });

  it.each([
    '/v1/nothing-here',
    '/v1/stations/nobody',
    '/v1/cdrs/00000000-0000-0000-0000-000000000000',
    '/v1/transactions/00000000-0000-0000-0000-000000000000',
    '/v1/commands/00000000-0000-0000-0000-000000000000',
  ])('answers 404 as a problem to %s', async (path) => {
    const { status, body } = await api().get(path);
    expect({ status, body }).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it.each([
    '/v1/stations?limit=0',
    '/v1/stations?limit=100000',
    '/v1/stations?cursor=%00garbage',
    '/v1/transactions?from=yesterday',
    '/v1/transactions/not-a-uuid',
    '/v1/commands/not-a-uuid',
    '/v1/cdrs?from=0x',
  ])('names the fault of %s', async (path) => {
    const { status, body } = await api().get(path);
    expect([400, 404, 422]).toContain(status);
    expect(body).toHaveProperty('code');
  });

  it("refuses a command that carries the station's secret", async () => {
    const { status, body } = await api().post('/v1/stations/bystander/commands', {
      action: 'SetVariables',
      payload: {
        setVariableData: [
          { attributeValue: 'a new password 12', component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } },
        ],
      },
    });
    expect({ status, body }).toMatchObject({ status: 409, body: { code: 'secret-in-command' } });
  });

  it('keeps tenants apart', async () => {
    await api().put('/v1/tenants/other', { name: 'Other', currency: 'EUR', defaultTariff: null });
    expect((await api().as('other').get('/v1/stations/bystander')).status).toBe(404);
    expect((await api().as('other').get<{ items: unknown[] }>('/v1/stations')).body.items).toEqual([]);
    expect((await api().as('no-such-tenant').get('/v1/stations/bystander')).status).toBe(404);
  });
});

describe('the upgrade', () => {
  const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

  it('gives a wrong password and an unknown station the same 401', async () => {
    const wrong = await upgrade('/ocpp/bystander', { authorization: basic('bystander', 'not the password!!') });
    const unknown = await upgrade('/ocpp/nobody', { authorization: basic('nobody', password) });
    const none = await upgrade('/ocpp/bystander', {});
    const other = await upgrade('/ocpp/bystander', { authorization: basic('hostile-1.6', password) });
    expect(wrong).toMatchObject({ status: 401 });
    for (const answer of [unknown, none, other]) expect(answer).toEqual(wrong);
  });

  it.each([
    ['/ocpp/%00', 'a NUL in the identity'],
    ['/ocpp/%zz', 'a broken escape'],
    [`/ocpp/${'x'.repeat(256)}`, 'an identity of 256 characters'],
    ['/ocpp/../etc/passwd', 'dots'],
    ['/', 'no identity'],
    ['/ocpp/', 'no identity after ocpp'],
    ['/elsewhere/bystander', 'another path'],
    ['/ocpp/a%0d%0ab', 'a line break'],
  ])('refuses %s (%s) with 4xx and does not echo it', async (path) => {
    const { status, body } = await upgrade(path, { authorization: basic('bystander', password) });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).not.toContain('passwd');
  });

  it.each([
    ['a version nobody speaks', 'ocpp0.1'],
    ['none', null],
    ['the wrong case', 'OCPP1.6'],
  ])('refuses %s as subprotocol with 400 (TC_088_CSMS, TC_B_58_CSMS)', async (_name, protocol) => {
    expect((await upgrade('/ocpp/bystander', { authorization: basic('bystander', password) }, protocol)).status).toBe(400);
  });

  it("takes the first version of the station's list that it speaks", async () => {
    const answer = await upgrade('/ocpp/hostile-2.1', { authorization: basic('hostile-2.1', password) }, 'ocpp9.9, ocpp2.0.1, ocpp1.6');
    expect(answer).toMatchObject({ status: 101, protocol: 'ocpp2.0.1' });
  });

  it('refuses 20 KB of headers', async () => {
    const { status } = await upgrade('/ocpp/bystander', {
      'x-padding': 'x'.repeat(20_000),
      authorization: basic('bystander', password),
    }).catch(() => ({ status: 431 }));
    expect(status).toBeGreaterThanOrEqual(400);
  });

  function upgrade(
    path: string,
    headers: Record<string, string>,
    protocol: string | null = 'ocpp1.6',
  ): Promise<{ status: number; body: string; protocol?: string }> {
    const { hostname, port } = new URL(standalone.ocppUrl);
    return new Promise((resolve, reject) => {
      const asked = request({
        hostname,
        port,
        path,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...(protocol === null ? {} : { 'sec-websocket-protocol': protocol }),
          ...headers,
        },
      });
      asked.on('upgrade', (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode ?? 0, body: '', protocol: response.headers['sec-websocket-protocol'] });
      });
      asked.on('response', (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      asked.on('error', reject);
      asked.end();
    });
  }
});

describe.each<ProtocolName>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('frames on %s', (protocol) => {
  const name = `hostile-${protocol.replace('ocpp', '')}`;
  const formation = protocol === 'ocpp1.6' ? 'FormationViolation' : 'FormatViolation';
  let socket: WebSocket;

  beforeEach(async () => {
    socket = new WebSocket(`${standalone.ocppUrl}/${name}`, [protocol], { auth: `${name}:${password}` });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const accepted =
      protocol === 'ocpp1.6'
        ? { chargePointVendor: 'H', chargePointModel: 'H' }
        : { reason: 'PowerUp', chargingStation: { vendorName: 'H', model: 'H' } };
    expect(await ask([2, 'boot', 'BootNotification', accepted])).toMatchObject([3, 'boot', { status: 'Accepted' }]);
  });
  afterEach(() => socket.terminate());

  it('answers text that is no JSON as the version demands, and goes on', async () => {
    socket.send('this is not JSON');
    const next = ask([2, 'after', 'Heartbeat', {}], protocol !== 'ocpp1.6');
    if (protocol === 'ocpp1.6') expect(await next).toMatchObject([3, 'after', {}]);
    else expect(await next).toMatchObject([4, '-1', 'RpcFrameworkError', expect.any(String), {}]);
  });

  it('answers NotImplemented to an unknown action', async () => {
    expect(await ask([2, 'n1', 'MakeCoffee', {}])).toMatchObject([4, 'n1', 'NotImplemented', expect.any(String), {}]);
  });

  it('names the missing field of a boot', async () => {
    const [type, id, , description] = await ask([2, 'n2', 'BootNotification', {}]);
    expect([type, id]).toEqual([4, 'n2']);
    expect(String(description).length).toBeGreaterThan(0);
  });

  it('refuses a payload 32,000 arrays deep', async () => {
    socket.send(`[2,"deep","DataTransfer",{"vendorId":"x","data":${'['.repeat(32_000)}${']'.repeat(32_000)}}]`);
    expect(await answer()).toMatchObject([4, 'deep', formation, expect.any(String), {}]);
  });

  it('lets no __proto__ through', async () => {
    socket.send('[2,"proto","DataTransfer",{"vendorId":"x","__proto__":{"polluted":true}}]');
    const [type, id] = await answer();
    expect([3, 4]).toContain(type);
    expect(id).toBe('proto');
  });

  it('refuses a NUL, which Postgres cannot keep', async () => {
    expect(await ask([2, 'nul', 'DataTransfer', { vendorId: 'x\u0000y' }])).toMatchObject([4, 'nul', formation, expect.any(String), {}]);
  });

  it('echoes a numeric id as received', async () => {
    expect(await ask([2, 7 as unknown as string, 'Heartbeat', {}])).toMatchObject([3, 7, {}]);
  });

  it('ignores an answer to nothing, and goes on', async () => {
    socket.send('[3,"never-asked",{}]');
    expect(await ask([2, 'after', 'Heartbeat', {}])).toMatchObject([3, 'after', {}]);
  });

  it('survives a frame beyond 1 MiB by closing only this socket', async () => {
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send(`[2,"big","DataTransfer",{"vendorId":"${'x'.repeat(1_100_000)}"}]`);
    await closed;
    await eventually(
      () => api().get<{ online: boolean }>(`/v1/stations/${name}`),
      ({ body }) => !body.online,
    );
  });

  it('survives a binary frame', async () => {
    const closed = new Promise((resolve) => socket.once('close', () => resolve('closed')));
    socket.send(Buffer.from([1, 2, 3]));
    socket.send('[2,"after","Heartbeat",{}]');
    const answered = new Promise((resolve) => socket.on('message', (data) => data.toString().includes('"after"') && resolve('answered')));
    expect(['closed', 'answered']).toContain(await Promise.race([closed, answered]));
  });

  it('survives bytes that are no UTF-8', async () => {
    const closed = new Promise((resolve) => socket.once('close', resolve));
    // a masked text frame whose payload is 0xff 0xfe
    (socket as unknown as { _socket: ReturnType<typeof tcp> })._socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]));
    await closed;
  });

  /** Sends a call and reads its answer, or (`any`) whatever comes first. */
  function ask(frame: [number, string, string, object], any = false): Promise<unknown[]> {
    const answered = answer(any ? undefined : frame[1]);
    socket.send(JSON.stringify(frame));
    return answered;
  }

  function answer(id?: unknown): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      socket.once('close', (code) => reject(new Error(`closed ${code}`)));
      socket.on('message', function listen(data) {
        const frame = JSON.parse(data.toString()) as unknown[];
        if (id !== undefined && frame[1] !== id) return;
        socket.off('message', listen);
        resolve(frame);
      });
    });
  }
});
