import type { UpgradeDecision } from '../station-transport';
import { deferred, type ContractHarness } from './contract-harness';
import { frame, TEXT, upgradeRequest } from './raw-peer';

/** The upgrade of a request, and the decision of the gateway. */
export function upgradeContract(harness: ContractHarness): void {
  describe('upgrade', () => {
    it('upgrades a station that the gateway accepts, under the chosen subprotocol', async () => {
      harness.gateway.decide = () => ({ accept: true, subprotocol: 'ocpp2.0.1', context: 'CP1 of acme' });
      const { status, headers } = await harness.ask(
        upgradeRequest('/ocpp/acme/CP1?a=b', {
          'Sec-WebSocket-Protocol': 'ocpp1.6, ocpp2.0.1',
          Authorization: 'Basic YTpi',
          'User-Agent': 'fw 1',
        }),
      );
      expect(status).toBe(101);
      expect(headers['sec-websocket-protocol']).toBe('ocpp2.0.1');
      expect(headers).not.toHaveProperty('sec-websocket-extensions');
      expect(harness.gateway.requests).toEqual([
        {
          path: '/ocpp/acme/CP1',
          query: 'a=b',
          offered: ['ocpp1.6', 'ocpp2.0.1'],
          authorization: 'Basic YTpi',
          userAgent: 'fw 1',
          remoteAddress: '127.0.0.1',
          security: harness.security,
        },
      ]);
      const { socket, context } = await harness.gateway.opened();
      expect(context).toBe('CP1 of acme');
      expect(socket).toMatchObject({ open: true, remoteAddress: '127.0.0.1', bufferedBytes: 0 });
    });

    it('can upgrade a station without naming a subprotocol', async () => {
      harness.gateway.decide = () => ({ accept: true, subprotocol: null, context: '' });
      expect((await harness.ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Protocol': 'ocpp0.9' }))).headers).not.toHaveProperty(
        'sec-websocket-protocol',
      );
    });

    it.each([
      ['none', undefined, []],
      ['an empty value', '', []],
      ['a trailing comma', 'ocpp1.6,', ['ocpp1.6']],
      ['a token twice', 'ocpp1.6, ocpp1.6, ocpp2.0.1', ['ocpp1.6', 'ocpp2.0.1']],
      ['quotes', '"ocpp2.0.1", ocpp1.6', ['ocpp2.0.1', 'ocpp1.6']],
      ['something that is no token', 'ocpp 1.6, {}, ocpp1.6', ['ocpp1.6']],
      ['capitals', 'OCPP1.6', ['OCPP1.6']],
    ])('tolerates a subprotocol header with %s', async (_, value, offered) => {
      const { status, headers } = await harness.ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Protocol': value }));
      expect(status).toBe(101);
      expect(harness.gateway.requests[0]?.offered).toEqual(offered);
      expect(headers['sec-websocket-protocol']).toBe(offered[0]);
    });

    it('joins subprotocols from two header lines', async () => {
      await harness.ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Protocol': 'ocpp2.1' }, ['sec-websocket-protocol: ocpp1.6']));
      expect(harness.gateway.requests[0]?.offered).toEqual(['ocpp2.1', 'ocpp1.6']);
    });

    it('ignores extensions, well-formed or not: there is no compression', async () => {
      for (const offer of ['permessage-deflate; client_max_window_bits', 'permessage-deflate; nonsense=1', '=;=']) {
        const { status, headers } = await harness.ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Extensions': offer }));
        expect([status, headers['sec-websocket-extensions']]).toEqual([101, undefined]);
      }
    });

    it('passes paths on as they were written', async () => {
      for (const path of ['/ocpp/acme/a%2Fb%20c', '/ocpp//CP1/', '/ocpp/%00', '/ocpp/../x', '/ocpp/%zz', `/ocpp/${'x'.repeat(256)}`]) {
        await harness.ask(upgradeRequest(path));
        expect(harness.gateway.requests.at(-1)).toMatchObject({ path, query: '' });
      }
    });

    it('reduces an absolute-form target to its path', async () => {
      const { status } = await harness.ask(upgradeRequest('ws://csms.example:9000/ocpp/acme/CP1?x=1'));
      expect(status).toBe(harness.transport.capabilities.absoluteTargets ? 101 : 505);
      if (harness.transport.capabilities.absoluteTargets)
        expect(harness.gateway.requests[0]).toMatchObject({ path: '/ocpp/acme/CP1', query: 'x=1' });
    });

    it.each([400, 401, 403, 404, 429, 431, 503] as const)(
      'refuses with %i and the headers and body of the gateway, and ends',
      async (status) => {
        harness.gateway.decide = () => ({
          accept: false,
          status,
          headers: { 'Retry-After': '7', 'X-Two': 'a\r\nInjected: b' },
          body: 'not now',
        });
        const peer = await harness.connected();
        const answer = await peer.write(upgradeRequest('/ocpp/CP1')).answer();
        expect(answer).toMatchObject({ status, body: 'not now', headers: { 'retry-after': '7' } });
        expect(answer.headers).not.toHaveProperty('injected');
        await peer.end();
        expect(harness.gateway.sockets).toEqual([]);
      },
    );

    it('waits for a decision; frames that the station sent too early are delivered or lost, as the adapter can', async () => {
      const decision = deferred<UpgradeDecision<string>>();
      harness.gateway.decide = () => decision.promise;
      const peer = (await harness.connected()).write(upgradeRequest('/ocpp/CP1')).write(frame(TEXT, 'early'));
      await harness.gateway.when(() => harness.gateway.requests[0]);
      decision.resolve({ accept: true, subprotocol: null, context: '' });
      expect((await peer.answer()).status).toBe(101);
      peer.write(frame(TEXT, 'in time'));
      const { messages } = await harness.gateway.opened();
      await harness.gateway.when(() => messages.some(({ text }) => text === 'in time'));
      expect(messages.map(({ text }) => text)).toEqual(
        harness.transport.capabilities.keepsEarlyFrames ? ['early', 'in time'] : ['in time'],
      );
    });

    it('does not open a station that left while its upgrade was being decided', async () => {
      const decision = deferred<UpgradeDecision<string>>();
      harness.gateway.decide = ({ path }) => (path === '/gone' ? decision.promise : { accept: true, subprotocol: null, context: '' });
      const peer = (await harness.connected()).write(upgradeRequest('/gone'));
      await harness.gateway.when(() => harness.gateway.requests[0]);
      peer.destroy();
      await harness.upgraded('/other'); // a round trip, so that the transport has seen the end of the first
      decision.resolve({ accept: true, subprotocol: null, context: 'gone' });
      await harness.gateway.when(() => harness.gateway.refusals.includes('left'));
      expect(harness.gateway.sockets.map(({ context }) => context)).not.toContain('gone');
    });

    it('answers 500 when the gateway throws, now or later, and goes on', async () => {
      const [now, later] = [new Error('now'), new Error('later')];
      harness.gateway.decide = ({ path }) => {
        if (path === '/now') throw now;
        return path === '/later' ? Promise.reject(later) : { accept: true, subprotocol: null, context: '' };
      };
      expect((await harness.ask(upgradeRequest('/now'))).status).toBe(500);
      expect((await harness.ask(upgradeRequest('/later'))).status).toBe(500);
      expect(harness.gateway.defects).toEqual([now, later]);
      expect(harness.gateway.refusals).toEqual(['decision-failed', 'decision-failed']);
      expect((await harness.ask(upgradeRequest('/fine'))).status).toBe(101);
    });

    it('treats a subprotocol that was not offered as a defect', async () => {
      harness.gateway.decide = () => ({ accept: true, subprotocol: 'ocpp2.1', context: '' });
      expect((await harness.ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Protocol': 'ocpp1.6' }))).status).toBe(500);
      expect(harness.gateway.defects).toHaveLength(1);
    });

    it('answers 503 when no decision comes in time', async () => {
      await harness.restart({ upgradeTimeoutMs: 50 });
      harness.gateway.decide = () => new Promise(() => undefined);
      expect(await harness.ask(upgradeRequest('/ocpp/CP1'))).toMatchObject({
        status: 503,
        headers: { 'retry-after': expect.stringMatching(/^\d+$/) as string },
      });
      expect(harness.gateway.refusals).toEqual(['decision-timeout']);
    });

    it('decides a bounded number at a time, answers 503 to the others, and recovers', async () => {
      await harness.restart({ maxHandshakes: 2 });
      const decision = deferred<UpgradeDecision<string>>();
      harness.gateway.decide = () => decision.promise;
      const waiting = [(await harness.connected()).write(upgradeRequest('/1')), (await harness.connected()).write(upgradeRequest('/2'))];
      await harness.gateway.when(() => harness.gateway.requests.length === 2);
      expect(await harness.ask(upgradeRequest('/3'))).toMatchObject({
        status: 503,
        headers: { 'retry-after': expect.any(String) as string },
      });
      expect(harness.gateway.requests).toHaveLength(2);
      expect(harness.gateway.refusals).toEqual(['too-many-handshakes']);
      decision.resolve({ accept: true, subprotocol: null, context: '' });
      for (const peer of waiting) expect((await peer.answer()).status).toBe(101);
      expect((await harness.ask(upgradeRequest('/4'))).status).toBe(101);
    });
  });
}
