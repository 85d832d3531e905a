import { CsmsError, type Cdr } from '@voltbus/contracts';
import { issued } from '../announcements';
import { standingOf, waive } from '../domain/settle';
import type { CdrTelemetry } from '../telemetry';
import type { SettlementUnit, TypeormCdrs } from '../store/typeorm-cdrs';
import { decided, release, type Decision } from './domain/judge';

export interface ReviewsParts {
  store: TypeormCdrs;
  telemetry: CdrTelemetry;
  wakeRelay(): void;
  now(): Date;
}

/** Who decides, and why. */
export type Decider = Omit<Decision, 'at'>;

/** What operators decide about CDRs. Each decision is made once: said again it answers what it came to. */
export class Reviews {
  constructor(private readonly parts: ReviewsParts) {}

  /** Charges what was held, as it was shown. Throws `conflict` where nothing is held under that id. */
  release(tenant: string, id: string, decider: Decider): Promise<Cdr> {
    return this.deciding(tenant, id, async (unit, cdr) => {
      const state = cdr.review?.state ?? 'none';
      if (state === 'released') return cdr;
      if (state !== 'held') throw refused(cdr, 'only a held CDR can be released');
      const { cdrs } = await unit.book();
      const out = release(cdr, { cdrs }, this.decision(decider));
      const charge = out.at(-1) ?? cdr;
      await unit.closeReview(charge);
      await this.issue(unit, out);
      this.parts.telemetry.decided(charge);
      return charge;
    });
  }

  /** Never charges what was held; takes back what was charged, by a credit, which is what it answers. */
  waive(tenant: string, id: string, decider: Decider): Promise<Cdr> {
    return this.deciding(tenant, id, async (unit, cdr) => {
      const state = cdr.review?.state ?? 'none';
      if (state === 'waived') return cdr;
      if (state === 'held') return this.waiveHeld(unit, cdr, decider);
      const { cdrs } = await unit.book();
      const credit = cdrs.find(({ creditOf }) => creditOf === id);
      if (credit?.review?.state === 'waived') return credit;
      const standing = standingOf(cdrs);
      if (standing?.id !== id) throw refused(cdr, 'only a charge that stands, or a held CDR, can be waived');
      const waiver = waive(standing, decided(standing.review, 'waived', this.decision(decider)));
      await this.issue(unit, [waiver]);
      this.parts.telemetry.decided(waiver);
      return waiver;
    });
  }

  private async waiveHeld(unit: SettlementUnit, held: Cdr, decider: Decider): Promise<Cdr> {
    const waived = { ...held, review: decided(held.review, 'waived', this.decision(decider)) };
    await unit.closeReview(waived);
    this.parts.telemetry.decided(waived);
    return waived;
  }

  /** With the station's transactions to itself: what is decided about is as it is now, not as it was when somebody looked. */
  private async deciding(tenant: string, id: string, work: (unit: SettlementUnit, cdr: Cdr) => Promise<Cdr>): Promise<Cdr> {
    const { store, wakeRelay } = this.parts;
    const seen = await store.find(tenant, id);
    if (seen === null) throw new CsmsError('not-found', 'no such CDR');
    const { station, transaction } = seen;
    const decision = await store.settling({ tenant, station, transaction }, async (unit) => work(unit, (await unit.find(id)) ?? seen));
    wakeRelay();
    return decision;
  }

  private async issue(unit: SettlementUnit, cdrs: readonly Cdr[]): Promise<void> {
    await unit.issue(cdrs, cdrs.map(issued), this.parts.now());
    for (const cdr of cdrs) this.parts.telemetry.issued(cdr);
  }

  private decision({ by, reason }: Decider): Decision {
    return { by, reason, at: this.parts.now().toISOString() };
  }
}

/** What it is instead: a later revision is found by its transaction. */
function refused({ kind, review, transaction }: Cdr, rule: string): CsmsError {
  const state = review?.state ?? 'none';
  const is = kind === 'credit' ? 'a credit' : state === 'none' ? 'a charge nobody has to look at, or one that was taken back' : state;
  return new CsmsError('conflict', `${rule}: it is ${is}`, { state, kind, transaction });
}
