import type { CommandRequest } from '@voltbus/contracts';
import type { ServiceFixture } from './start-service';

/** Keeps the commands that the service puts on the bus from now on, and nothing else that it publishes. Nothing goes out. */
export function keptCommands({ bus }: ServiceFixture): CommandRequest[] {
  const kept: CommandRequest[] = [];
  jest.spyOn(bus, 'publish').mockImplementation((_topic, { value }) => {
    const request = JSON.parse(String(value)) as Partial<CommandRequest>;
    if (request.action !== undefined) kept.push(request as CommandRequest);
    return Promise.resolve();
  });
  return kept;
}
