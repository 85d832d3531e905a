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

/** Stations with the personalities of the simulator at a real gateway; the spec answers where the services would. */
let fixture: GatewayFixture;
let station: VirtualStation;
beforeEach(async () => {
  fixture = await GatewayFixture.start({ HEARTBEAT_SECONDS: 3_600, PING_SECONDS: 3_600 }); // no station counts as silent when the spec lets time pass
  await fixture.addStation('CS-1');
});
afterEach(async () => {
  await station.stop(0);
  await fixture.stop();
});

const ref = { tenant: 'default', station: 'CS-1' };
const clearCache = { action: 'ClearCache', payload: {} };

function startStation(personality: string, protocol: Protocol = 'ocpp1.6'): void {
  station = new VirtualStation({
    target: { url: `ws://127.0.0.1:${fixture.gateways[0]?.port}/ocpp`, identity: 'CS-1', protocol, password: PASSWORD },
    random: seededRandom(7),
    dial: dialWebSocket,
    personality: PERSONALITIES.find(({ name }) => name === personality),
  });
  station.start();
}

/** Takes the next message of that action out of those received. */
async function receive(action: string): Promise<ReceivedMessage> {
  const at = (): number => fixture.received.findIndex(({ meta }) => meta.action === action);
  await fixture.until(() => at() >= 0);
  return fixture.received.splice(at(), 1)[0] as ReceivedMessage; // just found
}

/** Sends the error that a gateway sends when no service has answered. */
async function refuse({ meta, answer }: ReceivedMessage): Promise<void> {
  await answer([4, meta.messageId, 'InternalError', '', {}]);
}

async function accept({ meta, answer }: ReceivedMessage): Promise<void> {
  await answer([3, meta.messageId, { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 }], 'accepted');
}

/** Collects the commands that the gateway sends to the router. */
async function publishedCommands(): Promise<CommandRequest[]> {
  const commands: CommandRequest[] = [];
  await fixture.bus.follow({
    name: 'router',
    topic: COMMANDS,
    handle: ({ value }) => fixture.record(() => commands.push(JSON.parse(value.toString()) as CommandRequest)),
  });
  return commands;
}

/** Collects the protocol mismatches that the gateway publishes. */
async function publishedMismatches(): Promise<ProtocolMismatch[]> {
  const published: ProtocolMismatch[] = [];
  await fixture.bus.follow({
    name: 'device-config',
    topic: CONNECTIONS,
    handle: ({ value, headers }) => {
      if (fromCloudEventHeaders(headers).type !== 'voltbus.station.protocol-mismatch') return;
      fixture.record(() => published.push(JSON.parse(value.toString()) as ProtocolMismatch));
    },
  });
  return published;
}

/** Ticks the session as if so much time had passed. */
function tickAfter(ms: number): void {
  fixture.gateways[0]?.gateway.sessions.byStation(ref)?.tick(performance.now() + ms, 0);
}

const epoch = async (): Promise<number> => (await fixture.connections.find(ref))?.epoch ?? 0;

