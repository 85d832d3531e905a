import type { Protocol } from '@voltbus/contracts';
import { dialWebSocket } from './connection/ws-socket';
import { seededRandom } from './random';
import { ForeignCsms, IDENTITY, LONG_MS, until } from './testing/foreign-csms';
import { VirtualStation } from './virtual-station';

const SHORT_SESSION = { idToken: 'TAG', seconds: 0.3, readEverySeconds: 0.1 };

let csms: ForeignCsms;
beforeEach(async () => (csms = await ForeignCsms.start()));
afterEach(() => csms.stop());

describe.each<Protocol>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('a virtual station of %s at a CSMS of another project', (protocol) => {
  it('boots, reports, authorizes, charges and ends with messages that are valid by the schemas', async () => {
    const station = csms.startStation(protocol);
    await station.whenReady();
    const session = await station.charge(SHORT_SESSION);
    await station.stop(LONG_MS);
    expect(csms.violations).toEqual([]);
    expect(csms.actions().slice(0, 3)).toEqual(['BootNotification', 'StatusNotification', 'Authorize']);
    expect(session?.acknowledged).toMatchObject({ start: true, end: true });
    expect(session?.acknowledged.readings.length).toBeGreaterThan(0);
    const ends = csms.received.filter(({ action, payload }) => action === 'StopTransaction' || payload['eventType'] === 'Ended');
    expect(ends).toHaveLength(1);
  });

  it('sends nothing more once it is stopped during a session', async () => {
    const station = csms.startStation(protocol);
    await station.whenReady();
    const charging = station.charge({ idToken: 'TAG', seconds: 60, readEverySeconds: 0.1 });
    await until(() => csms.actions('StartTransaction', 'TransactionEvent').length > 0);
    await station.stop(0);
    expect((await charging)?.acknowledged.end).toBe(false);
  });

  it('delivers all messages of a session in order after it was offline, the start before the end', async () => {
    const station = csms.startStation(protocol);
    await station.whenReady();
    const charging = station.charge({ ...SHORT_SESSION, seconds: 0.4 });
    station.cut(600);
    const session = await charging;
    await station.stop(LONG_MS);
    expect(session?.acknowledged).toMatchObject({ start: true, end: true });
    const order = csms.received
      .filter(({ action }) => ['StartTransaction', 'StopTransaction', 'TransactionEvent'].includes(action))
      .map(({ action, payload }) => payload['seqNo'] ?? action);
    expect(order).toEqual(
      protocol === 'ocpp1.6' ? ['StartTransaction', 'StopTransaction'] : [...order].sort((one, other) => Number(one) - Number(other)),
    );
  });
});

describe('the connection of a virtual station', () => {
  const target = { url: '', identity: IDENTITY, protocol: 'ocpp2.0.1' } as const;

  it('is closed as soon as it opens when the station was stopped while it dialled', async () => {
    let stopped: Promise<void> | undefined;
    const onDisconnected = jest.fn();
    const station: VirtualStation = new VirtualStation({
      target: { ...target, url: csms.url },
      random: seededRandom(7),
      dial: async (...dialled) => {
        const socket = await dialWebSocket(...dialled);
        stopped = station.stop(0);
        await new Promise((resolve) => setImmediate(resolve)); // lets `stop` get as far as it can
        return socket;
      },
      observer: { onDisconnected },
    });
    csms.adopt(station);
    await until(() => stopped !== undefined);
    await stopped;
    expect(onDisconnected).toHaveBeenCalledWith(1000);
    expect(csms.actions()).toEqual([]);
  });

  it('is tried again when nothing answers at the URL, and the observer is told each time', async () => {
    const messages: string[] = [];
    const onUnreachable = ({ message }: Error): void => void messages.push(message);
    const url = 'ws://127.0.0.1:1/ocpp';
    csms.adopt(
      new VirtualStation({ target: { ...target, url }, random: seededRandom(7), dial: dialWebSocket, observer: { onUnreachable } }),
    );
    await until(() => messages.length >= 2);
    expect(messages[0]).toContain('ECONNREFUSED');
  });
});
