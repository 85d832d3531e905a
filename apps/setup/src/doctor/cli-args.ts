import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';

const OPTIONS = {
  json: { type: 'boolean', default: false, description: 'print the findings as one JSON object' },
  bundle: { type: 'string', value: 'FILE', description: 'also write a support bundle, without secrets, to this new file' },
  logs: { type: 'string', value: 'FOLDER', description: 'take the ends of its *.log files into the bundle' },
  processes: { type: 'string', value: 'URL,...', description: 'internal URLs of processes to examine, such as http://127.0.0.1:9090' },
} as const;

export const DOCTOR: DescribedCommand = {
  usage: ['npm run doctor -- [options]', 'voltbus doctor [options]        in the image'],
  about: `Examines an installation: settings, servers, versions, topics, lag, clocks, certificates, migrations, dead letters, outbox.
Servers are named by the same settings as for every process; on this machine those of the local stack on VOLTBUS_DATA_DIR are taken
where none are given. Each finding says what to do. Ends with 1 where something is wrong, and changes nothing.`,
  options: OPTIONS,
};

interface DoctorCommand {
  json: boolean;
  bundle: string | null;
  logs: string | null;
  processes: string[] | null;
}

/** Throws an error that names the wrong option. */
export function readCliArgs(args: readonly string[]): DoctorCommand {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const processes = values.processes?.split(',').map((url) => url.trim().replace(/\/$/, '')) ?? null;
  const wrong = processes?.find((url) => !/^https?:\/\//.test(url) || !URL.canParse(url));
  if (wrong !== undefined) throw new Error(`--processes ${wrong}: each must be http://host:port`);
  return { json: values.json, bundle: values.bundle ?? null, logs: values.logs ?? null, processes };
}
