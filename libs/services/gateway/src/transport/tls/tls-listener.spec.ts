import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { TestCertificate, within } from '@voltbus/testing';
import { SERVER_NAME, TlsFixture } from '../../testing/tls-fixture';

let fixture: TlsFixture;
let rsa: TestCertificate;
beforeAll(async () => {
  fixture = await TlsFixture.start();
  rsa = await fixture.ca.leaf('csms-rsa', { names: [SERVER_NAME], rsaBits: 2_048 });
  await fixture.restart(await bothKinds());
  await fixture.gateway.addStation('CS-1', { certificateOrganization: '*' });
});
afterAll(() => fixture.stop());
beforeEach(() => void fixture.refusals.splice(0));

/** ECDSA and RSA for one name, a certificate for another name and all below it, and one of the same kind for a name below it. */
async function bothKinds() {
  const other = await fixture.ca.leaf('other', { names: ['other.test', '*.other.test'] });
  const all = [fixture.server, rsa, other, await fixture.ca.leaf('own', { names: ['own.other.test'] })];
  return {
    OCPP_TLS_CERT_FILES: all.map(({ pem }, index) => fixture.file(`${index}.crt`, pem)),
    OCPP_TLS_KEY_FILES: all.map(({ keyPem }, index) => fixture.file(`${index}.key`, keyPem)),
  };
}

const shown = (socket: TLSSocket) => String(socket.getPeerCertificate().subject.CN);

describe('a handshake', () => {
  it.each([
    ['ECDHE-ECDSA-AES128-GCM-SHA256', 'csms'],
    ['ECDHE-ECDSA-AES256-GCM-SHA384', 'csms'],
    ['AES128-GCM-SHA256', 'csms-rsa'],
    ['AES256-GCM-SHA384', 'csms-rsa'],
  ])('A00.FR.318, 421: has the suite %s, each with the certificate that it needs', async (ciphers, name) => {
    const socket = await fixture.handshake({ ciphers, maxVersion: 'TLSv1.2' });
    expect([socket.getProtocol(), socket.getCipher().name, shown(socket)]).toEqual(['TLSv1.2', ciphers, name]);
    socket.destroy();
  });

  it('prefers TLS 1.3, and ECDSA to RSA', async () => {
    const socket = await fixture.handshake();
    expect([socket.getProtocol(), shown(socket)]).toEqual(['TLSv1.3', 'csms']);
    socket.destroy();
    const older = await fixture.handshake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256' });
    expect(shown(older)).toBe('csms');
    older.destroy();
  });

  it.each([
    ['other.test', 'other'],
    ['a.other.test', 'other'],
    ['own.other.test', 'own'],
    ['unknown.test', 'csms'],
    [undefined, 'csms'],
  ])('shows the certificate of the name that is asked for: %s', async (servername, name) => {
    const socket = await fixture.handshake({ servername, checkServerIdentity: () => undefined });
    expect(shown(socket)).toBe(name);
    socket.destroy();
  });

  it.each<[string, object, string]>([
    ['TC_A_06: TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, 'tls-version'],
    [
      'a suite without authentication of the text (CBC)',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:AES128-SHA' },
      'tls-cipher',
    ],
  ])('is refused with %s, which operators see with the address', async (_, options, reason) => {
    await expect(fixture.handshake(options)).rejects.toThrow(/alert/);
    expect(await fixture.reasons(1)).toEqual([reason]);
    expect(fixture.refusals[0]).toMatchObject({ tenant: null, station: null, remoteAddress: '127.0.0.1' });
  });

  it('is missed where a station speaks plain HTTP to the TLS port', async () => {
    const socket = connectTcp(fixture.port, '127.0.0.1');
    socket.write('GET /ocpp/CS-1 HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket.resume(), 'close');
    expect(await fixture.reasons(1)).toEqual(['tls-missing']);
  });

  it('is not renegotiated, which would let one station have this server sign without end', async () => {
    const socket = await fixture.handshake({ maxVersion: 'TLSv1.2' });
    const refused = new Promise((resolve) => socket.once('error', resolve));
    socket.renegotiate({}, () => undefined);
    expect(await within('an answer to the renegotiation', refused)).toMatchObject({ code: 'ERR_SSL_NO_RENEGOTIATION' });
    socket.destroy();
  });

  it('is refused with a certificate of more than 100 KB', async () => {
    const huge = await fixture.ca.leaf('CS-1', { names: Array.from({ length: 450 }, (_, index) => `${index}${'x'.repeat(240)}.test`) });
    await expect(fixture.connect('CS-1', { certificate: huge })).rejects.toThrow();
    expect(await fixture.reasons(1)).toEqual(['tls-failed']);
  });
});

describe('a resumed session', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s: of a station with a certificate proves the station, and one without proves nothing',
    async (maxVersion) => {
      const certificate = await fixture.ca.leaf('CS-1');
      for (const options of [{ certificate }, {}]) {
        const first = await fixture.handshake({ maxVersion, cert: options.certificate?.pem, key: options.certificate?.keyPem });
        // TLS 1.3 sends its tickets after the handshake
        const session = maxVersion === 'TLSv1.2' ? first.getSession() : ((await once(first, 'session')) as [Buffer])[0];
        first.end();
        const resumed = fixture.connect('CS-1', { maxVersion, session });
        if (options.certificate === undefined) await expect(resumed).rejects.toThrow('401');
        else (await resumed).terminate();
      }
    },
  );
});

