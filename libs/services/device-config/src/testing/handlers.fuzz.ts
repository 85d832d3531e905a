import { PROTOCOLS, laneOf } from '@voltbus/contracts';
import { fuzzHandlers } from '@voltbus/testing';
import { startService, type ServiceFixture } from './start-service';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  for (let nth = 0; nth < 8; nth++) await service.stations.put({ tenant: 'default', station: `HOSTILE-${nth}` }, {});
});
afterAll(() => service?.close());

it.each(PROTOCOLS)('messages of %s in any order, repeated and wrong in several places, are answered or refused', (protocol) =>
  fuzzHandlers(service.table, protocol, (action) => laneOf(protocol, action) === 'device'),
);
