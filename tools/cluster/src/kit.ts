import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';
import { runToEnd } from './run-program';

const KIT = join(ROOT, 'tools/cluster/kit');

interface KitPlaces {
  /** Folder of the state of the running cluster. */
  state: string;
  bin: string;
  /** Address at which pods reach this machine, as `host.kit.internal` too. */
  hostAddress: string;
  nodeAddress: string;
}

/** Runs a script of the kit, whose output goes to standard error. Rejects when it fails. */
export async function runKit(script: string, ...args: string[]): Promise<void> {
  const child = spawn(join(KIT, script), args, { stdio: ['ignore', 2, 2] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`kit/${script} ended with ${code}`);
}

export async function kitPlaces(): Promise<KitPlaces> {
  const script = `source '${KIT}/lib.sh'; printf '%s\\n' "$STATE" "$BIN" "$HOST_IP" "$NODE_IP"`;
  const [state = '', bin = '', hostAddress = '', nodeAddress = ''] = (await runToEnd('bash', ['-c', script])).split('\n');
  return { state, bin, hostAddress, nodeAddress };
}
