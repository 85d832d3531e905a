import { performancePage } from './system/performance-page';
import { readRecordedRun } from './system/recorded-run';

process.stdout.write(performancePage(readRecordedRun()));
