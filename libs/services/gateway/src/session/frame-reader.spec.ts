import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

describe('a frame that cannot be used', () => {
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
  });

  it('is dropped on 1.6, which has no answer for it', async () => {
    const station = await fixture.connect('CS-1');
    station.send('not json');
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
  });

  it('is an RpcFrameworkError for id -1 on 2.x', async () => {
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.0.1' });
    expect(await station.call('not json')).toMatchObject([4, '-1', 'RpcFrameworkError', '', {}]);
  });

  it('closes the socket with 1002 when ten of them come in a row, binary ones too', async () => {
    const station = await fixture.connect('CS-1');
    for (let strike = 0; strike < 5; strike++) station.send('garbage');
    for (let strike = 0; strike < 5; strike++) station.socket.send(Buffer.from([1, 2, 3]));
    expect(await station.closed).toBe(1002);
  });

  it('is counted anew after one that can be used', async () => {
    const station = await fixture.connect('CS-1');
    for (let round = 0; round < 3; round++) {
      for (let strike = 0; strike < 9; strike++) station.send('garbage');
      expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    }
  });

  it('is ignored and counted when it answers no call', async () => {
    const station = await fixture.connect('CS-1');
    station.send([3, 'never-asked', {}]);
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'late-answer' })).toBe(1);
  });
});
