import { CONNECTIONS } from '@voltbus/contracts';
import { keepsContract, type Said } from '@voltbus/testing';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(() => fixture.stop());

it('what it tells of who comes, goes and is refused keeps the contract of csms.connections.v1', async () => {
  fixture = await GatewayFixture.start();
  const said: Said[] = [];
  await fixture.bus.follow({
    name: 'another team',
    topic: CONNECTIONS,
    handle: ({ topic, headers, value }) =>
      fixture.record(() => said.push({ topic, type: headers['ce_type']?.toString() ?? '', value: JSON.parse(value.toString()) })),
  });
  await fixture.addStation('CS-1');
  const station = await fixture.connect('CS-1');
  await fixture.until(() => said.length === 1);
  station.socket.close();
  await fixture.until(() => said.length === 2);
  await fixture.connect('CS-1', { password: 'wrong' }).catch(() => undefined);
  await fixture.until(() => said.length === 3);
  expect(said.map(({ type }) => type)).toEqual(['voltbus.station.connected', 'voltbus.station.disconnected', 'voltbus.station.refused']);
  for (const one of said) expect(() => keepsContract(one)).not.toThrow();
});
