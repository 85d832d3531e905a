import { FRAMES, unpackFrames, type FrameCopy, type StationProfile } from '@voltbus/contracts';
import { GatewayFixture } from '../testing/gateway-fixture';
import { MAX_SHOWN_BYTES } from './message-log-limits';
import { REDACTED } from '@voltbus/ocpp';

let fixture: GatewayFixture;
let copies: FrameCopy[];
afterEach(() => fixture.stop());

async function start(profile: Partial<StationProfile> = { keepsMessages: true }): Promise<void> {
  fixture = await GatewayFixture.start();
  copies = [];
  await fixture.bus.follow({
    name: 'frames',
    topic: FRAMES,
    handle: ({ value }) => fixture.record(() => copies.push(...unpackFrames(value.toString()))),
  });
  await fixture.addStation('CS-1', profile);
}
const copied = async (count: number) => {
  await fixture.until(() => copies.length >= count);
  return copies;
};
const shown = ({ direction, type, messageId, action, payload }: FrameCopy) => [
  direction,
  type,
  messageId,
  action,
  JSON.parse(payload ?? 'null') as unknown,
];

describe('copies of messages', () => {
  it('are of both directions, in order; answers have the action of their call and its duration', async () => {
    await start();
    const station = await fixture.connect('CS-1');
    const before = Date.now();
    await station.call([2, 'h1', 'Heartbeat', {}]);
    station.send([2, 'b1', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }]);
    await fixture.until(() => fixture.received.length === 1);
    await fixture.received[0]?.answer([3, 'b1', { status: 'Accepted' }]);
    await station.nextFrame();
    await fixture.sendCommand('CS-1', 'c1');
    await station.nextFrame();
    station.send([3, 'c1', { status: 'Accepted' }]);
    station.send([3, 'nobody-asked', {}]);
    expect((await copied(7)).map(shown)).toEqual([
      ['in', 'call', 'h1', 'Heartbeat', {}],
      ['out', 'result', 'h1', 'Heartbeat', { currentTime: expect.any(String) as string }],
      ['in', 'call', 'b1', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }],
      ['out', 'result', 'b1', 'BootNotification', { status: 'Accepted' }],
      ['out', 'call', 'c1', 'Reset', { type: 'Soft' }],
      ['in', 'result', 'c1', 'Reset', { status: 'Accepted' }],
      ['in', 'result', 'nobody-asked', null, {}],
    ]);
    expect(copies.map(({ latencyMs }) => latencyMs)).toEqual([
      null,
      expect.any(Number),
      null,
      expect.any(Number),
      null,
      expect.any(Number),
      null,
    ]);
    for (const { tenant, station: name, at, seq } of copies) {
      expect([tenant, name]).toEqual(['default', 'CS-1']);
      expect(at).toBeGreaterThanOrEqual(before);
      expect(seq).toBeGreaterThanOrEqual(copies[0]?.seq ?? Infinity);
    }
  });

  it('include answers that are sent once the bus has the message (durable), and errors', async () => {
    await start();
    const station = await fixture.connect('CS-1');
    await station.call([
      2,
      'm1',
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: '2026-06-01T12:00:00Z', sampledValue: [{ value: '1' }] }] },
    ]);
    await station.call([2, 'x1', 'NoSuchAction', {}]);
    expect((await copied(4)).map(shown).filter(([direction]) => direction === 'out')).toEqual([
      ['out', 'result', 'm1', 'MeterValues', {}],
      ['out', 'error', 'x1', 'NoSuchAction', { code: 'NotImplemented', description: expect.any(String) as string, details: {} }],
    ]);
  });

  it('hold no secret, neither of a call nor where its answer repeats it', async () => {
    await start();
    const station = await fixture.connect('CS-1');
    const secret = '0123456789abcdef';
    await fixture.sendCommand('CS-1', 'c1', { action: 'ChangeConfiguration', payload: { key: 'AuthorizationKey', value: secret } });
    await station.nextFrame();
    station.send([4, 'c1', 'PropertyConstraintViolation', `${secret} is too short`, { value: secret }]);
    station.send([4, 'forgotten', 'GenericError', `what was ${secret}?`, {}]);
    expect((await copied(3)).map(shown)).toEqual([
      ['out', 'call', 'c1', 'ChangeConfiguration', { key: 'AuthorizationKey', value: REDACTED }],
      [
        'in',
        'error',
        'c1',
        'ChangeConfiguration',
        { code: 'PropertyConstraintViolation', description: REDACTED, details: { value: REDACTED } },
      ],
      ['in', 'error', 'forgotten', null, { code: 'GenericError', description: REDACTED, details: REDACTED }],
    ]);
  });

  it('hold no secret in the action or the id of a call either', async () => {
    await start();
    const station = await fixture.connect('CS-1');
    station.send([2, 'password=hunter2', 'Tell api_key=hunter2', {}]);
    expect(JSON.stringify(await copied(2))).not.toContain('hunter2');
    expect(copies.map(({ type }) => type)).toEqual(['call', 'error']);
  });

  it('name the fault of a frame that cannot be read, and nothing of its content', async () => {
    await start();
    const station = await fixture.connect('CS-1');
    station.send('{"password":"x"}');
    await station.call('[2,"1","Heartbeat"');
    expect((await copied(3)).map(({ type, messageId, bytes, payload }) => [type, messageId, bytes, payload])).toEqual([
      ['broken', null, 16, '{"fault":"not-a-frame"}'],
      ['broken', '1', 18, '{"fault":"not-json"}'],
      ['error', '1', 42, expect.stringContaining('"code":"FormationViolation"')],
    ]);
  });

  it('hold the beginning of a large payload, and nothing of it where it may hold a secret', async () => {
    await start();
    const station = await fixture.connect('CS-1');
    const large = { vendorId: 'v', data: 'x'.repeat(MAX_SHOWN_BYTES) };
    station.send([2, 'd1', 'DataTransfer', large]);
    station.send([2, 'd2', 'DataTransfer', { ...large, messageId: 'password' }]);
    const [first, second] = await copied(2);
    expect([first?.cut, first?.bytes, JSON.parse(first?.payload ?? 'null')]).toEqual([
      true,
      JSON.stringify([2, 'd1', 'DataTransfer', large]).length,
      JSON.stringify(large).slice(0, 2048),
    ]);
    expect([second?.cut, second?.payload]).toEqual([true, null]);
  });

  it('put pretty-printed JSON on one line', async () => {
    await start();
    const station = await fixture.connect('CS-1');
    await station.call('[2,\n"h1",\n"Heartbeat",\n{\n\t}\n]');
    expect((await copied(1)).map(shown)[0]).toEqual(['in', 'call', 'h1', 'Heartbeat', {}]);
  });

  it('are not made for a tenant that does not want them', async () => {
    await start({ keepsMessages: false });
    await fixture.addStation('CS-2', { keepsMessages: true });
    await (await fixture.connect('CS-1')).call([2, 'h1', 'Heartbeat', {}]);
    await (await fixture.connect('CS-2')).call([2, 'h2', 'Heartbeat', {}]);
    expect((await copied(2)).map(({ station }) => station)).toEqual(['CS-2', 'CS-2']);
  });
});

