import type { Cdr, Transaction } from '@voltbus/contracts';
import { verify } from './verify';
import type { SessionTruth, Truth } from './truth';

const session: SessionTruth = {
  ocppTransactionId: '1',
  idToken: 'T',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T01:00:00.000Z',
  startWh: 100,
  stopWh: 600,
  startAcknowledged: true,
  endAcknowledged: true,
  readingsAcknowledged: 3,
  lost: 0,
};
const truth = (changes: Partial<SessionTruth> = {}): Truth => ({
  seed: 1,
  url: '',
  from: '',
  to: '',
  stations: [{ station: 'S', protocol: 'ocpp1.6', personality: 'by-the-book', sessions: [{ ...session, ...changes }] }],
});
// only what the judge reads
const transaction = { ocppTransactionId: '1' } as Transaction;
const cdr = (energyWh: number, kind: Cdr['kind'] = 'charge') => ({ ocppTransactionId: '1', energyWh, kind }) as Cdr;
const judged = (transactions: Transaction[], cdrs: Cdr[], changes: Partial<SessionTruth> = {}) => {
  const { lost, doubled, wrong } = verify(truth(changes), new Map([['S', { transactions, cdrs }]]));
  return [lost.length, doubled.length, wrong.length];
};

describe('the verdict', () => {
  it.each([
    ['one session, one transaction, one right bill', [transaction], [cdr(500)], {}, [0, 0, 0]],
    ['no transaction', [], [], {}, [1, 0, 0]],
    ['no CDR', [transaction], [], {}, [1, 0, 0]],
    ['two transactions', [transaction, transaction], [cdr(500)], {}, [0, 1, 0]],
    ['two CDRs', [transaction], [cdr(500), cdr(500)], {}, [0, 1, 0]],
    ['a bill too high', [transaction], [cdr(501)], {}, [0, 0, 1]],
    ['a bill taken back and issued anew', [transaction], [cdr(400), cdr(400, 'credit'), cdr(500)], {}, [0, 0, 0]],
    ['an end that the CSMS never acknowledged', [transaction], [], { endAcknowledged: false }, [0, 0, 0]],
    ['a session the CSMS never heard of', [], [], { startAcknowledged: false, endAcknowledged: false }, [0, 0, 0]],
  ])('on %s', (_name, transactions, cdrs, changes, verdict) => {
    expect(judged(transactions, cdrs, changes)).toEqual(verdict);
  });
});
