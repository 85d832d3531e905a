import { ForeignCsms, until } from '../testing/foreign-csms';

let csms: ForeignCsms;
beforeEach(async () => (csms = await ForeignCsms.start()));
afterEach(() => csms.stop());

const set = (id: number, more: object = {}) =>
  csms.call('SetDisplayMessage', { message: { id, priority: 'NormalCycle', message: { format: 'UTF8', content: 'Hello' }, ...more } });
const listed = () => csms.received.filter(({ action }) => action === 'NotifyDisplayMessages').map(({ payload }) => payload);

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('the display of a station of %s', (protocol) => {
  it('shows what it is told to, lists it in parts, and forgets what is over', async () => {
    await csms.startStation(protocol).whenReady();
    await expect(csms.call('GetDisplayMessages', { requestId: 1 })).resolves.toEqual({ status: 'Unknown' });
    for (const id of [1, 2, 3]) await expect(set(id)).resolves.toEqual({ status: 'Accepted' });
    await expect(set(4, { endDateTime: '2020-01-01T00:00:00Z' })).resolves.toEqual({ status: 'Accepted' });
    await expect(set(5, { transactionId: 'none' })).resolves.toEqual({ status: 'UnknownTransaction' });
    await expect(set(6, { message: { format: 'HTML', content: '<p>' } })).resolves.toEqual({ status: 'NotSupportedMessageFormat' });
    await expect(csms.call('GetDisplayMessages', { requestId: 2 })).resolves.toEqual({ status: 'Accepted' });
    await until(() => listed().length === 2);
    expect(listed()).toMatchObject([
      { requestId: 2, tbc: true, messageInfo: [{ id: 1 }, { id: 2 }] },
      { requestId: 2, tbc: false, messageInfo: [{ id: 3 }] },
    ]);
    await expect(csms.call('ClearDisplayMessage', { id: 3 })).resolves.toEqual({ status: 'Accepted' });
    await expect(csms.call('ClearDisplayMessage', { id: 3 })).resolves.toEqual({ status: 'Unknown' });
    expect(csms.violations).toEqual([]);
  });
});
