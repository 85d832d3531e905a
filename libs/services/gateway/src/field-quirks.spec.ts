import { PERSONALITIES, VirtualStation, dialWebSocket, seededRandom } from '@voltbus/virtual-station';
import { Fixture, PASSWORD, type Heard } from './ws-gateway-fixture';

/** Stations with the habits of the simulator, at a real gateway; what the services would say is said here. */
let fixture: Fixture;
let station: VirtualStation;
beforeEach(async () => {
  fixture = await Fixture.start();
  await fixture.know('CS-1');
});
afterEach(async () => {
  await station.stop(0);
  await fixture.stop();
});

const ref = { tenant: 'default', station: 'CS-1' };
const clearCache = { action: 'ClearCache', payload: {} };

function born(personality: string): void {
  station = new VirtualStation({
    target: { url: `ws://127.0.0.1:${fixture.gateways[0]?.port}/ocpp`, identity: 'CS-1', protocol: 'ocpp1.6', password: PASSWORD },
    random: seededRandom(7),
    dial: dialWebSocket,
    personality: PERSONALITIES.find(({ name }) => name === personality),
  });
  station.start();
}

/** The next message of that action, taken out of what was heard. */
async function heard(action: string): Promise<Heard> {
  const at = (): number => fixture.heard.findIndex(({ meta }) => meta.action === action);
  await fixture.until(() => at() >= 0);
  return fixture.heard.splice(at(), 1)[0] as Heard; // just found
}

async function accept({ meta, answer }: Heard): Promise<void> {
  await answer([3, meta.messageId, { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 }], 'accepted');
}

const epoch = async (): Promise<number> => (await fixture.connections.find(ref))?.epoch ?? 0;

describe('a station in the field', () => {
  it('quirk 6: that breaks when it is called before it has booted and reported is called after that, new or known, with what waited for it', async () => {
    await fixture.know('CS-1', { registration: 'unknown' });
    born('shy');
    for (const life of ['new', 'known']) {
      const boot = await heard('BootNotification');
      await fixture.command('CS-1', life, clearCache);
      await accept(boot);
      await heard('StatusNotification');
      await fixture.until(() => fixture.outcomes().includes(`${life} answered`));
      await fixture.know('CS-1');
      station.cut(0);
    }
    expect(fixture.outcomes()).toEqual(['new sent', 'new answered', 'known sent', 'known answered']);
  });

  it('quirk 7: that answers no call any more is told to reconnect after two in vain; what waited goes to the next connection, nothing twice', async () => {
    born('goes-deaf');
    await accept(await heard('BootNotification'));
    await heard('StatusNotification');
    const before = await epoch();
    await fixture.command('CS-1', 'heard', clearCache);
    for (const id of ['vain-1', 'vain-2']) await fixture.command('CS-1', id, { ...clearCache, timeoutMs: 50 });
    await fixture.command('CS-1', 'waiting', clearCache);
    await fixture.until(() => fixture.outcomes().includes('waiting not-connected'));
    await heard('StatusNotification'); // it is back
    expect(await epoch()).toBeGreaterThan(before);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'unresponsive' })).toBe(1);
    expect(fixture.metrics.total('gateway_oddities_total', { kind: 'unresponsive' })).toBe(1);
    await fixture.command('CS-1', 'waiting', clearCache); // what the router does with one that was not sent
    await fixture.until(() => fixture.outcomes().includes('waiting answered'));
    const ends = fixture.outcomes().filter((outcome) => !outcome.endsWith(' sent'));
    expect(ends).toEqual(['heard answered', 'vain-1 unknown', 'vain-2 unknown', 'waiting not-connected', 'waiting answered']);
  });
});
