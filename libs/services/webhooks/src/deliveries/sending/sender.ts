import { randomUUID } from 'node:crypto';
import { WakeableLoop } from '@voltbus/flow';
import type { WebhookTelemetry } from '../../telemetry';
import { judge, type AttemptOutcome, type Verdict } from '../domain/delivery';
import { DISABLED_AFTER_MS, RECOVERY_MS, type SendingLimits } from '../domain/delivery-limits';
import type { ClaimedDelivery, DueWebhook, TypeormQueues } from '../store/typeorm-queues';
import type { TypeormWebhookHealth } from '../store/typeorm-webhook-health';
import type { Attempts } from './attempts';

interface SenderParts {
  queues: TypeormQueues;
  health: TypeormWebhookHealth;
  attempts: Attempts;
  telemetry: WebhookTelemetry;
  limits: SendingLimits;
  now(): Date;
  /** 0 to 1. */
  random(): number;
}

/**
 * Sends what is due. Any number of processes do so side by side: each leases queues, so that the events of a station reach a webhook one after the other, and a
 * delivery that a process died with is sent again, under the same id, when the lease has ended. A webhook has a bounded number of attempts under way, so that
 * one that is slow or dead takes no room of the others.
 */
export class Sender {
  private readonly loop = new WakeableLoop({
    run: () => this.look(),
    onError: (error) => this.parts.telemetry.workFailed('sending webhooks', error),
  });
  private timer: NodeJS.Timeout | undefined;
  /** Attempts under way by webhook, and the most that it may have. */
  private readonly underWay = new Map<string, { some: Set<Promise<void>>; most: number }>();
  private readonly leaving = new AbortController();

  constructor(private readonly parts: SenderParts) {}

  start(): void {
    this.timer = setInterval(() => this.wake(), this.parts.limits.pollMs);
    this.wake();
  }

  /** Looks at once for what is due. */
  wake(): void {
    this.loop.wake();
  }

  /** Begins nothing more. What is under way has some time; then it is given back. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.loop.stop();
    const patience = setTimeout(() => this.leaving.abort(), this.parts.limits.stopMs);
    await this.allEnded();
    clearTimeout(patience);
  }

  /** Resolves when nothing is under way, and nothing more is due. */
  async idle(): Promise<void> {
    for (;;) {
      await this.loop.idle();
      if (this.all().length === 0) return;
      await this.allEnded();
    }
  }

  private async look(): Promise<void> {
    const { queues, limits, now } = this.parts;
    const at = now();
    const failingBefore = new Date(at.getTime() - limits.failingMs);
    const full = [...this.underWay].filter(([, { some, most }]) => some.size >= most).map(([id]) => id);
    const due = await queues.due({ now: at, failingBefore, without: full });
    const isFailing = ({ failingSince }: DueWebhook): boolean => failingSince !== null && failingSince <= failingBefore;
    // those with the least under way first: whoever has much waits until the others have something
    const inTurn = (webhooks: readonly DueWebhook[]) => [...webhooks].sort((one, other) => this.countOf(one) - this.countOf(other));
    for (const webhook of inTurn(due.filter((one) => !isFailing(one)))) await this.lookAt(webhook, limits.ofWebhook, limits.attempts);
    for (const webhook of inTurn(due.filter(isFailing))) await this.lookAt(webhook, limits.ofFailingWebhook, limits.ofAllFailing);
  }

  /** `most` attempts of the webhook, where no more than `mostInAll` are under way. */
  private async lookAt(webhook: DueWebhook, most: number, mostInAll: number): Promise<void> {
    const { queues, limits, now } = this.parts;
    const limit = Math.min(most - this.countOf(webhook), mostInAll - this.all().length);
    if (limit <= 0 || this.loop.stopped) return;
    const at = now();
    const until = new Date(at.getTime() + limits.leaseMs);
    const claimed = await queues.claim({ webhook, lease: randomUUID(), now: at, until, limit });
    for (const one of claimed) this.begin(webhook, one, most);
  }

  private begin(webhook: DueWebhook, claimed: ClaimedDelivery, most: number): void {
    const some = this.underWay.get(webhook.id)?.some ?? new Set();
    this.underWay.set(webhook.id, { some, most });
    const work: Promise<void> = this.send(webhook, claimed)
      .catch((error: unknown) => this.parts.telemetry.workFailed('a webhook delivery', error))
      .finally(() => {
        some.delete(work);
        if (some.size === 0) this.underWay.delete(webhook.id);
        this.wake();
      });
    some.add(work);
  }

  private async send(webhook: DueWebhook, claimed: ClaimedDelivery): Promise<void> {
    const { attempts, queues, telemetry, now, random } = this.parts;
    const { id, body, tries, giveUpAt, station } = claimed;
    const test = station === '';
    let outcome: AttemptOutcome;
    try {
      outcome = await attempts.attempt(webhook, { id, body }, this.leaving.signal);
    } catch (error) {
      if (!this.leaving.signal.aborted) throw error;
      return queues.release(claimed, now());
    }
    telemetry.attempted(outcome.attempt);
    const verdict = judge({ tries, giveUpAt, test }, outcome, random());
    const recorded = await queues.record(claimed, outcome.attempt, verdict, now());
    if (!recorded) return telemetry.leaseLost(idsOf(webhook, claimed));
    this.reportVerdict(webhook, claimed, verdict);
    if (!test) await this.noteHealth(webhook, verdict);
  }

  private reportVerdict(webhook: DueWebhook, claimed: ClaimedDelivery, verdict: Verdict): void {
    const { telemetry, now } = this.parts;
    if (verdict.state === 'delivered') telemetry.delivered({ delayMs: now().getTime() - claimed.createdAt.getTime() });
    if (verdict.state === 'dead') telemetry.died(idsOf(webhook, claimed), verdict.reason);
  }

  private async noteHealth({ id, tenant, webhook, failingSince }: DueWebhook, verdict: Verdict): Promise<void> {
    const { health, telemetry, now } = this.parts;
    const at = now();
    const before = (ms: number) => new Date(at.getTime() - ms);
    if (verdict.state === 'delivered') {
      // one that has begun to fail since it was read is seen by the next success
      if (failingSince !== null) await health.succeeded(id, { now: at, longBefore: before(RECOVERY_MS) });
    } else if (verdict.state === 'dead' && verdict.reason === 'gone') {
      if (await health.gone(id, at)) telemetry.webhookDisabled(tenant, webhook, 'gone');
    } else if (await health.failed(id, { now: at, tooLongBefore: before(DISABLED_AFTER_MS) })) {
      telemetry.webhookDisabled(tenant, webhook, 'failing');
    }
  }

  private countOf({ id }: DueWebhook): number {
    return this.underWay.get(id)?.some.size ?? 0;
  }

  private all(): Promise<void>[] {
    return [...this.underWay.values()].flatMap(({ some }) => [...some]);
  }

  private async allEnded(): Promise<void> {
    await Promise.all(this.all());
  }
}

function idsOf({ tenant, webhook }: DueWebhook, { id }: ClaimedDelivery): { tenant: string; webhook: string; delivery: string } {
  return { tenant, webhook, delivery: id };
}
