import type { CallLineOptions } from './call-line';
import type { LineKeeperParts } from './line-keeper';
import { obey } from './obedience';
import type { Wire } from './wire';

/** What a station does with the CSMS's calls over one connection, by its habits. `reported`: whether it is through with its boot there. */
export function whenCalled(wire: Wire, { personality, tongue, orders }: LineKeeperParts, reported: () => boolean): CallLineOptions['obey'] {
  const { answers, answersCalls = Infinity, shy = false } = personality;
  let calls = 0;
  return (action, payload) => {
    const early = shy && !reported();
    if (early) wire.cut();
    if (early || ++calls > answersCalls) return null;
    return answers === undefined ? obey(tongue, action, payload, orders) : { error: 'NotImplemented' };
  };
}
