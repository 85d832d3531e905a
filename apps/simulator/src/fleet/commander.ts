import { setTimeout as pause } from 'node:timers/promises';

/** A command that the API has accepted. */
export interface SentCommand {
  id: string;
  station: string;
}

/** Valid for so long: a station that is away comes back within it. */
export const COMMAND_SECONDS = 60;

interface SendingTime {
  everySeconds: number;
  /** Epoch milliseconds. Not a signal of `AbortSignal.timeout`: Node 20 forgets one that only `AbortSignal.any` knows. */
  until: number;
  /** Aborted when the time is over before. */
  ending: AbortSignal;
}

/** Sends commands to one station after the other; gives those that were accepted, and the errors of the others. */
export async function sendCommands(
  send: (station: string) => Promise<SentCommand>,
  stations: readonly string[],
  { everySeconds, until, ending }: SendingTime,
): Promise<{ sent: SentCommand[]; errors: string[] }> {
  const sent: SentCommand[] = [];
  const errors: string[] = [];
  for (let next = 0; (await elapsed(everySeconds, ending)) && Date.now() < until; next++)
    try {
      sent.push(await send(stations[next % stations.length] ?? ''));
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
    }
  return { sent, errors };
}

async function elapsed(seconds: number, signal: AbortSignal): Promise<boolean> {
  return pause(seconds * 1_000, true, { signal }).catch(() => false);
}
