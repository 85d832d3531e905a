import { fleetSection } from './fleet/fleet-section';
import { readRecordedFleet } from './fleet/recorded-fleet';
import { performancePage } from './system/performance-page';
import { readRecordedRun } from './system/recorded-run';

const fleet = readRecordedFleet();
process.stdout.write(`${performancePage(readRecordedRun())}${fleet === null ? '' : `\n${fleetSection(fleet)}`}`);
