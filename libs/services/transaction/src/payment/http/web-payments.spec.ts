import { qrCodeAddress } from '@voltbus/virtual-station';
import { startHttp, type HttpFixture } from '../../testing/http-fixture.module';

let http: HttpFixture;
let ask: HttpFixture['ask'];
let sentCommands: HttpFixture['sentCommands'];
beforeAll(async () => {
  http = await startHttp([
    ['CS-21', 'ocpp2.1'],
    ['CS-16', 'ocpp1.6'],
  ]);
  ({ ask, sentCommands } = http);
});
beforeEach(() => void sentCommands.splice(0));
afterAll(() => http?.close());

const SECRET = 'a secret of the station and ours';
const TEMPLATE = 'https://pay.example/{chargingstationid}/{evse}/{totp}/{version}';
const STICKER = 'https://pay.example/s/{chargingstationid}/{evse}';
const DYNAMIC = { urlTemplate: TEMPLATE, totp: { sharedSecret: SECRET, validitySeconds: 30, length: 8 } };
const VALIDITY_MS = 30_000;

const put = (station: string, evse: number, body: object = DYNAMIC) => ask('PUT', `/v1/stations/${station}/qr-codes/${evse}`, body);
const scan = (url: string, more: object = {}, tenant = 'default') => ask('POST', '/v1/web-payments', { url, ...more }, tenant);
/** The address that a station shows with these settings. */
function shown(identity: string, { evse = 1, secret = SECRET, lateMs = 0, asked = {} } = {}): string {
  const settings = { URLTemplate: TEMPLATE, TOTPVersion: 'v1', SharedSecret: secret, ValidityTime: '30', Length: '8' };
  const at = new Date(Date.now() + lateMs);
  return qrCodeAddress(new Map(Object.entries(settings)), { identity, evse, at, limits: asked }) ?? '';
}

describe('/v1/stations/{station}/qr-codes', () => {
  it('keeps what a station shows, never tells its secret, and forgets it', async () => {
    const view = { station: 'CS-keep', evse: 0, urlTemplate: TEMPLATE, totp: { version: 'v1', validitySeconds: 30, length: 8 } };
    const sticker = { station: 'CS-keep', evse: 2, urlTemplate: STICKER, totp: null };
    expect(await put('CS-keep', 0)).toEqual({ status: 201, body: view });
    expect(await put('CS-keep', 2, { urlTemplate: STICKER })).toEqual({ status: 201, body: sticker });
    expect(await ask('GET', '/v1/stations/CS-keep/qr-codes')).toEqual({ status: 200, body: { items: [view, sticker] } });
    expect(await ask('GET', '/v1/stations/CS-keep/qr-codes', undefined, 'other')).toEqual({ status: 200, body: { items: [] } });
    expect(await ask('GET', '/v1/stations/CS-keep/qr-codes/0')).toEqual({ status: 200, body: view });
    expect(await put('CS-keep', 0, { urlTemplate: STICKER, totp: null })).toMatchObject({ body: { totp: null } });
    for (const status of [204, 404]) expect(await ask('DELETE', '/v1/stations/CS-keep/qr-codes/0')).toMatchObject({ status });
    expect(await ask('GET', '/v1/stations/CS-keep/qr-codes/0')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('keeps so many of a station; one that is kept can be changed all the same', async () => {
    await http.service.database.query(
      `INSERT INTO transactions.qr_codes (tenant, station, evse, url_template) SELECT 'default', 'CS-full', nth, $1 FROM generate_series(1, 128) AS nth`,
      [STICKER],
    );
    expect(await put('CS-full', 129)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await put('CS-full', 128)).toMatchObject({ status: 200, body: { urlTemplate: TEMPLATE } });
    expect(await put('CS-other', 129)).toMatchObject({ status: 201 });
  });

  it('stores a secret so that the database alone does not tell it', async () => {
    await put('CS-stored', 0);
    const { database: stored } = http.service;
    const [row] = await stored.query("SELECT q, closed_secret FROM transactions.qr_codes q WHERE station = 'CS-stored'");
    expect(row.closed_secret).toBeInstanceOf(Buffer);
    expect(row.closed_secret.includes(SECRET)).toBe(false);
    expect(JSON.stringify(row.q)).not.toContain(SECRET);
  });

  it.each([
    [{ urlTemplate: 'https://pay.example/{totp}' }, '/urlTemplate'],
    [{ urlTemplate: TEMPLATE }, '/urlTemplate'],
    [{ ...DYNAMIC, urlTemplate: STICKER }, '/urlTemplate'],
    [{ ...DYNAMIC, urlTemplate: `${TEMPLATE}/${'x'.repeat(500)}` }, '/urlTemplate'],
    [{ urlTemplate: TEMPLATE, totp: { validitySeconds: 30, length: 8 } }, '/totp/sharedSecret'],
    [{ ...DYNAMIC, totp: { ...DYNAMIC.totp, sharedSecret: 'short' } }, '/totp/sharedSecret'],
    [{ ...DYNAMIC, totp: { ...DYNAMIC.totp, version: 'v2' } }, '/totp/version'],
    [{ ...DYNAMIC, totp: { ...DYNAMIC.totp, validitySeconds: 5 } }, '/totp/validitySeconds'],
    [{ ...DYNAMIC, totp: { ...DYNAMIC.totp, validitySeconds: 3_601 } }, '/totp/validitySeconds'],
    [{ ...DYNAMIC, totp: { ...DYNAMIC.totp, length: 5 } }, '/totp/length'],
  ])('refuses %j, saying where: %s', async (body, path) => {
    const answer = await put('CS-refused', 0, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ path }] } });
    expect(await ask('GET', '/v1/stations/CS-refused/qr-codes')).toMatchObject({ body: { items: [] } });
  });

  it.each(['-1', '01', 'one', '1000'])('refuses the EVSE %s', async (evse) => {
    expect(await ask('PUT', `/v1/stations/CS-1/qr-codes/${evse}`, DYNAMIC)).toMatchObject({ status: 422, body: { code: 'invalid' } });
  });
});

