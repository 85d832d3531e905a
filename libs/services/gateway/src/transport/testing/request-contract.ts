import { type ContractHarness } from './contract-harness';
import { upgradeRequest } from './raw-peer';

/** Requests that are no upgrades. */
export function requestContract(harness: ContractHarness): void {
  describe('what is not an upgrade', () => {
    it.each([
      ['a plain GET', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 426, 'not-a-websocket'],
      ['a POST', 'POST /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi', 404, 'not-a-websocket'],
      ['no Connection: Upgrade', upgradeRequest('/ocpp/CP1', { Connection: undefined }), 426, 'not-a-websocket'],
      ['no Upgrade header', upgradeRequest('/ocpp/CP1', { Upgrade: undefined }), 426, 'not-a-websocket'],
      ['another upgrade', upgradeRequest('/ocpp/CP1', { Upgrade: 'h2c' }), 426, 'not-a-websocket'],
      ['no key', upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Key': undefined }), 400, 'bad-request'],
      ['a bad key', upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Key': 'short' }), 400, 'bad-request'],
      ['an old version', upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Version': '8' }), 426, 'bad-request'],
      ['20 KB of headers', upgradeRequest('/ocpp/CP1', { 'X-Long': 'x'.repeat(20_000) }), 431, 'headers-too-large'],
      [
        '9 KB in many headers',
        upgradeRequest(
          '/ocpp/CP1',
          {},
          Array.from({ length: 90 }, (_, i) => `X-${i}: ${'x'.repeat(100)}`),
        ),
        431,
        'headers-too-large',
      ],
    ])('answers %s and ends', async (_, request, status, reason) => {
      const peer = await harness.connected();
      expect((await peer.write(request).answer()).status).toBe(status);
      await peer.end();
      expect(harness.gateway.refusals).toEqual([reason]);
      expect(harness.gateway.requests).toEqual([]);
    });

    it('names the WebSocket version it speaks', async () => {
      expect((await harness.ask(upgradeRequest('/', { 'Sec-WebSocket-Version': '8' }))).headers['sec-websocket-version']).toBe('13');
    });

    it.each([
      ['TLS on the plain port', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x0d, 0x0a, 0x0d, 0x0a])],
      ['a path with a raw space', upgradeRequest('/ocpp/CP 1')],
      ['a target without a slash', upgradeRequest('CP1')],
    ])('ends %s', async (_, bytes) => {
      const peer = (await harness.connected()).write(bytes);
      await peer.end();
      expect(harness.gateway.requests).toEqual([]);
      expect((await harness.ask(upgradeRequest('/fine'))).status).toBe(101);
    });
  });
}
