import type { Protocol, QuirkSettings, Registration, StationRef } from '@voltbus/contracts';
import type { Service, StationMessage } from '@voltbus/service';

export interface SendingStation extends Partial<StationRef> {
  protocol: Protocol;
  receivedAt?: Date;
  registration?: Registration;
  leniency?: readonly string[];
  quirks?: QuirkSettings;
  /** Default: true. */
  awaited?: boolean;
  /** The payload without its quirks, where they change it. */
  written?: object;
}

let messages = 0;

export function handlerOf(service: Service, { protocol, action }: Pick<StationMessage, 'protocol' | 'action'>) {
  const handler = service.table[protocol === 'ocpp1.6' ? 'ocpp16' : 'ocpp2'][action];
  if (handler === undefined) throw new Error(`no answer to ${action}`);
  return handler;
}

export function messageFrom(
  { tenant, station, protocol, receivedAt, registration, leniency, quirks, written, awaited }: SendingStation,
  action: string,
  payload: object,
): StationMessage<never> {
  return {
    ref: { tenant: tenant ?? 'default', station: station ?? 'CS-1' },
    protocol,
    action,
    messageId: `m${messages++}`,
    // the spec's author knows the action's payload
    payload: payload as never,
    receivedAt: receivedAt ?? new Date(),
    registration: registration ?? 'accepted',
    returnTo: { inst: 'gw-00000000', bucket: 0, epoch: 1 },
    checked: 'strict',
    awaited: awaited ?? true,
    leniency: leniency ?? [],
    ...(quirks && { quirks }),
    ...(written && { written: written as never }), // as the payload
  };
}

/** Lets the service handle the message; its answer. */
export async function handleMessage(service: Service, message: StationMessage<never>): Promise<Record<string, unknown>> {
  const handler = handlerOf(service, message);
  if (handler.shape === 'key') return { ...(await handler.decide(message)).payload };
  await handler.store([message]);
  return { ...handler.answer?.(message) };
}
