import { TransientError } from '@voltbus/bus';
import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { isFailedStart, termsOf, type Terms, type TermsSource } from '@voltbus/pricing';
import { cdrConfirmed, cdrHeld, cdrIssued, type CdrHistory, type CdrUnit, type TypeormCdrs } from '../cdrs';
import { decided, type ReviewPolicy } from '../review';
import type { Site } from '../station-descriptions';
import type { CdrTelemetry } from '../telemetry';
import { decideBilling, type BillingDecision } from './domain/billing-decision';

interface BillingParts {
  store: TypeormCdrs;
  /** The prices and groups for the unit's station. */
  termsSource(unit: CdrUnit): TermsSource;
  /** Where a session that started then took place. */
  siteOf(unit: CdrUnit, startedAt: string): Promise<Site | null>;
  policyOf(unit: CdrUnit): Promise<ReviewPolicy>;
  telemetry: CdrTelemetry;
  /** Called after a commit that has put an event into the outbox. */
  wakeRelay(): void;
  now(): Date;
}

/** Makes CDRs of ended transactions, once for each revision. */
export class Billing {
  constructor(private readonly parts: BillingParts) {}

  /** `publishedAt`: when the end of this revision was published, Unix ms. */
  async bill(ended: EndedTransaction, publishedAt: number): Promise<void> {
    const { store, telemetry, wakeRelay, siteOf, policyOf } = this.parts;
    const { tenant, station, id: transaction } = ended;
    await store.locked({ tenant, station, transaction }, async (unit) => {
      const history = await unit.history();
      if (ended.revision <= history.revision) return this.billedAlready(unit, ended, history);
      const now = this.parts.now();
      const site = await siteOf(unit, ended.startedAt);
      const by = { terms: await this.terms(unit, ended), site, policy: await policyOf(unit), now: now.getTime() };
      await this.apply(unit, decideBilling(ended, history, by), { ended, history, now });
      if (history.revision === 0) this.reportMissingPrice(ended, by.terms);
      telemetry.billedSince(publishedAt);
    });
    wakeRelay();
  }

  /** A session that nobody could charge in needs no price. */
  private reportMissingPrice(ended: EndedTransaction, { tariff, flags }: Terms): void {
    if (tariff !== null || isFailedStart(ended)) return;
    this.parts.telemetry.billedWithoutPrice(ended, flags.includes('tariff-missing') ? 'removed' : 'none-set');
  }

  private async apply(
    unit: CdrUnit,
    decision: BillingDecision,
    { ended, history, now }: { ended: EndedTransaction; history: CdrHistory; now: Date },
  ): Promise<void> {
    if (history.held !== null) await this.closeReview(unit, history.held, decision, now);
    if (decision.kind === 'hold') return this.hold(unit, decision.cdr);
    if (decision.kind === 'stands') return this.confirm(unit, decision.charge, ended.revision);
    for (const cdr of await unit.issue(decision.cdrs, now)) this.parts.telemetry.issued(cdr);
  }

  /** The held CDR needs no decision any more: an operator has corrected the transaction, or a later revision is there. */
  private async closeReview(unit: CdrUnit, held: Cdr, decision: BillingDecision, now: Date): Promise<void> {
    const correction = decision.kind === 'hold' ? null : decision.correction;
    const review =
      correction === null
        ? decided(held.review, 'superseded', { by: null, at: now.toISOString(), reason: null })
        : decided(held.review, 'corrected', correction);
    await unit.closeReview({ ...held, review });
    this.parts.telemetry.decided({ ...held, review });
  }

  private async hold(unit: CdrUnit, cdr: Cdr): Promise<void> {
    await unit.hold(cdr, [cdrHeld(cdr)]);
    this.parts.telemetry.held(cdr);
  }

  /** A repeat changes nothing. A reminder publishes the CDRs again under their own event ids, because they did not reach the requester. */
  private async billedAlready(unit: CdrUnit, ended: EndedTransaction, { cdrs, heldLast, confirmed }: CdrHistory): Promise<void> {
    if (ended.reminder !== true) return;
    this.parts.telemetry.publishedAgain(ended.tenant, ended.id);
    const events = cdrs.map((cdr) => (cdr.id === confirmed?.id ? cdrConfirmed(cdr, confirmed.revision) : cdrIssued(cdr)));
    await unit.publish([...events, ...(heldLast === null ? [] : [cdrHeld(heldLast)])]);
  }

  /** Publishes that the standing charge bills this revision, for services that wait for it to be billed. */
  private async confirm(unit: CdrUnit, standing: Cdr, revision: number): Promise<void> {
    this.parts.telemetry.stands(standing, revision);
    await unit.confirm(standing, revision, [cdrConfirmed(standing, revision)]);
  }

  private async terms(unit: CdrUnit, ended: EndedTransaction): Promise<Terms> {
    const terms = await termsOf(this.parts.termsSource(unit), ended);
    if (terms === null) {
      // they certainly come, on another topic: a guessed currency would be worse than the wait
      this.parts.telemetry.termsMissing(ended.tenant);
      throw new TransientError(`the terms of tenant ${ended.tenant} are not known yet`);
    }
    return terms;
  }
}
