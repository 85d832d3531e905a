import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** As the provider prints it. */
export interface TestProvider {
  issuer: string;
  audience: string;
  secret: string;
  signInClient: string;
  stop(): Promise<void>;
}

/** Starts the OpenID provider of `npm run identity-provider`. */
export async function startProvider(redirects: readonly string[] = []): Promise<TestProvider> {
  const program = join(__dirname, '../../../../tools/identity-provider/identity-provider.cjs');
  const given = redirects.flatMap((one) => ['--redirect', one]);
  const child = spawn(process.execPath, [program, ...given], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (child.stdout === null) throw new Error('the provider has no output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  };
  return { ...(JSON.parse(line) as Omit<TestProvider, 'stop'>), stop };
}
