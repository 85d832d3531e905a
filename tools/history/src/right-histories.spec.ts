import type { Cdr } from '@voltbus/contracts';
import type { History } from './history';
import { evidenceOf, judge } from './judge';
import {
  DISCONNECTED,
  ENDED,
  S,
  bill,
  command,
  connection,
  credit,
  end,
  held,
  message,
  result,
  right,
  session,
  start,
  transaction,
  truthOf,
  updated,
  withSession,
  withStored,
} from './testing/right-history';

describe('a history in which all is right', () => {
  it('violates nothing', () => expect(judge(right)).toEqual([]));

  it.each<[string, Partial<History>]>([
    [
      'an event that was published again',
      { transactions: [start, updated, updated, end, start, end], cdrs: [...right.cdrs, ...right.cdrs] },
    ],
    [
      'a late revision: credited and charged anew',
      {
        transactions: [start, end, transaction(ENDED, { revision: 2 })],
        cdrs: [bill(), credit('back'), bill({ id: 'again', revision: 2 })],
      },
    ],
    ['a CDR that waits for an operator', { cdrs: [], heldCdrs: held }],
    ['a CDR that an operator waived', { cdrs: [bill(), credit('back', { review: { state: 'waived' } as Cdr['review'] & object })] }],
    ['registers that do not fit, with a flag', { cdrs: [bill({ meterStopWh: 900, flags: ['meter-backwards' as never] })] }],
    [
      'a session that the CSMS never answered',
      { ...withSession({ startAcknowledged: false, endAcknowledged: false, readingsAcknowledged: [] }), transactions: [], cdrs: [] },
    ],
    [
      'readings of a station whose clock is wrong',
      { fleets: [{ tenant: 'one', truth: truthOf([session], [], true) }], ...withStored({ readings: [] }) },
    ],
    ['a station that has not come back', withStored({ presence: [{ ...S, online: false, epoch: 2 }] })],
    [
      'a connection whose gateway was killed before its events were out: a message and the presence of its boot are there',
      {
        ...withStored({ commands: [command('answered', 3)], presence: [{ ...S, online: true, epoch: 3 }] }),
        messageConnections: [...right.messageConnections, message(3)],
      },
    ],
    [
      'a connection whose end alone was published',
      { ...withStored({ commands: [command('answered', 3)] }), connections: [...right.connections, connection(DISCONNECTED, 3)] },
    ],
    ['a command that was never sent', { ...withStored({ commands: [command('expired', null)] }), commandResults: [result('expired')] }],
  ])('violates nothing with %s', (_what, more) => expect(judge({ ...right, ...more })).toEqual([]));

  it('rests on what was recorded', () => {
    expect(evidenceOf(right)).toBe(
      'sessions 1  connections 3  transactions 3  CDRs 1  command results 1  readings 1  commands 1  processes 1',
    );
  });
});
