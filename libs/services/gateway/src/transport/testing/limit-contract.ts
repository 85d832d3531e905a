import { type ContractHarness } from './contract-harness';
import { frame, PONG } from './raw-peer';

/** What a station cannot exceed: backpressure and time. */
export function limitContract(harness: ContractHarness): void {
  describe('a station that does not read', () => {
    it('is buffered up to the limit; beyond it messages are dropped, and the socket can still be closed', async () => {
      await harness.restart({ maxBackpressureBytes: 256 * 1024 });
      const peer = await harness.upgraded();
      const recorded = await harness.gateway.opened();
      peer.socket.pause();
      const message = 'x'.repeat(64 * 1024);
      const outcomes = new Set<string>();
      let sent = recorded.socket.send(message);
      for (let i = 0; i < 1_000 && sent !== 'dropped'; i += 1) {
        outcomes.add(sent);
        sent = recorded.socket.send(message);
      }
      expect(sent).toBe('dropped');
      expect([...outcomes]).toEqual(harness.transport.capabilities.writesAtOnce ? ['sent', 'buffered'] : ['buffered']);
      expect(recorded.socket.bufferedBytes).toBeGreaterThan(0);
      expect(recorded.socket.bufferedBytes).toBeLessThanOrEqual(256 * 1024 + 64);
      recorded.socket.terminate();
      expect((await harness.gateway.closed())[0]).toBe(1006);
    });

    it('gets a message larger than the limit when nothing else is waiting', async () => {
      await harness.restart({ maxBackpressureBytes: 1024 });
      const peer = await harness.upgraded();
      const large = 'x'.repeat(3_000_000);
      expect((await harness.gateway.opened()).socket.send(large)).not.toBe('dropped');
      expect((await peer.frame()).payload).toHaveLength(large.length);
    });
  });

  describe('time', () => {
    it('ends a half-open station by the idle timeout though it is pinged, and keeps one that talks', async () => {
      await harness.restart({ idleTimeoutSeconds: 8 });
      const [silent, talking] = [await harness.upgraded('/silent'), await harness.upgraded('/talking')];
      const [ours, other] = [await harness.gateway.opened(0), await harness.gateway.opened(1)];
      silent.socket.pause();
      const talk = setInterval(() => {
        ours.socket.ping();
        talking.write(frame(PONG));
      }, 1_000);
      expect((await harness.gateway.closed(0))[0]).toBe(1006);
      clearInterval(talk);
      expect(other.socket.open).toBe(true);
    });

    it('ends a peer that drips its headers, and one that sends nothing', async () => {
      const ownTimeouts = harness.transport.capabilities.ownTimeouts;
      if (ownTimeouts) await harness.restart({ headerTimeoutMs: 300 });
      const silent = await harness.connected();
      const dripping = (await harness.connected()).write('GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\n');
      const drip = setInterval(() => dripping.write('X: y\r\n'), ownTimeouts ? 50 : 1_000);
      await Promise.all([silent.end(), dripping.end()]);
      clearInterval(drip);
      expect(harness.gateway.refusals).toEqual(ownTimeouts ? ['headers-late', 'headers-late'] : []);
    });

    it('cuts a station that does not answer our close frame', async () => {
      const ownTimeouts = harness.transport.capabilities.ownTimeouts;
      if (ownTimeouts) await harness.restart({ closeTimeoutMs: 200 });
      const peer = await harness.upgraded();
      (await harness.gateway.opened()).socket.close(1000);
      await peer.end();
    });
  });
}
