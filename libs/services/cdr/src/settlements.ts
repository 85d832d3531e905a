import { TransientError } from '@voltbus/bus';
import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { termsOf, type Terms } from '@voltbus/pricing';
import { confirmed, heldBack, issued } from './announcements';
import type { CdrTelemetry } from './telemetry';
import type { Book } from './review/domain/book';
import { decided, judge, type Judgement } from './review/domain/judge';
import type { SettlementUnit, TypeormCdrs } from './store/typeorm-cdrs';

export interface SettlementsParts {
  store: TypeormCdrs;
  telemetry: CdrTelemetry;
  /** Called after every commit that told something. */
  wakeRelay(): void;
  now(): Date;
}

/** Turns ended transactions into CDRs, each account once. */
export class Settlements {
  constructor(private readonly parts: SettlementsParts) {}

  /** `toldAt`: when this account was told, Unix ms. */
  async settle(account: EndedTransaction, toldAt: number): Promise<void> {
    const { store, telemetry, wakeRelay } = this.parts;
    await store.settling({ tenant: account.tenant, station: account.station, transaction: account.id }, async (unit) => {
      const book = await unit.book();
      if (account.revision <= book.revision) return this.settledAlready(unit, account, book);
      const now = this.parts.now();
      const by = { terms: await this.terms(unit, account), policy: await unit.policy(), now: now.getTime() };
      await this.follow(unit, judge(account, book, by), { account, book, now });
      telemetry.settledSince(toldAt);
    });
    wakeRelay();
  }

  private async follow(
    unit: SettlementUnit,
    judgement: Judgement,
    { account, book, now }: { account: EndedTransaction; book: Book; now: Date },
  ): Promise<void> {
    if (book.held !== null) await this.closeReview(unit, book.held, judgement, now);
    if (judgement.kind === 'hold') return this.hold(unit, judgement.cdr);
    if (judgement.kind === 'stands') return this.stands(unit, judgement.charge, account.revision);
    await unit.issue(judgement.cdrs, judgement.cdrs.map(issued), now);
    for (const cdr of judgement.cdrs) this.parts.telemetry.issued(cdr);
  }

  /** What waited is not what is to be decided any more: an operator has corrected it, or a later revision is there. */
  private async closeReview(unit: SettlementUnit, held: Cdr, judgement: Judgement, now: Date): Promise<void> {
    const correction = judgement.kind === 'hold' ? null : judgement.correction;
    const review =
      correction === null
        ? decided(held.review, 'superseded', { by: null, at: now.toISOString(), reason: null })
        : decided(held.review, 'corrected', correction);
    await unit.closeReview({ ...held, review });
    this.parts.telemetry.decided({ ...held, review });
  }

  private async hold(unit: SettlementUnit, cdr: Cdr): Promise<void> {
    await unit.hold(cdr, [heldBack(cdr)]);
    this.parts.telemetry.held(cdr);
  }

  /** Twice is once; only who says that the CDRs never reached him hears them again, under their own ids. */
  private async settledAlready(unit: SettlementUnit, account: EndedTransaction, { cdrs, heldLast, confirmed: known }: Book): Promise<void> {
    if (account.reminder !== true) return;
    this.parts.telemetry.toldAgain(account.tenant, account.id);
    const told = cdrs.map((cdr) => (cdr.id === known?.id ? confirmed(cdr, known.revision) : issued(cdr)));
    await unit.tell([...told, ...(heldLast === null ? [] : [heldBack(heldLast)])]);
  }

  /** Whoever waits for this revision to be settled hears that it is. */
  private async stands(unit: SettlementUnit, standing: Cdr, revision: number): Promise<void> {
    this.parts.telemetry.stands(standing, revision);
    await unit.confirm(standing, revision, [confirmed(standing, revision)]);
  }

  private async terms(unit: SettlementUnit, account: EndedTransaction): Promise<Terms> {
    const terms = await termsOf(unit, account);
    if (terms === null) {
      // Told on another topic, and certainly told: guessing a currency would be worse than waiting for it.
      this.parts.telemetry.termsMissing(account.tenant);
      throw new TransientError(`the terms of tenant ${account.tenant} are not known yet`);
    }
    return terms;
  }
}
