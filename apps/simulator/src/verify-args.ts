import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Truth } from '@voltbus/virtual-station';
import type { DescribedCommand } from '@voltbus/runtime';
import { whole } from './cli-args';

const MAX_WAIT_SECONDS = 86_400;

const OPTIONS = {
  api: { type: 'string', default: 'http://127.0.0.1:8080', value: 'URL', description: 'the API whose account is compared' },
  'key-file': { type: 'string', default: '.voltbus/admin-key', value: 'FILE', description: 'file of an API key' },
  tenant: { type: 'string', default: 'default', value: 'NAME', description: 'tenant of the stations' },
  kafka: {
    type: 'string',
    value: 'HOST:PORT,...',
    description: 'brokers: with them csms.cdrs.v1 is compared too; TLS and SASL as in VOLTBUS_KAFKA_*',
  },
  'wait-seconds': {
    type: 'string',
    default: '30',
    value: 'N',
    description: 'CDRs may be on their way: for so long at most, the account is read again until it is right',
  },
} as const;

export const VERIFY: DescribedCommand = {
  usage: ['npm run verify -- TRUTH-FILE [options]'],
  about:
    "Compares the CSMS's account with the truth of the stations, from `npm run simulator -- --truth TRUTH-FILE`. Ends with 0 when all is right.",
  options: OPTIONS,
};

interface VerifyPlan {
  truth: Truth;
  api: string;
  keyFile: string;
  tenant: string;
  kafka: string | undefined;
  waitSeconds: number;
}

/** Throws an error that names the wrong option, or says where the truth file comes from. */
export function readVerifyArgs(args: readonly string[]): VerifyPlan {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [file, another] = positionals;
  if (file === undefined) throw new Error('the truth file is missing: `npm run simulator -- --truth FILE` writes one');
  if (another !== undefined) throw new Error(`one truth file at a time: ${file}, not ${another} too`);
  const waitSeconds = whole('wait-seconds', values['wait-seconds'], 0, MAX_WAIT_SECONDS);
  const { api, 'key-file': keyFile, tenant, kafka } = values;
  return { truth: readTruth(file), api, keyFile, tenant, kafka, waitSeconds };
}

function readTruth(file: string): Truth {
  let truth: unknown;
  try {
    truth = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      // of readFileSync
      throw new Error(`there is no ${file}: \`npm run simulator -- --truth ${file}\` writes it when a run has ended`, { cause: error });
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (typeof truth !== 'object' || truth === null || !('stations' in truth)) throw new Error(`${file} is no truth file of the simulator`);
  return truth as Truth; // written by the simulator
}
