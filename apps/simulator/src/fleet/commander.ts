import { setTimeout as pause } from 'node:timers/promises';

/** A command that the API has accepted. */
export interface SentCommand {
  id: string;
  station: string;
}

/** Valid for so long: a station that is away comes back within it. */
export const COMMAND_SECONDS = 60;

/** Sends a command every so many seconds, to one station after the other, until the signal; gives those that were accepted, and the errors of the others. */
export async function sendCommands(
  send: (station: string) => Promise<SentCommand>,
  stations: readonly string[],
  everySeconds: number,
  signal: AbortSignal,
): Promise<{ sent: SentCommand[]; errors: string[] }> {
  const sent: SentCommand[] = [];
  const errors: string[] = [];
  for (let next = 0; await elapsed(everySeconds, signal); next++)
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
