import { withTimeout } from '@voltbus/flow';
import type { RefusalStatus, TransportHandler, TransportRefusal, UpgradeDecision, UpgradeRequest } from './station-transport';
import type { TransportLimits } from './transport-limits';
import type { RequestKind } from './upgrade-request';

export type Refusal = Extract<UpgradeDecision<never>, { accept: false }>;

/** Seconds until a station that got a 503 may come back. They are spread, so that stations do not come back together. */
const RETRY_AFTER_SECONDS = { least: 5, spread: 25 };

/** The answers by which the transport itself refuses requests. */
export const REFUSALS = {
  plainGet: refusal(426, { Upgrade: 'websocket' }, 'OCPP over WebSocket only'),
  plainOther: refusal(404, {}, 'not found'),
  oldVersion: refusal(426, { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }, 'WebSocket version 13 only'),
  broken: refusal(400, {}, 'bad request'),
  headersLate: refusal(408, {}, 'headers not complete in time'),
  headersTooLarge: refusal(431, {}, 'headers too large'),
  defect: refusal(500, {}, 'internal error'),
} as const;

/** Returns the refusal of a request that cannot become a WebSocket; null for one that can. */
export function refusalOfRequest(kind: RequestKind, method: string): { reason: TransportRefusal; answer: Refusal } | null {
  switch (kind) {
    case 'websocket':
      return null;
    case 'broken':
      return { reason: 'bad-request', answer: REFUSALS.broken };
    case 'old-version':
      return { reason: 'bad-request', answer: REFUSALS.oldVersion };
    case 'plain':
      return { reason: 'not-a-websocket', answer: method.toUpperCase() === 'GET' ? REFUSALS.plainGet : REFUSALS.plainOther };
  }
}

function refusal(status: RefusalStatus, headers: Record<string, string>, body: string): Refusal {
  return { accept: false, status, headers, body };
}

function retryLater(body: string): Refusal {
  const seconds = RETRY_AFTER_SECONDS.least + Math.floor(Math.random() * RETRY_AFTER_SECONDS.spread);
  return refusal(503, { 'Retry-After': String(seconds) }, body);
}

/** Has upgrades decided for both adapters. It bounds how many are decided at a time and how long that takes, and survives errors of the gateway. */
export class UpgradeHandler<Context> {
  #deciding = 0;
  #stopping = false;

  constructor(
    private readonly handler: TransportHandler<Context>,
    private readonly limits: TransportLimits,
  ) {}

  stop(): void {
    this.#stopping = true;
  }

  reportRefusal(reason: TransportRefusal, remoteAddress: string): void {
    try {
      this.handler.onRefused(reason, remoteAddress);
    } catch (error) {
      this.handler.onDefect(error);
    }
  }

  /** Resolves with the decision to carry out, or with null when the peer has left meanwhile, which `left` tells. Never rejects. */
  async decideUpgrade(request: UpgradeRequest, left: () => boolean): Promise<UpgradeDecision<Context> | null> {
    const refuse = (reason: TransportRefusal, answer: Refusal) => {
      this.reportRefusal(reason, request.remoteAddress);
      return answer;
    };
    if (this.#stopping) return refuse('stopping', retryLater('stopping'));
    if (this.#deciding >= this.limits.maxHandshakes) return refuse('too-many-handshakes', retryLater('busy'));
    this.#deciding += 1;
    try {
      const decision = await this.#inTime(request);
      if (left()) {
        this.reportRefusal('left', request.remoteAddress);
        return null;
      }
      if (decision === 'timeout') return refuse('decision-timeout', retryLater('no decision in time'));
      if (decision.accept && this.#stopping) return refuse('stopping', retryLater('stopping'));
      if (decision.accept && decision.subprotocol !== null && !request.offered.includes(decision.subprotocol)) {
        throw new Error(`the subprotocol ${decision.subprotocol} was not offered`);
      }
      return decision;
    } catch (error) {
      this.handler.onDefect(error);
      return left() ? null : refuse('decision-failed', REFUSALS.defect);
    } finally {
      this.#deciding -= 1;
    }
  }

  async #inTime(request: UpgradeRequest): Promise<UpgradeDecision<Context> | 'timeout'> {
    const decision = this.handler.decideUpgrade(request);
    if (!(decision instanceof Promise)) return decision;
    return withTimeout(decision, this.limits.upgradeTimeoutMs, () => 'timeout' as const);
  }
}
