import { CAPABILITY_ACTIONS, type StationCapabilities } from '../capabilities/station-capabilities';
import type { CommandEnd } from './command-ends';

/** What stations say they can do, whoever asked, and commands that may have changed it. */
export function onCapabilitiesAnswered(capabilities: StationCapabilities): CommandEnd {
  return { name: 'on-capabilities-answered', actions: CAPABILITY_ACTIONS, ended: (command) => capabilities.answered(command) };
}
