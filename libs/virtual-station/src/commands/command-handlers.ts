import type { Protocol } from '@voltbus/contracts';
import type { CallAnswer } from '../connection/ocpp-connection';
import type { StationSocket } from '../connection/socket';
import type { Personality } from '../personality/personality';
import { LOCAL_CONTROLLER_COMMANDS } from './local-controller-commands';
import { OCPP16_COMMANDS } from './ocpp16';
import { OCPP2_COMMANDS } from './ocpp2';
import type { CommandHandler, Payload, StationControls } from './station-controls';
import { itemsOf } from './variable-requests';

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
  const { callAnswers, answersCalls = Infinity, shy = false, needsPauseMs = 0 } = personality;
  let calls = 0;
  let answeredAt = -Infinity;
  return (action, payload) => {
    const early = shy && !reported();
    if (early) socket.cut();
    if (early || ++calls > answersCalls) return null;
    if (performance.now() - answeredAt < needsPauseMs) calls = Infinity; // from then on it answers nothing until it reconnects
    if (calls > answersCalls || calls === Infinity) return null;
    answeredAt = performance.now();
    return callAnswers === undefined ? handleCommand(protocol, action, payload, controls) : { error: 'NotImplemented' };
  };
}

/** The code of 1.6 is misspelt in its specification. */
const TOO_MANY: Readonly<Record<Protocol, string>> = {
  'ocpp1.6': 'OccurenceConstraintViolation',
  'ocpp2.0.1': 'OccurrenceConstraintViolation',
  'ocpp2.1': 'OccurrenceConstraintViolation',
};

/** Carries out the core commands as a small station would, and answers any other with `NotImplemented`. */
function handleCommand(protocol: Protocol, action: string, payload: Payload, controls: StationControls): CallAnswer {
  const handler = handlerOf(protocol, action, controls);
  if (handler === undefined) return { error: 'NotImplemented' };
  // more than the station takes in one message (B05.FR.11, B06.FR.05, 1.6 section 5.8)
  if (itemsOf(payload) > controls.deviceModel().itemsPerMessage) return { error: TOO_MANY[protocol] };
  return { payload: handler(payload, controls) };
}

function handlerOf(protocol: Protocol, action: string, controls: StationControls): CommandHandler | undefined {
  if (protocol === 'ocpp1.6') return OCPP16_COMMANDS[action];
  return OCPP2_COMMANDS[action] ?? (controls.localController() === null ? undefined : LOCAL_CONTROLLER_COMMANDS[action]);
}
