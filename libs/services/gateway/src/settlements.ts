import { mayContainSecret, redact, redactText } from '@voltbus/ocpp';
import { CALL_RESULTS, stationKey, type CallOutcome, type CallResult, type StationRef } from '@voltbus/contracts';
import { MAX_VALUE_BYTES, RecordRefused, type Bus } from '@voltbus/bus';
import type { Command } from './command-queue';
import type { GatewayTelemetry } from './telemetry';
import { MAX_KEPT_SETTLEMENT_BYTES, RESULT_ROOM_BYTES } from './limits';

const AGAIN_MS = 1_000;
const TOO_LARGE: CallOutcome = {
  kind: 'error',
  code: 'InternalError',
  description: 'the station answered, with more than can be kept',
  details: {},
};

export interface SettledBy {
  ref: StationRef;
  protocol: string;
  inst: string;
  epoch: number;
}

interface Kept {
  key: string;
  value: Buffer;
}

/** Says what became of our calls; kept and said again while the bus is away, in order, within bounds. */
export class Settlements {
  private kept: Kept[] = [];
  private keptBytes = 0;
  private sending = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly telemetry: GatewayTelemetry,
  ) {}

  settle(
    { ref, protocol, inst, epoch }: SettledBy,
    { commandId, action, payload }: Command,
    outcome: CallOutcome,
    sentAt: number | null,
  ): void {
    this.telemetry.settled(ref, commandId, action, outcome.kind);
    const said = withoutSecrets(payload, outcome);
    const result: CallResult = { commandId, ...ref, protocol, action, ...said, inst, epoch, sentAt, at: Date.now() };
    this.keep({ key: stationKey(ref), value: valueOf(result) });
    void this.send();
  }

  /** Resolves when all are said; at once when there is none. */
  async flushed(): Promise<void> {
    if (this.kept.length > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private keep(one: Kept): void {
    this.kept.push(one);
    this.keptBytes += one.value.length;
    while (this.keptBytes > MAX_KEPT_SETTLEMENT_BYTES && this.kept.length > 1) {
      this.keptBytes -= this.kept.shift()?.value.length ?? 0;
      this.telemetry.settlementLost();
    }
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    while (this.kept.length > 0) {
      const batch = this.kept.slice();
      const results = await Promise.allSettled(batch.map((record) => this.bus.publish(CALL_RESULTS, record)));
      const failed = results.findIndex((result) => result.status === 'rejected' && !(result.reason instanceof RecordRefused));
      // Behind one that failed everything is said again: a command's end must not come before its being sent.
      this.forget(new Set(failed < 0 ? batch : batch.slice(0, failed)));
      if (failed >= 0) await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
    this.sending = false;
    for (const wake of this.idle.splice(0)) wake();
  }

  private forget(said: ReadonlySet<Kept>): void {
    this.kept = this.kept.filter((one) => !said.has(one));
    this.keptBytes = this.kept.reduce((sum, { value }) => sum + value.length, 0);
  }
}

/** What was asked and what came of it, as others may keep it; tokens of type KeyCode stay, as all tokens do. */
function withoutSecrets(payload: unknown, outcome: CallOutcome): Pick<CallResult, 'request' | 'outcome'> {
  if (!mayContainSecret(JSON.stringify([payload, outcome]))) return { request: payload, outcome };
  const { payload: request, hidden: known } = redact(payload, { keyCodes: false });
  if (outcome.kind === 'answered')
    return { request, outcome: { ...outcome, response: redact(outcome.response, { known, keyCodes: false }).payload } };
  if (outcome.kind !== 'error') return { request, outcome };
  const { description, details } = outcome;
  return { request, outcome: { ...outcome, description: redactText(description, known), details: redact(details, { known }).payload } };
}

/**
 * What the bus would never take is settled without what made it so large: a command must not be left without its end. The bound is that of call and
 * answer together, because the end of the command says both once more.
 */
function valueOf(result: CallResult): Buffer {
  const value = Buffer.from(JSON.stringify(result));
  if (value.length <= MAX_VALUE_BYTES - RESULT_ROOM_BYTES) return value;
  const outcome = result.outcome.kind === 'answered' || result.outcome.kind === 'error' ? TOO_LARGE : result.outcome;
  return Buffer.from(JSON.stringify({ ...result, request: null, outcome } satisfies CallResult));
}
