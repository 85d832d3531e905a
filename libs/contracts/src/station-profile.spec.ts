import { hashStationKey } from './station-profile';

const password = Buffer.from('0123456789abcdef');

describe("the hash of a station's key", () => {
  it('differs between stations and tenants with the same password', () => {
    const hashes = [
      { tenant: 'a', station: 'b' },
      { tenant: 'a', station: 'c' },
      { tenant: 'x', station: 'b' },
    ].map((ref) => hashStationKey('p', ref, password));
    expect(new Set(hashes).size).toBe(3);
  });

  it('differs under another pepper', () => {
    const ref = { tenant: 'a', station: 'b' };
    expect(hashStationKey('p', ref, password)).not.toBe(hashStationKey('q', ref, password));
  });

  it('is of bytes: a password that is no UTF-8 keeps its differences', () => {
    const ref = { tenant: 'a', station: 'b' };
    expect(hashStationKey('p', ref, Buffer.from([0xff]))).not.toBe(hashStationKey('p', ref, Buffer.from([0xfe])));
  });
});
