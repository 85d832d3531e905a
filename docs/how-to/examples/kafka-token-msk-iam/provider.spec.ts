import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As `aws-msk-iam-sasl-signer-js` has it: a CommonJS module. */
const SIGNER = `
Object.defineProperty(exports, '__esModule', { value: true });
exports.generateAuthToken = async ({ region }) => ({ token: 'signed for ' + region, expiryTime: 0 });
`;
/** As the processes load it. */
const ASK = `
const provider = require('node:module').createRequire(process.argv[1])(process.argv[1]).default;
provider().then((token) => process.stdout.write(JSON.stringify(token)));
`;

describe('the token provider for AWS MSK with IAM', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'voltbus-msk-'));
    for (const file of ['provider.mjs', 'package.json']) copyFileSync(join(__dirname, file), join(folder, file));
    const signer = join(folder, 'node_modules', 'aws-msk-iam-sasl-signer-js');
    mkdirSync(signer, { recursive: true });
    writeFileSync(join(signer, 'index.js'), SIGNER);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const ask = (environment: Record<string, string>) =>
    execFileSync(process.execPath, ['-e', ASK, join(folder, 'provider.mjs')], { encoding: 'utf8', stdio: 'pipe', env: environment });

  it('is loaded by Node as it stands, and returns what AWS signs for the region', () => {
    expect(JSON.parse(ask({ AWS_REGION: 'eu-central-1' }))).toEqual({ value: 'signed for eu-central-1' });
  });

  it('says at once that the region is missing', () => {
    expect(() => ask({})).toThrow('AWS_REGION is not set');
  });
});
