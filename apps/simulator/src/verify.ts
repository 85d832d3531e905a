import type { Cdr, Transaction } from '@voltbus/contracts';
import type { SessionTruth, StationTruth, Truth } from './truth';

/** How a CSMS's account differs from the truth; empty lists: it does not. */
export interface Verdict {
  sessions: number;
  lost: string[];
  doubled: string[];
  wrong: string[];
}

/** What a CSMS says about one station. */
export interface Account {
  transactions: Transaction[];
  cdrs: Cdr[];
}

/** Compares the truth with what the CSMS says of each station. Pure. */
export function verify(truth: Truth, accounts: ReadonlyMap<string, Account>): Verdict {
  const verdict: Verdict = { sessions: 0, lost: [], doubled: [], wrong: [] };
  for (const station of truth.stations) {
    const account = accounts.get(station.station) ?? { transactions: [], cdrs: [] };
    for (const session of station.sessions) judge(station, session, account, verdict);
  }
  return verdict;
}

function judge(station: StationTruth, session: SessionTruth, { transactions, cdrs }: Account, verdict: Verdict): void {
  if (!session.startAcknowledged && !session.endAcknowledged) return; // the CSMS never had a chance
  verdict.sessions++;
  const name = `${station.station} (${station.protocol}, ${station.personality}) session of ${session.startedAt}, id ${session.ocppTransactionId}`;
  const mine = transactions.filter((transaction) => transaction.ocppTransactionId === session.ocppTransactionId);
  if (mine.length === 0) return void verdict.lost.push(`${name}: no transaction`);
  if (mine.length > 1) return void verdict.doubled.push(`${name}: ${mine.length} transactions`);
  if (!session.endAcknowledged) return;
  const bills = cdrs.filter((cdr) => cdr.ocppTransactionId === session.ocppTransactionId);
  const charges = bills.filter(({ kind }) => kind === 'charge').length - bills.filter(({ kind }) => kind === 'credit').length;
  if (charges < 1) return void verdict.lost.push(`${name}: no CDR`);
  if (charges > 1) return void verdict.doubled.push(`${name}: ${charges} CDRs that no credit takes back`);
  const billedWh = bills.reduce((sum, { kind, energyWh }) => sum + (kind === 'credit' ? -Math.abs(energyWh) : energyWh), 0);
  const chargedWh = session.stopWh - session.startWh;
  if (billedWh !== chargedWh) verdict.wrong.push(`${name}: charged ${chargedWh} Wh, billed ${billedWh} Wh`);
}