describe('a station with a quirk of the field', () => {
  it('quirk 6: breaks when it is called before it has booted and reported, and gets its commands after that, new or known', async () => {
    await fixture.addStation('CS-1', { registration: 'unknown' });
    startStation('shy');
    for (const life of ['new', 'known']) {
      const boot = await receive('BootNotification');
      await fixture.sendCommand('CS-1', life, clearCache);
      await accept(boot);
      await receive('StatusNotification');
      await fixture.until(() => fixture.outcomes().includes(`${life} answered`));
      await fixture.addStation('CS-1');
      station.cut(0);
    }
    expect(fixture.outcomes()).toEqual(['new sent', 'new answered', 'known sent', 'known answered']);
  });

  it('quirk 7: answers no call any more, and is told to reconnect after two; commands that wait go to the next connection, none twice', async () => {
    startStation('goes-deaf');
    await accept(await receive('BootNotification'));
    await receive('StatusNotification');
    const before = await epoch();
    await fixture.sendCommand('CS-1', 'answered-1', clearCache);
    for (const id of ['vain-1', 'vain-2']) await fixture.sendCommand('CS-1', id, { ...clearCache, timeoutMs: 50 });
    await fixture.sendCommand('CS-1', 'waiting', clearCache);
    await fixture.until(() => fixture.outcomes().includes('waiting not-connected'));
    await receive('StatusNotification'); // it is back
    expect(await epoch()).toBeGreaterThan(before);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'unresponsive' })).toBe(1);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'unresponsive' })).toBe(1);
    await fixture.sendCommand('CS-1', 'waiting', clearCache); // the router does so with a command that was not sent
    await fixture.until(() => fixture.outcomes().includes('waiting answered'));
    const ends = fixture.outcomes().filter((outcome) => !outcome.endsWith(' sent'));
    expect(ends).toEqual(['answered-1 answered', 'vain-1 unknown', 'vain-2 unknown', 'waiting not-connected', 'waiting answered']);
  });

  it('quirk 87: does not repeat an unanswered boot, which is triggered; if that does not help it is told to reconnect', async () => {
    await fixture.addStation('CS-1', { registration: 'unknown' });
    const commands = await publishedCommands();
    startStation('boots-once');
    await refuse(await receive('BootNotification'));
    tickAfter(MISSING_BOOT_MS.untilTriggered - 1_000);
    tickAfter(MISSING_BOOT_MS.untilTriggered + 1_000);
    await fixture.until(() => commands.length === 1);
    const { id, ...command } = commands[0] as CommandRequest; // awaited above
    expect(command).toMatchObject({
      ...ref,
      action: 'TriggerMessage',
      payload: { requestedMessage: 'BootNotification' },
      requestedBy: 'gateway',
    });
    await fixture.sendCommand('CS-1', id, command);
    await refuse(await receive('BootNotification'));
    await fixture.until(() => fixture.outcomes().includes(`${id} answered`));
    tickAfter(MISSING_BOOT_MS.untilClosed + 1_000);
    await accept(await receive('BootNotification')); // over its next connection
    await receive('StatusNotification');
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'unbooted' })).toBe(1);
    tickAfter(10 * MISSING_BOOT_MS.untilClosed);
    expect(await epoch()).toBeGreaterThan(0);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'boot-triggered' })).toBe(1);
  });

  it('quirk 87: booted before and does not boot again, and is not disturbed, however long it is connected', async () => {
    const commands = await publishedCommands();
    startStation('by-the-book');
    await accept(await receive('BootNotification'));
    await receive('StatusNotification');
    station.cut(0);
    await receive('StatusNotification'); // over its next connection, without a boot
    tickAfter(10 * MISSING_BOOT_MS.untilClosed);
    await station.whenReady();
    expect([commands, fixture.received]).toEqual([[], []]);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'unbooted' })).toBe(0);
  });

  it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
    'quirk 24: speaks 1.6 where %s was agreed on, which is published once a connection, and gets 1.6 when it is pinned',
    async (protocol) => {
      const published = await publishedMismatches();
      startStation('old-tongue', protocol);
      const boot = await receive('BootNotification');
      expect(boot.meta.protocol).toBe(protocol);
      await fixture.until(() => published.length === 1);
      expect(published[0]).toMatchObject({
        ...ref,
        protocol,
        spoken: 'ocpp1.6',
        action: 'BootNotification',
        epoch: boot.meta.returnTo.epoch,
      });
      await fixture.addStation('CS-1', { pinnedProtocol: 'ocpp1.6' }); // device-config does so before it has the socket closed
      await refuse(boot);
      const again = await receive('BootNotification');
      expect(again.meta.protocol).toBe('ocpp1.6');
      await accept(again);
      await receive('StatusNotification');
      expect(published).toHaveLength(1);
    },
  );
});
