import type { Cdr, Command, ConnectionEvent, EndedTransaction, HeldCdr, Transaction } from '@voltbus/contracts';
import type { SessionTruth, Truth } from '@voltbus/virtual-station';
import type { History, Recorded } from '../history';

export const [STARTED, ENDED] = ['voltbus.transaction.started', 'voltbus.transaction.ended'];
export const [CONNECTED, DISCONNECTED] = ['voltbus.station.connected', 'voltbus.station.disconnected'];
export const session: SessionTruth = {
  ocppTransactionId: '7',
  idToken: 'ONE',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T01:00:00.000Z',
  startWh: 100,
  stopWh: 600,
  startAcknowledged: true,
  endAcknowledged: true,
  readingsAcknowledged: ['2026-01-01T00:30:00.000Z'],
  lost: 0,
};
export const truthOf = (sessions: SessionTruth[], commands: Truth['commands'] = [], clockIsWrong = false): Truth => ({
  ...{ seed: 1, url: '', from: '', to: '', priced: false, commands },
  stations: [{ station: 'S', protocol: 'ocpp1.6', personality: 'by-the-book', clockIsWrong, sessions }],
});

let count = 0;
/** An event as it should be; a value holds only the members that are judged. */
export const event = <T extends { tenant: string; station: string }>(
  type: string,
  value: T,
  more: Partial<Recorded<T>> = {},
): Recorded<T> => {
  const key = `${value.tenant}/${value.station}`;
  return { key, id: `e${++count}`, type, tenant: value.tenant, subject: key, value, ...more };
};
export const S = { tenant: 'one', station: 'S' };
export const transaction = (type: string, more: Partial<EndedTransaction> = {}) =>
  event(type, { ...S, id: 't', ocppTransactionId: '7', idToken: 'ONE', revision: 1, ...more } as EndedTransaction);
export const bill = (more: Partial<Cdr> = {}) =>
  event('voltbus.cdr.issued', {
    ...{ ...S, id: 'bill', transaction: 't', kind: 'charge', revision: 1, creditOf: null, idToken: 'ONE' },
    ...{ energyWh: 500, meterStartWh: 100, meterStopWh: 600, flags: [], periods: [{ energyWh: 500, cost: '0.21' }] },
    ...{ cost: { fixed: '0.50', total: '0.71' } },
    ...more,
  } as Cdr);
export const credit = (id: string, more: Partial<Cdr> = {}) =>
  bill({ id, kind: 'credit', creditOf: 'bill', energyWh: -500, ...NEGATIVE, ...more });
const NEGATIVE = { periods: [{ energyWh: -500, cost: '-0.21' }], cost: { fixed: '-0.50', total: '-0.71' } } as Pick<
  Cdr,
  'periods' | 'cost'
>;
export const connection = (type: string, epoch: number, gateway = 'gateway-1') =>
  event(type, { ...S, epoch, gateway, at: '2026-01-01T00:00:00.000Z' } as ConnectionEvent);
export const message = (epoch: number, gateway = 'gateway-1') => ({ ...S, epoch, gateway });
export const result = (status: string, id = 'c') => event('voltbus.command.ended', { ...S, id, status } as Command);
export const command = (status: string, epoch: number | null = 2) => ({ ...S, id: 'c', status, epoch });
export const usage = (rssMb: number, descriptors: number) => [
  { name: 'cdr', before: { rssMb: 100, descriptors: 40 }, after: { rssMb, descriptors } },
];

/** A run in which all is right: a take-over, a session with its bill, a command, and a reading. */
export const right: History = {
  fleets: [{ tenant: 'one', truth: truthOf([session], [{ id: 'c', station: 'S' }]) }],
  connections: [connection(CONNECTED, 1), connection(CONNECTED, 2, 'gateway-2'), connection(DISCONNECTED, 1)],
  messageConnections: [message(1), message(2, 'gateway-2')],
  transactions: [transaction(STARTED), transaction('voltbus.transaction.updated'), transaction(ENDED)],
  cdrs: [bill()],
  heldCdrs: [],
  commandResults: [result('answered')],
  stored: {
    readings: [{ ...S, at: '2026-01-01T00:30:00.400Z' }],
    commands: [command('answered')],
    presence: [{ ...S, online: true, epoch: 2 }],
  },
  usage: usage(130, 50),
};
export const withStored = (stored: Partial<History['stored']>) => ({ stored: { ...right.stored, ...stored } });
export const withSession = (more: Partial<SessionTruth>) => ({ fleets: [{ tenant: 'one', truth: truthOf([{ ...session, ...more }]) }] });
export const [start, updated, end] = right.transactions as [Recorded<Transaction>, Recorded<Transaction>, Recorded<EndedTransaction>];
export const held = [event('voltbus.cdr.held', { ...S, transaction: 't' } as HeldCdr)];
