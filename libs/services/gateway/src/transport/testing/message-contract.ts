import { FIN, CONTINUATION, FIRST_OF_TEXT, BINARY, type ContractHarness } from './contract-harness';
import { frame, PING, PONG, TEXT } from './raw-peer';

/** Messages and pings of both directions. */
export function messageContract(harness: ContractHarness): void {
  describe('messages', () => {
    it('delivers text and binary messages whole, as copies that do not change', async () => {
      const peer = await harness.upgraded();
      const { messages } = await harness.gateway.opened();
      peer.write(frame(TEXT, '[2,"1","Heartbeat",{}]')).write(frame(BINARY, 'bytes')).write(frame(TEXT, '')).write(frame(TEXT, 'é站🔌'));
      await harness.gateway.when(() => messages.length === 4);
      expect(messages.map(({ isBinary }) => isBinary)).toEqual([false, true, false, false]);
      expect(messages.map(({ bytes }) => bytes.toString())).toEqual(['[2,"1","Heartbeat",{}]', 'bytes', '', 'é站🔌']);
    });

    it('puts fragments together, also ones that cut a character, with a ping between them', async () => {
      const peer = await harness.upgraded();
      const recorded = await harness.gateway.opened();
      const [head, tail] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
      peer
        .write(frame(FIRST_OF_TEXT, head))
        .write(frame(PING, 'p'))
        .write(frame(CONTINUATION, tail))
        .write(frame(FIN | CONTINUATION, '!'));
      await harness.gateway.when(() => recorded.messages.length === 1);
      expect(recorded.messages[0]?.text).toBe('é!');
      expect(recorded.pings).toBe(1);
      expect(await peer.frame()).toMatchObject({ opcode: 10, payload: Buffer.from('p') });
    });

    it('takes a message of exactly the largest size', async () => {
      const peer = await harness.upgraded();
      const { messages } = await harness.gateway.opened();
      peer.write(frame(TEXT, Buffer.alloc(1024 * 1024, 'x')));
      expect((await harness.gateway.when(() => messages[0])).bytes).toHaveLength(1024 * 1024);
    });

    it('keeps the order of a burst', async () => {
      const peer = await harness.upgraded();
      const { messages } = await harness.gateway.opened();
      peer.write(Buffer.concat(Array.from({ length: 500 }, (_, i) => frame(TEXT, String(i)))));
      await harness.gateway.when(() => messages.length === 500);
      expect(messages.map(({ text }) => Number(text))).toEqual(Array.from({ length: 500 }, (_, i) => i));
    });

    it('sends text, unmasked and whole', async () => {
      const peer = await harness.upgraded();
      const { socket } = await harness.gateway.opened();
      const long = 'ü'.repeat(40_000);
      expect(socket.send('[3,"1",{}]')).toBe(harness.transport.capabilities.writesAtOnce ? 'sent' : 'buffered');
      socket.send(long);
      expect(await peer.frame()).toEqual({ opcode: 1, payload: Buffer.from('[3,"1",{}]') });
      expect((await peer.frame()).payload.toString()).toBe(long);
    });

    it('pings, and reports the pong of the station', async () => {
      const peer = await harness.upgraded();
      const recorded = await harness.gateway.opened();
      recorded.socket.ping();
      expect((await peer.frame()).opcode).toBe(9);
      peer.write(frame(PONG));
      await harness.gateway.when(() => recorded.pongs === 1);
    });

    it('reports every ping of a flood to the gateway', async () => {
      const peer = await harness.upgraded();
      const recorded = await harness.gateway.opened();
      peer.write(Buffer.concat(Array.from({ length: 2_000 }, () => frame(PING))));
      await harness.gateway.when(() => recorded.pings === 2_000);
    });
  });

  describe('violations', () => {
    it.each([
      ['a message above the limit', frame(TEXT, 'x', { claimedLength: 1024n * 1024n + 1n }), 1009, 1009],
      ['a length of 2^62', frame(TEXT, 'x', { claimedLength: 1n << 62n }), 1009, 1009],
      [
        'fragments that together are above the limit',
        Buffer.concat([frame(FIRST_OF_TEXT, Buffer.alloc(700_000, 'x')), frame(FIN, Buffer.alloc(700_000, 'x'))]),
        1009,
        1009,
      ],
      ['invalid UTF-8', frame(TEXT, Buffer.from([0xff, 0xfe])), 1007, 1007],
      ['a lone surrogate', frame(TEXT, Buffer.from([0xed, 0xa0, 0x80])), 1007, 1007],
      ['a reserved bit, as of compressed frames that nobody negotiated (quirk 26)', frame(TEXT | 0x40, 'x'), 1002, 1006],
      ['an unknown opcode', frame(0x83, 'x'), 1002, 1006],
      ['a continuation of nothing', frame(FIN, 'x'), 1002, 1006],
      ['a message inside a message', Buffer.concat([frame(FIRST_OF_TEXT, 'x'), frame(TEXT, 'y')]), 1002, 1006],
      ['a ping that is too long', frame(PING, Buffer.alloc(126)), 1002, 1006],
      ['a fragmented ping', frame(0x09, 'x'), 1002, 1006],
    ])('ends %s at once', async (_, bytes, withCloseFrame, without) => {
      const peer = await harness.upgraded();
      const { messages } = await harness.gateway.opened();
      peer.write(bytes);
      const framed = harness.transport.capabilities.closeFrameOnViolation;
      if (framed) {
        const { opcode, payload } = await peer.frame();
        expect([opcode, payload.readUInt16BE(0)]).toEqual([8, withCloseFrame]);
      } else {
        expect(await peer.end()).toHaveLength(0);
      }
      expect((await harness.gateway.closed())[0]).toBe(framed ? withCloseFrame : without);
      expect(messages).toEqual([]);
    });

    it('never delivers an unmasked frame, and ends the connection where it can', async () => {
      const peer = await harness.upgraded();
      const recorded = await harness.gateway.opened();
      peer.write(frame(TEXT, 'unmasked', { masked: false }));
      if (harness.transport.capabilities.refusesUnmasked) expect((await harness.gateway.closed())[0]).toBe(1002);
      else await harness.upgraded(); // a round trip: it had the time
      expect(recorded.messages).toEqual([]);
    });

    it('bounds the number of fragments where it can', async () => {
      await harness.restart({ maxFragments: 100 });
      const peer = await harness.upgraded();
      const recorded = await harness.gateway.opened();
      peer.write(Buffer.concat([frame(FIRST_OF_TEXT), ...Array.from({ length: 100 }, () => frame(CONTINUATION)), frame(FIN, 'x')]));
      if (harness.transport.capabilities.boundsFragments) expect((await harness.gateway.closed())[0]).toBe(1008);
      else expect((await harness.gateway.when(() => recorded.messages[0])).text).toBe('x');
    });
  });
}
