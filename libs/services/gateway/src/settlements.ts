import { CALL_RESULTS, stationKey, type CallOutcome, type CallResult, type StationRef } from '@voltbus/contracts';
import { RecordRefused, type Bus } from '@voltbus/bus';
import type { Command } from './command-queue';
import type { Happenings } from './happenings';
import { MAX_KEPT_SETTLEMENTS } from './limits';

const AGAIN_MS = 1_000;

export interface SettledBy {
  ref: StationRef;
  protocol: string;
  inst: string;
  epoch: number;
}

/** Says what became of our calls; kept and said again while the bus is away, in order, within bounds. */
export class Settlements {
  private readonly kept: { key: string; value: Buffer }[] = [];
  private sending = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly happenings: Happenings,
  ) {}

  settle(
    { ref, protocol, inst, epoch }: SettledBy,
    { commandId, action, payload }: Command,
    outcome: CallOutcome,
    sentAt: number | null,
  ): void {
    this.happenings.settled(ref, commandId, action, outcome.kind);
    const result: CallResult = { commandId, ...ref, protocol, action, request: payload, outcome, inst, epoch, sentAt, at: Date.now() };
    if (this.kept.length >= MAX_KEPT_SETTLEMENTS) {
      this.kept.shift();
      this.happenings.settlementLost();
    }
    this.kept.push({ key: stationKey(ref), value: Buffer.from(JSON.stringify(result)) });
    void this.send();
  }

  /** Resolves when all are said; at once when there is none. */
  async flushed(): Promise<void> {
    if (this.kept.length > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    while (this.kept.length > 0) {
      const batch = this.kept.slice();
      const results = await Promise.allSettled(batch.map((record) => this.bus.publish(CALL_RESULTS, record)));
      const failed = results.findIndex((result) => result.status === 'rejected' && !(result.reason instanceof RecordRefused));
      // Behind one that failed everything is said again: a command's end must not come before its being sent.
      const said = new Set(failed < 0 ? batch : batch.slice(0, failed));
      for (let at = this.kept.length - 1; at >= 0; at--)
        if (said.has(this.kept[at] ?? { key: '', value: Buffer.alloc(0) })) this.kept.splice(at, 1);
      if (failed >= 0) await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
    this.sending = false;
    for (const wake of this.idle.splice(0)) wake();
  }
}
