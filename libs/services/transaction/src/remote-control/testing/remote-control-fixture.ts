import { randomUUID } from 'node:crypto';
import { COMMAND_RESULTS, type Command, type Protocol } from '@voltbus/contracts';
import type { CommandToSend } from '@voltbus/service';
import { RemoteControl } from '../remote-control';
import { startService, type ServiceFixture } from '../../testing/service-fixture';

/** The service, with the token `Tag-1`. */
export async function startWithToken(): Promise<ServiceFixture> {
  const service = await startService();
  await service.tokenStore.put('default', {
    idToken: 'Tag-1',
    type: 'ISO14443',
    status: 'Accepted',
    groupId: null,
    expiresAt: null,
    concurrent: true,
  });
  return service;
}

export const REJECTED = { status: 'answered', response: { status: 'Rejected' }, error: null } as const;

interface World {
  now?: () => Date;
  drawId?: () => number;
  /** What happens to a command before whoever wished it is answered. */
  accepted?(command: Command): Promise<void>;
}

/** The router, which only records what is sent; and a registry that knows one station's version. */
export function remote(
  service: ServiceFixture,
  online: Protocol | null | Error,
  { now = () => new Date(), drawId = () => 4711, accepted }: World = {},
): { control: RemoteControl; wished: CommandToSend[] } {
  const sentCommands: CommandToSend[] = [];
  const sendCommand = async (change: CommandToSend): Promise<Command> => {
    sentCommands.push(change);
    const { id = 'none', ref, action, payload } = change;
    const nothing = { response: null, error: null, createdAt: '', sentAt: null, endedAt: null };
    const command: Command = { id, ...ref, action, payload, status: 'queued', ...nothing };
    await accepted?.(command);
    return command;
  };
  const find = () =>
    online instanceof Error
      ? Promise.reject(online)
      : Promise.resolve(online === null ? null : { inst: 'gw', bucket: 0, epoch: 1, protocol: online, lastSeenAt: 0 });
  const parts = {
    commands: { sendCommand },
    connections: { find },
    tokens: service.tokenStore,
    stops: service.stops,
    starts: service.starts,
    targets: service.targets,
    drawId,
    now,
  };
  return { control: new RemoteControl(parts), wished: sentCommands };
}
export const ref = (station: string) => ({ tenant: 'default', station });
/** The router publishes the end of a command. */
export function ended(service: ServiceFixture, command: Partial<Command>): Promise<void> {
  const at = new Date().toISOString();
  const nothing = { payload: {}, status: 'answered', response: null, error: null, createdAt: at, sentAt: null } as const;
  const value = { tenant: 'default', station: 'CS-1', ...nothing, ...command, createdAt: at, endedAt: at };
  return service.deliver(COMMAND_RESULTS.events.ended, value, { station: value.station });
}
export const asking = (id: string = randomUUID()) => ({ id, requestedBy: 'api' });
