import { CAPABILITY_ACTIONS, type StationCapabilities } from '../station-capabilities';
import type { CommandEnd } from '../../events/command-ends';

/** What stations say they can do, whoever asked, and commands that may have changed it. */
export function onCapabilitiesAnswered(capabilities: StationCapabilities): CommandEnd {
  return { name: 'on-capabilities-answered', actions: CAPABILITY_ACTIONS, ended: (command) => capabilities.onAnswered(command) };
}
