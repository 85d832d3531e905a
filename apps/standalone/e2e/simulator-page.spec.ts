import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, runCommand, startStandalone, type Standalone } from '@voltbus/testing';

const PAGE = join(__dirname, '../../simulator/README.md');
/** The page's fleet is too large for a test: one station of each version, three habits each, for some sessions. */
const BOUNDED = { stations: '9', minutes: '0.2' };

/** The lines of the page's shell blocks, comments taken off. */
function commandsOf(page: string): string[] {
  return [...page.matchAll(/```sh\n([^]*?)```/g)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

describe("the simulator's page, line by line", () => {
  let standalone: Standalone;
  let folder: string;
  beforeAll(async () => {
    standalone = await startStandalone();
    folder = mkdtempSync(join(tmpdir(), 'voltbus-simulator-page-'));
    const operator = new Api(standalone.apiUrl, standalone.adminKey);
    expect((await operator.put('/v1/tenants/acme', { name: 'Acme', currency: 'EUR', defaultTariff: null })).status).toBe(201);
  });
  afterAll(async () => {
    await standalone?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** On this system instead of the usual ports and folder, bounded. */
  function here(command: string): string {
    const keyFile = join(standalone.dataDir, 'admin-key');
    const tenant = /--tenant (\S+)/.exec(command)?.[1];
    const url = tenant === undefined ? standalone.ocppUrl : `${standalone.ocppUrl}/${tenant}`;
    const where = ` --api ${standalone.apiUrl} --key-file ${keyFile}${command.includes('run simulator') ? ` --url ${url}` : ''}`;
    return `${command
      .replace(/ --(url|api|key-file) \S+/g, '')
      .replace(/--stations \S+/, `--stations ${BOUNDED.stations}`)
      .replace(/--minutes \S+/, `--minutes ${BOUNDED.minutes}`)
      .replaceAll('.voltbus/', `${folder}/`)}${where}`;
  }

  async function shell(command: string): Promise<{ code: number | null; output: string }> {
    const program = runCommand('sh', ['-c', command], {});
    return { code: await program.exit, output: program.output() };
  }

  it('works as documented on tenants that nobody has prepared', async () => {
    const commands = commandsOf(readFileSync(PAGE, 'utf8')).filter((line) => !line.includes('--help'));
    expect(commands.map((line) => /npm run (\w+)/.exec(line)?.[1])).toEqual(['simulator', 'verify', 'simulator', 'verify']);
    for (const command of commands) {
      const { code, output } = await shell(here(command));
      expect([command, code]).toEqual([command, 0]);
      if (command.includes('run verify')) expect(output).toMatch(/sessions [1-9]\d* lost 0 doubled 0 wrong 0/);
    }
  });

  it('without --register prints why no station is let in, and what to do, and ends', async () => {
    const { code, output } = await shell(`npm run -s simulator -- --url ${standalone.ocppUrl} --stations 3 --minutes 60 --seed 4711`);
    expect(code).toBe(1);
    expect(output).toMatch(/SIM-4711-000\d was refused with 401: .*--register/);
    expect(output).toContain('no station was admitted');
  });
});
