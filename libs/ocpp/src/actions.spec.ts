import facts from './testing/actions.json';
import { actionsOf, findAction } from './actions';
import { loadProtocol } from './loaded';
import type { Protocol } from './protocols';

// The fixture was read off the specifications' message chapters, independently of the generator's own table.
const VERSIONS: [Protocol, { schemas: number; actions: number; station: number; csms: number; sends: number }][] = [
  ['ocpp1.6', { schemas: 78, actions: 39, station: 13, csms: 25, sends: 0 }],
  ['ocpp2.0.1', { schemas: 128, actions: 64, station: 24, csms: 39, sends: 0 }],
  ['ocpp2.1', { schemas: 181, actions: 91, station: 36, csms: 54, sends: 1 }],
];

describe.each(VERSIONS)('the catalogue of %s', (protocol, counts) => {
  const actions = actionsOf(protocol);

  it('lists every action with its initiator, kind and block, as in the specification', () => {
    expect(actions.map(({ action, initiator, kind, block }) => [action, initiator, kind, block])).toEqual(
      [...facts[protocol]].sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
  });

  it('is complete', () => {
    const count = (wanted: string): number => actions.filter(({ initiator, kind }) => initiator === wanted || kind === wanted).length;
    expect({
      schemas: Object.keys(loadProtocol(protocol).strict).length,
      actions: actions.length,
      station: count('station'),
      csms: count('csms'),
      sends: count('send'),
    }).toEqual(counts);
    expect(count('both')).toBe(1);
  });

  it('has a validator for the request and, SENDs aside, the response of every action', () => {
    const { strict } = loadProtocol(protocol);
    const expected = actions.flatMap(({ action, kind }) =>
      kind === 'call' ? [`${action}Request`, `${action}Response`] : [`${action}Request`],
    );
    expect(Object.keys(strict).sort()).toEqual(expected.sort());
  });

  it('has a tolerant validator for the messages that stations send, and for no others', () => {
    const { inbound, shapes } = loadProtocol(protocol);
    const expected = actions.flatMap(({ action, initiator }) => [
      ...(initiator === 'csms' ? [] : [`${action}Request`]),
      ...(initiator === 'station' ? [] : [`${action}Response`]),
    ]);
    expect(Object.keys(inbound).sort()).toEqual(expected.sort());
    expect(Object.keys(shapes.messages).sort()).toEqual(expected.sort());
  });
});

it('finds actions by their exact case, and none by the names of object members in JavaScript', () => {
  expect(findAction('ocpp1.6', 'Heartbeat')?.initiator).toBe('station');
  expect(['heartbeat', 'toString', '__proto__', ''].map((name) => findAction('ocpp1.6', name))).toEqual(Array(4).fill(undefined));
});
