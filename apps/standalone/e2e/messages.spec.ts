import { Api, ForeignStation, PROTOCOL_NAMES, boot, eventually, prepare, startStandalone, type Standalone } from '@voltbus/testing';

interface Message {
  at: string;
  direction: 'in' | 'out';
  type: string;
  messageId: string;
  action: string;
  payload: Record<string, unknown>;
  latencyMs: number | null;
}
interface Refusal {
  station: string | null;
  tenant: string | null;
  reason: string;
}

let standalone: Standalone;
let password: string;
const api = (): Api => new Api(standalone.apiUrl, standalone.adminKey);
const messages = async (station: string) =>
  (await api().get<{ items: Message[] }>(`/v1/stations/${station}/messages?limit=100`)).body.items;
const connect = (protocol: (typeof PROTOCOL_NAMES)[number], station = protocol as string, given = password) =>
  ForeignStation.connect({ url: standalone.ocppUrl, station, protocol, password: given });

beforeAll(async () => {
  standalone = await startStandalone();
  password = await prepare(api(), PROTOCOL_NAMES, 'PROOF-TAG');
});
afterAll(() => standalone?.stop());

describe('the messages between a station and us', () => {
  it.each(PROTOCOL_NAMES)('is shown to an operator within seconds, newest first (%s)', async (protocol) => {
    const station = await connect(protocol);
    await boot(station);
    await station.call('Heartbeat', {});
    station.answer('ClearCache', () => ({ status: 'Accepted' }));
    await api().post(`/v1/stations/${protocol}/commands`, { action: 'ClearCache', payload: {}, wait: 60 });
    const shown = await eventually(
      () => messages(protocol),
      (items) => items.length >= 6,
    );
    expect(shown.map(({ direction, type, action }) => [direction, type, action]).reverse()).toEqual([
      ['in', 'call', 'BootNotification'],
      ['out', 'result', 'BootNotification'],
      ['in', 'call', 'Heartbeat'],
      ['out', 'result', 'Heartbeat'],
      ['out', 'call', 'ClearCache'],
      ['in', 'result', 'ClearCache'],
    ]);
    expect(shown[0]).toMatchObject({ messageId: shown[1]?.messageId, payload: { status: 'Accepted' }, latencyMs: expect.any(Number) });
    expect(shown.map(({ at }) => at)).toEqual(
      shown
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    await station.close();
  });

  it('never shows a PIN that somebody typed (C04.FR.04)', async () => {
    const station = await connect('ocpp2.0.1');
    await boot(station);
    await station.call('Authorize', { idToken: { idToken: 'PIN-4711', type: 'KeyCode' } });
    const shown = await eventually(
      () => messages('ocpp2.0.1'),
      (items) => items.some(({ action, direction }) => action === 'Authorize' && direction === 'out'),
    );
    expect(shown.find(({ action, direction }) => action === 'Authorize' && direction === 'in')?.payload).toEqual({
      idToken: { idToken: '[redacted]', type: 'KeyCode' },
    });
    expect(JSON.stringify(shown)).not.toContain('4711');
    await station.close();
  });

  it('is gone at once when the tenant does not want it, and comes back with the next connection when it does', async () => {
    await api().patch('/v1/tenants/default', { keepMessagesHours: 0 });
    expect(await messages('ocpp1.6')).toEqual([]);
    const unseen = await connect('ocpp1.6');
    await unseen.call('Heartbeat', {});
    await unseen.close();
    const since = new Date().toISOString();
    await api().patch('/v1/tenants/default', { keepMessagesHours: 1 });
    await eventually(
      async () => {
        const station = await connect('ocpp1.6');
        await station.call('Heartbeat', {});
        await station.close();
        return messages('ocpp1.6');
      },
      (items) => items.some(({ at }) => at > since),
    );
  });
});

describe('who was not let in', () => {
  it('is shown with the reason, once for each kind, and never with what it tried', async () => {
    const wrong = 'not the password of any';
    for (let time = 0; time < 3; time++) await expect(connect('ocpp1.6', 'ocpp1.6', wrong)).rejects.toThrow('Unauthorized');
    await expect(connect('ocpp1.6', 'nobody')).rejects.toThrow('Unauthorized');
    const list = async () => (await api().get<{ items: (Refusal & { times: number })[] }>('/v1/refused-connections')).body.items;
    const shown = await eventually(list, (items) => items.length >= 2 && items.some(({ times }) => times === 3));
    expect(shown.map(({ tenant, station, reason, times }) => [tenant, station, reason, times])).toEqual([
      ['default', 'nobody', 'unknown-station', 1],
      ['default', 'ocpp1.6', 'wrong-credentials', 3],
    ]);
    expect(JSON.stringify(shown)).not.toContain(wrong);
  });
});
