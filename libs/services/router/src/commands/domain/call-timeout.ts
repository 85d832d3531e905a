/** Actions for which a station gathers, fetches or rewrites a lot before it answers. */
const LONG: ReadonlySet<string> = new Set([
  'CustomerInformation',
  'GetBaseReport',
  'GetChargingProfiles',
  'GetConfiguration',
  'GetDiagnostics',
  'GetLog',
  'GetMonitoringReport',
  'GetReport',
  'GetVariables',
  'SendLocalList',
  'SetVariableMonitoring',
  'SetVariables',
]);
const LONG_MS = 90_000;

/** How long the station may take to answer, once the call is on its socket. */
export function callTimeoutMs(action: string, usualMs: number): number {
  return LONG.has(action) ? Math.max(LONG_MS, usualMs) : usualMs;
}
