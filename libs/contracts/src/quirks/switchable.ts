import type { SwitchableEntry } from './quirk';

const READ = 'libs/platform/service/src/quirks';
const SESSION = 'libs/services/gateway/src/session';
const NONE = { kind: 'none' } as const;
const LENIENCY = (kind: string) => `\`ocpp_leniency_applied_total{kind="${kind}"}\`, flag \`quirk-applied\``;
const GATEWAY = (name: string) => `\`gateway_quirks_applied_total{quirk="${name}"}\``;
const ZONE = 'The zone of the clock of the station (IANA). The hour that comes twice in autumn is taken for the first of the two';

/** Entries that are switched on or off for a tenant, a kind of station, a group or a station. */
export const SWITCHABLE_QUIRKS = {
  'zoneless-times-are-local': {
    station: 'Writes its local time without a zone',
    csms: 'Reads times without a zone as local ones. Otherwise they are read as UTC',
    ...{ actions: 'All messages with times', versions: 'all', ranks: [12], default: 'off' },
    value: { kind: 'time-zone', means: ZONE },
    ...{ decidedBy: `${READ}/read-quirks.ts`, spec: `${READ}/read-quirks.spec.ts`, shownBy: LENIENCY('quirk-zoneless-times-are-local') },
  },
  'utc-times-are-local': {
    station: 'Writes its local time and labels it as UTC (`Z`)',
    csms: 'Reads times that end with `Z` as local ones',
    ...{ actions: 'All messages with times', versions: 'all', ranks: [12], default: 'off' },
    value: { kind: 'time-zone', means: ZONE },
    ...{ decidedBy: `${READ}/read-quirks.ts`, spec: `${READ}/read-quirks.spec.ts`, shownBy: LENIENCY('quirk-utc-times-are-local') },
  },
  'energy-in-kwh': {
    station: 'Reports energy in kWh as Wh, or without a unit',
    csms: 'Multiplies its registers and readings of energy by 1,000, where they are said to be in Wh or have no unit',
    ...{ actions: 'StartTransaction, StopTransaction, MeterValues, TransactionEvent', versions: 'all', ranks: [17], default: 'off' },
    value: NONE,
    ...{ decidedBy: `${READ}/read-quirks.ts`, spec: `${READ}/read-quirks.spec.ts`, shownBy: LENIENCY('quirk-energy-in-kwh') },
  },
  'totals-are-wrong': {
    station: 'Reports phases and a total that is not their sum',
    csms: 'Leaves the total out where a phase of the same measurand, place and context was reported with it: the sum of the phases counts',
    ...{ actions: 'MeterValues, StopTransaction, TransactionEvent', versions: 'all', ranks: [43], default: 'off' },
    value: NONE,
    ...{ decidedBy: `${READ}/read-quirks.ts`, spec: `${READ}/read-quirks.spec.ts`, shownBy: LENIENCY('quirk-totals-are-wrong') },
  },
  'available-ends': {
    station: 'Reports the end of a session only by the status `Available`',
    csms: 'Takes a session for over whose connector became available and that says nothing for three minutes. Off: the status proves nothing, as of stations that report `Available` while a cable is plugged in',
    ...{ actions: 'StatusNotification, NotifyEvent', versions: 'all', ranks: [14, 67], default: 'on' },
    value: NONE,
    decidedBy: 'libs/services/transaction/src/stale-transactions/connector-observer.ts',
    spec: 'libs/services/transaction/src/stale-transactions/transaction-status.spec.ts',
    shownBy: 'flag `implicit-end`',
  },
  'no-pings': {
    station: 'Is disturbed by WebSocket pings',
    csms: 'Sends it none: it counts as gone after 2.5 heartbeat intervals of silence',
    ...{ actions: 'None', versions: 'all', ranks: [21], default: 'off' },
    value: NONE,
    ...{ decidedBy: `${SESSION}/connection.ts`, spec: `${SESSION}/session-quirks.spec.ts`, shownBy: GATEWAY('no-pings') },
  },
  'slow-to-be-called': {
    station: 'Drops its connection, or loops, when it is called soon after it connected or booted',
    csms: 'Sends it no call before this time after its connection and after its boot, 25 seconds after its connection at most. Otherwise a call waits for the first message after the boot, or three seconds',
    ...{ actions: 'All calls of the CSMS', versions: 'all', ranks: [6], default: 'off' },
    value: { kind: 'number', unit: 'seconds', least: 5, most: 25, means: 'The time in which it is not called' },
    ...{ decidedBy: `${SESSION}/boot-watch.ts`, spec: `${SESSION}/session-quirks.spec.ts`, shownBy: GATEWAY('slow-to-be-called') },
  },
  'pause-between-calls': {
    station: 'Stops answering when calls follow each other without a pause',
    csms: 'Waits between its answer and the next call',
    ...{ actions: 'All calls of the CSMS', versions: 'all', ranks: [7], default: 'off' },
    value: { kind: 'number', unit: 'milliseconds', least: 100, most: 10_000, means: 'The pause' },
    ...{ decidedBy: `${SESSION}/outbound-calls.ts`, spec: `${SESSION}/session-quirks.spec.ts`, shownBy: GATEWAY('pause-between-calls') },
  },
  'times-without-milliseconds': {
    station: 'Misreads times with fractions of a second',
    csms: 'Sends it times in whole seconds, in calls and in answers',
    ...{ actions: 'All messages of the CSMS with times', versions: 'all', ranks: [13], default: 'off' },
    value: NONE,
    ...{ decidedBy: `${SESSION}/connection.ts`, spec: `${SESSION}/sent-quirks.spec.ts`, shownBy: GATEWAY('times-without-milliseconds') },
  },
  'start-without-profile': {
    station: 'Rejects a remote start that has a charging profile',
    csms: 'Leaves the charging profile out of remote starts. It is not set by other means',
    ...{ actions: 'RemoteStartTransaction, RequestStartTransaction', versions: 'all', ranks: [59], default: 'off' },
    value: NONE,
    ...{ decidedBy: `${SESSION}/sent-quirks.ts`, spec: `${SESSION}/sent-quirks.spec.ts`, shownBy: GATEWAY('start-without-profile') },
  },
  'start-needs-connector': {
    station: 'Rejects a remote start that names no connector',
    csms: 'Adds this connector (1.6) or EVSE (2.x) to remote starts that name none',
    ...{ actions: 'RemoteStartTransaction, RequestStartTransaction', versions: 'all', ranks: [58], default: 'off' },
    value: { kind: 'number', unit: 'number', least: 1, most: 1_000, means: 'The number of the connector or EVSE' },
    ...{ decidedBy: `${SESSION}/sent-quirks.ts`, spec: `${SESSION}/sent-quirks.spec.ts`, shownBy: GATEWAY('start-needs-connector') },
  },
  'asked-for-status-after-boot': {
    station: 'Does not report the states of its connectors after a boot',
    csms: 'Asks for them by TriggerMessage, this time after a boot was accepted, if no StatusNotification came meanwhile',
    ...{ actions: 'TriggerMessage', versions: '1.6', ranks: [66], default: 'off' },
    value: { kind: 'number', unit: 'seconds', least: 5, most: 300, means: 'The time that it has to report by itself' },
    ...{
      decidedBy: `${SESSION}/status-watch.ts`,
      spec: `${SESSION}/session-quirks.spec.ts`,
      shownBy: GATEWAY('asked-for-status-after-boot'),
    },
  },
  'heartbeat-at-most': {
    station: 'Closes, or loses without noticing, a connection on which little is said',
    csms: 'Gives it a heartbeat interval of no more than this',
    ...{ actions: 'BootNotification', versions: 'all', ranks: [20, 21], default: 'off' },
    value: { kind: 'number', unit: 'seconds', least: 10, most: 86_400, means: 'The longest interval' },
    decidedBy: 'libs/services/device-config/src/provisioning/domain/boot-answer.ts',
    spec: 'libs/services/device-config/src/quirk-profiles/switched-quirks.spec.ts',
    shownBy: '`interval` of the answer, in the message log',
  },
  'items-per-message': {
    station: 'Takes fewer items in one message than it says, or does not say how many',
    csms: 'Puts no more than this into one GetVariables, SetVariables, GetConfiguration, GetReport, SetVariableMonitoring or ClearVariableMonitoring of its own, and refuses a larger one through the API. To a station that says nothing they go one at a time otherwise',
    actions: 'GetVariables, SetVariables, GetConfiguration, GetReport, SetVariableMonitoring, ClearVariableMonitoring',
    ...{ versions: 'all', ranks: [], default: 'off' },
    value: { kind: 'number', unit: 'items', least: 1, most: 1_000, means: 'The most items' },
    decidedBy: 'libs/services/device-config/src/device-model/station-limits.ts',
    spec: 'libs/services/device-config/src/quirk-profiles/switched-quirks.spec.ts',
    shownBy: 'the size of the messages, in the message log',
  },
} as const satisfies Readonly<Record<string, SwitchableEntry>>;

export type SwitchableQuirk = keyof typeof SWITCHABLE_QUIRKS;

export const SWITCHABLE_NAMES = Object.keys(SWITCHABLE_QUIRKS) as readonly SwitchableQuirk[];
