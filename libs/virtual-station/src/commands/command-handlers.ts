import type { Protocol } from '@voltbus/contracts';
import type { CallAnswer } from '../connection/ocpp-connection';
import type { StationSocket } from '../connection/socket';
import type { Personality } from '../personality/personality';
import { OCPP16_COMMANDS } from './ocpp16';
import { OCPP2_COMMANDS } from './ocpp2';
import type { Payload, StationControls } from './station-controls';

interface CommandHandlerParts {
  protocol: Protocol;
  personality: Personality;
  controls: StationControls;
}

/** Handles the CSMS's calls over one connection, with the station's habits. `reported` is true once the station has booted and reported over it. */
export function commandHandlers(
  { protocol, personality, controls }: CommandHandlerParts,
  socket: StationSocket,
  reported: () => boolean,
): (action: string, payload: Payload) => CallAnswer {
  const { callAnswers, answersCalls = Infinity, shy = false } = personality;
  let calls = 0;
  return (action, payload) => {
    const early = shy && !reported();
    if (early) socket.cut();
    if (early || ++calls > answersCalls) return null;
    return callAnswers === undefined ? handleCommand(protocol, action, payload, controls) : { error: 'NotImplemented' };
  };
}

/** Carries out the core commands as a small station would, and answers any other with `NotImplemented`. */
function handleCommand(protocol: Protocol, action: string, payload: Payload, controls: StationControls): CallAnswer {
  const handler = (protocol === 'ocpp1.6' ? OCPP16_COMMANDS : OCPP2_COMMANDS)[action];
  return handler === undefined ? { error: 'NotImplemented' } : { payload: handler(payload, controls) };
}
