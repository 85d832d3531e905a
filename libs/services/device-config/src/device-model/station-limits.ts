import { quirkNumber, type QuirkSettings, type StationRef } from '@voltbus/contracts';
import type { StationMessageLimits } from '@voltbus/http';
import { beyondLimits, limitingVariables, readLimit, type MessageLimits } from './domain/message-limits';
import type { TypeormDeviceModel } from './store/typeorm-device-model';

/** Sent by another service, by what the station reports alone. */
const LIST_ACTION = 'SendLocalList';

/** How much stations take in one message, as they have reported it (B05.FR.11, B06.FR.05), or less where they take less than that (`items-per-message`). */
export class StationLimits implements StationMessageLimits {
  constructor(
    private readonly store: Pick<TypeormDeviceModel, 'values'>,
    private readonly quirks: { of(ref: StationRef): Promise<QuirkSettings> },
  ) {}

  async of(ref: StationRef, action: string): Promise<MessageLimits> {
    const variables = limitingVariables(action);
    if (variables === null) return { items: null, bytes: null };
    const values = await this.store.values(ref, [...variables.items, ...variables.bytes]);
    const first = (ids: readonly string[]): number | null =>
      ids.reduce<number | null>((found, id) => found ?? readLimit(values.get(id) ?? null), null);
    const told = { items: first(variables.items), bytes: first(variables.bytes) };
    return action === LIST_ACTION
      ? told
      : { ...told, items: smallest(told.items, quirkNumber(await this.quirks.of(ref), 'items-per-message')) };
  }

  async faultIn(
    ref: StationRef,
    action: string,
    payload: Readonly<Record<string, unknown>>,
  ): Promise<{ path: string; message: string } | null> {
    return beyondLimits(action, payload, await this.of(ref, action));
  }
}

function smallest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}
