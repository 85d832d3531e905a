import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { inRanges } from '@voltbus/runtime';
import { TestCertificate } from '@voltbus/testing';
import { ContractHarness } from './testing/contract-harness';
import { TEXT, frame, upgradeRequest } from './testing/raw-peer';
import { ServerCertificates } from './tls/server-certificates';
import { UwsTransport } from './uws-transport';
import { WsTransport } from './ws-transport';
import type { Proxies } from './client-address';

const TRUSTED: Proxies = { isProxy: inRanges(['127.0.0.0/8', '10.0.0.0/8']), protocol: false, tls: 'none' };
const WITH_PROTOCOL: Proxies = { ...TRUSTED, protocol: true };
const V2 = Buffer.from('0d0a0d0a000d0a515549540a' + '2111000c' + 'cb007109' + '0a000001' + '1010' + '2328', 'hex');
const V1 = Buffer.from('PROXY TCP4 203.0.113.9 10.0.0.1 4112 9000\r\n');
const FORWARDED = { 'X-Forwarded-For': '192.0.2.66, 203.0.113.9' };

let harness: ContractHarness;
afterEach(() => harness.stop());

describe.each([
  ['ws', (proxies: Proxies) => new ContractHarness((handler, limits) => new WsTransport(handler, limits, proxies))],
  ['uws', (proxies: Proxies) => new ContractHarness((handler, limits) => new UwsTransport(handler, limits, undefined, proxies))],
])('the transport %s behind an HTTP proxy', (_, make) => {
  it('takes the address of the station from X-Forwarded-For: for the decision, the socket and a refusal', async () => {
    await (harness = make(TRUSTED)).start();
    await harness.upgraded('/ocpp/CP1', FORWARDED);
    expect(harness.gateway.requests[0]?.remoteAddress).toBe('203.0.113.9');
    expect((await harness.gateway.opened()).socket.remoteAddress).toBe('203.0.113.9');
    await harness.ask('GET / HTTP/1.1\r\nHost: csms\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n');
    expect(harness.gateway.refusedAddresses).toEqual(['203.0.113.9']);
  });

  it('does not believe the header where no proxy is trusted', async () => {
    await (harness = make({ isProxy: () => false, protocol: false, tls: 'none' })).start();
    await harness.upgraded('/ocpp/CP1', FORWARDED);
    expect((await harness.gateway.opened()).socket.remoteAddress).toBe('127.0.0.1');
  });
});

describe('the PROXY protocol before the upgrade', () => {
  beforeEach(() => {
    harness = new ContractHarness((handler, limits) => new WsTransport(handler, limits, WITH_PROTOCOL));
    return harness.start();
  });

  it.each([
    ['version 1', V1],
    ['version 2', V2],
  ])('%s: gives the address of the station, and messages come as sent', async (_, header) => {
    const peer = await harness.connected();
    peer.write(Buffer.concat([header, Buffer.from(upgradeRequest('/ocpp/CP1'))]));
    expect((await peer.answer()).status).toBe(101);
    peer.write(frame(TEXT, 'hello'));
    const { socket, messages } = await harness.gateway.when(() => harness.gateway.sockets.find((one) => one.messages.length > 0));
    expect({ address: socket.remoteAddress, text: messages[0]?.text }).toEqual({ address: '203.0.113.9', text: 'hello' });
  });

  it('is read from packets of one byte, as is the request behind it', async () => {
    const peer = await harness.connected();
    peer.socket.setNoDelay(true);
    for (const byte of Buffer.concat([V2, Buffer.from(upgradeRequest('/ocpp/CP1'))])) {
      await new Promise((written) => peer.socket.write(Buffer.from([byte]), written));
    }
    expect((await peer.answer()).status).toBe(101);
    expect(harness.gateway.requests[0]?.remoteAddress).toBe('203.0.113.9');
  });

  it('is demanded: a connection without it is closed and counted, and so is one from elsewhere', async () => {
    const peer = await harness.connected();
    peer.write(upgradeRequest('/ocpp/CP1'));
    expect((await peer.end()).toString()).toBe('');
    expect(harness.gateway.refusals).toEqual(['bad-request']);
    await harness.stop();
    harness = new ContractHarness(
      (handler) => new WsTransport(handler, {}, { isProxy: inRanges(['10.0.0.0/8']), protocol: true, tls: 'none' }),
    );
    await harness.start();
    const foreign = await harness.connected();
    foreign.write(Buffer.concat([V2, Buffer.from(upgradeRequest('/ocpp/CP1'))]));
    expect((await foreign.end()).toString()).toBe('');
    expect(harness.gateway.requests).toEqual([]);
  });

  it('is waited for no longer than for the headers of a request', async () => {
    await harness.restart({ headerTimeoutMs: 50 });
    const peer = await harness.connected();
    peer.write(V2.subarray(0, 5));
    await peer.end();
    expect(harness.gateway.refusals).toEqual(['bad-request']);
  });

  it('does not keep a transport from closing', async () => {
    const peer = await harness.connected();
    peer.write(V2.subarray(0, 5));
    await harness.transport.close();
    await peer.end();
  });
});

describe('the PROXY protocol before TLS', () => {
  it('gives the address of a station whose TLS ends here, and its TLS is that of the station', async () => {
    const ca = await TestCertificate.root('CA');
    const server = await ca.leaf('csms', { names: ['csms.test'] });
    const files = { certs: [Buffer.from(server.pem)], keys: [Buffer.from(server.keyPem)], clientCas: [Buffer.from(ca.pem)] };
    const tls = { certificates: new ServerCertificates({ ...files, minVersion: '1.2' }), requestCertificates: true };
    harness = new ContractHarness((handler, limits) => new WsTransport(handler, limits, { ...WITH_PROTOCOL, tls: 'proxy-protocol' }, tls));
    await harness.start();
    const station = await ca.leaf('CP1');
    const tcp = connect({ port: harness.port, host: '127.0.0.1' });
    tcp.write(V2);
    const socket = connectTls({ socket: tcp, ca: ca.pem, servername: 'csms.test', cert: station.pem, key: station.keyPem });
    socket.write(upgradeRequest('/ocpp/CP1'));
    const { remoteAddress, security } = await harness.gateway.when(() => harness.gateway.requests[0]);
    expect(remoteAddress).toBe('203.0.113.9');
    expect(security).toMatchObject({ encrypted: true, certificate: { by: 'tls', flaw: null } });
    socket.destroy();
  });
});
