import type { BenchStation } from './bench-station';
import type { Latencies } from './latencies';
import { allPaced } from './pace';

/** The API waits so long for the answer of the station, seconds. */
const WAIT_SECONDS = 20;

/** What is sent; nothing else in the system sends it by itself. */
export const COMMAND = 'ClearCache';

interface CommandsTask {
  apiUrl: string;
  adminKey: string;
  tenant: string;
  seconds: number;
  rate: number | null;
  /** Commands under way at once, each to another station. */
  atOnce: number;
}

/** Commands to one station after the other, until the API has the station's answer. Returns how many were answered. */
export function commands(fleet: readonly BenchStation[], task: CommandsTask, latencies: Latencies): Promise<number> {
  const { apiUrl, adminKey, tenant, seconds, rate, atOnce } = task;
  const headers = { authorization: `Bearer ${adminKey}`, 'voltbus-tenant': tenant, 'content-type': 'application/json' };
  const body = JSON.stringify({ action: COMMAND, payload: {}, wait: WAIT_SECONDS });
  let next = 0;
  const send = async (): Promise<void> => {
    const { name } = fleet[next++ % fleet.length] as BenchStation; // a fleet has stations
    const response = await fetch(`${apiUrl}/v1/stations/${name}/commands`, { method: 'POST', headers, body });
    const command = (await response.json()) as { status?: string };
    if (command.status !== 'answered') throw new Error(`${name}: a command ended ${JSON.stringify(command)}`);
  };
  const unit = async (intended: number): Promise<void> => {
    await send();
    latencies.add('command', performance.now() - intended);
  };
  return allPaced(
    Array.from({ length: atOnce }, () => unit),
    { seconds, rate },
  );
}
