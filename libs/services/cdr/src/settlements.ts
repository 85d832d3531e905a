import { TransientError } from '@voltbus/bus';
import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { termsOf, type Terms } from '@voltbus/pricing';
import { confirmed, issued } from './announcements';
import { settle } from './domain/settle';
import type { Happenings } from './happenings';
import type { SettlementUnit, TypeormCdrs } from './store/typeorm-cdrs';

export interface SettlementsParts {
  store: TypeormCdrs;
  happenings: Happenings;
  /** Called after every commit that told something. */
  wakeRelay(): void;
}

/** Turns ended transactions into CDRs, each account once. */
export class Settlements {
  constructor(private readonly parts: SettlementsParts) {}

  /** `toldAt`: when this account was told, Unix ms. */
  async settle(account: EndedTransaction, toldAt: number): Promise<void> {
    const { store, happenings, wakeRelay } = this.parts;
    await store.settling({ tenant: account.tenant, station: account.station, transaction: account.id }, async (unit) => {
      const earlier = await unit.cdrs();
      const standing = earlier.findLast(({ kind }) => kind === 'charge') ?? null;
      if (standing !== null && account.revision <= standing.revision) return this.settledAlready(unit, account, earlier);
      const cdrs = settle(account, standing, await this.terms(unit, account));
      if (standing !== null && cdrs.length === 0) return this.stands(unit, standing, account.revision);
      await unit.issue(cdrs, cdrs.map(issued));
      for (const cdr of cdrs) happenings.issued(cdr);
      happenings.settledSince(toldAt);
    });
    wakeRelay();
  }

  /** Twice is once; only who says that the CDRs never reached him hears them again, under their own ids. */
  private async settledAlready(unit: SettlementUnit, account: EndedTransaction, earlier: readonly Cdr[]): Promise<void> {
    if (account.reminder !== true) return;
    this.parts.happenings.toldAgain(account.tenant, account.id);
    await unit.tell(earlier.map(issued));
  }

  /** Whoever waits for this revision to be settled hears that it is. */
  private async stands(unit: SettlementUnit, standing: Cdr, revision: number): Promise<void> {
    this.parts.happenings.stands(standing, revision);
    await unit.tell([confirmed(standing, revision)]);
  }

  private async terms(unit: SettlementUnit, account: EndedTransaction): Promise<Terms> {
    const terms = await termsOf(unit, account);
    if (terms === null) {
      // Told on another topic, and certainly told: guessing a currency would be worse than waiting for it.
      this.parts.happenings.termsMissing(account.tenant);
      throw new TransientError(`the terms of tenant ${account.tenant} are not known yet`);
    }
    return terms;
  }
}
