import { commandOutcome, isOcppInteger, type Command, type StationRef } from '@voltbus/contracts';
import { afterClear, afterSet, type DisplayMessage } from './domain/display-message';
import type { TypeormDisplay } from './store/typeorm-display';
import type { DisplayUnit } from './store/typeorm-display-unit';

interface DisplayResultsParts {
  store: TypeormDisplay;
  now(): Date;
}

const CHANGES = { SetDisplayMessage: afterSet, ClearDisplayMessage: afterClear } as const;

/** What stations answer when they are asked to set or clear a message. */
export class DisplayResults {
  constructor(private readonly parts: DisplayResultsParts) {}

  /** The end of a command. One that an operator sent by hand concerns a message where it clears it. */
  async onEnded(command: Command): Promise<void> {
    const { id, tenant, station, action, payload } = command;
    const change = CHANGES[action as keyof typeof CHANGES] as typeof afterSet | undefined; // actions of other commands are none
    if (change === undefined) return;
    const outcome = commandOutcome(command);
    await this.parts.store.inStation({ tenant, station }, async (unit) => {
      const own = await unit.byCommand(id);
      if (own !== null) return this.save(unit, change(own, outcome, this.parts.now()));
      const { id: messageId } = payload as { id?: unknown };
      const isCleared = action === 'ClearDisplayMessage' && outcome.text === 'Accepted' && isOcppInteger(messageId);
      const named = isCleared ? await unit.find(messageId) : null;
      if (named !== null) await unit.write([{ ...named, state: 'cleared', changedAt: this.parts.now() }]);
    });
  }

  /** The command was refused before it was stored. */
  async notTaken(ref: StationRef, command: string, code: string): Promise<void> {
    await this.parts.store.inStation(ref, async (unit) => {
      const own = await unit.byCommand(command);
      const change = own?.state === 'clearing' ? afterClear : afterSet;
      if (own !== null) await this.save(unit, change(own, { kind: 'error', text: code }, this.parts.now()));
    });
  }

  /** O02.FR.18: a station has one message in front of all. */
  private async save(unit: DisplayUnit, message: DisplayMessage): Promise<void> {
    const isFront = message.state === 'set' && message.wanted?.priority === 'AlwaysFront';
    const others = isFront ? (await unit.all()).filter((one) => one.id !== message.id && isInFront(one)) : [];
    await unit.write([message, ...others.map((one) => ({ ...one, state: 'replaced' as const, changedAt: message.changedAt }))]);
  }
}

function isInFront({ state, wanted, reported }: DisplayMessage): boolean {
  return (state === 'set' || state === 'foreign') && (wanted ?? reported)?.priority === 'AlwaysFront';
}
