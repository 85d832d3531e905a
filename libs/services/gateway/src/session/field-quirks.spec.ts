import {
  COMMANDS,
  CONNECTIONS,
  fromCloudEventHeaders,
  type CommandRequest,
  type ProtocolMismatch,
  type Protocol,
} from '@voltbus/contracts';
import { PERSONALITIES, VirtualStation, dialWebSocket, seededRandom } from '@voltbus/virtual-station';
import { MISSING_BOOT_MS } from '../limits';
import { GatewayFixture, PASSWORD, type ReceivedMessage } from '../testing/gateway-fixture';

/** Stations with the habits of the simulator, at a real gateway; what the services would say is said here. */
let fixture: GatewayFixture;
let station: VirtualStation;
beforeEach(async () => {
  fixture = await GatewayFixture.start({ HEARTBEAT_SECONDS: 3_600, PING_SECONDS: 3_600 }); // nobody is silent when time is said to have passed
  await fixture.addStation('CS-1');
});
afterEach(async () => {
  await station.stop(0);
  await fixture.stop();
});

const ref = { tenant: 'default', station: 'CS-1' };
const clearCache = { action: 'ClearCache', payload: {} };

function born(personality: string, protocol: Protocol = 'ocpp1.6'): void {
  station = new VirtualStation({
    target: { url: `ws://127.0.0.1:${fixture.gateways[0]?.port}/ocpp`, identity: 'CS-1', protocol, password: PASSWORD },
    random: seededRandom(7),
    dial: dialWebSocket,
    personality: PERSONALITIES.find(({ name }) => name === personality),
  });
  station.start();
}

/** The next message of that action, taken out of what was heard. */
async function heard(action: string): Promise<ReceivedMessage> {
  const at = (): number => fixture.received.findIndex(({ meta }) => meta.action === action);
  await fixture.until(() => at() >= 0);
  return fixture.received.splice(at(), 1)[0] as ReceivedMessage; // just found
}

/** What a gateway says when no service has answered. */
async function refuse({ meta, answer }: ReceivedMessage): Promise<void> {
  await answer([4, meta.messageId, 'InternalError', '', {}]);
}

async function accept({ meta, answer }: ReceivedMessage): Promise<void> {
  await answer([3, meta.messageId, { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 }], 'accepted');
}

/** What the gateway wishes of stations, by way of the router. */
async function wishes(): Promise<CommandRequest[]> {
  const wished: CommandRequest[] = [];
  await fixture.bus.follow({
    name: 'router',
    topic: COMMANDS,
    handle: ({ value }) => fixture.record(() => wished.push(JSON.parse(value.toString()) as CommandRequest)),
  });
  return wished;
}

/** Whom the gateway tells of that they spoke 1.6. */
async function misspoken(): Promise<ProtocolMismatch[]> {
  const told: ProtocolMismatch[] = [];
  await fixture.bus.follow({
    name: 'device-config',
    topic: CONNECTIONS,
    handle: ({ value, headers }) => {
      if (fromCloudEventHeaders(headers).type !== 'voltbus.station.protocol-mismatch') return;
      fixture.record(() => told.push(JSON.parse(value.toString()) as ProtocolMismatch));
    },
  });
  return told;
}

/** Looks at the station as if so much time had passed. */
function lookAfter(ms: number): void {
  fixture.gateways[0]?.gateway.sessions.byStation(ref)?.tick(performance.now() + ms, 0);
}

const epoch = async (): Promise<number> => (await fixture.connections.find(ref))?.epoch ?? 0;