describe('the certificates of the server', () => {
  it('are renewed without a restart: open sockets stay, and sessions of before are not resumed', async () => {
    const open = await fixture.connectWithPassword('CS-1');
    const renewed = await fixture.ca.leaf('renewed', { names: [SERVER_NAME] });
    fixture.file('0.key', renewed.keyPem);
    fixture.file('1.key', (await fixture.ca.leaf('x')).keyPem);
    fixture.file('0.crt', renewed.pem);
    fixture.lookAtFiles();
    expect(fixture.gateway.metrics.total('gateway_tls_file_changes_total', { result: 'refused', files: 'server' })).toBe(1);
    fixture.file('1.key', rsa.keyPem);
    fixture.lookAtFiles();
    expect(fixture.gateway.metrics.total('gateway_tls_file_changes_total', { result: 'reloaded', files: 'server' })).toBe(1);
    const socket = await fixture.handshake();
    expect(shown(socket)).toBe('renewed');
    socket.destroy();
    open.send('[2,"h","Heartbeat",{}]');
    expect(String((await once(open, 'message'))[0])).toMatch(/^\[[34],"h"/);
  });

  it('CAs that are trusted no longer refuse the stations that they admitted', async () => {
    const successor = await TestCertificate.root('Next CA');
    const [old, next] = [await fixture.ca.leaf('CS-1'), await successor.leaf('CS-1')];
    await fixture.connect('CS-1', { certificate: old });
    await expect(fixture.connect('CS-1', { certificate: next })).rejects.toThrow('401');
    fixture.file('ca.crt', fixture.ca.pem + successor.pem); // both, for as long as stations are renewed
    fixture.lookAtFiles();
    for (const certificate of [old, next]) await fixture.connect('CS-1', { certificate });
    fixture.file('ca.crt', successor.pem);
    fixture.lookAtFiles();
    await fixture.connect('CS-1', { certificate: next });
    await expect(fixture.connect('CS-1', { certificate: old })).rejects.toThrow('401');
    fixture.file('ca.crt', fixture.ca.pem);
    fixture.lookAtFiles();
  });
});

it.each([SERVER_NAME, 'unknown.test'])(
  'a CA below its root may be trusted by itself, by a station that asks for %s',
  async (servername) => {
    const [sub, sibling] = [await fixture.ca.ca('Sub'), await fixture.ca.ca('Sibling')];
    fixture.file('ca.crt', sub.pem);
    fixture.lookAtFiles();
    const options = { servername, checkServerIdentity: () => undefined };
    await fixture.connect('CS-1', { certificate: await sub.leaf('CS-1'), ...options });
    for (const issuer of [sibling, fixture.ca])
      await expect(fixture.connect('CS-1', { certificate: await issuer.leaf('CS-1'), ...options })).rejects.toThrow('401');
    fixture.file('ca.crt', fixture.ca.pem);
    fixture.lookAtFiles();
  },
);

describe('the client of OpenSSL', () => {
  it('sees the chain and the CAs that a client certificate may come from', async () => {
    const args = ['s_client', '-connect', `127.0.0.1:${fixture.port}`, '-servername', 'other.test', '-CAfile', `${fixture.folder}/ca.crt`];
    const client = spawn('openssl', [...args, '-verify_return_error'], { stdio: ['pipe', 'pipe', 'ignore'] });
    let said = '';
    client.stdout.on('data', (text: Buffer) => (said += text.toString()));
    client.stdin.end();
    await once(client, 'close');
    expect(said).toContain('Verify return code: 0 (ok)');
    expect(said).toMatch(/Acceptable client certificate CA names\nCN = Stations CA/);
  });
});

describe('connections that do not go on', () => {
  it('are bounded in number for one address, and in time; others are served meanwhile and after', async () => {
    await fixture.restart({}, { maxTlsHandshakesPerAddress: 3, headerTimeoutMs: 400 });
    const open: Socket[] = [];
    const closed: Promise<unknown>[] = [];
    const silent = await fixture.handshake(); // TLS, and no request
    closed.push(once(silent.resume(), 'close'));
    for (let index = 1; index < 4; index++) {
      const socket = connectTcp(fixture.port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(Buffer.from([0x16, 0x03])); // the beginning of a record
      open.push(socket);
      closed.push(once(socket.resume(), 'close'));
    }
    await within('the one beyond the limit is closed', Promise.race(closed));
    expect(fixture.gateway.metrics.total('gateway_handshakes_total', { result: 'too-many-tls-handshakes' })).toBe(1);
    await within('those that do not go on are closed', Promise.all(closed));
    expect(fixture.gateway.metrics.total('gateway_handshakes_total', { result: 'tls-late' })).toBe(2);
    expect(fixture.gateway.metrics.total('gateway_handshakes_total', { result: 'headers-late' })).toBe(1);
    await fixture.gateway.addStation('CS-1');
    await fixture.connectWithPassword('CS-1');
  });
});

it('is the only port where the plain one is switched off', async () => {
  await fixture.restart({ OCPP_PLAIN: false });
  await fixture.gateway.addStation('CS-1');
  expect(fixture.gateway.gateways).toMatchObject([{ port: 0, tlsPort: expect.any(Number) as number }]);
  await fixture.connectWithPassword('CS-1');
});