describe('POST /v1/web-payments', () => {
  beforeAll(async () => {
    await put('CS-21', 0);
    await put('CS-16', 0, { urlTemplate: STICKER });
  });

  it('C25.FR.09 returns the station and EVSE of the QR code that the driver scanned', async () => {
    expect(await scan(shown('CS-21', { evse: 2 }))).toEqual({
      status: 200,
      body: { station: 'CS-21', evse: 2, dynamic: true, limit: null, command: null },
    });
    expect(sentCommands).toEqual([]);
  });

  it('C25 takes a sticker for what it is', async () => {
    const address = STICKER.replace('{chargingstationid}', 'CS-16').replace('{evse}', '1');
    expect(await scan(address)).toMatchObject({ status: 200, body: { station: 'CS-16', evse: 1, dynamic: false } });
  });

  it('C25.FR.09 is not misled by a station that is named elsewhere in the address', async () => {
    await put('CS-named', 0, { urlTemplate: STICKER });
    expect(await scan('https://pay.example/s/CS-named/1?from=CS-16')).toMatchObject({ status: 200, body: { station: 'CS-named' } });
  });

  it.each([
    ['of a moment ago', { lateMs: -VALIDITY_MS / 2 }, 200],
    ['of a clock that is ahead', { lateMs: VALIDITY_MS / 2 }, 200],
    ['older than two intervals', { lateMs: -2 * VALIDITY_MS }, 422],
    ['of the far future', { lateMs: 3 * VALIDITY_MS }, 422],
    ['of another secret', { secret: 'another secret of another one' }, 422],
  ])('C25.FR.07, C25.FR.08: a one-time code %s is answered %s', async (_what, showing, status) => {
    const answer = await scan(shown('CS-21', showing));
    expect(answer).toMatchObject({ status, body: status === 200 ? { station: 'CS-21' } : { code: 'wrong-one-time-code' } });
  });

  it('C25.FR.08 has nothing sent to the station when the code is wrong, and counts it', async () => {
    expect(await scan(shown('CS-21', { lateMs: -10 * VALIDITY_MS }), { holdSeconds: 60 })).toMatchObject({ status: 422 });
    expect(sentCommands).toEqual([]);
    expect(http.metrics.total('transaction_anomalies_total', { kind: 'one-time-code' })).toBeGreaterThan(0);
  });

  it.each([
    ['no address', 'CS-21/1'],
    ['another host', 'https://evil.example/CS-21/1/aHicux89/v1'],
    ['a part missing', 'https://pay.example/CS-21/1/aHicux89'],
    ['a station that shows none', 'https://pay.example/CS-none/1/aHicux89/v1'],
    ['a sticker of a station with one-time codes', 'https://pay.example/s/CS-21/1'],
    ['a version that nobody knows', 'https://pay.example/CS-21/1/aHicux89/v2'],
    ['a name that no database takes', 'https://pay.example/CS%00/1/aHicux89/v1'],
    ['more than a code can hold', `https://pay.example/CS-21/1/aHicux89/v1?x=${'x'.repeat(2_000)}`],
  ])('C25.FR.08 refuses an address with %s', async (_what, url) => {
    expect(await scan(url)).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ path: '/url' }] } });
  });

  it('believes no address of another tenant', async () => {
    expect(await scan(shown('CS-21'), {}, 'other')).toMatchObject({ status: 422, body: { code: 'invalid' } });
  });

  it.each([
    [{ maxenergy: '20000' }, { maxEnergyWh: 20_000 }],
    [
      { maxtime: '3600', maxcost: '25.50' },
      { maxSeconds: 3_600, maxCost: '25.50' },
    ],
    [{ MaxCost: '10', maxcost: '12' }, { maxCost: '10' }],
    [{ constructor: 'x', maxsoc: '80', utm_source: 'station' }, null],
  ])('C25.FR.59, C25.FR.60 takes from the query %j the limit %j', async (asked, limit) => {
    expect(await scan(shown('CS-21', { asked }))).toMatchObject({ status: 200, body: { limit } });
  });

  it.each([
    [{ maxenergy: 'much' }],
    [{ maxenergy: '0' }],
    [{ maxtime: '-1' }],
    [{ maxtime: '' }],
    [{ maxcost: '20,50' }],
    [{ maxcost: '1e3' }],
  ])('C25.FR.59 refuses a limit that nobody can keep: %j', async (asked) => {
    const answer = await scan(shown('CS-21', { asked }));
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ path: '/url' }] } });
    expect(JSON.stringify(answer.body)).toContain(Object.keys(asked)[0]);
  });

  it('C25.FR.21 has the station keep the EVSE while the driver pays', async () => {
    const { status, body } = await scan(shown('CS-21', { evse: 2 }), { holdSeconds: 120 });
    expect({ status, command: typeof body['command'] }).toEqual({ status: 200, command: 'string' });
    expect(sentCommands).toMatchObject([
      { ref: { station: 'CS-21' }, action: 'NotifyWebPaymentStarted', payload: { evseId: 2, timeout: 120 } },
    ]);
  });

  it('C25.FR.21 keeps no EVSE when none is named, the station is offline, or its protocol has no such message', async () => {
    await put('CS-21', 0, { urlTemplate: 'https://pay.example/w/{chargingstationid}', totp: null });
    await put('CS-away', 0, { urlTemplate: STICKER });
    expect(await scan('https://pay.example/w/CS-21', { holdSeconds: 60 })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/holdSeconds' }] },
    });
    for (const station of ['CS-away', 'CS-16'])
      expect(await scan(`https://pay.example/s/${station}/1`, { holdSeconds: 60 })).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      });
    expect(sentCommands).toEqual([]);
    for (const holdSeconds of [0, 3_601]) expect(await scan(shown('CS-21'), { holdSeconds })).toMatchObject({ status: 422 });
    await put('CS-21', 0);
  });

  it('takes the code of an EVSE where it has its own, and not the station\u2019s', async () => {
    await put('CS-two', 0, { urlTemplate: STICKER });
    await put('CS-two', 2, { ...DYNAMIC, totp: { ...DYNAMIC.totp, sharedSecret: 'the secret of EVSE two' } });
    expect(await scan('https://pay.example/s/CS-two/1')).toMatchObject({ status: 200, body: { evse: 1, dynamic: false } });
    expect(await scan('https://pay.example/s/CS-two/2')).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(await scan(shown('CS-two', { evse: 2, secret: 'the secret of EVSE two' }))).toMatchObject({ status: 200, body: { evse: 2 } });
    expect(await scan(shown('CS-two', { evse: 1, secret: 'the secret of EVSE two' }))).toMatchObject({ status: 422 });
  });

  it('answers how to recover when secrets cannot be decrypted any more', async () => {
    await put('CS-pepper', 0);
    const { database: stored } = http.service;
    await stored.query(
      "UPDATE transactions.qr_codes SET closed_secret = (SELECT closed_secret FROM transactions.qr_codes WHERE station = 'CS-21') WHERE station = 'CS-pepper'",
    );
    expect(await scan(shown('CS-pepper'))).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });
});
