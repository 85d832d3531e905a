import { createServer } from 'node:net';
import type { Settings } from './settings';

export type PortSetting = 'OCPP_PORT' | 'HTTP_PORT' | 'INTERNAL_PORT';

/**
 * Returns all problems of the ports a process is about to open (taken, forbidden, the same twice), before anything
 * starts.
 */
export async function portProblems(settings: Settings, names: readonly PortSetting[]): Promise<string[]> {
  const problems = await Promise.all(
    names.map((name) => problemOf(name, name === 'INTERNAL_PORT' ? settings.INTERNAL_HOST : settings.HOST, settings[name])),
  );
  for (const [index, name] of names.entries()) {
    const twin = names.slice(0, index).find((other) => settings[other] === settings[name] && settings[name] !== 0);
    if (twin !== undefined) problems.push(`VOLTBUS_${name} and VOLTBUS_${twin} are both ${settings[name]}`);
  }
  return problems.filter((problem) => problem !== null);
}

/** A demo stands beside a system that has the usual ports: those of them that nobody named give way to free ones. */
export async function giveWay(settings: Settings, names: readonly PortSetting[]): Promise<void> {
  for (const name of names) {
    const host = name === 'INTERNAL_PORT' ? settings.INTERNAL_HOST : settings.HOST;
    if ((await problemOf(name, host, settings[name])) !== null) settings[name] = 0;
  }
}

async function problemOf(name: PortSetting, host: string, port: number): Promise<string | null> {
  if (port === 0) return null;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host, port, exclusive: true }, resolve));
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // listen rejects with nothing else
    if (code === 'EADDRINUSE') return `VOLTBUS_${name}: port ${port} on ${host} is in use; name another one, or 0 for a free one`;
    return `VOLTBUS_${name}: port ${port} on ${host} cannot be opened (${code ?? String(error)})`;
  } finally {
    server.close();
  }
}