describe('a station in the field', () => {
  it('quirk 6: that breaks when it is called before it has booted and reported is called after that, new or known, with what waited for it', async () => {
    await fixture.addStation('CS-1', { registration: 'unknown' });
    born('shy');
    for (const life of ['new', 'known']) {
      const boot = await heard('BootNotification');
      await fixture.sendCommand('CS-1', life, clearCache);
      await accept(boot);
      await heard('StatusNotification');
      await fixture.until(() => fixture.outcomes().includes(`${life} answered`));
      await fixture.addStation('CS-1');
      station.cut(0);
    }
    expect(fixture.outcomes()).toEqual(['new sent', 'new answered', 'known sent', 'known answered']);
  });

  it('quirk 7: that answers no call any more is told to reconnect after two in vain; what waited goes to the next connection, nothing twice', async () => {
    born('goes-deaf');
    await accept(await heard('BootNotification'));
    await heard('StatusNotification');
    const before = await epoch();
    await fixture.sendCommand('CS-1', 'heard', clearCache);
    for (const id of ['vain-1', 'vain-2']) await fixture.sendCommand('CS-1', id, { ...clearCache, timeoutMs: 50 });
    await fixture.sendCommand('CS-1', 'waiting', clearCache);
    await fixture.until(() => fixture.outcomes().includes('waiting not-connected'));
    await heard('StatusNotification'); // it is back
    expect(await epoch()).toBeGreaterThan(before);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'unresponsive' })).toBe(1);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'unresponsive' })).toBe(1);
    await fixture.sendCommand('CS-1', 'waiting', clearCache); // what the router does with one that was not sent
    await fixture.until(() => fixture.outcomes().includes('waiting answered'));
    const ends = fixture.outcomes().filter((outcome) => !outcome.endsWith(' sent'));
    expect(ends).toEqual(['heard answered', 'vain-1 unknown', 'vain-2 unknown', 'waiting not-connected', 'waiting answered']);
  });

  it('quirk 87: that does not repeat a boot that was not answered is asked for it, and told to reconnect when that does not help', async () => {
    await fixture.addStation('CS-1', { registration: 'unknown' });
    const wished = await wishes();
    born('boots-once');
    await refuse(await heard('BootNotification'));
    lookAfter(MISSING_BOOT_MS.untilTriggered - 1_000);
    lookAfter(MISSING_BOOT_MS.untilTriggered + 1_000);
    await fixture.until(() => wished.length === 1);
    const { id, ...wish } = wished[0] as CommandRequest; // awaited above
    expect(wish).toMatchObject({
      ...ref,
      action: 'TriggerMessage',
      payload: { requestedMessage: 'BootNotification' },
      requestedBy: 'gateway',
    });
    await fixture.sendCommand('CS-1', id, wish);
    await refuse(await heard('BootNotification'));
    await fixture.until(() => fixture.outcomes().includes(`${id} answered`));
    lookAfter(MISSING_BOOT_MS.untilClosed + 1_000);
    await accept(await heard('BootNotification')); // over its next connection
    await heard('StatusNotification');
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'unbooted' })).toBe(1);
    lookAfter(10 * MISSING_BOOT_MS.untilClosed);
    expect(await epoch()).toBeGreaterThan(0);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'boot-triggered' })).toBe(1);
  });

  it('quirk 87: that booted before and has nothing to boot is not troubled, however long it is there', async () => {
    const wished = await wishes();
    born('by-the-book');
    await accept(await heard('BootNotification'));
    await heard('StatusNotification');
    station.cut(0);
    await heard('StatusNotification'); // over its next connection, without a boot
    lookAfter(10 * MISSING_BOOT_MS.untilClosed);
    await station.whenReady();
    expect([wished, fixture.received]).toEqual([[], []]);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'unbooted' })).toBe(0);
  });

  it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
    'quirk 24: that speaks 1.6 where %s was agreed on is told of once a connection, and agreed on 1.6 with when it is pinned',
    async (protocol) => {
      const told = await misspoken();
      born('old-tongue', protocol);
      const boot = await heard('BootNotification');
      expect(boot.meta.protocol).toBe(protocol);
      await fixture.until(() => told.length === 1);
      expect(told[0]).toMatchObject({ ...ref, protocol, spoken: 'ocpp1.6', action: 'BootNotification', epoch: boot.meta.returnTo.epoch });
      await fixture.addStation('CS-1', { pinnedProtocol: 'ocpp1.6' }); // what device-config does, before it has the socket closed
      await refuse(boot);
      const again = await heard('BootNotification');
      expect(again.meta.protocol).toBe('ocpp1.6');
      await accept(again);
      await heard('StatusNotification');
      expect(told).toHaveLength(1);
    },
  );
});