describe('a bus that takes no copies', () => {
  it('delays no station: all calls are answered while a publish hangs, and copies go on after it', async () => {
    await start();
    const publish = fixture.bus.publish.bind(fixture.bus);
    let giveUp: (error: Error) => void = () => undefined;
    const hung = jest.spyOn(fixture.bus, 'publish').mockImplementation((topic, ...rest) => {
      if (topic.name !== FRAMES.name) return publish(topic, ...rest);
      fixture.record(() => undefined);
      return new Promise((_resolve, reject) => (giveUp = reject));
    });
    const copiesTried = () => hung.mock.calls.filter(([topic]) => topic.name === FRAMES.name).length;
    const station = await fixture.connect('CS-1');
    await station.call([2, 'first', 'Heartbeat', {}]);
    await fixture.until(() => copiesTried() === 1);
    for (let index = 0; index < 100; index++)
      expect(await station.call([2, `h${index}`, 'Heartbeat', {}])).toMatchObject([3, `h${index}`, {}]);
    expect(copiesTried()).toBe(1); // one at a time
    hung.mockRestore();
    giveUp(new Error('away'));
    expect((await copied(200)).map(({ messageId }) => messageId)).toContain('h99');
    expect(fixture.metrics.total('gateway_frame_copies_total', { result: 'bus' })).toBe(2);
    expect(fixture.metrics.total('gateway_frame_copies_total', { result: 'copied' })).toBe(200);
  });
});
