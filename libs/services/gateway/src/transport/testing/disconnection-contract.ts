import { type ContractHarness } from './contract-harness';
import { CLOSE, frame, TEXT } from './raw-peer';

/** The end of a connection, by either side. */
export function disconnectionContract(harness: ContractHarness): void {
  describe('the end', () => {
    it('reports the code and reason of the station’s close frame, and answers it', async () => {
      const peer = await harness.upgraded();
      peer.write(frame(CLOSE, Buffer.concat([Buffer.from([0x03, 0xe9]), Buffer.from('reboot')])));
      expect(await harness.gateway.closed()).toEqual([1001, 'reboot']);
      expect((await peer.frame()).opcode).toBe(8);
      await peer.end();
    });

    it('reports 1005 for a close frame without a code, 1006 for a TCP end or reset', async () => {
      (await harness.upgraded()).write(frame(CLOSE));
      expect((await harness.gateway.closed(0))[0]).toBe(1005);
      (await harness.upgraded()).socket.end();
      expect((await harness.gateway.closed(1))[0]).toBe(1006);
      (await harness.upgraded()).tcp.resetAndDestroy();
      expect((await harness.gateway.closed(2))[0]).toBe(1006);
    });

    it('sends a close frame, reports the end at once but not inside the call, and delivers nothing after it', async () => {
      const peer = await harness.upgraded();
      const recorded = await harness.gateway.opened();
      recorded.socket.close(1012, 'service restart');
      expect(recorded.closes).toEqual([]);
      expect(recorded.socket.open).toBe(false);
      expect(await harness.gateway.closed()).toEqual([1012, 'service restart']);
      peer.write(frame(TEXT, 'too late')).write(frame(CLOSE, Buffer.from([0x03, 0xf4])));
      const { opcode, payload } = await peer.frame();
      expect([opcode, payload.readUInt16BE(0), payload.subarray(2).toString()]).toEqual([8, 1012, 'service restart']);
      await peer.end();
      expect(recorded.messages).toEqual([]);
      expect(recorded.closes).toHaveLength(1);
    });

    it('terminates without a close frame', async () => {
      const peer = await harness.upgraded();
      (await harness.gateway.opened()).socket.terminate();
      expect(await peer.end()).toHaveLength(0);
      expect((await harness.gateway.closed())[0]).toBe(1006);
    });

    it('does nothing on a closed socket, whichever side closed it', async () => {
      (await harness.upgraded()).destroy();
      await harness.gateway.closed(0);
      await harness.upgraded();
      harness.gateway.sockets[1]?.socket.terminate();
      await harness.gateway.closed(1);
      for (const { socket, closes } of harness.gateway.sockets) {
        expect(socket.send('x')).toBe('dropped');
        socket.ping();
        socket.close(1000);
        socket.terminate();
        expect(socket.bufferedBytes).toBe(0);
        expect(socket.open).toBe(false);
        expect(closes).toHaveLength(1);
      }
    });

    it('lets a socket be closed while it is being opened', async () => {
      harness.gateway.onOpen = ({ socket }) => socket.close(1002, 'no common version');
      const peer = await harness.upgraded();
      expect((await peer.frame()).payload.readUInt16BE(0)).toBe(1002);
      expect(await harness.gateway.closed()).toEqual([1002, 'no common version']);
    });

    it('cuts a reason to what a close frame holds, between characters', async () => {
      const peer = await harness.upgraded();
      (await harness.gateway.opened()).socket.close(1000, `x${'é'.repeat(100)}`);
      expect((await peer.frame()).payload.subarray(2).toString()).toBe(`x${'é'.repeat(61)}`);
    });

    it('refuses to send a code that may not stand in a frame', async () => {
      await harness.upgraded();
      const { socket } = await harness.gateway.opened();
      for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000]) expect(() => socket.close(code)).toThrow(RangeError);
      expect(socket.open).toBe(true);
    });

    it('closes with 1011 when the gateway throws on a message, and goes on', async () => {
      const defect = new Error('on a message');
      harness.gateway.onMessage = () => {
        throw defect;
      };
      const peer = (await harness.upgraded()).write(frame(TEXT, 'x'));
      expect((await peer.frame()).payload.readUInt16BE(0)).toBe(1011);
      expect(harness.gateway.defects).toEqual([defect]);
      expect((await harness.gateway.closed())[0]).toBe(1011);
      await harness.upgraded();
    });
  });
}
