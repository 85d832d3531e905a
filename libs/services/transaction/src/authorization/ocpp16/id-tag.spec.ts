import { idTagInfo } from './id-tag';

const accepted = { status: 'Accepted', expiresAt: null, flag: null } as const;

describe('IdTagInfo of 1.6', () => {
  it('1.6 section 4.1: its status, its group and until when a cache may believe it', () => {
    expect(idTagInfo({ ...accepted, groupId: 'FLEET', expiresAt: '2027-01-01T00:00:00.000Z' })).toEqual({
      status: 'Accepted',
      parentIdTag: 'FLEET',
      expiryDate: '2027-01-01T00:00:00.000Z',
    });
    expect(idTagInfo({ ...accepted, groupId: null })).toEqual({ status: 'Accepted' });
  });

  it('no group that is longer than an idTag of 1.6 can be', () => {
    expect(idTagInfo({ ...accepted, groupId: 'G'.repeat(20) })).toEqual({ status: 'Accepted', parentIdTag: 'G'.repeat(20) });
    expect(idTagInfo({ ...accepted, groupId: 'G'.repeat(21) })).toEqual({ status: 'Accepted' });
  });
});
