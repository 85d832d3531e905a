import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePorts } from '@voltbus/testing';
import type { UpgradeDecision } from '../station-transport';
import { deferred, type ContractHarness } from './contract-harness';
import { frame, RawPeer, TEXT, upgradeRequest } from './raw-peer';
import { RecordingGateway } from './recording-gateway';

/** Listening, its end, and its errors. */
export function listeningContract(harness: ContractHarness): void {
  describe('listening', () => {
    it('rejects with PortInUse when another transport listens there: no two share a port', async () => {
      const [first, second] = [harness.make(new RecordingGateway()), harness.make(new RecordingGateway())];
      const [free = 0] = await freePorts(1); // a port that was just given up may be somebody's next
      expect(await first.listen({ host: '127.0.0.1', port: free })).toEqual({ port: free });
      const message = `port ${free} on 127.0.0.1 is in use`;
      await expect(second.listen({ host: '127.0.0.1', port: free })).rejects.toMatchObject({ name: 'PortInUse', message, port: free });
      await Promise.all([first.close(), second.close()]);
    });

    it('rejects with PortInUse when another program listens there', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const address = other.address();
      const taken = typeof address === 'object' && address ? address.port : 0;
      const second = harness.make(new RecordingGateway());
      await expect(second.listen({ host: '127.0.0.1', port: taken })).rejects.toMatchObject({ name: 'PortInUse' });
      await second.close();
      other.close();
    });

    it("rejects with the system's error for an address that is not ours", async () => {
      const second = harness.make(new RecordingGateway());
      await expect(second.listen({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
      await second.close();
    });

    it('stops taking connections while open sockets live on, until they are closed with a close frame', async () => {
      const peer = await harness.upgraded();
      const recorded = await harness.gateway.opened();
      harness.transport.stopListening();
      harness.transport.stopListening();
      await expect(RawPeer.connect(harness.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      peer.write(frame(TEXT, 'still here'));
      expect((await harness.gateway.when(() => recorded.messages[0])).text).toBe('still here');
      recorded.socket.close(1012);
      expect((await peer.frame()).payload.readUInt16BE(0)).toBe(1012);
    });

    it('answers 503 to a peer whose upgrade was being decided when it stopped', async () => {
      const decision = deferred<UpgradeDecision<string>>();
      harness.gateway.decide = () => decision.promise;
      const peer = (await harness.connected()).write(upgradeRequest('/ocpp/CP1'));
      await harness.gateway.when(() => harness.gateway.requests[0]);
      harness.transport.stopListening();
      decision.resolve({ accept: true, subprotocol: null, context: '' });
      expect((await peer.answer()).status).toBe(503);
      expect(harness.gateway.refusals).toEqual(['stopping']);
      expect(harness.gateway.sockets).toEqual([]);
    });

    it('cuts all peers that are left when it is closed, and reports that to the gateway', async () => {
      const decision = deferred<UpgradeDecision<string>>();
      const open = await harness.upgraded();
      harness.gateway.decide = () => decision.promise;
      const deciding = (await harness.connected()).write(upgradeRequest('/ocpp/CP2'));
      const silent = await harness.connected();
      await harness.gateway.when(() => harness.gateway.requests[1]);
      await harness.transport.close();
      expect((await harness.gateway.closed())[0]).toBe(1006);
      expect(harness.gateway.sockets[0]?.closes).toHaveLength(1);
      await Promise.all([open.end(), deciding.end(), silent.end()]);
      decision.resolve({ accept: true, subprotocol: null, context: '' });
      await harness.gateway.when(() => harness.gateway.refusals.includes('left'));
      await harness.transport.close();
    });
  });
}
