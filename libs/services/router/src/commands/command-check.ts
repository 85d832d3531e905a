import { PROTOCOLS, CsmsError, type Protocol } from '@voltbus/contracts';
import { faultyRequest } from '@voltbus/http';
import { checkRequest, findAction, type PathError } from '@voltbus/ocpp';
import { brokenRules } from './domain/command-rules';

/** Largest payload, as JSON: half of the bus's limit, and ten full local lists of small stations. */
export const MAX_PAYLOAD_BYTES = 524_288;

interface CommandFault {
  code: string;
  description: string;
}

/**
 * Refuses a command that the station could not be sent, with 422 and the wrong paths. `protocol` is the version that the station speaks; null means
 * that it is not connected: then the payload must suit one of the versions that have the action.
 */
export function checkCommand(protocol: Protocol | null, action: string, payload: unknown): void {
  const versions = (protocol === null ? PROTOCOLS : [protocol]).filter((version) => isCommand(version, action));
  if (versions.length === 0) {
    const where = protocol ?? 'any version';
    const message = PROTOCOLS.some((version) => findAction(version, action)?.initiator === 'station')
      ? `${action} is a message of the station, not a command`
      : `${action} is not an action of ${where}`;
    throw faultyRequest('invalid', [{ path: '/action', message }]);
  }
  if (Buffer.byteLength(JSON.stringify(payload)) > MAX_PAYLOAD_BYTES)
    throw faultyRequest('invalid', [{ path: '/payload', message: `is larger than ${MAX_PAYLOAD_BYTES} bytes` }]);
  const failures = versions.map((version) => faults(version, action, payload));
  const [first = []] = failures;
  if (failures.every((paths) => paths.length > 0))
    throw faultyRequest(
      'invalid',
      first.map((fault) => ({ ...fault, path: `/payload${fault.path}` })),
    );
}

/** The fault for which `checkCommand` refuses the command; null: it has none. */
export function commandFault(protocol: Protocol | null, action: string, payload: unknown): CommandFault | null {
  try {
    checkCommand(protocol, action, payload);
    return null;
  } catch (error) {
    if (error instanceof CsmsError) return { code: error.code, description: error.message };
    throw error;
  }
}

function isCommand(protocol: Protocol, action: string): boolean {
  const info = findAction(protocol, action);
  // a 2.1 SEND is never answered, so a command with one would never end
  return info !== undefined && info.initiator !== 'station' && info.kind === 'call';
}

function faults(protocol: Protocol, action: string, payload: unknown): PathError[] {
  const checked = checkRequest(protocol, action, payload, 'strict');
  if (checked.ok) return brokenRules(protocol, action, payload as Record<string, unknown>); // every request is an object
  return checked.paths.length > 0 ? checked.paths : [{ path: '', message: checked.error.description }];
}
