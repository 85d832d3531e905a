import { nameFor } from './name-for';
import { nameOf } from './observation';
import { wireNames } from './setting';

const LONG = 'x'.repeat(51);

it.each([
  [{ component: 'A', variable: 'B' }],
  [{ component: 'A', componentInstance: 'I', evse: 1, connector: 2, variable: 'B', variableInstance: 'J' }],
  [{ component: 'A', evse: 1, variable: 'x'.repeat(50) }],
  [{ key: 'HeartbeatInterval' }],
])('B05 finds what a station answers about %j', (given) => {
  const name = nameFor('ocpp2.0.1', given);
  expect(name).not.toBeNull();
  expect(name && nameOf(wireNames(name))).toEqual(name);
});

it.each([
  [{ component: 'A', connector: 1, variable: 'B' }],
  [{ component: LONG, variable: 'B' }],
  [{ component: 'A', variable: LONG }],
  [{ component: 'A', componentInstance: LONG, variable: 'B' }],
  [{ component: 'A', variable: 'B', variableInstance: LONG }],
])('has no name for %j, which a request cannot carry', (given) => {
  expect(nameFor('ocpp2.0.1', given)).toBeNull();
});

it('1.6 section 5.3: a key has 50 characters at most', () => {
  expect(nameFor('ocpp1.6', { key: 'x'.repeat(50) })).not.toBeNull();
  expect(nameFor('ocpp1.6', { key: LONG })).toBeNull();
});
