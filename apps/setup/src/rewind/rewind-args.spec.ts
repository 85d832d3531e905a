import { readRewindArgs } from './cli-args';
import { isRewound } from './rewound-groups';

const NOW = Date.parse('2026-11-29T21:00:00Z');

it('goes back a minute further than the time that is given, or as much as is said', () => {
  expect(readRewindArgs(['--to', '2026-11-29T20:15:00Z'], NOW)).toBe(Date.parse('2026-11-29T20:14:00Z'));
  expect(readRewindArgs(['--to', '2026-11-29T21:15:00+01:00', '--margin-seconds', '0'], NOW)).toBe(Date.parse('2026-11-29T20:15:00Z'));
});

it.each([
  [[]],
  [['--to', 'yesterday']],
  [['--to', '2026-11-29T20:15:00']],
  [['--to', '2026-11-29T22:00:00Z']],
  [['--to', '2026-11-29T20:00:00Z', '--margin-seconds', 'x']],
])('refuses %j: a time without a zone, or of the future, would read too little again', (args) => {
  expect(() => readRewindArgs(args, NOW)).toThrow(/--(to|margin-seconds)/);
});

it('leaves commands, followers and other teams where they are', () => {
  expect(['transaction:csms.internal.ocpp.transaction.v1', 'cdr:csms.transactions.v1', 'webhooks:csms.cdrs.v1'].map(isRewound)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['router:csms.internal.commands.v1:csms.connections.v1', 'csms-follow-gateway-1', 'billing'].map(isRewound)).toEqual([
    false,
    false,
    false,
  ]);
});
