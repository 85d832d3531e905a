import type { Cdr, Transaction } from '@voltbus/contracts';
import type { History } from './history';
import { judge } from './judge';
import {
  DISCONNECTED,
  CONNECTED,
  ENDED,
  S,
  STARTED,
  bill,
  command,
  connection,
  credit,
  end,
  event,
  message,
  result,
  right,
  session,
  start,
  transaction,
  truthOf,
  updated,
  usage,
  withSession,
  withStored,
} from './testing/right-history';

describe('a planted violation is found, and nothing else', () => {
  it.each<[string, Partial<History>, RegExp]>([
    ['1: a start that was answered is not there', { transactions: [], cdrs: [] }, /^acknowledged: .*: 0 starts on the topic/],
    [
      '1: a start is there under two ids',
      { transactions: [start, updated, end, event(STARTED, { ...start.value, id: 'another' })] },
      /^acknowledged: .*: 2 starts on the topic/,
    ],
    ['1: an end that was answered is not there', { transactions: [start, updated], cdrs: [] }, /^acknowledged: .*its end was answered/],
    [
      '1: a reading that was answered is not stored',
      withStored({ readings: [{ ...S, at: '2026-01-01T00:30:01.100Z' }] }),
      /^acknowledged: .*1 answered readings are not stored/,
    ],
    [
      '1: it is stored for another tenant',
      withStored({ readings: [{ tenant: 'two', station: 'S', at: '2026-01-01T00:30:00.000Z' }] }),
      /^acknowledged: .*readings are not stored/,
    ],
    ['2: no CDR', { cdrs: [] }, /^billing: transaction t: 0 charges stand/],
    ['2: two CDRs', { cdrs: [bill(), bill({ id: 'second', revision: 2 })] }, /^billing: transaction t: 2 charges stand/],
    [
      '2: a credit of a charge that is not there',
      { cdrs: [bill(), credit('back', { creditOf: 'gone' }), bill({ id: 'b', revision: 2 })] },
      /^billing: transaction t: 1 credits of gone/,
    ],
    [
      '2: a charge credited twice',
      { cdrs: [bill(), credit('a'), credit('b'), bill({ id: 'c', revision: 2 }), bill({ id: 'd', revision: 3 })] },
      /^billing: transaction t: 2 credits of bill/,
    ],
    [
      '2: a CDR of a session that has not ended',
      { ...withSession({ endAcknowledged: false }), transactions: [start] },
      /^billing: transaction t: billed, and no end/,
    ],
    [
      '2: periods that do not add up',
      { cdrs: [bill({ periods: [{ energyWh: 499, cost: '0.21' }] as Cdr['periods'] })] },
      /^billing: CDR bill: periods of 499 Wh/,
    ],
    ['2: registers that do not fit, without a flag', { cdrs: [bill({ meterStopWh: 601 })] }, /^billing: CDR bill: registers say 501 Wh/],
    [
      '2: a cost that its parts do not make',
      { cdrs: [bill({ cost: { fixed: '0.50', total: '0.72' } as Cdr['cost'] })] },
      /^billing: CDR bill: its parts cost 0.71/,
    ],
    [
      '3: one epoch at two gateways',
      { connections: [...right.connections, connection(CONNECTED, 2)] },
      /^owners: one\/S: epoch 2 belongs to gateway-2 .* and to gateway-1/,
    ],
    [
      '3: messages of one epoch from another gateway than holds it',
      { messageConnections: [...right.messageConnections, message(2)] },
      /^owners: one\/S: epoch 2 belongs to gateway-2 .* and to gateway-1 by a message/,
    ],
    [
      '3: presence of a newer epoch that nobody had',
      withStored({ presence: [{ ...S, online: true, epoch: 3 }] }),
      /^owners: one\/S: present by epoch 3, connected last in 2/,
    ],
    [
      '3: a call of an epoch that only another station had',
      {
        ...withStored({ commands: [command('answered', 9)] }),
        messageConnections: [...right.messageConnections, { ...message(9), station: 'T' }],
      },
      /^owners: command c .* sent in epoch 9/,
    ],
    [
      '3: an epoch that ended twice',
      { connections: [...right.connections, connection(DISCONNECTED, 1)] },
      /^owners: one\/S: epoch 1 ended twice/,
    ],
    [
      '3: presence of an old epoch',
      withStored({ presence: [{ ...S, online: true, epoch: 1 }] }),
      /^owners: one\/S: present by epoch 1, connected last in 2/,
    ],
    [
      '3: online after the last connection ended',
      { connections: [...right.connections, connection(DISCONNECTED, 2)] },
      /^owners: one\/S: online, although/,
    ],
    ['3: a call of an epoch that nobody had', withStored({ commands: [command('answered', 9)] }), /^owners: command c .* sent in epoch 9/],
    ['4: an end before its start', { transactions: [end, start] }, /^order: transaction t: it does not begin with its start/],
    [
      '4: revisions of an end that turn around',
      { transactions: [start, transaction(ENDED, { revision: 2 }), end] },
      /^order: transaction t: revisions 2, 1/,
    ],
    [
      '4: revisions of CDRs that turn around',
      { cdrs: [bill({ revision: 2 }), credit('back'), bill({ id: 'b', revision: 1 })] },
      /^order: CDRs of transaction t: revisions 2, 1/,
    ],
    [
      "5: a record under another tenant's key",
      { commandResults: [{ ...result('answered'), key: 'two/S' }] },
      /^tenancy: event .*key two\/S/,
    ],
    [
      '5: attributes of another tenant',
      { commandResults: [{ ...result('answered'), tenant: 'two' }] },
      /^tenancy: event .*tenant two, value of one\/S/,
    ],
    [
      "5: another tenant's token",
      {
        cdrs: [bill({ idToken: 'two' })],
        fleets: [
          ...right.fleets,
          {
            tenant: 'two',
            truth: {
              ...truthOf([]),
              stations: [
                {
                  ...truthOf([]).stations[0]!,
                  station: 'X',
                  sessions: [
                    {
                      ...session,
                      idToken: 'TWO',
                      ocppTransactionId: null,
                      startAcknowledged: false,
                      endAcknowledged: false,
                      readingsAcknowledged: [],
                    },
                  ],
                },
              ],
            },
          },
        ],
      },
      /^tenancy: event .* of one: TWO belongs to two/,
    ],
    [
      "5: another tenant's transaction",
      {
        transactions: [
          ...right.transactions,
          event('voltbus.transaction.updated', {
            tenant: 'two',
            station: 'S',
            id: 't',
            ocppTransactionId: '7',
            idToken: null,
          } as Transaction),
        ],
      },
      /^tenancy: event .* of two: t belongs to one/,
    ],
    ['6: a command that is not stored', withStored({ commands: [] }), /^commands: command c: accepted, and not stored/],
    ['6: a command that has not ended', withStored({ commands: [command('sent')] }), /^commands: command c: still sent/],
    ['6: an outcome that was not published', { commandResults: [] }, /^commands: command c: answered, published never/],
    [
      '6: two outcomes',
      { commandResults: [result('answered'), result('expired')] },
      /^commands: command c: answered, published answered, expired/,
    ],
    [
      '6: another outcome than the stored one',
      { commandResults: [result('expired')] },
      /^commands: command c: answered, published expired/,
    ],
    ['8: memory that does not come back', { usage: usage(300, 50) }, /^resources: cdr: 100 MB before, 300 MB after/],
    ['8: descriptors that do not come back', { usage: usage(130, 80) }, /^resources: cdr: 40 descriptors before, 80 after/],
  ])('%s', (_what, more, violation) => {
    const found = judge({ ...right, ...more });
    const invariants = new Set(found.map((line) => line.split(':')[0]));
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(violation)]));
    expect([...invariants]).toEqual([expect.stringMatching(violation.source.slice(1).split(':')[0] ?? '')]);
  });
});
