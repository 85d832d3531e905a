import { startServiceWithTokens, station } from '../../testing/ocpp16-session';
import type { ServiceFixture } from '../../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startServiceWithTokens();
});
afterAll(() => service?.close());

describe('1.6 Authorize', () => {
  it('section 4.1 answers by the token, without regard to case, with its group', async () => {
    expect(await service.receive(station('auth'), 'Authorize', { idTag: 'tag-1' })).toEqual({
      idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' },
    });
    expect(await service.receive(station('auth'), 'Authorize', { idTag: 'BLOCKED' })).toEqual({ idTagInfo: { status: 'Blocked' } });
    expect(await service.receive(station('auth'), 'Authorize', { idTag: 'NOBODY' })).toEqual({ idTagInfo: { status: 'Invalid' } });
    expect(await service.receive(station('auth', { tenant: 'other' }), 'Authorize', { idTag: 'TAG-1' })).toEqual({
      idTagInfo: { status: 'Invalid' },
    });
  });

  it("leaves unknown tokens to the tenant's policy", async () => {
    await service.tokenStore.rememberTenant('open', { unknownTokens: 'accept', masterPassGroup: null });
    expect(await service.receive(station('auth', { tenant: 'open' }), 'Authorize', { idTag: 'NOBODY' })).toEqual({
      idTagInfo: { status: 'Accepted' },
    });
  });
});
