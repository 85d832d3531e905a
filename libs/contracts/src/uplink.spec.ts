import fc from 'fast-check';
import { packUplink, unpackUplink, type UplinkMeta } from './uplink';

const meta: UplinkMeta = {
  protocol: 'ocpp1.6',
  action: 'StartTransaction',
  messageId: 'a|b"c',
  ack: 'service',
  returnTo: { inst: 'gw-0-1a2b3c4d', bucket: 7, epoch: 1_795_000_000_000_001 },
  registration: 'accepted',
  checked: 'no',
  receivedAt: 1_795_000_000_000,
  answerBy: 1_795_000_025_000,
};

describe('the packed header of a lane record', () => {
  it('is unpacked as it was packed, whatever the station chose as message id', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer()), fc.option(fc.string({ minLength: 1 }), { nil: undefined }), (messageId, trace) => {
        const given = trace === undefined ? { ...meta, messageId } : { ...meta, messageId, trace };
        expect(unpackUplink(packUplink(given))).toEqual(given);
      }),
    );
  });

  it.each([undefined, Buffer.from('['), Buffer.from('{}'), Buffer.from('[2,"ocpp1.6"]'), Buffer.from('[1]')])(
    'throws on a header that it did not write: %s',
    (header) => {
      expect(() => unpackUplink(header)).toThrow();
    },
  );

  it('marks a requested message, and leaves all others as older services read them', () => {
    expect(unpackUplink(packUplink({ ...meta, asked: true }))).toEqual({ ...meta, asked: true });
    expect((JSON.parse(packUplink(meta).toString()) as unknown[]).length).toBe(13);
  });

  it('stays one small header', () => {
    expect(packUplink(meta).length).toBeLessThan(220);
  });
});
