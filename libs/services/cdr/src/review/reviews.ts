import { CsmsError, type Cdr } from '@voltbus/contracts';
import { standingOf, waiverOf, type CdrUnit, type TypeormCdrs } from '../cdrs';
import type { CdrTelemetry } from '../telemetry';
import { decided, release, type Decision } from './domain/decisions';

interface ReviewsParts {
  store: TypeormCdrs;
  telemetry: CdrTelemetry;
  /** Called after a commit that has put an event into the outbox. */
  wakeRelay(): void;
  now(): Date;
}

/** The operator who decides, and the reason. */
type Decider = Omit<Decision, 'at'>;

/** Decisions of operators about CDRs. Each is made once: a repeat returns its outcome. */
export class Reviews {
  constructor(private readonly parts: ReviewsParts) {}

  /** Charges a held CDR as it was shown. Throws `conflict` where no CDR of that id is held. */
  release(tenant: string, id: string, decider: Decider): Promise<Cdr> {
    return this.deciding(tenant, id, async (unit, cdr) => {
      const state = cdr.review?.state ?? 'none';
      if (state === 'released') return cdr;
      if (state !== 'held') throw refused(cdr, 'only a held CDR can be released');
      const { cdrs } = await unit.history();
      const out = release(cdr, cdrs, this.decision(decider));
      await unit.closeReview(out.at(-1) ?? cdr);
      const charge = (await this.issue(unit, out)).at(-1) ?? cdr;
      this.parts.telemetry.decided(charge);
      return charge;
    });
  }

  /** Ends a held CDR without a charge, and returns it; reverses a charge by a credit, and returns that. */
  waive(tenant: string, id: string, decider: Decider): Promise<Cdr> {
    return this.deciding(tenant, id, async (unit, cdr) => {
      const state = cdr.review?.state ?? 'none';
      if (state === 'waived') return cdr;
      if (state === 'held') return this.waiveHeld(unit, cdr, decider);
      const { cdrs } = await unit.history();
      const credit = cdrs.find(({ creditOf }) => creditOf === id);
      if (credit?.review?.state === 'waived') return credit;
      const standing = standingOf(cdrs);
      if (standing?.id !== id) throw refused(cdr, 'only a charge that stands, or a held CDR, can be waived');
      const waiver = waiverOf(standing, decided(standing.review, 'waived', this.decision(decider)));
      const [issued = waiver] = await this.issue(unit, [waiver]);
      this.parts.telemetry.decided(issued);
      return issued;
    });
  }

  private async waiveHeld(unit: CdrUnit, held: Cdr, decider: Decider): Promise<Cdr> {
    const waived = { ...held, review: decided(held.review, 'waived', this.decision(decider)) };
    await unit.closeReview(waived);
    this.parts.telemetry.decided(waived);
    return waived;
  }

  /** Locks the station's CDRs, so that the decision is about the CDR as it is now, not as it was when the operator looked at it. */
  private async deciding(tenant: string, id: string, work: (unit: CdrUnit, cdr: Cdr) => Promise<Cdr>): Promise<Cdr> {
    const { store, wakeRelay } = this.parts;
    const seen = await store.find(tenant, id);
    if (seen === null) throw new CsmsError('not-found', 'no such CDR');
    const { station, transaction } = seen;
    const decision = await store.locked({ tenant, station, transaction }, async (unit) => work(unit, (await unit.find(id)) ?? seen));
    wakeRelay();
    return decision;
  }

  private async issue(unit: CdrUnit, cdrs: readonly Cdr[]): Promise<Cdr[]> {
    const issued = await unit.issue(cdrs, this.parts.now());
    for (const cdr of issued) this.parts.telemetry.issued(cdr);
    return issued;
  }

  private decision({ by, reason }: Decider): Decision {
    return { by, reason, at: this.parts.now().toISOString() };
  }
}

/** Names the state of the CDR; the details lead to later revisions of its transaction. */
function refused({ kind, review, transaction }: Cdr, rule: string): CsmsError {
  const state = review?.state ?? 'none';
  const is = kind === 'credit' ? 'a credit' : state === 'none' ? 'a charge nobody has to look at, or one that was taken back' : state;
  return new CsmsError('conflict', `${rule}: it is ${is}`, { state, kind, transaction });
}
