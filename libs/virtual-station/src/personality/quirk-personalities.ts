import type { FirmwareHabit } from '../commands/firmware-update';
import type { Personality } from './personality';

/** Habits that are read rightly only where a quirk is switched on for the station: the description names it. */
const SWITCHED: readonly Personality[] = [
  {
    ...{ name: 'local-clock', timestamps: 'local', zone: 'Europe/Berlin' },
    description: 'writes the time of Berlin without a zone (`zoneless-times-are-local`)',
  },
  {
    ...{ name: 'local-clock-as-utc', timestamps: 'local-as-utc', zone: 'Europe/Berlin' },
    description: 'writes the time of Berlin as UTC (`utc-times-are-local`)',
  },
  { name: 'kilowatt-hours-as-wh', description: 'reports kWh as Wh (1.6, `energy-in-kwh`)', kilowattHoursAsWattHours: true },
  {
    ...{ name: 'available-while-charging', availableWhileCharging: true, silent: true },
    description: 'reports Available while it charges, and no readings (`available-ends` off)',
  },
  { name: 'no-profile', description: 'rejects remote starts with a profile (`start-without-profile`)', rejectsStartWith: 'profile' },
  {
    ...{ name: 'no-any-connector', rejectsStartWith: 'no-connector' },
    description: 'rejects remote starts without a connector (`start-needs-connector`)',
  },
  { name: 'needs-pauses', description: 'goes deaf when it is called without a pause (`pause-between-calls`)', needsPauseMs: 500 },
];

const HABITS: Readonly<Record<FirmwareHabit, string>> = {
  installs: 'installs firmware, and boots with it',
  'download-fails': 'fails to download firmware',
  'install-fails': 'fails to install firmware',
  'wrong-signature': 'finds the signature of firmware wrong',
  lies: 'reports that firmware is installed, and boots with what it had',
  silent: 'installs firmware without a word',
  stuck: 'begins to download firmware, and is not heard of again',
};

/** How firmware updates go. */
const FIRMWARE: readonly Personality[] = Object.entries(HABITS).map(([habit, description]) => ({
  ...{ name: `firmware-${habit}`, description, firmwareVersion: '1.0' },
  firmwareUpdates: habit as FirmwareHabit, // its own key
}));

/** Personalities that are asked for by name: they are in no mix, where every session has to come right as it is. */
export const NAMED_PERSONALITIES: readonly Personality[] = [...SWITCHED, ...FIRMWARE];
